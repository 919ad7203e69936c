/** Layers that centre and scale their input. */
import { ArgumentError } from "../errors.ts";
import { ones, zeros } from "../ops/creation.ts";
import { batchNorm } from "../ops/normalization/batchNorm.ts";
import { groupNorm } from "../ops/normalization/groupNorm.ts";
import { instanceNorm } from "../ops/normalization/instanceNorm.ts";
import { layerNorm } from "../ops/normalization/layerNorm.ts";
import { localResponseNorm } from "../ops/normalization/localResponseNorm.ts";
import { rmsNorm } from "../ops/normalization/rmsNorm.ts";
import type { Int, Size } from "../ops/types.ts";
import { shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import * as init from "./init.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";
import { boolean, float, number, sizes } from "./printing.ts";

/**
 * y = (x − mean) / √(var + eps) · weight + bias for each channel, with the batch's mean and biased variance in training
 * mode and the running ones in eval mode. The running variance takes the unbiased one. Weight starts as 1, bias as 0.
 */
abstract class RunningNorm extends Module {
  static override readonly stateNames: Readonly<Record<string, string>> = {
    runningMean: "running_mean",
    runningVar: "running_var",
    numBatchesTracked: "num_batches_tracked",
  };
  static override readonly stateVersion = 2;

  readonly numFeatures: number;
  readonly eps: number;
  momentum: number | null;
  readonly affine: boolean;
  readonly trackRunningStats: boolean;
  /** `null` without. */
  declare weight: Parameter;
  /** `null` without. */
  declare bias: Parameter;
  /** `null` where no statistics are kept. */
  declare runningMean: Tensor | null;
  declare runningVar: Tensor | null;
  declare numBatchesTracked: Tensor | null;

  constructor(numFeatures: number, eps: number, momentum: number | null, affine: boolean, trackRunningStats: boolean) {
    super();
    this.numFeatures = numFeatures;
    this.eps = eps;
    this.momentum = momentum;
    this.affine = affine;
    this.trackRunningStats = trackRunningStats;
    this.registerParameter("weight", affine ? new Parameter(ones([numFeatures])) : null);
    this.registerParameter("bias", affine ? new Parameter(zeros([numFeatures])) : null);
    this.registerBuffer("runningMean", trackRunningStats ? zeros([numFeatures]) : null);
    this.registerBuffer("runningVar", trackRunningStats ? ones([numFeatures]) : null);
    this.registerBuffer("numBatchesTracked", trackRunningStats ? zeros([], { dtype: "int32" }) : null);
  }

  resetRunningStats(): void {
    this.runningMean?.zero_();
    this.runningVar?.fill_(1);
    this.numBatchesTracked?.zero_();
  }

  /** Version 1, up to PyTorch 0.4.0, didn't count batches. */
  protected override upgradeState(state: Map<string, unknown>, path: string, version: number | null): void {
    const key = `${path}num_batches_tracked`;
    if ((version ?? 1) < 2 && this.numBatchesTracked !== null && !state.has(key)) state.set(key, this.numBatchesTracked);
  }

  resetParameters(): void {
    this.resetRunningStats();
    if (this.weight) init.ones_(this.weight);
    if (this.bias) init.zeros_(this.bias);
  }

  override extraRepr(): string {
    return (
      `${this.numFeatures}, eps=${number(this.eps)}, momentum=${sizes(this.momentum)}, ` +
      `affine=${boolean(this.affine)}, track_running_stats=${boolean(this.trackRunningStats)}`
    );
  }

  protected abstract checkInput(input: Tensor): void;

  /** Counts a training batch; returns its weight in the running statistics. */
  protected countBatch(): number {
    this.numBatchesTracked?.add_(1);
    return this.momentum ?? 1 / (this.numBatchesTracked?.item() ?? 1);
  }
}

abstract class BatchNorm extends RunningNorm {
  /**
   * @param eps added to the variance
   * @param momentum weight of a new batch in the running statistics; `null` averages all batches alike
   * @param affine whether a scale and a shift are learned
   * @param trackRunningStats whether statistics are kept for eval mode; without, eval mode takes the batch's, too
   */
  constructor(numFeatures: Int, eps = 1e-5, momentum: number | null = 0.1, affine = true, trackRunningStats = true) {
    super(numFeatures, eps, momentum, affine, trackRunningStats);
  }

  override forward(input: Tensor): Tensor {
    this.checkInput(input);
    const usesBatch = this.training || this.runningMean === null;
    if (usesBatch && input.numel() / input.shape[1]! === 1) {
      throw new ArgumentError(`Expected more than 1 value per channel when training, got input size torch.Size(${shapeText(input.shape)})`);
    }
    const factor = this.training ? this.countBatch() : (this.momentum ?? 0);
    return batchNorm(input, this.runningMean, this.runningVar, this.weight, this.bias, usesBatch, factor, this.eps);
  }
}

/**
 * Batch normalisation of `[batch, channels]` or `[batch, channels, length]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 * @api nn.BatchNorm1d
 * @factory
 */
export class BatchNorm1d extends BatchNorm {
  protected override checkInput(input: Tensor): void {
    if (input.dim() !== 2 && input.dim() !== 3) throw new ArgumentError(`expected 2D or 3D input (got ${input.dim()}D input)`);
  }
}

/**
 * Batch normalisation of `[batch, channels, height, width]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 * @api nn.BatchNorm2d
 * @factory
 */
export class BatchNorm2d extends BatchNorm {
  protected override checkInput(input: Tensor): void {
    if (input.dim() !== 4) throw new ArgumentError(`expected 4D input (got ${input.dim()}D input)`);
  }
}

/**
 * Batch normalisation of `[batch, channels, depth, height, width]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 * @api nn.BatchNorm3d
 * @factory
 */
export class BatchNorm3d extends BatchNorm {
  protected override checkInput(input: Tensor): void {
    if (input.dim() !== 5) throw new ArgumentError(`expected 5D input (got ${input.dim()}D input)`);
  }
}

/**
 * y = (x − mean) / √(var + eps) · weight + bias, with mean and biased variance over the last dimensions, those of
 * `normalizedShape`. Weight starts as 1, bias as 0.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LayerNorm.html
 * @api nn.LayerNorm
 * @factory
 */
export class LayerNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number;
  readonly elementwiseAffine: boolean;
  /** `null` without. */
  declare weight: Parameter;
  /** `null` without. */
  declare bias: Parameter;

  /**
   * @param normalizedShape sizes of the last dimensions, or of the last one
   * @param eps added to the variance
   * @param elementwiseAffine whether a scale is learned for each element
   * @param bias whether a shift is learned as well
   */
  constructor(normalizedShape: Size, eps = 1e-5, elementwiseAffine = true, bias = true) {
    super();
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.registerParameter("weight", elementwiseAffine ? new Parameter(ones([...this.normalizedShape])) : null);
    this.registerParameter("bias", elementwiseAffine && bias ? new Parameter(zeros([...this.normalizedShape])) : null);
  }

  override forward(input: Tensor): Tensor {
    return layerNorm(input, this.normalizedShape, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    return `${sizes(this.normalizedShape)}, eps=${number(this.eps)}, elementwise_affine=${boolean(this.elementwiseAffine)}`;
  }
}

/** As batch normalisation, but each sample by its own statistics; without scale, shift and running statistics unless asked for. */
abstract class InstanceNorm extends RunningNorm {
  /**
   * @param eps added to the variance
   * @param momentum weight of a new batch in the running statistics; `null` averages all batches alike
   * @param affine whether a scale and a shift are learned
   * @param trackRunningStats whether statistics are kept for eval mode; without, eval mode takes the batch's, too
   */
  constructor(numFeatures: Int, eps = 1e-5, momentum: number | null = 0.1, affine = false, trackRunningStats = false) {
    super(numFeatures, eps, momentum, affine, trackRunningStats);
  }

  /** Ranks of an input without and with a batch. */
  protected abstract readonly ranks: readonly [number, number];

  override forward(input: Tensor): Tensor {
    this.checkInput(input);
    return input.dim() === this.ranks[0] ? this.normalized(input.unsqueeze(0)).squeeze(0) : this.normalized(input);
  }

  protected override checkInput(input: Tensor): void {
    if (!this.ranks.includes(input.dim())) throw new ArgumentError(`expected ${this.ranks[0]}D or ${this.ranks[1]}D input (got ${input.dim()}D input)`);
  }

  protected normalized(input: Tensor): Tensor {
    const usesInput = this.training || !this.trackRunningStats;
    return instanceNorm(input, this.runningMean, this.runningVar, this.weight, this.bias, usesInput, this.momentum ?? 0, this.eps);
  }
}

/**
 * Instance normalisation of `[batch, channels, length]`, with or without the batch. https://arxiv.org/abs/1607.08022
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 * @api nn.InstanceNorm1d
 * @factory
 */
export class InstanceNorm1d extends InstanceNorm {
  protected override readonly ranks = [2, 3] as const;
}

/**
 * Instance normalisation of `[batch, channels, height, width]`, with or without the batch. https://arxiv.org/abs/1607.08022
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 * @api nn.InstanceNorm2d
 * @factory
 */
export class InstanceNorm2d extends InstanceNorm {
  protected override readonly ranks = [3, 4] as const;
}

/**
 * Instance normalisation of `[batch, channels, depth, height, width]`, with or without the batch. https://arxiv.org/abs/1607.08022
 * @see https://pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 * @api nn.InstanceNorm3d
 * @factory
 */
export class InstanceNorm3d extends InstanceNorm {
  protected override readonly ranks = [4, 5] as const;
}

/**
 * Normalises `numGroups` groups of the channels of `[batch, channels, …]`, each sample on its own. https://arxiv.org/abs/1803.08494
 * @see https://pytorch.org/docs/stable/generated/torch.nn.GroupNorm.html
 * @api nn.GroupNorm
 * @factory
 */
export class GroupNorm extends Module {
  readonly numGroups: number;
  readonly numChannels: number;
  readonly eps: number;
  readonly affine: boolean;
  /** `null` without. */
  declare weight: Parameter;
  /** `null` without. */
  declare bias: Parameter;

  /**
   * @param eps added to the variance
   * @param affine whether a scale and a shift are learned for each channel
   * @throws ArgumentError (ValueError) unless the groups are of one size
   */
  constructor(numGroups: Int, numChannels: Int, eps = 1e-5, affine = true) {
    super();
    if (numChannels % numGroups !== 0) throw new ArgumentError("num_channels must be divisible by num_groups");
    this.numGroups = numGroups;
    this.numChannels = numChannels;
    this.eps = eps;
    this.affine = affine;
    this.registerParameter("weight", affine ? new Parameter(ones([numChannels])) : null);
    this.registerParameter("bias", affine ? new Parameter(zeros([numChannels])) : null);
  }

  override forward(input: Tensor): Tensor {
    return groupNorm(input, this.numGroups, this.weight, this.bias, this.eps);
  }

  override extraRepr(): string {
    return `${this.numGroups}, ${this.numChannels}, eps=${number(this.eps)}, affine=${boolean(this.affine)}`;
  }
}

/**
 * Divides by (k + alpha · mean of squares over `size` neighbouring channels)^beta.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.LocalResponseNorm.html
 * @api nn.LocalResponseNorm
 */
export class LocalResponseNorm extends Module {
  readonly size: number;
  readonly alpha: number;
  readonly beta: number;
  readonly k: number;

  constructor(size: Int, alpha = 1e-4, beta = 0.75, k = 1) {
    super();
    this.size = size;
    this.alpha = alpha;
    this.beta = beta;
    this.k = k;
  }

  override forward(input: Tensor): Tensor {
    return localResponseNorm(input, this.size, this.alpha, this.beta, this.k);
  }

  override extraRepr(): string {
    return `${this.size}, alpha=${number(this.alpha)}, beta=${number(this.beta)}, k=${float(this.k, 1)}`;
  }
}

/**
 * y = x / √(mean(x²) + eps) · weight over the last dimensions. Weight starts as 1. https://arxiv.org/abs/1910.07467
 * @see https://pytorch.org/docs/stable/generated/torch.nn.RMSNorm.html
 * @api nn.RMSNorm
 * @factory
 */
export class RMSNorm extends Module {
  readonly normalizedShape: readonly number[];
  readonly eps: number | null;
  readonly elementwiseAffine: boolean;
  /** `null` without. */
  declare weight: Parameter;

  /**
   * @param normalizedShape sizes of the last dimensions, or of the last one
   * @param eps added to the mean of squares; `null` for float32's epsilon, 1.19e-7
   * @param elementwiseAffine whether a scale is learned for each element
   */
  constructor(normalizedShape: Size, eps: number | null = null, elementwiseAffine = true) {
    super();
    this.normalizedShape = typeof normalizedShape === "number" ? [normalizedShape] : [...normalizedShape];
    this.eps = eps;
    this.elementwiseAffine = elementwiseAffine;
    this.registerParameter("weight", this.elementwiseAffine ? new Parameter(ones([...this.normalizedShape])) : null);
  }

  override forward(x: Tensor): Tensor {
    return rmsNorm(x, this.normalizedShape, this.weight, this.eps);
  }

  override extraRepr(): string {
    return `${sizes(this.normalizedShape)}, eps=${sizes(this.eps)}, elementwise_affine=${boolean(this.elementwiseAffine)}`;
  }
}
