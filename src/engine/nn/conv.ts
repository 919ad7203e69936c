/** Convolutions and transposed convolutions in one, two and three dimensions. */
import { ArgumentError } from "../errors.ts";
import { conv1d, conv2d, conv3d, type Convolution } from "../ops/conv/conv.ts";
import { convTranspose1d, convTranspose2d, convTranspose3d, type TransposedConvolution } from "../ops/conv/transposed.ts";
import { empty } from "../ops/creation.ts";
import { pad } from "../ops/padding.ts";
import { sizesOf } from "../ops/internal/sizes.ts";
import type { Int, Size } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { resetAffine } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { sizes } from "./printing.ts";

export type ConvPaddingMode = "zeros" | "reflect" | "replicate" | "circular";

abstract class ConvNd<Args extends unknown[]> extends Module<Args> {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly paddingMode: ConvPaddingMode;
  declare weight: Parameter;
  /** `null` without one. */
  declare bias: Parameter;

  constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    stride: Size,
    padding: Size | "same" | "valid",
    dilation: Size,
    groups: number,
    paddingMode: ConvPaddingMode,
  ) {
    super();
    if (groups <= 0) throw new ArgumentError("groups must be a positive integer");
    if (inChannels % groups !== 0) throw new ArgumentError("in_channels must be divisible by groups");
    if (outChannels % groups !== 0) throw new ArgumentError("out_channels must be divisible by groups");
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = sizesOf(kernelSize, rank, "kernelSize");
    this.stride = sizesOf(stride, rank, "stride");
    this.padding = typeof padding === "string" ? padding : sizesOf(padding, rank, "padding");
    this.dilation = sizesOf(dilation, rank, "dilation");
    this.groups = groups;
    this.paddingMode = paddingMode;
    if (padding === "same" && this.stride.some((step) => step !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions");
  }

  /** The parameters, in PyTorch's order of draws. */
  protected makeParameters(weightShape: Shape, bias: boolean): void {
    this.weight = new Parameter(empty([...weightShape]));
    this.registerParameter("bias", bias ? new Parameter(empty([this.outChannels])) : null);
    this.resetParameters();
  }

  resetParameters(): void {
    resetAffine(this.weight, this.bias);
  }

  /** Between dilation and groups. */
  protected printedBeforeGroups(): string[] {
    return [];
  }

  override extraRepr(): string {
    const parts = [`${this.inChannels}, ${this.outChannels}, kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}`];
    if (typeof this.padding === "string") parts.push(`padding=${this.padding}`);
    else if (this.padding.some((size) => size !== 0)) parts.push(`padding=${sizes(this.padding)}`);
    if (this.dilation.some((size) => size !== 1)) parts.push(`dilation=${sizes(this.dilation)}`);
    parts.push(...this.printedBeforeGroups());
    if (this.groups !== 1) parts.push(`groups=${this.groups}`);
    if (this.bias === null) parts.push("bias=False");
    if (this.paddingMode !== "zeros") parts.push(`padding_mode=${this.paddingMode}`);
    return parts.join(", ");
  }
}

abstract class Conv extends ConvNd<[input: Tensor]> {
  protected abstract readonly convolution: Convolution;

  constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    stride: Size,
    padding: Size | "same" | "valid",
    dilation: Size,
    groups: number,
    bias: boolean,
    paddingMode: ConvPaddingMode,
  ) {
    super(rank, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, paddingMode);
    this.makeParameters([outChannels, inChannels / groups, ...this.kernelSize], bias);
  }

  override forward(input: Tensor): Tensor {
    const borders = this.paddingMode === "zeros" ? null : pad(input, this.borders(), this.paddingMode);
    return this.convolution(borders ?? input, this.weight, this.bias, this.stride, borders ? 0 : this.padding, this.dilation, this.groups);
  }

  /** Left, right, top, bottom … of what isn't filled with zeros. */
  protected borders(): number[] {
    const pairs = this.kernelSize.map((size, i): [number, number] => {
      if (this.padding === "valid") return [0, 0];
      if (this.padding !== "same") return [this.padding[i]!, this.padding[i]!];
      const total = this.dilation[i]! * (size - 1);
      return [Math.floor(total / 2), total - Math.floor(total / 2)];
    });
    return pairs.toReversed().flat();
  }
}

/**
 * 1D convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, length]` (or without the batch) → `[batch, outChannels, length']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelLength]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv1d.html
 * @api nn.Conv1d
 * @factory
 */
export class Conv1d extends Conv {
  protected override readonly convolution = conv1d;

  /**
   * @param padding border around the input; `"same"` keeps its size, `"valid"` is 0
   * @param dilation distance between the kernel's elements
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param paddingMode what the border is filled with
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(1, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode);
  }
}

/**
 * 2D convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, height, width]` (or without the batch) → `[batch, outChannels, height', width']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv2d.html
 * @api nn.Conv2d
 * @factory
 */
export class Conv2d extends Conv {
  protected override readonly convolution = conv2d;

  /**
   * @param padding border around the input; `"same"` keeps its size, `"valid"` is 0
   * @param dilation distance between the kernel's elements
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param paddingMode what the border is filled with
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(2, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode);
  }
}

/**
 * 3D convolution (cross-correlation).
 *
 * Shapes: input `[batch, inChannels, depth, height, width]` (or without the batch) → `[batch, outChannels, depth', height', width']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelDepth, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Conv3d.html
 * @api nn.Conv3d
 * @factory
 */
export class Conv3d extends Conv {
  protected override readonly convolution = conv3d;

  /**
   * @param padding border around the input; `"same"` keeps its size, `"valid"` is 0
   * @param dilation distance between the kernel's elements
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param paddingMode what the border is filled with
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size | "same" | "valid" = 0,
    dilation: Size = 1,
    groups: Int = 1,
    bias = true,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(3, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, bias, paddingMode);
  }
}

abstract class ConvTranspose extends ConvNd<[input: Tensor, outputSize?: Shape | null | { outputSize?: Shape | null }]> {
  readonly outputPadding: readonly number[];
  protected abstract readonly convolution: TransposedConvolution;

  constructor(
    rank: number,
    inChannels: number,
    outChannels: number,
    kernelSize: Size,
    stride: Size,
    padding: Size,
    outputPadding: Size,
    groups: number,
    bias: boolean,
    dilation: Size,
    paddingMode: ConvPaddingMode,
  ) {
    super(rank, inChannels, outChannels, kernelSize, stride, padding, dilation, groups, paddingMode);
    if (this.paddingMode !== "zeros") throw new ArgumentError(`Only "zeros" padding mode is supported for ConvTranspose${rank}d`);
    this.outputPadding = sizesOf(outputPadding, rank, "outputPadding");
    this.makeParameters([inChannels, outChannels / groups, ...this.kernelSize], bias);
  }

  /** @param outputSize the wanted size of the output, where several would do */
  override forward(input: Tensor, outputSize: Shape | null = null): Tensor {
    const outputPadding = outputSize ? this.paddingFor(input, outputSize) : this.outputPadding;
    return this.convolution(input, this.weight, this.bias, this.stride, this.padding as readonly number[], outputPadding, this.groups, this.dilation);
  }

  /** The output padding that gives the wanted size. */
  protected paddingFor(input: Tensor, wanted: readonly number[]): number[] {
    const rank = this.kernelSize.length;
    const padding = this.padding as readonly number[];
    const own = wanted.slice(-rank);
    return own.map((size, i) => {
      const step = this.stride[i]!;
      const least = (input.size(i - rank) - 1) * step - 2 * padding[i]! + this.dilation[i]! * (this.kernelSize[i]! - 1) + 1;
      if (size < least || size > least + step - 1) {
        throw new ArgumentError(
          `requested an output size of ${sizes(own)}, but valid sizes range from ${least} to ${least + step - 1} in direction ${i} (for an input of [${input.shape.slice(-rank).join(", ")}])`,
        );
      }
      return size - least;
    });
  }

  protected override printedBeforeGroups(): string[] {
    return this.outputPadding.some((size) => size !== 0) ? [`output_padding=${sizes(this.outputPadding)}`] : [];
  }
}

/**
 * The transpose of the 1D convolution: input `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose1d.html
 * @api nn.ConvTranspose1d
 * @factory
 */
export class ConvTranspose1d extends ConvTranspose {
  protected override readonly convolution = convTranspose1d;

  /**
   * @param padding cut off on each side
   * @param outputPadding added to one side of the output
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param dilation distance between the kernel's elements
   * @param paddingMode only `"zeros"`
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(1, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, paddingMode);
  }
}

/**
 * The transpose of the 2D convolution: input `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose2d.html
 * @api nn.ConvTranspose2d
 * @factory
 */
export class ConvTranspose2d extends ConvTranspose {
  protected override readonly convolution = convTranspose2d;

  /**
   * @param padding cut off on each side
   * @param outputPadding added to one side of the output
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param dilation distance between the kernel's elements
   * @param paddingMode only `"zeros"`
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(2, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, paddingMode);
  }
}

/**
 * The transpose of the 3D convolution: input `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ConvTranspose3d.html
 * @api nn.ConvTranspose3d
 * @factory
 */
export class ConvTranspose3d extends ConvTranspose {
  protected override readonly convolution = convTranspose3d;

  /**
   * @param padding cut off on each side
   * @param outputPadding added to one side of the output
   * @param groups input and output channels are split into as many groups that don't see each other
   * @param dilation distance between the kernel's elements
   * @param paddingMode only `"zeros"`
   */
  constructor(
    inChannels: Int,
    outChannels: Int,
    kernelSize: Size,
    stride: Size = 1,
    padding: Size = 0,
    outputPadding: Size = 0,
    groups: Int = 1,
    bias = true,
    dilation: Size = 1,
    paddingMode: ConvPaddingMode = "zeros",
  ) {
    super(3, inChannels, outChannels, kernelSize, stride, padding, outputPadding, groups, bias, dilation, paddingMode);
  }
}
