/** Losses. Forward beside backward. */
import { isGradEnabled, noGrad } from "../autograd/gradMode.ts";
import { record, type Node, type Operation } from "../autograd/node.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../errors.ts";
import { f32, i32, kernels } from "../memory/linear.ts";
import { discard } from "../memory/nursery.ts";
import { numelOf, sameShape, shapeText } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { warnOnce } from "../warnings.ts";
import { contiguous, to } from "./conversion.ts";
import { ones } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { logsigmoid } from "./activations.ts";
import { sizeText } from "./format.ts";
import { logSoftmax, softmax } from "./softmax.ts";
import type { LossReduction } from "./types.ts";
import { reshape, unsqueeze } from "./views.ts";

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

/** Checks shapes and types against each other. */
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
  if (target.dtype !== "int32" && target.dtype !== "uint8") {
    throw new KindlingError(
      "expected scalar type Long but found Float: class indices have to be integers. " +
        'Make the target with { dtype: "int32" } or convert it with .long().',
    );
  }
  return [classDim === 0 ? 1 : shape[0]!, shape[classDim]!, numelOf(shape.slice(classDim + 1))];
}

/** The weights of classes as the kernels read them, if there are any. */
function weightsOf(weight: Tensor | undefined, classes: number): Tensor | null {
  if (!weight) return null;
  if (weight.numel() !== classes) {
    throw new KindlingError(
      `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${shapeText(weight.shape)}`,
    );
  }
  return contiguous(weight);
}

/** The loss of class indices under logits (`fused` with the log softmax) or under log probabilities. */
function classLoss(input: Tensor, target: Tensor, options: CrossEntropyOptions, fused: boolean): Tensor {
  const [outer, classes, inner] = sizesOf(input, target);
  const weight = weightsOf(options.weight, classes);
  const { reduction = "mean", ignoreIndex = -100, labelSmoothing: smoothing = 0 } = options;
  const x = contiguous(input);
  const indices = contiguous(to(target, "int32"));
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
 * Cross entropy of logits with class indices, or with class probabilities shaped as the logits.
 * @param input [batch, classes, …] or [classes]
 * @param target [batch, …] `int32`, or probabilities shaped as `input`
 */
export function crossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions = {}): Tensor {
  if (sameShape(input.shape, target.shape) && target.dtype === "float32") return softCrossEntropy(input, target, options);
  return classLoss(input, target, options, true);
}

function softCrossEntropy(input: Tensor, target: Tensor, options: CrossEntropyOptions): Tensor {
  const dim = classDimension(input);
  const classes = input.shape[dim]!;
  const smoothing = options.labelSmoothing ?? 0;
  const spread = smoothing > 0 ? target.mul(1 - smoothing).add(smoothing / classes) : target;
  const shape = input.shape.map((size, i) => (i === dim ? size : 1));
  const weighted = options.weight ? spread.mul(reshape(options.weight, shape)) : spread;
  const losses = logSoftmax(input, dim).mul(weighted).sum(dim).neg();
  if ((options.reduction ?? "mean") !== "mean") return reduceLoss(losses, options.reduction!);
  return losses.sum().div(input.numel() / classes);
}

const nllLossOp: Operation<ClassLoss> = {
  name: "NllLossBackward0",
  backward(node, gradient) {
    return [isGradEnabled() ? composedGradient(node, gradient) : classGradient(node, gradient, false)];
  },
};

/** Negative log likelihood of class indices under log probabilities; shapes as for `crossEntropy`. */
export function nllLoss(input: Tensor, target: Tensor, options: ClassLossOptions = {}): Tensor {
  return classLoss(input, target, options, false);
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
    const rest = p.neg().add(1);
    return [
      // (p − y) / max((1 − p)·p, ε)
      node.needs(0) ? gradient.mul(p.sub(y).div(rest.mul(p).clamp(1e-12))) : null,
      node.needs(1) ? gradient.mul(rest.log().clamp(LOG_FLOOR).sub(p.log().clamp(LOG_FLOOR))) : null,
    ];
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
  // (1 − y)·x − w·ln sigmoid(x), where w = 1 + (posWeight − 1)·y
  const log = logsigmoid(input);
  const weighted = options.posWeight ? log.mul(options.posWeight.sub(1).mul(target).add(1)) : log;
  const losses = target.neg().add(1).mul(input).sub(weighted);
  return reduceLoss(options.weight ? losses.mul(options.weight) : losses, options.reduction ?? "mean");
}

/** Two shapes that broadcast give every pair of elements a loss, which is hardly ever meant. */
export function warnIfBroadcast(input: Tensor, target: Tensor): void {
  if (sameShape(input.shape, target.shape)) return;
  warnOnce(
    `Using a target size (${sizeText(target.shape)}) that is different to the input size (${sizeText(input.shape)}). ` +
      "This will likely lead to incorrect results due to broadcasting. Please ensure they have the same size.",
  );
}

/** (input − target)² */
export function mseLoss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  warnIfBroadcast(input, target);
  return reduceLoss(input.sub(target).square(), options.reduction ?? "mean");
}

/** |input − target| */
export function l1Loss(input: Tensor, target: Tensor, options: LossOptions = {}): Tensor {
  warnIfBroadcast(input, target);
  return reduceLoss(input.sub(target).abs(), options.reduction ?? "mean");
}

/** Squared below `beta`, linear above: ½d²/β or |d| − ½β. */
export function smoothL1Loss(input: Tensor, target: Tensor, options: LossOptions & { beta?: number } = {}): Tensor {
  warnIfBroadcast(input, target);
  const beta = options.beta ?? 1;
  const distance = input.sub(target).abs();
  if (beta === 0) return reduceLoss(distance, options.reduction ?? "mean");
  const near = distance.square().mul(0.5 / beta);
  return reduceLoss(near.where(distance.lt(beta), distance.sub(0.5 * beta)), options.reduction ?? "mean");
}
