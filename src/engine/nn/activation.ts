/** Nonlinearities as modules. None has parameters; every output has its input's shape. */
import { gelu, leakyRelu, leakyRelu_, logSoftmax, relu, relu_, sigmoid, softmax, tanh } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { number } from "./printing.ts";

export interface InplaceOptions {
  /** Write the result over the input. Default false. */
  inplace?: boolean;
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

/** x for positive x, else negativeSlope · x */
export class LeakyReLU extends Module {
  readonly negativeSlope: number;
  readonly inplace: boolean;

  constructor(negativeSlope = 0.01, { inplace = false }: InplaceOptions = {}) {
    super();
    this.negativeSlope = negativeSlope;
    this.inplace = inplace;
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

  constructor(dim: number) {
    super();
    this.dim = dim;
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

  constructor(dim: number) {
    super();
    this.dim = dim;
  }

  override forward(x: Tensor): Tensor {
    return logSoftmax(x, this.dim);
  }

  override extraRepr(): string {
    return `dim=${this.dim}`;
  }
}
