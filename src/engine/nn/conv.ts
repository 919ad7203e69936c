import { ArgumentError } from "../errors.ts";
import { conv2d, empty } from "../ops/index.ts";
import { pairOf } from "../ops/convolution.ts";
import type { Tensor } from "../tensor.ts";
import { resetAffine } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { sizes } from "./printing.ts";

/** One number for both, or height and width. */
export type Pair = number | readonly [number, number];

export interface Conv2dOptions {
  /** Default 1. */
  stride?: Pair;
  /** Zeros around the input; `"same"` keeps its size, `"valid"` is 0. Default 0. */
  padding?: Pair | "same" | "valid";
  /** Distance between the kernel's elements. Default 1. */
  dilation?: Pair;
  /** Input and output channels are split into as many groups that don't see each other. Default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
}

/**
 * 2D convolution (cross-correlation).
 *
 * Shapes: x `[batch, inChannels, height, width]` → `[batch, outChannels, height', width']` with
 * height' = ⌊(height + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1;
 * `weight` `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 */
export class Conv2d extends Module {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number] | "same" | "valid";
  readonly dilation: readonly [number, number];
  readonly groups: number;
  weight: Parameter;
  bias: Parameter | null;
  /** `padding` in numbers. */
  readonly #paddingSizes: [number, number];

  constructor(
    inChannels: number,
    outChannels: number,
    kernelSize: Pair,
    { stride = 1, padding = 0, dilation = 1, groups = 1, bias = true }: Conv2dOptions = {},
  ) {
    super();
    if (groups <= 0) throw new ArgumentError("groups must be a positive integer");
    if (inChannels % groups !== 0) throw new ArgumentError("in_channels must be divisible by groups");
    if (outChannels % groups !== 0) throw new ArgumentError("out_channels must be divisible by groups");
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = pairOf(kernelSize);
    this.stride = pairOf(stride);
    this.padding = typeof padding === "string" ? padding : pairOf(padding);
    this.dilation = pairOf(dilation);
    this.groups = groups;
    this.#paddingSizes = paddingSizes(this.padding, this.kernelSize, this.stride, this.dilation);
    this.weight = new Parameter(empty(outChannels, inChannels / groups, ...this.kernelSize));
    this.bias = bias ? new Parameter(empty(outChannels)) : null;
    this.resetParameters();
  }

  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  override forward(x: Tensor): Tensor {
    return conv2d(x, this.weight, this.bias, {
      stride: this.stride,
      padding: this.#paddingSizes,
      dilation: this.dilation,
      groups: this.groups,
    });
  }

  override extraRepr(): string {
    const parts = [
      `${this.inChannels}, ${this.outChannels}, kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}`,
    ];
    if (typeof this.padding === "string") parts.push(`padding=${this.padding}`);
    else if (this.padding.some((size) => size !== 0)) parts.push(`padding=${sizes(this.padding)}`);
    if (this.dilation.some((size) => size !== 1)) parts.push(`dilation=${sizes(this.dilation)}`);
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push("bias=False");
    return parts.join(", ");
  }
}

function paddingSizes(
  padding: Conv2d["padding"],
  kernel: readonly [number, number],
  stride: readonly [number, number],
  dilation: readonly [number, number],
): [number, number] {
  if (padding === "valid") return [0, 0];
  if (padding !== "same") return [...padding];
  if (stride[0] !== 1 || stride[1] !== 1) throw new ArgumentError("padding='same' is not supported for strided convolutions");
  const total = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  if (total[0] % 2 !== 0 || total[1] % 2 !== 0) {
    throw new ArgumentError(`padding='same' needs an odd kernel size here, but got ${sizes(kernel)}`);
  }
  return [total[0] / 2, total[1] / 2];
}
