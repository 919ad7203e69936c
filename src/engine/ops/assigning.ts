/** Writing values at places of a tensor: Python's `x[…] = value`. */
import { ArgumentError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { diagonal } from "./arranging.ts";
import { copy_, fill_, replaceBy } from "./inplace.ts";
import { indexPut } from "./placing.ts";
import type { ScalarOrTensor } from "./types.ts";
import { at, slice } from "./views.ts";

/** What stands for one dimension: a number picks, `null` keeps, `[start, end, step]` slices, a tensor lists positions or is a mask. */
export type Place = number | null | readonly (number | null)[] | Tensor;

/**
 * Writes `value` (broadcast) at `places`, in place: `x.setAt([null, 0], 1)` is Python's `x[:, 0] = 1`, `x.setAt(mask, 0)`
 * is `x[mask] = 0`, `x.setAt([[0, 2]], y)` is `x[0:2] = y`.
 * @param places one place, or a list with one for each dimension
 */
export function setAt<T extends Tensor>(target: T, places: number | Tensor | readonly Place[], value: ScalarOrTensor): T {
  const list: readonly Place[] = Array.isArray(places) ? (places as readonly Place[]) : [places as number | Tensor];
  if (list.some((place) => place instanceof Tensor)) setListed(target, list, value);
  else write(at(target, ...(list as readonly (number | null | readonly (number | null)[])[])), value);
  return target;
}

function write(window: Tensor, value: ScalarOrTensor): void {
  if (value instanceof Tensor) copy_(window, value);
  else fill_(window, value);
}

/** Slices are looked through first; what is left are lists of positions. */
function setListed(target: Tensor, list: readonly Place[], value: ScalarOrTensor): void {
  let window = target;
  const listed = list.map((place, dim) => {
    if (!Array.isArray(place)) return place as number | Tensor | null;
    const [start, end, step] = place as readonly (number | null)[];
    window = slice(window, dim, start, end, step ?? 1);
    return null;
  });
  replaceBy(window, (before) => indexPut(before, listed, value));
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
