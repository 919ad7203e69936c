import { empty } from "../ops/creation.ts";
import { linear, bilinear } from "../ops/linear.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { resetAffine, uniform_ } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean } from "./printing.ts";

/**
 * y = x·Wᵀ + b.
 *
 * Shapes: input `[…, inFeatures]` → `[…, outFeatures]`; `weight` `[outFeatures, inFeatures]`, `bias` `[outFeatures]`.
 * Both start uniform in ±1/√inFeatures.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Linear.html
 * @api nn.Linear
 * @factory
 */
export class Linear extends Module {
  readonly inFeatures: number;
  readonly outFeatures: number;
  weight: Parameter;
  /** `null` without one. */
  declare bias: Parameter;

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

  override forward(input: Tensor): Tensor {
    return linear(input, this.weight, this.bias);
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
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Bilinear.html
 * @api nn.Bilinear
 * @factory
 */
export class Bilinear extends Module<[input1: Tensor, input2: Tensor]> {
  readonly in1Features: number;
  readonly in2Features: number;
  readonly outFeatures: number;
  weight: Parameter;
  /** `null` without one. */
  declare bias: Parameter;

  constructor(in1Features: Int, in2Features: Int, outFeatures: Int, bias = true) {
    super();
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

  override forward(input1: Tensor, input2: Tensor): Tensor {
    return bilinear(input1, input2, this.weight, this.bias);
  }

  override extraRepr(): string {
    return `in1_features=${this.in1Features}, in2_features=${this.in2Features}, out_features=${this.outFeatures}, bias=${boolean(this.bias !== null)}`;
  }
}

/**
 * Gives back what it gets; takes and ignores any arguments, to stand in for another layer.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Identity.html
 * @api nn.Identity
 */
export class Identity extends Module {
  constructor(..._args: readonly unknown[]) {
    super();
  }

  override forward(input: Tensor): Tensor {
    return input;
  }
}
