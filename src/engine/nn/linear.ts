import { bilinear, empty, linear } from "../ops/index.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { resetAffine, uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean } from "./printing.ts";

export interface LinearOptions {
  /** Whether to add a learned bias. Default true. */
  bias?: boolean;
}

/**
 * y = x·Wᵀ + b.
 *
 * Shapes: x `[…, inFeatures]` → `[…, outFeatures]`; `weight` `[outFeatures, inFeatures]`, `bias` `[outFeatures]`.
 * Both start uniform in ±1/√inFeatures.
 * @api nn.Linear
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  declare bias: Parameter | null;

  constructor(inFeatures: Int, outFeatures: Int, bias = true) {
    super();
    this.inFeatures = inFeatures;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, inFeatures]));
    this.registerParameter("bias", bias ? new Parameter(empty([outFeatures])) : null);
    this.resetParameters();
  }

  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  override forward(x: Tensor): Tensor {
    return linear(x, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in_features=${this.inFeatures}, out_features=${this.outFeatures}, bias=${boolean(this.bias !== null)}`;
  }
}

/**
 * y = x₁ᵀ·A·x₂ + b.
 *
 * Shapes: x₁ `[…, in1Features]`, x₂ `[…, in2Features]` → `[…, outFeatures]`; `weight` `[outFeatures, in1Features, in2Features]`.
 * Both parameters start uniform in ±1/√in1Features.
 */
export class Bilinear extends Module<[x1: Tensor, x2: Tensor]> {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  declare bias: Parameter | null;

  constructor(in1Features: number, in2Features: number, outFeatures: number, options: boolean | LinearOptions = {}) {
    super();
    const { bias = true } = optionalArguments<LinearOptions>([options], ["bias"]);
    this.in1Features = in1Features;
    this.in2Features = in2Features;
    this.outFeatures = outFeatures;
    this.weight = new Parameter(empty([outFeatures, in1Features, in2Features]));
    this.registerParameter("bias", bias ? new Parameter(empty([outFeatures])) : null);
    this.resetParameters();
  }

  resetParameters(): void {
    const bound = 1 / Math.sqrt(this.in1Features);
    uniform_(this.weight, -bound, bound);
    if (this.bias) uniform_(this.bias, -bound, bound);
  }

  override forward(x1: Tensor, x2: Tensor): Tensor {
    return bilinear(x1, x2, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${boolean(this.bias !== null)}`;
  }
}

/** Gives back what it gets; takes and ignores any arguments, to stand in for another layer. */
export class Identity extends Module {
  constructor(..._ignored: unknown[]) {
    super();
  }

  override forward(x: Tensor): Tensor {
    return x;
  }
}
