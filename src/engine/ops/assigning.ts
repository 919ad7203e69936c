/** Writing values at places of a tensor: Python's `x[…] = value`. */
import { ArgumentError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { diagonal } from "./arranging.ts";
import { at, lookThrough, type Place } from "./subscript.ts";
import { copy_, fill_, replaceBy } from "./inplace.ts";
import { indexPut } from "./placing.ts";
import type { ScalarOrTensor } from "./types.ts";

/**
 * Writes `value` (broadcast) at `places`, in place: `x.setAt([null, 0], 1)` is Python's `x[:, 0] = 1`, `x.setAt(mask, 0)`
 * is `x[mask] = 0`, `x.setAt([[0, 2]], y)` is `x[0:2] = y`.
 * @param places one place, or a list with one for each dimension
 */
export function setAt<T extends Tensor>(target: T, places: number | "..." | Tensor | readonly Place[], value: ScalarOrTensor): T {
  const { window, listed } = lookThrough(target, Array.isArray(places) ? (places as readonly Place[]) : [places as Place]);
  if (listed.length > 0) replaceBy(window, (before) => indexPut(before, listed, value));
  else if (value instanceof Tensor) copy_(window, value);
  else fill_(window, value);
  return target;
}

/** Sets the main diagonal; of a higher tensor the elements whose indices are all equal. `wrap` isn't supported. */
export function fillDiagonal_<T extends Tensor>(target: T, value: number, options: { wrap?: boolean } = {}): T {
  const rank = target.shape.length;
  if (rank < 2) throw new ArgumentError("dimensions must larger than 1", "RuntimeError");
  if (options.wrap) throw new ArgumentError("Kindling has no fillDiagonal_ with wrap", "RuntimeError");
  if (rank === 2) {
    fill_(diagonal(target), value);
    return target;
  }
  if (target.shape.some((size) => size !== target.shape[0])) {
    throw new ArgumentError("all dimensions of input must be of equal length", "RuntimeError");
  }
  for (let i = 0; i < target.shape[0]!; i++) fill_(at(target, ...target.shape.map(() => i)), value);
  return target;
}
