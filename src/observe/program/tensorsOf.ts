import { Tensor } from "../../engine/tensor.ts";

/** The tensors in what a module returned: one, or those in a list or a plain object, in order. */
export function tensorsOf(output: unknown): Tensor[] {
  if (output instanceof Tensor) return [output];
  if (Array.isArray(output)) return output.flatMap(tensorsOf);
  const isPlain = typeof output === "object" && output !== null && Object.getPrototypeOf(output) === Object.prototype;
  return isPlain ? Object.values(output).flatMap(tensorsOf) : [];
}
