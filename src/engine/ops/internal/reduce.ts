/** How tensors are arranged for folding dimensions away, and what a reduction's type is. */
import { dtypeNamed, longName, type DTypeName } from "../../dtype.ts";
import { IndexError, KindlingError } from "../../errors.ts";
import type { ReduceOp } from "../../kernels/exports.ts";
import { kernels } from "../../memory/linear.ts";
import { numelOf, wrapDims, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { to } from "../conversion.ts";
import type { Size, Typed } from "../types.ts";
import { permute, reshape } from "../views.ts";
import { denseCopy } from "./copy.ts";
import { at, make } from "./make.ts";

/** An input arranged so that what is reduced lies in the middle of [outer, n, inner]. */
export interface Arranged {
  readonly source: Tensor;
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

export function arrange(input: Tensor, dims: readonly number[]): Arranged {
  const first = dims[0] ?? 0;
  const adjacent = dims.every((dim, i) => dim === first + i);
  if (adjacent) {
    const source = input.dense ? input : denseCopy(input);
    const outer = numelOf(input.shape.slice(0, first));
    const n = numelOf(dims.map((dim) => input.shape[dim]!));
    return { source, outer, n, inner: numelOf(input.shape.slice(first + dims.length)) };
  }
  const rest = input.shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const moved = denseCopy(permute(input.detach(), [...rest, ...dims]));
  return { source: moved, outer: numelOf(rest.map((i) => input.shape[i]!)), n: numelOf(dims.map((i) => input.shape[i]!)), inner: 1 };
}

/** Which dimensions are reduced, in ascending order: none given, or none in the list, means all. */
export function reducedDims(dim: Size | null, rank: number): number[] {
  return wrapDims(isEmptyList(dim) ? null : dim, rank);
}

export const isEmptyList = (dim: Size | null): boolean => typeof dim === "object" && dim?.length === 0;

export function reducedShape(shape: Shape, dims: readonly number[], keepdim: boolean): number[] {
  return keepdim ? shape.map((size, i) => (dims.includes(i) ? 1 : size)) : shape.filter((_, i) => !dims.includes(i));
}

/** Gives a reduced tensor its reduced dimensions back, with size 1. */
export function restore(reduced: Tensor, shape: Shape, dims: readonly number[]): Tensor {
  return reshape(reduced, reducedShape(shape, dims, true));
}

export interface ReductionData {
  readonly shape: Shape;
  readonly dims: readonly number[];
  readonly count: number;
}

/** A choice among nothing is an error. */
export function requireSome(name: string, shape: Shape, dim: Size | null): void {
  if (dim === null) {
    if (numelOf(shape) === 0)
      throw new IndexError(`${name}(): Expected reduction dim to be specified for input.numel() == 0. Specify the reduction dim with the 'dim' argument.`);
    return;
  }
  const empty = [dim].flat().find((d) => shape.at(d) === 0);
  if (empty !== undefined) throw new IndexError(`${name}(): Expected reduction dim ${empty} to have non-zero size.`);
}

export function reduceFloat(op: ReduceOp, input: Tensor, dims: readonly number[], keepdim: boolean): Tensor {
  const arranged = arrange(input, dims);
  const result = make(reducedShape(input.shape, dims, keepdim));
  const target = at(result);
  kernels.reduce(op, at(arranged.source), target, arranged.outer, arranged.n, arranged.inner);
  return result;
}

/** The input in the type that a reduction is to compute in. */
export function inType(input: Tensor, dtype: DTypeName | null | undefined): Tensor {
  return dtype === undefined || dtype === null ? input : to(input, dtype);
}

/** Integers that were folded in a wider type, in the small one that was asked for, where they wrap round. */
export function asAsked(result: Tensor, { dtype }: Typed): Tensor {
  const wanted = dtype ? dtypeNamed(dtype) : "int32";
  return wanted === "uint8" || wanted === "bool" ? to(result, wanted) : result;
}

/** The type asked of a reduction that gives fractions. */
export function floatType(name: string, dtype: DTypeName | null | undefined): DTypeName | null {
  if (dtype === undefined || dtype === null || dtypeNamed(dtype) === "float32") return dtype ?? null;
  throw new KindlingError(
    name === "norm"
      ? `linalg.vector_norm: dtype should be floating point or complex. Got ${longName(dtypeNamed(dtype))}`
      : `${name}(): could not infer output dtype. Optional dtype must be either a floating point or complex dtype. Got: ${longName(dtypeNamed(dtype))}`,
  );
}
