/**
 * Runs a program of Kindling's own in the thread that waits for the user's. What is done for the first time takes V8 a multiple of
 * the second: it reads, compiles and gets to know the engine and the watch. So it does while nobody waits for it. Nothing of it is
 * left: the user's program begins with the same random numbers, and nobody is told.
 */
import * as engine from "../engine/index.ts";
import { setInstrument, watchOperations } from "../engine/instrument.ts";
import { MetricBuffer } from "../observe/curves/metricBuffer.ts";
import { Observer } from "../observe/observer.ts";
import { defaultSampling } from "../protocol/index.ts";
import { DeclaredClasses } from "./classes.ts";
import { observedHooks } from "./observedHooks.ts";
import { programSource } from "./program.ts";
import { programHooksKey, type ProgramHooks } from "./programHooks.ts";
import { shield, Signal } from "./shield.ts";
import { SourceMap } from "./sourceMap.ts";
import type { Rehearsal } from "./workerMessages.ts";

const nothing = (): void => {};

/** @param isInterrupted asked at each step: whether somebody waits, after all */
export async function rehearse(rehearsal: Rehearsal, isInterrupted: () => boolean): Promise<void> {
  const { program, map, declarations, file } = rehearsal;
  const classes = new DeclaredClasses(declarations.classes, file);
  const interrupt = (): void => {
    if (isInterrupted()) throw new Signal();
  };
  const pass = (): number => {
    interrupt();
    return 0;
  };
  const observer = new Observer({
    sampling: defaultSampling,
    source: programSource(new SourceMap(program, map), declarations, classes),
    metrics: new MetricBuffer(),
    sink: { event: nothing, series: nothing, points: nothing },
    gate: { pass, look: interrupt, hold: nothing, release: nothing },
    places: declarations.values,
    atMoment: nothing,
    checkpoints: { isReady: true, spent: 0, take: nothing, failed: nothing },
  });
  shield(observer, nothing);
  const before = engine.getRngState();
  setInstrument(observer);
  const key = Symbol.for(programHooksKey);
  Object.defineProperty(globalThis, key, { value: hooksFor(observer, classes), configurable: true });
  try {
    await import(program);
    observer.finish();
    classes.describe(observer.registry);
  } catch {
    // It was interrupted.
  } finally {
    Reflect.deleteProperty(globalThis, key);
    setInstrument(null);
    watchOperations(null);
    engine.setRngState(before);
  }
}

function hooksFor(observer: Observer, classes: DeclaredClasses): ProgramHooks {
  return {
    begun: nothing,
    ...observedHooks(observer, classes),
    value: (value, place) => {
      if (typeof value === "object" && value !== null) observer.value(value, place);
      return value;
    },
    report: nothing,
  };
}
