/**
 * The 32-bit Mersenne Twister (Matsumoto & Nishimura, 1998), the engine under both PyTorch's CPU generator
 * and NumPy's legacy `RandomState`.
 */
export const stateLength = 624;
const shift = 397;

/** `position` is the index of the next word to hand out; 624 means that the block has to be renewed first. */
export interface MersenneTwisterState {
  readonly words: Uint32Array;
  readonly position: number;
}

export class MersenneTwister {
  readonly #words = new Uint32Array(stateLength);
  #position = stateLength;

  /** Only the low 32 bits of `seed` matter. */
  constructor(seed: number) {
    this.seed(seed);
  }

  seed(seed: number): void {
    const words = this.#words;
    words[0] = seed;
    for (let i = 1; i < stateLength; i++) {
      const previous = words[i - 1]!;
      words[i] = Math.imul(1812433253, previous ^ (previous >>> 30)) + i;
    }
    this.#position = stateLength;
  }

  /** The next 32 bits, as an unsigned integer. */
  next(): number {
    if (this.#position === stateLength) this.#renew();
    let y = this.#words[this.#position++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  getState(): MersenneTwisterState {
    return { words: this.#words.slice(), position: this.#position };
  }

  setState(state: MersenneTwisterState): void {
    this.#words.set(state.words);
    this.#position = state.position;
  }

  /** Lets `draw` (a kernel) take many words at once: given block and position, it renews the block where need be and returns the position after. */
  drawMany(draw: (words: Uint32Array, position: number) => number): void {
    this.#position = draw(this.#words, this.#position);
  }

  #renew(): void {
    const words = this.#words;
    for (let i = 0; i < stateLength; i++) {
      const next = i + 1 < stateLength ? i + 1 : 0;
      const far = i + shift < stateLength ? i + shift : i + shift - stateLength;
      const mixed = (words[i]! & 0x80000000) | (words[next]! & 0x7fffffff);
      words[i] = words[far]! ^ (mixed >>> 1) ^ (mixed & 1 ? 0x9908b0df : 0);
    }
    this.#position = 0;
  }
}
