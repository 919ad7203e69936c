/** What a tensor is, asked in PyTorch's words; and what types can do. */
import { canHold, dtypeNamed, promote, promoteScalar, type DType, type DTypeName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import type { Storage } from "../memory/storage.ts";
import { sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { item } from "./reading.ts";

/** Whether `value` is a tensor. */
export function isTensor(value: unknown): value is Tensor {
  return value instanceof Tensor;
}

/** Number of elements. */
export function numel(tensor: Tensor): number {
  return tensor.numel();
}

export function isFloatingPoint(tensor: Tensor): boolean {
  return tensor.isFloatingPoint();
}

export function isComplex(tensor: Tensor): boolean {
  return tensor.isComplex();
}

/** Whether it was made in inference mode. */
export function isInference(tensor: Tensor): boolean {
  return tensor.isInference();
}

/** Whether the one element isn't zero: Python's `bool(tensor)`. */
export function isNonzero(tensor: Tensor): boolean {
  const count = tensor.numel();
  if (count === 1) return Boolean(item(tensor));
  throw new KindlingError(`Boolean value of Tensor with ${count === 0 ? "no values" : "more than one value"} is ambiguous`);
}

export function isSameSize(tensor: Tensor, other: Tensor): boolean {
  return sameShape(tensor.shape, other.shape);
}

/** Whether both are the same window on the same memory. */
export function isSetTo(tensor: Tensor, other: Tensor): boolean {
  const sameWindow = tensor.storage === other.storage && tensor.offset === other.offset && tensor.dtype === other.dtype;
  return sameWindow && sameShape(tensor.shape, other.shape) && sameShape(tensor.strides, other.strides);
}

const places = new WeakMap<Storage, number>();
/** Apart enough that two storages' numbers never meet. */
const PLACE = 2 ** 32;
let nextPlace = 1;

/**
 * A number that two tensors have in common exactly if their first elements are the same memory. It is no address:
 * values move.
 */
export function dataPtr(tensor: Tensor): number {
  let place = places.get(tensor.storage);
  if (place === undefined) places.set(tensor.storage, (place = nextPlace++ * PLACE));
  return place + tensor.offset * tensor.elementSize();
}

// --- types ----------------------------------------------------------------------------------------------------------

/** The type of a result that has operands of both types. */
export function promoteTypes(a: DTypeName, b: DTypeName): DType {
  return promote(dtypeNamed(a), dtypeNamed(b));
}

/** The type of what arithmetic on the two gives. */
export function resultType(a: Tensor | number | boolean, b: Tensor | number | boolean): DType {
  if (a instanceof Tensor) return b instanceof Tensor ? promote(a.dtype, b.dtype) : promoteScalar(a.dtype, b);
  if (b instanceof Tensor) return promoteScalar(b.dtype, a);
  return typeof a === "boolean" && typeof b === "boolean" ? "bool" : Number.isInteger(Number(a)) && Number.isInteger(Number(b)) ? "int32" : "float32";
}

/** Whether values of one type may be cast to another without losing their kind (a fraction, a sign, a number). */
export function canCast(from: DTypeName, to: DTypeName): boolean {
  return canHold(dtypeNamed(to), dtypeNamed(from));
}

export function getDefaultDtype(): DType {
  return "float32";
}

/** Only `"float32"` can be the default. */
export function setDefaultDtype(dtype: DTypeName): void {
  if (dtype !== "float32" && dtype !== "float") throw new ArgumentError(`Kindling's floating point type is float32; the default can't be ${dtype}`, "TypeError");
}

/** Limits of a floating point type. */
export function finfo(dtype: DTypeName = "float32"): { dtype: DType; bits: number; eps: number; max: number; min: number; tiny: number; smallestNormal: number; resolution: number } {
  if (dtypeNamed(dtype) !== "float32") throw new ArgumentError(`torch.finfo() requires a floating point input type. Use torch.iinfo to handle '${dtype}'`, "TypeError");
  const max = (2 - 2 ** -23) * 2 ** 127;
  return { dtype: "float32", bits: 32, eps: 2 ** -23, max, min: -max, tiny: 2 ** -126, smallestNormal: 2 ** -126, resolution: 1e-6 };
}

/** Limits of an integer type. */
export function iinfo(dtype: DTypeName): { dtype: DType; bits: number; max: number; min: number } {
  const type = dtypeNamed(dtype);
  if (type === "float32" || type === "bool") throw new ArgumentError(`torch.iinfo() requires an integer input type. Use torch.finfo to handle '${dtype}'`, "TypeError");
  return type === "uint8" ? { dtype: type, bits: 8, max: 255, min: 0 } : { dtype: type, bits: 32, max: 2 ** 31 - 1, min: -(2 ** 31) };
}
