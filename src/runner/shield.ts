/** Keeps the watch's own faults from the program: it may have changed what the watch is made of. */
import type { Instrument } from "../engine/instrument.ts";
import type { Observer } from "../observe/observer.ts";

const callbacks = [
  "moduleConstructed",
  "forwardStarts",
  "forward",
  "forwardFailed",
  "loss",
  "beforeBackward",
  "afterBackward",
  "beforeStep",
  "afterStep",
  "epochStart",
  "batch",
  "epochEnd",
  "log",
] as const satisfies readonly (keyof Instrument)[];

/** What is thrown on purpose, through the program. */
export class Signal extends Error {}

/** @param onFault called instead of throwing anything but a `Signal` into the program */
export function shield(observer: Observer, onFault: (error: unknown) => void): void {
  const { apply } = Reflect;
  for (const name of callbacks) {
    const callback = (observer as Instrument)[name] as Function | undefined;
    if (callback === undefined) continue;
    // The observer's own, so that its traces of who constructed a module begin below this function.
    (observer as unknown as Record<string, Function>)[name] = (...values: unknown[]): void => {
      try {
        apply(callback, observer, values);
      } catch (error) {
        if (error instanceof Signal) throw error;
        onFault(error);
      }
    };
  }
}
