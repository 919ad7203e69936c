/** Moving elements between dense memory and strided windows. */
import { itemSize } from "../dtype.ts";
import { i32, kernels, u8 } from "../memory/linear.ts";
import { allocateBlock } from "../memory/heap.ts";
import type { Tensor } from "../tensor.ts";
import { at } from "./make.ts";
import { forEachOffset } from "./reading.ts";

const MOST_DIMENSIONS = 64;
let meta = -1;

interface Window {
  readonly sizes: number[];
  readonly strides: number[];
}

/** Leaves out dimensions of size 1 and merges neighbours that follow each other without a gap: fewer, longer runs. */
function simplify(tensor: Tensor): Window {
  const sizes: number[] = [];
  const strides: number[] = [];
  tensor.shape.forEach((size, i) => {
    if (size === 1) return;
    const stride = tensor.strides[i]!;
    const last = sizes.length - 1;
    if (last >= 0 && strides[last] === stride * size) {
      sizes[last]! *= size;
      strides[last] = stride;
    } else {
      sizes.push(size);
      strides.push(stride);
    }
  });
  return { sizes, strides };
}

function describe(tensor: Tensor): { rank: number; address: number } {
  if (meta < 0) meta = allocateBlock(MOST_DIMENSIONS * 8);
  const { sizes, strides } = simplify(tensor);
  const rank = sizes.length;
  i32.set(sizes, meta >>> 2);
  i32.set(strides, (meta >>> 2) + rank);
  return { rank, address: meta };
}

/** Copies a strided tensor into a dense one of the same shape and type. */
export function gatherStrided(target: Tensor, source: Tensor): void {
  if (target.numel() === 0) return;
  const to = at(target);
  const from = at(source);
  if (itemSize(source.dtype) === 4) {
    const window = describe(source);
    kernels.gather4(to, from, window.rank, window.address);
    return;
  }
  let next = to;
  forEachOffset(source.shape, source.strides, from, (offset) => (u8[next++] = u8[offset]!));
}

/** Copies a dense tensor into a strided one of the same shape and type. */
export function scatterStrided(target: Tensor, source: Tensor): void {
  if (target.numel() === 0) return;
  const to = at(target);
  const from = at(source);
  if (itemSize(source.dtype) === 4) {
    const window = describe(target);
    kernels.scatter4(to, from, window.rank, window.address);
    return;
  }
  let next = from;
  forEachOffset(target.shape, target.strides, to, (offset) => (u8[offset] = u8[next++]!));
}

