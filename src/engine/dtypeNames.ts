/** PyTorch's names of dtypes, for `zeros(2, { dtype: int64 })`. Each is the type that Kindling keeps such values as. */
import type { DType } from "./dtype.ts";

/**
 * 32-bit floating point.
 * @api torch.float32
 */
export const float32: DType = "float32";
/**
 * Float32.
 * @api torch.float
 */
export const float: DType = "float32";
/**
 * 64-bit floating point, kept as float32.
 * @api torch.float64
 */
export const float64: DType = "float32";
/**
 * Float64, kept as float32.
 * @api torch.double
 */
export const double: DType = "float32";
/**
 * 32-bit integers.
 * @api torch.int32
 */
export const int32: DType = "int32";
/**
 * Int32.
 * @api torch.int
 */
export const int: DType = "int32";
/**
 * 64-bit integers, kept as int32.
 * @api torch.int64
 */
export const int64: DType = "int32";
/**
 * Int64, kept as int32.
 * @api torch.long
 */
export const long: DType = "int32";
/**
 * Bytes.
 * @api torch.uint8
 */
export const uint8: DType = "uint8";
/**
 * Truth values.
 * @api torch.bool
 */
export const bool: DType = "bool";
