/** Nonlinearities as modules. None has parameters; every output has its input's shape. */
import { ArgumentError } from "../errors.ts";
import {
  celu, elu, full, gelu, glu, hardshrink, hardsigmoid, hardswish, hardtanh, leakyRelu, leakyRelu_, logSoftmax, logsigmoid, mish, prelu, relu,
  relu6, relu_, replaceBy, rrelu, selu, sigmoid, silu, softmax, softmin, softplus, softshrink, softsign, tanh, tanhshrink, threshold,
} from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { Parameter } from "./parameter.ts";
import { float, number } from "./printing.ts";

export interface InplaceOptions {
  /** Write the result over the input. Default false. */
  inplace?: boolean;
}

/** Puts a result over the input if the module is to work in place. */
function overwriting(x: Tensor, result: Tensor, inplace: boolean): Tensor {
  return inplace ? replaceBy(x, () => result) : result;
}

/** max(0, x) */
export class ReLU extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return this.inplace ? relu_(x) : relu(x);
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

export interface LeakyReLUOptions extends InplaceOptions {
  /** Default 0.01. */
  negativeSlope?: number;
}

/** x for positive x, else negativeSlope · x */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;
  readonly inplace: boolean;

  constructor(negativeSlope?: number | LeakyReLUOptions, options?: LeakyReLUOptions) {
    super();
    const chosen = optionalArguments<LeakyReLUOptions>([negativeSlope, options], ["negativeSlope"]);
    this.negativeSlope = chosen.negativeSlope ?? 0.01;
    this.inplace = chosen.inplace ?? false;
  }

  override forward(x: Tensor): Tensor {
    return this.inplace ? leakyRelu_(x, this.negativeSlope) : leakyRelu(x, this.negativeSlope);
  }

  override extraRepr(): string {
    return `negative_slope=${number(this.negativeSlope)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface GELUOptions {
  /** `"tanh"`: the faster estimate. Default `"none"`. */
  approximate?: "none" | "tanh";
}

/** x · Φ(x), with the normal distribution's Φ */
export class GELU extends Module {
  readonly approximate: "none" | "tanh";

  constructor({ approximate = "none" }: GELUOptions = {}) {
    super();
    this.approximate = approximate;
  }

  override forward(x: Tensor): Tensor {
    return gelu(x, { approximate: this.approximate });
  }

  override extraRepr(): string {
    return `approximate='${this.approximate}'`;
  }
}

/** 1 / (1 + exp(−x)) */
export class Sigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return sigmoid(x);
  }
}

export class Tanh extends Module {
  override forward(x: Tensor): Tensor {
    return tanh(x);
  }
}

/** exp(x) / Σ exp(x) along `dim` */
export class Softmax extends Module {
  readonly dim: number;

  constructor(dim: number | { dim: number }) {
    super();
    this.dim = typeof dim === "number" ? dim : dim.dim;
  }

  override forward(x: Tensor): Tensor {
    return softmax(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

/** log softmax along `dim`, without the overflow that taking the logarithm afterwards would risk */
export class LogSoftmax extends Module {
  readonly dim: number;

  constructor(dim: number | { dim: number }) {
    super();
    this.dim = typeof dim === "number" ? dim : dim.dim;
  }

  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

export interface ELUOptions extends InplaceOptions {
  /** Default 1. */
  alpha?: number;
}

/** x where positive, α(e^x − 1) elsewhere. https://arxiv.org/abs/1511.07289 */
export class ELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;

  constructor(alpha?: number | ELUOptions, options?: ELUOptions) {
    super();
    const chosen = optionalArguments<ELUOptions>([alpha, options], ["alpha"]);
    this.alpha = chosen.alpha ?? 1;
    this.inplace = chosen.inplace ?? false;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, elu(x, this.alpha), this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha, 1)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface CELUOptions extends InplaceOptions {
  /** Default 1. */
  alpha?: number;
}

/** max(0, x) + min(0, α(e^(x/α) − 1)). https://arxiv.org/abs/1704.07483 */
export class CELU extends Module {
  readonly alpha: number;
  readonly inplace: boolean;

  constructor(alpha?: number | CELUOptions, options?: CELUOptions) {
    super();
    const chosen = optionalArguments<CELUOptions>([alpha, options], ["alpha"]);
    this.alpha = chosen.alpha ?? 1;
    this.inplace = chosen.inplace ?? false;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, celu(x, this.alpha), this.inplace);
  }

  override extraRepr(): string {
    return `alpha=${float(this.alpha, 1)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

/** The self-normalising unit. https://arxiv.org/abs/1706.02515 */
export class SELU extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, selu(x), this.inplace);
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

export interface GLUOptions {
  /** Default -1. */
  dim?: number;
}

/** a · sigmoid(b), where a and b are the halves of the input along `dim`. */
export class GLU extends Module {
  readonly dim: number;

  constructor(dim?: number | GLUOptions, options?: GLUOptions) {
    super();
    const chosen = optionalArguments<GLUOptions>([dim, options], ["dim"]);
    this.dim = chosen.dim ?? -1;
  }

  override forward(x: Tensor): Tensor {
    return glu(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${number(this.dim)}`;
  }
}

export interface HardshrinkOptions {
  /** Default 0.5. */
  lambd?: number;
}

/** x where |x| > λ, else 0. */
export class Hardshrink extends Module {
  readonly lambd: number;

  constructor(lambd?: number | HardshrinkOptions, options?: HardshrinkOptions) {
    super();
    const chosen = optionalArguments<HardshrinkOptions>([lambd, options], ["lambd"]);
    this.lambd = chosen.lambd ?? 0.5;
  }

  override forward(x: Tensor): Tensor {
    return hardshrink(x, this.lambd);
  }

  override extraRepr(): string {
    return `${number(this.lambd)}`;
  }
}

/** relu6(x + 3) / 6 */
export class Hardsigmoid extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, hardsigmoid(x), this.inplace);
  }
}

/** x · relu6(x + 3) / 6. https://arxiv.org/abs/1905.02244 */
export class Hardswish extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, hardswish(x), this.inplace);
  }
}

/** ln sigmoid(x) */
export class LogSigmoid extends Module {
  override forward(x: Tensor): Tensor {
    return logsigmoid(x);
  }
}

/** x · tanh(softplus(x)). https://arxiv.org/abs/1908.08681 */
export class Mish extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, mish(x), this.inplace);
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/** min(max(0, x), 6) */
export class ReLU6 extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, relu6(x), this.inplace);
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

/** x · sigmoid(x), also called swish. https://arxiv.org/abs/1606.08415 */
export class SiLU extends Module {
  readonly inplace: boolean;

  constructor({ inplace = false }: InplaceOptions = {}) {
    super();
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, silu(x), this.inplace);
  }

  override extraRepr(): string {
    return this.inplace ? "inplace=True" : "";
  }
}

export interface SoftshrinkOptions {
  /** Default 0.5. */
  lambd?: number;
}

/** x moved towards 0 by λ, 0 within. */
export class Softshrink extends Module {
  readonly lambd: number;

  constructor(lambd?: number | SoftshrinkOptions, options?: SoftshrinkOptions) {
    super();
    const chosen = optionalArguments<SoftshrinkOptions>([lambd, options], ["lambd"]);
    this.lambd = chosen.lambd ?? 0.5;
  }

  override forward(x: Tensor): Tensor {
    return softshrink(x, this.lambd);
  }

  override extraRepr(): string {
    return `${number(this.lambd)}`;
  }
}

/** x / (1 + |x|) */
export class Softsign extends Module {
  override forward(x: Tensor): Tensor {
    return softsign(x);
  }
}

/** x − tanh(x) */
export class Tanhshrink extends Module {
  override forward(x: Tensor): Tensor {
    return tanhshrink(x);
  }
}

export interface HardtanhOptions extends InplaceOptions {
  /** Default -1. */
  minVal?: number;
  /** Default 1. */
  maxVal?: number;
}

/** x kept between two values. */
export class Hardtanh extends Module {
  readonly minVal: number;
  readonly maxVal: number;
  readonly inplace: boolean;

  constructor(minVal?: number | HardtanhOptions, maxVal?: number | HardtanhOptions, options?: HardtanhOptions) {
    super();
    const chosen = optionalArguments<HardtanhOptions>([minVal, maxVal, options], ["minVal", "maxVal"]);
    this.minVal = chosen.minVal ?? -1;
    this.maxVal = chosen.maxVal ?? 1;
    if (!(this.maxVal > this.minVal)) throw new ArgumentError("max_val must be larger than min_val", "AssertionError");
    this.inplace = chosen.inplace ?? false;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, hardtanh(x, this.minVal, this.maxVal), this.inplace);
  }

  override extraRepr(): string {
    return `min_val=${float(this.minVal, -1)}, max_val=${float(this.maxVal, 1)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

export interface PReLUOptions {
  /** Slopes that are learned: 1 for all, or one for each channel. Default 1. */
  numParameters?: number;
  /** Their first value. Default 0.25. */
  init?: number;
}

/** x where positive, weight · x elsewhere, with the weight learned. https://arxiv.org/abs/1502.01852 */
export class PReLU extends Module {
  readonly numParameters: number;
  weight: Parameter;

  constructor(numParameters?: number | PReLUOptions, options?: PReLUOptions) {
    super();
    const chosen = optionalArguments<PReLUOptions>([numParameters, options], ["numParameters"]);
    this.numParameters = chosen.numParameters ?? 1;
    this.weight = new Parameter(full([this.numParameters], chosen.init ?? 0.25));
  }

  override forward(x: Tensor): Tensor {
    return prelu(x, this.weight);
  }

  override extraRepr(): string {
    return `num_parameters=${this.numParameters}`;
  }
}

export interface RReLUOptions extends InplaceOptions {
  /** Default 1 / 8. */
  lower?: number;
  /** Default 1 / 3. */
  upper?: number;
}

/** x where positive, a · x elsewhere, with a drawn from [lower, upper] in training. https://arxiv.org/abs/1505.00853 */
export class RReLU extends Module {
  readonly lower: number;
  readonly upper: number;
  readonly inplace: boolean;

  constructor(lower?: number | RReLUOptions, upper?: number | RReLUOptions, options?: RReLUOptions) {
    super();
    const chosen = optionalArguments<RReLUOptions>([lower, upper, options], ["lower", "upper"]);
    this.lower = chosen.lower ?? 1 / 8;
    this.upper = chosen.upper ?? 1 / 3;
    this.inplace = chosen.inplace ?? false;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, rrelu(x, this.lower, this.upper, this.training), this.inplace);
  }

  override extraRepr(): string {
    return `lower=${number(this.lower)}, upper=${number(this.upper)}${this.inplace ? ", inplace=True" : ""}`;
  }
}

/** Softmax over the channels of images `[batch, channels, height, width]` or `[channels, height, width]`. */
export class Softmax2d extends Module {
  override forward(x: Tensor): Tensor {
    if (x.shape.length !== 3 && x.shape.length !== 4) {
      throw new ArgumentError("Softmax2d requires a 3D or 4D tensor as input", "AssertionError");
    }
    return softmax(x, -3);
  }
}

/** exp(−x) / Σ exp(−x) along `dim` */
export class Softmin extends Module {
  readonly dim: number;

  constructor(dim: number | { dim: number }) {
    super();
    this.dim = typeof dim === "number" ? dim : dim.dim;
  }

  override forward(x: Tensor): Tensor {
    return softmin(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}

export interface SoftplusOptions {
  /** Default 1. */
  beta?: number;
  /** Default 20. */
  threshold?: number;
}

/** ln(1 + e^(βx)) / β, and x itself where βx is above the threshold. */
export class Softplus extends Module {
  readonly beta: number;
  readonly threshold: number;

  constructor(beta?: number | SoftplusOptions, limit?: number | SoftplusOptions) {
    super();
    const chosen = optionalArguments<SoftplusOptions>([beta, limit], ["beta", "threshold"]);
    this.beta = chosen.beta ?? 1;
    this.threshold = chosen.threshold ?? 20;
  }

  override forward(x: Tensor): Tensor {
    return softplus(x, this.beta, this.threshold);
  }

  override extraRepr(): string {
    return `beta=${number(this.beta)}, threshold=${number(this.threshold)}`;
  }
}

/** x where above the threshold, else `value`. */
export class Threshold extends Module {
  readonly threshold: number;
  readonly value: number;
  readonly inplace: boolean;

  constructor(limit: number, value: number, { inplace = false }: InplaceOptions = {}) {
    super();
    this.threshold = limit;
    this.value = value;
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return overwriting(x, threshold(x, this.threshold, this.value), this.inplace);
  }

  override extraRepr(): string {
    return `threshold=${number(this.threshold)}, value=${number(this.value)}${this.inplace ? ", inplace=True" : ""}`;
  }
}
