/** `nn.init`: filling parameters with their first values, from PyTorch's random stream. All work in place and return the tensor. */
import { noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import type { Generator } from "../random/index.ts";
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
