/** Losses of margins: between scores, classes and distances. */
import { ArgumentError, KindlingError, ShapeError } from "../../errors.ts";
import { sameShape, shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { logsigmoid } from "../activations.ts";
import { add, minimum, mul, sub } from "../binary.ts";
import { clamp } from "../clamp.ts";
import { eq } from "../comparison.ts";
import { arange, zeros } from "../creation.ts";
import { pairwiseDistance } from "../distances.ts";
import { indexSelect } from "../indexing.ts";
import { positions } from "../internal/positions.ts";
import { valuesOf } from "../reading.ts";
import { mean, sum } from "../reductions.ts";
import { cumsum } from "../scans.ts";
import { gather, scatterAdd } from "../scatter.ts";
import type { Int, LossReduction } from "../types.ts";
import { reshape, unsqueeze } from "../views.ts";
import { where } from "../where.ts";
import { reduceLoss } from "./reduction.ts";
import { tellLoss } from "./tell.ts";

/**
 * ln(1 + e^(−y·x)) for targets of 1 and −1.
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.soft_margin_loss.html
 * @api nn.functional.softMarginLoss
 */
export function softMarginLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean"): Tensor {
  const product = mul(input, target);
  if (!sameShape(product.shape, input.shape)) {
    throw new ShapeError(
      `output with shape ${shapeText(input.shape)} doesn't match the broadcast shape ${shapeText(product.shape)}`,
      input.shape,
      target.shape,
    );
  }
  const loss = reduceLoss(logsigmoid(product).neg(), reduction);
  return tellLoss("softMarginLoss", loss, input, target, (x, y) => softMarginLoss(x, y, "none"));
}

/**
 * x where the target is 1, max(0, margin − x) where it is −1.
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.hinge_embedding_loss.html
 * @api nn.functional.hingeEmbeddingLoss
 */
export function hingeEmbeddingLoss(input: Tensor, target: Tensor, margin = 1, reduction: LossReduction = "mean"): Tensor {
  const apart = where(eq(target, 1), 0, clamp(input.neg().add(margin), 0));
  const loss = reduceLoss(add(apart, where(eq(target, -1), 0, input)), reduction);
  return tellLoss("hingeEmbeddingLoss", loss, input, target, (x, y) => hingeEmbeddingLoss(x, y, margin, "none"));
}

/**
 * max(0, −y·(x₁ − x₂) + margin) for targets of 1 (the first should be larger) and −1.
 * @param reduction the mean, the sum, or each loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.margin_ranking_loss.html
 * @api nn.functional.marginRankingLoss
 */
export function marginRankingLoss(input1: Tensor, input2: Tensor, target: Tensor, margin = 0, reduction: LossReduction = "mean"): Tensor {
  if (input1.shape.length !== input2.shape.length || input1.shape.length !== target.shape.length) {
    throw new KindlingError(
      `margin_ranking_loss : All input tensors should have same dimension but got sizes: input1: torch.Size([${input1.shape.join(", ")}]), input2: torch.Size([${input2.shape.join(", ")}]), target: torch.Size([${target.shape.join(", ")}]) `,
    );
  }
  return reduceLoss(clamp(mul(target.neg(), sub(input1, input2)).add(margin), 0), reduction);
}

/**
 * Σ max(0, margin − x[y] + x[i])ᵖ / classes over the other classes i.
 *
 * Shapes: input `[batch, classes]` or `[classes]`; target `[batch]` or `[]`, whole numbers.
 * @param p 1 or 2
 * @param weight of each class, `[classes]`
 * @param reduction the mean, the sum, or each sample's loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multi_margin_loss.html
 * @api nn.functional.multiMarginLoss
 */
export function multiMarginLoss(
  input: Tensor,
  target: Tensor,
  p: Int = 1,
  margin = 1,
  weight: Tensor | null = null,
  reduction: LossReduction = "mean",
): Tensor {
  if (p !== 1 && p !== 2) throw new ArgumentError("only p == 1 and p == 2 supported");
  const rows = input.shape.length === 1 ? unsqueeze(input, 0) : input;
  const own = positions(target, NOT_CLASSES);
  const classes = own.shape.length === 0 ? unsqueeze(own, 0) : own;
  const count = rows.shape[1]!;
  if (rows.shape.length !== 2 || classes.shape.length !== 1 || classes.shape[0] !== rows.shape[0]) {
    throw new ShapeError(`inconsistent target size, expected ${rows.shape[0]} but got ${shapeText(target.shape)}`, input.shape, target.shape);
  }
  if (weight && weight.numel() !== count)
    throw new ShapeError(`inconsistent weight size, expected ${count} but got ${shapeText(weight.shape)}`, input.shape, weight.shape);
  checkClasses(valuesOf(classes), count, 0);
  const gaps = clamp(rows.sub(gather(rows, 1, unsqueeze(classes, 1))).add(margin), 0);
  const powered = p === 2 ? gaps.square() : gaps;
  const weighted = weight ? mul(powered, unsqueeze(indexSelect(weight, 0, classes), 1)) : powered;
  const isOther = arange(count).unsqueeze(0).ne(unsqueeze(classes, 1));
  const losses = sum(where(isOther, weighted, 0), 1).div(count);
  const loss = reduceLoss(input.shape.length === 1 ? losses.squeeze(0) : losses, reduction);
  return tellLoss("multiMarginLoss", loss, input, target, (x, y) => multiMarginLoss(x, y, p, margin, weight, "none"));
}

const NOT_CLASSES = "expected scalar type Long but found Float: classes have to be whole numbers";

function checkClasses(values: ArrayLike<number>, count: number, least: number): void {
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < least || values[i]! >= count)
      throw new KindlingError(`argument #2 'target' is out of range: there is no class ${values[i]} among ${count}`);
  }
}

/**
 * Margins between the classes that apply and those that don't.
 *
 * Shapes: input `[batch, classes]` or `[classes]`; target as input: whole numbers, the classes that apply, ended by −1.
 * @param reduction the mean, the sum, or each sample's loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_margin_loss.html
 * @api nn.functional.multilabelMarginLoss
 */
export function multilabelMarginLoss(input: Tensor, target: Tensor, reduction: LossReduction = "mean"): Tensor {
  if (!sameShape(input.shape, target.shape))
    throw new ShapeError(`inconsistent size ${shapeText(target.shape)} for argument #2 'target'`, input.shape, target.shape);
  const rows = input.shape.length === 1 ? unsqueeze(input, 0) : input;
  const classes = rows.shape[1]!;
  const wanted = reshape(positions(target, NOT_CLASSES), rows.shape);
  checkClasses(valuesOf(wanted), classes, -1);
  const isListed = cumsum(wanted.lt(0), 1).eq(0);
  const applies = scatterAdd(zeros(rows.shape), 1, clamp(wanted, 0), isListed.float()).gt(0).float();
  // [row, target class, other class]
  const gaps = clamp(unsqueeze(rows, 1).sub(unsqueeze(rows, 2)).add(1), 0);
  const pairs = mul(unsqueeze(applies, 2), unsqueeze(applies.neg().add(1), 1));
  const losses = sum(mul(gaps, pairs), [1, 2]).div(classes);
  const loss = reduceLoss(input.shape.length === 1 ? losses.squeeze(0) : losses, reduction);
  return tellLoss("multilabelMarginLoss", loss, input, target, (x, y) => multilabelMarginLoss(x, y, "none"));
}

/**
 * Binary cross entropy of logits with 0/1 targets for each class, averaged over classes.
 *
 * Shapes: input `[…, classes]`; target as input; weight broadcasts to them.
 * @param weight of each class
 * @param reduction the mean, the sum, or each sample's loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.multilabel_soft_margin_loss.html
 * @api nn.functional.multilabelSoftMarginLoss
 */
export function multilabelSoftMarginLoss(input: Tensor, target: Tensor, weight: Tensor | null = null, reduction: LossReduction = "mean"): Tensor {
  const losses = add(mul(target, logsigmoid(input)), mul(target.neg().add(1), logsigmoid(input.neg()))).neg();
  const loss = reduceLoss(mean(weight ? mul(losses, weight) : losses, -1), reduction);
  return tellLoss("multilabelSoftMarginLoss", loss, input, target, (x, y) => multilabelSoftMarginLoss(x, y, weight, "none"));
}

/**
 * 1 − cos for targets of 1, max(0, cos − margin) for targets of −1.
 *
 * Shapes: inputs `[batch, features]` or `[features]`; target `[batch]` or `[]`.
 * @param reduction the mean, the sum, or each sample's loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.cosine_embedding_loss.html
 * @api nn.functional.cosineEmbeddingLoss
 */
export function cosineEmbeddingLoss(input1: Tensor, input2: Tensor, target: Tensor, margin = 0, reduction: LossReduction = "mean"): Tensor {
  const dim = target.shape.length === 0 ? 0 : 1;
  const EPSILON = 1e-12;
  const dotted = sum(mul(input1, input2), dim);
  const lengths = mul(sum(input1.square(), dim).add(EPSILON), sum(input2.square(), dim).add(EPSILON)).sqrt();
  const cosine = dotted.div(lengths);
  const together = where(eq(target, 1), cosine.neg().add(1), 0);
  const apart = where(eq(target, -1), clamp(cosine.sub(margin), 0), 0);
  return reduceLoss(add(together, apart), reduction);
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin) with p-norms.
 * http://www.bmva.org/bmvc/2016/papers/paper119/index.html
 * @param eps added to each difference
 * @param swap also take the distance between positive and negative, if that is smaller
 * @param reduction the mean, the sum, or each sample's loss as it is
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_loss.html
 * @api nn.functional.tripletMarginLoss
 */
export function tripletMarginLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  margin = 1,
  p = 2,
  eps = 1e-6,
  swap = false,
  reduction: LossReduction = "mean",
): Tensor {
  const [a, b, c] = [anchor, positive, negative].map((x) => x.dim());
  if (a !== b || b !== c) throw new KindlingError(`All inputs should have same dimension but got ${a}D, ${b}D and ${c}D inputs.`);
  return tripletMarginWithDistanceLoss(anchor, positive, negative, { distanceFunction: (x, y) => pairwiseDistance(x, y, p, eps), margin, swap, reduction });
}

/** What `tripletMarginWithDistanceLoss` takes by name. */
export interface TripletOptions {
  /** Distance of two tensors. Default `pairwiseDistance`. */
  distanceFunction?: ((x1: Tensor, x2: Tensor) => Tensor) | null;
  /** Default 1. */
  margin?: number;
  /** Also take the distance between positive and negative, if that is smaller. Default false. */
  swap?: boolean;
  /** The mean, the sum, or each sample's loss as it is. Default "mean". */
  reduction?: LossReduction;
}

/**
 * max(0, d(anchor, positive) − d(anchor, negative) + margin) with any distance d.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.triplet_margin_with_distance_loss.html
 * @api nn.functional.tripletMarginWithDistanceLoss
 */
export function tripletMarginWithDistanceLoss(
  anchor: Tensor,
  positive: Tensor,
  negative: Tensor,
  { distanceFunction = null, margin = 1, swap = false, reduction = "mean" }: TripletOptions = {},
): Tensor {
  const distance = distanceFunction ?? ((x1, x2) => pairwiseDistance(x1, x2));
  const near = distance(anchor, positive);
  const plain = distance(anchor, negative);
  const far = swap ? minimum(plain, distance(positive, negative)) : plain;
  return reduceLoss(clamp(sub(near, far).add(margin), 0), reduction);
}
