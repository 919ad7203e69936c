/**
 * PyTorch's random tensors, written into typed arrays: the order and number of draws, and the arithmetic, are those of
 * its CPU kernels, so that the same seed gives the same numbers.
 */
import type { Generator } from "./generator.ts";
import { boxMullerPairs } from "./normalTransform.ts";

/** An array that integers or truth values are drawn into. */
export type NumericArray = Float32Array | Float64Array | Int32Array | Uint8Array;

const { fround } = Math;
/** Below this length PyTorch draws normals one by one in double precision. */
const vectorLength = 16;

/** `uniform_(from, to)` of a float32 tensor: [from, to). */
export function fillUniform(generator: Generator, out: Float32Array, from = 0, to = 1): void {
  const low = fround(from);
  const width = fround(fround(to) - low);
  // One rounding for product and sum: PyTorch's kernel is compiled to a fused multiply-add.
  for (let i = 0; i < out.length; i++) out[i] = generator.uniformFloat() * width + low;
}

/** `normal_(mean, std)` of a contiguous float32 tensor. */
export function fillNormal(generator: Generator, out: Float32Array, mean = 0, std = 1): void {
  if (!(std >= 0)) throw new RangeError(`normal expects std >= 0.0, but found std ${std}`);
  if (out.length < vectorLength) {
    for (let i = 0; i < out.length; i++) out[i] = generator.normalDouble() * std + mean;
    return;
  }
  for (let i = 0; i < out.length; i++) out[i] = generator.uniformFloat();
  const whole = out.length - (out.length % vectorLength);
  for (let start = 0; start < whole; start += vectorLength) boxMullerPairs(out, start, vectorLength / 2, fround(mean), fround(std));
  if (whole === out.length) return;
  // A tail that doesn't fill a vector is drawn again together with the values before it.
  const tail = out.length - vectorLength;
  for (let i = tail; i < out.length; i++) out[i] = generator.uniformFloat();
  boxMullerPairs(out, tail, vectorLength / 2, fround(mean), fround(std));
}

/** `randint(low, high)`: integers in [low, high). */
export function fillRandint(generator: Generator, out: NumericArray, low: number, high: number): void {
  if (!(low < high)) throw new RangeError(`random_ expects 'from' to be less than 'to', but got from=${low} >= to=${high}`);
  const range = high - low;
  if (range < 2 ** 32) {
    for (let i = 0; i < out.length; i++) out[i] = (generator.random32() % range) + low;
    return;
  }
  const wideRange = BigInt(range);
  for (let i = 0; i < out.length; i++) out[i] = Number(generator.random64() % wideRange) + low;
}

/** `randperm(out.length)`: the numbers from 0 in random order. */
export function fillRandperm(generator: Generator, out: NumericArray): void {
  const n = out.length;
  for (let i = 0; i < n; i++) out[i] = i;
  for (let i = 0; i < n - 1; i++) {
    const j = i + (generator.random32() % (n - i));
    const value = out[i]!;
    out[i] = out[j]!;
    out[j] = value;
  }
}

/** `bernoulli(p)` with a probability for each element. `out` and `p` are of one length; they may be the same array. */
export function fillBernoulliEach(generator: Generator, out: NumericArray, p: Float32Array): void {
  for (let i = 0; i < out.length; i++) {
    const probability = p[i]!;
    if (!(probability >= 0 && probability <= 1)) {
      throw new RangeError(`Expected p_in >= 0 && p_in <= 1 to be true, but got ${probability}`);
    }
    out[i] = generator.uniformFloat() < probability ? 1 : 0;
  }
}

/** `exponential_(lambda)`: density λ·exp(−λx). */
export function fillExponential(generator: Generator, out: Float32Array, lambda = 1): void {
  if (!(lambda > 0)) throw new RangeError(`exponential_ expects lambda > 0.0, but found lambda=${lambda}`);
  for (let i = 0; i < out.length; i++) out[i] = (-1 / lambda) * Math.log1p(-generator.uniformDouble());
}
