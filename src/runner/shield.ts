/** Keeps the watch's own faults from the program: it may have changed what the watch is made of. */
import type { Instrument, OperationWatch } from "../engine/instrument.ts";
import { reading } from "../engine/memory/reading.ts";
import type { Observer } from "../observe/observer.ts";

const ofRun = [
  "moduleConstructed",
  "modulesCopied",
  "generatorConstructed",
  "forwardStarts",
  "forward",
  "forwardFailed",
  "optimizerConstructed",
  "loss",
  "beforeBackward",
  "afterBackward",
  "beforeStep",
  "afterStep",
  "schedulerConstructed",
  "schedulerStepped",
  "loaderConstructed",
  "epochStart",
  "batch",
  "epochEnd",
  "log",
] as const satisfies readonly (keyof Instrument)[];

/** What the program's own hooks, its gate and the clock tell the observer. */
const ofProgram = ["loopTurn", "trainingTurn", "trainingLoopLeft", "callEnded", "value", "steer", "timePassed"] as const satisfies readonly (keyof Observer)[];

const ofOperations = ["ran", "became", "differentiates", "passed"] as const satisfies readonly (keyof OperationWatch)[];

/** What is thrown on purpose, through the program. */
export class Signal extends Error {}

/** @param onFault called instead of throwing anything but a `Signal` into the program */
export function shield(observer: Observer, onFault: (error: unknown) => void): void {
  guard(observer, [...ofRun, ...ofProgram], onFault);
  guard(observer.operations, ofOperations, onFault);
}

function guard(watch: object, callbacks: readonly string[], onFault: (error: unknown) => void): void {
  const { apply } = Reflect;
  for (const name of callbacks) {
    const callback = (watch as Record<string, Function>)[name]!;
    // The watch's own, so that its traces of who constructed a module begin below this function.
    (watch as Record<string, Function>)[name] = (...values: unknown[]): void => {
      // What the watch reads is not what the program reads; who asks for that may be set meanwhile.
      const isProgram = reading.reader === reading.ofProgram;
      reading.reader = null;
      try {
        apply(callback, watch, values);
      } catch (error) {
        if (error instanceof Signal) throw error;
        onFault(error);
      } finally {
        reading.reader = isProgram ? reading.ofProgram : null;
      }
    };
  }
}
