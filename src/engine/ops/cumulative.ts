/** Running products, extremes and logarithms of sums; differences and areas. */
import { record, recordMany, type Operation } from "../autograd/node.ts";
import { numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { typedArray } from "../dtype.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { scatterAdd } from "./indexing.ts";
import { cat, flip } from "./joining.ts";
import { asFloat } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { amax, cumsum, sum, type ValuesAndIndices } from "./reductions.ts";
import { narrow } from "./views.ts";

/** Visits each line along `dim`: the index of its first element, and the step to the next. */
function forEachLine(shape: Shape, dim: number, visit: (start: number, step: number, n: number) => void): void {
  const n = shape[dim] ?? 1;
  const inner = numelOf(shape.slice(dim + 1));
  const outer = numelOf(shape.slice(0, dim));
  for (let o = 0; o < outer; o++) for (let j = 0; j < inner; j++) visit(o * n * inner + j, inner, n);
}

/** Sums of what comes at or after each place. */
function reverseCumsum(input: Tensor, dim: number): Tensor {
  return flip(cumsum(flip(input, dim), dim), dim);
}

const cumprodOp: Operation = {
  name: "CumprodBackward0",
  backward(node, gradient) {
    const dim = node.data as number;
    const [input, output] = [node.saved(0), node.saved(1)];
    if (!input.eq(0).any().item()) return [reverseCumsum(gradient.mul(output), dim).div(input)];
    return [cumprodGradient(gradient, input, dim)];
  },
};

/** Right where there are zeros: Σₖ gₖ · Πⱼ≤ₖ,ⱼ≠ᵢ xⱼ for each i, from the products of what comes before and between. */
function cumprodGradient(gradient: Tensor, input: Tensor, dim: number): Tensor {
  const n = input.shape[dim] ?? 1;
  const parts: Tensor[] = [];
  for (let i = 0; i < n; i++) {
    const before = i === 0 ? null : cumprod(narrow(input, dim, 0, i), dim).narrow(dim, i - 1, 1);
    const one = narrow(input, dim, i, 1).mul(0).add(1);
    const after = cumprod(cat([one, narrow(input, dim, i + 1, n - i - 1)], dim), dim);
    const products = before === null ? after : after.mul(before);
    parts.push(sum(narrow(gradient, dim, i, n - i).mul(products), dim, { keepdim: true }));
  }
  return cat(parts, dim);
}

/** Running products along `dim`. */
export function cumprod(input: Tensor, dim: number): Tensor {
  const d = wrapDim(dim, input.shape.length);
  const values = toTypedArray(input);
  const out = typedArray(input.dtype === "float32" ? "float32" : "int32", values.length);
  forEachLine(input.shape, d, (start, step, n) => {
    let product = 1;
    for (let i = 0; i < n; i++) out[start + i * step] = product *= values[start + i * step]!;
  });
  const result = fromTypedArray(out, input.shape);
  return input.dtype === "float32" ? record(cumprodOp, result, [input], [input, result], d) : result;
}

const cumulativeExtremeOp: Operation = {
  name: "CummaxBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data as { shape: Shape; dim: number };
    return [scatterAdd(zeros(shape), dim, node.saved(0), gradient)];
  },
};

function cumulativeExtreme(sign: 1 | -1, input: Tensor, dim: number): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const values = toTypedArray(input);
  const out = typedArray(input.dtype, values.length);
  const places = new Int32Array(values.length);
  forEachLine(input.shape, d, (start, step, n) => {
    let best = 0;
    for (let i = 0; i < n; i++) {
      const [value, leader] = [values[start + i * step]!, values[start + best * step]!];
      if (Number.isNaN(value) || (!Number.isNaN(leader) && sign * value >= sign * leader)) best = i;
      out[start + i * step] = values[start + best * step]!;
      places[start + i * step] = best;
    }
  });
  const result = { values: fromTypedArray(out, input.shape, { dtype: input.dtype }), indices: fromTypedArray(places, input.shape) };
  recordMany(cumulativeExtremeOp, [result.values], [input], [result.indices], { shape: input.shape, dim: d });
  return result;
}

/** Largest so far along `dim` (the last of equals), with its position. */
export function cummax(input: Tensor, dim: number): ValuesAndIndices {
  return cumulativeExtreme(1, input, dim);
}

/** Smallest so far along `dim` (the last of equals), with its position. */
export function cummin(input: Tensor, dim: number): ValuesAndIndices {
  return cumulativeExtreme(-1, input, dim);
}

/** ln of the running sums of eˣ along `dim`. */
export function logcumsumexp(input: Tensor, dim: number): Tensor {
  const high = amax(input.detach(), dim, { keepdim: true });
  const shift = high.maskedFill(high.isinf(), 0);
  return cumsum(input.sub(shift).exp(), dim).log().add(shift);
}

export interface DiffOptions {
  /** How often differences are taken. Default 1. */
  n?: number;
  /** Default the last. */
  dim?: number;
  /** Put before and after the input along `dim` first. */
  prepend?: Tensor;
  append?: Tensor;
}

/** Differences of neighbours along a dimension. */
export function diff(input: Tensor, options: DiffOptions = {}): Tensor {
  const d = wrapDim(options.dim ?? -1, input.shape.length);
  const parts = [options.prepend, input, options.append].filter((part) => part !== undefined);
  let result = parts.length > 1 ? cat(parts, d) : input;
  for (let i = 0; i < (options.n ?? 1) && result.shape[d]! > 0; i++) {
    const n = result.shape[d]!;
    const [later, earlier] = [narrow(result, d, 1, n - 1), narrow(result, d, 0, n - 1)];
    result = input.dtype === "bool" ? later.ne(earlier) : later.sub(earlier);
  }
  return result;
}

/** The area under `y` by trapezoids, over the places `x` or with a distance of `dx` (default 1), along `dim` (default the last). */
export function trapezoid(y: Tensor, x?: Tensor | null, options: { dx?: number; dim?: number } = {}): Tensor {
  const dim = options.dim ?? -1;
  const n = y.size(dim);
  const heights = asFloat(narrow(y, dim, 1, n - 1)).add(narrow(y, dim, 0, n - 1)).div(2);
  return sum(x ? heights.mul(diff(x, { dim: x.shape.length === 1 ? 0 : dim })) : heights.mul(options.dx ?? 1), dim);
}
