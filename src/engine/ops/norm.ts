/** `torch.norm`: of vectors by any order, of matrices by Frobenius' or by their singular values. */
import type { DTypeName } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { matrixNorm } from "./linalg/norms.ts";
import { vectorNorm } from "./reductions.ts";
import type { Size } from "./types.ts";

/**
 * The norm of all elements or over `dim`.
 * @param p a number as for `linalg.vectorNorm`; `"fro"`, the default: root of the sum of squares; `"nuc"`: sum of the singular
 *   values of matrices, whose two dimensions `dim` tells
 * @param dim dimensions over which it is taken; default all
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.norm.html
 * @api torch.norm Tensor.norm
 */
export function norm(input: Tensor, p: number | "fro" | "nuc" | null = "fro", dim: Size | null = null, keepdim = false, dtype: DTypeName | null = null): Tensor {
  if (p === "nuc") return matrixNorm(input, p, dim ?? [-2, -1], keepdim, { dtype });
  return vectorNorm(input, typeof p === "number" ? p : 2, dim, keepdim, { dtype });
}
