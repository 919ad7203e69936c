/** Writing values at places of a tensor: Python's `x[…] = value`. */
import { ArgumentError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { diagonal } from "./arranging.ts";
import { at, lookThrough, type Place } from "./subscript.ts";
import { copy_, fill_, replaceBy } from "./inplace.ts";
import { indexPut } from "./placing.ts";
import type { Int, ScalarOrTensor } from "./types.ts";

/**
 * Writes `value` (broadcast) at `places`, in place: `x.setAt([null, 0], 1)` is Python's `x[:, 0] = 1`, `x.setAt(mask, 0)`
 * is `x[mask] = 0`, `x.setAt([[0, 2]], y)` is `x[0:2] = y`.
 * @param places one place, or a list with one for each dimension
 * @api Tensor.setAt
 */
export function setAt(input: Tensor, places: Int | "..." | Tensor | readonly Place[], value: ScalarOrTensor): Tensor {
  const { window, listed } = lookThrough(input, Array.isArray(places) ? (places as readonly Place[]) : [places as Place]);
  if (listed.length > 0) replaceBy(window, (before) => indexPut(before, listed, value));
  else if (value instanceof Tensor) copy_(window, value);
  else fill_(window, value);
  return input;
}

/**
 * Sets the main diagonal in place; of a higher tensor the elements whose indices are all equal.
 * @param wrap whether the diagonal of a tall matrix begins anew below its end
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.fill_diagonal_.html
 * @api Tensor.fillDiagonal_
 */
export function fillDiagonal_(input: Tensor, fillValue: number, wrap = false): Tensor {
  const rank = input.shape.length;
  if (rank < 2) throw new ArgumentError("dimensions must larger than 1", "RuntimeError");
  if (rank === 2) {
    for (let top = 0; top === 0 || (wrap && top < input.shape[0]!); top += input.shape[1]! + 1) fill_(diagonal(input, -top), fillValue);
    return input;
  }
  if (input.shape.some((size) => size !== input.shape[0])) {
    throw new ArgumentError("all dimensions of input must be of equal length", "RuntimeError");
  }
  for (let i = 0; i < input.shape[0]!; i++) fill_(at(input, ...input.shape.map(() => i)), fillValue);
  return input;
}
