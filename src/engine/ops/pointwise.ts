/** Operations on single elements and on pairs of elements. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { needsGraph, record, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import { Unary, type UnaryOp } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous, to } from "./conversion.ts";
import { denseCopy } from "./copy.ts";
import { zerosLike } from "./creation.ts";
import { at, make } from "./make.ts";

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

export type UnaryFunction = (input: Tensor, alpha?: number, beta?: number) => Tensor;

function unary(spec: UnarySpec): UnaryFunction {
  const operation: Operation = {
    name: spec.name,
    backward(node, gradient) {
      const saved = node.saved(0);
      const data = node.data as UnaryData;
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

/** Elementwise negation. */
export function neg(input: Tensor): Tensor {
  if (input.dtype === "bool") {
    throw new KindlingError(
      "Negation, the `-` operator, on a bool tensor is not supported. If you are trying to invert a mask, use the `~` or `logical_not()` operator instead.",
    );
  }
  return input.dtype === "float32" ? negFloat(input) : input.mul(-1);
}
const negFloat = unary({ code: Unary.neg, name: "NegBackward0", saves: "input", fused: false, derivative: (g) => neg(g) });

/** Absolute value. */
export function abs(input: Tensor): Tensor {
  if (input.dtype === "uint8") return input;
  return input.dtype === "int32" ? input.where(input.ge(0), input.neg()) : absFloat(input);
}
const absFloat = unary({ code: Unary.abs, name: "AbsBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(sign(x)) });
export const exp = unary({ code: Unary.exp, name: "ExpBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y) });
export const expm1 = unary({ code: Unary.expm1, name: "Expm1Backward0", saves: "output", fused: false, derivative: (g, y) => g.mul(y.add(1)) });
export const log = unary({ code: Unary.log, name: "LogBackward0", saves: "input", fused: true, derivative: (g, x) => g.div(x) });
export const log1p = unary({ code: Unary.log1p, name: "Log1PBackward0", saves: "input", fused: false, derivative: (g, x) => g.div(x.add(1)) });
export const sqrt = unary({ code: Unary.sqrt, name: "SqrtBackward0", saves: "output", fused: true, derivative: (g, y) => g.div(y.mul(2)) });
export const rsqrt = unary({ code: Unary.rsqrt, name: "RsqrtBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.pow(3)).mul(-0.5) });
export const reciprocal = unary({ code: Unary.reciprocal, name: "ReciprocalBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y)).neg() });
/** x² */
export function square(input: Tensor): Tensor {
  return input.dtype === "float32" ? squareFloat(input) : input.pow(2);
}
const squareFloat = unary({ code: Unary.square, name: "PowBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(x.mul(2)) });
export const sin = unary({ code: Unary.sin, name: "SinBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(cos(x)) });
export const cos: UnaryFunction = unary({ code: Unary.cos, name: "CosBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(sin(x)).neg() });
export const tanh = unary({ code: Unary.tanh, name: "TanhBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y).neg().add(1)) });
export const sigmoid = unary({ code: Unary.sigmoid, name: "SigmoidBackward0", saves: "output", fused: true, derivative: (g, y) => g.mul(y.mul(y.neg().add(1))) });
const INVERSE_SQRT_PI_TWICE = 2 / Math.sqrt(Math.PI);
export const erf = unary({ code: Unary.erf, name: "ErfBackward0", saves: "input", fused: false, derivative: (g, x) => g.mul(x.mul(x).neg().exp().mul(INVERSE_SQRT_PI_TWICE)) });
const stepGradient = (g: Tensor, x: Tensor): Tensor => g.maskedFill(x.le(0), 0);
/** max(x, 0) */
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
/** x·Φ(x), exactly or by the tanh approximation. */
export function gelu(input: Tensor, options: { approximate?: "none" | "tanh" } = {}): Tensor {
  return options.approximate === "tanh" ? geluTanh(input) : geluExact(input);
}
/** x·sigmoid(x) */
export const silu = unary({ code: Unary.silu, name: "SiluBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(siluSlope(x)) });
function siluSlope(x: Tensor): Tensor {
  const gate = sigmoid(x);
  return gate.mul(x.mul(gate.neg().add(1)).add(1));
}
const softplusUnary = unary({
  code: Unary.softplus, name: "SoftplusBackward0", saves: "input", fused: true,
  derivative: (g, x, { alpha: beta, beta: threshold }) => g.mul(sigmoid(x.mul(beta)).maskedFill(x.mul(beta).gt(threshold), 1)),
});
/** ln(1 + e^(βx)) / β, and x itself where βx > threshold. */
export function softplus(input: Tensor, options: { beta?: number; threshold?: number } = {}): Tensor {
  return softplusUnary(input, options.beta ?? 1, options.threshold ?? 20);
}
/** ln sigmoid(x), safe for large |x|. */
export const logsigmoid = unary({ code: Unary.logSigmoid, name: "LogSigmoidBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(sigmoid(x.neg())) });
/** x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681 */
export const mish = unary({ code: Unary.mish, name: "MishBackward0", saves: "input", fused: true, derivative: (g, x) => g.mul(mishSlope(x)) });
function mishSlope(x: Tensor): Tensor {
  const t = tanh(softplus(x));
  return x.mul(sigmoid(x)).mul(t.mul(t).neg().add(1)).add(t);
}
/** x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244 */
export const hardswish = unary({
  code: Unary.hardswish, name: "HardswishBackward0", saves: "input", fused: true,
  derivative: (g, x) => g.mul(x.div(3).add(0.5).maskedFill(x.gt(3), 1).maskedFill(x.lt(-3), 0)),
});
/** relu6(x + 3) / 6 */
export const hardsigmoid = unary({
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
export const floor = constantUnary(Unary.floor, "FloorBackward0");
export const ceil = constantUnary(Unary.ceil, "CeilBackward0");
/** To the nearest whole number; halves go to the even one. */
export const round = constantUnary(Unary.round, "RoundBackward0");
export const trunc = constantUnary(Unary.trunc, "TruncBackward0");
const signFloat = constantUnary(Unary.sign, "SignBackward0");
export function sign(input: Tensor): Tensor {
  return input.dtype === "float32" ? signFloat(input) : to(signFloat(to(input, "float32")), input.dtype);
}

const clampUnary = unary({ code: Unary.clamp, name: "ClampBackward1", saves: "input", fused: true, derivative: (g, x, { alpha, beta }) => g.where(x.ge(alpha).logicalAnd(x.le(beta)), 0) });
/** Values below `min` become `min`, values above `max` become `max`; either may be left out. */
export function clamp(input: Tensor, min?: number | null, max?: number | null): Tensor {
  if ((min ?? null) === null && (max ?? null) === null) {
    throw new KindlingError("torch.clamp: At least one of 'min' or 'max' must not be None");
  }
  const clamped = clampUnary(input, min ?? -Infinity, max ?? Infinity);
  return input.dtype === "int32" ? to(clamped, "int32") : clamped;
}
