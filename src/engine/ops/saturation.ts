/** How much of a tensor lies at the ends of what its function can give. */
import { kernels } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";
import { denseCopy } from "./internal/copy.ts";
import { at } from "./internal/make.ts";

/** Share of a float32 tensor's values, 0 to 1, that are at most `low` or at least `high`. */
export function shareBeyond(tensor: Tensor, low: number, high: number): number {
  const source = tensor.dense ? tensor : denseCopy(tensor);
  return kernels.countBeyond(at(source), tensor.numel(), low, high) / tensor.numel();
}
