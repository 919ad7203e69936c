/** What the values of a parameter or a sample must be like; their texts are PyTorch's. */
import { pythonFloat } from "../nn/printing.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import { choleskyEx } from "../ops/linalg/cholesky.ts";
import type { Tensor } from "../tensor.ts";

/**
 * A condition on values.
 * @api torch.distributions.Constraint
 */
export interface Constraint {
  /** For each event among `value` (its own dimensions taken together) whether it satisfies the condition: `bool`. */
  check(value: Tensor): Tensor;
  toString(): string;
}

function constraint(text: string, check: (value: Tensor) => Tensor): Constraint {
  return { check, toString: () => text };
}

/** A bound as Python's `"{}".format` writes it: a tensor without dimensions is its number. */
export function valueText(value: ScalarOrTensor): string {
  if (typeof value === "number") return pythonFloat(value);
  if (value.dim() > 0) return String(value);
  return value.dtype === "float32" ? pythonFloat(value.item()) : String(value.item());
}

/** Everything but NaN. */
export const real = constraint("Real()", (value) => value.eq(value));

/** 0 or 1. */
export const boolean = constraint("Boolean()", (value) => value.eq(0).logicalOr(value.eq(1)));

export function greaterThan(lowerBound: number): Constraint {
  return constraint(`GreaterThan(lower_bound=${valueText(lowerBound)})`, (value) => value.gt(lowerBound));
}

export function greaterThanEq(lowerBound: number): Constraint {
  return constraint(`GreaterThanEq(lower_bound=${valueText(lowerBound)})`, (value) => value.ge(lowerBound));
}

/** From `lowerBound` to `upperBound`, both included. */
export function interval(lowerBound: ScalarOrTensor, upperBound: ScalarOrTensor): Constraint {
  const text = `Interval(lower_bound=${valueText(lowerBound)}, upper_bound=${valueText(upperBound)})`;
  return constraint(text, (value) => value.ge(lowerBound).logicalAnd(value.le(upperBound)));
}

/** Whole numbers from `lowerBound` to `upperBound`, both included. */
export function integerInterval(lowerBound: number, upperBound: number): Constraint {
  const text = `IntegerInterval(lower_bound=${lowerBound}, upper_bound=${upperBound})`;
  return constraint(text, (value) => isWhole(value).logicalAnd(value.ge(lowerBound)).logicalAnd(value.le(upperBound)));
}

function isWhole(value: Tensor): Tensor {
  return value.remainder(1).eq(0);
}

export const positive = greaterThan(0);
export const nonnegative = greaterThanEq(0);
export const unitInterval = interval(0, 1);

/** Probabilities along the last dimension: none is negative, and their sum is 1. */
export const simplex = constraint("Simplex()", (value) => value.ge(0).all(-1).logicalAnd(value.sum(-1).sub(1).abs().lt(1e-6)));

/** One 1 along the last dimension, zeros elsewhere. */
export const oneHot = constraint("OneHot()", (value) => boolean.check(value).all(-1).logicalAnd(value.sum(-1).eq(1)));

/** `base` for all values along the last `dims` dimensions. */
export function independent(base: Constraint, dims: number): Constraint {
  return constraint(`IndependentConstraint(${base}, ${dims})`, (value) => {
    const each = base.check(value);
    return dims === 0 ? each : each.flatten(-dims).all(-1);
  });
}

export const realVector = independent(real, 1);

/** Lower triangular matrices with positive diagonals. */
export const lowerCholesky = constraint("LowerCholesky()", (value) => {
  const triangular = value.tril().eq(value).flatten(-2).all(-1);
  return triangular.logicalAnd(value.diagonal({ dim1: -2, dim2: -1 }).gt(0).all(-1));
});

/** Symmetric matrices that have such a factor. */
export const positiveDefinite = constraint("PositiveDefinite()", (value) => {
  const symmetric = value.isclose(value.mT, { atol: 1e-6 }).flatten(-2).all(-1);
  return symmetric.logicalAnd(choleskyEx(value).info.eq(0));
});
