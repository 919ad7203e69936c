/** Special functions: the error function, the gamma function and Bessel's. Each derivative can be differentiated again. */
import { Unary } from "../kernels/exports.ts";
import type { Tensor } from "../tensor.ts";
import { clamp } from "./clamp.ts";
import { eq } from "./comparison.ts";
import { asFloat, unary, type UnaryFunction } from "./internal/unaryKernels.ts";
import { cos, exp, log } from "./unary.ts";
import { where } from "./where.ts";

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

/**
 * The error function.
 * @api torch.erf Tensor.erf Tensor.erf_
 * @see https://pytorch.org/docs/stable/generated/torch.erf.html
 */
export const erf: UnaryFunction = unary({
  code: Unary.erf,
  name: "ErfBackward0",
  saves: "input",
  derivative: (g, x) => g.mul(x.mul(x).neg().exp().mul(TWO_OVER_ROOT_PI)),
});

/**
 * sin(πx) / πx, 1 at 0.
 * @api torch.sinc Tensor.sinc Tensor.sinc_
 * @see https://pytorch.org/docs/stable/generated/torch.sinc.html
 */
export const sinc: UnaryFunction = unary({
  code: normalizedSinc,
  name: "SincBackward0",
  saves: "input",
  derivative: (g, x) => {
    const slope = cos(x.mul(Math.PI))
      .sub(sinc(x))
      .div(where(eq(x, 0), 1, x));
    return g.mul(where(eq(x, 0), 0, slope));
  },
});

function normalizedSinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/**
 * ln(x / (1 − x)); with `eps` the input is first kept within [eps, 1 − eps].
 * @api torch.logit Tensor.logit Tensor.logit_
 * @see https://pytorch.org/docs/stable/generated/torch.logit.html
 */
export function logit(input: Tensor, eps: number | null = null): Tensor {
  const x = eps === null ? asFloat(input) : clamp(asFloat(input), eps, 1 - eps);
  return log(x.div(x.neg().add(1)));
}

/**
 * 1 − erf(x), accurate where erf is near 1.
 * @api torch.erfc Tensor.erfc Tensor.erfc_
 * @see https://pytorch.org/docs/stable/generated/torch.erfc.html
 */
export const erfc: UnaryFunction = unary({
  code: complementaryError,
  name: "ErfcBackward0",
  saves: "input",
  derivative: (g, x) => g.mul(exp(x.square().neg())).mul(-TWO_OVER_ROOT_PI),
});

/**
 * The x whose erf is the input.
 * @api torch.erfinv Tensor.erfinv Tensor.erfinv_
 * @see https://pytorch.org/docs/stable/generated/torch.erfinv.html
 */
export const erfinv: UnaryFunction = unary({
  code: inverseError,
  name: "ErfinvBackward0",
  saves: "output",
  derivative: (g, y) => g.mul(exp(y.square())).mul(1 / TWO_OVER_ROOT_PI),
});

/**
 * ln |Γ(x)|
 * @api torch.lgamma Tensor.lgamma Tensor.lgamma_
 * @see https://pytorch.org/docs/stable/generated/torch.lgamma.html
 */
export const lgamma: UnaryFunction = unary({ code: logGamma, name: "LgammaBackward0", saves: "input", derivative: (g, x) => g.mul(digamma(x)) });

/**
 * The derivative of ln Γ(x).
 * @api torch.digamma Tensor.digamma Tensor.digamma_
 * @see https://pytorch.org/docs/stable/generated/torch.digamma.html
 */
export const digamma: UnaryFunction = unary({ code: digammaOf, name: "DigammaBackward0", saves: "input", derivative: (g, x) => g.mul(polygamma(1)(x)) });

/** The `order`-th derivative of digamma. */
function polygamma(order: number): UnaryFunction {
  const compute = order === 1 ? trigammaOf : (x: number) => polygammaOf(order, x);
  return unary({ code: compute, name: "PolygammaBackward0", saves: "input", derivative: (g, x) => g.mul(polygamma(order + 1)(x)) });
}

/**
 * The modified Bessel function of the first kind and order 0.
 * @api torch.i0 Tensor.i0 Tensor.i0_
 * @see https://pytorch.org/docs/stable/generated/torch.i0.html
 */
export const i0: UnaryFunction = unary({ code: (x) => besselI(0, x), name: "I0Backward0", saves: "input", derivative: (g, x) => g.mul(i1(x)) });

const i1: UnaryFunction = unary({
  code: (x) => besselI(1, x),
  name: "SpecialI1Backward0",
  saves: "input",
  derivative: (g, x) => g.mul(i0(x).sub(where(eq(x, 0), 0.5, i1(x).div(where(eq(x, 0), 1, x))))),
});

/** Erfc by its continued fraction (Lentz) from 2 on, by erf's series below. */
function complementaryError(x: number): number {
  if (Number.isNaN(x)) return NaN;
  if (x < 0) return 2 - complementaryError(-x);
  if (x > 28) return 0;
  if (x < 2) {
    let term = x;
    let total = x;
    for (let n = 1; Math.abs(term) > 1e-17 * Math.abs(total) && n < 200; n++) {
      term *= (-x * x) / n;
      total += term / (2 * n + 1);
    }
    return 1 - TWO_OVER_ROOT_PI * total;
  }
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / 2 / fraction;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * fraction);
}

/** Winitzki's estimate, then Newton's steps on erf. */
function inverseError(y: number): number {
  if (Math.abs(y) === 1) return y * Infinity;
  if (!(Math.abs(y) < 1)) return NaN;
  const a = 0.147;
  const l = Math.log(1 - y * y);
  const b = 2 / (Math.PI * a) + l / 2;
  let x = Math.sign(y) * Math.sqrt(Math.sqrt(b * b - l / a) - b);
  for (let i = 0; i < 4; i++) {
    const missing = x > 0 ? 1 - y - complementaryError(x) : -(1 + y - complementaryError(-x));
    x -= missing / (TWO_OVER_ROOT_PI * Math.exp(-x * x));
  }
  return y === 0 ? 0 : x;
}

/** Stirling's series after shifting the argument upwards; below ½ by reflection. */
function logGamma(x: number): number {
  if (x <= 0 && Number.isInteger(x)) return Infinity;
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  let shift = 0;
  for (; x < 10; x++) shift += Math.log(x);
  const r = 1 / (x * x);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r / 1680))) / x;
  return (x - 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI) + series - shift;
}

function digammaOf(x: number): number {
  if (x === 0) return -Infinity * Math.sign(1 / x);
  if (x < 0) return Number.isInteger(x) ? NaN : digammaOf(1 - x) - Math.PI / Math.tan(Math.PI * x);
  let shift = 0;
  for (; x < 10; x++) shift -= 1 / x;
  const r = 1 / (x * x);
  return shift + Math.log(x) - 0.5 / x - r * (1 / 12 - r * (1 / 120 - r * (1 / 252 - r * (1 / 240 - r / 132))));
}

function trigammaOf(x: number): number {
  if (x < 0.5) return (Math.PI / Math.sin(Math.PI * x)) ** 2 - trigammaOf(1 - x);
  let shift = 0;
  for (; x < 10; x++) shift += 1 / (x * x);
  const r = 1 / (x * x);
  return shift + 1 / x + r / 2 + (r / x) * (1 / 6 - r * (1 / 30 - r * (1 / 42 - r / 30)));
}

/** (−1)ⁿ⁺¹ n! Σ 1/(x + k)ⁿ⁺¹ for n ≥ 2: the first terms, then Euler and Maclaurin's formula for the others. */
function polygammaOf(n: number, x: number): number {
  if (x <= 0 && Number.isInteger(x)) return n % 2 === 0 ? -Infinity : Infinity;
  const s = n + 1;
  let total = 0;
  // Terms far from 0 count for nothing.
  if (x < -1000) x += Math.floor(-x) - 1000;
  for (; x < 10; x++) total += x ** -s;
  total += x ** (1 - s) / n + x ** -s / 2;
  let term = s * x ** (-s - 1);
  [1 / 12, -1 / 720, 1 / 30240, -1 / 1209600].forEach((coefficient, j) => {
    total += coefficient * term;
    term *= ((s + 2 * j + 1) * (s + 2 * j + 2)) / (x * x);
  });
  let factorial = 1;
  for (let k = 2; k <= n; k++) factorial *= k;
  return (n % 2 === 0 ? -1 : 1) * factorial * total;
}

/** The power series, which converges everywhere: Σ (x/2)^(2k+n) / (k! (k+n)!). */
function besselI(order: 0 | 1, x: number): number {
  let term = order === 0 ? 1 : x / 2;
  let total = term;
  for (let k = 1; k < 500 && Math.abs(term) > 1e-17 * Math.abs(total); k++) {
    term *= (x * x) / 4 / (k * (k + order));
    total += term;
  }
  return total;
}
