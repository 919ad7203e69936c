/** Types of arguments that several families of operations share. */
import type { Tensor } from "../tensor.ts";

export type ScalarOrTensor = number | Tensor;

/** A bound of `clamp`: one number, one for each element, or none. */
export type ClampBound = ScalarOrTensor | null;

/** `a + alpha * b` */
export interface BinaryOptions {
  alpha?: number;
}

/** Which dimensions are reduced; none given means all. */
export type ReductionDims = number | readonly number[];

export interface Reduction {
  /** Keep the reduced dimensions with size 1. Default false. */
  keepdim?: boolean;
}

/** What can stand for one dimension in advanced indexing: integer positions or a mask. */
export type Index = Tensor | readonly number[] | number;

export type NestedNumbers = number | boolean | NestedNumbers[];

/** How a loss over many elements becomes one number. */
export type LossReduction = "none" | "mean" | "sum";
