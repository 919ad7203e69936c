/** `nn.init`: filling parameters with their first values, from PyTorch's random stream. All work in place and return the tensor. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import type { Generator } from "../random/index.ts";
import { empty, tensor as tensorOf } from "../ops/creation.ts";
import { diagonal } from "../ops/diagonals.ts";
import { randperm } from "../ops/random.ts";
import { erf, erfinv } from "../ops/special.ts";
import { qr } from "../ops/linalg/qr.ts";
import type { Int } from "../ops/types.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/**
 * What `calculateGain` knows.
 * @api nn.init.Nonlinearity
 */
export type Nonlinearity =
  | "linear"
  | "conv1d"
  | "conv2d"
  | "conv3d"
  | "conv_transpose1d"
  | "conv_transpose2d"
  | "conv_transpose3d"
  | "sigmoid"
  | "tanh"
  | "relu"
  | "leaky_relu"
  | "selu";

/**
 * Which number of connections.
 * @api nn.init.FanMode
 */
export type FanMode = "fan_in" | "fan_out";

/**
 * The factor by which a nonlinearity asks weights to be scaled; `param` is leaky_relu's slope (0.01 if it isn't given).
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.calculate_gain
 * @api nn.init.calculateGain
 */
export function calculateGain(nonlinearity: Nonlinearity, param: number | null = null): number {
  switch (nonlinearity) {
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu":
      return Math.sqrt(2 / (1 + (param ?? 0.01) ** 2));
    case "selu":
      return 3 / 4;
    default:
      return 1;
  }
}

/** Values that each output, and each input, of a weight `[out, in, ...kernel]` is connected to. */
export function calculateFans(weight: Tensor): { fanIn: number; fanOut: number } {
  const [out, input, ...kernel] = weight.shape;
  if (out === undefined || input === undefined) {
    throw new ArgumentError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions");
  }
  const receptiveField = numelOf(kernel);
  return { fanIn: input * receptiveField, fanOut: out * receptiveField };
}

/**
 * Uniform in [a, b).
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.uniform_
 * @api nn.init.uniform_
 */
export function uniform_<T extends Tensor>(tensor: T, a = 0, b = 1, generator: Generator | null = null): T {
  return noGrad(() => tensor.uniform_(a, b, generator ? { generator } : {}));
}

/**
 * Normally distributed.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.normal_
 * @api nn.init.normal_
 */
export function normal_<T extends Tensor>(tensor: T, mean = 0, std = 1, generator: Generator | null = null): T {
  return noGrad(() => tensor.normal_(mean, std, generator ? { generator } : {}));
}

/**
 * One value everywhere.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.constant_
 * @api nn.init.constant_
 */
export function constant_<T extends Tensor>(tensor: T, val: number): T {
  return noGrad(() => tensor.fill_(val));
}

/**
 * Zeros.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.zeros_
 * @api nn.init.zeros_
 */
export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

/**
 * Ones.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.ones_
 * @api nn.init.ones_
 */
export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/**
 * Ones on the diagonal of a matrix, zeros elsewhere.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.eye_
 * @api nn.init.eye_
 */
export function eye_<T extends Tensor>(tensor: T): T {
  if (tensor.dim() !== 2) throw new ArgumentError("Only tensors with 2 dimensions are supported");
  const [rows, cols] = tensor.shape as [number, number];
  return noGrad(() => {
    tensor.zero_();
    for (let i = 0; i < Math.min(rows, cols); i++) tensor.select(0, i).narrow(0, i, 1).fill_(1);
    return tensor;
  });
}

/**
 * Glorot & Bengio (2010), uniform: bound = gain · √(6 / (fanIn + fanOut)).
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_uniform_
 * @api nn.init.xavierUniform_
 */
export function xavierUniform_<T extends Tensor>(tensor: T, gain = 1, generator: Generator | null = null): T {
  const bound = Math.sqrt(3) * xavierStd(tensor, gain);
  return uniform_(tensor, -bound, bound, generator);
}

/**
 * Glorot & Bengio (2010), normal: std = gain · √(2 / (fanIn + fanOut)).
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.xavier_normal_
 * @api nn.init.xavierNormal_
 */
export function xavierNormal_<T extends Tensor>(tensor: T, gain = 1, generator: Generator | null = null): T {
  return normal_(tensor, 0, xavierStd(tensor, gain), generator);
}

/**
 * He et al. (2015), uniform: bound = gain · √(3 / fan).
 * @param a slope of the rectifier's negative side, for `leaky_relu` only
 * @param mode `fan_in` keeps the variance of the forward pass, `fan_out` that of the backward pass
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_uniform_
 * @api nn.init.kaimingUniform_
 */
export function kaimingUniform_<T extends Tensor>(
  tensor: T,
  a = 0,
  mode: FanMode = "fan_in",
  nonlinearity: Nonlinearity = "leaky_relu",
  generator: Generator | null = null,
): T {
  const bound = Math.sqrt(3) * kaimingStd(tensor, a, mode, nonlinearity);
  return uniform_(tensor, -bound, bound, generator);
}

/**
 * He et al. (2015), normal: std = gain / √fan.
 * @param a slope of the rectifier's negative side, for `leaky_relu` only
 * @param mode `fan_in` keeps the variance of the forward pass, `fan_out` that of the backward pass
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.kaiming_normal_
 * @api nn.init.kaimingNormal_
 */
export function kaimingNormal_<T extends Tensor>(
  tensor: T,
  a = 0,
  mode: FanMode = "fan_in",
  nonlinearity: Nonlinearity = "leaky_relu",
  generator: Generator | null = null,
): T {
  return normal_(tensor, 0, kaimingStd(tensor, a, mode, nonlinearity), generator);
}

function xavierStd(tensor: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFans(tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

function kaimingStd(tensor: Tensor, a: number, mode: FanMode, nonlinearity: Nonlinearity): number {
  const { fanIn, fanOut } = calculateFans(tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

/** The first values of PyTorch's linear and convolutional layers: both uniform in ±1/√fanIn. */
export function resetAffine(weight: Tensor, bias: Tensor | null): void {
  kaimingUniform_(weight, Math.sqrt(5));
  if (bias === null) return;
  const { fanIn } = calculateFans(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}

/**
 * Normally distributed within [a, b], by the inverse of the distribution function.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.trunc_normal_
 * @api nn.init.truncNormal_
 */
export function truncNormal_<T extends Tensor>(tensor: T, mean = 0, std = 1, a = -2, b = 2, generator: Generator | null = null): T {
  const share = (x: number): number => (1 + erf(tensorOf((x - mean) / std / Math.SQRT2)).item()) / 2;
  return noGrad(() => {
    uniform_(tensor, 2 * share(a) - 1, 2 * share(b) - 1, generator);
    tensor.copy_(
      erfinv(tensor)
        .mul(std * Math.SQRT2)
        .add(mean)
        .clamp(a, b),
    );
    return tensor;
  });
}

/**
 * Keeps the identity through a convolution: ones in the kernel's middle, within each of `groups`.
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.dirac_
 * @api nn.init.dirac_
 */
export function dirac_<T extends Tensor>(tensor: T, groups: Int = 1): T {
  const [out, input, ...kernel] = tensor.shape;
  if (kernel.length < 1 || kernel.length > 3) throw new ArgumentError("Only tensors with 3, 4, or 5 dimensions are supported");
  if (out! % groups !== 0) throw new ArgumentError("dim 0 must be divisible by groups");
  return noGrad(() => {
    tensor.zero_();
    const perGroup = out! / groups;
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < Math.min(perGroup, input!); i++) {
        const middle = kernel.reduce((part, size) => part.select(0, Math.floor(size / 2)), tensor.select(0, group * perGroup + i).select(0, i));
        middle.fill_(1);
      }
    }
    return tensor;
  });
}

/**
 * Rows (or columns, if there are more rows) at right angles, of length `gain`. https://arxiv.org/abs/1312.6120
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.orthogonal_
 * @api nn.init.orthogonal_
 */
export function orthogonal_<T extends Tensor>(tensor: T, gain = 1, generator: Generator | null = null): T {
  if (tensor.dim() < 2) throw new ArgumentError("Only tensors with 2 or more dimensions are supported");
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0]!;
  const cols = tensor.numel() / rows;
  return noGrad(() => {
    const drawn = normal_(empty([rows, cols]), 0, 1, generator);
    const tall = rows < cols ? drawn.t() : drawn;
    const { Q, R } = qr(tall);
    const columns = Q.mul(diagonal(R).sign());
    tensor.copy_((rows < cols ? columns.t() : columns).reshape(tensor.shape).mul(gain));
    return tensor;
  });
}

/**
 * Normally distributed, with a share of zeros in each column. https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf
 * @see https://pytorch.org/docs/stable/nn.init.html#torch.nn.init.sparse_
 * @api nn.init.sparse_
 */
export function sparse_<T extends Tensor>(tensor: T, sparsity: number, std = 0.01, generator: Generator | null = null): T {
  if (tensor.dim() !== 2) throw new ArgumentError("Only tensors with 2 dimensions are supported");
  const [rows, cols] = tensor.shape as [number, number];
  const zeros = Math.ceil(sparsity * rows);
  return noGrad(() => {
    normal_(tensor, 0, std, generator);
    for (let column = 0; column < cols; column++) {
      const order = randperm(rows, generator ? { generator } : {}).toTypedArray();
      for (let i = 0; i < zeros; i++) tensor.select(0, order[i]!).select(0, column).fill_(0);
    }
    return tensor;
  });
}
