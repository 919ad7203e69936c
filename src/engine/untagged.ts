/** Public names whose declarations carry no tag yet; a tagged one of the same name stands before them. */
export { Device, type DeviceLike, type DeviceType } from "./device.ts";
export type { DType, DTypeName, TypedArray } from "./dtype.ts";
export { ArgumentError, IndexError, KindlingError, OutOfMemoryError, ShapeError } from "./errors.ts";
export type { MemoryReport } from "./memory/report.ts";
export { numpyRandom, type NumpyRandom } from "./random/numpyRandom.ts";
export type { Shape, TensorShape } from "./shape.ts";
export { Tensor, type HookHandle } from "./tensor.ts";
export type { BinaryOptions, RandomOptions, ScalarOrTensor, TensorData, TensorOptions, ScatterReduction } from "./ops/index.ts";
export type { LoadOptions, SaveOptions } from "./io/save.ts";
export * from "./dtypeNames.ts";
