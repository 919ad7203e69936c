/** PyTorch's names of dtypes, for `zeros(2, { dtype: int64 })`. Each is the type that Kindling keeps such values as. */
import type { DType } from "./dtype.ts";

export const float32: DType = "float32";
export const float: DType = "float32";
export const float64: DType = "float32";
export const double: DType = "float32";
export const int32: DType = "int32";
export const int: DType = "int32";
export const int64: DType = "int32";
export const long: DType = "int32";
export const uint8: DType = "uint8";
export const bool: DType = "bool";
