/**
 * Functions of single elements beyond those with kernels of their own: computed in double precision, element by element.
 * Each derivative is made of differentiable operations, so that it can be differentiated again.
 */
import { record, type Operation } from "../autograd/node.ts";
import { filled, typedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { Unary, type UnaryOp } from "../kernels/exports.ts";
import type { Tensor } from "../tensor.ts";
import { eq, where } from "./binary.ts";
import { to } from "./conversion.ts";
import { fromTypedArray } from "./creation.ts";
import { namedTuple, type NamedTuple } from "./namedTuple.ts";
import { applyUnary, asFloat, clampByNumbers, exp, log, roundToWhole, trunc, type UnaryFunction } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import type { Int } from "./types.ts";

/** The gradient with respect to the input, of the gradient, the input and the output. */
type Derivative = (gradient: Tensor, input: Tensor, output: Tensor) => Tensor;

function operation(name: string, derivative: Derivative): Operation {
  return { name: `${name}Backward0`, backward: (node, gradient) => [derivative(gradient, node.saved(0), node.saved(1))] };
}

/** A function without a kernel. */
function elementwise(name: string, compute: (x: number) => number, derivative: Derivative): UnaryFunction {
  const op = operation(name, derivative);
  return (input) => {
    const source = asFloat(input);
    const values = toTypedArray(source) as Float32Array;
    const output = fromTypedArray(filled(values, (i) => compute(values[i]!)), source.shape);
    return record(op, output, [source], [source, output]);
  };
}

/** A function with a kernel for its values. */
function byKernel(code: UnaryOp, name: string, derivative: Derivative): UnaryFunction {
  const op = operation(name, derivative);
  return (input) => {
    const source = asFloat(input);
    const output = applyUnary(code, source);
    return record(op, output, [source], [source, output]);
  };
}



// --- trigonometry ---------------------------------------------------------------------------------------------------

/**
 * Tangent.
 * @api torch.tan Tensor.tan Tensor.tan_
 * @see https://pytorch.org/docs/stable/generated/torch.tan.html
 */
export const tan: UnaryFunction = byKernel(Unary.tan, "Tan", (g, _x, y) => g.mul(y.square().add(1)));
/**
 * Arcsine, in radians.
 * @api torch.asin Tensor.asin Tensor.asin_ torch.arcsin Tensor.arcsin Tensor.arcsin_
 * @see https://pytorch.org/docs/stable/generated/torch.asin.html
 */
export const asin: UnaryFunction = byKernel(Unary.asin, "Asin", (g, x) => g.mul(x.square().neg().add(1).rsqrt()));
/**
 * Arccosine, in radians.
 * @api torch.acos Tensor.acos Tensor.acos_ torch.arccos Tensor.arccos Tensor.arccos_
 * @see https://pytorch.org/docs/stable/generated/torch.acos.html
 */
export const acos: UnaryFunction = byKernel(Unary.acos, "Acos", (g, x) => g.mul(x.square().neg().add(1).rsqrt()).neg());
/**
 * Arctangent, in radians.
 * @api torch.atan Tensor.atan Tensor.atan_ torch.arctan Tensor.arctan Tensor.arctan_
 * @see https://pytorch.org/docs/stable/generated/torch.atan.html
 */
export const atan: UnaryFunction = byKernel(Unary.atan, "Atan", (g, x) => g.div(x.square().add(1)));
/**
 * Hyperbolic sine.
 * @api torch.sinh Tensor.sinh Tensor.sinh_
 * @see https://pytorch.org/docs/stable/generated/torch.sinh.html
 */
export const sinh: UnaryFunction = elementwise("Sinh", Math.sinh, (g, x) => g.mul(cosh(x)));
/**
 * Hyperbolic cosine.
 * @api torch.cosh Tensor.cosh Tensor.cosh_
 * @see https://pytorch.org/docs/stable/generated/torch.cosh.html
 */
export const cosh: UnaryFunction = elementwise("Cosh", Math.cosh, (g, x) => g.mul(sinh(x)));
/**
 * Inverse hyperbolic sine.
 * @api torch.asinh Tensor.asinh Tensor.asinh_ torch.arcsinh Tensor.arcsinh Tensor.arcsinh_
 * @see https://pytorch.org/docs/stable/generated/torch.asinh.html
 */
export const asinh: UnaryFunction = elementwise("Asinh", Math.asinh, (g, x) => g.mul(x.square().add(1).rsqrt()));
/**
 * Inverse hyperbolic cosine.
 * @api torch.acosh Tensor.acosh Tensor.acosh_ torch.arccosh Tensor.arccosh Tensor.arccosh_
 * @see https://pytorch.org/docs/stable/generated/torch.acosh.html
 */
export const acosh: UnaryFunction = elementwise("Acosh", Math.acosh, (g, x) => g.mul(x.square().sub(1).rsqrt()));
/**
 * Inverse hyperbolic tangent.
 * @api torch.atanh Tensor.atanh Tensor.atanh_ torch.arctanh Tensor.arctanh Tensor.arctanh_
 * @see https://pytorch.org/docs/stable/generated/torch.atanh.html
 */
export const atanh: UnaryFunction = elementwise("Atanh", Math.atanh, (g, x) => g.div(x.square().neg().add(1)));
/**
 * sin(πx) / πx, 1 at 0.
 * @api torch.sinc Tensor.sinc Tensor.sinc_
 * @see https://pytorch.org/docs/stable/generated/torch.sinc.html
 */
export const sinc: UnaryFunction = elementwise("Sinc", normalizedSinc, (g, x, y) => {
  const turned = x.mul(Math.PI);
  const slope = turned.cos().sub(y).div(where(eq(x, 0), 1, x));
  return g.mul(where(eq(x, 0), 0, slope));
});
function normalizedSinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}
/**
 * Degrees to radians.
 * @api torch.deg2rad Tensor.deg2rad Tensor.deg2rad_
 * @see https://pytorch.org/docs/stable/generated/torch.deg2rad.html
 */
export function deg2rad(input: Tensor): Tensor {
  return asFloat(input).mul(Math.PI / 180);
}
/**
 * Radians to degrees.
 * @api torch.rad2deg Tensor.rad2deg Tensor.rad2deg_
 * @see https://pytorch.org/docs/stable/generated/torch.rad2deg.html
 */
export function rad2deg(input: Tensor): Tensor {
  return asFloat(input).mul(180 / Math.PI);
}

// --- exponentials and logarithms ------------------------------------------------------------------------------------

/**
 * 2 to the power of each element.
 * @api torch.exp2 Tensor.exp2 Tensor.exp2_
 * @see https://pytorch.org/docs/stable/generated/torch.exp2.html
 */
export const exp2: UnaryFunction = byKernel(Unary.exp2, "Exp2", (g, _x, y) => g.mul(y.mul(Math.LN2)));
/**
 * Logarithm to base 2.
 * @api torch.log2 Tensor.log2 Tensor.log2_
 * @see https://pytorch.org/docs/stable/generated/torch.log2.html
 */
export const log2: UnaryFunction = byKernel(Unary.log2, "Log2", (g, x) => g.div(x.mul(Math.LN2)));
/**
 * Logarithm to base 10.
 * @api torch.log10 Tensor.log10 Tensor.log10_
 * @see https://pytorch.org/docs/stable/generated/torch.log10.html
 */
export const log10: UnaryFunction = byKernel(Unary.log10, "Log10", (g, x) => g.div(x.mul(Math.LN10)));
/**
 * ln(x / (1 − x)); with `eps` the input is first kept within [eps, 1 − eps].
 * @api torch.logit Tensor.logit Tensor.logit_
 * @see https://pytorch.org/docs/stable/generated/torch.logit.html
 */
export function logit(input: Tensor, eps: number | null = null): Tensor {
  const x = eps === null ? asFloat(input) : clampByNumbers(asFloat(input), eps, 1 - eps);
  return log(x.div(x.neg().add(1)));
}

// --- special functions ----------------------------------------------------------------------------------------------

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);
/**
 * 1 − erf(x), accurate where erf is near 1.
 * @api torch.erfc Tensor.erfc Tensor.erfc_
 * @see https://pytorch.org/docs/stable/generated/torch.erfc.html
 */
export const erfc: UnaryFunction = elementwise("Erfc", complementaryError, (g, x) => g.mul(exp(x.square().neg())).mul(-TWO_OVER_ROOT_PI));
/**
 * The x whose erf is the input.
 * @api torch.erfinv Tensor.erfinv Tensor.erfinv_
 * @see https://pytorch.org/docs/stable/generated/torch.erfinv.html
 */
export const erfinv: UnaryFunction = elementwise("Erfinv", inverseError, (g, _x, y) => g.mul(exp(y.square())).mul(1 / TWO_OVER_ROOT_PI));
/**
 * ln |Γ(x)|
 * @api torch.lgamma Tensor.lgamma Tensor.lgamma_
 * @see https://pytorch.org/docs/stable/generated/torch.lgamma.html
 */
export const lgamma: UnaryFunction = elementwise("Lgamma", logGamma, (g, x) => g.mul(digamma(x)));
/**
 * The derivative of ln Γ(x).
 * @api torch.digamma Tensor.digamma Tensor.digamma_
 * @see https://pytorch.org/docs/stable/generated/torch.digamma.html
 */
export const digamma: UnaryFunction = elementwise("Digamma", digammaOf, (g, x) => g.mul(polygamma(1)(x)));
/** The `order`-th derivative of digamma. */
function polygamma(order: number): UnaryFunction {
  const compute = order === 1 ? trigammaOf : (x: number) => polygammaOf(order, x);
  return elementwise("Polygamma", compute, (g, x) => g.mul(polygamma(order + 1)(x)));
}
/**
 * The modified Bessel function of the first kind and order 0.
 * @api torch.i0 Tensor.i0 Tensor.i0_
 * @see https://pytorch.org/docs/stable/generated/torch.i0.html
 */
export const i0: UnaryFunction = elementwise("I0", (x) => besselI(0, x), (g, x) => g.mul(i1(x)));
const i1: UnaryFunction = elementwise("SpecialI1", (x) => besselI(1, x), (g, x, y) => g.mul(i0(x).sub(where(eq(x, 0), 0.5, y.div(where(eq(x, 0), 1, x))))));

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

// --- parts of numbers -----------------------------------------------------------------------------------------------

/**
 * What is behind the point, with the sign.
 * @api torch.frac Tensor.frac Tensor.frac_
 * @see https://pytorch.org/docs/stable/generated/torch.frac.html
 */
export function frac(input: Tensor): Tensor {
  return input.sub(trunc(input));
}
/**
 * Whether the sign bit is set; −0 counts.
 * @api torch.signbit Tensor.signbit
 * @see https://pytorch.org/docs/stable/generated/torch.signbit.html
 */
export function signbit(input: Tensor): Tensor {
  const values = toTypedArray(input);
  const bits = filled(typedArray("bool", values.length), (i) => Number(values[i]! < 0 || Object.is(values[i], -0)));
  return fromTypedArray(bits, input.shape, { dtype: "bool" });
}
/**
 * The input itself.
 * @api torch.positive Tensor.positive
 * @see https://pytorch.org/docs/stable/generated/torch.positive.html
 */
export function positive(input: Tensor): Tensor {
  if (input.dtype === "bool") throw new KindlingError("The `+` operator, on a bool tensor is not supported.");
  return input;
}
/**
 * NaN becomes `nan`, ±∞ become `posinf` and `neginf` (by default float32's largest magnitudes).
 * @api torch.nanToNum Tensor.nanToNum Tensor.nanToNum_
 * @see https://pytorch.org/docs/stable/generated/torch.nan_to_num.html
 */
export function nanToNum(input: Tensor, nan: number | null = 0, posinf: number | null = null, neginf: number | null = null): Tensor {
  if (input.dtype !== "float32") return input.clone();
  const without = where(input.isnan(), nan ?? 0, input);
  const lower = where(without.eq(Infinity), posinf ?? LARGEST, without);
  return where(lower.eq(-Infinity), neginf ?? -LARGEST, lower);
}
const LARGEST = 3.4028234663852886e38;

/**
 * To `decimals` places (default 0; negative ones count before the point); halves go to the even one.
 * @api torch.round Tensor.round Tensor.round_
 * @see https://pytorch.org/docs/stable/generated/torch.round.html
 */
export function round(input: Tensor, { decimals = 0 }: { decimals?: Int } = {}): Tensor {
  if (decimals === 0 || input.dtype !== "float32") return roundToWhole(input);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? roundToWhole(input.mul(scale)).div(scale) : roundToWhole(input.div(scale)).mul(scale);
}

/**
 * Mantissas in [½, 1) and exponents: input = mantissa · 2^exponent.
 * @api torch.frexp Tensor.frexp
 * @see https://pytorch.org/docs/stable/generated/torch.frexp.html
 */
export function frexp(input: Tensor): NamedTuple<["mantissa", "exponent"], Tensor> {
  const values = toTypedArray(asFloat(input));
  const exponents = filled(typedArray("int32", values.length), (i) => (values[i] === 0 || !Number.isFinite(values[i]) ? 0 : exponentOf(values[i]!)));
  const exponent = fromTypedArray(exponents, input.shape);
  return namedTuple("frexp", ["mantissa", "exponent"], [asFloat(input).div(exp2(to(exponent, "float32"))), exponent]);
}

function exponentOf(x: number): number {
  const estimate = Math.floor(Math.log2(Math.abs(x)));
  // The logarithm may round across a power of two.
  return Math.abs(x) >= 2 ** (estimate + 1) ? estimate + 2 : Math.abs(x) < 2 ** estimate ? estimate : estimate + 1;
}

// --- bits -----------------------------------------------------------------------------------------------------------

/**
 * `~a`: logical for `bool`, of all bits for integers.
 * @api torch.bitwiseNot Tensor.bitwiseNot Tensor.bitwiseNot_
 * @see https://pytorch.org/docs/stable/generated/torch.bitwise_not.html
 */
export function bitwiseNot(input: Tensor): Tensor {
  if (input.dtype === "float32") throw new KindlingError("bitwise_not is only implemented for integer types");
  if (input.dtype === "bool") return input.logicalNot();
  const flip = input.dtype === "uint8" ? (x: number) => 255 - x : (x: number) => ~x;
  const values = toTypedArray(input);
  return fromTypedArray(values.map(flip) as typeof values, input.shape, { dtype: input.dtype });
}

/**
 * 0 for negative, 1 for positive elements, `values` at 0.
 * @api torch.heaviside Tensor.heaviside Tensor.heaviside_
 * @see https://pytorch.org/docs/stable/generated/torch.heaviside.html
 */
export function heaviside(input: Tensor, values: Tensor): Tensor {
  return where(input.eq(0), values, input.gt(0).to(values.dtype));
}

