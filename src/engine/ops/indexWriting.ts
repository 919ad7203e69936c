/** Writing at an index: entries put, added, filled or reduced into positions, and Python's `x[…] = value`. */
import { shownAs } from "../autograd/node.ts";
import { promoteScalar } from "../dtype.ts";
import { IndexError, KindlingError, ShapeError } from "../errors.ts";
import { broadcastShapes, contiguousStrides, shapeText, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clamp } from "./clamp.ts";
import { eq } from "./comparison.ts";
import { where } from "./where.ts";
import { clone, contiguous, to } from "./conversion.ts";
import { arange, fromTypedArray, full, ones, zeros } from "./creation.ts";
import { flatPositions } from "./indexing.ts";
import { copy_, fill_, replaceBy } from "./inplace.ts";
import { positions } from "./internal/positions.ts";
import { hold, valuesOf } from "./reading.ts";
import { cumsum } from "./scans.ts";
import { fitted, gather, scatter, scatterAdd, tellScatterReduce } from "./scatter.ts";
import { index, lookThrough, type Place } from "./subscript.ts";
import type { Index, Int, ScalarOrTensor } from "./types.ts";
import { expand, flatten, reshape } from "./views.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";

/** A one-dimensional index along `dim`, repeated to the shape of what it places. */
function spreadIndex(index: Tensor, shape: Shape, dim: number): Tensor {
  const line = shape.map((_, i) => (i === dim ? index.numel() : 1));
  return expand(reshape(index, line), shape);
}

function checkVector(name: string, index: Tensor): void {
  if (index.shape.length > 1) throw new IndexError(`${name}(): Index is supposed to be a vector`);
}

/** Each position of a vector has its entry in `source`, and but for `dim` the source is as large as the input. */
function checkSource(name: string, input: Tensor, dim: number, index: Tensor, source: Tensor): void {
  checkVector(name, index);
  if (source.shape.length !== input.shape.length) {
    throw new ShapeError(
      `${name}(): source and destination must have the same number of dimensions, but got ${shapeText(source.shape)} and ${shapeText(input.shape)}`,
      source.shape,
      input.shape,
    );
  }
  if ((source.shape[dim] ?? 1) !== index.numel()) {
    throw new ShapeError(
      `${name}(): Number of indices (${index.numel()}) should be equal to source.size(dim): (${source.shape[dim] ?? 1}), for dim: ${dim}`,
      source.shape,
      index.shape,
    );
  }
  if (source.shape.some((size, i) => i !== dim && size !== input.shape[i])) {
    throw new ShapeError(
      `${name}(): source ${shapeText(source.shape)} has to match the input ${shapeText(input.shape)} in every dimension but ${dim}`,
      source.shape,
      input.shape,
    );
  }
}

/**
 * A copy with the entries of `source` times `alpha` added at the positions in the vector `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.index_add.html
 * @api torch.indexAdd Tensor.indexAdd Tensor.indexAdd_
 */
export function indexAdd(input: Tensor, dim: Int, index: Tensor, source: Tensor, { alpha = 1 }: { alpha?: number } = {}): Tensor {
  const d = wrapDim(dim, input.shape.length);
  checkSource("index_add_", input, d, index, source);
  const places = positions(index, "index_add_(): Expected dtype int32/int64 for index");
  return shownAs("IndexAddBackward0", scatterAdd(input, d, spreadIndex(places, source.shape, d), alpha === 1 ? source : source.mul(alpha)));
}

/**
 * A copy with the entries of `source` at the positions in the vector `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.index_copy.html
 * @api torch.indexCopy Tensor.indexCopy Tensor.indexCopy_
 */
export function indexCopy(input: Tensor, dim: Int, index: Tensor, source: Tensor): Tensor {
  const d = wrapDim(dim, input.shape.length);
  checkSource("index_copy_", input, d, index, source);
  const places = positions(index, "index_copy_(): Expected a long tensor for index");
  return shownAs("IndexCopyBackward0", scatter(input, d, spreadIndex(places, source.shape, d), source));
}

/**
 * A copy with one value at the positions in the vector `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.index_fill.html
 * @api torch.indexFill Tensor.indexFill Tensor.indexFill_
 */
export function indexFill(input: Tensor, dim: Int, index: Tensor, value: ScalarOrTensor): Tensor {
  checkVector("index_fill_", index);
  const places = positions(index, "index_fill_(): Expected dtype int64 for index.", IndexError);
  if (value instanceof Tensor && value.shape.length > 0) {
    throw new KindlingError(`index_fill_ only supports a 0-dimensional value tensor, but got tensor with ${value.shape.length} dimension(s).`);
  }
  const d = wrapDim(dim, input.shape.length);
  const shape = input.shape.map((size, i) => (i === d ? index.numel() : size));
  const spread = spreadIndex(places, shape, d);
  return value instanceof Tensor ? scatter(input, d, spread, expand(value, shape)) : scatter(input, d, spread, value);
}

/**
 * A copy with the elements of `source` at positions of the flattened input.
 * @param accumulate add to what is there instead of replacing it
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.put_.html
 * @api torch.put Tensor.put Tensor.put_
 */
export function put(input: Tensor, index: Tensor, source: Tensor, accumulate = false): Tensor {
  if (source.numel() !== index.numel()) {
    throw new ShapeError(
      `put_(): Expected source and index to have the same number of elements, but got source.numel() = ${source.numel()}, index.numel() = ${index.numel()}`,
      source.shape,
      index.shape,
    );
  }
  const places = flatPositions([positions(index, "put_(): Expected a long tensor for index")], [input.numel()], [0]);
  const flat = flatten(input);
  const values = reshape(source, [index.numel()]);
  return shownAs("PutBackward0", reshape(accumulate ? scatterAdd(flat, 0, places, values) : scatter(flat, 0, places, values), input.shape));
}

/**
 * A copy with the entries of `source` reduced into the positions in the vector `index` along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_reduce_.html
 * @api torch.indexReduce Tensor.indexReduce Tensor.indexReduce_
 */
export function indexReduce(input: Tensor, dim: Int, index: Tensor, source: Tensor, reduce: IndexReduction, options: SelfOptions = {}): Tensor {
  const d = wrapDim(dim, input.shape.length);
  checkSource("index_reduce_", input, d, index, source);
  const places = positions(index, "index_reduce_(): Expected dtype int32/int64 for index");
  return scatterReduce(input, d, spreadIndex(places, source.shape, d), source, reduce, options);
}

/**
 * A copy with `source` where `mask` (broadcast) holds, its elements taken one after the other.
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.masked_scatter_.html
 * @api torch.maskedScatter Tensor.maskedScatter Tensor.maskedScatter_
 */
export function maskedScatter(input: Tensor, mask: Tensor, source: Tensor): Tensor {
  const flags = expand(mask, broadcastShapes(input.shape, mask.shape)).bool();
  // How many are taken up to each place.
  const taken = cumsum(flatten(flags), 0);
  if (!hold(taken.le(source.numel())))
    throw new KindlingError("masked_scatter: expected self and source to have same dtypes and source to have enough elements");
  if (source.numel() === 0) return clone(input);
  return shownAs("MaskedScatterBackward0", where(flags, reshape(gather(flatten(to(source, input.dtype)), 0, clamp(taken.sub(1), 0)), flags.shape), input));
}

/**
 * A copy with `values` (broadcast) at the positions that `indices` give together, one list for each dimension.
 * @param accumulate add to what is there instead of replacing it
 * @see https://pytorch.org/docs/stable/generated/torch.Tensor.index_put_.html
 * @api torch.indexPut Tensor.indexPut Tensor.indexPut_
 */
export function indexPut(input: Tensor, indices: readonly (Index | null)[], values: ScalarOrTensor, accumulate = false): Tensor {
  const places = flatPlaces(input, indices);
  const source = values instanceof Tensor ? values : full([], values, { dtype: promoteScalar(input.dtype, values) });
  return shownAs("IndexPutBackward0", put(input, places, contiguous(spreadOver(to(source, input.dtype), places.shape)), accumulate));
}

function spreadOver(values: Tensor, shape: Shape): Tensor {
  const own = values.shape.slice(
    Math.max(
      0,
      values.shape.findIndex((size) => size !== 1),
    ),
  );
  const fits = own.length <= shape.length && own.every((size, i) => size === 1 || size === shape[shape.length - own.length + i]);
  if (!fits) {
    throw new IndexError(
      `shape mismatch: value tensor of shape ${shapeText(values.shape)} cannot be broadcast to indexing result of shape ${shapeText(shape)}`,
    );
  }
  return expand(reshape(values, own), shape);
}

/** Which element of the flattened input each of the indexed places is, in the shape that indexing gives. */
export function flatPlaces(input: Tensor, indices: readonly (Index | null)[]): Tensor {
  const ordinals = reshape(arange(0, input.numel()), input.shape);
  return index(ordinals, indices);
}

/**
 * How several values become one.
 * @api torch.ScatterReduction
 */
export type ScatterReduction = "sum" | "prod" | "mean" | "amax" | "amin";

/** The same for `indexReduce`; sums are `indexAdd`'s. */
export type IndexReduction = "prod" | "mean" | "amax" | "amin";

export interface SelfOptions {
  /** Whether the input's own values take part. Default true. */
  includeSelf?: boolean;
}

/**
 * A copy with the elements of `src` reduced into the places that `index` gives along `dim`.
 *
 * Shapes: `index` is nowhere larger than `src`, nor than `input` but along `dim`.
 * @see https://pytorch.org/docs/stable/generated/torch.scatter_reduce.html
 * @api torch.scatterReduce Tensor.scatterReduce Tensor.scatterReduce_
 */
export function scatterReduce(input: Tensor, dim: Int, index: Tensor, src: Tensor, reduce: ScatterReduction, { includeSelf = true }: SelfOptions = {}): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const places = positions(index, "scatter(): Expected dtype int64 for index");
  const part = fitted(src, index);
  if (input.dtype !== "float32")
    return tellScatterReduce([input, places, part], { dim: d, reduce, includeSelf }, integersReduced(input, d, places, part, reduce, includeSelf));
  const hits = scatterAdd(zeros(input.shape), d, places, ones(index.shape));
  const own = includeSelf ? input : where(hits.gt(0), NEUTRAL[reduce], input);
  switch (reduce) {
    case "sum":
      return scatterAdd(own, d, places, part);
    case "mean":
      return scatterAdd(own, d, places, part).div(where(hits.gt(0), hits.add(includeSelf ? 1 : 0), 1));
    case "prod":
      return tellScatterReduce([own, places, part], { dim: d, reduce, includeSelf: true }, scatteredProduct(own, d, places, part));
    default:
      return tellScatterReduce(
        [own, places, part],
        { dim: d, reduce, includeSelf },
        scatteredExtreme(reduce === "amax" ? 1 : -1, own, d, places, part, includeSelf),
      );
  }
}

const NEUTRAL: Readonly<Record<ScatterReduction, number>> = { sum: 0, mean: 0, prod: 1, amax: -Infinity, amin: Infinity };

/** Visits for each element of an index the place that it means in a tensor of `shape`. */
function forEachTarget(index: Tensor, shape: Shape, dim: number, visit: (place: number, i: number) => void): void {
  const strides = contiguousStrides(shape);
  const own = contiguousStrides(index.shape);
  valuesOf(index).forEach((position, i) => {
    if (position < 0 || position >= (shape[dim] ?? 1))
      throw new IndexError(`index ${position} is out of bounds for dimension ${dim} with size ${shape[dim] ?? 1}`);
    let place = 0;
    for (let k = 0; k < shape.length; k++) {
      place += strides[k]! * (k === dim ? position : Math.floor(i / own[k]!) % index.shape[k]!);
    }
    visit(place, i);
  });
}

const JOIN: Readonly<Record<ScatterReduction, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  mean: (a, b) => a + b,
  prod: (a, b) => a * b,
  amax: Math.max,
  amin: Math.min,
};

/** Integers in double precision; means are rounded down. */
function integersReduced(input: Tensor, dim: number, index: Tensor, source: Tensor, reduce: ScatterReduction, includeSelf: boolean): Tensor {
  const results = new Float64Array(valuesOf(input));
  const values = valuesOf(source);
  const counts = new Float64Array(results.length);
  forEachTarget(index, input.shape, dim, (place, i) => {
    const isFirst = counts[place]!++ === 0 && !includeSelf;
    results[place] = isFirst ? values[i]! : JOIN[reduce](results[place]!, values[i]!);
  });
  if (reduce === "mean") counts.forEach((count, place) => count > 0 && (results[place] = Math.floor(results[place]! / (count + Number(includeSelf)))));
  const result = wholeNumbers(results, input.shape, "scatter_reduce");
  return input.dtype === "int32" ? result : to(result, input.dtype);
}

/** Products one factor after the other: the k-th factor of each place by a `scatter`, then multiplied. */
function scatteredProduct(input: Tensor, dim: number, index: Tensor, source: Tensor): Tensor {
  const rounds = new Int32Array(index.numel());
  const seen = new Int32Array(input.numel());
  let most = 0;
  forEachTarget(index, input.shape, dim, (place, i) => {
    rounds[i] = seen[place]!;
    most = Math.max(most, ++seen[place]!);
  });
  const round = fromTypedArray(rounds, index.shape);
  let result = input;
  for (let k = 0; k < most; k++) {
    const active = eq(round, k);
    const present = scatterAdd(zeros(input.shape), dim, index, active.float());
    const factor = scatterAdd(zeros(input.shape), dim, index, source.mul(active.float()));
    result = result.mul(where(present.gt(0), factor, 1));
  }
  return result;
}

/** The extreme's values, and gradients shared evenly by all that reach it. */
function scatteredExtreme(sign: 1 | -1, input: Tensor, dim: number, index: Tensor, source: Tensor, includeSelf: boolean): Tensor {
  const best = new Float32Array(valuesOf(input));
  const values = valuesOf(source);
  forEachTarget(index, input.shape, dim, (place, i) => {
    if (sign * values[i]! > sign * best[place]! || Number.isNaN(values[i])) best[place] = values[i]!;
  });
  const extreme = fromTypedArray(best, input.shape);
  const fromSelf = eq(input, extreme).float();
  const fromSource = eq(source, gather(extreme, dim, index)).float();
  const sharers = scatterAdd(includeSelf ? fromSelf : fromSelf.mul(input.isinf().logicalNot().float()), dim, index, fromSource).clamp(1);
  // Adding x − x.detach() leaves the value and gives the gradient.
  const finite = where(input.isinf(), 0, input);
  const ownShare = finite.sub(finite.detach()).mul(fromSelf).div(sharers);
  const sourceShare = scatterAdd(zeros(input.shape), dim, index, source.sub(source.detach()).mul(fromSource)).div(sharers);
  return extreme.add(ownShare).add(sourceShare);
}

/**
 * Writes `value` (broadcast) at `places`, in place: `x.setAt([null, 0], 1)` is Python's `x[:, 0] = 1`, `x.setAt(mask, 0)`
 * is `x[mask] = 0`, `x.setAt([[0, 2]], y)` is `x[0:2] = y`.
 * @param places one place, or a list with one for each dimension
 * @api Tensor.setAt
 */
export function setAt(input: Tensor, places: Int | "..." | Tensor | readonly Place[], value: ScalarOrTensor): Tensor {
  const { window, listed } = lookThrough(input, Array.isArray(places) ? (places as readonly Place[]) : [places as Place]);
  const given = value instanceof Tensor ? withoutFirstOnes(value) : value;
  if (listed.length > 0) replaceBy(window, (before) => indexPut(before, listed, given));
  else if (given instanceof Tensor) copy_(window, given);
  else fill_(window, given);
  return input;
}

/** A row of one batch goes into a row: `x.setAt(0, ones(1, 8))`. */
function withoutFirstOnes(value: Tensor): Tensor {
  const first = value.shape.findIndex((size) => size !== 1);
  return first === 0 || value.dim() === 0 ? value : reshape(value, value.shape.slice(first < 0 ? value.dim() : first));
}
