/** Sorting along a dimension, and what has a place in the order. */
import { KindlingError } from "../errors.ts";
import { wrapDim } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { order } from "./internal/order.ts";
import { dropped, pick, type Picked } from "./internal/pick.ts";
import { requireSome } from "./internal/reduce.ts";
import { valuesAndIndices, type ValuesAndIndices } from "./namedTuple.ts";
import type { Int } from "./types.ts";

/** Equal elements keep their order: they always do here. */
export interface Stable {
  stable?: boolean | null;
}

/**
 * Values in order along `dim` with the positions they came from. NaN counts as the greatest.
 * @param dim default the last
 * @param descending from the largest down
 * @see https://pytorch.org/docs/stable/generated/torch.sort.html
 * @api torch.sort Tensor.sort
 */
export function sort(input: Tensor, dim?: Int, descending?: boolean, options?: Stable): ValuesAndIndices;
export function sort(input: Tensor, dim = -1, descending = false): ValuesAndIndices {
  const { values, indices } = inOrderAlong(input, dim, descending);
  return valuesAndIndices("sort", values, indices);
}

export function inOrderAlong(input: Tensor, dim: number, descending: boolean): Picked {
  const d = wrapDim(dim, input.shape.length);
  return pick(input, d, input.shape[d] ?? 1, (line) => order(line, descending), { descending });
}

/**
 * The positions that would sort the input along `dim`.
 * @param dim default the last
 * @param descending from the largest down
 * @see https://pytorch.org/docs/stable/generated/torch.argsort.html
 * @api torch.argsort Tensor.argsort
 */
export function argsort(input: Tensor, dim?: Int, descending?: boolean, options?: Stable): Tensor;
export function argsort(input: Tensor, dim = -1, descending = false): Tensor {
  return inOrderAlong(input.detach(), dim, descending).indices;
}

/**
 * Values in ascending order along the first dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.msort.html
 * @api torch.msort Tensor.msort
 */
export function msort(input: Tensor): Tensor {
  return inOrderAlong(input, 0, false).values;
}

/**
 * The `k` largest elements along `dim`, from the largest down, with their positions.
 * @param dim default the last
 * @param largest `false`: the smallest ones, from the smallest up
 * @param sorted whether they are in order: they always are here
 * @see https://pytorch.org/docs/stable/generated/torch.topk.html
 * @api torch.topk Tensor.topk
 */
export function topk(input: Tensor, k: Int, dim?: Int, largest?: boolean, sorted?: boolean): ValuesAndIndices;
export function topk(input: Tensor, k: number, dim = -1, largest = true): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  if (k < 0 || k > (input.shape[d] ?? 1)) throw new KindlingError("selected index k out of range");
  const { values, indices } = pick(input, d, k, (line) => order(line, largest), { descending: largest });
  return valuesAndIndices("topk", values, indices);
}

/**
 * The `k`-th smallest element (counted from 1) along `dim` with its position.
 * @param dim default the last
 * @see https://pytorch.org/docs/stable/generated/torch.kthvalue.html
 * @api torch.kthvalue Tensor.kthvalue
 */
export function kthvalue(input: Tensor, k: Int, dim: Int = -1, keepdim = false): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const n = input.shape[d] ?? 1;
  requireSome("kthvalue", input.shape, d);
  if (k < 1 || k > n) throw new KindlingError("kthvalue(): selected number k out of range for dimension " + d);
  return dropped(
    "kthvalue",
    pick(input, d, 1, (line) => [order(line, false)[k - 1]!], { descending: false, only: k - 1 }),
    d,
    input.shape.length,
    keepdim,
  );
}
