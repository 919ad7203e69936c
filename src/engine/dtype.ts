/** Element types: their sizes, names and how they mix. */
import { ArgumentError, OutOfMemoryError } from "./errors.ts";

/**
 * `int32` stands in for PyTorch's `int64`.
 * @api torch.DType
 */
export type DType = "float32" | "int32" | "bool" | "uint8";

/** Bytes of one element. */
export function itemSize(dtype: DType): 1 | 4 {
  return dtype === "float32" || dtype === "int32" ? 4 : 1;
}

/** PyTorch's names of types that Kindling keeps as another. */
const standIns = {
  int64: "int32",
  long: "int32",
  int: "int32",
  int16: "int32",
  short: "int32",
  int8: "int32",
  char: "int32",
  float: "float32",
  float64: "float32",
  double: "float32",
  float16: "float32",
  half: "float32",
  bfloat16: "float32",
  byte: "uint8",
} as const satisfies Record<string, DType>;

/**
 * A type by its own name, or by PyTorch's name of one that it stands in for: `"int64"` is `"int32"`.
 * @api torch.DTypeName
 */
export type DTypeName = DType | keyof typeof standIns;

export function isDtypeName(name: string): name is DTypeName {
  return name in rank || name in standIns;
}

/** The type that a name means. */
export function dtypeNamed(name: DTypeName): DType {
  if (name in rank) return name as DType;
  const found = standIns[name as keyof typeof standIns];
  if (found === undefined)
    throw new ArgumentError(`dtype is one of "float32", "int32", "bool", "uint8" or PyTorch's names for them, but got ${String(name)}`, "TypeError");
  return found;
}

/** PyTorch's C++ name of a type, as some of its errors have it. */
export function nativeName(dtype: DType): string {
  return { float32: "float", int32: "long int", bool: "bool", uint8: "unsigned char" }[dtype];
}

/** Whether every kind of value of `from` is one of `to`: no fraction, sign or number is lost. */
export function canHold(to: DType, from: DType): boolean {
  return from === to || (from === "bool" && to !== "bool") || (to !== "bool" && from !== "float32");
}

const rank: Record<DType, number> = { bool: 0, uint8: 1, int32: 2, float32: 3 };

/** The type of a result that has operands of both types. */
export function promote(a: DType, b: DType): DType {
  return rank[a] >= rank[b] ? a : b;
}

/** The type of `tensor op scalar`: a fraction turns integers into floats, a whole number changes nothing but bool. */
export function promoteScalar(dtype: DType, scalar: number | boolean): DType {
  if (typeof scalar === "boolean" || dtype === "float32") return dtype;
  if (!Number.isInteger(scalar)) return "float32";
  return dtype === "bool" ? "int32" : dtype;
}

/** A type as PyTorch's messages call it: `Float`, `Long`. */
export function longName(dtype: DType): string {
  return { float32: "Float", int32: "Long", bool: "Bool", uint8: "Byte" }[dtype];
}

/**
 * What the values of a tensor are copied into.
 * @api torch.TypedArray
 */
export type TypedArray = Float32Array | Int32Array | Uint8Array;

/**
 * Gives each place of a list its value. JavaScript's own `Int32Array.from(values, compute)` and `filter` make a list of
 * objects first: 50 bytes an element, and V8 ends the process where there are more than some 100 million.
 */
export function filled<T extends { [place: number]: number; readonly length: number }>(target: T, value: (place: number) => number): T {
  for (let i = 0; i < target.length; i++) target[i] = value(i);
  return target;
}

/** A new typed array on the JavaScript heap for `count` elements. */
export function typedArray(dtype: DType, count: number): TypedArray {
  return roomFor<TypedArray>(dtype === "float32" ? Float32Array : dtype === "int32" ? Int32Array : Uint8Array, count);
}

/** The same for any type of elements. @throws OutOfMemoryError where there isn't so much room */
export function roomFor<T>(Elements: { new (count: number): T; readonly BYTES_PER_ELEMENT: number }, count: number): T {
  try {
    return new Elements(count);
  } catch {
    // JavaScript's own "Array buffer allocation failed" says nothing of who asked for how much.
    throw new OutOfMemoryError(count * Elements.BYTES_PER_ELEMENT);
  }
}
