/** Pooling over the positions of `[batch, channels, …]`, or of the same without the batch. */
import { ArgumentError } from "../errors.ts";
import {
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  lpPool1d,
  lpPool2d,
  type AdaptiveAvgPool as AdaptiveAvgPoolFunction,
  type AvgPool as AvgPoolFunction,
  type LpPool as LpPoolFunction,
} from "../ops/pooling/average.ts";
import { fractionalMaxPool2d, fractionalMaxPool3d, type FractionalMaxPool as FractionalMaxPoolFunction } from "../ops/pooling/fractional.ts";
import {
  adaptiveMaxPool1d,
  adaptiveMaxPool2d,
  adaptiveMaxPool3d,
  maxPool1d,
  maxPool2d,
  maxPool3d,
  type AdaptiveMaxPool as AdaptiveMaxPoolFunction,
  type MaxPool as MaxPoolFunction,
} from "../ops/pooling/max.ts";
import { maxUnpool1d, maxUnpool2d, maxUnpool3d, type MaxUnpool as MaxUnpoolFunction } from "../ops/pooling/unpool.ts";
import type { Int, Size } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { boolean, sizes } from "./printing.ts";

/** `[values, indices]` where indices are asked for. Typed as the values, which is what nearly every caller gets. */
type Result = Tensor;

abstract class MaxPool extends Module {
  readonly kernelSize: Size;
  readonly stride: Size;
  readonly padding: Size;
  readonly dilation: Size;
  readonly ceilMode: boolean;
  readonly returnIndices: boolean;
  protected abstract readonly pool: MaxPoolFunction;

  /**
   * @param stride between windows; `null` for the kernel's size
   * @param padding border that is never the largest
   * @param dilation distance between a window's elements
   * @param returnIndices give `[values, indices]`
   * @param ceilMode keep windows that begin within the input and end outside
   */
  constructor(kernelSize: Size, stride: Size | null = null, padding: Size = 0, dilation: Size = 1, returnIndices = false, ceilMode = false) {
    super();
    this.kernelSize = kernelSize;
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.dilation = dilation;
    this.ceilMode = ceilMode;
    this.returnIndices = returnIndices;
  }

  override forward(input: Tensor): Result {
    return this.pool(input, this.kernelSize, this.stride, this.padding, this.dilation, this.ceilMode, this.returnIndices) as Result;
  }

  override extraRepr(): string {
    return (
      `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}, ` +
      `dilation=${sizes(this.dilation)}, ceil_mode=${boolean(this.ceilMode)}`
    );
  }
}

abstract class AvgPool extends Module {
  readonly kernelSize: Size;
  readonly stride: Size;
  readonly padding: Size;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;
  readonly divisorOverride: number | null;
  protected abstract readonly pool: AvgPoolFunction;

  constructor(kernelSize: Size, stride: Size | null, padding: Size, ceilMode: boolean, countIncludePad: boolean, divisorOverride: number | null) {
    super();
    this.kernelSize = kernelSize;
    this.stride = stride ?? kernelSize;
    this.padding = padding;
    this.ceilMode = ceilMode;
    this.countIncludePad = countIncludePad;
    this.divisorOverride = divisorOverride;
  }

  override forward(input: Tensor): Tensor {
    return this.pool(input, this.kernelSize, this.stride, this.padding, this.ceilMode, this.countIncludePad, this.divisorOverride);
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`;
  }
}

abstract class AvgPoolNd extends AvgPool {
  /**
   * @param stride between windows; `null` for the kernel's size
   * @param padding border of zeros
   * @param ceilMode keep windows that begin within the input and end outside
   * @param countIncludePad whether the border counts as elements
   * @param divisorOverride divide by this instead of the number of elements
   */
  constructor(kernelSize: Size, stride: Size | null = null, padding: Size = 0, ceilMode = false, countIncludePad = true, divisorOverride: Int | null = null) {
    super(kernelSize, stride, padding, ceilMode, countIncludePad, divisorOverride);
  }
}

/** Sizes of an output; `null` keeps the input's. */
export type AdaptiveSize = Int | readonly (Int | null)[];

abstract class Adaptive extends Module {
  readonly outputSize: AdaptiveSize;

  constructor(outputSize: AdaptiveSize) {
    super();
    this.outputSize = outputSize;
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}`;
  }
}

abstract class AdaptiveAvgPool extends Adaptive {
  protected abstract readonly pool: AdaptiveAvgPoolFunction;

  override forward(input: Tensor): Tensor {
    return this.pool(input, this.outputSize);
  }
}

abstract class AdaptiveMaxPool extends Adaptive {
  readonly returnIndices: boolean;
  protected abstract readonly pool: AdaptiveMaxPoolFunction;

  /** @param returnIndices give `[values, indices]` */
  constructor(outputSize: AdaptiveSize, returnIndices = false) {
    super(outputSize);
    this.returnIndices = returnIndices;
  }

  override forward(input: Tensor): Result {
    return this.pool(input, this.outputSize, this.returnIndices) as Result;
  }
}

abstract class MaxUnpool extends Module<[input: Tensor, indices: Tensor, outputSize?: Shape | null | { outputSize?: Shape | null }]> {
  readonly kernelSize: Size;
  readonly stride: Size;
  readonly padding: Size;
  protected abstract readonly unpool: MaxUnpoolFunction;

  /** @param stride between windows; `null` for the kernel's size */
  constructor(kernelSize: Size, stride: Size | null = null, padding: Size = 0) {
    super();
    const widened = (value: Size): Size => (typeof value === "number" ? new Array<number>(this.rank).fill(value) : value);
    this.kernelSize = widened(kernelSize);
    this.stride = widened(stride ?? kernelSize);
    this.padding = widened(padding);
  }

  protected abstract get rank(): number;

  override forward(input: Tensor, indices: Tensor, outputSize: Shape | null = null): Tensor {
    return this.unpool(input, indices, this.kernelSize, this.stride, this.padding, outputSize);
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`;
  }
}

/**
 * The largest value of each window over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool1d.html
 * @api nn.MaxPool1d
 */
export class MaxPool1d extends MaxPool {
  protected override readonly pool = maxPool1d;
}

/**
 * The largest value of each window over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool2d.html
 * @api nn.MaxPool2d
 */
export class MaxPool2d extends MaxPool {
  protected override readonly pool = maxPool2d;
}

/**
 * The largest value of each window over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxPool3d.html
 * @api nn.MaxPool3d
 */
export class MaxPool3d extends MaxPool {
  protected override readonly pool = maxPool3d;
}

/**
 * The mean of each window over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool1d.html
 * @api nn.AvgPool1d
 */
export class AvgPool1d extends AvgPool {
  protected override readonly pool = avgPool1d;

  /**
   * @param stride between windows; `null` for the kernel's size
   * @param padding border of zeros
   * @param ceilMode keep windows that begin within the input and end outside
   * @param countIncludePad whether the border counts as elements
   */
  constructor(kernelSize: Size, stride: Size | null = null, padding: Size = 0, ceilMode = false, countIncludePad = true) {
    super(kernelSize, stride, padding, ceilMode, countIncludePad, null);
  }

  override extraRepr(): string {
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}, padding=${tuple(this.padding)}`;
  }
}

/**
 * The mean of each window over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool2d.html
 * @api nn.AvgPool2d
 */
export class AvgPool2d extends AvgPoolNd {
  protected override readonly pool = avgPool2d;
}

/**
 * The mean of each window over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AvgPool3d.html
 * @api nn.AvgPool3d
 */
export class AvgPool3d extends AvgPoolNd {
  protected override readonly pool = avgPool3d;
}

/** PyTorch prints the sizes of one direction as a tuple. */
const tuple = (value: Size): string => sizes(typeof value === "number" ? [value] : value);

/**
 * Means of windows over length that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool1d.html
 * @api nn.AdaptiveAvgPool1d
 */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPool1d;
}

/**
 * Maxima of windows over length that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool1d.html
 * @api nn.AdaptiveMaxPool1d
 */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool1d;
}

/**
 * Puts values back where `MaxPool1d` with `returnIndices` found them. May be called with the wanted size.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool1d.html
 * @api nn.MaxUnpool1d
 */
export class MaxUnpool1d extends MaxUnpool {
  protected override readonly unpool = maxUnpool1d;

  protected override get rank(): number {
    return 1;
  }
}

/**
 * Means of windows over height and width that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool2d.html
 * @api nn.AdaptiveAvgPool2d
 */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPool2d;
}

/**
 * Maxima of windows over height and width that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool2d.html
 * @api nn.AdaptiveMaxPool2d
 */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool2d;
}

/**
 * Puts values back where `MaxPool2d` with `returnIndices` found them. May be called with the wanted size.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool2d.html
 * @api nn.MaxUnpool2d
 */
export class MaxUnpool2d extends MaxUnpool {
  protected override readonly unpool = maxUnpool2d;

  protected override get rank(): number {
    return 2;
  }
}

/**
 * Means of windows over depth, height and width that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveAvgPool3d.html
 * @api nn.AdaptiveAvgPool3d
 */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPool3d;
}

/**
 * Maxima of windows over depth, height and width that are laid so that the output has the given size; `null` keeps a direction's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveMaxPool3d.html
 * @api nn.AdaptiveMaxPool3d
 */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool3d;
}

/**
 * Puts values back where `MaxPool3d` with `returnIndices` found them. May be called with the wanted size.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.MaxUnpool3d.html
 * @api nn.MaxUnpool3d
 */
export class MaxUnpool3d extends MaxUnpool {
  protected override readonly unpool = maxUnpool3d;

  protected override get rank(): number {
    return 3;
  }
}

abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: Size;
  readonly stride: Size | null;
  readonly ceilMode: boolean;
  protected abstract readonly pool: LpPoolFunction;

  /**
   * @param normType p
   * @param stride between windows; `null` for the kernel's size
   * @param ceilMode keep windows that begin within the input and end outside
   */
  constructor(normType: number, kernelSize: Size, stride: Size | null = null, ceilMode = false) {
    super();
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = stride;
    this.ceilMode = ceilMode;
  }

  override forward(input: Tensor): Tensor {
    return this.pool(input, this.normType, this.kernelSize, this.stride, this.ceilMode);
  }

  override extraRepr(): string {
    return `norm_type=${sizes(this.normType)}, kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, ceil_mode=${boolean(this.ceilMode)}`;
  }
}

/**
 * (Σ xᵖ)^(1/p) of each window over length.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LPPool1d.html
 * @api nn.LPPool1d
 */
export class LPPool1d extends LPPool {
  protected override readonly pool = lpPool1d;
}

/**
 * (Σ xᵖ)^(1/p) of each window over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LPPool2d.html
 * @api nn.LPPool2d
 */
export class LPPool2d extends LPPool {
  protected override readonly pool = lpPool2d;
}

abstract class FractionalMaxPool extends Module {
  readonly kernelSize: Size;
  readonly outputSize: Size | null;
  readonly outputRatio: number | readonly number[] | null;
  readonly returnIndices: boolean;
  readonly _randomSamples: Tensor | null;
  protected abstract readonly pool: FractionalMaxPoolFunction;

  /**
   * @param outputSize this, or `outputRatio` has to be given
   * @param outputRatio share of the input's size
   * @param returnIndices give `[values, indices]`
   * @param _randomSamples `[batch, channels, directions]` in [0, 1) in place of random ones
   */
  constructor(
    kernelSize: Size,
    outputSize: Size | null = null,
    outputRatio: number | readonly number[] | null = null,
    returnIndices = false,
    _randomSamples: Tensor | null = null,
  ) {
    super();
    if (outputSize === null && outputRatio === null) throw new ArgumentError("FractionalMaxPool requires specifying either an output size, or a pooling ratio");
    if (outputSize !== null && outputRatio !== null) throw new ArgumentError("only one of output_size and output_ratio may be specified");
    const ratios = typeof outputRatio === "number" ? [outputRatio] : (outputRatio ?? []);
    if (!ratios.every((ratio) => ratio > 0 && ratio < 1)) throw new ArgumentError(`output_ratio must be between 0 and 1 (got ${sizes(outputRatio)})`);
    this.kernelSize = kernelSize;
    this.outputSize = outputSize;
    this.outputRatio = outputRatio;
    this.returnIndices = returnIndices;
    this._randomSamples = _randomSamples;
  }

  override forward(input: Tensor): Result {
    return this.pool(input, this.kernelSize, this.outputSize, this.outputRatio, this.returnIndices, this._randomSamples) as Result;
  }
}

/**
 * Maxima of windows whose places are drawn at random. https://arxiv.org/abs/1412.6071
 * @see https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool2d.html
 * @api nn.FractionalMaxPool2d
 */
export class FractionalMaxPool2d extends FractionalMaxPool {
  protected override readonly pool = fractionalMaxPool2d;
}

/**
 * The same over depth, height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.FractionalMaxPool3d.html
 * @api nn.FractionalMaxPool3d
 */
export class FractionalMaxPool3d extends FractionalMaxPool {
  protected override readonly pool = fractionalMaxPool3d;
}
