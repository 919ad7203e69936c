/** Convolutions and transposed convolutions in one, two and three dimensions. */
import { ArgumentError } from "../errors.ts";
import { conv1d, conv2dNamed, conv3d, convTranspose1d, convTranspose2d, convTranspose3d, empty, pad, type PaddingMode } from "../ops/index.ts";
import { sizesOf, type ConvOptions as FunctionOptions } from "../ops/convolutions.ts";
import type { Size } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { resetAffine } from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { sizes } from "./printing.ts";

export type { Size } from "../ops/types.ts";
/** One number for both, or height and width. */
export type Pair = number | readonly [number, number];

export interface ConvOptions {
  /** Default 1. */
  stride?: Size;
  /** Border around the input; `"same"` keeps its size, `"valid"` is 0. Default 0. */
  padding?: Size | "same" | "valid";
  /** Distance between the kernel's elements. Default 1. */
  dilation?: Size;
  /** Input and output channels are split into as many groups that don't see each other. Default 1. */
  groups?: number;
  /** Default true. */
  bias?: boolean;
  /** What the border is filled with. Default "zeros". */
  paddingMode?: "zeros" | "reflect" | "replicate" | "circular";
}

export type Conv2dOptions = ConvOptions;

type Call = [x: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }];

/** Options in one object, or the first of them by position: `new nn.Conv2d(3, 8, 3, 2, 1)`. */
type Given<Options> = (Options | Options[keyof Options])[];
const CONVOLUTION = ["stride", "padding", "dilation", "groups", "bias", "paddingMode"] as const;
const TRANSPOSED = ["stride", "padding", "outputPadding", "groups", "bias", "dilation", "paddingMode"] as const;

abstract class ConvNd<Args extends unknown[]> extends Module<Args> {
  readonly inChannels: number;
  readonly outChannels: number;
  readonly kernelSize: readonly number[];
  readonly stride: readonly number[];
  readonly padding: readonly number[] | "same" | "valid";
  readonly dilation: readonly number[];
  readonly groups: number;
  readonly paddingMode: NonNullable<ConvOptions["paddingMode"]>;
  declare weight: Parameter;
  declare bias: Parameter | null;

  constructor(rank: number, inChannels: number, outChannels: number, kernelSize: Size, options: ConvOptions) {
    super();
    const { groups = 1, padding = 0, paddingMode = "zeros" } = options;
    if (groups <= 0) throw new ArgumentError("groups must be a positive integer");
    if (inChannels % groups !== 0) throw new ArgumentError("in_channels must be divisible by groups");
    if (outChannels % groups !== 0) throw new ArgumentError("out_channels must be divisible by groups");
    this.inChannels = inChannels;
    this.outChannels = outChannels;
    this.kernelSize = sizesOf(kernelSize, rank, 1);
    this.stride = sizesOf(options.stride, rank, 1);
    this.padding = typeof padding === "string" ? padding : sizesOf(padding, rank, 0);
    this.dilation = sizesOf(options.dilation, rank, 1);
    this.groups = groups;
    this.paddingMode = paddingMode;
    if (padding === "same" && this.stride.some((step) => step !== 1)) throw new ArgumentError("padding='same' is not supported for strided convolutions");
    if (!["zeros", "reflect", "replicate", "circular"].includes(paddingMode)) {
      throw new ArgumentError(`padding_mode must be one of {'zeros', 'reflect', 'replicate', 'circular'}, but got padding_mode='${paddingMode}'`);
    }
  }

  /** The parameters, in PyTorch's order of draws. */
  protected makeParameters(weightShape: readonly number[], bias: boolean): void {
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

type Convolution = (input: Tensor, weight: Tensor, bias: Tensor | null, options: FunctionOptions) => Tensor;

abstract class Conv extends ConvNd<[x: Tensor]> {
  protected abstract readonly convolution: Convolution;

  constructor(rank: number, inChannels: number, outChannels: number, kernelSize: Size, options: ConvOptions) {
    super(rank, inChannels, outChannels, kernelSize, options);
    this.makeParameters([outChannels, inChannels / this.groups, ...this.kernelSize], options.bias ?? true);
  }

  override forward(x: Tensor): Tensor {
    const common = { stride: this.stride, dilation: this.dilation, groups: this.groups };
    if (this.paddingMode === "zeros") return this.convolution(x, this.weight, this.bias, { ...common, padding: this.padding });
    return this.convolution(pad(x, this.borders(), this.paddingMode as PaddingMode), this.weight, this.bias, common);
  }

  /** Left, right, top, bottom … of what isn't filled with zeros. */
  private borders(): number[] {
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
 * Shapes: x `[batch, inChannels, length]` (or without the batch) → `[batch, outChannels, length']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelLength]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 */
export class Conv1d extends Conv {
  protected override readonly convolution = conv1d;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvOptions>) {
    super(1, inChannels, outChannels, kernelSize, optionalArguments<ConvOptions>(options, CONVOLUTION));
  }
}

/**
 * 2D convolution (cross-correlation).
 *
 * Shapes: x `[batch, inChannels, height, width]` (or without the batch) → `[batch, outChannels, height', width']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 */
export class Conv2d extends Conv {
  protected override readonly convolution = conv2dNamed;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvOptions>) {
    super(2, inChannels, outChannels, kernelSize, optionalArguments<ConvOptions>(options, CONVOLUTION));
  }
}

/**
 * 3D convolution (cross-correlation).
 *
 * Shapes: x `[batch, inChannels, depth, height, width]` (or without the batch) → `[batch, outChannels, depth', height', width']` with
 * size' = ⌊(size + 2·padding − dilation·(kernel − 1) − 1) / stride⌋ + 1 in each direction;
 * `weight` `[outChannels, inChannels / groups, kernelDepth, kernelHeight, kernelWidth]`, `bias` `[outChannels]`.
 * Both start uniform in ±1/√(inputs of one output value).
 */
export class Conv3d extends Conv {
  protected override readonly convolution = conv3d;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvOptions>) {
    super(3, inChannels, outChannels, kernelSize, optionalArguments<ConvOptions>(options, CONVOLUTION));
  }
}

export interface ConvTransposeOptions extends Omit<ConvOptions, "padding"> {
  /** Cut off on each side. Default 0. */
  padding?: Size;
  /** Added to one side of the output. Default 0. */
  outputPadding?: Size;
}

type Transposed = typeof convTranspose2d;

abstract class ConvTranspose extends ConvNd<Call> {
  readonly outputPadding: readonly number[];
  protected abstract readonly convolution: Transposed;

  constructor(rank: number, inChannels: number, outChannels: number, kernelSize: Size, options: ConvTransposeOptions) {
    super(rank, inChannels, outChannels, kernelSize, options);
    if (this.paddingMode !== "zeros") throw new ArgumentError(`Only "zeros" padding mode is supported for ConvTranspose${rank}d`);
    this.outputPadding = sizesOf(options.outputPadding, rank, 0);
    this.makeParameters([inChannels, outChannels / this.groups, ...this.kernelSize], options.bias ?? true);
  }

  override forward(x: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }): Tensor {
    const wanted = outputSize && "outputSize" in outputSize ? outputSize.outputSize : (outputSize as readonly number[] | undefined);
    return this.convolution(x, this.weight, this.bias, {
      stride: this.stride, padding: this.padding as readonly number[], dilation: this.dilation, groups: this.groups,
      outputPadding: wanted ? this.paddingFor(x, wanted) : this.outputPadding,
    });
  }

  /** The output padding that gives the wanted size. */
  private paddingFor(x: Tensor, wanted: readonly number[]): number[] {
    const rank = this.kernelSize.length;
    const padding = this.padding as readonly number[];
    const own = wanted.slice(-rank);
    return own.map((size, i) => {
      const step = this.stride[i]!;
      const least = (x.size(i - rank) - 1) * step - 2 * padding[i]! + this.dilation[i]! * (this.kernelSize[i]! - 1) + 1;
      if (size < least || size > least + step - 1) {
        throw new ArgumentError(`requested an output size of ${sizes(own)}, but valid sizes range from ${least} to ${least + step - 1} in direction ${i} (for an input of [${x.shape.slice(-rank).join(", ")}])`);
      }
      return size - least;
    });
  }

  protected override printedBeforeGroups(): string[] {
    return this.outputPadding.some((size) => size !== 0) ? [`output_padding=${sizes(this.outputPadding)}`] : [];
  }
}

/**
 * The transpose of the 1D convolution: x `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 */
export class ConvTranspose1d extends ConvTranspose {
  protected override readonly convolution = convTranspose1d;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvTransposeOptions>) {
    super(1, inChannels, outChannels, kernelSize, optionalArguments<ConvTransposeOptions>(options, TRANSPOSED));
  }
}

/**
 * The transpose of the 2D convolution: x `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 */
export class ConvTranspose2d extends ConvTranspose {
  protected override readonly convolution = convTranspose2d;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvTransposeOptions>) {
    super(2, inChannels, outChannels, kernelSize, optionalArguments<ConvTransposeOptions>(options, TRANSPOSED));
  }
}

/**
 * The transpose of the 3D convolution: x `[batch, inChannels, …]` → `[batch, outChannels, …']` with
 * size' = (size − 1)·stride − 2·padding + dilation·(kernel − 1) + outputPadding + 1;
 * `weight` `[inChannels, outChannels / groups, …]`. May be called with the wanted size of the output.
 */
export class ConvTranspose3d extends ConvTranspose {
  protected override readonly convolution = convTranspose3d;

  constructor(inChannels: number, outChannels: number, kernelSize: Size, ...options: Given<ConvTransposeOptions>) {
    super(3, inChannels, outChannels, kernelSize, optionalArguments<ConvTransposeOptions>(options, TRANSPOSED));
  }
}
