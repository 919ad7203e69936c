/** Memory that kernels work in or are told things through, and that belongs to no tensor. It is never given back. */
import { OutOfMemoryError } from "../errors.ts";
import { ALIGNMENT, freeBlock } from "./heap.ts";
import { reserveBlock } from "./residents.ts";

/** One block of memory, as large as the largest need so far. What was in it is lost where it grows. */
export class Workspace {
  #pointer = -1;
  #bytes = 0;

  /** Address of at least `bytes`, until the next call. Moves nothing that was touched since the last `allocate`. @throws OutOfMemoryError */
  ofSize(bytes: number): number {
    if (bytes > this.#bytes) this.#grow(bytes);
    return this.#pointer;
  }

  #grow(bytes: number): void {
    if (this.#bytes > 0) freeBlock(this.#pointer, this.#bytes);
    this.#bytes = 0;
    this.#pointer = reserveBlock(bytes);
    this.#bytes = bytes;
  }
}

/** What kernels on the engine's own thread scribble in. One is enough: kernels don't nest. */
export const workspace = new Workspace();

const FIXED_BYTES = 16_384;

/** Where all the small blocks of fixed size lie, from the start: whoever has one can rely on it however full memory is. */
const fixed = { start: reserveBlock(FIXED_BYTES), used: 0 };

/** Address of `bytes` that stay the caller's for good: for what kernels read beside tensors and what they answer. @throws OutOfMemoryError */
export function fixedBlock(bytes: number): number {
  const before = fixed.used;
  const after = before + Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
  if (after > FIXED_BYTES) throw new OutOfMemoryError(bytes);
  fixed.used = after;
  return fixed.start + before;
}
