/** `torch.norm`, of vectors by any order and of matrices; and slices scaled down to a norm. */
import type { DTypeName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { wrapDims } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { where } from "./where.ts";
import { matrixNorm } from "./linalg/norms.ts";
import type { Int, Size } from "./types.ts";
import { vectorNorm } from "./vectorNorm.ts";

/**
 * The norm of all elements or over `dim`.
 * @param p a number as for `linalg.vectorNorm`; `"fro"`, the default: root of the sum of squares; `"nuc"`: sum of the singular
 *   values of matrices, whose two dimensions `dim` tells
 * @param dim dimensions over which it is taken; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.norm.html
 * @api torch.norm Tensor.norm
 */
export function norm(
  input: Tensor,
  p: number | "fro" | "nuc" | null = "fro",
  dim: Size | null = null,
  keepdim = false,
  dtype: DTypeName | null = null,
): Tensor {
  if (p === "nuc") return matrixNorm(input, p, dim ?? [-2, -1], keepdim, { dtype });
  return vectorNorm(input, typeof p === "number" ? p : 2, dim, keepdim, { dtype });
}

/**
 * Scales the slices along `dim` whose p-norm is above `maxnorm` down to it.
 * @see https://pytorch.org/docs/stable/generated/torch.renorm.html
 * @api torch.renorm Tensor.renorm Tensor.renorm_
 */
export function renorm(input: Tensor, p: number, dim: Int, maxnorm: number): Tensor {
  if (!(p > 0)) throw new ArgumentError("renorm: non-positive-norm not supported", "RuntimeError");
  if (maxnorm < 0) throw new KindlingError(`renorm: expected maxnorm to be >= 0 but got ${maxnorm}`);
  if (input.shape.length < 2) throw new KindlingError(`renorm: input needs at least 2 dimensions, got ${input.shape.length} dimensions`);
  const [own] = wrapDims(dim, input.shape.length);
  const others = input.shape.map((_, i) => i).filter((i) => i !== own);
  const lengths = vectorNorm(input, p, others, true);
  return input.mul(where(lengths.gt(maxnorm), lengths.add(1e-7).reciprocal().mul(maxnorm), 1));
}
