/** Nonlinearities as modules. All but `PReLU` have no parameters; every output but `GLU`'s has its input's shape. */
import { ArgumentError } from "../errors.ts";
import {
  celu,
  elu,
  gelu,
  glu,
  hardshrink,
  hardsigmoid,
  hardswish,
  hardtanh,
  leakyRelu,
  logsigmoid,
  mish,
  prelu,
  relu,
  relu6,
  rrelu,
  selu,
  silu,
  softmin,
  softplus,
  softshrink,
  softsign,
  tanhshrink,
  threshold,
} from "../ops/activations.ts";
import { full } from "../ops/creation.ts";
import { leakyRelu_, relu_, replaceBy } from "../ops/inplace.ts";
import { logSoftmax, softmax } from "../ops/softmax.ts";
import { sigmoid, tanh } from "../ops/unary.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { float, number } from "./printing.ts";

/** Puts the result over the input if the module is to work in place; its gradient goes on reading the input as it was. */
function overwriting(input: Tensor, compute: (input: Tensor) => Tensor, inplace: boolean): Tensor {
  return inplace ? replaceBy(input, compute) : compute(input);
}

const printed = (inplace: boolean): string => (inplace ? ", inplace=True" : "");

/** What has no other argument than `inplace`. */
abstract class Plain extends Module {
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(inplace = false) {
    super();
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/**
 * max(0, x)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU.html
 * @api nn.ReLU
 */
export class ReLU extends Plain {
  override forward(input: Tensor): Tensor {
    return this.inplace ? relu_(input) : relu(input);
  }
}

/**
 * x for positive x, else negativeSlope · x
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LeakyReLU.html
 * @api nn.LeakyReLU
 */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(negativeSlope = 0.01, inplace = false) {
    super();
    this.negativeSlope = negativeSlope;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return this.inplace ? leakyRelu_(input, this.negativeSlope) : leakyRelu(input, this.negativeSlope);
  }

  override extraRepr(): string {
    return `negative_slope=${number(this.negativeSlope)}${printed(this.inplace)}`;
  }
}

/**
 * x · Φ(x), with the normal distribution's Φ
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GELU.html
 * @api nn.GELU
 */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  /** @param approximate `"tanh"` for the faster estimate */
  constructor(approximate: "none" | "tanh" = "none") {
    super();
    this.approximate = approximate;
  }

  override forward(input: Tensor): Tensor {
    return gelu(input, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/**
 * 1 / (1 + exp(−x))
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Sigmoid.html
 * @api nn.Sigmoid
 */
export class Sigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return sigmoid(input);
  }
}

/**
 * The hyperbolic tangent.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Tanh.html
 * @api nn.Tanh
 */
export class Tanh extends Module {
  override forward(input: Tensor): Tensor {
    return tanh(input);
  }
}

/** The dimension that PyTorch takes where none is given. */
function dimOr(dim: Int | null, input: Tensor, name: string): number {
  if (dim !== null) return dim;
  warnOnce(`Implicit dimension choice for ${name} has been deprecated. Change the call to include dim.`);
  const rank = input.shape.length;
  return rank === 0 || rank === 1 || rank === 3 ? 0 : 1;
}

/**
 * exp(x) / Σ exp(x) along `dim`
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmax.html
 * @api nn.Softmax
 */
export class Softmax extends Module {
  readonly dim: Int | null;

  /** @param dim always say it: without one the first or second is taken, by an old rule */
  constructor(dim: Int | null = null) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return softmax(input, dimOr(this.dim, input, "softmax"));
  }

  override extraRepr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}

/**
 * The logarithm of softmax along `dim`, without the overflow that taking it afterwards would risk.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LogSoftmax.html
 * @api nn.LogSoftmax
 */
export class LogSoftmax extends Module {
  readonly dim: Int | null;

  /** @param dim always say it: without one the first or second is taken, by an old rule */
  constructor(dim: Int | null = null) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return logSoftmax(input, dimOr(this.dim, input, "log_softmax"));
  }

  override extraRepr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}

/**
 * exp(−x) / Σ exp(−x) along `dim`
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmin.html
 * @api nn.Softmin
 */
export class Softmin extends Module {
  readonly dim: Int | null;

  /** @param dim always say it: without one the first or second is taken, by an old rule */
  constructor(dim: Int | null = null) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return softmin(input, dimOr(this.dim, input, "softmin"));
  }

  override extraRepr(): string {
    return `dim=${this.dim ?? "None"}`;
  }
}

/**
 * x where positive, α(e^x − 1) elsewhere. https://arxiv.org/abs/1511.07289
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ELU.html
 * @api nn.ELU
 */
export class ELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(alpha = 1, inplace = false) {
    super();
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => elu(x, this.alpha), this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha, 1)}${printed(this.inplace)}`;
  }
}

/**
 * max(0, x) + min(0, α(e^(x/α) − 1)). https://arxiv.org/abs/1704.07483
 * @see https://pytorch.org/docs/stable/generated/torch.nn.CELU.html
 * @api nn.CELU
 */
export class CELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(alpha = 1, inplace = false) {
    super();
    this.alpha = alpha;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => celu(x, this.alpha), this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha, 1)}${printed(this.inplace)}`;
  }
}

/**
 * The self-normalising unit. https://arxiv.org/abs/1706.02515
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SELU.html
 * @api nn.SELU
 */
export class SELU extends Plain {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => selu(x), this.inplace);
  }
}

/**
 * a · sigmoid(b), where a and b are the halves of the input along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GLU.html
 * @api nn.GLU
 */
export class GLU extends Module {
  readonly dim: Int;

  constructor(dim: Int = -1) {
    super();
    this.dim = dim;
  }

  override forward(input: Tensor): Tensor {
    return glu(input, this.dim);
  }

  override extraRepr(): string {
    return `dim=${number(this.dim)}`;
  }
}

/**
 * x where |x| > λ, else 0.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardshrink.html
 * @api nn.Hardshrink
 */
export class Hardshrink extends Module {
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return hardshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return number(this.lambd);
  }
}

/** PyTorch prints these without their argument. */
abstract class PlainUnprinted extends Plain {
  override extraRepr(): string {
    return "";
  }
}

/**
 * relu6(x + 3) / 6
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardsigmoid.html
 * @api nn.Hardsigmoid
 */
export class Hardsigmoid extends PlainUnprinted {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => hardsigmoid(x), this.inplace);
  }
}

/**
 * x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardswish.html
 * @api nn.Hardswish
 */
export class Hardswish extends PlainUnprinted {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => hardswish(x), this.inplace);
  }
}

/**
 * ln sigmoid(x)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LogSigmoid.html
 * @api nn.LogSigmoid
 */
export class LogSigmoid extends Module {
  override forward(input: Tensor): Tensor {
    return logsigmoid(input);
  }
}

/**
 * x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Mish.html
 * @api nn.Mish
 */
export class Mish extends Plain {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => mish(x), this.inplace);
  }
}

/**
 * min(max(0, x), 6)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ReLU6.html
 * @api nn.ReLU6
 */
export class ReLU6 extends Plain {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => relu6(x), this.inplace);
  }
}

/**
 * x · sigmoid(x), also called swish. https://arxiv.org/abs/1606.08415
 * @see https://pytorch.org/docs/stable/generated/torch.nn.SiLU.html
 * @api nn.SiLU
 */
export class SiLU extends Plain {
  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => silu(x), this.inplace);
  }
}

/**
 * x moved towards 0 by λ, 0 within.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softshrink.html
 * @api nn.Softshrink
 */
export class Softshrink extends Module {
  readonly lambd: number;

  constructor(lambd = 0.5) {
    super();
    this.lambd = lambd;
  }

  override forward(input: Tensor): Tensor {
    return softshrink(input, this.lambd);
  }

  override extraRepr(): string {
    return number(this.lambd);
  }
}

/**
 * x / (1 + |x|)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softsign.html
 * @api nn.Softsign
 */
export class Softsign extends Module {
  override forward(input: Tensor): Tensor {
    return softsign(input);
  }
}

/**
 * x − tanh(x)
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Tanhshrink.html
 * @api nn.Tanhshrink
 */
export class Tanhshrink extends Module {
  override forward(input: Tensor): Tensor {
    return tanhshrink(input);
  }
}

/**
 * x kept between two values.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Hardtanh.html
 * @api nn.Hardtanh
 */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;
  readonly inplace: boolean;

  /**
   * @param inplace write the result over the input
   * @param minValue an old name of `minVal`
   * @param maxValue an old name of `maxVal`
   * @throws ArgumentError (AssertionError) unless `maxVal` is larger
   */
  constructor(minVal = -1, maxVal = 1, inplace = false, minValue: number | null = null, maxValue: number | null = null) {
    super();
    this.minVal = minValue ?? minVal;
    this.maxVal = maxValue ?? maxVal;
    this.inplace = inplace;
    if (!(this.maxVal > this.minVal)) throw new ArgumentError("max_val must be larger than min_val", "AssertionError");
  }

  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => hardtanh(x, this.minVal, this.maxVal), this.inplace);
  }

  override extraRepr(): string {
    return `min_val=${float(this.minVal, -1)}, max_val=${float(this.maxVal, 1)}${printed(this.inplace)}`;
  }
}

/**
 * x where positive, weight · x elsewhere, with the weight learned. https://arxiv.org/abs/1502.01852
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PReLU.html
 * @api nn.PReLU
 * @factory
 */
export class PReLU extends Module {
  readonly numParameters: number;
  weight: Parameter;

  /**
   * @param numParameters slopes that are learned: 1 for all channels, or one for each
   * @param init their first value
   */
  constructor(numParameters: Int = 1, init = 0.25) {
    super();
    this.numParameters = numParameters;
    this.weight = new Parameter(full([numParameters], init));
  }

  override forward(input: Tensor): Tensor {
    return prelu(input, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

/**
 * x where positive, a · x elsewhere, with a drawn from [lower, upper] in training. https://arxiv.org/abs/1505.00853
 * @see https://pytorch.org/docs/stable/generated/torch.nn.RReLU.html
 * @api nn.RReLU
 */
export class RReLU extends Module {
  readonly lower: number;
  readonly upper: number;
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(lower: number = 1 / 8, upper: number = 1 / 3, inplace = false) {
    super();
    this.lower = lower;
    this.upper = upper;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => rrelu(x, this.lower, this.upper, this.training), this.inplace);
  }

  override extraRepr(): string {
    return `lower=${number(this.lower)}, upper=${number(this.upper)}${printed(this.inplace)}`;
  }
}

/**
 * Softmax over the channels of images `[batch, channels, height, width]` or `[channels, height, width]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softmax2d.html
 * @api nn.Softmax2d
 */
export class Softmax2d extends Module {
  override forward(input: Tensor): Tensor {
    if (input.shape.length !== 3 && input.shape.length !== 4) {
      throw new ArgumentError("Softmax2d requires a 3D or 4D tensor as input", "AssertionError");
    }
    return softmax(input, -3);
  }
}

/**
 * ln(1 + e^(βx)) / β, and x itself where βx is above the threshold.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Softplus.html
 * @api nn.Softplus
 */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(beta = 1, threshold = 20) {
    super();
    this.beta = beta;
    this.threshold = threshold;
  }

  override forward(input: Tensor): Tensor {
    return softplus(input, this.beta, this.threshold);
  }

  override extraRepr(): string {
    return `beta=${number(this.beta)}, threshold=${number(this.threshold)}`;
  }
}

/**
 * x where above the threshold, else `value`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Threshold.html
 * @api nn.Threshold
 */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;
  readonly inplace: boolean;

  /** @param inplace write the result over the input */
  constructor(threshold: number, value: number, inplace = false) {
    super();
    this.threshold = threshold;
    this.value = value;
    this.inplace = inplace;
  }

  override forward(input: Tensor): Tensor {
    return overwriting(input, (x) => threshold(x, this.threshold, this.value), this.inplace);
  }

  override extraRepr(): string {
    return `threshold=${number(this.threshold)}, value=${number(this.value)}${printed(this.inplace)}`;
  }
}
