/** Images in other sizes and arrangements, as modules. */
import { fold, unfold } from "../ops/fold.ts";
import { interpolate } from "../ops/interpolation.ts";
import { channelShuffle, pixelShuffle, pixelUnshuffle } from "../ops/pixels.ts";
import type { Int, Size } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { number, sizes } from "./printing.ts";

/**
 * `[…, channels · r², height, width]` → `[…, channels, height · r, width · r]`. https://arxiv.org/abs/1609.05158
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PixelShuffle.html
 * @api nn.PixelShuffle
 */
export class PixelShuffle extends Module {
  readonly upscaleFactor: number;

  constructor(upscaleFactor: Int) {
    super();
    this.upscaleFactor = upscaleFactor;
  }

  override forward(input: Tensor): Tensor {
    return pixelShuffle(input, this.upscaleFactor);
  }

  override extraRepr(): string {
    return `upscale_factor=${this.upscaleFactor}`;
  }
}

/**
 * The reverse of `PixelShuffle`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.PixelUnshuffle.html
 * @api nn.PixelUnshuffle
 */
export class PixelUnshuffle extends Module {
  readonly downscaleFactor: number;

  constructor(downscaleFactor: Int) {
    super();
    this.downscaleFactor = downscaleFactor;
  }

  override forward(input: Tensor): Tensor {
    return pixelUnshuffle(input, this.downscaleFactor);
  }

  override extraRepr(): string {
    return `downscale_factor=${this.downscaleFactor}`;
  }
}

/**
 * Mixes the channels of groups. https://arxiv.org/abs/1707.01083
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ChannelShuffle.html
 * @api nn.ChannelShuffle
 */
export class ChannelShuffle extends Module {
  readonly groups: number;

  constructor(groups: Int) {
    super();
    this.groups = groups;
  }

  override forward(input: Tensor): Tensor {
    return channelShuffle(input, this.groups);
  }

  override extraRepr(): string {
    return `groups=${this.groups}`;
  }
}

export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";

/**
 * `[batch, channels, …]` in another size; see `nn.functional.interpolate`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 * @api nn.Upsample
 */
export class Upsample extends Module {
  readonly size: Size | null;
  readonly scaleFactor: number | readonly number[] | null;
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;

  /**
   * @param size of the output: this, or `scaleFactor` has to be given
   * @param scaleFactor one for all directions, or one for each
   * @param mode how values between are found
   * @param alignCorners whether the centres of corners stay where they are, or the corners' own corners
   * @param recomputeScaleFactor take the scale of the rounded size
   */
  constructor(
    size: Size | null = null,
    scaleFactor: number | readonly number[] | null = null,
    mode: InterpolationMode = "nearest",
    alignCorners: boolean | null = null,
    recomputeScaleFactor: boolean | null = null,
  ) {
    super();
    this.size = size;
    this.scaleFactor = scaleFactor;
    this.mode = mode;
    this.alignCorners = alignCorners;
    this.recomputeScaleFactor = recomputeScaleFactor;
  }

  override forward(input: Tensor): Tensor {
    return interpolate(input, this.size, this.scaleFactor, this.mode, this.alignCorners, this.recomputeScaleFactor);
  }

  override extraRepr(): string {
    const scale = (value: number): string => (Number.isInteger(value) ? `${number(value)}.0` : number(value));
    const factor = this.scaleFactor;
    const extent =
      factor === null ? `size=${sizes(this.size)}` : `scale_factor=${typeof factor === "number" ? scale(factor) : `(${factor.map(scale).join(", ")})`}`;
    return `${extent}, mode=${this.mode}`;
  }
}

/**
 * `Upsample` to the nearest neighbour over height and width.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 * @api nn.UpsamplingNearest2d
 */
export class UpsamplingNearest2d extends Upsample {
  constructor(size: Size | null = null, scaleFactor: number | readonly number[] | null = null) {
    super(size, scaleFactor, "nearest");
  }
}

/**
 * Bilinear `Upsample` over height and width with aligned corners.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 * @api nn.UpsamplingBilinear2d
 */
export class UpsamplingBilinear2d extends Upsample {
  constructor(size: Size | null = null, scaleFactor: number | readonly number[] | null = null) {
    super(size, scaleFactor, "bilinear", true);
  }
}

abstract class Columns extends Module {
  readonly kernelSize: Size;
  readonly dilation: Size;
  readonly padding: Size;
  readonly stride: Size;

  constructor(kernelSize: Size, dilation: Size, padding: Size, stride: Size) {
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

/**
 * Every window of an image as a column: `[batch, channels, height, width]` → `[batch, channels · kernel, windows]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Unfold.html
 * @api nn.Unfold
 */
export class Unfold extends Columns {
  /**
   * @param dilation distance between a window's elements
   * @param padding border of zeros
   * @param stride between windows
   */
  constructor(kernelSize: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) {
    super(kernelSize, dilation, padding, stride);
  }

  override forward(input: Tensor): Tensor {
    return unfold(input, this.kernelSize, this.dilation, this.padding, this.stride);
  }
}

/**
 * Adds columns of windows up to images: the reverse of `Unfold`, where windows overlap their sum.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Fold.html
 * @api nn.Fold
 */
export class Fold extends Columns {
  readonly outputSize: Size;

  /**
   * @param outputSize height and width of the images
   * @param dilation distance between a window's elements
   * @param padding border that is cut off
   * @param stride between windows
   */
  constructor(outputSize: Size, kernelSize: Size, dilation: Size = 1, padding: Size = 0, stride: Size = 1) {
    super(kernelSize, dilation, padding, stride);
    this.outputSize = outputSize;
  }

  override forward(input: Tensor): Tensor {
    return fold(input, this.outputSize, this.kernelSize, this.dilation, this.padding, this.stride);
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}, ${super.extraRepr()}`;
  }
}
