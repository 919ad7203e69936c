/** Images in other sizes and arrangements, as modules. */
import { channelShuffle, foldImages, interpolate, pixelShuffle, pixelUnshuffle, unfoldImages } from "../ops/index.ts";
import type { Size } from "../ops/types.ts";
import type { InterpolateOptions } from "../ops/interpolation.ts";
import type { ColumnOptions } from "../ops/windows.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { number, sizes } from "./printing.ts";

/** `[…, channels · r², height, width]` → `[…, channels, height · r, width · r]`. https://arxiv.org/abs/1609.05158 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: number) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  override forward(x: Tensor): Tensor {
    return pixelShuffle(x, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/** The reverse of `PixelShuffle`. */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: number) {
    super();
    this.downscaleFactor = downscaleFactor;
  }

  override forward(x: Tensor): Tensor {
    return pixelUnshuffle(x, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/** Mixes the channels of groups. https://arxiv.org/abs/1707.01083 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: number) {
    super();
    this.groups = groups;
  }

  override forward(x: Tensor): Tensor {
    return channelShuffle(x, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}

/** `[batch, channels, …]` in another size; see `nn.functional.interpolate`. */
export class Upsample extends Module {
  readonly size: Size | null;
  readonly scaleFactor: Size | null;
  readonly mode: NonNullable<InterpolateOptions["mode"]>;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  constructor({ size = null, scaleFactor = null, mode = "nearest", alignCorners = null, recomputeScaleFactor = null }: InterpolateOptions = {}) {
    super();
    this.size = size;
    this.scaleFactor = scaleFactor;
    this.mode = mode;
    this.alignCorners = alignCorners;
    this.recomputeScaleFactor = recomputeScaleFactor;
  }

  override forward(x: Tensor): Tensor {
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    return interpolate(x, { size, scaleFactor, mode, alignCorners, recomputeScaleFactor });
  }

  override extraRepr(): string {
    const scale = (value: number): string => (Number.isInteger(value) ? `${number(value)}.0` : number(value));
    const factor = this.scaleFactor;
    const extent = factor === null
      ? `size=${sizes(this.size)}`
      : `scale_factor=${typeof factor === "number" ? scale(factor) : `(${factor.map(scale).join(", ")})`}`;
    return `${extent}, mode=${this.mode}`;
  }
}

/** `Upsample` to the nearest neighbour over height and width. */
export class UpsamplingNearest2d extends Upsample {
  constructor(options: { size?: Size; scaleFactor?: Size } = {}) {
    super({ ...options, mode: "nearest" });
  }
}

/** Bilinear `Upsample` over height and width with aligned corners. */
export class UpsamplingBilinear2d extends Upsample {
  constructor(options: { size?: Size; scaleFactor?: Size } = {}) {
    super({ ...options, mode: "bilinear", alignCorners: true });
  }
}

abstract class Columns extends Module {
  readonly kernelSize: Size;
  readonly dilation: Size;
  readonly padding: Size;
  readonly stride: Size;

  constructor(kernelSize: Size, { dilation = 1, padding = 0, stride = 1 }: ColumnOptions) {
    super();
    this.kernelSize = kernelSize;
    this.dilation = dilation;
    this.padding = padding;
    this.stride = stride;
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, dilation=${sizes(this.dilation)}, padding=${sizes(this.padding)}, stride=${sizes(this.stride)}`;
  }
}

/** Every window of an image as a column: `[batch, channels, height, width]` → `[batch, channels · kernel, windows]`. */
export class Unfold extends Columns {
  constructor(kernelSize: Size, options: ColumnOptions = {}) {
    super(kernelSize, options);
  }

  override forward(x: Tensor): Tensor {
    return unfoldImages(x, this.kernelSize, { dilation: this.dilation, padding: this.padding, stride: this.stride });
  }
}

/** Adds columns of windows up to images: the reverse of `Unfold`, where windows overlap their sum. */
export class Fold extends Columns {
  readonly outputSize: Size;

  constructor(outputSize: Size, kernelSize: Size, options: ColumnOptions = {}) {
    super(kernelSize, options);
    this.outputSize = outputSize;
  }

  override forward(x: Tensor): Tensor {
    return foldImages(x, this.outputSize, this.kernelSize, { dilation: this.dilation, padding: this.padding, stride: this.stride });
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}, ${super.extraRepr()}`;
  }
}
