/** Losses. Forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../errors.ts";
import { f32, kernels } from "../memory/linear.ts";
import { numelOf, sameShape, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { at, make } from "./make.ts";
import { notTwiceDifferentiable } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { sizeText } from "./format.ts";
import { logSoftmax } from "./softmax.ts";
import type { LossReduction } from "./types.ts";
import { permute, reshape } from "./views.ts";

export interface LossOptions {
  /** Default `"mean"`. */
  reduction?: LossReduction;
}

export interface ClassLossOptions extends LossOptions {
  /** Weight of each class, [classes]. */
  weight?: Tensor;
  /** Targets with this value count for nothing. Default −100. */
  ignoreIndex?: number;
}

export interface CrossEntropyOptions extends ClassLossOptions {
  /** How much of each target is spread evenly over all classes, 0 to 1. Default 0. */
  labelSmoothing?: number;
}

export function reduceLoss(losses: Tensor, reduction: LossReduction): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "mean") return losses.mean();
  if (reduction === "sum") return losses.sum();
  throw new ArgumentError(`${String(reduction)} is not a valid value for reduction`);
}

// --- class indices --------------------------------------------------------------------------------------------------

/** What each row of log probabilities is to be weighed with, per class. */
interface RowWeights {
  /** Class of each row, or −1 where it is ignored. */
  readonly targets: Int32Array;
  /** Weight of each row's own class. */
  readonly own: Float32Array;
  /** What the loss is divided by. */
  readonly divisor: number;
  readonly reduction: LossReduction;
  readonly smoothing: number;
  readonly classWeights: Float32Array | null;
}

/** Classes in the last dimension: [rows, classes], and the shape of the targets. */
function classRows(input: Tensor, target: Tensor): { rows: Tensor; shape: Shape } {
  if (input.shape.length === 0 || input.shape.length !== target.shape.length + 1) {
    throw new ShapeError(
      `Expected target size ${shapeText([input.shape[0] ?? 1, ...input.shape.slice(2)])}, got ${shapeText(target.shape)}`,
      input.shape,
      target.shape,
    );
  }
  const classDim = input.shape.length === 1 ? 0 : 1;
  const classes = input.shape[classDim]!;
  const expected = input.shape.filter((_, i) => i !== classDim);
  if (input.shape.length > 1 && input.shape[0] !== target.shape[0]) {
    throw new ArgumentError(
      `Expected input batch_size (${input.shape[0]}) to match target batch_size (${target.shape[0]}).`,
    );
  }
  if (!sameShape(expected, target.shape)) {
    throw new ShapeError(`Expected target size ${shapeText(expected)}, got ${shapeText(target.shape)}`, input.shape, target.shape);
  }
  const rank = input.shape.length;
  const order = [...input.shape.keys()].filter((i) => i !== classDim);
  const last = rank <= 2 ? input : permute(input, [...order, classDim]);
  return { rows: reshape(last, [numelOf(expected), classes]), shape: expected };
}

function weigh(target: Tensor, classes: number, options: CrossEntropyOptions): RowWeights {
  if (target.dtype !== "int32" && target.dtype !== "uint8") {
    throw new KindlingError(
      "expected scalar type Long but found Float: class indices have to be integers. " +
        'Make the target with { dtype: "int32" } or convert it with .long().',
    );
  }
  const targets = Int32Array.from(toTypedArray(target));
  const classWeights = options.weight ? (toTypedArray(options.weight) as Float32Array) : null;
  if (classWeights && classWeights.length !== classes) {
    throw new KindlingError(
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${shapeText(options.weight!.shape)}`,
    );
  }
  const ignore = options.ignoreIndex ?? -100;
  const own = new Float32Array(targets.length);
  let total = 0;
  for (let i = 0; i < targets.length; i++) {
    const index = targets[i]!;
    if (index === ignore) {
      targets[i] = -1;
      continue;
    }
    if (index < 0 || index >= classes) throw new IndexError(`Target ${index} is out of bounds.`);
    own[i] = classWeights ? classWeights[index]! : 1;
    total += own[i]!;
  }
  const reduction = options.reduction ?? "mean";
  const divisor = reduction === "mean" ? total : 1;
  return { targets, own, divisor, reduction, smoothing: options.labelSmoothing ?? 0, classWeights };
}

/** The loss of each row, or their sum over the divisor. */
function classLoss(logProbabilities: Tensor, weights: RowWeights, shape: Shape): Tensor {
  const [rows, classes] = logProbabilities.shape as [number, number];
  const result = make(weights.reduction === "none" ? shape : []);
  const target = at(result) >>> 2;
  const base = at(logProbabilities) >>> 2;
  const memory = f32;
  const { targets, own, smoothing, classWeights } = weights;
  let total = 0;
  for (let i = 0; i < rows; i++) {
    const index = targets[i]!;
    let loss = index < 0 ? 0 : -own[i]! * memory[base + i * classes + index]!;
    if (smoothing > 0 && index >= 0) {
      let spread = 0;
      for (let c = 0; c < classes; c++) spread -= (classWeights ? classWeights[c]! : 1) * memory[base + i * classes + c]!;
      loss = (1 - smoothing) * loss + (smoothing / classes) * spread;
    }
    if (weights.reduction === "none") memory[target + i] = loss;
    total += loss;
  }
  if (weights.reduction !== "none") memory[target] = total / weights.divisor;
  return result;
}

/** d loss / d log probability: [rows, classes]. */
function logProbabilityGradient(gradient: Tensor, rows: number, classes: number, weights: RowWeights): Tensor {
  const upstream = toTypedArray(gradient);
  const { targets, own, divisor, smoothing, classWeights } = weights;
  const result = make([rows, classes]);
  const base = at(result) >>> 2;
  f32.fill(0, base, base + rows * classes);
  for (let i = 0; i < rows; i++) {
    const index = targets[i]!;
    if (index < 0) continue;
    const g = (upstream.length === 1 ? upstream[0]! : upstream[i]!) / divisor;
    const row = base + i * classes;
    if (smoothing > 0) for (let c = 0; c < classes; c++) f32[row + c] = (-g * smoothing * (classWeights ? classWeights[c]! : 1)) / classes;
    f32[row + index] = f32[row + index]! - g * (1 - smoothing) * own[i]!;
  }
  return result;
}

const crossEntropyOp: Operation = {
  name: "NllLossBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("cross_entropy");
    const logProbabilities = node.saved(0);
    const [rows, classes] = logProbabilities.shape as [number, number];
    const direct = logProbabilityGradient(gradient, rows, classes, node.data as RowWeights);
    // Through the log softmax, in place: direct − softmax · Σ direct
    const target = at(direct);
    kernels.logSoftmaxBackward(target, at(logProbabilities), target, rows, classes, 1);
    return [direct];
  },
};

/**
 * Cross entropy of logits with class indices, or with class probabilities shaped as the logits.
 * @param input [batch, classes, …] or [classes]
 * @param target [batch, …] `int32`, or probabilities shaped as `input`
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  if (sameShape(input.shape, target.shape) && target.dtype === "float32") return softCrossEntropy(input, target, options);
  const { rows, shape } = classRows(input, target);
  const weights = weigh(target, rows.shape[1]!, options);
  const logProbabilities = logSoftmax(rows.detach(), 1);
  const result = classLoss(logProbabilities, weights, shape);
  return record(crossEntropyOp, result, [rows], [logProbabilities], weights);
}

function softCrossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const dim = input.shape.length === 1 ? 0 : 1;
  const classes = input.shape[dim]!;
  const smoothing = options.labelSmoothing ?? 0;
  const spread = smoothing > 0 ? target.mul(1 - smoothing).add(smoothing / classes) : target;
  const shape = input.shape.map((size, i) => (i === dim ? size : 1));
  const weighted = options.weight ? spread.mul(reshape(options.weight, shape)) : spread;
  const losses = logSoftmax(input, dim).mul(weighted).sum(dim).neg();
  if ((options.reduction ?? "mean") !== "mean") return reduceLoss(losses, options.reduction!);
  return losses.sum().div(input.numel() / classes);
}

const nllLossOp: Operation = {
  name: "NllLossBackward0",
  backward(node, gradient) {
    if (isGradEnabled()) throw notTwiceDifferentiable("nll_loss");
    const [rows, classes] = node.saved(0).shape as [number, number];
    return [logProbabilityGradient(gradient, rows, classes, node.data as RowWeights)];
  },
};

/** Negative log likelihood of class indices under log probabilities; shapes as for `crossEntropy`. */
export function nllLoss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  const { rows, shape } = classRows(input, target);
  const weights = weigh(target, rows.shape[1]!, options);
  const dense = rows.contiguous();
  return record(nllLossOp, classLoss(dense, weights, shape), [dense], [dense], weights);
}

// --- elementwise ----------------------------------------------------------------------------------------------------

export interface BinaryLossOptions extends LossOptions {
  /** Weight of each element; broadcasts. */
  weight?: Tensor;
}

const LOG_FLOOR = -100;

const bceOp: Operation = {
  name: "BinaryCrossEntropyBackward0",
  backward(node, gradient) {
    const p = node.saved(0);
    const y = node.saved(1);
    // (p − y) / max((1 − p)·p, ε)
    const slope = p.sub(y).div(p.neg().add(1).mul(p).clamp(1e-12));
    return [gradient.mul(slope), null];
  },
};

/** Binary cross entropy of probabilities and targets of the same shape; logarithms are clamped at −100. */
export function binaryCrossEntropy(input: Tensor, target: Tensor, options: BinaryLossOptions = {}): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ArgumentError(
      `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}) is deprecated. Please ensure they have the same size.`,
    );
  }
  const p = input.detach();
  const range = p.numel() === 0 || (p.ge(0).logicalAnd(p.le(1)).all().item() as unknown as boolean);
  if (!range) throw new KindlingError("all elements of input should be between 0 and 1");
  const y = target.detach();
  const logP = p.log().clamp(LOG_FLOOR);
  const logQ = p.neg().add(1).log().clamp(LOG_FLOOR);
  // (y − 1)·ln(1 − p) − y·ln p
  const losses = y.sub(1).mul(logQ).sub(y.mul(logP));
  const recorded = record(bceOp, losses, [input, target], [input, target]);
  return reduceLoss(options.weight ? recorded.mul(options.weight) : recorded, options.reduction ?? "mean");
}

export interface LogitLossOptions extends BinaryLossOptions {
  /** Weight of the positive examples; broadcasts. */
  posWeight?: Tensor;
}

/** Sigmoid and binary cross entropy in one, safe for large logits. */
export function binaryCrossEntropyWithLogits(input: Tensor, target: Tensor, options: LogitLossOptions = {}): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ArgumentError(
      `Target size (${sizeText(target.shape)}) must be the same as input size (${sizeText(input.shape)})`,
    );
  }
  // (1 − y)·x + w·(ln(1 + e^−|x|) + max(−x, 0)), where w = 1 + (posWeight − 1)·y
  const soft = input.abs().neg().exp().log1p().add(input.neg().clamp(0));
  const weighted = options.posWeight ? soft.mul(options.posWeight.sub(1).mul(target).add(1)) : soft;
  const losses = target.neg().add(1).mul(input).add(weighted);
  return reduceLoss(options.weight ? losses.mul(options.weight) : losses, options.reduction ?? "mean");
}

/** (input − target)² */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return reduceLoss(input.sub(target).square(), options.reduction ?? "mean");
}

/** |input − target| */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  return reduceLoss(input.sub(target).abs(), options.reduction ?? "mean");
}

/** Squared below `beta`, linear above: ½d²/β or |d| − ½β. */
export function smoothL1Loss(input: Tensor, target: Tensor, options: LossOptions & { beta?: number } = {}): Tensor {
  const beta = options.beta ?? 1;
  const distance = input.sub(target).abs();
  if (beta === 0) return reduceLoss(distance, options.reduction ?? "mean");
  const near = distance.square().mul(0.5 / beta);
  return reduceLoss(near.where(distance.lt(beta), distance.sub(0.5 * beta)), options.reduction ?? "mean");
}
