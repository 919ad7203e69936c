/**
 * V8's garbage collector, called from JavaScript in the middle of a synchronous program, so that the engine can ask which of its
 * tensors are still reachable. It needs a flag of V8's: the process is the runner's own, so the runner may set it.
 */
import { setFlagsFromString } from "node:v8";
import { createContext, runInNewContext, Script } from "node:vm";

/**
 * @returns a function that collects all garbage before it returns, and empties the weak references to it; `undefined` where this
 * Node doesn't let us
 */
export function garbageCollector(): (() => void) | undefined {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("globalThis.gc") as (() => void) | undefined;
  setFlagsFromString("--no-expose-gc");
  if (collect === undefined) return undefined;
  // Weak references hold what they refer to until microtasks have run. A context with microtasks of its own runs those
  // (there are none) after each script, and the program's own wait for their turn.
  const context = createContext({}, { microtaskMode: "afterEvaluate" });
  const nothing = new Script("0");
  const settle = (): void => void nothing.runInContext(context);
  const collectAll = (): void => {
    settle();
    collect();
  };
  return emptiesWeakReferences(collectAll) ? collectAll : undefined;
}

/** Whether the weak reference to an object that nobody can reach is empty right after a collection. */
function emptiesWeakReferences(collectAll: () => void): boolean {
  const reference = toNobody();
  collectAll();
  return reference.deref() === undefined;
}

/** A function of its own: where the bundler puts a body in its caller's place, the caller's frame holds on to the object. */
function toNobody(): WeakRef<object> {
  return new WeakRef({});
}
