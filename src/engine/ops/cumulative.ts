/** Running products, extremes and logarithms of sums; differences and areas. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, recordMany, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import { numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { typedArray } from "../dtype.ts";
import { where } from "./binary.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { scatterAdd } from "./indexing.ts";
import { cat, flip } from "./joining.ts";
import { asFloat } from "./pointwise.ts";
import { toTypedArray } from "./reading.ts";
import { asAsked, cumsum, cumulated, longName, runningIntegers, sum, type ValuesAndIndices } from "./reductions.ts";
import type { Typed } from "./types.ts";
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
  return flip(cumsum(flip(input, [dim]), dim), [dim]);
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

/** Running products along `dim`. Integers and truth values give `int32`. */
export function cumprod(given: Tensor, dim: number, options: Typed = {}): Tensor {
  const input = cumulated("cumprod", given, options);
  const d = wrapDim(dim, input.shape.length);
  if (input.dtype !== "float32") {
    return asAsked(runningIntegers("cumprod", input, d, (product, value) => (value === 0 ? 0 : product * value)), options);
  }
  const values = toTypedArray(input);
  const out = new Float32Array(values.length);
  forEachLine(input.shape, d, (start, step, n) => {
    let product = 1;
    for (let i = 0; i < n; i++) out[start + i * step] = product *= values[start + i * step]!;
  });
  const result = fromTypedArray(out, input.shape);
  return record(cumprodOp, result, [input], [input, result], d);
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

const logcumsumexpOp: Operation = {
  name: "LogcumsumexpBackward0",
  backward(node, gradient) {
    const dim = node.data as number;
    const [input, output] = [node.saved(0), node.saved(1)];
    return [isGradEnabled() ? logcumsumexpGradient(gradient, input, output, dim) : logcumsumexpBackward(gradient, input, output, dim)];
  },
};

/**
 * With r = ln Σ eˣ so far, dxᵢ = Σₖ≥ᵢ gₖ · e^(xᵢ − rₖ) = e^(xᵢ − rᵢ) · tᵢ, where tᵢ = gᵢ + e^(rᵢ − rᵢ₊₁) · tᵢ₊₁: no
 * exponent is above 0.
 */
function logcumsumexpBackward(gradient: Tensor, input: Tensor, output: Tensor, dim: number): Tensor {
  const [g, x, r] = [toTypedArray(gradient), toTypedArray(input), toTypedArray(output)];
  const out = new Float32Array(x.length);
  forEachLine(input.shape, dim, (start, step, n) => {
    let total = 0;
    for (let k = n - 1; k >= 0; k--) {
      const i = start + k * step;
      const fading = k === n - 1 ? 0 : r[i] === r[i + step] ? 1 : Math.exp(r[i]! - r[i + step]!);
      total = g[i]! + fading * total;
      out[i] = Math.exp(x[i]! - r[i]!) * total;
    }
  });
  return fromTypedArray(out, input.shape);
}

/** The same of differentiable operations: positive and negative gradients apart, each by its logarithm. */
function logcumsumexpGradient(gradient: Tensor, input: Tensor, output: Tensor, dim: number): Tensor {
  const part = (chosen: Tensor, size: Tensor): Tensor => {
    const logs = where(chosen, where(chosen, size, 1).log(), LOWEST);
    return flip(logcumsumexp(flip(logs.sub(output), [dim]), dim), [dim]).add(input).exp();
  };
  return part(gradient.gt(0), gradient).sub(part(gradient.lt(0), gradient.neg()));
}

/** Its exponential is 0, and differences with it are finite. */
const LOWEST = -1e30;

/** ln of the running sums of eˣ along `dim`, without overflow. */
export function logcumsumexp(input: Tensor, dim: number): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (input.dtype !== "float32") throw new KindlingError(`"logcumsumexp_out_cpu" not implemented for '${longName(input.dtype)}'`);
  const values = toTypedArray(input);
  const out = new Float32Array(values.length);
  forEachLine(input.shape, d, (start, step, n) => {
    let total = -Infinity;
    for (let i = 0; i < n; i++) out[start + i * step] = total = logOfSum(total, values[start + i * step]!);
  });
  const result = fromTypedArray(out, input.shape);
  return record(logcumsumexpOp, result, [input], [input, result], d);
}

/** ln(eᵃ + eᵇ) */
function logOfSum(a: number, b: number): number {
  const [low, high] = a < b ? [a, b] : [b, a];
  return low === high && !Number.isFinite(low) ? low : high + Math.log1p(Math.exp(low - high));
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
  if (input.shape.length === 0) throw new KindlingError("diff expects input to be at least one-dimensional");
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
