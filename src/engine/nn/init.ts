/** `nn.init`: filling parameters with their first values, from PyTorch's random stream. All work in place and return the tensor. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import type { Generator } from "../random/index.ts";
import { diagonal, empty, erf, erfinv, randperm, tensor as tensorOf } from "../ops/index.ts";
import { qr } from "../ops/linalg/qr.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

export type Nonlinearity =
  | "linear" | "conv1d" | "conv2d" | "conv3d" | "sigmoid" | "tanh" | "relu" | "leaky_relu" | "selu";

export type FanMode = "fan_in" | "fan_out";

export interface GeneratorOption {
  /** Default: the generator that `manualSeed` seeds. */
  generator?: Generator;
}

export interface KaimingOptions extends GeneratorOption {
  /** Slope of the rectifier's negative side, for `leaky_relu` only. Default 0. */
  a?: number;
  /** `fan_in` keeps the variance of the forward pass, `fan_out` that of the backward pass. Default `fan_in`. */
  mode?: FanMode;
  /** Default `leaky_relu`. */
  nonlinearity?: Nonlinearity;
}

export interface XavierOptions extends GeneratorOption {
  /** Default 1. */
  gain?: number;
}

/** The factor by which a nonlinearity asks weights to be scaled; `param` is leaky_relu's slope (default 0.01). */
export function calculateGain(nonlinearity: Nonlinearity, param = 0.01): number {
  switch (nonlinearity) {
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.sqrt(2);
    case "leaky_relu":
      return Math.sqrt(2 / (1 + param ** 2));
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

/** Uniform in [a, b). */
export function uniform_<T extends Tensor>(tensor: T, a = 0, b = 1, { generator }: GeneratorOption = {}): T {
  return noGrad(() => tensor.uniform_(a, b, generator ? { generator } : {}));
}

export function normal_<T extends Tensor>(tensor: T, mean = 0, std = 1, { generator }: GeneratorOption = {}): T {
  return noGrad(() => tensor.normal_(mean, std, generator ? { generator } : {}));
}

export function constant_<T extends Tensor>(tensor: T, value: number): T {
  return noGrad(() => tensor.fill_(value));
}

export function zeros_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 0);
}

export function ones_<T extends Tensor>(tensor: T): T {
  return constant_(tensor, 1);
}

/** Ones on the diagonal of a matrix, zeros elsewhere. */
export function eye_<T extends Tensor>(tensor: T): T {
  if (tensor.dim() !== 2) throw new ArgumentError("Only tensors with 2 dimensions are supported");
  const [rows, cols] = tensor.shape as [number, number];
  return noGrad(() => {
    tensor.zero_();
    for (let i = 0; i < Math.min(rows, cols); i++) tensor.select(0, i).narrow(0, i, 1).fill_(1);
    return tensor;
  });
}

/** Glorot & Bengio (2010), uniform: bound = gain · √(6 / (fanIn + fanOut)). */
export function xavierUniform_<T extends Tensor>(tensor: T, { gain = 1, ...options }: XavierOptions = {}): T {
  const bound = Math.sqrt(3) * xavierStd(tensor, gain);
  return uniform_(tensor, -bound, bound, options);
}

/** Glorot & Bengio (2010), normal: std = gain · √(2 / (fanIn + fanOut)). */
export function xavierNormal_<T extends Tensor>(tensor: T, { gain = 1, ...options }: XavierOptions = {}): T {
  return normal_(tensor, 0, xavierStd(tensor, gain), options);
}

/** He et al. (2015), uniform: bound = gain · √(3 / fan). */
export function kaimingUniform_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  const bound = Math.sqrt(3) * kaimingStd(tensor, options);
  return uniform_(tensor, -bound, bound, options);
}

/** He et al. (2015), normal: std = gain / √fan. */
export function kaimingNormal_<T extends Tensor>(tensor: T, options: KaimingOptions = {}): T {
  return normal_(tensor, 0, kaimingStd(tensor, options), options);
}

function xavierStd(tensor: Tensor, gain: number): number {
  const { fanIn, fanOut } = calculateFans(tensor);
  return gain * Math.sqrt(2 / (fanIn + fanOut));
}

function kaimingStd(tensor: Tensor, { a = 0, mode = "fan_in", nonlinearity = "leaky_relu" }: KaimingOptions): number {
  if (mode !== "fan_in" && mode !== "fan_out") {
    throw new ArgumentError(`Mode ${String(mode)} not supported, please use one of ['fan_in', 'fan_out']`);
  }
  const { fanIn, fanOut } = calculateFans(tensor);
  return calculateGain(nonlinearity, a) / Math.sqrt(mode === "fan_in" ? fanIn : fanOut);
}

/** The first values of PyTorch's linear and convolutional layers: both uniform in ±1/√fanIn. */
export function resetAffine(weight: Tensor, bias: Tensor | null): void {
  kaimingUniform_(weight, { a: Math.sqrt(5) });
  if (bias === null) return;
  const { fanIn } = calculateFans(weight);
  const bound = fanIn > 0 ? 1 / Math.sqrt(fanIn) : 0;
  uniform_(bias, -bound, bound);
}

export interface TruncatedNormalOptions extends GeneratorOption {
  /** Default 0. */
  mean?: number;
  /** Default 1. */
  std?: number;
  /** Values outside [a, b] don't occur. Default −2 and 2. */
  a?: number;
  b?: number;
}

/** Normally distributed within bounds, by the inverse of the distribution function. */
export function truncNormal_<T extends Tensor>(tensor: T, options: TruncatedNormalOptions = {}): T {
  const { mean = 0, std = 1, a = -2, b = 2 } = options;
  const share = (x: number): number => (1 + erf(tensorOf((x - mean) / std / Math.SQRT2)).item()) / 2;
  return noGrad(() => {
    uniform_(tensor, 2 * share(a) - 1, 2 * share(b) - 1, options);
    tensor.copy_(erfinv(tensor).mul(std * Math.SQRT2).add(mean).clamp(a, b));
    return tensor;
  });
}

/** Keeps the identity through a convolution: ones in the kernel's middle, within each of `groups`. */
export function dirac_<T extends Tensor>(tensor: T, { groups = 1 }: { groups?: number } = {}): T {
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

/** Rows (or columns, if there are more rows) at right angles, of length `gain`. https://arxiv.org/abs/1312.6120 */
export function orthogonal_<T extends Tensor>(tensor: T, { gain = 1, generator }: { gain?: number } & GeneratorOption = {}): T {
  if (tensor.dim() < 2) throw new ArgumentError("Only tensors with 2 or more dimensions are supported");
  if (tensor.numel() === 0) return tensor;
  const rows = tensor.shape[0]!;
  const cols = tensor.numel() / rows;
  return noGrad(() => {
    const drawn = normal_(empty([rows, cols]), 0, 1, generator ? { generator } : {});
    const tall = rows < cols ? drawn.t() : drawn;
    const { Q, R } = qr(tall);
    const columns = Q.mul(diagonal(R).sign());
    tensor.copy_((rows < cols ? columns.t() : columns).reshape(tensor.shape).mul(gain));
    return tensor;
  });
}

/** Normally distributed, with a share of zeros in each column. https://www.cs.toronto.edu/~jmartens/docs/Deep_HessianFree.pdf */
export function sparse_<T extends Tensor>(tensor: T, sparsity: number, { std = 0.01, generator }: { std?: number } & GeneratorOption = {}): T {
  if (tensor.dim() !== 2) throw new ArgumentError("Only tensors with 2 dimensions are supported");
  const [rows, cols] = tensor.shape as [number, number];
  const zeros = Math.ceil(sparsity * rows);
  return noGrad(() => {
    normal_(tensor, 0, std, generator ? { generator } : {});
    for (let column = 0; column < cols; column++) {
      const order = randperm(rows, generator ? { generator } : {}).toTypedArray();
      for (let i = 0; i < zeros; i++) tensor.select(0, order[i]!).select(0, column).fill_(0);
    }
    return tensor;
  });
}
