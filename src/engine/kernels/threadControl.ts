/** The words in shared memory by which the engine's thread and its helpers talk. They lie outside of linear memory. */

/** Places in the Int32Array. */
export const Word = {
  /** The job (see jobWord); a helper sleeps on it. */
  job: 0,
  /** Helpers that are still at work on the job; the engine's thread sleeps on it. */
  pending: 1,
  /** Which kernel, as a place in the list of names. */
  kernel: 2,
  /** How many arguments each part has. */
  count: 3,
  /** Helpers that have come up. */
  ready: 4,
  /** Set by a helper whose part failed. */
  failed: 5,
} as const;

export const MOST_THREADS = 64;
const PARTS_BITS = 7;

export const MOST_ARGUMENTS = 32;
const ARGUMENTS_AT = 64;

export const CONTROL_BYTES = ARGUMENTS_AT + MOST_THREADS * MOST_ARGUMENTS * 8;

/**
 * Which job it is, and of how many parts; the engine's thread does part 0. Both are in one word: a job waits for no helper
 * that has no part in it, so one that comes late would find the parts of the next job beside the number of the last.
 */
export function jobWord(job: number, parts: number): number {
  return (job << PARTS_BITS) | parts;
}

export function partsOfJob(word: number): number {
  return word & ((1 << PARTS_BITS) - 1);
}

/** The arguments of one part. */
export function argumentsOf(control: SharedArrayBuffer, part: number): Float64Array {
  return new Float64Array(control, ARGUMENTS_AT + part * MOST_ARGUMENTS * 8, MOST_ARGUMENTS);
}

/** What a helper is given when it starts. */
export interface HelperStart {
  readonly modules: readonly WebAssembly.Module[];
  readonly memory: WebAssembly.Memory;
  readonly control: SharedArrayBuffer;
  /** Which part of each job is this helper's. */
  readonly part: number;
  /** The kernels by their numbers. */
  readonly names: readonly string[];
  /** Memory for this helper's own small buffers. */
  readonly scratch: number;
}

type Scribbling = { placeScratch(base: number): void };

/** Each module's instance has buffers of its own, one behind the other. */
export function placeScratch(instances: readonly WebAssembly.Instance[], base: number, bytes: number): void {
  instances.forEach((instance, i) => (instance.exports as unknown as Scribbling).placeScratch(base + i * bytes));
}
