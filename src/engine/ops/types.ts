/** Types of arguments that several families of operations share. */
import type { DTypeName } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";

/** A whole number. */
export type Int = number;

/** One size for all, or one for each dimension. */
export type Size = Int | readonly Int[];

/** A list of whole numbers that may also be given one by one: `zeros(2, 3)`, `zeros([2, 3])`. */
export type Sizes = readonly Int[];

/** A list of tensors that may also be given one by one: `meshgrid(x, y)`, `meshgrid([x, y])`. */
export type Tensors = readonly Tensor[];

/**
 * A number, or a tensor with one value for each element.
 * @api torch.ScalarOrTensor
 */
export type ScalarOrTensor = number | Tensor;

/** Where a truth value is one, not 0 or 1: `mask.mul(true)` is a mask. */
export type Operand = ScalarOrTensor | boolean;

/** A bound of `clamp`: one number, one for each element, or none. */
export type ClampBound = ScalarOrTensor | null;

/**
 * `a + alpha * b`
 * @api torch.BinaryOptions
 */
export interface BinaryOptions {
  alpha?: number;
}

/** Of an operation that can compute in another type. */
export interface Typed {
  /** The input is converted to this first. Default: its own type; sums and products of integers and truth values give `int32`. */
  dtype?: DTypeName | null;
}

/** What can stand for one dimension in advanced indexing: integer positions or a mask. */
export type Index = Tensor | readonly number[] | number;

export type NestedNumbers = number | boolean | NestedNumbers[];

/** How a loss over many elements becomes one number. */
export type LossReduction = "none" | "mean" | "sum";
