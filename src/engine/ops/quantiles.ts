/** Medians, modes and quantiles. */
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { wrapDim } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { fromTypedArray } from "./creation.ts";
import { recordMedian } from "./extremes.ts";
import { inOrder, order } from "./internal/order.ts";
import { along, atLeastVector, dropped, pick, tellPicked, type Picked } from "./internal/pick.ts";
import { requireSome } from "./internal/reduce.ts";
import { stack } from "./join.ts";
import type { ValuesAndIndices } from "./namedTuple.ts";
import { valuesOf } from "./reading.ts";
import { gather } from "./scatter.ts";
import { inOrderAlong } from "./sorting.ts";
import type { Int } from "./types.ts";
import { flatten, reshape, squeeze } from "./views.ts";

/** Position of the lower median; of NaN if there is one (unless they are ignored). */
function medianPlace(line: Float64Array, ignoreNan: boolean): number {
  const places = order(line, false);
  const nans = line.reduce((count, x) => count + Number(Number.isNaN(x)), 0);
  if (nans > 0 && !ignoreNan) return places[line.length - nans]!;
  return places[Math.max(0, Math.floor((line.length - nans - 1) / 2))]!;
}

/**
 * The median (the lower of two) of all elements, or along `dim` with its position; NaN where there is one.
 * @see https://pytorch.org/docs/stable/generated/torch.median.html
 * @api torch.median Tensor.median
 */
export function median(input: Tensor): Tensor;
export function median(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function median(input: Tensor, dim?: Int, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? medianOfAll(input, false) : medianAlong("median", input, dim, keepdim);
}

/**
 * The median (the lower of two) of what isn't NaN, of all elements or along `dim` with its position.
 * @see https://pytorch.org/docs/stable/generated/torch.nanmedian.html
 * @api torch.nanmedian Tensor.nanmedian
 */
export function nanmedian(input: Tensor): Tensor;
export function nanmedian(input: Tensor, dim: Int, keepdim?: boolean): ValuesAndIndices;
export function nanmedian(input: Tensor, dim?: Int, keepdim = false): Tensor | ValuesAndIndices {
  return dim === undefined ? medianOfAll(input, true) : medianAlong("nanmedian", input, dim, keepdim);
}

/** Which rank is taken of what is in order, for who looks at operations: the quantiles at these levels (`null`: of an operand). */
interface Rank {
  /** `null`: of all elements. */
  readonly dim: number | null;
  readonly level: number | null;
  readonly interpolation: QuantileInterpolation;
  readonly ignoreNan: boolean;
}

const middle = (dim: number | null, ignoreNan: boolean): Rank => ({ dim, level: 0.5, interpolation: "lower", ignoreNan });

const medianName = (ignoreNan: boolean): "median" | "nanmedian" => (ignoreNan ? "nanmedian" : "median");

function medianIn(input: Tensor, dim: number, ignoreNan: boolean): Picked {
  const picked = pick(input, dim, 1, (line) => [medianPlace(line, ignoreNan)]);
  return tellPicked(medianName(ignoreNan), input, picked, middle(dim, ignoreNan));
}

function medianOfAll(input: Tensor, ignoreNan: boolean): Tensor {
  if (input.numel() === 0) return recordMedian(input, fromTypedArray(new Float32Array([NaN]), []));
  const result = recordMedian(input, reshape(medianIn(flatten(input.detach()), 0, ignoreNan).values, []));
  return tellOperation(medianName(ignoreNan), [input], result, middle(null, ignoreNan));
}

function medianAlong(operation: "median" | "nanmedian", input: Tensor, dim: number, keepdim: boolean): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  requireSome("median", input.shape, d);
  return dropped(operation, medianIn(input, d, operation === "nanmedian"), d, input.shape.length, keepdim);
}

/**
 * The most frequent value along `dim` (the smallest of several) and the last position where it is.
 * @param dim default the last
 * @see https://pytorch.org/docs/stable/generated/torch.mode.html
 * @api torch.mode Tensor.mode
 */
export function mode(input: Tensor, dim: Int = -1, keepdim = false): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  requireSome("mode", input.shape, d);
  return dropped(
    "mode",
    tellPicked(
      "mode",
      input,
      pick(input, d, 1, (line) => [modePlace(line)]),
    ),
    d,
    input.shape.length,
    keepdim,
  );
}

/** The end of the longest run of equals in ascending order. NaN equals nothing: each is a run of its own. */
function modePlace(line: Float64Array): number {
  const places = line.length > INSERTED ? order(line, false) : inserted(line);
  let [best, bestLength] = [places[0] ?? 0, 0];
  for (let start = 0; start < places.length;) {
    let end = start;
    while (end < places.length && line[places[end]!] === line[places[start]!]) end++;
    end = Math.max(end, start + 1);
    if (end - start > bestLength) [best, bestLength] = [places[end - 1]!, end - start];
    start = end;
  }
  return best;
}

/** How long the lines are that PyTorch sorts by insertion, which tells which of several equally frequent ones is the mode. */
const INSERTED = 16;

/** Positions in ascending order, each number inserted before the greater ones. It doesn't pass NaN, which isn't greater. */
function inserted(line: Float64Array): Int32Array {
  const places = inOrder(line.length);
  for (let i = 1; i < line.length; i++) {
    const value = line[i]!;
    let target = value < line[places[0]!]! ? 0 : i;
    while (target > 0 && value < line[places[target - 1]!]!) target--;
    places.copyWithin(target + 1, target, i);
    places[target] = i;
  }
  return places;
}

/** What is taken between two elements. */
export type QuantileInterpolation = "linear" | "lower" | "higher" | "midpoint" | "nearest";

export interface QuantileOptions {
  /** Between two elements: default "linear". */
  interpolation?: QuantileInterpolation;
}

/**
 * The q-quantiles of all elements or along `dim`; NaN where there is one.
 * @param q between 0 and 1; a vector of several gives a new first dimension
 * @param dim default: all elements
 * @see https://pytorch.org/docs/stable/generated/torch.quantile.html
 * @api torch.quantile Tensor.quantile
 */
export function quantile(
  input: Tensor,
  q: number | Tensor,
  dim: Int | null = null,
  keepdim = false,
  { interpolation = "linear" }: QuantileOptions = {},
): Tensor {
  return quantiles("quantile", input, q, dim, keepdim, { interpolation, ignoreNan: false });
}

/**
 * The q-quantiles of what isn't NaN, of all elements or along `dim`.
 * @param q between 0 and 1; a vector of several gives a new first dimension
 * @param dim default: all elements
 * @see https://pytorch.org/docs/stable/generated/torch.nanquantile.html
 * @api torch.nanquantile Tensor.nanquantile
 */
export function nanquantile(
  input: Tensor,
  q: number | Tensor,
  dim: Int | null = null,
  keepdim = false,
  { interpolation = "linear" }: QuantileOptions = {},
): Tensor {
  return quantiles("nanquantile", input, q, dim, keepdim, { interpolation, ignoreNan: true });
}

function quantiles(
  name: string,
  input: Tensor,
  q: number | Tensor,
  dim: number | null,
  keepdim: boolean,
  manner: Pick<Rank, "interpolation" | "ignoreNan">,
): Tensor {
  if (input.dtype !== "float32") throw new KindlingError("quantile() input tensor must be either float or double dtype");
  const levels = typeof q === "number" ? [q] : Array.from(valuesOf(q));
  if (levels.some((level) => !(level >= 0 && level <= 1))) throw new KindlingError("quantile() q values must be in the range [0, 1]");
  if (input.numel() === 0) throw new KindlingError("quantile() input tensor must be non-empty");
  if (q instanceof Tensor && q.shape.length > 1) throw new KindlingError("quantile() q must be a scalar or 1D tensor");
  const d = dim === null ? 0 : wrapDim(dim, input.shape.length);
  const sorted = inOrderAlong(atLeastVector(dim === null ? flatten(input) : input), d, false).values;
  const results = levels.map((level) => {
    const result = between(sorted, d, level, manner);
    if (keepdim)
      return dim === null
        ? reshape(
            result,
            input.shape.map(() => 1),
          )
        : result;
    return dim === null || input.shape.length === 0 ? reshape(result, []) : squeeze(result, d);
  });
  const result = typeof q === "number" || q.shape.length === 0 ? results[0]! : stack(results);
  const rank: Rank = { dim: dim === null ? null : d, level: typeof q === "number" ? q : null, ...manner };
  return tellOperation(name, q instanceof Tensor ? [input, q] : [input], result, rank);
}

/** The `level`-quantile along `dim` of sorted values; the dimension stays with size 1. */
function between(sorted: Tensor, dim: number, level: number, { interpolation, ignoreNan }: Pick<Rank, "interpolation" | "ignoreNan">): Tensor {
  const { outer, n, inner } = along(sorted.shape, dim);
  const values = valuesOf(sorted.detach());
  const shape = sorted.shape.map((size, i) => (i === dim ? 1 : size));
  const [low, high] = [new Int32Array(outer * inner), new Int32Array(outer * inner)];
  const weights = new Float32Array(outer * inner);
  for (let line = 0; line < low.length; line++) {
    const at = (i: number): number => values[(Math.floor(line / inner) * n + i) * inner + (line % inner)]!;
    let count = n;
    while (count > 0 && Number.isNaN(at(count - 1))) count--;
    if (count < n && !ignoreNan) {
      low[line] = high[line] = n - 1;
      continue;
    }
    // In single precision, as PyTorch has it: 0.29 of 101 elements is the 29th.
    const place = Math.fround(Math.fround(level) * Math.max(0, count - 1));
    [low[line], high[line], weights[line]] = placeBetween(place, interpolation);
  }
  const lower = gather(sorted, dim, fromTypedArray(low, shape));
  if (isOneElement(interpolation)) return lower;
  const upper = gather(sorted, dim, fromTypedArray(high, shape));
  return lower.add(upper.sub(lower).mul(fromTypedArray(weights, shape)));
}

/** Whether nothing is taken between two elements. */
const isOneElement = (interpolation: QuantileInterpolation): boolean => interpolation !== "linear" && interpolation !== "midpoint";

function placeBetween(place: number, interpolation: QuantileInterpolation): [low: number, high: number, weight: number] {
  const [low, high] = [Math.floor(place), Math.ceil(place)];
  switch (interpolation) {
    case "lower":
      return [low, low, 0];
    case "higher":
      return [high, high, 0];
    case "midpoint":
      return [low, high, 0.5];
    case "nearest": {
      // Halves go to the even neighbour.
      const near = place - low === 0.5 ? low + (low % 2) : Math.round(place);
      return [near, near, 0];
    }
    default:
      return [low, high, place - low];
  }
}
