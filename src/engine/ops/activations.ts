/** Nonlinearities; those on hot paths have kernels. Forward beside backward. */
import { shownAs } from "../autograd/node.ts";
import { noGrad } from "../autograd/gradMode.ts";
import { longName, type DTypeName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { Unary } from "../kernels/exports.ts";
import { defaultGenerator, type Generator } from "../random/index.ts";
import { wrapDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./binary.ts";
import { clamp } from "./clamp.ts";
import { emptyLike, fromTypedArray, zerosLike } from "./creation.ts";
import { refuseBool, requireFloat } from "./internal/requireKernel.ts";
import { unary, type UnaryFunction } from "./internal/unaryKernels.ts";
import { max } from "./extremes.ts";
import { valuesOf } from "./reading.ts";
import { scatter } from "./scatter.ts";
import { impliedDim, softmax } from "./softmax.ts";
import { erf } from "./special.ts";
import type { Int } from "./types.ts";
import { exp, expm1, sigmoid, tanh } from "./unary.ts";
import { narrow, reshape } from "./views.ts";
import { where } from "./where.ts";

const stepGradient = (g: Tensor, x: Tensor): Tensor => g.maskedFill(x.le(0), 0);

/**
 * max(x, 0)
 * @api torch.relu Tensor.relu
 * @see https://pytorch.org/docs/stable/generated/torch.relu.html
 */
export function relu(input: Tensor): Tensor {
  if (input.dtype === "bool") throw new KindlingError("Boolean inputs not supported for relu");
  return input.dtype === "int32" || input.dtype === "uint8" ? input.clamp(0) : reluFloat(input);
}

const reluFloat = unary({ code: Unary.relu, name: "ReluBackward0", saves: "output", derivative: stepGradient });
const geluExact = unary({ code: Unary.gelu, name: "GeluBackward0", floatsOnly: "GeluKernelImpl", saves: "input", derivative: (g, x) => g.mul(geluSlope(x)) });
const geluTanh = unary({
  code: Unary.geluTanh,
  name: "GeluBackward0",
  floatsOnly: "GeluKernelImpl",
  saves: "input",
  derivative: (g, x) => g.mul(geluTanhSlope(x)),
});

/** By the code in what it remembers, the approximation is told from the exact function, which has the same name. */
export const approximateGelu: number = Unary.geluTanh;

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
  const inner = squares
    .mul(3 * cubic)
    .add(1)
    .mul(scale);
  return t
    .add(1)
    .add(x.mul(t.mul(t).neg().add(1)).mul(inner))
    .mul(0.5);
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
export const silu: UnaryFunction = unary({
  code: Unary.silu,
  name: "SiluBackward0",
  floatsOnly: "silu_cpu",
  saves: "input",
  derivative: (g, x) => g.mul(siluSlope(x)),
});

function siluSlope(x: Tensor): Tensor {
  const gate = sigmoid(x);
  return gate.mul(x.mul(gate.neg().add(1)).add(1));
}

const softplusUnary = unary({
  code: Unary.softplus,
  name: "SoftplusBackward0",
  floatsOnly: "softplus_cpu",
  saves: "input",
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
export const logsigmoid: UnaryFunction = unary({
  code: Unary.logSigmoid,
  name: "LogSigmoidBackward0",
  floatsOnly: "log_sigmoid_cpu",
  saves: "input",
  derivative: (g, x) => g.mul(sigmoid(x.neg())),
});

/** x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681 */
export const mish: UnaryFunction = unary({
  code: Unary.mish,
  name: "MishBackward0",
  floatsOnly: "mish_cpu",
  saves: "input",
  derivative: (g, x) => g.mul(mishSlope(x)),
});

function mishSlope(x: Tensor): Tensor {
  const t = tanh(softplus(x));
  return x.mul(sigmoid(x)).mul(t.mul(t).neg().add(1)).add(t);
}

/** x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244 */
export const hardswish: UnaryFunction = unary({
  code: Unary.hardswish,
  name: "HardswishBackward0",
  floatsOnly: "hardswish_cpu",
  saves: "input",
  derivative: (g, x) => g.mul(x.div(3).add(0.5).maskedFill(x.gt(3), 1).maskedFill(x.lt(-3), 0)),
});

/** relu6(x + 3) / 6 */
export const hardsigmoid: UnaryFunction = unary({
  code: Unary.hardsigmoid,
  name: "HardsigmoidBackward0",
  floatsOnly: "hardsigmoid_cpu",
  saves: "input",
  derivative: (g, x) => g.div(6).mul(x.abs().lt(3).float()),
});

const leakyUnary = unary({
  code: Unary.leakyRelu,
  name: "LeakyReluBackward0",
  floatsOnly: "leaky_relu_cpu",
  saves: "input",
  derivative: (g, x, { alpha }) =>
    g.mul(
      x
        .gt(0)
        .float()
        .mul(1 - alpha)
        .add(alpha),
    ),
});

/** x where positive, `negativeSlope`·x elsewhere. */
export function leakyRelu(input: Tensor, negativeSlope = 0.01): Tensor {
  return leakyUnary(input, negativeSlope);
}

const eluUnary = unary({
  code: Unary.elu,
  name: "EluBackward0",
  floatsOnly: "elu_cpu",
  saves: "input",
  derivative: (g, x, { alpha }) => g.mul(where(x.gt(0), 1, mul(exp(where(x.lt(0), x, 0)), alpha))),
});

/** x where positive, α(e^x − 1) elsewhere. */
export function elu(input: Tensor, alpha = 1): Tensor {
  return eluUnary(input, alpha);
}

/**
 * max(0, x) + min(0, α(e^(x/α) − 1)). https://arxiv.org/abs/1704.07483
 * @api torch.celu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 */
export function celu(input: Tensor, alpha = 1): Tensor {
  requireFloat("elu_cpu", input.dtype);
  if (alpha === 0) throw new KindlingError("ZeroDivisionError: alpha cannot be 0 for CELU");
  return shownAs("CeluBackward0", where(input.gt(0), input, expm1(clamp(input, null, 0).div(alpha)).mul(alpha)));
}

const SELU_ALPHA = 1.6732632423543772;
const SELU_SCALE = 1.0507009873554805;

/**
 * scale · (max(0, x) + min(0, α(eˣ − 1))). https://arxiv.org/abs/1706.02515
 * @api torch.selu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 */
export function selu(input: Tensor): Tensor {
  requireFloat("elu_cpu", input.dtype);
  return shownAs("EluBackward0", where(input.gt(0), input, expm1(clamp(input, null, 0)).mul(SELU_ALPHA)).mul(SELU_SCALE));
}

/**
 * a · sigmoid(b), where a and b are the halves along `dim`.
 * @api nn.functional.glu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.glu.html
 */
export function glu(input: Tensor, dim: Int = -1): Tensor {
  if (input.shape.length === 0) throw new KindlingError("glu does not support 0-dimensional tensors");
  const d = wrapDim(dim, input.shape.length);
  const size = input.shape[d]!;
  if (size % 2 !== 0) throw new KindlingError(`Halving dimension must be even, but dimension ${d} is size ${size}`);
  requireFloat("glu_cpu", input.dtype);
  return shownAs("GluBackward0", mul(narrow(input, d, 0, size / 2), sigmoid(narrow(input, d, size / 2, size / 2))));
}

/**
 * x where |x| > λ, else 0.
 * @api Tensor.hardshrink nn.functional.hardshrink
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardshrink.html
 */
export function hardshrink(input: Tensor, lambd = 0.5): Tensor {
  requireFloat("hardshrink_cpu", input.dtype);
  return shownAs("HardshrinkBackward0", where(input.abs().gt(lambd), input, 0));
}

/**
 * x moved towards 0 by λ, 0 within.
 * @api nn.functional.softshrink
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softshrink.html
 */
export function softshrink(input: Tensor, lambd = 0.5): Tensor {
  requireFloat("softshrink_cpu", input.dtype);
  if (lambd < 0) throw new KindlingError(`lambda must be greater or equal to 0, but found to be ${lambd}.`);
  return shownAs("SoftshrinkBackward0", where(input.gt(lambd), input.sub(lambd), where(input.lt(-lambd), input.add(lambd), 0)));
}

/** x kept between two values. */
export function hardtanh(input: Tensor, minVal = -1, maxVal = 1): Tensor {
  if (input.dtype === "bool") throw new KindlingError("Bool inputs not supported for hardtanh");
  if (input.dtype === "uint8" && (minVal < 0 || maxVal < 0)) throw new KindlingError("cannot do hardtanh on an unsigned type with negative limits");
  if (minVal > maxVal) throw new ArgumentError("min_val cannot be greater than max_val");
  return shownAs("HardtanhBackward0", strictlyBetween(input, minVal, maxVal, input, minVal, maxVal));
}

/**
 * min(max(0, x), 6)
 */
export function relu6(input: Tensor): Tensor {
  return hardtanh(input, 0, 6);
}

/** `inside` strictly between two bounds; on the bounds and beyond constants, without gradient. */
function strictlyBetween(input: Tensor, low: number, high: number, inside: Tensor, below: number, above: number): Tensor {
  return where(input.le(low), below, where(input.ge(high), above, inside));
}

/**
 * x where positive, weight · x elsewhere; one weight, or one for each channel (dimension 1). https://arxiv.org/abs/1502.01852
 * @api torch.prelu Tensor.prelu nn.functional.prelu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.prelu.html
 */
export function prelu(input: Tensor, weight: Tensor): Tensor {
  if (input.dtype !== weight.dtype) throw new KindlingError(`prelu: Type promoting not supported. Got ${longName(input.dtype)} and ${longName(weight.dtype)}`);
  const channels = input.shape.length < 2 ? 1 : input.shape[1]!;
  if (weight.numel() !== 1 && weight.numel() !== channels) {
    throw new KindlingError(
      `Mismatch of parameter numbers and input channel size. Found parameter numbers = ${weight.numel()} and channel size = ${channels}.`,
    );
  }
  const slopes =
    weight.numel() === 1
      ? weight
      : reshape(
          weight,
          input.shape.map((_, i) => (i === 1 ? channels : 1)),
        );
  return shownAs("PreluBackward0", where(input.gt(0), input, mul(slopes, input)));
}

/**
 * x where positive, a · x elsewhere, with a random from [lower, upper] in training and their mean in eval mode.
 * @api torch.rrelu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 */
export function rrelu(input: Tensor, lower: number = 1 / 8, upper: number = 1 / 3, training = false, generator: Generator | null = null): Tensor {
  if (!training) return leakyRelu(input, (lower + upper) / 2);
  requireFloat("rrelu_with_noise_out_cpu", input.dtype);
  const slopes = noGrad(() => negativeSlopes(input, lower, upper, generator ?? defaultGenerator));
  return mul(input, slopes);
}

/** Draws for negative elements only, one after the other in memory order. */
function negativeSlopes(input: Tensor, lower: number, upper: number, generator: Generator): Tensor {
  // As a reading: how often the generator is asked depends on the values.
  const slopes = new Float32Array(valuesOf(input)).map((x) => (x <= 0 ? lower + (upper - lower) * generator.uniformDouble() : 1));
  return fromTypedArray(slopes, input.shape);
}

/**
 * x / (1 + |x|)
 * @api nn.functional.softsign
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softsign.html
 */
export function softsign(input: Tensor): Tensor {
  return input.div(input.abs().add(1));
}

/**
 * x − tanh(x)
 * @api nn.functional.tanhshrink
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.tanhshrink.html
 */
export function tanhshrink(input: Tensor): Tensor {
  return input.sub(tanh(input));
}

/**
 * x where above the threshold, else `value`.
 * @api torch.threshold
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 */
export function threshold(input: Tensor, threshold: number, value: number): Tensor {
  refuseBool("threshold_cpu", input.dtype);
  return shownAs("ThresholdBackward0", where(input.gt(threshold), input, value));
}

/**
 * softmax(−x) along `dim`.
 * @api nn.functional.softmin
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.softmin.html
 */
export function softmin(input: Tensor, dim: Int | null = null, dtype: DTypeName | null = null): Tensor {
  return softmax(input.neg(), dim ?? impliedDim("softmin", input.shape.length), dtype);
}

/**
 * A sample from the Gumbel-softmax distribution. https://arxiv.org/abs/1611.01144
 * @param tau temperature
 * @param hard one-hot in the forward pass, soft in the backward pass
 * @param eps has no effect, as in PyTorch
 * @api nn.functional.gumbelSoftmax
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.gumbel_softmax.html
 */
export function gumbelSoftmax(logits: Tensor, tau = 1, hard = false, eps = 1e-10, dim: Int = -1): Tensor {
  void eps;
  const noise = noGrad(() => emptyLike(logits).exponential_().log().neg());
  const soft = softmax(add(logits, noise).div(tau), dim);
  if (!hard) return soft;
  const { indices } = max(soft.detach(), dim, true);
  const oneHot = scatter(zerosLike(logits), dim, indices, 1);
  return oneHot.sub(soft.detach()).add(soft);
}
