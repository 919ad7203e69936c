/** Places of values among ascending boundaries. */
import { filled, typedArray } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { valuesOf } from "./reading.ts";
import { gather } from "./scatter.ts";
import type { ScalarOrTensor } from "./types.ts";

/** On which side of the boundaries that it equals a value belongs. */
export interface BucketOptions {
  /** Positions are `int32` anyway. */
  outInt32?: boolean;
  /** Whether a value goes after the boundaries it equals. Default false. */
  right?: boolean;
}

export interface SearchOptions extends BucketOptions {
  /** The same in NumPy's words. */
  side?: "left" | "right" | null;
  /** Positions that put `sortedSequence` in order, as `argsort` gives them, where it isn't. */
  sorter?: Tensor | null;
}

/**
 * For each value its place in an ascending sequence, such that the order stays. `int32`, shaped as `input`.
 * @param sortedSequence one vector for all values, or one for each line of them
 * @param input the values
 * @see https://pytorch.org/docs/stable/generated/torch.searchsorted.html
 * @api torch.searchsorted
 */
export function searchsorted(sortedSequence: Tensor, input: ScalarOrTensor, { right = false, side = null, sorter = null }: SearchOptions = {}): Tensor {
  if (right && side === "left")
    throw new KindlingError("torch.searchsorted(): side and right can't be set to opposites, got side of left while right was True");
  const wanted = input instanceof Tensor ? input : fromTypedArray(new Float32Array([input]), []);
  const isShared = sortedSequence.shape.length <= 1;
  if (!isShared && sortedSequence.shape.slice(0, -1).join() !== wanted.shape.slice(0, -1).join()) {
    throw new KindlingError(
      "torch.searchsorted(): boundaries tensor should be 1 dimension or the first N-1 dimensions of boundaries tensor and input value tensor must match",
    );
  }
  const n = sortedSequence.shape.at(-1) ?? 1;
  const sequence = sorter === null ? sortedSequence : inOrderOf(sorter, sortedSequence);
  const boundaries = valuesOf(sequence);
  const isAfter = right || side === "right";
  const perLine = wanted.shape.at(-1) ?? 1;
  const list = valuesOf(wanted);
  const found = filled(typedArray("int32", list.length), (i) => {
    const start = isShared ? 0 : Math.floor(i / perLine) * n;
    return placeOf(boundaries, start, n, list[i]!, isAfter) - start;
  });
  return tellOperation("searchsorted", [sequence, wanted], fromTypedArray(found, wanted.shape), { right: isAfter });
}

function inOrderOf(sorter: Tensor, sequence: Tensor): Tensor {
  if (!sameShape(sorter.shape, sequence.shape)) {
    throw new KindlingError(
      `torch.searchsorted(): boundary and sorter must have the same size, but got boundary tensor [${sequence.shape.join(", ")}]and got sorter tensor [${sorter.shape.join(", ")}]`,
    );
  }
  return gather(sequence, -1, sorter);
}

/** Where in the ascending entries from `start`, `count` of them, the value belongs. */
export function placeOf(boundaries: ArrayLike<number>, start: number, count: number, value: number, right: boolean): number {
  let [low, high] = [start, start + count];
  while (low < high) {
    const middle = (low + high) >> 1;
    const before = Number.isNaN(value) || boundaries[middle]! < value || (right && boundaries[middle] === value);
    if (before) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The number of the bucket between ascending `boundaries` in which each element lies. `int32`, shaped as `input`.
 * @see https://pytorch.org/docs/stable/generated/torch.bucketize.html
 * @api torch.bucketize
 */
export function bucketize(input: ScalarOrTensor, boundaries: Tensor, options: BucketOptions = {}): Tensor {
  if (boundaries.shape.length !== 1) throw new ArgumentError(`boundaries tensor must be 1 dimension, but got dim(${boundaries.shape.length})`, "RuntimeError");
  return searchsorted(boundaries, input, options);
}
