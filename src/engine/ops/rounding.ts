/** Whole numbers near an element, and what is left of it. */
import { Unary } from "../kernels/exports.ts";
import type { Tensor } from "../tensor.ts";
import { refuseBool, requireFloat } from "./internal/requireKernel.ts";
import { constantUnary, type UnaryFunction } from "./internal/unaryKernels.ts";
import type { Int } from "./types.ts";

/** Truth values have no whole number near them. */
function ofNumbers(kernel: string, round: UnaryFunction): UnaryFunction {
  return (input) => {
    refuseBool(kernel, input.dtype);
    return round(input);
  };
}

/**
 * The largest whole number that is not above.
 * @api torch.floor Tensor.floor Tensor.floor_
 * @see https://pytorch.org/docs/stable/generated/torch.floor.html
 */
export const floor: UnaryFunction = ofNumbers("floor_vml_cpu", constantUnary(Unary.floor, "FloorBackward0"));

/**
 * The smallest whole number that is not below.
 * @api torch.ceil Tensor.ceil Tensor.ceil_
 * @see https://pytorch.org/docs/stable/generated/torch.ceil.html
 */
export const ceil: UnaryFunction = ofNumbers("ceil_vml_cpu", constantUnary(Unary.ceil, "CeilBackward0"));

/** To the nearest whole number; halves go to the even one. */
export const roundToWhole: UnaryFunction = ofNumbers("round_vml_cpu", constantUnary(Unary.round, "RoundBackward0"));

/**
 * Without what is behind the point.
 * @api torch.trunc Tensor.trunc Tensor.trunc_ torch.fix Tensor.fix Tensor.fix_
 * @see https://pytorch.org/docs/stable/generated/torch.trunc.html
 */
export const trunc: UnaryFunction = ofNumbers("trunc_vml_cpu", constantUnary(Unary.trunc, "TruncBackward0"));

/**
 * What is behind the point, with the sign.
 * @api torch.frac Tensor.frac Tensor.frac_
 * @see https://pytorch.org/docs/stable/generated/torch.frac.html
 */
export function frac(input: Tensor): Tensor {
  requireFloat("frac_cpu", input.dtype);
  return input.sub(trunc(input));
}

/**
 * To `decimals` places (default 0; negative ones count before the point); halves go to the even one.
 * @api torch.round Tensor.round Tensor.round_
 * @see https://pytorch.org/docs/stable/generated/torch.round.html
 */
export function round(input: Tensor, { decimals = 0 }: { decimals?: Int } = {}): Tensor {
  if (decimals === 0) return roundToWhole(input);
  requireFloat("round_cpu", input.dtype);
  const scale = 10 ** Math.abs(decimals);
  return decimals > 0 ? roundToWhole(input.mul(scale)).div(scale) : roundToWhole(input.div(scale)).mul(scale);
}
