// Small buffers that kernels scribble in. Every thread has its own: `placeScratch` tells a thread's instance where.

/** Elements that operands are gathered or repeated by before a dense loop runs over them. */
export const CHUNK: i32 = 1024;
const CHUNK_BYTES: usize = 4096;

/** Bytes of all buffers together. */
export const SCRATCH_BYTES: usize = 3 * CHUNK_BYTES + 1024;

/** One vector for each operand's incomplete last part. */
export let TAIL_A: usize = 0;
export let TAIL_B: usize = 0;
export let TAIL_G: usize = 0;
export let TAIL_OUT: usize = 0;
/** One value repeated in all lanes. */
export let SPREAD_A: usize = 0;
export let SPREAD_B: usize = 0;
/** Two vectors whose lanes are worked on one by one. */
export let LANES: usize = 0;
/** Means and squared distances of four columns, in double precision. */
export let MOMENTS: usize = 0;
/** An index in each of 16 dimensions. */
export let COUNTER: usize = 0;
/** A tile that hangs over the edge of its matrix. */
export let EDGE: usize = 0;
export let CHUNK_A: usize = 0;
export let CHUNK_B: usize = 0;
export let CHUNK_C: usize = 0;

/** Lets this instance scribble in the `SCRATCH_BYTES` from `base` on, a multiple of 16. */
export function placeScratch(base: usize): void {
  TAIL_A = base;
  TAIL_B = base + 16;
  TAIL_G = base + 32;
  TAIL_OUT = base + 48;
  SPREAD_A = base + 64;
  SPREAD_B = base + 80;
  LANES = base + 96;
  MOMENTS = base + 128;
  COUNTER = base + 192;
  EDGE = base + 512;
  const chunks = base + 1024;
  CHUNK_A = chunks;
  CHUNK_B = chunks + CHUNK_BYTES;
  CHUNK_C = chunks + 2 * CHUNK_BYTES;
}

placeScratch(memory.data(13312, 16));
