/** Tells whoever watches the run of a loss. */
import { instrument } from "../../instrument.ts";
import type { Tensor } from "../../tensor.ts";

/**
 * @param name as users write it
 * @param each the same loss, with the same options, of another input and target: of each element, unreduced
 * @returns `value`
 */
export function tellLoss(name: string, value: Tensor, input: Tensor, target: Tensor, each: (input: Tensor, target: Tensor) => Tensor): Tensor {
  instrument()?.loss?.({ name, value, input, target, each });
  return value;
}
