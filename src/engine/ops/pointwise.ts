/** Operations on single elements and on pairs of elements. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { needsGraph, record, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import { Unary, type UnaryOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous, to } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { zerosLike } from "./creation.ts";
import { at, make } from "./internal/make.ts";

interface UnarySpec {
  readonly code: UnaryOp;
  /** PyTorch's name of the gradient function. */
  readonly name: string;
  /** Which of input and output the derivative reads. */
  readonly saves: "input" | "output";
  /** The gradient by differentiable operations; `saved` is the input or the output. */
  readonly derivative: (gradient: Tensor, saved: Tensor, data: UnaryData) => Tensor;
  /** Whether `kernels.unaryBackward` knows the derivative. */
  readonly fused: boolean;
}

interface UnaryData {
  readonly alpha: number;
  readonly beta: number;
}

/** A function of one tensor. */
export type UnaryFunction = (input: Tensor) => Tensor;

/** A kernel with up to two constants. */
type UnaryKernel = (input: Tensor, alpha?: number, beta?: number) => Tensor;

function unary(spec: UnarySpec): UnaryKernel {
  const operation: Operation<UnaryData> = {
    name: spec.name,
    backward(node, gradient) {
      const saved = node.saved(0);
      const data = node.data;
      if (spec.fused && !isGradEnabled()) return [fusedBackward(spec.code, gradient, saved, data)];
      return [spec.derivative(gradient, saved, data)];
    },
  };
  return (input, alpha = 0, beta = 0) => {
    const source = asFloat(input);
    const output = applyUnary(spec.code, source, alpha, beta);
    if (!needsGraph([source])) return output;
    return record(operation, output, [source], [spec.saves === "input" ? source : output], { alpha, beta });
  };
}

/** Integers and truth values become float32, as PyTorch's floating-point functions do it. */
export function asFloat(input: Tensor): Tensor {
  return input.dtype === "float32" ? input : to(input, "float32");
}

/** Runs a unary kernel without a trace in the graph. */
export function applyUnary(code: UnaryOp, input: Tensor, alpha = 0, beta = 0): Tensor {
  const output = make(input.shape);
  if (input.dense) {
    const target = at(output);
    kernels.unary(code, at(input), target, output.numel(), alpha, beta);
    return output;
  }
  const source = denseCopy(input);
  kernels.unary(code, at(source), at(source), output.numel(), alpha, beta);
  return source;
}

function fusedBackward(code: UnaryOp, gradient: Tensor, saved: Tensor, data: UnaryData): Tensor {
  const upstream = contiguous(gradient);
  const value = contiguous(saved);
  const result = make(gradient.shape);
  const target = at(result);
  const from = at(upstream);
  kernels.unaryBackward(code, from, at(value), target, result.numel(), data.alpha, data.beta);
  return result;
}

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
const negFloat = unary({ code: Unary.neg, name: "NegBackward0", saves: "input", fused: false, derivative: (g) => neg(g) });

/**
 * Absolute value.
 * @api torch.abs Tensor.abs torch.absolute Tensor.absolute Tensor.absolute_
 * @see https://pytorch.org/docs/stable/generated/torch.abs.html
 */
export function abs(input: Tensor): Tensor {
  if (input.dtype === "uint8") return input;
  return input.dtype === "int32" ? input.where(input.ge(0), input.neg()) : absFloat(input);
}
const absFloat = unary({ code: Unary.abs, name: "AbsBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(sign(x)) });
/**
 * e to the power of each element.
 * @api torch.exp Tensor.exp
 * @see https://pytorch.org/docs/stable/generated/torch.exp.html
 */
export const exp: UnaryFunction = unary({ code: Unary.exp, name: "ExpBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y) });
/**
 * eˣ − 1, accurate near 0.
 * @api torch.expm1 Tensor.expm1 Tensor.expm1_
 * @see https://pytorch.org/docs/stable/generated/torch.expm1.html
 */
export const expm1: UnaryFunction = unary({ code: Unary.expm1, name: "Expm1Backward0", saves: "output", fused: false, derivative: (g, y) => g.mul(y.add(1)) });
/**
 * The natural logarithm of each element.
 * @api Tensor.log Tensor.log_
 * @see https://pytorch.org/docs/stable/generated/torch.log.html
 */
export const log: UnaryFunction = unary({ code: Unary.log, name: "LogBackward0", saves: "input", fused: true, derivative: (g, x) => g.div(x) });
/**
 * ln(1 + x), accurate near 0.
 * @api torch.log1p Tensor.log1p Tensor.log1p_
 * @see https://pytorch.org/docs/stable/generated/torch.log1p.html
 */
export const log1p: UnaryFunction = unary({ code: Unary.log1p, name: "Log1PBackward0", saves: "input", fused: false, derivative: (g, x) => g.div(x.add(1)) });
/**
 * Square root.
 * @api torch.sqrt Tensor.sqrt
 * @see https://pytorch.org/docs/stable/generated/torch.sqrt.html
 */
export const sqrt: UnaryFunction = unary({ code: Unary.sqrt, name: "SqrtBackward0", saves: "output", fused: true, derivative: (g, y) => g.div(y.mul(2)) });
/**
 * 1 / √x
 * @api torch.rsqrt Tensor.rsqrt Tensor.rsqrt_
 * @see https://pytorch.org/docs/stable/generated/torch.rsqrt.html
 */
export const rsqrt: UnaryFunction = unary({ code: Unary.rsqrt, name: "RsqrtBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.pow(3)).mul(-0.5) });
/**
 * 1 / x
 * @api torch.reciprocal Tensor.reciprocal Tensor.reciprocal_
 * @see https://pytorch.org/docs/stable/generated/torch.reciprocal.html
 */
export const reciprocal: UnaryFunction = unary({ code: Unary.reciprocal, name: "ReciprocalBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y)).neg() });
/**
 * x²
 * @api torch.square Tensor.square Tensor.square_
 * @see https://pytorch.org/docs/stable/generated/torch.square.html
 */
export function square(input: Tensor): Tensor {
  return input.dtype === "float32" ? squareFloat(input) : input.pow(2);
}
const squareFloat = unary({ code: Unary.square, name: "PowBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(x.mul(2)) });
/**
 * Sine.
 * @api torch.sin Tensor.sin Tensor.sin_
 * @see https://pytorch.org/docs/stable/generated/torch.sin.html
 */
export const sin: UnaryFunction = unary({ code: Unary.sin, name: "SinBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(cos(x)) });
/**
 * Cosine.
 * @api torch.cos Tensor.cos Tensor.cos_
 * @see https://pytorch.org/docs/stable/generated/torch.cos.html
 */
export const cos: UnaryFunction = unary({ code: Unary.cos, name: "CosBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(sin(x)).neg() });
/**
 * Hyperbolic tangent.
 * @api torch.tanh Tensor.tanh nn.functional.tanh
 * @see https://pytorch.org/docs/stable/generated/torch.tanh.html
 */
export const tanh: UnaryFunction = unary({ code: Unary.tanh, name: "TanhBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y).neg().add(1)) });
/**
 * 1 / (1 + e⁻ˣ)
 * @api torch.sigmoid Tensor.sigmoid nn.functional.sigmoid
 * @see https://pytorch.org/docs/stable/generated/torch.sigmoid.html
 */
export const sigmoid: UnaryFunction = unary({ code: Unary.sigmoid, name: "SigmoidBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y.neg().add(1))) });
const INVERSE_SQRT_PI_TWICE = 2 / Math.sqrt(Math.PI);
/**
 * The error function.
 * @api torch.erf Tensor.erf Tensor.erf_
 * @see https://pytorch.org/docs/stable/generated/torch.erf.html
 */
export const erf: UnaryFunction = unary({ code: Unary.erf, name: "ErfBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(x.mul(x).neg().exp().mul(INVERSE_SQRT_PI_TWICE)) });
const stepGradient = (g: Tensor, x: Tensor): Tensor => g.maskedFill(x.le(0), 0);
/**
 * max(x, 0)
 * @api torch.relu Tensor.relu
 * @see https://pytorch.org/docs/stable/generated/torch.relu.html
 */
export function relu(input: Tensor): Tensor {
  return input.dtype === "int32" || input.dtype === "uint8" ? input.clamp(0) : reluFloat(input);
}
const reluFloat = unary({ code: Unary.relu, name: "ReluBackward0", saves: "output", fused: true, derivative: stepGradient });
const geluExact = unary({ code: Unary.gelu, name: "GeluBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(geluSlope(x)) });
const geluTanh = unary({ code: Unary.geluTanh, name: "GeluBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(geluTanhSlope(x)) });
/** Φ(x) + x·φ(x) */
function geluSlope(x: Tensor): Tensor {
  const density = exp(x.mul(x).mul(-0.5)).mul(1 / Math.sqrt(2 * Math.PI));
  return erf(x.mul(Math.SQRT1_2)).add(1).mul(0.5).add(x.mul(density));
}
/** The derivative of ½x·(1 + tanh u), where u = √(2/π)·(x + 0.044715·x³). */
function geluTanhSlope(x: Tensor): Tensor {
  const [scale, cubic] = [Math.sqrt(2 / Math.PI), 0.044715];
  const squares = x.mul(x);
  const t = tanh(x.mul(squares.mul(cubic).add(1)).mul(scale));
  const inner = squares.mul(3 * cubic).add(1).mul(scale);
  return t.add(1).add(x.mul(t.mul(t).neg().add(1)).mul(inner)).mul(0.5);
}
/**
 * x·Φ(x), exactly or by the tanh approximation.
 * @api nn.functional.gelu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gelu.html
 */
export function gelu(input: Tensor, { approximate = "none" }: { approximate?: "none" | "tanh" } = {}): Tensor {
  return approximate === "tanh" ? geluTanh(input) : geluExact(input);
}
/** x·sigmoid(x) */
export const silu: UnaryFunction = unary({ code: Unary.silu, name: "SiluBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(siluSlope(x)) });
function siluSlope(x: Tensor): Tensor {
  const gate = sigmoid(x);
  return gate.mul(x.mul(gate.neg().add(1)).add(1));
}
const softplusUnary = unary({
  code: Unary.softplus, name: "SoftplusBackward0", saves: "input", fused: true,
  derivative: (g, x, { alpha: beta, beta: threshold }) => g.mul(sigmoid(x.mul(beta)).maskedFill(x.mul(beta).gt(threshold), 1)),
});
/**
 * ln(1 + e^(βx)) / β, and x itself where βx > threshold.
 * @api nn.functional.softplus
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softplus.html
 */
export function softplus(input: Tensor, beta = 1, threshold = 20): Tensor {
  return softplusUnary(input, beta, threshold);
}
/**
 * ln sigmoid(x), safe for large |x|.
 * @api nn.functional.logsigmoid
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.logsigmoid.html
 */
export const logsigmoid: UnaryFunction = unary({ code: Unary.logSigmoid, name: "LogSigmoidBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(sigmoid(x.neg())) });
/** x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681 */
export const mish: UnaryFunction = unary({ code: Unary.mish, name: "MishBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(mishSlope(x)) });
function mishSlope(x: Tensor): Tensor {
  const t = tanh(softplus(x));
  return x.mul(sigmoid(x)).mul(t.mul(t).neg().add(1)).add(t);
}
/** x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244 */
export const hardswish: UnaryFunction = unary({
  code: Unary.hardswish, name: "HardswishBackward0", saves: "input", fused: true,
  derivative: (g, x) => g.mul(x.div(3).add(0.5).maskedFill(x.gt(3), 1).maskedFill(x.lt(-3), 0)),
});
/** relu6(x + 3) / 6 */
export const hardsigmoid: UnaryFunction = unary({
  code: Unary.hardsigmoid, name: "HardsigmoidBackward0", saves: "input", fused: true,
  derivative: (g, x) => g.div(6).mul(x.abs().lt(3).float()),
});
const leakyUnary = unary({ code: Unary.leakyRelu, name: "LeakyReluBackward0", saves: "input", fused: true, derivative: (g, x, { alpha }) => g.mul(x.gt(0).float().mul(1 - alpha).add(alpha)) });
/** x where positive, `negativeSlope`·x elsewhere. */
export function leakyRelu(input: Tensor, negativeSlope = 0.01): Tensor {
  return leakyUnary(input, negativeSlope);
}
const eluUnary = unary({
  code: Unary.elu, name: "EluBackward0", saves: "output", fused: true,
  derivative: (g, y, { alpha }) => g.mul(y.add(alpha).maskedFill(y.gt(0), 1)),
});
/** x where positive, α(e^x − 1) elsewhere. */
export function elu(input: Tensor, alpha = 1): Tensor {
  return eluUnary(input, alpha);
}

/** Piecewise constant: no gradient but zero. */
function constantUnary(code: UnaryOp, name: string): (input: Tensor) => Tensor {
  const apply = unary({ code, name, saves: "input", fused: false, derivative: (g) => zerosLike(g) });
  return (input) => (input.dtype === "float32" ? apply(input) : input);
}
/**
 * The largest whole number that is not above.
 * @api torch.floor Tensor.floor Tensor.floor_
 * @see https://pytorch.org/docs/stable/generated/torch.floor.html
 */
export const floor: UnaryFunction = constantUnary(Unary.floor, "FloorBackward0");
/**
 * The smallest whole number that is not below.
 * @api torch.ceil Tensor.ceil Tensor.ceil_
 * @see https://pytorch.org/docs/stable/generated/torch.ceil.html
 */
export const ceil: UnaryFunction = constantUnary(Unary.ceil, "CeilBackward0");
/** To the nearest whole number; halves go to the even one. */
export const roundToWhole: UnaryFunction = constantUnary(Unary.round, "RoundBackward0");
/**
 * Without what is behind the point.
 * @api torch.trunc Tensor.trunc Tensor.trunc_ torch.fix Tensor.fix Tensor.fix_
 * @see https://pytorch.org/docs/stable/generated/torch.trunc.html
 */
export const trunc: UnaryFunction = constantUnary(Unary.trunc, "TruncBackward0");
const signFloat = constantUnary(Unary.sign, "SignBackward0");
/**
 * −1, 0 or 1.
 * @api torch.sign Tensor.sign Tensor.sign_ torch.sgn Tensor.sgn Tensor.sgn_
 * @see https://pytorch.org/docs/stable/generated/torch.sign.html
 */
export function sign(input: Tensor): Tensor {
  return input.dtype === "float32" ? signFloat(input) : to(signFloat(to(input, "float32")), input.dtype);
}

const clampUnary = unary({ code: Unary.clamp, name: "ClampBackward1", saves: "input", fused: true, derivative: (g, x, { alpha, beta }) => g.where(x.ge(alpha).logicalAnd(x.le(beta)), 0) });
/** `clamp` by numbers, with the kernel. */
export function clampByNumbers(input: Tensor, min?: number | null, max?: number | null): Tensor {
  if ((min ?? null) === null && (max ?? null) === null) {
    throw new KindlingError("torch.clamp: At least one of 'min' or 'max' must not be None");
  }
  const clamped = clampUnary(input, min ?? -Infinity, max ?? Infinity);
  return input.dtype === "int32" ? to(clamped, "int32") : clamped;
}
