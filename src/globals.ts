/**
 * JavaScript's and Node's global names as they are when Kindling is loaded, which is before any program of a user's runs.
 * The build puts these in place of the global names in all of Kindling's own code: a program that says
 * `globalThis.JSON = undefined`, or puts a `Map` of its own there, changes only its own.
 */
export const {
  Array,
  Atomics,
  Buffer,
  Date,
  Error,
  FinalizationRegistry,
  JSON,
  Map,
  Number,
  Object,
  Promise,
  RangeError,
  Reflect,
  Set,
  SharedArrayBuffer,
  String,
  Symbol,
  TextDecoder,
  TextEncoder,
  TypeError,
  URL,
  WeakMap,
  WeakRef,
  WeakSet,
  clearTimeout,
  performance,
  process,
  queueMicrotask,
  setTimeout,
  structuredClone,
} = globalThis;
