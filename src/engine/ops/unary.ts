/** Functions of single elements: signs, powers, exponentials, logarithms, trigonometry. Forward beside backward. */
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { Unary } from "../kernels/exports.ts";
import type { Tensor } from "../tensor.ts";
import { to } from "./conversion.ts";
import { mapUnary } from "./internal/map.ts";
import { refuseBool } from "./internal/requireKernel.ts";
import { asFloat, constantUnary, unary, type UnaryFunction } from "./internal/unaryKernels.ts";
import { namedTuple, type NamedTuple } from "./namedTuple.ts";
import { where } from "./where.ts";

/**
 * Elementwise negation.
 * @api torch.neg Tensor.neg torch.negative Tensor.negative Tensor.negative_
 * @see https://pytorch.org/docs/stable/generated/torch.neg.html
 */
export function neg(input: Tensor): Tensor {
  if (input.dtype === "bool") {
    throw new KindlingError(
      "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
  return input.dtype === "float32" ? negFloat(input) : input.mul(-1);
}

const negFloat = unary({ code: Unary.neg, name: "NegBackward0", saves: "input", derivative: (g) => neg(g) });

/**
 * Absolute value.
 * @api torch.abs Tensor.abs torch.absolute Tensor.absolute Tensor.absolute_
 * @see https://pytorch.org/docs/stable/generated/torch.abs.html
 */
export function abs(input: Tensor): Tensor {
  refuseBool("abs_cpu", input.dtype);
  if (input.dtype === "uint8") return input;
  return input.dtype === "int32" ? input.where(input.ge(0), input.neg()) : absFloat(input);
}

const absFloat = unary({ code: Unary.abs, name: "AbsBackward0", saves: "input", derivative: (g, x) => g.mul(sign(x)) });

/**
 * e to the power of each element.
 * @api torch.exp Tensor.exp
 * @see https://pytorch.org/docs/stable/generated/torch.exp.html
 */
export const exp: UnaryFunction = unary({ code: Unary.exp, name: "ExpBackward0", saves: "output", derivative: (g, y) => g.mul(y) });

/**
 * eˣ − 1, accurate near 0.
 * @api torch.expm1 Tensor.expm1 Tensor.expm1_
 * @see https://pytorch.org/docs/stable/generated/torch.expm1.html
 */
export const expm1: UnaryFunction = unary({ code: Unary.expm1, name: "Expm1Backward0", saves: "output", derivative: (g, y) => g.mul(y.add(1)) });

/**
 * The natural logarithm of each element.
 * @api Tensor.log Tensor.log_
 * @see https://pytorch.org/docs/stable/generated/torch.log.html
 */
export const log: UnaryFunction = unary({ code: Unary.log, name: "LogBackward0", saves: "input", derivative: (g, x) => g.div(x) });

/**
 * ln(1 + x), accurate near 0.
 * @api torch.log1p Tensor.log1p Tensor.log1p_
 * @see https://pytorch.org/docs/stable/generated/torch.log1p.html
 */
export const log1p: UnaryFunction = unary({ code: Unary.log1p, name: "Log1PBackward0", saves: "input", derivative: (g, x) => g.div(x.add(1)) });

/**
 * Square root.
 * @api torch.sqrt Tensor.sqrt
 * @see https://pytorch.org/docs/stable/generated/torch.sqrt.html
 */
export const sqrt: UnaryFunction = unary({ code: Unary.sqrt, name: "SqrtBackward0", saves: "output", derivative: (g, y) => g.div(y.mul(2)) });

/**
 * 1 / √x
 * @api torch.rsqrt Tensor.rsqrt Tensor.rsqrt_
 * @see https://pytorch.org/docs/stable/generated/torch.rsqrt.html
 */
export const rsqrt: UnaryFunction = unary({ code: Unary.rsqrt, name: "RsqrtBackward0", saves: "output", derivative: (g, y) => g.mul(y.pow(3)).mul(-0.5) });

/**
 * 1 / x
 * @api torch.reciprocal Tensor.reciprocal Tensor.reciprocal_
 * @see https://pytorch.org/docs/stable/generated/torch.reciprocal.html
 */
export const reciprocal: UnaryFunction = unary({
  code: Unary.reciprocal,
  name: "ReciprocalBackward0",
  saves: "output",
  derivative: (g, y) => g.mul(y.mul(y)).neg(),
});

/**
 * x²
 * @api torch.square Tensor.square Tensor.square_
 * @see https://pytorch.org/docs/stable/generated/torch.square.html
 */
export function square(input: Tensor): Tensor {
  return input.dtype === "float32" ? squareFloat(input) : input.pow(2);
}

const squareFloat = unary({ code: Unary.square, name: "PowBackward0", saves: "input", derivative: (g, x) => g.mul(x.mul(2)) });

/**
 * Sine.
 * @api torch.sin Tensor.sin Tensor.sin_
 * @see https://pytorch.org/docs/stable/generated/torch.sin.html
 */
export const sin: UnaryFunction = unary({ code: Unary.sin, name: "SinBackward0", saves: "input", derivative: (g, x) => g.mul(cos(x)) });

/**
 * Cosine.
 * @api torch.cos Tensor.cos Tensor.cos_
 * @see https://pytorch.org/docs/stable/generated/torch.cos.html
 */
export const cos: UnaryFunction = unary({ code: Unary.cos, name: "CosBackward0", saves: "input", derivative: (g, x) => g.mul(sin(x)).neg() });

/**
 * Hyperbolic tangent.
 * @api torch.tanh Tensor.tanh nn.functional.tanh
 * @see https://pytorch.org/docs/stable/generated/torch.tanh.html
 */
export const tanh: UnaryFunction = unary({ code: Unary.tanh, name: "TanhBackward0", saves: "output", derivative: (g, y) => g.mul(y.mul(y).neg().add(1)) });

/**
 * 1 / (1 + e⁻ˣ)
 * @api torch.sigmoid Tensor.sigmoid nn.functional.sigmoid
 * @see https://pytorch.org/docs/stable/generated/torch.sigmoid.html
 */
export const sigmoid: UnaryFunction = unary({
  code: Unary.sigmoid,
  name: "SigmoidBackward0",
  saves: "output",
  derivative: (g, y) => g.mul(y.mul(y.neg().add(1))),
});

const signFloat = constantUnary(Unary.sign, "SignBackward0");

/**
 * −1, 0 or 1.
 * @api torch.sign Tensor.sign Tensor.sign_ torch.sgn Tensor.sgn Tensor.sgn_
 * @see https://pytorch.org/docs/stable/generated/torch.sign.html
 */
export function sign(input: Tensor): Tensor {
  return input.dtype === "float32" ? signFloat(input) : to(signFloat(to(input, "float32")), input.dtype);
}

// --- trigonometry ---------------------------------------------------------------------------------------------------

/**
 * Tangent.
 * @api torch.tan Tensor.tan Tensor.tan_
 * @see https://pytorch.org/docs/stable/generated/torch.tan.html
 */
export const tan: UnaryFunction = unary({ code: Unary.tan, name: "TanBackward0", saves: "output", derivative: (g, y) => g.mul(y.square().add(1)) });

/**
 * Arcsine, in radians.
 * @api torch.asin Tensor.asin Tensor.asin_ torch.arcsin Tensor.arcsin Tensor.arcsin_
 * @see https://pytorch.org/docs/stable/generated/torch.asin.html
 */
export const asin: UnaryFunction = unary({
  code: Unary.asin,
  name: "AsinBackward0",
  saves: "input",
  derivative: (g, x) => g.mul(x.square().neg().add(1).rsqrt()),
});

/**
 * Arccosine, in radians.
 * @api torch.acos Tensor.acos Tensor.acos_ torch.arccos Tensor.arccos Tensor.arccos_
 * @see https://pytorch.org/docs/stable/generated/torch.acos.html
 */
export const acos: UnaryFunction = unary({
  code: Unary.acos,
  name: "AcosBackward0",
  saves: "input",
  derivative: (g, x) => g.mul(x.square().neg().add(1).rsqrt()).neg(),
});

/**
 * Arctangent, in radians.
 * @api torch.atan Tensor.atan Tensor.atan_ torch.arctan Tensor.arctan Tensor.arctan_
 * @see https://pytorch.org/docs/stable/generated/torch.atan.html
 */
export const atan: UnaryFunction = unary({ code: Unary.atan, name: "AtanBackward0", saves: "input", derivative: (g, x) => g.div(x.square().add(1)) });

/**
 * Hyperbolic sine.
 * @api torch.sinh Tensor.sinh Tensor.sinh_
 * @see https://pytorch.org/docs/stable/generated/torch.sinh.html
 */
export const sinh: UnaryFunction = unary({ code: Math.sinh, name: "SinhBackward0", saves: "input", derivative: (g, x) => g.mul(cosh(x)) });

/**
 * Hyperbolic cosine.
 * @api torch.cosh Tensor.cosh Tensor.cosh_
 * @see https://pytorch.org/docs/stable/generated/torch.cosh.html
 */
export const cosh: UnaryFunction = unary({ code: Math.cosh, name: "CoshBackward0", saves: "input", derivative: (g, x) => g.mul(sinh(x)) });

/**
 * Inverse hyperbolic sine.
 * @api torch.asinh Tensor.asinh Tensor.asinh_ torch.arcsinh Tensor.arcsinh Tensor.arcsinh_
 * @see https://pytorch.org/docs/stable/generated/torch.asinh.html
 */
export const asinh: UnaryFunction = unary({ code: Math.asinh, name: "AsinhBackward0", saves: "input", derivative: (g, x) => g.mul(x.square().add(1).rsqrt()) });

/**
 * Inverse hyperbolic cosine.
 * @api torch.acosh Tensor.acosh Tensor.acosh_ torch.arccosh Tensor.arccosh Tensor.arccosh_
 * @see https://pytorch.org/docs/stable/generated/torch.acosh.html
 */
export const acosh: UnaryFunction = unary({ code: Math.acosh, name: "AcoshBackward0", saves: "input", derivative: (g, x) => g.mul(x.square().sub(1).rsqrt()) });

/**
 * Inverse hyperbolic tangent.
 * @api torch.atanh Tensor.atanh Tensor.atanh_ torch.arctanh Tensor.arctanh Tensor.arctanh_
 * @see https://pytorch.org/docs/stable/generated/torch.atanh.html
 */
export const atanh: UnaryFunction = unary({ code: Math.atanh, name: "AtanhBackward0", saves: "input", derivative: (g, x) => g.div(x.square().neg().add(1)) });

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
export const exp2: UnaryFunction = unary({ code: Unary.exp2, name: "Exp2Backward0", saves: "output", derivative: (g, y) => g.mul(y.mul(Math.LN2)) });

/**
 * Logarithm to base 2.
 * @api torch.log2 Tensor.log2 Tensor.log2_
 * @see https://pytorch.org/docs/stable/generated/torch.log2.html
 */
export const log2: UnaryFunction = unary({ code: Unary.log2, name: "Log2Backward0", saves: "input", derivative: (g, x) => g.div(x.mul(Math.LN2)) });

/**
 * Logarithm to base 10.
 * @api torch.log10 Tensor.log10 Tensor.log10_
 * @see https://pytorch.org/docs/stable/generated/torch.log10.html
 */
export const log10: UnaryFunction = unary({ code: Unary.log10, name: "Log10Backward0", saves: "input", derivative: (g, x) => g.div(x.mul(Math.LN10)) });

/**
 * Whether the sign bit is set; −0 counts.
 * @api torch.signbit Tensor.signbit
 * @see https://pytorch.org/docs/stable/generated/torch.signbit.html
 */
export function signbit(input: Tensor): Tensor {
  return tellOperation(
    "signbit",
    [input],
    mapUnary((x) => Number(x < 0 || Object.is(x, -0)), input, "bool"),
  );
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
 * Mantissas in [½, 1) and exponents: input = mantissa · 2^exponent.
 * @api torch.frexp Tensor.frexp
 * @see https://pytorch.org/docs/stable/generated/torch.frexp.html
 */
export function frexp(input: Tensor): NamedTuple<["mantissa", "exponent"], Tensor> {
  if (input.dtype !== "float32") throw new KindlingError("torch.frexp() only supports floating-point dtypes");
  const exponent = tellOperation("frexp", [input], mapUnary(exponentOf, input, "int32"));
  return namedTuple("frexp", ["mantissa", "exponent"], [input.div(exp2(to(exponent, "float32"))), exponent]);
}

function exponentOf(x: number): number {
  if (x === 0 || !Number.isFinite(x)) return 0;
  const estimate = Math.floor(Math.log2(Math.abs(x)));
  // The logarithm may round across a power of two.
  return Math.abs(x) >= 2 ** (estimate + 1) ? estimate + 2 : Math.abs(x) < 2 ** estimate ? estimate : estimate + 1;
}
