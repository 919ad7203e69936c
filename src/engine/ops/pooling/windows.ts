/** Windows of a pooling: for each direction a list of them; a window of the whole is one of each. */
import { KindlingError, ShapeError } from "../../errors.ts";
import { shapeText } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { requireRoom } from "../internal/make.ts";
import type { Steps } from "../internal/planeWindows.ts";
import { sizesOf } from "../internal/sizes.ts";
import type { Int, Size } from "../types.ts";

/** The places along one direction that a window sees. */
export type Window = readonly number[];

/** How large the output is; `null` keeps a direction's size. */
export type AdaptiveSize = Size | readonly (Int | null)[];

/** The sizes of the directions that are pooled: what leads is a batch and channels, or channels. */
export function pooledDirections(name: string, input: Tensor, rank: number): readonly number[] {
  if (input.shape.length !== rank + 1 && input.shape.length !== rank + 2) {
    throw new ShapeError(`${name}: Expected ${rank + 1}D or ${rank + 2}D (batch mode) tensor, but got input of size: ${shapeText(input.shape)}`, input.shape);
  }
  return input.shape.slice(-rank);
}

/** Sizes of the input's directions, of the kernel and of the output. */
export interface Layout extends Steps {
  readonly size: readonly number[];
  readonly kernel: readonly number[];
  readonly output: readonly number[];
}

/**
 * Windows of one size, each `stride` after the last.
 * @param stride `null` (or an empty list): the kernel's size
 * @param ceilMode round the output's size up instead of down
 */
export function layOut(
  name: string,
  input: Tensor,
  rank: number,
  kernelSize: Size,
  stride: Size | null,
  padding: Size,
  dilation: Size,
  ceilMode: boolean,
): Layout {
  const size = pooledDirections(name, input, rank);
  const kernel = sizesOf(kernelSize, rank, "kernelSize");
  const steps = { stride: strideOf(stride, kernel), padding: sizesOf(padding, rank, "padding"), dilation: sizesOf(dilation, rank, "dilation") };
  checkWindows(kernel, steps);
  const output = size.map((n, i) => windowCount(n, kernel[i]!, steps.stride[i]!, steps.padding[i]!, steps.dilation[i]!, ceilMode));
  if (output.some((count) => count <= 0)) {
    const [channels] = input.shape.slice(-rank - 1);
    const shape = (sizes: readonly number[]): string => `(${[channels, ...sizes].join("x")})`;
    throw new ShapeError(`Given input size: ${shape(size)}. Calculated output size: ${shape(output)}. Output size is too small`, input.shape);
  }
  requireRoom(output);
  return { size, kernel, output, ...steps };
}

/** `null` or an empty list: the kernel's size. */
export function strideOf(stride: Size | null, kernel: readonly number[]): readonly number[] {
  return stride === null || (typeof stride !== "number" && stride.length === 0) ? kernel : sizesOf(stride, kernel.length, "stride");
}

function checkWindows(kernel: readonly number[], { stride, padding, dilation }: Steps): void {
  if (kernel.some((size) => !(size > 0))) throw new KindlingError(`kernel size should be greater than zero, but got ${kernel.join(", ")}`);
  if (stride.some((step) => !(step > 0))) throw new KindlingError(`stride should be greater than zero, but got ${stride.join(", ")}`);
  if (dilation.some((step) => !(step > 0))) throw new KindlingError(`dilation should be greater than zero, but got ${dilation.join(", ")}`);
  padding.forEach((border, i) => {
    if (border < 0) throw new KindlingError(`pad must be non-negative, but got pad: ${border}`);
    if (border <= (dilation[i]! * (kernel[i]! - 1) + 1) / 2) return;
    throw new KindlingError(`pad should be at most half of effective kernel size, but got pad=${border}, kernel_size=${kernel[i]} and dilation=${dilation[i]}`);
  });
}

/** How many windows there are; the last has to begin inside the input or its left border. */
function windowCount(size: number, kernel: number, stride: number, padding: number, dilation: number, ceilMode: boolean): number {
  const room = size + 2 * padding - dilation * (kernel - 1) - 1;
  const count = (ceilMode ? Math.ceil(room / stride) : Math.floor(room / stride)) + 1;
  return ceilMode && (count - 1) * stride >= size + padding ? count - 1 : count;
}

export function slidingWindows({ size, kernel, output, stride, padding, dilation }: Layout): Window[][] {
  return size.map((n, i) =>
    Array.from({ length: output[i]! }, (_, k) => {
      const places = Array.from({ length: kernel[i]! }, (_unused, j) => k * stride[i]! - padding[i]! + j * dilation[i]!);
      return places.filter((place) => place >= 0 && place < n);
    }),
  );
}

/** Windows that share a direction of `size` evenly. */
export function adaptiveWindows(size: number, count: number): Window[] {
  return Array.from({ length: count }, (_, i) => {
    const start = Math.floor((i * size) / count);
    return Array.from({ length: Math.ceil(((i + 1) * size) / count) - start }, (_unused, k) => start + k);
  });
}

export function adaptiveSizes(size: readonly number[], wanted: AdaptiveSize): number[] {
  if (typeof wanted !== "number" && wanted.length !== size.length && wanted.length !== 1) {
    throw new KindlingError(
      `expected outputSize to be a single value or a list of ${size.length} values, one for each dimension, but got outputSize=[${wanted.join(", ")}]`,
    );
  }
  const sizes = size.map((own, i) => (typeof wanted === "number" ? wanted : ((wanted.length === 1 ? wanted[0] : wanted[i]) ?? own)));
  if (!sizes.every((count) => Number.isInteger(count)))
    throw new KindlingError(`elements of output_size must be whole numbers but received {${sizes.join(", ")}}`);
  if (!sizes.every((count) => count >= 0))
    throw new KindlingError(`elements of output_size must be greater than or equal to 0 but received {${sizes.join(", ")}}`);
  requireRoom(sizes);
  return sizes;
}
