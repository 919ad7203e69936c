/** The data of all peers, bit for bit: a 32-bit linear congruential generator, float32 in [-1, 1). pytorch.py has the same. */

export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.fround(state / 2147483648 - 1);
  };
}

export function fill(seed: number, size: number, scale = 1): Float32Array {
  const next = generator(seed);
  return Float32Array.from({ length: size }, () => next() * scale);
}

export function labels(seed: number, size: number, classes: number): Int32Array {
  const next = generator(seed);
  return Int32Array.from({ length: size }, () => Math.min(classes - 1, Math.floor(((next() + 1) / 2) * classes)));
}
