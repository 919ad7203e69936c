/** Tells whoever watches the run of a loss. */
import { instrument } from "../../instrument.ts";
import type { Tensor } from "../../tensor.ts";

type Each = (input: Tensor, target: Tensor) => Tensor;

/** Whether a watcher computes a loss for itself, which is none of the program's and told to nobody. */
let isWatchers = false;

/**
 * @param name as users write it
 * @param each the same loss, with the same options, of another input and target: of each element, unreduced
 * @returns `value`
 */
export function tellLoss(name: string, value: Tensor, input: Tensor, target: Tensor, each: Each): Tensor {
  if (!isWatchers) instrument()?.loss?.({ name, value, input, target, each: (x, y) => forWatcher(each, x, y) });
  return value;
}

function forWatcher(each: Each, input: Tensor, target: Tensor): Tensor {
  isWatchers = true;
  try {
    return each(input, target);
  } finally {
    isWatchers = false;
  }
}
