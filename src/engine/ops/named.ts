/**
 * Functions whose optional arguments may come by position or by name, as PyTorch users write both: `x.sum(1, true)`,
 * `x.sum(1, { keepdim: true })`, `x.sum({ dim: 1, keepdim: true })`. Inside the engine the plain forms are called.
 */
import { isOptions } from "../optionalArguments.ts";
import type { Tensor } from "../tensor.ts";
import * as channelNorms from "./channelNorms.ts";
import * as convolutions from "./convolutions.ts";
import * as interpolation from "./interpolation.ts";
import * as normalization from "./normalization.ts";
import * as windows from "./windows.ts";

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

export const batchNorm = named(normalization.batchNorm, ["weight", "bias", "training", "momentum", "eps"], [], 3);
export const layerNorm = named(normalization.layerNorm, ["weight", "bias", "eps"], [], 2);
export const groupNorm = named(channelNorms.groupNorm, ["weight", "bias", "eps"], [], 2);
export const rmsNorm = named(channelNorms.rmsNorm, ["weight", "eps"], [], 2);

const CONVOLUTION = ["stride", "padding", "dilation", "groups"];
const TRANSPOSED = ["stride", "padding", "outputPadding", "groups", "dilation"];
export const conv1d = named(convolutions.conv1d, ["bias"], CONVOLUTION, 2);
export const conv2dNamed = named(convolutions.conv2dNamed, ["bias"], CONVOLUTION, 2);
export const conv3d = named(convolutions.conv3d, ["bias"], CONVOLUTION, 2);
export const convTranspose1d = named(convolutions.convTranspose1d, ["bias"], TRANSPOSED, 2);
export const convTranspose2d = named(convolutions.convTranspose2d, ["bias"], TRANSPOSED, 2);
export const convTranspose3d = named(convolutions.convTranspose3d, ["bias"], TRANSPOSED, 2);
const MAX_POOL = ["stride", "padding", "dilation", "ceilMode", "returnIndices"];
const AVG_POOL = ["stride", "padding", "ceilMode", "countIncludePad", "divisorOverride"];
export const maxPool1d = named(windows.maxPool1d, [], MAX_POOL, 2);
export const maxPoolPlanes = named(windows.maxPoolPlanes, [], MAX_POOL, 2);
export const maxPool3d = named(windows.maxPool3d, [], MAX_POOL, 2);
export const avgPool1d = named(windows.avgPool1d, [], AVG_POOL, 2);
export const avgPoolPlanes = named(windows.avgPoolPlanes, [], AVG_POOL, 2);
export const avgPool3d = named(windows.avgPool3d, [], AVG_POOL, 2);
export const interpolate = named(interpolation.interpolate, [], ["size", "scaleFactor", "mode", "alignCorners"]);
