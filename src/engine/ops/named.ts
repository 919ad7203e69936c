/**
 * Functions whose optional arguments may come by position or by name, as PyTorch users write both: `x.sum(1, true)`,
 * `x.sum(1, { keepdim: true })`, `x.sum({ dim: 1, keepdim: true })`. Inside the engine the plain forms are called.
 */
import { ArgumentError } from "../errors.ts";
import { isOptions } from "../optionalArguments.ts";
import type { Tensor } from "../tensor.ts";
import * as counting from "./counting.ts";
import * as cumulative from "./cumulative.ts";
import * as ordering from "./ordering.ts";
import * as reductions from "./reductions.ts";

// oxlint-disable-next-line no-explicit-any
type Any = any;
type Named<F> = F extends (...args: Any) => infer Result ? F & ((input: Tensor, ...args: [...Any[], Readonly<Record<string, unknown>>]) => Result) : never;

/**
 * @param positions names of the arguments that `plain` takes by position, from argument `first` on
 * @param options names of options that may follow by position
 */
function named<F extends (...args: Any) => unknown>(plain: F, positions: readonly string[], options: readonly string[] = [], first = 1): Named<F> {
  const end = first + positions.length;
  const call = (...args: unknown[]): unknown => {
    // A method passes on all its parameters, given or not.
    while (args.length > first && args.at(-1) === undefined) args.pop();
    const last = args.at(-1);
    const given = args.length > first && isOptions(last) ? (last as Record<string, unknown>) : null;
    if (given === null && args.length <= end) return plain(...args);
    const places = given === null ? args : args.slice(0, -1);
    const chosen = { ...given };
    options.forEach((name, i) => {
      if (end + i < places.length) chosen[name] = places[end + i];
    });
    const values = places.slice(0, end);
    positions.forEach((name, i) => {
      if (first + i >= values.length) values[first + i] = given?.[name];
    });
    return plain(...values, chosen);
  };
  return call as Named<F>;
}

/** `named` for functions all of whose arguments are listed: any other name is an error, as in Python. */
function exact<F extends (...args: Any) => unknown>(name: string, plain: F, positions: readonly string[], options: readonly string[] = [], first = 1): Named<F> {
  const call = named(plain, positions, options, first) as (...args: unknown[]) => unknown;
  const known = [...positions, ...options];
  return ((...args: unknown[]) => {
    const given = args.slice(first).findLast((value) => value !== undefined);
    const wrong = isOptions(given) ? Object.keys(given as object).find((key) => !known.includes(key)) : undefined;
    if (wrong !== undefined) throw new ArgumentError(`${name}() got an unexpected keyword argument '${wrong}'; it takes ${known.join(", ")}`, "TypeError");
    return call(...args);
  }) as Named<F>;
}

const KEEPDIM = ["keepdim"];
const TYPED = ["keepdim", "dtype"];
export const sum = exact("sum", reductions.sum, ["dim"], TYPED);
export const mean = exact("mean", reductions.mean, ["dim"], TYPED);
export const prod = exact("prod", reductions.prod, ["dim"], TYPED);
export const nansum = exact("nansum", counting.nansum, ["dim"], TYPED);
export const nanmean = exact("nanmean", counting.nanmean, ["dim"], TYPED);
export const countNonzero = exact("count_nonzero", counting.countNonzero, ["dim"]);
const VARIANCE = ["unbiased", "keepdim", "correction"];
export const variance = exact("var", reductions.variance, ["dim"], VARIANCE);
export const std = exact("std", reductions.std, ["dim"], VARIANCE);
export const varMean = exact("var_mean", counting.varMean, ["dim"], VARIANCE);
export const stdMean = exact("std_mean", counting.stdMean, ["dim"], VARIANCE);
export const norm = exact("norm", reductions.norm, ["p", "dim"], TYPED);
export const dist = exact("dist", counting.dist, ["p"], [], 2);
export const amax = exact("amax", reductions.amax, ["dim"], KEEPDIM);
export const amin = exact("amin", reductions.amin, ["dim"], KEEPDIM);
export const aminmax = exact("aminmax", counting.aminmax, [], ["dim", "keepdim"]);
export const argmax = exact("argmax", reductions.argmax, ["dim"], KEEPDIM);
export const argmin = exact("argmin", reductions.argmin, ["dim"], KEEPDIM);
export const logsumexp = exact("logsumexp", reductions.logsumexp, ["dim"], KEEPDIM);
export const all = exact("all", reductions.all, ["dim"], KEEPDIM);
export const any = exact("any", reductions.any, ["dim"], KEEPDIM);
export const cumsum = exact("cumsum", reductions.cumsum, ["dim"], ["dtype"]);
export const cumprod = exact("cumprod", cumulative.cumprod, ["dim"], ["dtype"]);
export const cummax = exact("cummax", cumulative.cummax, ["dim"]);
export const cummin = exact("cummin", cumulative.cummin, ["dim"]);
export const logcumsumexp = exact("logcumsumexp", cumulative.logcumsumexp, ["dim"]);

const SORT = ["descending", "stable"];
export const sort = exact("sort", ordering.sort, ["dim"], SORT);
export const argsort = exact("argsort", ordering.argsort, ["dim"], SORT);
export const topk = exact("topk", ordering.topk, ["dim"], ["largest", "sorted"], 2);
export const kthvalue = exact("kthvalue", ordering.kthvalue, ["dim"], KEEPDIM, 2);
export const median = exact("median", ordering.median, ["dim"], KEEPDIM);
export const nanmedian = exact("nanmedian", ordering.nanmedian, ["dim"], KEEPDIM);
export const mode = exact("mode", ordering.mode, ["dim"], KEEPDIM);
const QUANTILE = ["keepdim", "interpolation"];
export const quantile = exact("quantile", ordering.quantile, ["dim"], QUANTILE, 2);
export const nanquantile = exact("nanquantile", ordering.nanquantile, ["dim"], QUANTILE, 2);
