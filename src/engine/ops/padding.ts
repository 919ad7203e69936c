/** Borders around the last dimensions: constant, mirrored, repeated from the edge, or from the other side. */
import { filled, roomFor } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { padWithConstant } from "./joining.ts";
import { narrow } from "./views.ts";

export type PaddingMode = "constant" | "zeros" | "reflect" | "replicate" | "circular";

export interface PadOptions {
  /** Default "constant". */
  mode?: PaddingMode;
  /** For "constant". Default 0. */
  value?: number;
}

/**
 * Adds borders: `[left, right, top, bottom, …]`, the last dimension first. Negative ones cut off.
 * `pad(x, [1, 1], { mode: "reflect" })` or `pad(x, [1, 1], "constant", 3)`.
 */
export function pad(input: Tensor, padding: readonly number[], options: PadOptions | PaddingMode = {}, value = 0): Tensor {
  const chosen = typeof options === "string" ? { mode: options, value } : options;
  if (padding.length % 2 !== 0) throw new KindlingError("Padding length must be divisible by 2");
  if (padding.length / 2 > input.shape.length) throw new KindlingError("Padding length too large");
  const { mode = "constant" } = chosen;
  if (mode === "constant" || mode === "zeros") {
    const cut = padding.reduce((x, size, i) => (size < 0 ? without(x, i, -size) : x), input);
    return padWithConstant(cut, padding.map((size) => Math.max(0, size)), { value: chosen.value ?? 0 });
  }
  let result = input;
  for (let i = 0; i < padding.length; i += 2) {
    const dim = input.shape.length - 1 - i / 2;
    const places = sourcesOf(mode, input.shape[dim]!, padding[i]!, padding[i + 1]!, dim);
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
    throw new KindlingError(`Argument #4: Padding size should be less than the corresponding input dimension, but got: padding (${before}, ${after}) at dimension ${dim} of input`);
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
