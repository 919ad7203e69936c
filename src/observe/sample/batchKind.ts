/** What the samples of a batch look like. */
import type { Tensor } from "../../engine/tensor.ts";
import type { Batch, BatchKind } from "../../protocol/index.ts";
import { rowsOf, thinned, type Cut } from "./pieces.ts";
import { countShown, type LookedBatch } from "./seenBatch.ts";

/** An image is at least this high and wide. */
const smallestImage = 4;
/** A sample in the strip has at most so many values. */
const stripLimit = 1_024;

/** @param image [1 or 3, height, width]: what the model itself makes of each sample, if it was seen to */
export function describeBatch(model: number, batch: LookedBatch, image: readonly number[] | undefined): Batch {
  const { main, count, dimension, moment } = batch;
  const shown = asShown(main, dimension, image);
  const kind = kindOf(main, shown.shape.slice(1));
  const { piece, every } = thinned(rowsOf(shown, 0, countShown(batch)), stripLimit);
  return { model, ...moment, kind, shape: [...main.shape], count, dimension, samples: piece, thinned: every > 1 };
}

/** A sample of the worst, thinned out as those in the strip are. */
export function worstInput(main: Tensor, index: number): { readonly kind: BatchKind; readonly cut: Cut } {
  return { kind: kindOf(main, main.shape.slice(1)), cut: thinned(rowsOf(main, index, 1), stripLimit) };
}

/** Samples first, and each as the image that it is. */
function asShown(main: Tensor, dimension: number, image: readonly number[] | undefined): Tensor {
  const first = dimension === 0 ? main : main.transpose(0, dimension);
  return image ? first.reshape(first.shape[0]!, ...image) : first;
}

function kindOf(main: Tensor, sizes: readonly number[]): BatchKind {
  if (main.dtype !== "float32" && sizes.length <= 1) return "sequences";
  if (isImage(sizes)) return "images";
  return sizes.length === 1 && sizes[0] === 2 ? "points" : "rows";
}

function isImage(sizes: readonly number[]): boolean {
  const [height, width] = sizes.slice(-2) as [number, number];
  if (sizes.length < 2 || height < smallestImage || width < smallestImage) return false;
  if (sizes.length === 3) return sizes[0] === 1 || sizes[0] === 3;
  // Without channels it may be a sequence of vectors as well.
  return sizes.length === 2 && height === width;
}
