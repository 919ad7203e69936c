/** Products of matrices and vectors, added to a tensor. */
import { shownAs } from "../autograd/node.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./binary.ts";
import { bmm, mm, mv, outer } from "./matmul.ts";
import { sum } from "./reductions.ts";
import { expand } from "./views.ts";

/** The factors of a sum with a product. */
export interface AddedProduct {
  /** Factor of the input; 0 leaves it out, NaN and all. Default 1. */
  beta?: number;
  /** Factor of the product. Default 1. */
  alpha?: number;
}

/**
 * beta · input + alpha · product
 * @throws KindlingError where the input doesn't broadcast to the product
 */
function added(input: Tensor, product: Tensor, { beta = 1, alpha = 1 }: AddedProduct): Tensor {
  expand(input.detach(), product.shape);
  const scaled = alpha === 1 ? product : mul(product, alpha);
  if (beta === 0) return scaled;
  return add(beta === 1 ? input : mul(input, beta), scaled);
}

/**
 * `beta · input + alpha · mat1 × mat2` of matrices; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addmm.html
 * @api torch.addmm Tensor.addmm Tensor.addmm_
 */
export function addmm(input: Tensor, mat1: Tensor, mat2: Tensor, options: AddedProduct = {}): Tensor {
  return shownAs("AddmmBackward0", added(input, mm(mat1, mat2), options));
}

/**
 * `beta · input + alpha · mat · vec` of a matrix and a vector; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addmv.html
 * @api torch.addmv Tensor.addmv Tensor.addmv_
 */
export function addmv(input: Tensor, mat: Tensor, vec: Tensor, options: AddedProduct = {}): Tensor {
  return shownAs("AddmvBackward0", added(input, mv(mat, vec), options));
}

/**
 * `beta · input + alpha · vec1 ⊗ vec2` of two vectors; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addr.html
 * @api torch.addr Tensor.addr Tensor.addr_
 */
export function addr(input: Tensor, vec1: Tensor, vec2: Tensor, options: AddedProduct = {}): Tensor {
  return shownAs("AddrBackward0", added(input, outer(vec1, vec2), options));
}

/**
 * `beta · input + alpha · batch1 × batch2`, batch by batch; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.baddbmm.html
 * @api torch.baddbmm Tensor.baddbmm Tensor.baddbmm_
 */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddedProduct = {}): Tensor {
  return shownAs("BaddbmmBackward0", added(input, bmm(batch1, batch2), options));
}

/**
 * `beta · input + alpha · Σ batch1 × batch2` over the batch; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addbmm.html
 * @api torch.addbmm Tensor.addbmm Tensor.addbmm_
 */
export function addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddedProduct = {}): Tensor {
  return shownAs("AddbmmBackward0", added(input, sum(bmm(batch1, batch2), 0), options));
}
