/** The data of all peers, bit for bit: a 32-bit linear congruential generator, float32 in [-1, 1). pytorch.py has the same. */
import type { ParameterFill } from "./peer.ts";

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

/** A parameter's values in PyTorch's layout. */
export function parameterValues([seed, size, fanIn]: NonNullable<ParameterFill>): Float32Array {
  return fill(seed, size, 1 / Math.sqrt(fanIn));
}

/** A linear layer's weight [outputs, inputs] as [inputs, outputs], which libraries other than PyTorch expect. */
export function transposed(weight: Float32Array, outputs: number, inputs: number): Float32Array {
  return weight.map((_, i) => weight[(i % outputs) * inputs + Math.floor(i / outputs)]!);
}

/** A one for each example's class, and zeros: [size, classes]. */
export function oneHot(classOf: Int32Array, classes: number): Float32Array {
  const values = new Float32Array(classOf.length * classes);
  classOf.forEach((label, i) => (values[i * classes + label] = 1));
  return values;
}

export function labels(seed: number, size: number, classes: number): Int32Array {
  const next = generator(seed);
  return Int32Array.from({ length: size }, () => Math.min(classes - 1, Math.floor(((next() + 1) / 2) * classes)));
}
