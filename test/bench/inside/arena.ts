/** Linear memory for kernels that run without the engine. */
import { fill } from "../peers/lcg.ts";

export class Arena {
  readonly memory: WebAssembly.Memory;
  readonly #base: number;
  #top: number;

  constructor(memory: WebAssembly.Memory, base: number) {
    this.memory = memory;
    this.#base = this.#top = Math.ceil(base / 64) * 64;
  }

  /** Forgets all allocations. */
  reset(): void {
    this.#top = this.#base;
  }

  room(bytes: number): number {
    const address = this.#top;
    this.#top = Math.ceil((address + bytes) / 64) * 64;
    if (this.#top > this.memory.buffer.byteLength) throw new Error("the memory for measuring is too small");
    return address;
  }

  /** `n` values from 0 to 1. */
  floats(n: number): number {
    const address = this.room(4 * n);
    const some = fill(1, Math.min(n, 1 << 16)).map(Math.abs);
    const values = new Float32Array(this.memory.buffer, address, n);
    for (let i = 0; i < n; i += some.length) values.set(some.subarray(0, Math.min(some.length, n - i)), i);
    return address;
  }
}
