/** Element types: their sizes, names and how they mix. */
import { OutOfMemoryError } from "./errors.ts";

/** `int32` stands in for PyTorch's `int64`. */
export type DType = "float32" | "int32" | "bool" | "uint8";

/** Bytes of one element. */
export function itemSize(dtype: DType): 1 | 4 {
  return dtype === "float32" || dtype === "int32" ? 4 : 1;
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

export type TypedArray = Float32Array | Int32Array | Uint8Array;

/** A new typed array on the JavaScript heap for `count` elements. */
export function typedArray(dtype: DType, count: number): TypedArray {
  const Elements = dtype === "float32" ? Float32Array : dtype === "int32" ? Int32Array : Uint8Array;
  try {
    return new Elements(count);
  } catch {
    // JavaScript's own "Array buffer allocation failed" says nothing of who asked for how much.
    throw new OutOfMemoryError(count * itemSize(dtype));
  }
}
