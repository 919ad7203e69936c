/** Getting values out of tensors. */
import { itemSize, typedArray, type DType, type TypedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { operationWatch } from "../instrument.ts";
import { f32, i32, u8 } from "../memory/linear.ts";
import { areGhosts, reading, withoutReader } from "../memory/reading.ts";
import { presentBytes, readBytes } from "../memory/storage.ts";
import { numelOf, shapeText, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import type { NestedNumbers } from "./types.ts";

/**
 * A copy of the values in row-major order, one after the other whatever the shape.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.numpy.html
 * @api Tensor.toTypedArray Tensor.numpy
 */
export function toTypedArray(tensor: Tensor): TypedArray {
  return valuesOf(tensor, "toTypedArray");
}

/**
 * The same for an operation that computes in JavaScript.
 * @param by its name, where the program sees something of the values that isn't in a tensor
 */
export function valuesOf(tensor: Tensor, by?: string): TypedArray {
  operationWatch()?.reads?.(tensor, by);
  return shownValues(tensor);
}

/**
 * The same for an operation that computes in JavaScript, and whose result has a shape that is known without them: nothing of
 * them leaves for the program. They are zeros while nothing is computed (memory/ghosts.ts).
 */
export function operandsOf(tensor: Tensor): TypedArray {
  operationWatch()?.reads?.(tensor);
  if (areGhosts()) return typedArray(tensor.dtype, tensor.numel());
  return withoutReader(() => shownValues(tensor));
}

/** The same for what shows them. */
export function shownValues(tensor: Tensor): TypedArray {
  const count = tensor.numel();
  const size = itemSize(tensor.dtype);
  if (count === 0) return typedArray(tensor.dtype, 0);
  if (tensor.dense) return asTyped(tensor.dtype, readBytes(tensor.storage, tensor.offset * size, count * size));
  let last = tensor.offset;
  tensor.shape.forEach((n, i) => (last += (n - 1) * tensor.strides[i]!));
  const span = asTyped(tensor.dtype, readBytes(tensor.storage, tensor.offset * size, (last - tensor.offset + 1) * size));
  const out = typedArray(tensor.dtype, count);
  let next = 0;
  forEachOffset(tensor.shape, tensor.strides, 0, (offset) => (out[next++] = span[offset]!));
  return out;
}

function asTyped(dtype: DType, bytes: Uint8Array): TypedArray {
  if (dtype === "float32") return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  if (dtype === "int32") return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  return bytes;
}

/** Visits the elements of a strided window in row-major order. */
export function forEachOffset(shape: Shape, strides: readonly number[], start: number, visit: (offset: number) => void): void {
  const rank = shape.length;
  if (shape.includes(0)) return;
  const counter = new Array<number>(rank).fill(0);
  let offset = start;
  for (;;) {
    visit(offset);
    let dim = rank - 1;
    for (; dim >= 0; dim--) {
      offset += strides[dim]!;
      if (++counter[dim]! < shape[dim]!) break;
      offset -= strides[dim]! * shape[dim]!;
      counter[dim] = 0;
    }
    if (dim < 0) return;
  }
}

/** The values at the given places along each dimension, in row-major order; no other is looked at. */
export function valuesAt(tensor: Tensor, places: readonly (readonly number[])[]): TypedArray {
  const out = typedArray(tensor.dtype, numelOf(places.map((list) => list.length)));
  let next = 0;
  const visit = (dim: number, offset: number): void => {
    if (dim === places.length) out[next++] = elementOf(tensor, offset);
    else for (const place of places[dim]!) visit(dim + 1, offset + place * tensor.strides[dim]!);
  };
  visit(0, tensor.offset);
  return out;
}

/**
 * The value of a tensor with one element. A `bool` gives `true` or `false`, which count as 1 and 0 in arithmetic.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.item.html
 * @api Tensor.item
 */
export function item(tensor: Tensor): number {
  if (tensor.numel() !== 1) {
    throw new KindlingError(`a Tensor with ${tensor.numel()} elements cannot be converted to Scalar`);
  }
  operationWatch()?.reads?.(tensor, "item");
  const value = elementOf(tensor, tensor.offset);
  return tensor.dtype === "bool" ? ((value !== 0) as unknown as number) : value;
}

/** Whether all conditions hold that an operation checks: nothing but an error follows where they don't. */
export function hold(conditions: Tensor): boolean {
  const all = conditions.all();
  return elementOf(all, all.offset) !== 0;
}

/** The element at a place in the tensor's storage. */
function elementOf(tensor: Tensor, offset: number): number {
  const { reader } = reading;
  return tensor.storage.computed && reader !== null ? reader.number(() => presentElement(tensor, offset)) : presentElement(tensor, offset);
}

function presentElement({ storage, dtype }: Tensor, offset: number): number {
  const size = itemSize(dtype);
  if (storage.pointer < 0) return asTyped(dtype, presentBytes(storage, offset * size, size))[0]!;
  if (size === 1) return u8[storage.pointer + offset]!;
  return (dtype === "float32" ? f32 : i32)[(storage.pointer >>> 2) + offset]!;
}

/** What lists may take in memory; JavaScript ends the process where they take more than some GiB. */
const MOST_IN_LISTS = 2 ** 30;

/**
 * Nested lists of numbers (booleans for `bool`); a plain number for a scalar. How deep, the program knows: either it says
 * so, `const rows: number[][] = x.tolist()` or `x.tolist<number[][]>()`, or elements are `any`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.tolist.html
 * @api Tensor.tolist
 */
export function tolist<List = any[]>(input: Tensor): List {
  const { shape } = input;
  const lists = numelOf(shape.slice(0, -1));
  if (input.numel() * 8 + lists * 48 > MOST_IN_LISTS) {
    throw new KindlingError(
      `tolist(): shape ${shapeText(shape)} makes more and longer lists than JavaScript holds; use toTypedArray(), or take a part of the tensor`,
    );
  }
  const values = valuesOf(input, "tolist");
  const isBool = input.dtype === "bool";
  let next = 0;
  const build = (dim: number): NestedNumbers => {
    if (dim === shape.length) {
      const value = values[next++]!;
      return isBool ? value !== 0 : value;
    }
    const list: NestedNumbers[] = [];
    for (let i = 0; i < shape[dim]!; i++) list.push(build(dim + 1));
    return list;
  };
  return build(0) as List;
}
