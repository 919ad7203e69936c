/** The different elements or slices, how often and where they occur. */
import type { TypedArray } from "../dtype.ts";
import { operationWatch } from "../instrument.ts";
import type { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { ascending, inOrder, mergeSorted } from "./internal/order.ts";
import { valuesOf } from "./reading.ts";
import type { Int } from "./types.ts";
import { flatten } from "./views.ts";

/**
 * The different elements, or slices along `dim`, in ascending order. With `returnInverse` and `returnCounts` a list of them,
 * of each element's position among them, and of how often each occurs.
 * @param sorted whether they are in order: they always are here
 * @param returnInverse whether positions are wanted, too
 * @param returnCounts whether counts are wanted, too
 * @param dim compare slices along this dimension instead of elements
 * @see https://pytorch.org/docs/stable/generated/torch.unique.html
 * @api torch.unique Tensor.unique
 */
export function unique(input: Tensor, sorted?: boolean, returnInverse?: false, returnCounts?: false, dim?: Int | null): Tensor;
export function unique(input: Tensor, sorted?: boolean, returnInverse?: boolean, returnCounts?: boolean, dim?: Int | null): Tensor[];
export function unique(input: Tensor, _: boolean = true, returnInverse = false, returnCounts = false, dim: Int | null = null): Tensor | Tensor[] {
  const slices = slicesOf(input, dim);
  const places = mergeSorted(inOrder(slices.count), (a, b) => compareSlices(slices, a, b));
  return grouped(input, slices, places, returnInverse, returnCounts, dim);
}

/**
 * As `unique`, but only equal neighbours are merged and the order stays.
 * @param returnInverse whether positions are wanted, too
 * @param returnCounts whether counts are wanted, too
 * @param dim compare slices along this dimension instead of elements
 * @see https://pytorch.org/docs/stable/generated/torch.unique_consecutive.html
 * @api torch.uniqueConsecutive Tensor.uniqueConsecutive
 */
export function uniqueConsecutive(input: Tensor, returnInverse?: false, returnCounts?: false, dim?: Int | null): Tensor;
export function uniqueConsecutive(input: Tensor, returnInverse?: boolean, returnCounts?: boolean, dim?: Int | null): Tensor[];
export function uniqueConsecutive(input: Tensor, returnInverse = false, returnCounts = false, dim: Int | null = null): Tensor | Tensor[] {
  const slices = slicesOf(input, dim);
  return grouped(input, slices, inOrder(slices.count), returnInverse, returnCounts, dim);
}

/** What is compared: single elements, or slices of `size` elements, one after the other. */
interface Slices {
  readonly values: TypedArray;
  readonly count: number;
  readonly size: number;
}

function slicesOf(input: Tensor, dim: number | null): Slices {
  const slices = dim === null ? flatten(input) : input.transpose(dim, 0);
  const values = valuesOf(slices, "unique");
  const count = slices.shape[0] ?? 1;
  return { values, count, size: count === 0 ? 0 : values.length / count };
}

/** Ascending; NaN counts as the greatest. */
function compareSlices({ values, size }: Slices, a: number, b: number): number {
  for (let i = 0; i < size; i++) {
    const order = ascending(values[a * size + i]!, values[b * size + i]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** Whether all elements are equal; NaN equals nothing. */
function sameSlices({ values, size }: Slices, a: number, b: number): boolean {
  for (let i = 0; i < size; i++) if (values[a * size + i] !== values[b * size + i]) return false;
  return true;
}

/** Merges equal neighbours among the slices in the order of `places`. */
function grouped(input: Tensor, slices: Slices, places: Int32Array, returnInverse: boolean, returnCounts: boolean, dim: number | null): Tensor | Tensor[] {
  const inverse = new Int32Array(places.length);
  let groups = 0;
  places.forEach((place, i) => {
    if (i === 0 || !sameSlices(slices, places[i - 1]!, place)) groups++;
    inverse[place] = groups - 1;
  });
  const counts = new Int32Array(groups);
  const firsts = new Int32Array(groups);
  places.forEach((place) => {
    if (counts[inverse[place]!]!++ === 0) firsts[inverse[place]!] = place;
  });
  const source = dim === null ? flatten(input.detach()) : input.detach();
  const found = indexSelect(source, dim ?? 0, fromTypedArray(firsts, [groups]));
  const extras: Tensor[] = [];
  if (returnInverse) extras.push(fromTypedArray(inverse, dim === null ? input.shape : [inverse.length]));
  if (returnCounts) extras.push(fromTypedArray(counts, [groups]));
  operationWatch()?.ran({ name: "unique" }, [input], [found, ...extras], undefined);
  return extras.length > 0 ? [found, ...extras] : found;
}
