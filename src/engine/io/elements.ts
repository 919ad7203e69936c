/** Elements as files hold them, of whatever type and byte order, and as tensors hold them. */
import type { DType, TypedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { fromTypedArray } from "../ops/creation.ts";
import { MOST_DIMENSIONS, numelOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

/** Element types of files, by PyTorch's names. */
export type FileType =
  | "float16"
  | "bfloat16"
  | "float32"
  | "float64"
  | "int8"
  | "int16"
  | "int32"
  | "int64"
  | "uint8"
  | "uint16"
  | "uint32"
  | "uint64"
  | "bool";

interface Element {
  /** Bytes of one. */
  readonly size: number;
  /** What it is read into. */
  readonly dtype: DType;
  readonly read: (view: DataView, offset: number, littleEndian: boolean) => number;
}

const elements: Readonly<Record<FileType, Element>> = {
  float16: { size: 2, dtype: "float32", read: (view, at, little) => half(view.getUint16(at, little)) },
  bfloat16: { size: 2, dtype: "float32", read: (view, at, little) => floatOfBits(view.getUint16(at, little) << 16) },
  float32: { size: 4, dtype: "float32", read: (view, at, little) => view.getFloat32(at, little) },
  float64: { size: 8, dtype: "float32", read: (view, at, little) => view.getFloat64(at, little) },
  int8: { size: 1, dtype: "int32", read: (view, at) => view.getInt8(at) },
  int16: { size: 2, dtype: "int32", read: (view, at, little) => view.getInt16(at, little) },
  int32: { size: 4, dtype: "int32", read: (view, at, little) => view.getInt32(at, little) },
  int64: { size: 8, dtype: "int32", read: (view, at, little) => Number(view.getBigInt64(at, little)) },
  uint8: { size: 1, dtype: "uint8", read: (view, at) => view.getUint8(at) },
  uint16: { size: 2, dtype: "int32", read: (view, at, little) => view.getUint16(at, little) },
  uint32: { size: 4, dtype: "int32", read: (view, at, little) => view.getUint32(at, little) },
  uint64: { size: 8, dtype: "int32", read: (view, at, little) => Number(view.getBigUint64(at, little)) },
  bool: { size: 1, dtype: "bool", read: (view, at) => Number(view.getUint8(at) !== 0) },
};

/** Bytes of one element in a file. */
export function fileSize(type: FileType): number {
  return elements[type].size;
}

/** The dtype into which a file's type is read. */
export function dtypeOf(type: FileType): DType {
  return elements[type].dtype;
}

const bits = new DataView(new ArrayBuffer(4));

function floatOfBits(value: number): number {
  bits.setInt32(0, value);
  return bits.getFloat32(0);
}

/** IEEE 754 binary16: 1 sign bit, 5 of exponent, 10 of fraction. */
function half(value: number): number {
  const sign = value & 0x8000 ? -1 : 1;
  const exponent = (value >> 10) & 31;
  const fraction = value & 1023;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/**
 * A file's elements as numbers of the dtype that they are read into.
 * @param bytes a whole number of elements
 * @param where names the file and the place for messages
 * @throws KindlingError where an integer doesn't fit into int32
 */
export function decode(bytes: Uint8Array, type: FileType, where: string, littleEndian = true): TypedArray {
  const { size, dtype, read } = elements[type];
  const count = bytes.length / size;
  if (type === "uint8") return bytes.slice();
  if (littleEndian && type === "float32") return new Float32Array(bytes.slice().buffer);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const values = dtype === "float32" ? new Float32Array(count) : dtype === "int32" ? new Int32Array(count) : new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    const value = read(view, i * size, littleEndian);
    if (dtype === "int32" && value !== (value | 0)) {
      throw new KindlingError(`${where}: element ${i} is ${value}, which doesn't fit into int32, the integer type here`);
    }
    values[i] = value;
  }
  return values;
}

/** A tensor of a file's elements. @throws KindlingError where an integer doesn't fit into int32 */
export function tensorOf(bytes: Uint8Array, type: FileType, shape: Shape, where: string, littleEndian = true): Tensor {
  return fromTypedArray(decode(bytes, type, where, littleEndian), shape, { dtype: dtypeOf(type) });
}

/** Whether numbers of a file can be a tensor's sizes (or its strides). */
export function isShape(values: unknown): values is Shape {
  return Array.isArray(values) && values.length <= MOST_DIMENSIONS && values.every((value) => Number.isSafeInteger(value) && value >= 0);
}

/** Bytes that a tensor of this shape has in a file; `null` where the numbers can't be a shape. */
export function bytesOf(shape: Shape, type: FileType): number | null {
  if (!isShape(shape)) return null;
  const bytes = numelOf(shape) * fileSize(type);
  return Number.isSafeInteger(bytes) ? bytes : null;
}
