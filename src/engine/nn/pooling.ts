/** Pooling over height and width of `[batch, channels, height, width]`. */
import { adaptiveAvgPool2d, avgPool2d, maxPool2d } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import type { Pair } from "./conv.ts";
import { Module } from "./module.ts";
import { boolean, sizes } from "./printing.ts";

interface PoolOptions {
  /** Default: the kernel's size. */
  stride?: Pair;
  /** Default 0. */
  padding?: Pair;
  /** Round the output size up instead of down. Default false. */
  ceilMode?: boolean;
}

export interface MaxPool2dOptions extends PoolOptions {
  /** Default 1. */
  dilation?: Pair;
}

/** `MaxPool2d(2, 2)` or `MaxPool2d(2, { stride: 2 })` */
type StrideOrOptions<Options> = Pair | Options;

function poolArguments<Options extends PoolOptions>(second: StrideOrOptions<Options> | undefined, options: Options): Options {
  if (second === undefined) return options;
  return typeof second === "number" || Array.isArray(second) ? { ...options, stride: second as Pair } : (second as Options);
}

/** The largest value of each window. */
export class MaxPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly dilation: Pair;
  readonly ceilMode: boolean;

  constructor(kernelSize: Pair, stride?: StrideOrOptions<MaxPool2dOptions>, options: MaxPool2dOptions = {}) {
    super();
    const given = poolArguments(stride, options);
    this.kernelSize = kernelSize;
    this.stride = given.stride ?? kernelSize;
    this.padding = given.padding ?? 0;
    this.dilation = given.dilation ?? 1;
    this.ceilMode = given.ceilMode ?? false;
  }

  override forward(x: Tensor): Tensor {
    return maxPool2d(x, this.kernelSize, {
      stride: this.stride,
      padding: this.padding,
      dilation: this.dilation,
      ceilMode: this.ceilMode,
    });
  }

  override extraRepr(): string {
    return (
      `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}, ` +
      `dilation=${sizes(this.dilation)}, ceil_mode=${boolean(this.ceilMode)}`
    );
  }
}

export interface AvgPool2dOptions extends PoolOptions {
  /** Whether the zeros of the padding count. Default true. */
  countIncludePad?: boolean;
}

/** The mean of each window. */
export class AvgPool2d extends Module {
  readonly kernelSize: Pair;
  readonly stride: Pair;
  readonly padding: Pair;
  readonly ceilMode: boolean;
  readonly countIncludePad: boolean;

  constructor(kernelSize: Pair, stride?: StrideOrOptions<AvgPool2dOptions>, options: AvgPool2dOptions = {}) {
    super();
    const given = poolArguments(stride, options);
    this.kernelSize = kernelSize;
    this.stride = given.stride ?? kernelSize;
    this.padding = given.padding ?? 0;
    this.ceilMode = given.ceilMode ?? false;
    this.countIncludePad = given.countIncludePad ?? true;
  }

  override forward(x: Tensor): Tensor {
    return avgPool2d(x, this.kernelSize, {
      stride: this.stride,
      padding: this.padding,
      ceilMode: this.ceilMode,
      countIncludePad: this.countIncludePad,
    });
  }

  override extraRepr(): string {
    return `kernel_size=${sizes(this.kernelSize)}, stride=${sizes(this.stride)}, padding=${sizes(this.padding)}`;
  }
}

/** Means of windows that are laid so that the output has the given size. */
export class AdaptiveAvgPool2d extends Module {
  readonly outputSize: Pair;

  constructor(outputSize: Pair) {
    super();
    this.outputSize = outputSize;
  }

  override forward(x: Tensor): Tensor {
    return adaptiveAvgPool2d(x, this.outputSize);
  }

  override extraRepr(): string {
    return `output_size=${sizes(this.outputSize)}`;
  }
}
