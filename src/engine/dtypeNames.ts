/** PyTorch's names of dtypes, for `zeros(2, { dtype: int64 })`. Each is the type that Kindling keeps such values as. */
import type { DType } from "./dtype.ts";

/**
 * 32-bit floating point.
 * @api torch.float32
 */
export const float32 = "float32" satisfies DType;
/**
 * Float32.
 * @api torch.float
 */
export const float = "float32" satisfies DType;
/**
 * 64-bit floating point, kept as float32.
 * @api torch.float64
 */
export const float64 = "float32" satisfies DType;
/**
 * Float64, kept as float32.
 * @api torch.double
 */
export const double = "float32" satisfies DType;
/**
 * 32-bit integers.
 * @api torch.int32
 */
export const int32 = "int32" satisfies DType;
/**
 * Int32.
 * @api torch.int
 */
export const int = "int32" satisfies DType;
/**
 * 64-bit integers, kept as int32.
 * @api torch.int64
 */
export const int64 = "int32" satisfies DType;
/**
 * Int64, kept as int32.
 * @api torch.long
 */
export const long = "int32" satisfies DType;
/**
 * Bytes.
 * @api torch.uint8
 */
export const uint8 = "uint8" satisfies DType;
/**
 * Truth values.
 * @api torch.bool
 */
export const bool = "bool" satisfies DType;
