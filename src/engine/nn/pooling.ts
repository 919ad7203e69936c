/** Pooling over the positions of `[batch, channels, …]`, or of the same without the batch. */
import {
  adaptiveAvgPool1d, adaptiveAvgPool3d, adaptiveAvgPoolPlanes, adaptiveMaxPool1d, adaptiveMaxPool2d, adaptiveMaxPool3d, avgPool1d, avgPool3d,
  avgPoolPlanes, fractionalMaxPool2d, fractionalMaxPool3d, lpPool1d, lpPool2d, maxPool1d, maxPool3d, maxPoolPlanes, maxUnpool1d, maxUnpool2d,
  maxUnpool3d,
} from "../ops/index.ts";
import type { Size } from "../ops/types.ts";
import type { AdaptiveMaxPoolFunction, AvgPoolOptions, FractionalOptions, MaxPoolFunction, MaxPoolOptions } from "../ops/windows.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { boolean, sizes } from "./printing.ts";

export type { AvgPoolOptions, MaxPoolOptions } from "../ops/windows.ts";
export type MaxPool2dOptions = MaxPoolOptions;
export type AvgPool2dOptions = AvgPoolOptions;

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

  constructor(kernelSize: Size, stride?: Size | MaxPoolOptions | null, padding?: Size | MaxPoolOptions, options?: MaxPoolOptions) {
    super();
    const chosen = optionalArguments<MaxPoolOptions>([stride ?? undefined, padding, options], ["stride", "padding"]);
    this.kernelSize = kernelSize;
    this.stride = chosen.stride ?? kernelSize;
    this.padding = chosen.padding ?? 0;
    this.dilation = chosen.dilation ?? 1;
    this.ceilMode = chosen.ceilMode ?? false;
    this.returnIndices = chosen.returnIndices ?? false;
  }

  override forward(x: Tensor): Result {
    return this.pool(x, this.kernelSize, {
      stride: this.stride, padding: this.padding, dilation: this.dilation, ceilMode: this.ceilMode, returnIndices: this.returnIndices,
    });
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
  protected abstract readonly pool: typeof avgPool1d;

  constructor(kernelSize: Size, stride?: Size | AvgPoolOptions | null, padding?: Size | AvgPoolOptions, options?: AvgPoolOptions) {
    super();
    const chosen = optionalArguments<AvgPoolOptions>([stride ?? undefined, padding, options], ["stride", "padding"]);
    this.kernelSize = kernelSize;
    this.stride = chosen.stride ?? kernelSize;
    this.padding = chosen.padding ?? 0;
    this.ceilMode = chosen.ceilMode ?? false;
    this.countIncludePad = chosen.countIncludePad ?? true;
    this.divisorOverride = chosen.divisorOverride ?? null;
  }

  override forward(x: Tensor): Tensor {
    return this.pool(x, this.kernelSize, {
      stride: this.stride, padding: this.padding, ceilMode: this.ceilMode, countIncludePad: this.countIncludePad, divisorOverride: this.divisorOverride,
    });
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`;
  }
}

type AdaptiveSize = number | readonly (number | null)[];

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
  protected abstract readonly pool: typeof adaptiveAvgPool1d;

  override forward(x: Tensor): Tensor {
    return this.pool(x, this.outputSize);
  }
}

abstract class AdaptiveMaxPool extends Adaptive {
  readonly returnIndices: boolean;
  protected abstract readonly pool: AdaptiveMaxPoolFunction;

  constructor(outputSize: AdaptiveSize, { returnIndices = false }: { returnIndices?: boolean } = {}) {
    super(outputSize);
    this.returnIndices = returnIndices;
  }

  override forward(x: Tensor): Result {
    return this.pool(x, this.outputSize, { returnIndices: this.returnIndices });
  }
}

export interface UnpoolOptions {
  /** Default: the kernel's size. */
  stride?: Size | null;
  padding?: Size;
}

abstract class MaxUnpool extends Module<[x: Tensor, indices: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }]> {
  readonly kernelSize: Size;
  readonly stride: Size;
  readonly padding: Size;
  protected abstract readonly unpool: typeof maxUnpool1d;

  constructor(kernelSize: Size, stride?: Size | UnpoolOptions | null, padding?: Size | UnpoolOptions) {
    super();
    const chosen = optionalArguments<UnpoolOptions>([stride ?? undefined, padding], ["stride", "padding"]);
    const widened = (value: Size): Size => (typeof value === "number" ? new Array<number>(this.rank).fill(value) : value);
    this.kernelSize = widened(kernelSize);
    this.stride = widened(chosen.stride ?? kernelSize);
    this.padding = widened(chosen.padding ?? 0);
  }

  protected abstract get rank(): number;

  override forward(x: Tensor, indices: Tensor, outputSize?: readonly number[] | { outputSize?: readonly number[] }): Tensor {
    const wanted = outputSize && "outputSize" in outputSize ? outputSize.outputSize : (outputSize as readonly number[] | undefined);
    return this.unpool(x, indices, this.kernelSize, { stride: this.stride, padding: this.padding, outputSize: wanted ?? null });
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`;
  }
}

/** The largest value of each window over length; `MaxPool1d(2, 2)` or `MaxPool1d(2, { stride: 2 })`. */
export class MaxPool1d extends MaxPool {
  protected override readonly pool = maxPool1d;
}

/** The largest value of each window over height and width; `MaxPool2d(2, 2)` or `MaxPool2d(2, { stride: 2 })`. */
export class MaxPool2d extends MaxPool {
  protected override readonly pool = maxPoolPlanes;
}

/** The largest value of each window over depth, height and width; `MaxPool3d(2, 2)` or `MaxPool3d(2, { stride: 2 })`. */
export class MaxPool3d extends MaxPool {
  protected override readonly pool = maxPool3d;
}

/** The mean of each window over length. */
export class AvgPool1d extends AvgPool {
  protected override readonly pool = avgPool1d;

  override extraRepr(): string {
    return `kernel_size=${tuple(this.kernelSize)}, stride=${tuple(this.stride)}, padding=${tuple(this.padding)}`;
  }
}

/** The mean of each window over height and width. */
export class AvgPool2d extends AvgPool {
  protected override readonly pool = avgPoolPlanes;
}

/** The mean of each window over depth, height and width. */
export class AvgPool3d extends AvgPool {
  protected override readonly pool = avgPool3d;
}

/** PyTorch prints the sizes of one direction as a tuple. */
const tuple = (value: Size): string => sizes(typeof value === "number" ? [value] : value);

/** Means of windows over length that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveAvgPool1d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPool1d;
}

/** Maxima of windows over length that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveMaxPool1d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool1d;
}

/** Puts values back where `MaxPool1d` with `returnIndices` found them. May be called with the wanted size. */
export class MaxUnpool1d extends MaxUnpool {
  protected override readonly unpool = maxUnpool1d;

  protected override get rank(): number {
    return 1;
  }
}

/** Means of windows over height and width that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveAvgPool2d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPoolPlanes;
}

/** Maxima of windows over height and width that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveMaxPool2d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool2d;
}

/** Puts values back where `MaxPool2d` with `returnIndices` found them. May be called with the wanted size. */
export class MaxUnpool2d extends MaxUnpool {
  protected override readonly unpool = maxUnpool2d;

  protected override get rank(): number {
    return 2;
  }
}

/** Means of windows over depth, height and width that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveAvgPool3d extends AdaptiveAvgPool {
  protected override readonly pool = adaptiveAvgPool3d;
}

/** Maxima of windows over depth, height and width that are laid so that the output has the given size; `null` keeps a direction's. */
export class AdaptiveMaxPool3d extends AdaptiveMaxPool {
  protected override readonly pool = adaptiveMaxPool3d;
}

/** Puts values back where `MaxPool3d` with `returnIndices` found them. May be called with the wanted size. */
export class MaxUnpool3d extends MaxUnpool {
  protected override readonly unpool = maxUnpool3d;

  protected override get rank(): number {
    return 3;
  }
}

export interface LPPoolOptions {
  /** Default: the kernel's size. */
  stride?: Size | null;
  ceilMode?: boolean;
}

abstract class LPPool extends Module {
  readonly normType: number;
  readonly kernelSize: Size;
  readonly stride: Size | null;
  readonly ceilMode: boolean;
  protected abstract readonly pool: typeof lpPool1d;

  constructor(normType: number, kernelSize: Size, stride?: Size | LPPoolOptions | null, options?: LPPoolOptions) {
    super();
    const chosen = optionalArguments<LPPoolOptions>([stride ?? undefined, options], ["stride"]);
    this.normType = normType;
    this.kernelSize = kernelSize;
    this.stride = chosen.stride ?? null;
    this.ceilMode = chosen.ceilMode ?? false;
  }

  override forward(x: Tensor): Tensor {
    return this.pool(x, this.normType, this.kernelSize, { stride: this.stride, ceilMode: this.ceilMode });
  }

  override extraRepr(): string {
    return `norm_type=${sizes(this.normType)}, kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, ceil_mode=${boolean(this.ceilMode)}`;
  }
}

/** (Σ xᵖ)^(1/p) of each window over length. */
export class LPPool1d extends LPPool {
  protected override readonly pool = lpPool1d;
}

/** (Σ xᵖ)^(1/p) of each window over height and width. */
export class LPPool2d extends LPPool {
  protected override readonly pool = lpPool2d;
}

/** Maxima of windows whose places are drawn at random. https://arxiv.org/abs/1412.6071 */
export class FractionalMaxPool2d extends Module {
  readonly kernelSize: Size;
  readonly options: FractionalOptions;

  constructor(kernelSize: Size, options: FractionalOptions) {
    super();
    this.kernelSize = kernelSize;
    this.options = options;
  }

  override forward(x: Tensor): Result {
    return fractionalMaxPool2d(x, this.kernelSize, this.options) as Tensor;
  }
}

/** The same over depth, height and width. */
export class FractionalMaxPool3d extends FractionalMaxPool2d {
  override forward(x: Tensor): Result {
    return fractionalMaxPool3d(x, this.kernelSize, this.options) as Tensor;
  }
}
