/** Losses. Forward beside backward. */
import { isGradEnabled, noGrad } from "../autograd/gradMode.ts";
import { needsGraph, record, type Node, type Operation } from "../autograd/node.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../errors.ts";
import { f32, i32, kernels } from "../memory/linear.ts";
import { discard } from "../memory/nursery.ts";
import { numelOf, sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { where } from "./binary.ts";
import { contiguous, to } from "./conversion.ts";
import { ones } from "./creation.ts";
import { sizeText } from "./format.ts";
import { at, make } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { logsigmoid } from "./pointwise.ts";
import { longName } from "./reductions.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import type { Int, LossReduction } from "./types.ts";
import { reshape, unsqueeze } from "./views.ts";

/** Everything about a loss of class indices but the two tensors. */
interface ClassArguments {
  readonly weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly reduction: LossReduction;
  readonly labelSmoothing: number;
}

/** One number of many losses, or each as it is. */
export function reduceLoss(losses: Tensor, reduction: LossReduction): Tensor {
  if (reduction === "none") return losses;
  if (reduction === "mean") return losses.mean();
  return losses.sum();
}

// --- class indices --------------------------------------------------------------------------------------------------

/** Everything but addresses that the kernels of one loss are told. */
interface ClassLoss {
  /** Classes lie in the middle of [outer, classes, inner]. */
  readonly outer: number;
  readonly classes: number;
  readonly inner: number;
  readonly ignoreIndex: number;
  readonly smoothing: number;
  readonly reduction: LossReduction;
  /** What the sum of the rows' losses is divided by. */
  readonly divisor: number;
}

/** Classes are dimension 1, or 0 where there is no batch. */
const classDimension = (input: Tensor): number => (input.shape.length === 1 ? 0 : 1);

/** Checks shapes against each other. */
function sizesOf(input: Tensor, target: Tensor): [outer: number, classes: number, inner: number] {
  const { shape } = input;
  if (shape.length === 0 || shape.length !== target.shape.length + 1) {
    throw new ShapeError(`Expected target size ${shapeText([shape[0] ?? 1, ...shape.slice(2)])}, got ${shapeText(target.shape)}`, shape, target.shape);
  }
  if (shape.length > 1 && shape[0] !== target.shape[0]) {
    throw new ArgumentError(`Expected input batch_size (${shape[0]}) to match target batch_size (${target.shape[0]}).`);
  }
  const classDim = classDimension(input);
  const expected = shape.filter((_, i) => i !== classDim);
  if (!sameShape(expected, target.shape)) {
    throw new ShapeError(`Expected target size ${shapeText(expected)}, got ${shapeText(target.shape)}`, shape, target.shape);
  }
  return [classDim === 0 ? 1 : shape[0]!, shape[classDim]!, numelOf(shape.slice(classDim + 1))];
}

/** Class indices as the kernels read them. */
function classesOf(target: Tensor): Tensor {
  const refusal = `expected scalar type Long but found ${target.dtype === "bool" ? "Bool" : "Float"}: class indices have to be whole numbers`;
  return contiguous(target.dtype === "uint8" ? to(target, "int32") : positions(target, refusal));
}

function checkWeights(weight: Tensor | null, classes: number): void {
  if (weight === null) return;
  if (weight.dtype !== "float32") throw new KindlingError("expected scalar type Float but found Long: weights of classes have to be floats; convert them with .float()");
  if (weight.numel() === classes) return;
  throw new KindlingError(
    `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${shapeText(weight.shape)}`,
  );
}

/** The weights of classes as the kernels read them, if there are any. */
function weightsOf(weight: Tensor | null, classes: number): Tensor | null {
  checkWeights(weight, classes);
  if (weight && needsGraph([weight])) {
    throw new KindlingError("a loss of class indices is not differentiable with respect to its 'weight'; call weight.detach(), or give probabilities as the target");
  }
  return weight && contiguous(weight);
}

/** The loss of class indices under logits (`fused` with the log softmax) or under log probabilities. */
function classLoss(input: Tensor, target: Tensor, options: ClassArguments, fused: boolean): Tensor {
  const [outer, classes, inner] = sizesOf(input, target);
  if (input.dtype !== "float32") throw new KindlingError(`"${fused ? "log_softmax_lastdim_kernel_impl" : "nll_loss_out_frame"}" not implemented for '${longName(input.dtype)}'`);
  const weight = weightsOf(options.weight, classes);
  const { reduction, ignoreIndex, labelSmoothing: smoothing } = options;
  const x = contiguous(input);
  const indices = classesOf(target);
  const logProbabilities = fused ? make(x.shape) : x;
  const result = make(reduction === "none" ? target.shape : []);
  const losses = reduction === "none" ? result : make(target.shape);
  const shares = make(target.shape);
  const [rowLoss, rowWeight, logs, classWeights] = [at(losses), at(shares), at(logProbabilities), weight ? at(weight) : 0];
  const wrong = fused
    ? kernels.crossEntropy(at(x), at(indices), classWeights, logs, rowLoss, rowWeight, outer, classes, inner, ignoreIndex, smoothing)
    : kernels.nllLoss(logs, at(indices), classWeights, rowLoss, rowWeight, outer, classes, inner, ignoreIndex, smoothing);
  if (wrong >= 0) throw new IndexError(`Target ${i32[(at(indices) >>> 2) + wrong]} is out of bounds.`);
  const divisor = reduction === "mean" ? sumAt(rowWeight, outer * inner) : 1;
  if (reduction !== "none") f32[at(result) >>> 2] = sumAt(rowLoss, outer * inner) / divisor;
  discard(shares.storage);
  if (losses !== result) discard(losses.storage);
  const data: ClassLoss = { outer, classes, inner, ignoreIndex, smoothing, reduction, divisor };
  const saved = [x, logProbabilities, indices, ...(weight ? [weight] : [])];
  return fused ? record(crossEntropyOp, result, [x], saved, data, [logProbabilities]) : record(nllLossOp, result, [x], saved, data);
}

/** Σ of `count` values, in double precision. */
function sumAt(address: number, count: number): number {
  let sum = 0;
  for (let i = address >>> 2, end = i + count; i < end; i++) sum += f32[i]!;
  return sum;
}

/** Both kinds of gradient: with respect to the logits, or to the log probabilities. */
function classGradient(node: Node<ClassLoss>, gradient: Tensor, fused: boolean): Tensor {
  const { outer, classes, inner, ignoreIndex, smoothing, reduction, divisor } = node.data;
  const [logProbabilities, indices] = [node.saved(1), node.saved(2)];
  const upstream = divisor === 1 ? contiguous(gradient) : gradient.div(divisor);
  const result = make(logProbabilities.shape);
  const [target, from, each, classWeights] = [at(result), at(upstream), reduction === "none" ? 1 : 0, node.savedCount > 3 ? at(node.saved(3)) : 0];
  if (fused) {
    kernels.crossEntropyBackward(from, each, at(logProbabilities), at(indices), classWeights, target, outer, classes, inner, ignoreIndex, smoothing);
  } else {
    kernels.nllLossBackward(from, each, at(indices), classWeights, target, outer, classes, inner, ignoreIndex, smoothing);
  }
  return result;
}

/**
 * The gradient of the log probabilities by a differentiable product: losses are linear in them, and their slopes are what
 * the kernel makes of ones.
 */
function composedGradient(node: Node<ClassLoss>, gradient: Tensor): Tensor {
  const { reduction } = node.data;
  const slopes = noGrad(() => classGradient(node, ones(reduction === "none" ? gradient.shape : []), false));
  return slopes.mul(reduction === "none" ? unsqueeze(gradient, classDimension(slopes)) : gradient);
}

const crossEntropyOp: Operation<ClassLoss> = {
  name: "NllLossBackward0",
  backward(node, gradient) {
    if (!isGradEnabled()) return [classGradient(node, gradient, true)];
    // Through the log softmax: u − softmax(x)·Σu, where u is the gradient of the log probabilities.
    const upstream = composedGradient(node, gradient);
    const dim = classDimension(upstream);
    return [upstream.sub(softmax(node.saved(0), dim).mul(upstream.sum(dim, true)))];
  },
};

/**
 * Cross entropy of logits with class indices, or with class probabilities.
 *
 * Shapes: input `[batch, classes, …]` or `[classes]`; target `[batch, …]` or `[]` with indices (whole numbers), or shaped as
 * the input with probabilities.
 * @param weight of each class, `[classes]`
 * @param ignoreIndex targets of this value count for nothing
 * @param reduction the mean over what counts (weighted by its classes), the sum, or each loss as it is
 * @param labelSmoothing the share, between 0 and 1, of each target that is spread evenly over all classes
 * @throws IndexError for a class that isn't there
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cross_entropy.html
 * @api nn.functional.crossEntropy
 */
export function crossEntropy(
  input: Tensor, target: Tensor, weight: Tensor | null = null, ignoreIndex: Int = -100, reduction: LossReduction = "mean", labelSmoothing = 0,
): Tensor {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new KindlingError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`);
  const options = { weight, ignoreIndex, reduction, labelSmoothing };
  return sameShape(input.shape, target.shape) ? softCrossEntropy(input, target, options) : classLoss(input, target, options, true);
}

/** Of class probabilities. */
function softCrossEntropy(input: Tensor, target: Tensor, { weight, ignoreIndex, reduction, labelSmoothing }: ClassArguments): Tensor {
  if (target.dtype !== "float32") throw new KindlingError(`Expected floating point type for target with class probabilities, got ${longName(target.dtype)}`);
  if (ignoreIndex >= 0) throw new KindlingError("ignore_index is not supported for floating point target");
  const dim = classDimension(input);
  const classes = input.shape[dim]!;
  const spread = labelSmoothing > 0 ? target.mul(1 - labelSmoothing).add(labelSmoothing / classes) : target;
  checkWeights(weight, classes);
  const weighted = weight ? spread.mul(reshape(weight, input.shape.map((size, i) => (i === dim ? size : 1)))) : spread;
  const losses = logSoftmax(input, dim).mul(weighted).sum(dim).neg();
  return reduction === "mean" ? losses.sum().div(input.numel() / classes) : reduceLoss(losses, reduction);
}

const nllLossOp: Operation<ClassLoss> = {
  name: "NllLossBackward0",
  backward(node, gradient) {
    return [isGradEnabled() ? composedGradient(node, gradient) : classGradient(node, gradient, false)];
  },
};

/**
 * Negative log likelihood of class indices under log probabilities.
 *
 * Shapes: input `[batch, classes, …]` or `[classes]`; target `[batch, …]` or `[]`, whole numbers.
 * @param weight of each class, `[classes]`
 * @param ignoreIndex targets of this value count for nothing
 * @param reduction the mean over what counts (weighted by its classes), the sum, or each loss as it is
 * @throws IndexError for a class that isn't there
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.nll_loss.html
 * @api nn.functional.nllLoss
 */
export function nllLoss(input: Tensor, target: Tensor, weight: Tensor | null = null, ignoreIndex: Int = -100, reduction: LossReduction = "mean"): Tensor {
  return classLoss(input, target, { weight, ignoreIndex, reduction, labelSmoothing: 0 }, false);
}

// --- elementwise ----------------------------------------------------------------------------------------------------

const LOG_FLOOR = -100;

const bceOp: Operation = {
  name: "BinaryCrossEntropyBackward0",
  backward(node, gradient) {
    const p = node.saved(0);
    const y = node.saved(1);
    const rest = p.neg().add(1);
    return [
      // (p − y) / max((1 − p)·p, ε)
      node.needs(0) ? gradient.mul(p.sub(y).div(rest.mul(p).clamp(1e-12))) : null,
      node.needs(1) ? gradient.mul(rest.log().clamp(LOG_FLOOR).sub(p.log().clamp(LOG_FLOOR))) : null,
    ];
  },
};

/**
 * Binary cross entropy of probabilities with targets between 0 and 1. Logarithms are clamped at −100.
 *
 * Shapes: target as input; weight broadcasts to them.
 * @param weight of each element
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy.html
 * @api nn.functional.binaryCrossEntropy
 */
export function binaryCrossEntropy(input: Tensor, target: Tensor, weight: Tensor | null = null, reduction: LossReduction = "mean"): Tensor {
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
  return reduceLoss(weight ? recorded.mul(weight) : recorded, reduction);
}

/**
 * Sigmoid and binary cross entropy in one, safe for large logits.
 *
 * Shapes: target as input; weight and posWeight broadcast to them.
 * @param weight of each element
 * @param reduction the mean, the sum, or each loss as it is
 * @param posWeight weight of the positive examples
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.binary_cross_entropy_with_logits.html
 * @api nn.functional.binaryCrossEntropyWithLogits
 */
export function binaryCrossEntropyWithLogits(
  input: Tensor, target: Tensor, weight: Tensor | null = null, reduction: LossReduction = "mean", posWeight: Tensor | null = null,
): Tensor {
  if (!sameShape(input.shape, target.shape)) {
    throw new ArgumentError(
      `Target size (${sizeText(target.shape)}) must be the same as input size (${sizeText(input.shape)})`,
    );
  }
  // (1 − y)·x − w·ln sigmoid(x), where w = 1 + (posWeight − 1)·y
  const log = logsigmoid(input);
  const weighted = posWeight ? log.mul(posWeight.sub(1).mul(target).add(1)) : log;
  const losses = target.neg().add(1).mul(input).sub(weighted);
  return reduceLoss(weight ? losses.mul(weight) : losses, reduction);
}

/** Two shapes that broadcast give every pair of elements a loss, which is hardly ever meant. */
export function warnIfBroadcast(input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  warnOnce(
    `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}). ` +
      "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
  );
}

function checkWeight(weight: Tensor, input: Tensor): void {
  if (!sameShape(weight.shape, input.shape)) throw new ArgumentError("Weights and input must have the same size.");
}

/** The mean is one over weights. */
function weightedLoss(losses: Tensor, input: Tensor, weight: Tensor | null, reduction: LossReduction): Tensor {
  if (weight === null) return reduceLoss(losses, reduction);
  checkWeight(weight, input);
  const weighted = losses.mul(weight);
  return reduction === "mean" ? weighted.sum().div(weight.sum()) : reduceLoss(weighted, reduction);
}

/**
 * (input − target)²
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input; the mean is one over weights
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.mse_loss.html
 * @api nn.functional.mseLoss
 */
export function mseLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", weight: Tensor | null = null): Tensor {
  warnIfBroadcast(input, target);
  return weightedLoss(input.sub(target).square(), input, weight, reduction);
}

/**
 * |input − target|
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input; the mean is one over weights
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.l1_loss.html
 * @api nn.functional.l1Loss
 */
export function l1Loss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", weight: Tensor | null = null): Tensor {
  warnIfBroadcast(input, target);
  return weightedLoss(input.sub(target).abs(), input, weight, reduction);
}

/**
 * Squared below `beta`, linear above: ½d²/β or |d| − ½β.
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.smooth_l1_loss.html
 * @api nn.functional.smoothL1Loss
 */
export function smoothL1Loss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", beta = 1): Tensor {
  if (!(beta >= 0)) throw new KindlingError("smooth_l1_loss does not support negative values for beta.");
  warnIfBroadcast(input, target);
  const distance = input.sub(target).abs();
  if (beta === 0) return reduceLoss(distance, reduction);
  return reduceLoss(where(distance.lt(beta), distance.square().mul(0.5 / beta), distance.sub(0.5 * beta)), reduction);
}

/**
 * ½d² up to `delta`, linear beyond: δ(|d| − ½δ). https://projecteuclid.org/euclid.aoms/1177703732
 * @param reduction the mean, the sum, or each loss as it is
 * @param weight of each element, shaped as the input
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.huber_loss.html
 * @api nn.functional.huberLoss
 */
export function huberLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean", delta = 1, weight: Tensor | null = null): Tensor {
  if (!(delta > 0)) throw new KindlingError("huber_loss does not support non-positive values for delta.");
  warnIfBroadcast(input, target);
  const distance = input.sub(target).abs();
  const losses = where(distance.le(delta), distance.square().mul(0.5), distance.sub(0.5 * delta).mul(delta));
  if (weight) checkWeight(weight, input);
  return reduceLoss(weight ? losses.mul(weight) : losses, reduction);
}
