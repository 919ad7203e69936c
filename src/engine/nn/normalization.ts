/** Layers that centre and scale their input. */
import { ArgumentError } from "../errors.ts";
import { batchNorm, layerNorm, ones, zeros } from "../ops/index.ts";
import { shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean, number, sizes } from "./printing.ts";

export interface BatchNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Weight of a new batch in the running statistics; `null` averages all batches alike. Default 0.1. */
  momentum?: number | null;
  /** Whether a scale and a shift are learned. Default true. */
  affine?: boolean;
  /** Whether statistics are kept for eval mode. Default true; without, eval mode takes the batch's, too. */
  trackRunningStats?: boolean;
}

/**
 * y = (x − mean) / √(var + eps) · weight + bias for each channel, with the batch's mean and biased variance in training
 * mode and the running ones in eval mode. The running variance takes the unbiased one. Weight starts as 1, bias as 0.
 */
abstract class BatchNorm extends Module {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    runningMean: "running_mean",
    runningVar: "running_var",
    numBatchesTracked: "num_batches_tracked",
  };

  readonly numFeatures: number;
  readonly eps: number;
  momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  weight: Parameter | null;
  bias: Parameter | null;
  declare runningMean: Tensor | null;
  declare runningVar: Tensor | null;
  declare numBatchesTracked: Tensor | null;

  constructor(
    numFeatures: number,
    { eps = 1e-5, momentum = 0.1, affine = true, trackRunningStats = true }: BatchNormOptions = {},
  ) {
    super();
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.weight = affine ? new Parameter(ones(numFeatures)) : null;
    this.bias = affine ? new Parameter(zeros(numFeatures)) : null;
    this.registerBuffer("runningMean", trackRunningStats ? zeros(numFeatures) : null);
    this.registerBuffer("runningVar", trackRunningStats ? ones(numFeatures) : null);
    this.registerBuffer("numBatchesTracked", trackRunningStats ? zeros([], { dtype: "int32" }) : null);
  }

  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  override forward(x: Tensor): Tensor {
    this.checkInput(x);
    const usesBatch = this.training || this.runningMean === null;
    if (usesBatch && x.numel() / x.shape[1]! === 1) {
      throw new ArgumentError(`Expected more than 1 value per channel when training, got input size torch.Size(${shapeText(x.shape)})`);
    }
    const factor = this.training ? this.#countBatch() : (this.momentum ?? 0);
    return batchNorm(x, this.runningMean, this.runningVar, this.weight, this.bias, usesBatch, factor, this.eps);
  }

  override extraRepr(): string {
    return (
      `${this.numFeatures}, eps=${number(this.eps)}, momentum=${sizes(this.momentum)}, ` +
      `affine=${boolean(this.affine)}, track_running_stats=${boolean(this.trackRunningStats)}`
    );
  }

  protected abstract checkInput(x: Tensor): void;

  /** Counts a training batch; returns its weight in the running statistics. */
  #countBatch(): number {
    this.numBatchesTracked?.add_(1);
    return this.momentum ?? 1 / (this.numBatchesTracked?.item() ?? 1);
  }
}

/** Batch normalisation of `[batch, channels]` or `[batch, channels, length]`. */
export class BatchNorm1d extends BatchNorm {
  protected override checkInput(x: Tensor): void {
    if (x.dim() !== 2 && x.dim() !== 3) throw new ArgumentError(`expected 2D or 3D input (got ${x.dim()}D input)`);
  }
}

/** Batch normalisation of `[batch, channels, height, width]`. */
export class BatchNorm2d extends BatchNorm {
  protected override checkInput(x: Tensor): void {
    if (x.dim() !== 4) throw new ArgumentError(`expected 4D input (got ${x.dim()}D input)`);
  }
}

export interface LayerNormOptions {
  /** Added to the variance. Default 1e-5. */
  eps?: number;
  /** Whether a scale and a shift are learned for each element. Default true. */
  elementwiseAffine?: boolean;
}

/**
 * y = (x − mean) / √(var + eps) · weight + bias, with mean and biased variance over the last dimensions, those of
 * `normalizedShape`. Weight starts as 1, bias as 0.
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  weight: Parameter | null;
  bias: Parameter | null;

  constructor(normalizedShape: number | readonly number[], { eps = 1e-5, elementwiseAffine = true }: LayerNormOptions = {}) {
    super();
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.weight = elementwiseAffine ? new Parameter(ones([...this.normalizedShape])) : null;
    this.bias = elementwiseAffine ? new Parameter(zeros([...this.normalizedShape])) : null;
  }

  override forward(x: Tensor): Tensor {
    return layerNorm(x, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    return `${sizes(this.normalizedShape)}, eps=${number(this.eps)}, elementwise_affine=${boolean(this.elementwiseAffine)}`;
  }
}
