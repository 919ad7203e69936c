/** What a tensor is, asked in PyTorch's words; and what types can do. */
import { canHold, dtypeNamed, itemSize, promote, promoteScalar, type DType, type DTypeName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import type { Storage } from "../memory/storage.ts";
import { sameShape, wrapDim } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { valuesOf } from "./reading.ts";
import type { Int } from "./types.ts";

/**
 * Whether `obj` is a tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.is_tensor.html
 * @api torch.isTensor
 */
export const isTensor = (obj: unknown): obj is Tensor => obj instanceof Tensor;

/**
 * Number of elements.
 * @see https://pytorch.org/docs/stable/generated/torch.numel.html
 * @api torch.numel Tensor.nelement
 */
export function numel(input: Tensor): number {
  return input.numel();
}

/**
 * Number of dimensions.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.dim.html
 * @api Tensor.ndimension
 */
export function ndimension(input: Tensor): number {
  return input.shape.length;
}

/**
 * Steps between neighbours in each dimension, or in one, counted in elements.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.stride.html
 * @api Tensor.stride
 */
export function stride(input: Tensor): readonly number[];
export function stride(input: Tensor, dim: Int): number;
export function stride(input: Tensor, dim?: Int): number | readonly number[] {
  return dim === undefined ? input.strides : input.strides[wrapDim(dim, input.shape.length)]!;
}

/**
 * Where the first element is in the memory that views share, counted in elements.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.storage_offset.html
 * @api Tensor.storageOffset
 */
export function storageOffset(input: Tensor): number {
  return input.offset;
}

/**
 * Whether the elements lie in memory row by row without gaps.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.is_contiguous.html
 * @api Tensor.isContiguous
 */
export function isContiguous(input: Tensor): boolean {
  return input.dense;
}

/**
 * Bytes of one element.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.element_size.html
 * @api Tensor.elementSize
 */
export function elementSize(input: Tensor): number {
  return itemSize(input.dtype);
}

/**
 * Whether the type is `float32`.
 * @see https://pytorch.org/docs/stable/generated/torch.is_floating_point.html
 * @api torch.isFloatingPoint Tensor.isFloatingPoint
 */
export function isFloatingPoint(input: Tensor): boolean {
  return input.dtype === "float32";
}

/**
 * Always false: there are no complex numbers here.
 * @see https://pytorch.org/docs/stable/generated/torch.is_complex.html
 * @api torch.isComplex Tensor.isComplex
 */
export const isComplex: (input: Tensor) => boolean = () => false;

/**
 * Whether the type has negative numbers.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.is_signed.html
 * @api Tensor.isSigned
 */
export function isSigned(input: Tensor): boolean {
  return input.dtype === "float32" || input.dtype === "int32";
}

/**
 * Whether it was made in inference mode.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.is_inference.html
 * @api torch.isInference Tensor.isInference
 */
export function isInference(input: Tensor): boolean {
  return input.storage.inference;
}

/**
 * Whether the one element isn't zero: Python's `bool(tensor)`.
 * @see https://pytorch.org/docs/stable/generated/torch.is_nonzero.html
 * @api torch.isNonzero Tensor.isNonzero
 */
export function isNonzero(input: Tensor): boolean {
  const count = input.numel();
  if (count === 1) return valuesOf(input, "isNonzero")[0] !== 0;
  throw new KindlingError(`Boolean value of Tensor with ${count === 0 ? "no values" : "more than one value"} is ambiguous`);
}

/**
 * Whether two tensors have the same shape.
 * @api torch.isSameSize Tensor.isSameSize
 */
export function isSameSize(input: Tensor, other: Tensor): boolean {
  return sameShape(input.shape, other.shape);
}

/**
 * Whether both are the same window on the same memory.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.is_set_to.html
 * @api Tensor.isSetTo
 */
export function isSetTo(input: Tensor, tensor: Tensor): boolean {
  const sameWindow = input.storage === tensor.storage && input.offset === tensor.offset && input.dtype === tensor.dtype;
  return sameWindow && sameShape(input.shape, tensor.shape) && sameShape(input.strides, tensor.strides);
}

const places = new WeakMap<Storage, number>();
/** Apart enough that two storages' numbers never meet. */
const PLACE = 2 ** 32;
let nextPlace = 1;

/**
 * A number that two tensors have in common exactly if their first elements are the same memory. It is no address:
 * values move.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.data_ptr.html
 * @api Tensor.dataPtr
 */
export function dataPtr(input: Tensor): number {
  let place = places.get(input.storage);
  if (place === undefined) places.set(input.storage, (place = nextPlace++ * PLACE));
  return place + input.offset * itemSize(input.dtype);
}

// --- types ----------------------------------------------------------------------------------------------------------

/**
 * The type of a result that has operands of both types.
 * @see https://pytorch.org/docs/stable/generated/torch.promote_types.html
 * @api torch.promoteTypes
 */
export function promoteTypes(type1: DTypeName, type2: DTypeName): DType {
  return promote(dtypeNamed(type1), dtypeNamed(type2));
}

/**
 * The type of what arithmetic on the two gives.
 * @see https://pytorch.org/docs/stable/generated/torch.result_type.html
 * @api torch.resultType
 */
export function resultType(tensor: Tensor, other: Tensor | number | boolean): DType;
export function resultType(scalar: number | boolean, tensor: Tensor): DType;
export function resultType(scalar1: number | boolean, scalar2: number | boolean): DType;
export function resultType(a: Tensor | number | boolean, b: Tensor | number | boolean): DType {
  if (a instanceof Tensor) return b instanceof Tensor ? promote(a.dtype, b.dtype) : promoteScalar(a.dtype, b);
  if (b instanceof Tensor) return promoteScalar(b.dtype, a);
  return typeof a === "boolean" && typeof b === "boolean" ? "bool" : Number.isInteger(Number(a)) && Number.isInteger(Number(b)) ? "int32" : "float32";
}

/**
 * Whether values of one type may be cast to another without losing their kind (a fraction, a sign, a number).
 * @see https://pytorch.org/docs/stable/generated/torch.can_cast.html
 * @api torch.canCast
 */
export function canCast(from: DTypeName, to: DTypeName): boolean {
  return canHold(dtypeNamed(to), dtypeNamed(from));
}

/**
 * The type of numbers where nothing else is said: `"float32"`.
 * @see https://pytorch.org/docs/stable/generated/torch.get_default_dtype.html
 * @api torch.getDefaultDtype
 */
export function getDefaultDtype(): DType {
  return "float32";
}

/**
 * Only `"float32"` can be the default.
 * @throws ArgumentError for any other type
 * @see https://pytorch.org/docs/stable/generated/torch.set_default_dtype.html
 * @api torch.setDefaultDtype
 */
export function setDefaultDtype(d: DTypeName): void {
  if (d !== "float32" && d !== "float") throw new ArgumentError(`Kindling's floating point type is float32; the default can't be ${d}`, "TypeError");
}

/** Limits of a floating point type: its bits, the step from 1 to the next number, its largest, smallest and smallest positive normal number. */
export interface FloatLimits {
  dtype: DType;
  bits: number;
  eps: number;
  max: number;
  min: number;
  tiny: number;
  smallestNormal: number;
  resolution: number;
}

/** Limits of an integer type: its bits, its largest and its smallest number. */
export interface IntegerLimits {
  dtype: DType;
  bits: number;
  max: number;
  min: number;
}

/**
 * Limits of a floating point type.
 * @see https://pytorch.org/docs/stable/type_info.html#torch.torch.finfo
 * @api torch.finfo
 */
export function finfo(type: DTypeName = "float32"): FloatLimits {
  if (dtypeNamed(type) !== "float32")
    throw new ArgumentError(`torch.finfo() requires a floating point input type. Use torch.iinfo to handle '${type}'`, "TypeError");
  const max = (2 - 2 ** -23) * 2 ** 127;
  return { dtype: "float32", bits: 32, eps: 2 ** -23, max, min: -max, tiny: 2 ** -126, smallestNormal: 2 ** -126, resolution: 1e-6 };
}

/**
 * Limits of an integer type.
 * @see https://pytorch.org/docs/stable/type_info.html#torch.torch.iinfo
 * @api torch.iinfo
 */
export function iinfo(type: DTypeName): IntegerLimits {
  const meant = dtypeNamed(type);
  if (meant === "float32" || meant === "bool")
    throw new ArgumentError(`torch.iinfo() requires an integer input type. Use torch.finfo to handle '${type}'`, "TypeError");
  return meant === "uint8" ? { dtype: meant, bits: 8, max: 255, min: 0 } : { dtype: meant, bits: 32, max: 2 ** 31 - 1, min: -(2 ** 31) };
}
