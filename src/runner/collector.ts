/** A full garbage collection within a job, for the engine's survey of its nursery. The process is ours, so that is ours to do. */
import { setFlagsFromString } from "node:v8";
import { createContext, runInNewContext, Script } from "node:vm";

/** @returns `undefined` where this Node doesn't let us */
export function synchronousCollector(): (() => void) | undefined {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("globalThis.gc") as (() => void) | undefined;
  setFlagsFromString("--no-expose-gc");
  if (collect === undefined) return undefined;
  // Weak references hold what they refer to until microtasks have run. A context with microtasks of its own runs those
  // (there are none) after each script, and the program's own wait for their turn.
  const context = createContext({}, { microtaskMode: "afterEvaluate" });
  const nothing = new Script("0");
  const settle = (): void => void nothing.runInContext(context);
  const collector = (): void => {
    settle();
    collect();
  };
  return finds(collector) ? collector : undefined;
}

/** Whether an object that nobody can reach is found dead at once. */
function finds(collector: () => void): boolean {
  const reference = (() => new WeakRef({}))();
  collector();
  return reference.deref() === undefined;
}
