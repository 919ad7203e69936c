/** Refusing types that PyTorch has no kernel for, in its words. */
import { longName, type DType } from "../../dtype.ts";
import { KindlingError } from "../../errors.ts";

/** @param kernel PyTorch's name of it */
export function requireFloat(kernel: string, dtype: DType): void {
  if (dtype !== "float32") throw notImplemented(kernel, dtype, "float32");
}

/** @param kernel PyTorch's name of it */
export function requireInteger(kernel: string, dtype: DType): void {
  if (dtype === "float32" || dtype === "bool") throw notImplemented(kernel, dtype, "int32");
}

/** @param kernel PyTorch's name of it */
export function refuseBool(kernel: string, dtype: DType): void {
  if (dtype === "bool") throw notImplemented(kernel, dtype, "int32");
}

function notImplemented(kernel: string, dtype: DType, able: DType): KindlingError {
  return new KindlingError(`"${kernel}" not implemented for '${longName(dtype)}'. Convert with .to("${able}") first`);
}
