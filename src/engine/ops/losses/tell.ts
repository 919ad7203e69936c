/** Tells whoever watches the run of a loss. */
import { shownAs } from "../../autograd/node.ts";
import { instrument } from "../../instrument.ts";
import type { Tensor } from "../../tensor.ts";

type Each = (input: Tensor, target: Tensor) => Tensor;

/** Whether a watcher computes a loss for itself, which is none of the program's and told to nobody. */
let isWatchers = false;

/** PyTorch's names of those that it computes in one step. */
const shown: Readonly<Record<string, string>> = Object.fromEntries(
  [
    ...["mseLoss", "smoothL1Loss", "huberLoss", "binaryCrossEntropy", "binaryCrossEntropyWithLogits"],
    ...["softMarginLoss", "multiMarginLoss", "multilabelMarginLoss"],
  ].map((name) => [name, `${name[0]!.toUpperCase()}${name.slice(1)}Backward0`]),
);

/**
 * @param name as users write it
 * @param each the same loss, with the same options, of another input and target: of each element, unreduced
 * @returns `value`
 */
export function tellLoss(name: string, value: Tensor, input: Tensor, target: Tensor, each: Each): Tensor {
  if (!isWatchers) instrument()?.loss?.({ name, value, input, target, each: (x, y) => forWatcher(each, x, y) });
  return name in shown ? shownAs(shown[name]!, value) : value;
}

function forWatcher(each: Each, input: Tensor, target: Tensor): Tensor {
  isWatchers = true;
  try {
    return each(input, target);
  } finally {
    isWatchers = false;
  }
}
