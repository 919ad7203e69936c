/**
 * Box–Muller in single precision, with the roundings of PyTorch's AVX2 kernel, so that `randn` of 16 values and more
 * gives its very bits.
 *
 * Logarithm, sine and cosine are the Cephes library's single-precision polynomials. The kernel is compiled to fused
 * multiply-adds; `fma` stands for one.
 */
const { fround } = Math;

const sqrtHalf = fround(Math.SQRT1_2);
const twoPi = fround(2 * Math.PI);
const fourOverPi = fround(4 / Math.PI);
/** ln 2 in two pieces: the first has few bits, so that its product with an exponent is exact. */
const ln2High = fround(0.693359375);
const ln2Low = fround(-2.1219444e-4);
/** π/4 in three pieces. */
const quarterPiHigh = fround(0.78515625);
const quarterPiMiddle = fround(2.418756484985e-4);
const quarterPiLow = fround(3.774894977e-8);

const logarithm = [
  7.0376836292e-2, -1.151461031e-1, 1.167699874e-1, -1.2420140846e-1, 1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
].map(fround);
const sine = [-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1].map(fround);
const cosine = [2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2].map(fround);

const floatBits = new Float32Array(1);
const integerBits = new Int32Array(floatBits.buffer);

/** a·b + c, rounded once. */
function fma(a: number, b: number, c: number): number {
  return fround(a * b + c);
}

/** Horner's rule, from the highest power. */
function polynomial(coefficients: readonly number[], x: number): number {
  let value = coefficients[0]!;
  for (let i = 1; i < coefficients.length; i++) value = fma(value, x, coefficients[i]!);
  return value;
}

/** ln x for a positive normal x. */
function log(x: number): number {
  floatBits[0] = x;
  let exponent = (integerBits[0]! >>> 23) - 126;
  integerBits[0] = (integerBits[0]! & 0x7fffff) | 0x3f000000;
  let fraction = floatBits[0]!;
  if (fraction < sqrtHalf) {
    exponent--;
    fraction = fround(fround(fraction - 1) + fraction);
  } else {
    fraction = fround(fraction - 1);
  }
  const square = fround(fraction * fraction);
  const tail = fround(polynomial(logarithm, fraction) * fraction);
  const correction = fma(-square, 0.5, fma(tail, square, fround(exponent * ln2Low)));
  return fma(exponent, ln2High, fround(fraction + correction));
}

/** Turns pairs of uniform values into normal ones: `values[i]` with `values[i + half]`, for each of `half` from `start`. */
export function boxMullerPairs(values: Float32Array, start: number, half: number, mean: number, std: number): void {
  for (let i = start; i < start + half; i++) {
    const radius = fround(Math.sqrt(fround(-2 * log(fround(1 - values[i]!)))));
    const angle = fround(twoPi * values[i + half]!);
    // The angle minus the nearest even multiple of π/4, and which quarter of the circle that multiple is.
    const octant = (Math.trunc(fround(angle * fourOverPi)) + 1) & ~1;
    const x = fma(-octant, quarterPiLow, fma(-octant, quarterPiMiddle, fma(-octant, quarterPiHigh, angle)));
    const square = fround(x * x);
    const sinX = fma(fround(polynomial(sine, square) * square), x, x);
    const cosX = fround(fma(fround(polynomial(cosine, square) * square), square, -fround(square * 0.5)) + 1);
    const swapped = (octant & 2) !== 0;
    const sin = (octant & 4) !== 0 ? -(swapped ? cosX : sinX) : swapped ? cosX : sinX;
    const cos = ((octant - 2) & 4) !== 0 ? (swapped ? sinX : cosX) : -(swapped ? sinX : cosX);
    values[i] = fma(fround(radius * cos), std, mean);
    values[i + half] = fma(fround(radius * sin), std, mean);
  }
}
