/** Nonlinearities that may write their result over their input, as `nn.functional` has them, and their forms with an underscore. */
import type { Generator } from "../random/index.ts";
import type { Tensor } from "../tensor.ts";
import * as plain from "./activations.ts";
import { leakyRelu_ as leakyReluOver, relu_, replaceBy } from "./inplace.ts";

type Nonlinearity = (input: Tensor) => Tensor;

function applied(input: Tensor, inplace: boolean, compute: Nonlinearity): Tensor {
  return inplace ? replaceBy(input, compute) : compute(input);
}

/**
 * max(x, 0)
 * @api nn.functional.relu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu.html
 */
export function relu(input: Tensor, inplace = false): Tensor {
  return inplace ? relu_(input) : plain.relu(input);
}

/**
 * min(max(0, x), 6)
 * @api nn.functional.relu6
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.relu6.html
 */
export function relu6(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.relu6(x));
}

/**
 * x · sigmoid(x)
 * @api nn.functional.silu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.silu.html
 */
export function silu(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.silu(x));
}

/**
 * x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681
 * @api nn.functional.mish
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mish.html
 */
export function mish(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.mish(x));
}

/**
 * x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244
 * @api nn.functional.hardswish
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardswish.html
 */
export function hardswish(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.hardswish(x));
}

/**
 * relu6(x + 3) / 6
 * @api nn.functional.hardsigmoid
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardsigmoid.html
 */
export function hardsigmoid(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.hardsigmoid(x));
}

/**
 * x where positive, α(eˣ − 1) elsewhere. https://arxiv.org/abs/1511.07289
 * @api nn.functional.elu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.elu.html
 */
export function elu(input: Tensor, alpha = 1, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.elu(x, alpha));
}

/**
 * `elu` over the input.
 * @api nn.functional.elu_
 */
export function elu_<T extends Tensor>(input: T, alpha = 1): T {
  return replaceBy(input, (x) => plain.elu(x, alpha));
}

/**
 * max(0, x) + min(0, α(e^(x/α) − 1)). https://arxiv.org/abs/1704.07483
 * @api nn.functional.celu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.celu.html
 */
export function celu(input: Tensor, alpha = 1, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.celu(x, alpha));
}

/**
 * `celu` over the input.
 * @api nn.functional.celu_ torch.celu_
 */
export function celu_<T extends Tensor>(input: T, alpha = 1): T {
  return replaceBy(input, (x) => plain.celu(x, alpha));
}

/**
 * scale · (max(0, x) + min(0, α(eˣ − 1))). https://arxiv.org/abs/1706.02515
 * @api nn.functional.selu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.selu.html
 */
export function selu(input: Tensor, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.selu(x));
}

/**
 * `selu` over the input.
 * @api nn.functional.selu_ torch.selu_
 */
export function selu_<T extends Tensor>(input: T): T {
  return replaceBy(input, (x) => plain.selu(x));
}

/**
 * x kept between two values.
 * @api nn.functional.hardtanh
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hardtanh.html
 */
export function hardtanh(input: Tensor, minVal = -1, maxVal = 1, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.hardtanh(x, minVal, maxVal));
}

/**
 * `hardtanh` over the input.
 * @api nn.functional.hardtanh_
 */
export function hardtanh_<T extends Tensor>(input: T, minVal = -1, maxVal = 1): T {
  return replaceBy(input, (x) => plain.hardtanh(x, minVal, maxVal));
}

/**
 * x where above the threshold, else `value`.
 * @api nn.functional.threshold
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.threshold.html
 */
export function threshold(input: Tensor, threshold: number, value: number, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.threshold(x, threshold, value));
}

/**
 * `threshold` over the input.
 * @api nn.functional.threshold_ torch.threshold_
 */
export function threshold_<T extends Tensor>(input: T, threshold: number, value: number): T {
  return replaceBy(input, (x) => plain.threshold(x, threshold, value));
}

/**
 * x where positive, `negativeSlope` · x elsewhere.
 * @api nn.functional.leakyRelu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.leaky_relu.html
 */
export function leakyRelu(input: Tensor, negativeSlope = 0.01, inplace = false): Tensor {
  return inplace ? leakyReluOver(input, negativeSlope) : plain.leakyRelu(input, negativeSlope);
}

/**
 * x where positive, a · x elsewhere, with a random from [lower, upper] in training and their mean in eval mode.
 * @api nn.functional.rrelu
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.rrelu.html
 */
export function rrelu(input: Tensor, lower: number = 1 / 8, upper: number = 1 / 3, training = false, inplace = false): Tensor {
  return applied(input, inplace, (x) => plain.rrelu(x, lower, upper, training));
}

/**
 * `rrelu` over the input.
 * @api nn.functional.rrelu_ torch.rrelu_
 */
export function rrelu_<T extends Tensor>(input: T, lower: number = 1 / 8, upper: number = 1 / 3, training = false, generator: Generator | null = null): T {
  return replaceBy(input, (x) => plain.rrelu(x, lower, upper, training, generator));
}
