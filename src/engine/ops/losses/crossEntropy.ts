/** Losses of classes: cross entropy and negative log likelihood. Forward beside backward. */
import { isGradEnabled, noGrad } from "../../autograd/gradMode.ts";
import { needsGraph, record, shownAs, type Node, type Operation } from "../../autograd/node.ts";
import { longName } from "../../dtype.ts";
import { ArgumentError, IndexError, KindlingError, ShapeError } from "../../errors.ts";
import { f32, i32, kernels } from "../../memory/linear.ts";
import { areGhosts, failsByValue } from "../../memory/reading.ts";
import { discard } from "../../memory/nursery.ts";
import { numelOf, sameShape, shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { contiguous, to } from "../conversion.ts";
import { ones } from "../creation.ts";
import { at, make } from "../internal/make.ts";
import { positions } from "../internal/positions.ts";
import { logSoftmax, softmax } from "../softmax.ts";
import type { Int, LossReduction } from "../types.ts";
import { reshape, unsqueeze } from "../views.ts";
import { reduceLoss } from "./reduction.ts";
import { tellLoss } from "./tell.ts";

/** Everything about a loss of class indices but the two tensors. */
interface ClassArguments {
  readonly weight: Tensor | null;
  readonly ignoreIndex: number;
  readonly reduction: LossReduction;
  readonly labelSmoothing: number;
}

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
  if (weight.dtype !== "float32")
    throw new KindlingError("expected scalar type Float but found Long: weights of classes have to be floats; convert them with .float()");
  if (weight.numel() === classes) return;
  throw new KindlingError(
    `weight tensor should be defined either for all ${classes} classes or no classes but got weight tensor of shape: ${shapeText(weight.shape)}`,
  );
}

/** The weights of classes as the kernels read them, if there are any. */
function weightsOf(weight: Tensor | null, classes: number): Tensor | null {
  checkWeights(weight, classes);
  if (weight && needsGraph([weight])) {
    throw new KindlingError(
      "a loss of class indices is not differentiable with respect to its 'weight'; call weight.detach(), or give probabilities as the target",
    );
  }
  return weight && contiguous(weight);
}

/** The loss of class indices under logits (`fused` with the log softmax) or under log probabilities. */
function classLoss(input: Tensor, target: Tensor, options: ClassArguments, fused: boolean): Tensor {
  const [outer, classes, inner] = sizesOf(input, target);
  if (input.dtype !== "float32")
    throw new KindlingError(`"${fused ? "log_softmax_lastdim_kernel_impl" : "nll_loss_out_frame"}" not implemented for '${longName(input.dtype)}'`);
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
  if (wrong >= 0) {
    failsByValue();
    throw new IndexError(
      `Target ${i32[(at(indices) >>> 2) + wrong]} is out of bounds. The outputs are for ${classes} classes, numbered from 0 to ${classes - 1}.`,
    );
  }
  const divisor = reduction === "mean" ? sumAt(rowWeight, outer * inner) : 1;
  if (reduction !== "none") f32[at(result) >>> 2] = sumAt(rowLoss, outer * inner) / divisor;
  discard(shares.storage);
  if (losses !== result) discard(losses.storage);
  const data: ClassLoss = { outer, classes, inner, ignoreIndex, smoothing, reduction, divisor };
  const saved = [x, logProbabilities, indices, ...(weight ? [weight] : [])];
  const loss = fused ? record(crossEntropyOp, result, [x], saved, data, [logProbabilities]) : record(nllLossOp, result, [x], saved, data);
  // PyTorch looks at anything but rows as at planes.
  return x.shape.length === 4 || (x.shape.length > 2 && reduction !== "none") ? shownAs("NllLoss2DBackward0", loss) : loss;
}

/** Σ of `count` values, in double precision; anything where none was computed. */
function sumAt(address: number, count: number): number {
  if (areGhosts()) return 1;
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
  input: Tensor,
  target: Tensor,
  weight: Tensor | null = null,
  ignoreIndex: Int = -100,
  reduction: LossReduction = "mean",
  labelSmoothing = 0,
): Tensor {
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) throw new KindlingError(`label_smoothing must be between 0.0 and 1.0. Got: ${labelSmoothing}`);
  const options = { weight, ignoreIndex, reduction, labelSmoothing };
  const loss = sameShape(input.shape, target.shape) ? softCrossEntropy(input, target, options) : classLoss(input, target, options, true);
  return tellLoss("crossEntropy", loss, input, target, (x, y) => crossEntropy(x, y, weight, ignoreIndex, "none", labelSmoothing));
}

/** Of class probabilities. */
function softCrossEntropy(input: Tensor, target: Tensor, { weight, ignoreIndex, reduction, labelSmoothing }: ClassArguments): Tensor {
  if (target.dtype !== "float32") throw new KindlingError(`Expected floating point type for target with class probabilities, got ${longName(target.dtype)}`);
  if (ignoreIndex >= 0) throw new KindlingError("ignore_index is not supported for floating point target");
  const dim = classDimension(input);
  const classes = input.shape[dim]!;
  const spread = labelSmoothing > 0 ? target.mul(1 - labelSmoothing).add(labelSmoothing / classes) : target;
  checkWeights(weight, classes);
  const weighted = weight
    ? spread.mul(
        reshape(
          weight,
          input.shape.map((size, i) => (i === dim ? size : 1)),
        ),
      )
    : spread;
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
  const loss = classLoss(input, target, { weight, ignoreIndex, reduction, labelSmoothing: 0 }, false);
  return tellLoss("nllLoss", loss, input, target, (x, y) => nllLoss(x, y, weight, ignoreIndex, "none"));
}
