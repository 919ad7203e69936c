/** Running sums, products, extremes and logarithms of sums along a dimension. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, recordMany, type Operation } from "../autograd/node.ts";
import { dtypeNamed, longName, typedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { kernels } from "../memory/linear.ts";
import { numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./where.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { denseCopy } from "./internal/copy.ts";
import { at, make } from "./internal/make.ts";
import { asAsked, inType } from "./internal/reduce.ts";
import { wholeNumbers } from "./internal/wholeNumbers.ts";
import { cat } from "./join.ts";
import { valuesAndIndices, type ValuesAndIndices } from "./namedTuple.ts";
import { operandsOf } from "./reading.ts";
import { sum } from "./reductions.ts";
import { scatterAdd } from "./scatter.ts";
import { flip } from "./shape.ts";
import type { Int, Typed } from "./types.ts";
import { narrow } from "./views.ts";

/** Visits each line along `dim`: the index of its first element, and the step to the next. */
function forEachLine(shape: Shape, dim: number, visit: (start: number, step: number, n: number) => void): void {
  const n = shape[dim] ?? 1;
  const inner = numelOf(shape.slice(dim + 1));
  const outer = numelOf(shape.slice(0, dim));
  for (let o = 0; o < outer; o++) for (let j = 0; j < inner; j++) visit(o * n * inner + j, inner, n);
}

/** What running sums and products are taken of. */
function cumulated(name: string, input: Tensor, { dtype }: Typed): Tensor {
  if (dtype && dtypeNamed(dtype) === "bool") throw new KindlingError(`"${name}_out_cpu" not implemented for 'Bool'`);
  return inType(input, dtype);
}

/** Running sums or products of integers along a dimension, in double precision: they may outgrow `int32`. */
function runningIntegers(name: "cumsum" | "cumprod", input: Tensor, dim: number, join: (total: number, value: number) => number): Tensor {
  const values = operandsOf(input);
  const out = new Float64Array(values.length);
  forEachLine(input.shape, dim, (start, step, n) => {
    for (let k = 0, i = start; k < n; k++, i += step) out[i] = k === 0 ? values[i]! : join(out[i - step]!, values[i]!);
  });
  return wholeNumbers(out, input.shape, name);
}

const cumsumOp: Operation<number> = {
  name: "CumsumBackward0",
  backward(node, gradient) {
    const dim = node.data;
    // Σ over what comes at or after = total − running sum + own
    return [sum(gradient, dim, true).sub(cumsum(gradient, dim)).add(gradient)];
  },
};

/**
 * Running sums along `dim`. Integers and truth values give `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.cumsum.html
 * @api torch.cumsum Tensor.cumsum Tensor.cumsum_
 */
export function cumsum(input: Tensor, dim: Int, options: Typed = {}): Tensor {
  const source = cumulated("cumsum", input, options);
  const d = wrapDim(dim, source.shape.length);
  if (source.dtype !== "float32") {
    const totals = runningIntegers("cumsum", source, d, (total, value) => total + value);
    return tellOperation("cumsum", [source], asAsked(totals, options), d);
  }
  const values = source.dense ? source : denseCopy(source);
  const result = make(source.shape);
  const target = at(result);
  kernels.cumsum(at(values), target, numelOf(source.shape.slice(0, d)), source.shape[d] ?? 1, numelOf(source.shape.slice(d + 1)));
  return record(cumsumOp, result, [source], [], d);
}

/** Sums of what comes at or after each place. */
function reverseCumsum(input: Tensor, dim: number): Tensor {
  return flip(cumsum(flip(input, [dim]), dim), [dim]);
}

const cumprodOp: Operation<number> = {
  name: "CumprodBackward0",
  backward(node, gradient) {
    const dim = node.data;
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
    parts.push(sum(narrow(gradient, dim, i, n - i).mul(products), dim, true));
  }
  return cat(parts, dim);
}

/**
 * Running products along `dim`. Integers and truth values give `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.cumprod.html
 * @api torch.cumprod Tensor.cumprod Tensor.cumprod_
 */
export function cumprod(input: Tensor, dim: Int, options: Typed = {}): Tensor {
  const source = cumulated("cumprod", input, options);
  const d = wrapDim(dim, source.shape.length);
  if (source.dtype !== "float32") {
    const products = runningIntegers("cumprod", source, d, (product, value) => (value === 0 ? 0 : product * value));
    return tellOperation("cumprod", [source], asAsked(products, options), d);
  }
  const values = operandsOf(source);
  const out = new Float32Array(values.length);
  forEachLine(source.shape, d, (start, step, n) => {
    let product = 1;
    for (let i = 0; i < n; i++) out[start + i * step] = product *= values[start + i * step]!;
  });
  const result = fromTypedArray(out, source.shape);
  return record(cumprodOp, result, [source], [source, result], d);
}

const cumulativeExtremeOp: Operation<{ shape: Shape; dim: number; sign: 1 | -1 }> = {
  name: "CummaxBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data;
    return [scatterAdd(zeros(shape), dim, node.saved(0), gradient)];
  },
};

function cumulativeExtreme(name: "cummax" | "cummin", sign: 1 | -1, input: Tensor, dim: number): ValuesAndIndices {
  const d = wrapDim(dim, input.shape.length);
  const values = operandsOf(input);
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
  const [found, indices] = [fromTypedArray(out, input.shape, { dtype: input.dtype }), fromTypedArray(places, input.shape)];
  recordMany(cumulativeExtremeOp, [found], [input], [indices], { shape: input.shape, dim: d, sign });
  return valuesAndIndices(name, found, indices);
}

/**
 * The largest so far along `dim` (the last of equals), with its position.
 * @see https://pytorch.org/docs/stable/generated/torch.cummax.html
 * @api torch.cummax Tensor.cummax
 */
export function cummax(input: Tensor, dim: Int): ValuesAndIndices {
  return cumulativeExtreme("cummax", 1, input, dim);
}

/**
 * The smallest so far along `dim` (the last of equals), with its position.
 * @see https://pytorch.org/docs/stable/generated/torch.cummin.html
 * @api torch.cummin Tensor.cummin
 */
export function cummin(input: Tensor, dim: Int): ValuesAndIndices {
  return cumulativeExtreme("cummin", -1, input, dim);
}

const logcumsumexpOp: Operation<number> = {
  name: "LogcumsumexpBackward0",
  backward(node, gradient) {
    const dim = node.data;
    const [input, output] = [node.saved(0), node.saved(1)];
    return [isGradEnabled() ? logcumsumexpGradient(gradient, input, output, dim) : logcumsumexpBackward(gradient, input, output, dim)];
  },
};

/**
 * With r = ln Σ eˣ so far, dxᵢ = Σₖ≥ᵢ gₖ · e^(xᵢ − rₖ) = e^(xᵢ − rᵢ) · tᵢ, where tᵢ = gᵢ + e^(rᵢ − rᵢ₊₁) · tᵢ₊₁: no
 * exponent is above 0.
 */
function logcumsumexpBackward(gradient: Tensor, input: Tensor, output: Tensor, dim: number): Tensor {
  const [g, x, r] = [operandsOf(gradient), operandsOf(input), operandsOf(output)];
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
    return flip(logcumsumexp(flip(logs.sub(output), [dim]), dim), [dim])
      .add(input)
      .exp();
  };
  return part(gradient.gt(0), gradient).sub(part(gradient.lt(0), gradient.neg()));
}

/** Its exponential is 0, and differences with it are finite. */
const LOWEST = -1e30;

/**
 * ln of the running sums of eˣ along `dim`, without overflow.
 * @see https://pytorch.org/docs/stable/generated/torch.logcumsumexp.html
 * @api torch.logcumsumexp Tensor.logcumsumexp
 */
export function logcumsumexp(input: Tensor, dim: Int): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (input.dtype !== "float32") throw new KindlingError(`"logcumsumexp_out_cpu" not implemented for '${longName(input.dtype)}'`);
  const values = operandsOf(input);
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
