/** Describing strided windows to kernels, and moving elements between dense memory and such windows. */
import { itemSize } from "../../dtype.ts";
import { i32, kernels } from "../../memory/linear.ts";
import { fixedBlock } from "../../memory/workspace.ts";
import { broadcastStrides, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { at } from "./make.ts";

const MOST_DIMENSIONS = 64;
const MOST_OPERANDS = 3;
const meta = fixedBlock(MOST_DIMENSIONS * (MOST_OPERANDS + 1) * 4);

/** What kernels are told of windows of one shape: at `address` `rank` sizes, then the strides of each. Until the next call. */
interface Description {
  readonly rank: number;
  readonly address: number;
}

/** The tensors as windows of `shape`, to which they broadcast. */
export function describeBroadcast(shape: Shape, tensors: readonly Tensor[]): Description {
  return describe(
    shape,
    tensors.map((tensor) => broadcastStrides(tensor.shape, tensor.strides, shape)),
  );
}

/** Leaves out dimensions of size 1 and merges neighbours that follow each other without a gap: fewer, longer runs. */
function describe(shape: Shape, strides: readonly (readonly number[])[]): Description {
  const sizes: number[] = [];
  const steps: number[][] = strides.map(() => []);
  shape.forEach((size, i) => {
    if (size === 1) return;
    const last = sizes.length - 1;
    if (last >= 0 && steps.every((own, k) => own[last] === strides[k]![i]! * size)) {
      sizes[last]! *= size;
      steps.forEach((own, k) => (own[last] = strides[k]![i]!));
    } else {
      sizes.push(size);
      steps.forEach((own, k) => own.push(strides[k]![i]!));
    }
  });
  return writeDescription(sizes, steps);
}

/** The same with every dimension, for kernels that are told one by its number. */
export function describeDimensions(sizes: Shape, strides: readonly number[]): Description {
  return writeDescription(sizes, [strides]);
}

function writeDescription(sizes: readonly number[], strides: readonly (readonly number[])[]): Description {
  const rank = sizes.length;
  i32.set(sizes, meta >>> 2);
  strides.forEach((own, k) => i32.set(own, (meta >>> 2) + rank * (k + 1)));
  return { rank, address: meta };
}

/** Copies a strided tensor into a dense one of the same shape and type. */
export function gatherStrided(target: Tensor, source: Tensor): void {
  if (target.numel() === 0) return;
  const to = at(target);
  const from = at(source);
  const { rank, address } = describe(source.shape, [source.strides]);
  (itemSize(source.dtype) === 4 ? kernels.gather4 : kernels.gather1)(to, from, rank, address);
}

/** Copies a dense tensor into a strided one of the same shape and type. */
export function scatterStrided(target: Tensor, source: Tensor): void {
  if (target.numel() === 0) return;
  const to = at(target);
  const from = at(source);
  const { rank, address } = describe(target.shape, [target.strides]);
  (itemSize(source.dtype) === 4 ? kernels.scatter4 : kernels.scatter1)(to, from, rank, address);
}
