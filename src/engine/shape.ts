/** Arithmetic on shapes and strides; knows no tensors. Strides count elements. */
import { ArgumentError, IndexError, KindlingError, ShapeError } from "./errors.ts";

/**
 * Sizes of the dimensions.
 * @api torch.Shape
 */
export type Shape = readonly number[];

/**
 * A tensor's shape. Which rank it has, the program knows and the type doesn't, so it fits wherever a list of that many
 * numbers is wanted: `const [batch, features] = x.shape`, `const size: [number, number] = x.shape`. It can't be changed.
 * @api torch.TensorShape
 */
export interface TensorShape extends Array<number> {
  readonly [dim: number]: number;
  readonly 0: number;
  readonly 1: number;
  readonly 2: number;
  readonly 3: number;
  readonly 4: number;
  readonly 5: number;
  readonly 6: number;
  readonly 7: number;
  /** The number of dimensions; `any`, as tuples have each a length of their own. */
  // oxlint-disable-next-line no-explicit-any
  readonly length: any;
  readonly push: never;
  readonly pop: never;
  readonly shift: never;
  readonly unshift: never;
  readonly splice: never;
  readonly sort: never;
  readonly reverse: never;
  readonly fill: never;
  readonly copyWithin: never;
}

function notWhole(size: unknown): ArgumentError {
  return new ArgumentError(`a shape is made of whole numbers, but got ${String(size)}`, "TypeError");
}

/** Dimensions of a tensor at most: as many as PyTorch takes nested lists of. */
export const MOST_DIMENSIONS = 128;

/** @throws KindlingError where no tensor can be of this shape */
export function checkSizes(shape: Shape): void {
  if (shape.length > MOST_DIMENSIONS) throw tooManyDimensions();
  for (let i = 0; i < shape.length; i++) {
    const size = shape[i]!;
    if (size >= 0 && size % 1 === 0) continue;
    if (!Number.isInteger(size)) throw notWhole(size);
    throw new ShapeError(`Trying to create tensor with negative dimension ${size}: ${shapeText(shape)}`, shape);
  }
}

export function tooManyDimensions(): KindlingError {
  return new ArgumentError(`too many dimensions: a tensor has ${MOST_DIMENSIONS} at most`);
}

export function numelOf(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length; i++) count *= shape[i]!;
  return count;
}

export function contiguousStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    strides[i] = step;
    step *= Math.max(1, shape[i]!);
  }
  return strides;
}

/** Whether elements lie in row-major order without gaps. Dimensions of size 1 may have any stride. */
export function isContiguous(shape: Shape, strides: readonly number[]): boolean {
  let step = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const size = shape[i]!;
    if (size === 0) return true;
    if (size !== 1) {
      if (strides[i] !== step) return false;
      step *= size;
    }
  }
  return true;
}

export function sameShape(a: Shape, b: Shape): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** `[2, 3]` as PyTorch writes it in messages. */
export function shapeText(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/** Turns a dimension that may count from the end into one from the start. A scalar counts as having one dimension. */
export function wrapDim(dim: number, rank: number): number {
  const limit = Math.max(1, rank);
  if (!Number.isInteger(dim) || dim < -limit || dim >= limit) {
    throw new IndexError(`Dimension out of range (expected to be in range of [${-limit}, ${limit - 1}], but got ${dim})`);
  }
  return dim < 0 ? dim + limit : dim;
}

/** Several dimensions, each once, in ascending order; none given means all. */
export function wrapDims(dims: number | readonly number[] | null | undefined, rank: number): number[] {
  if (dims === undefined || dims === null) return Array.from({ length: rank }, (_, i) => i);
  const wrapped = (typeof dims === "number" ? [dims] : dims).map((dim) => wrapDim(dim, rank));
  if (new Set(wrapped).size !== wrapped.length) {
    throw new KindlingError(`dim ${wrapped.find((dim, i) => wrapped.indexOf(dim) !== i)} appears multiple times in the list of dims`);
  }
  if (rank === 0) return [];
  return wrapped.sort((a, b) => a - b);
}

/** The shape that both broadcast to. */
export function broadcastShapes(a: Shape, b: Shape): number[] {
  const rank = Math.max(a.length, b.length);
  const result = new Array<number>(rank);
  for (let i = 0; i < rank; i++) {
    const sizeA = a[a.length - rank + i] ?? 1;
    const sizeB = b[b.length - rank + i] ?? 1;
    if (sizeA !== sizeB && sizeA !== 1 && sizeB !== 1) {
      throw new ShapeError(`The size of tensor a (${sizeA}) must match the size of tensor b (${sizeB}) at non-singleton dimension ${i}`, a, b);
    }
    result[i] = sizeA === 1 ? sizeB : sizeA;
  }
  return result;
}

/** Strides by which a tensor is read as if it had the larger shape. */
export function broadcastStrides(shape: Shape, strides: readonly number[], target: Shape): number[] {
  const lead = target.length - shape.length;
  return target.map((size, i) => {
    const own = i - lead;
    if (own < 0 || (shape[own] === 1 && size !== 1)) return 0;
    return strides[own]!;
  });
}

/** Replaces one -1 by what makes the count come out. */
export function inferShape(wanted: Shape, count: number): number[] {
  const shape = [...wanted];
  let unknown = -1;
  let known = 1;
  for (let i = 0; i < shape.length; i++) {
    if (shape[i] !== -1) known *= shape[i]!;
    else if (unknown < 0) unknown = i;
    else throw new KindlingError("only one dimension can be inferred");
  }
  if (unknown >= 0) {
    if (known === 0) {
      throw new KindlingError(
        `cannot reshape tensor of 0 elements into shape ${shapeText(wanted)} because the unspecified dimension size -1 can be any value and is ambiguous`,
      );
    }
    shape[unknown] = count / known;
  }
  let fits = numelOf(shape) === count;
  for (let i = 0; i < shape.length; i++) {
    if (shape[i]! < 0 && unknown < 0) throw new KindlingError(`invalid shape dimension ${shape[i]}`);
    fits &&= Number.isInteger(shape[i]) && shape[i]! >= 0;
  }
  if (!fits) throw new ShapeError(`shape '${shapeText(wanted)}' is invalid for input of size ${count}`, wanted);
  return shape;
}

/**
 * Strides that show the same elements under another shape without a copy, or `null` where that is impossible.
 * Neighbouring dimensions can be split and merged where they follow each other without a gap.
 */
export function viewStrides(shape: Shape, strides: readonly number[], wanted: Shape): number[] | null {
  if (numelOf(shape) === 0) return contiguousStrides(wanted);
  const result = new Array<number>(wanted.length);
  let w = wanted.length - 1;
  let chunk = 1;
  let filled = 1;
  let base = strides.at(-1) ?? 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    chunk *= shape[i]!;
    const endsHere = i === 0 || (shape[i - 1] !== 1 && strides[i - 1] !== chunk * base);
    if (!endsHere) continue;
    while (w >= 0 && (filled < chunk || wanted[w] === 1)) {
      result[w] = filled * base;
      filled *= wanted[w]!;
      w--;
    }
    if (filled !== chunk) return null;
    if (i > 0) {
      base = strides[i - 1]!;
      chunk = 1;
      filled = 1;
    }
  }
  for (; w >= 0; w--) {
    if (wanted[w] !== 1) return null;
    result[w] = filled * base;
  }
  return result;
}
