/** Images and signals in other sizes: each direction in turn, each value a weighted sum of a few of the input's. */
import { filled, roomFor } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./binary.ts";
import { fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { requireRoom } from "./internal/make.ts";
import { sizesOf } from "./internal/sizes.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d } from "./pooling/average.ts";
import type { Size } from "./types.ts";
import { where } from "./where.ts";

/** "linear", "bilinear" and "trilinear" are for one, two and three directions, "bicubic" for two. */
export type InterpolationMode = "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";

const DIRECTIONS: Readonly<Record<string, number>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };

/**
 * Images or signals in another size.
 *
 * Shapes: input `[batch, channels, …]` with one to three directions → the same with other sizes.
 * @param size the output's sizes; either these or `scaleFactor`
 * @param scaleFactor the output's sizes relative to the input's
 * @param alignCorners whether the corners of input and output lie on each other; for the linear and cubic modes only
 * @param recomputeScaleFactor take the scale from the sizes, rounded as they are, instead of the one given
 * @param antialias smooth while shrinking; for "bilinear" and "bicubic"
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.interpolate.html
 * @api nn.functional.interpolate
 */
export function interpolate(
  input: Tensor,
  size: Size | null = null,
  scaleFactor: number | readonly number[] | null = null,
  mode: InterpolationMode = "nearest",
  alignCorners: boolean | null = null,
  recomputeScaleFactor: boolean | null = null,
  antialias = false,
): Tensor {
  const own = input.shape.slice(2);
  checkMode(input, mode, alignCorners, antialias);
  const output = outputSize(own, size, scaleFactor);
  if (recomputeScaleFactor && size !== null) throw new ArgumentError("recompute_scale_factor is not meaningful with an explicit size.");
  if (![...own, ...output].every((n) => n > 0)) {
    throw new KindlingError(`Input and output sizes should be greater than 0, but got input [${own.join(", ")}] and output [${output.join(", ")}]`);
  }
  requireRoom(output);
  if (mode === "area") return [adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveAvgPool3d][own.length - 1]!(input, output);
  const scales = scaleFactor !== null && !recomputeScaleFactor ? sizesOf(scaleFactor, own.length, "scaleFactor") : null;
  return output
    .reduce((x, count, i) => {
      const from = own[i]!;
      const step = alignCorners ? (count > 1 ? (from - 1) / (count - 1) : 0) : scales ? 1 / scales[i]! : from / count;
      return resized(x, 2 + i, count, mode, step, alignCorners ?? false, antialias);
    }, input)
    .contiguous();
}

function checkMode(input: Tensor, mode: InterpolationMode, alignCorners: boolean | null, antialias: boolean): void {
  const rank = input.shape.length - 2;
  if (rank < 1 || rank > 3) {
    throw new KindlingError(
      `Input Error: Only 3D, 4D and 5D input Tensors supported (got ${input.shape.length}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got ${mode})`,
    );
  }
  if (alignCorners !== null && !(mode in DIRECTIONS)) {
    throw new ArgumentError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");
  }
  if (mode in DIRECTIONS && DIRECTIONS[mode] !== rank)
    throw new KindlingError(`Got ${input.shape.length}D input, but ${mode} mode needs ${DIRECTIONS[mode]! + 2}D input`);
  if (antialias && !(mode === "bilinear" || mode === "bicubic")) throw new ArgumentError("Anti-alias option is only supported for bilinear and bicubic modes");
}

function outputSize(own: readonly number[], size: Size | null, scaleFactor: number | readonly number[] | null): number[] {
  if (size !== null && scaleFactor !== null) throw new ArgumentError("only one of size or scale_factor should be defined");
  if (size !== null) return sizesOf(size, own.length, "size");
  if (scaleFactor === null) throw new ArgumentError("either size or scale_factor should be defined");
  const factors = sizesOf(scaleFactor, own.length, "scaleFactor");
  return own.map((n, i) => Math.floor(n * factors[i]!));
}

/** What an output value is made of: places of the input and their weights. */
type Taps = readonly (readonly [source: number, weight: number])[];

function resized(input: Tensor, dim: number, count: number, mode: InterpolationMode, step: number, alignCorners: boolean, antialias: boolean): Tensor {
  const from = input.shape[dim]!;
  if (mode.startsWith("nearest")) {
    const shift = mode === "nearest-exact" ? 0.5 : 0;
    const places = filled(roomFor(Int32Array, count), (i) => Math.min(from - 1, Math.floor((i + shift) * Math.fround(step))));
    return indexSelect(input, dim, fromTypedArray(places, [count]));
  }
  if (from === count && step === 1) return input;
  const taps = Array.from({ length: count }, (_, i): Taps => {
    if (antialias) return smoothed(i, from, step, mode === "bicubic" ? CUBIC : TRIANGLE);
    const place = alignCorners ? i * step : (i + 0.5) * step - 0.5;
    return mode === "bicubic" ? cubic(place) : linear(place, from);
  });
  const most = taps.reduce((longest, list) => Math.max(longest, list.length), 0);
  // Tap by tap rather than by a product with a matrix of mostly zeros, which would make NaN of an infinity nearby.
  const shape = input.shape.map((_, i) => (i === dim ? count : 1));
  const parts = Array.from({ length: most }, (_, k) => {
    const places = filled(roomFor(Int32Array, count), (i) => Math.min(from - 1, Math.max(0, taps[i]![k]?.[0] ?? 0)));
    const weights = fromTypedArray(
      filled(roomFor(Float32Array, count), (i) => taps[i]![k]?.[1] ?? 0),
      shape,
    );
    const picked = indexSelect(input, dim, fromTypedArray(places, [count]));
    return where(weights.eq(0), 0, mul(picked, weights));
  });
  return parts.reduce((a, b) => add(a, b));
}

function linear(place: number, size: number): Taps {
  const inside = Math.max(0, place);
  const low = Math.min(size - 1, Math.floor(inside));
  const share = inside - low;
  return [
    [low, 1 - share],
    [low + 1, share],
  ];
}

/** Keys's kernel. https://ieeexplore.ieee.org/document/1163711 */
function keys(distance: number, a: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? ((a * x - 5 * a) * x + 8 * a) * x - 4 * a : 0;
}

/** With a = −¾, as PyTorch has it. */
function cubic(place: number): Taps {
  const low = Math.floor(place);
  return [low - 1, low, low + 1, low + 2].map((source) => [source, keys(place - source, -0.75)]);
}

/** How an antialiased value is weighed, by the distance in steps, and how far it looks. */
interface Filter {
  readonly reach: number;
  weight(distance: number): number;
}

const TRIANGLE: Filter = { reach: 1, weight: (distance) => Math.max(0, 1 - Math.abs(distance)) };
const CUBIC: Filter = { reach: 2, weight: (distance) => keys(distance, -0.5) };

/** While shrinking, each value looks as much further as it stands for more of the input. */
function smoothed(i: number, size: number, step: number, { reach, weight }: Filter): Taps {
  const scale = Math.max(1, step);
  const centre = step * (i + 0.5);
  const first = Math.max(0, Math.trunc(centre - reach * scale + 0.5));
  const last = Math.min(size, Math.trunc(centre + reach * scale + 0.5));
  const weights = Array.from({ length: last - first }, (_, j) => weight((first + j - centre + 0.5) / scale));
  const total = weights.reduce((sum, each) => sum + each, 0);
  return weights.map((each, j) => [first + j, each / total]);
}
