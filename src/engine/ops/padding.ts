/** Borders around the last dimensions: constant, mirrored, repeated from the edge, or from the other side. */
import { record, type Operation } from "../autograd/node.ts";
import { filled, roomFor } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { copyInto } from "./internal/copy.ts";
import { fromTypedArray, full } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { windowOf } from "./join.ts";
import { narrow } from "./views.ts";

export type PaddingMode = "constant" | "reflect" | "replicate" | "circular";

/**
 * Adds borders to the last dimensions; negative ones cut off.
 * @param pad `[left, right, top, bottom, …]`, the last dimension first
 * @param mode `"constant"` fills with `value`, `"reflect"` mirrors, `"replicate"` repeats the edge, `"circular"` goes on from the other side
 * @param value for `"constant"`; default 0
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.pad.html
 * @api nn.functional.pad Tensor.pad
 */
export function pad(input: Tensor, pad: Shape, mode: PaddingMode = "constant", value: number | null = null): Tensor {
  if (pad.length % 2 !== 0) throw new KindlingError("Padding length must be divisible by 2");
  if (pad.length / 2 > input.shape.length) throw new KindlingError("Padding length too large");
  if (mode === "constant") {
    const cut = pad.reduce((x, size, i) => (size < 0 ? without(x, i, -size) : x), input);
    return padWithConstant(
      cut,
      pad.map((size) => Math.max(0, size)),
      value ?? 0,
    );
  }
  if (value !== null && value !== 0) throw new KindlingError(`Padding mode "${mode}" doesn't take in value argument`);
  let result = input;
  for (let i = 0; i < pad.length; i += 2) {
    const dim = input.shape.length - 1 - i / 2;
    const places = sourcesOf(mode, input.shape[dim]!, pad[i]!, pad[i + 1]!, dim);
    result = indexSelect(result, dim, fromTypedArray(places, [places.length]));
  }
  return result;
}

/** Cuts `size` entries off one end of a dimension: entry `i` of a list of paddings says which. */
function without(input: Tensor, i: number, size: number): Tensor {
  const dim = input.shape.length - 1 - Math.floor(i / 2);
  return narrow(input, dim, i % 2 === 0 ? size : 0, input.shape[dim]! - size);
}

/** For each place along a padded dimension, where its value comes from. */
function sourcesOf(mode: PaddingMode, size: number, before: number, after: number, dim: number): Int32Array {
  if (mode === "reflect" && (before >= size || after >= size)) {
    throw new KindlingError(
      `Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${dim} of input`,
    );
  }
  if (mode === "circular" && (before > size || after > size)) {
    throw new KindlingError("Padding value causes wrapping around more than once.");
  }
  return filled(roomFor(Int32Array, before + size + after), (i) => {
    const place = i - before;
    if (mode === "replicate") return Math.min(size - 1, Math.max(0, place));
    if (mode === "circular") return ((place % size) + size) % size;
    return place < 0 ? -place : place >= size ? 2 * (size - 1) - place : place;
  });
}

const padOp: Operation<{ dim: number; before: number; size: number; filler: number }[]> = {
  name: "ConstantPadNdBackward0",
  backward(node, gradient) {
    let result = gradient;
    for (const { dim, before, size } of node.data) {
      result = narrow(result, dim, before, size);
    }
    return [result];
  },
};

/** Adds a border of `value`: `[left, right, top, bottom, …]`, the last dimension first. */
function padWithConstant(input: Tensor, padding: readonly number[], value: number): Tensor {
  const rank = input.shape.length;
  const borders = Array.from({ length: padding.length / 2 }, (_, i) => ({
    dim: rank - 1 - i,
    before: padding[2 * i]!,
    after: padding[2 * i + 1]!,
    size: input.shape[rank - 1 - i]!,
    filler: value,
  }));
  const shape = [...input.shape];
  for (const { dim, before, after } of borders) shape[dim]! += before + after;
  const result = full(shape, value, { dtype: input.dtype });
  let window = result;
  for (const { dim, before, size } of borders) window = windowOf(window, dim, before, size);
  copyInto(window, input.detach());
  return record(padOp, result, [input], [], borders);
}
