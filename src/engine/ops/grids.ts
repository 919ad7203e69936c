/** Combinations of elements of several vectors. */
import { typedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { shapeText } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { stack } from "./join.ts";
import type { Int, Tensors } from "./types.ts";
import { expand, flatten, narrow, reshape } from "./views.ts";

export interface GridOptions {
  /** Whether the first vector runs along the rows (`"ij"`, default) or along the columns (`"xy"`). */
  indexing?: "ij" | "xy" | null;
}

/**
 * Coordinates of a grid: for each vector a tensor of the grid's shape (views).
 * @see https://pytorch.org/docs/stable/generated/torch.meshgrid.html
 * @api torch.meshgrid
 */
export function meshgrid(tensors: Tensors, { indexing }: GridOptions = {}): Tensor[] {
  if (tensors.length === 0) throw new KindlingError("meshgrid expects a non-empty TensorList");
  const swap = indexing === "xy" && tensors.length > 1;
  const axes = swap ? [tensors[1]!, tensors[0]!, ...tensors.slice(2)] : tensors;
  const wide = axes.find((axis) => axis.shape.length > 1);
  if (wide) throw new KindlingError(`torch.meshgrid: Expected 0D or 1D tensor in the tensor list but got: ${shapeText(wide.shape)}`);
  const shape = axes.map((axis) => axis.numel());
  const grids = axes.map((axis, i) =>
    expand(
      reshape(
        axis,
        shape.map((n, k) => (k === i ? n : 1)),
      ),
      shape,
    ),
  );
  return swap ? [grids[1]!, grids[0]!, ...grids.slice(2)] : grids;
}

/**
 * All combinations of one element from each vector, one in each row.
 * @see https://pytorch.org/docs/stable/generated/torch.cartesian_prod.html
 * @api torch.cartesianProd
 */
export function cartesianProd(tensors: Tensors): Tensor {
  if (tensors.length === 1) return tensors[0]!;
  return stack(
    meshgrid(tensors).map((grid) => flatten(grid)),
    1,
  );
}

/**
 * All combinations of `r` elements of a vector, one in each row.
 * @param withReplacement whether an element may come up again
 * @see https://pytorch.org/docs/stable/generated/torch.combinations.html
 * @api torch.combinations
 */
export function combinations(input: Tensor, r: Int = 2, withReplacement = false): Tensor {
  if (input.shape.length !== 1) throw new KindlingError(`Expect a 1D vector, but got shape ${shapeText(input.shape)}`);
  if (r < 0) throw new KindlingError(`Expect a non-negative number, but got ${r}`);
  if (r === 0) return narrow(input, 0, 0, 0);
  const n = input.numel();
  const count = waysToChoose(withReplacement ? n + r - 1 : n, r);
  const places = typedArray("int32", count * r);
  const row = new Array<number>(r);
  let next = 0;
  const choose = (k: number, from: number): void => {
    if (k === r) for (const place of row) places[next++] = place;
    else for (let i = from; i < n; i++) choose(k + 1, (row[k] = i) + Number(!withReplacement));
  };
  choose(0, 0);
  const picked = indexSelect(input, 0, fromTypedArray(places, [count * r]));
  return reshape(picked, [count, r]);
}

/** In how many ways `r` of `n` can be chosen. */
function waysToChoose(n: number, r: number): number {
  if (r > n) return 0;
  let ways = 1;
  for (let k = 1; k <= r; k++) ways = Math.round((ways * (n - r + k)) / k);
  return ways;
}
