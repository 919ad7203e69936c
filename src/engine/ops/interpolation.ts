/** Images and signals in other sizes. Each direction is a product with a matrix of weights. */
import { filled, roomFor } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { sizesOf } from "./convolutions.ts";
import type { Size } from "./types.ts";
import { fromTypedArray } from "./creation.ts";
import { indexSelect } from "./indexing.ts";
import { add, mul } from "./binary.ts";
import { where } from "./where.ts";
import { requireRoom } from "./internal/make.ts";
import { permute, reshape, transpose } from "./views.ts";
import { adaptiveAvgPool1d, adaptiveAvgPool3d, adaptiveAvgPoolPlanes } from "./windows.ts";

export interface InterpolateOptions {
  /** Size of the output. */
  size?: Size | null;
  /** Or its size relative to the input's. */
  scaleFactor?: Size | null;
  /** Default "nearest". "linear", "bilinear" and "trilinear" are for one, two and three directions, "bicubic" for two. */
  mode?: "nearest" | "nearest-exact" | "linear" | "bilinear" | "bicubic" | "trilinear" | "area";
  /** Whether the corners of input and output lie on each other. Default false. */
  alignCorners?: boolean | null;
  /** Smoothing while shrinking isn't there. */
  antialias?: boolean;
  /** Compute the scale from the sizes instead of taking the one given. Default false. */
  recomputeScaleFactor?: boolean | null;
}

const DIRECTIONS: Readonly<Record<string, number>> = { linear: 1, bilinear: 2, bicubic: 2, trilinear: 3 };

/** `[batch, channels, …]` in another size. */
export function interpolate(input: Tensor, options: InterpolateOptions = {}): Tensor {
  const { mode = "nearest", alignCorners = null, scaleFactor = null } = options;
  if (options.antialias) throw new KindlingError("interpolate: antialias is not implemented; leave it out");
  const rank = input.shape.length - 2;
  if (rank < 1 || rank > 3) {
    throw new KindlingError(`Input Error: Only 3D, 4D and 5D input Tensors supported (got ${input.shape.length}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | area | nearest-exact (got ${mode})`);
  }
  if (alignCorners !== null && !(mode in DIRECTIONS)) {
    throw new ArgumentError("align_corners option can only be set with the interpolating modes: linear | bilinear | bicubic | trilinear");
  }
  if (mode in DIRECTIONS && DIRECTIONS[mode] !== rank) throw new KindlingError(`Got ${input.shape.length}D input, but ${mode} mode needs ${DIRECTIONS[mode]! + 2}D input`);
  const own = input.shape.slice(2);
  const size = outputSize(own, options);
  if (![...own, ...size].every((n) => n > 0)) {
    throw new KindlingError(`Input and output sizes should be greater than 0, but got input [${own.join(", ")}] and output [${size.join(", ")}]`);
  }
  requireRoom(size);
  if (mode === "area") return [adaptiveAvgPool1d, adaptiveAvgPoolPlanes, adaptiveAvgPool3d][rank - 1]!(input, size);
  const scales = scaleFactor !== null && !options.recomputeScaleFactor ? sizesOf(scaleFactor, rank, 1) : null;
  return size.reduce((x, count, i) => {
    const from = own[i]!;
    const step = alignCorners ? (count > 1 ? (from - 1) / (count - 1) : 0) : scales ? 1 / scales[i]! : from / count;
    return resized(x, 2 + i, count, mode, step, alignCorners ?? false);
  }, input).contiguous();
}

function outputSize(own: readonly number[], { size = null, scaleFactor = null }: InterpolateOptions): number[] {
  if (size !== null && scaleFactor !== null) throw new ArgumentError("only one of size or scale_factor should be defined");
  if (size !== null) return sizesOf(size, own.length, 1);
  if (scaleFactor === null) throw new ArgumentError("either size or scale_factor should be defined");
  const factors = sizesOf(scaleFactor, own.length, 1);
  return own.map((n, i) => Math.floor(n * factors[i]!));
}

function resized(input: Tensor, dim: number, count: number, mode: string, step: number, alignCorners: boolean): Tensor {
  const from = input.shape[dim]!;
  if (mode.startsWith("nearest")) {
    const shift = mode === "nearest-exact" ? 0.5 : 0;
    const places = filled(roomFor(Int32Array, count), (i) => Math.min(from - 1, Math.floor((i + shift) * Math.fround(step))));
    return indexSelect(input, dim, fromTypedArray(places, [count]));
  }
  if (from === count && step === 1) return input;
  const taps = Array.from({ length: count }, (_, i) => {
    const place = alignCorners ? i * step : (i + 0.5) * step - 0.5;
    return mode === "bicubic" ? cubic(place) : linear(place, from);
  });
  // Tap by tap rather than by a product with a matrix of mostly zeros, which would make NaN of an infinity nearby.
  const shape = input.shape.map((_, i) => (i === dim ? count : 1));
  const parts = taps[0]!.map((_, k) => {
    const places = filled(roomFor(Int32Array, count), (i) => Math.min(from - 1, Math.max(0, taps[i]![k]![0])));
    const weights = fromTypedArray(filled(roomFor(Float32Array, count), (i) => taps[i]![k]![1]), shape);
    const picked = indexSelect(input, dim, fromTypedArray(places, [count]));
    return where(weights.eq(0), 0, mul(picked, weights));
  });
  return parts.reduce((a, b) => add(a, b));
}

function linear(place: number, size: number): [source: number, weight: number][] {
  const inside = Math.max(0, place);
  const low = Math.min(size - 1, Math.floor(inside));
  const share = inside - low;
  return [[low, 1 - share], [low + 1, share]];
}

/** Keys's kernel with a = −¾, as PyTorch has it. https://ieeexplore.ieee.org/document/1163711 */
function cubic(place: number): [source: number, weight: number][] {
  const A = -0.75;
  const low = Math.floor(place);
  const t = place - low;
  const near = (x: number): number => ((A + 2) * x - (A + 3)) * x * x + 1;
  const far = (x: number): number => ((A * x - 5 * A) * x + 8 * A) * x - 4 * A;
  return [[low - 1, far(t + 1)], [low, near(t)], [low + 1, near(1 - t)], [low + 2, far(2 - t)]];
}

// --- channels and pixels --------------------------------------------------------------------------------------------

/** `[…, channels · r², height, width]` → `[…, channels, height · r, width · r]`. https://arxiv.org/abs/1609.05158 */
export function pixelShuffle(input: Tensor, upscaleFactor: number): Tensor {
  const r = upscaleFactor;
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3) as [number, number, number];
  if (channels % (r * r) !== 0) {
    throw new KindlingError(`pixel_shuffle expects its input's 'channel' dimension to be divisible by the square of upscale_factor, but input.size(-3)=${channels} is not divisible by ${r * r}`);
  }
  const out = channels / (r * r);
  const split = reshape(input, [-1, out, r, r, height, width]);
  return reshape(permute(split, [0, 1, 4, 2, 5, 3]), [...lead, out, height * r, width * r]);
}

/** The reverse of `pixelShuffle`. */
export function pixelUnshuffle(input: Tensor, downscaleFactor: number): Tensor {
  const r = downscaleFactor;
  const lead = input.shape.slice(0, -3);
  const [channels, height, width] = input.shape.slice(-3) as [number, number, number];
  if (height % r !== 0 || width % r !== 0) {
    throw new KindlingError(`pixel_unshuffle expects height to be divisible by downscale_factor, but input.size(-2)=${height} is not divisible by ${r}`);
  }
  const split = reshape(input, [-1, channels, height / r, r, width / r, r]);
  return reshape(permute(split, [0, 1, 3, 5, 2, 4]), [...lead, channels * r * r, height / r, width / r]);
}

/** Mixes the channels of `groups` groups. https://arxiv.org/abs/1707.01083 */
export function channelShuffle(input: Tensor, groups: number): Tensor {
  const [batch, channels] = input.shape as [number, number];
  if (channels % groups !== 0) throw new KindlingError(`Number of channels must be divisible by groups. Got ${channels} channels and ${groups} groups.`);
  return reshape(transpose(reshape(input, [batch, groups, channels / groups, ...input.shape.slice(2)]), 1, 2), input.shape);
}
