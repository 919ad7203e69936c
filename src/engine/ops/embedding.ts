/** Rows of a table by index, singly or in bags. */
import { noGrad } from "../autograd/gradMode.ts";
import { record, type Operation } from "../autograd/node.ts";
import { filled, roomFor } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { sameShape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { i32, kernels } from "../memory/linear.ts";
import { failsByValue } from "../memory/reading.ts";
import { contiguous } from "./conversion.ts";
import { at, make } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { mul } from "./binary.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { indexSelect, placesOf } from "./indexing.ts";
import { scatterAdd } from "./scatter.ts";
import { operandsOf, valuesOf } from "./reading.ts";
import { vectorNorm } from "./vectorNorm.ts";
import type { Int } from "./types.ts";
import { expand, reshape, unsqueeze } from "./views.ts";

/**
 * Rows of `weight` for each index.
 * @param input indices, any shape
 * @param weight [numEmbeddings, embeddingDim]
 * @param paddingIdx rows of this index get no gradient; negative counts from the end
 * @param maxNorm rows that are looked up and longer than this are shortened to it, in the table itself
 * @param normType which norm that is
 * @param scaleGradByFreq divide each row's gradient by how often the row was looked up
 * @returns [...input.shape, embeddingDim]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
 * @api nn.functional.embedding
 */
export function embedding(
  input: Tensor,
  weight: Tensor,
  paddingIdx: Int | null = null,
  maxNorm: number | null = null,
  normType = 2,
  scaleGradByFreq = false,
): Tensor {
  if (paddingIdx !== null && (paddingIdx >= weight.shape[0]! || paddingIdx < -weight.shape[0]!)) {
    throw new ArgumentError("Padding_idx must be within num_embeddings", "AssertionError");
  }
  const flat = reshape(input, [input.numel()]);
  if (maxNorm !== null) shorten(weight, flat, maxNorm, normType);
  const rows = reshape(indexSelect(weight, 0, flat), [...input.shape, weight.shape[1]!]);
  if (!rows.requiresGrad || (paddingIdx === null && !scaleGradByFreq)) return rows;
  return record(sharedOp, rows.detach(), [rows], [], gradientShares(input, weight.shape[0]!, paddingIdx, scaleGradByFreq));
}

/** What of its gradient each looked-up row passes on. */
const sharedOp: Operation<Tensor> = {
  name: "EmbeddingBackward0",
  backward: (node, gradient) => [mul(gradient, unsqueeze(node.data, -1))],
};

/** The row of a padding index, which may count from the end. */
function rowOf(paddingIdx: number | null, rows: number): number | null {
  if (paddingIdx === null) return null;
  if (paddingIdx < -rows || paddingIdx >= rows) {
    throw new KindlingError(`padding_idx must be within the number of embeddings, ${-rows} through ${rows - 1}, but got ${paddingIdx}`);
  }
  return paddingIdx < 0 ? paddingIdx + rows : paddingIdx;
}

function gradientShares(indices: Tensor, rows: number, paddingIdx: number | null, scaleGradByFreq: boolean): Tensor {
  const places = operandsOf(indices);
  const counts = new Map<number, number>();
  places.forEach((place) => counts.set(place, (counts.get(place) ?? 0) + 1));
  const padding = rowOf(paddingIdx, rows);
  const shares = filled(roomFor(Float32Array, places.length), (i) => (places[i] === padding ? 0 : scaleGradByFreq ? 1 / counts.get(places[i]!)! : 1));
  return fromTypedArray(shares, indices.shape);
}

function shorten(weight: Tensor, indices: Tensor, maxNorm: number, normType: number): void {
  noGrad(() => {
    const isUsed = new Uint8Array(weight.shape[0]!);
    for (const row of valuesOf(indices, "embedding(maxNorm)")) isUsed[row] = 1;
    for (const row of placesOf(isUsed)) {
      const values = weight.select(0, row);
      const length = vectorNorm(values, normType).item();
      if (length > maxNorm) values.mul_(maxNorm / (length + 1e-7));
    }
  });
}

/** How a bag becomes one row. */
export type BagMode = "sum" | "mean" | "max";

/**
 * One row for each bag of indices; an empty bag gives zeros.
 * @param input [bags, size], or a vector with the `offsets` at which bags begin
 * @param weight [numEmbeddings, embeddingDim]
 * @param maxNorm rows that are looked up and longer than this are shortened to it, in the table itself
 * @param normType which norm that is
 * @param scaleGradByFreq divide each row's gradient by how often the row was looked up; not for "max"
 * @param perSampleWeights factors of the rows, for "sum" only; shaped as `input`
 * @param includeLastOffset whether the last offset is the end of the last bag
 * @param paddingIdx rows of this index are left out of the bags
 * @returns [bags, embeddingDim]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.embedding_bag.html
 * @api nn.functional.embeddingBag
 */
export function embeddingBag(
  input: Tensor,
  weight: Tensor,
  offsets: Tensor | null = null,
  maxNorm: number | null = null,
  normType = 2,
  scaleGradByFreq = false,
  mode: BagMode = "mean",
  perSampleWeights: Tensor | null = null,
  includeLastOffset = false,
  paddingIdx: Int | null = null,
): Tensor {
  const bags = bagOfEach(input, offsets, includeLastOffset);
  if (perSampleWeights && mode !== "sum") {
    throw new KindlingError(
      `embedding_bag: per_sample_weights was not None. per_sample_weights is only supported for mode='sum' (got mode='${mode}'). Please open a feature request on GitHub.`,
    );
  }
  if (perSampleWeights && !sameShape(perSampleWeights.shape, input.shape)) {
    throw new ArgumentError(
      `embedding_bag: If per_sample_weights (torch.Size([${perSampleWeights.shape.join(", ")}])) is not None, then it must have the same shape as the input (torch.Size([${input.shape.join(", ")}]))`,
    );
  }
  const flat = reshape(input, [input.numel()]);
  const padding = rowOf(paddingIdx, weight.shape[0]!);
  const told = (result: Tensor): Tensor =>
    offsets ? result : tellOperation("embeddingBag", [input, weight, ...(perSampleWeights ? [perSampleWeights] : [])], result, { mode, padding });
  const places = operandsOf(flat);
  const counts = filled(roomFor(Float32Array, places.length), (i) => Number(places[i] !== padding));
  const rows = embedding(flat, weight, paddingIdx, maxNorm, normType, scaleGradByFreq);
  if (mode === "max" && scaleGradByFreq) throw new ArgumentError("max mode does not support scaling the gradient by the frequency");
  if (mode === "max") return told(largest(rows, bags, counts));
  const present = fromTypedArray(counts, [counts.length]);
  const factors = perSampleWeights ? mul(reshape(perSampleWeights, [counts.length]), present) : present;
  const index = expand(unsqueeze(fromTypedArray(bags.of, [bags.of.length]), 1), rows.shape);
  const sums = scatterAdd(zeros([bags.count, weight.shape[1]!]), 0, index, mul(rows, unsqueeze(factors, 1)));
  return told(mode === "sum" ? sums : sums.div(fromTypedArray(bagSizes(bags, counts), [bags.count, 1])));
}

interface Bags {
  readonly count: number;
  /** The bag of each index. */
  readonly of: Int32Array;
}

function bagOfEach(indices: Tensor, offsets: Tensor | null, includeLast: boolean): Bags {
  if (indices.shape.length === 2) {
    if (offsets)
      throw new ArgumentError(
        "if input is 2D, then offsets has to be None, as input is treated is a mini-batch of fixed length sequences. However, found offsets of type <class 'torch.Tensor'>",
      );
    const [count, size] = indices.shape as [number, number];
    return { count, of: filled(roomFor(Int32Array, count * size), (i) => Math.floor(i / size)) };
  }
  if (indices.shape.length !== 1) throw new ArgumentError(`input has to be 1D or 2D Tensor, but got Tensor of dimension ${indices.shape.length}`);
  if (!offsets) throw new ArgumentError("offsets has to be a 1D Tensor but got None");
  const starts = valuesOf(offsets, "embeddingBag(offsets)");
  if (starts.length > 0 && starts[0] !== 0)
    throw new ArgumentError(
      `offsets[0] has to be 0, i.e., the first sequence in the mini-batch has to start from position 0. However, got ${starts[0]}`,
      "RuntimeError",
    );
  const count = includeLast ? starts.length - 1 : starts.length;
  const of = new Int32Array(indices.numel());
  for (let bag = 0; bag < count; bag++) of.fill(bag, starts[bag]!, starts[bag + 1] ?? of.length);
  return { count, of };
}

function bagSizes(bags: Bags, counts: Float32Array): Float32Array {
  const sizes = new Float32Array(bags.count);
  bags.of.forEach((bag, i) => (sizes[bag]! += counts[i]!));
  return sizes.map((size) => Math.max(1, size));
}

/** The largest entry of each bag in each column; gradients go to the first that has it. */
function largest(rows: Tensor, bags: Bags, counts: Float32Array): Tensor {
  const width = rows.shape[1]!;
  const values = valuesOf(rows);
  const best = new Int32Array(bags.count * width).fill(-1);
  bags.of.forEach((bag, i) => {
    if (counts[i] === 0) return;
    for (let k = 0; k < width; k++) {
      const leader = best[bag * width + k]!;
      if (leader < 0 || values[i * width + k]! > values[leader * width + k]!) best[bag * width + k] = i;
    }
  });
  const found = fromTypedArray(
    best.map((place) => Math.max(0, place)),
    [bags.count, width],
  );
  const isFilled = fromTypedArray(
    filled(roomFor(Float32Array, best.length), (i) => Number(best[i]! >= 0)),
    [bags.count, width],
  );
  return mul(rows.gather(0, found), isFilled);
}

/**
 * One row per class index with a single 1 in it: `[...shape]` → `[...shape, numClasses]`, `int32`.
 * @param numClasses -1 for one more than the largest index
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
 * @api nn.functional.oneHot
 */
export function oneHot(tensor: Tensor, numClasses: Int = -1): Tensor {
  const source = contiguous(positions(tensor, "one_hot is only applicable to index tensor."));
  const classes = numClasses >= 0 ? numClasses : (valuesOf(source, "oneHot") as Int32Array).reduce((most, value) => Math.max(most, value + 1), 0);
  const result = make([...tensor.shape, classes], "int32");
  const target = at(result);
  const wrong = kernels.oneHot(at(source), target, source.numel(), classes);
  if (wrong < 0) return tellOperation("oneHot", [tensor], result, { classes });
  failsByValue();
  const isNegative = i32[(at(source) >>> 2) + wrong]! < 0;
  throw new KindlingError(isNegative ? "Class values must be non-negative." : "Class values must be smaller than num_classes.");
}
