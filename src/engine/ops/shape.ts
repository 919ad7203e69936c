/** Other arrangements of the same elements: rolled, turned, flipped and repeated copies. */
import { record, type Operation } from "../autograd/node.ts";
import { typedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { wrapDim, wrapDims } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone, contiguous } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { arange, fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { cat } from "./join.ts";
import { viewOf } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { valuesOf } from "./reading.ts";
import type { Int, Size, Sizes } from "./types.ts";
import { expand, flatten, narrow, reshape, transpose } from "./views.ts";

/**
 * The whole tensor repeated along each dimension (a copy).
 * @param repeats how often; at least one count for each dimension, new dimensions in front
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.repeat.html
 * @api torch.repeat Tensor.repeat
 */
export function repeat(input: Tensor, repeats: Sizes): Tensor {
  const lead = repeats.length - input.shape.length;
  if (lead < 0) {
    throw new KindlingError("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");
  }
  const padded = [...new Array<number>(lead).fill(1), ...input.shape];
  // [c0, s0, c1, s1, …]: a dimension of repetitions before each dimension, then both merged.
  const spread = padded.flatMap((size) => [1, size]);
  const expanded = padded.flatMap((size, i) => [repeats[i]!, size]);
  const merged = padded.map((size, i) => size * repeats[i]!);
  return reshape(clone(expand(reshape(input, spread), expanded)), merged);
}

/**
 * Shifts along dimensions, around the end; without `dims` in the flattened tensor.
 * @see https://pytorch.org/docs/stable/generated/torch.roll.html
 * @api torch.roll Tensor.roll
 */
export function roll(input: Tensor, shifts: Size, dims: Size = []): Tensor {
  const steps = typeof shifts === "number" ? [shifts] : shifts;
  if (Array.isArray(dims) && dims.length === 0) {
    if (steps.length !== 1) throw new KindlingError(`shifts and dimensions must align. shifts: ${steps.length}, dims:0`);
    return reshape(roll(flatten(input), steps, 0), input.shape);
  }
  const axes = typeof dims === "number" ? [dims] : (dims as readonly number[]);
  if (axes.length !== steps.length) throw new KindlingError(`shifts and dimensions must align. shifts: ${steps.length}, dims:${axes.length}`);
  return axes.reduce((x, axis, i) => rollOne(x, steps[i]!, wrapDim(axis, x.shape.length)), input);
}

function rollOne(input: Tensor, shift: number, dim: number): Tensor {
  const n = input.shape[dim] ?? 1;
  const by = n === 0 ? 0 : ((shift % n) + n) % n;
  if (by === 0) return clone(input);
  return cat([narrow(input, dim, n - by, by), narrow(input, dim, 0, n - by)], dim);
}

/**
 * Turned by `k` right angles in the plane of two dimensions, from the first towards the second.
 * @see https://pytorch.org/docs/stable/generated/torch.rot90.html
 * @api torch.rot90 Tensor.rot90
 */
export function rot90(input: Tensor, k: Int = 1, dims: readonly [Int, Int] = [0, 1]): Tensor {
  const [a, b] = dims.map((dim) => wrapDim(dim, input.shape.length)) as [number, number];
  if (a === b) throw new KindlingError(`expected rotation dims to be different, but got dim0 = ${dims[0]} and dim1 = ${dims[1]}`);
  switch (((k % 4) + 4) % 4) {
    case 1:
      return contiguous(transpose(flip(input, [b]), a, b));
    case 2:
      return flip(input, dims);
    case 3:
      return flip(transpose(input, a, b), [b]);
    default:
      return clone(input);
  }
}

/**
 * Columns in reverse order.
 * @see https://pytorch.org/docs/stable/generated/torch.fliplr.html
 * @api torch.fliplr Tensor.fliplr
 */
export function fliplr(input: Tensor): Tensor {
  if (input.shape.length < 2) throw new KindlingError("Input must be >= 2-d.");
  return flip(input, [1]);
}

/**
 * Rows in reverse order.
 * @see https://pytorch.org/docs/stable/generated/torch.flipud.html
 * @api torch.flipud Tensor.flipud
 */
export function flipud(input: Tensor): Tensor {
  if (input.shape.length < 1) throw new KindlingError("Input must be >= 1-d.");
  return flip(input, [0]);
}

/**
 * The whole tensor repeated along each dimension (a copy); counts that are missing in front are 1.
 * @see https://pytorch.org/docs/stable/generated/torch.tile.html
 * @api torch.tile Tensor.tile
 */
export function tile(input: Tensor, dims: Sizes): Tensor {
  return repeat(input, [...new Array<number>(Math.max(0, input.shape.length - dims.length)).fill(1), ...dims]);
}

export interface RepeatOptions {
  /** The length of the result along `dim`, where it is known. */
  outputSize?: Int | null;
}

/**
 * Each entry along `dim` repeated, those of the flattened tensor without it. With `repeats` alone: each position so many
 * times.
 * @param repeats one count for all, or one for each entry
 * @see https://pytorch.org/docs/stable/generated/torch.repeat_interleave.html
 * @api torch.repeatInterleave Tensor.repeatInterleave
 */
export function repeatInterleave(input: Tensor, repeats: Int | Tensor, dim?: Int | null, options?: RepeatOptions): Tensor;
export function repeatInterleave(repeats: Tensor, options?: RepeatOptions): Tensor;
export function repeatInterleave(input: Tensor, repeats?: Int | Tensor | RepeatOptions, dim?: Int | null, options?: RepeatOptions): Tensor {
  if (typeof repeats !== "number" && !(repeats instanceof Tensor)) return repeatInterleave(arange(0, input.numel()), input, 0, repeats);
  const source = dim === undefined || dim === null ? flatten(input) : input;
  const d = wrapDim(dim ?? 0, source.shape.length);
  const n = source.shape[d] ?? 1;
  const counts = typeof repeats === "number" ? [repeats] : valuesOf(positions(repeats, "repeats has to be Long or Int tensor"), "repeatInterleave");
  if (repeats instanceof Tensor && repeats.shape.length > 1) throw new KindlingError("repeats must be 0-dim or 1-dim tensor");
  if (counts.length !== 1 && counts.length !== n) throw new KindlingError("repeats must have the same size as input along dim");
  let total = 0;
  for (let i = 0; i < n; i++) {
    const count = counts[counts.length === 1 ? 0 : i]!;
    if (count < 0) throw new KindlingError("repeats can not be negative");
    total += count;
  }
  const wanted = options?.outputSize ?? total;
  if (wanted !== total) throw new KindlingError(`allocated size does not match required size: outputSize is ${wanted}, but the repeats add up to ${total}`);
  const places = typedArray("int32", total);
  let next = 0;
  for (let i = 0; i < n; i++) places.fill(i, next, (next += counts[counts.length === 1 ? 0 : i]!));
  return indexSelect(source, d, fromTypedArray(places, [total]));
}

const flipOp: Operation<readonly number[]> = {
  name: "FlipBackward0",
  backward: (node, gradient) => [flip(gradient, node.data)],
};

/**
 * The entries along the given dimensions in reverse order (a copy).
 * @see https://pytorch.org/docs/stable/generated/torch.flip.html
 * @api torch.flip Tensor.flip
 */
export function flip(input: Tensor, dims: Sizes): Tensor {
  const wrapped = wrapDims(dims, input.shape.length);
  let offset = input.offset;
  const strides = input.strides.map((stride, i) => {
    if (!wrapped.includes(i)) return stride;
    offset += stride * Math.max(0, input.shape[i]! - 1);
    return -stride;
  });
  const result = denseCopy(viewOf(input, input.shape, strides, offset));
  return record(flipOp, result, [input], [], wrapped);
}
