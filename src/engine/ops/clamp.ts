/** Keeping elements between bounds. */
import { KindlingError } from "../errors.ts";
import { Unary } from "../kernels/exports.ts";
import { Tensor } from "../tensor.ts";
import { gt, lt } from "./comparison.ts";
import { unary } from "./internal/unaryKernels.ts";
import type { ClampBound, ScalarOrTensor } from "./types.ts";
import { where } from "./where.ts";

/**
 * Values below `min` become `min`, values above `max` become `max`; bounds are numbers, tensors or left out.
 * @api torch.clamp torch.clip Tensor.clamp Tensor.clip Tensor.clip_
 * @see https://pytorch.org/docs/stable/generated/torch.clamp.html
 */
export function clamp(input: Tensor, min: ClampBound = null, max: ClampBound = null): Tensor {
  if (min === null && max === null) throw new KindlingError("torch.clamp: At least one of 'min' or 'max' must not be None");
  // Floats don't tell large integers apart.
  if (input.dtype === "float32" && !(min instanceof Tensor) && !(max instanceof Tensor)) return clampUnary(input, min ?? -Infinity, max ?? Infinity);
  const raised = min === null ? input : maximumOf(input, min);
  return max === null ? raised : minimumOf(raised, max);
}

/**
 * Values below `min` become `min`.
 * @api torch.clampMin Tensor.clampMin Tensor.clampMin_
 */
export function clampMin(input: Tensor, min: ScalarOrTensor): Tensor {
  return clamp(input, min);
}

/**
 * Values above `max` become `max`.
 * @api torch.clampMax Tensor.clampMax Tensor.clampMax_
 */
export function clampMax(input: Tensor, max: ScalarOrTensor): Tensor {
  return clamp(input, null, max);
}

/** As PyTorch's clamp has it, the whole gradient of a tie goes to the input. */
function maximumOf(input: Tensor, bound: ScalarOrTensor): Tensor {
  if (input.dtype !== "float32" && Number.isInteger(bound) && (bound as number) < -(2 ** 31)) return input;
  return where(lt(input, bound), bound, input);
}

function minimumOf(input: Tensor, bound: ScalarOrTensor): Tensor {
  if (input.dtype !== "float32" && Number.isInteger(bound) && (bound as number) >= 2 ** 31) return input;
  return where(gt(input, bound), bound, input);
}

const clampUnary = unary({
  code: Unary.clamp,
  name: "ClampBackward1",
  saves: "input",
  derivative: (g, x, { alpha, beta }) => g.where(x.ge(alpha).logicalAnd(x.le(beta)), 0),
});
