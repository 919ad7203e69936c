/** Products of matrices and vectors. Transposed operands cost nothing: the kernel reads through strides. */
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { broadcastShapes, numelOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul } from "./binary.ts";
import { gemm, gemmBatched } from "./internal/gemm.ts";
import { at, make } from "./internal/make.ts";
import { sum } from "./reductions.ts";
import type { Tensors } from "./types.ts";
import { expand, reshape, squeeze, transpose, unsqueeze } from "./views.ts";

/** Both have to be float32. */
export function checkFloat(a: Tensor, b: Tensor): void {
  if (a.dtype !== b.dtype) {
    throw new KindlingError(`expected m1 and m2 to have the same dtype, but got: ${a.dtype} != ${b.dtype}`);
  }
  if (a.dtype !== "float32") throw new KindlingError(`matrix products are for float32, but got ${a.dtype}; convert with .float()`);
}

/** `result` = a · b for matrices with any strides. */
function multiply(a: Tensor, b: Tensor, result: Tensor): void {
  const [m, k] = a.shape as [number, number];
  const n = b.shape[1]!;
  const to = at(result);
  gemm(m, n, k, at(a), a.strides[0]!, a.strides[1]!, at(b), b.strides[0]!, b.strides[1]!, to, n);
}

const mmOp: Operation = {
  name: "MmBackward0",
  backward: (node, gradient) => [
    node.needs(0) ? mm(gradient, transpose(node.saved(1), 0, 1)) : null,
    node.needs(1) ? mm(transpose(node.saved(0), 0, 1), gradient) : null,
  ],
};

/**
 * The product of two matrices: [m, k] × [k, n] → [m, n].
 * @see https://pytorch.org/docs/stable/generated/torch.mm.html
 * @api torch.mm Tensor.mm
 */
export function mm(input: Tensor, mat2: Tensor): Tensor {
  checkFloat(input, mat2);
  if (input.shape.length !== 2) throw new ShapeError("self must be a matrix", input.shape);
  if (mat2.shape.length !== 2) throw new ShapeError("mat2 must be a matrix", mat2.shape);
  if (input.shape[1] !== mat2.shape[0]) throw productMismatch(input.shape, mat2.shape);
  const result = make([input.shape[0]!, mat2.shape[1]!]);
  multiply(input, mat2, result);
  return record(mmOp, result, [input, mat2], [input, mat2]);
}

export function productMismatch(a: Shape, b: Shape): ShapeError {
  return new ShapeError(`mat1 and mat2 shapes cannot be multiplied (${a[0]}x${a[1]} and ${b[0]}x${b[1]})`, a, b);
}

const bmmOp: Operation = {
  name: "BmmBackward0",
  backward: (node, gradient) => [
    node.needs(0) ? bmm(gradient, transpose(node.saved(1), 1, 2)) : null,
    node.needs(1) ? bmm(transpose(node.saved(0), 1, 2), gradient) : null,
  ],
};

/**
 * Products of a batch of matrices: [b, m, k] × [b, k, n] → [b, m, n].
 * @see https://pytorch.org/docs/stable/generated/torch.bmm.html
 * @api torch.bmm Tensor.bmm
 */
export function bmm(input: Tensor, mat2: Tensor): Tensor {
  checkFloat(input, mat2);
  if (input.shape.length !== 3) throw new ShapeError("batch1 must be a 3D tensor", input.shape);
  if (mat2.shape.length !== 3) throw new ShapeError("batch2 must be a 3D tensor", mat2.shape);
  const [batch, m, k] = input.shape as [number, number, number];
  const [batchB, kB, n] = mat2.shape as [number, number, number];
  if (batch !== batchB || k !== kB) {
    throw new ShapeError(
      `Expected size for first two dimensions of batch2 tensor to be: [${batch}, ${k}] but got: [${batchB}, ${kB}].`,
      input.shape,
      mat2.shape,
    );
  }
  const result = make([batch, m, n]);
  const to = at(result);
  const [strideA, rsa, csa] = input.strides as [number, number, number];
  const [strideB, rsb, csb] = mat2.strides as [number, number, number];
  gemmBatched(batch, strideA, strideB, m * n, m, n, k, at(input), rsa, csa, at(mat2), rsb, csb, to, n);
  return record(bmmOp, result, [input, mat2], [input, mat2]);
}

/**
 * The product of vectors, matrices, and batches of matrices that broadcast: [..., m, k] × [..., k, n] → [..., m, n].
 * @see https://pytorch.org/docs/stable/generated/torch.matmul.html
 * @api torch.matmul torch.linalg.matmul Tensor.matmul
 */
export function matmul(input: Tensor, other: Tensor): Tensor {
  const [rankA, rankB] = [input.shape.length, other.shape.length];
  if (rankA === 0 || rankB === 0) {
    throw new KindlingError(`both arguments to matmul need to be at least 1D, but they are ${rankA}D and ${rankB}D`);
  }
  if (rankA === 1 && rankB === 1) return dot(input, other);
  if (rankA === 2 && rankB === 2) return mm(input, other);
  if (rankA === 1) return shownAs(rankB === 2 ? "SqueezeBackward3" : "SqueezeBackward1", squeeze(matmul(unsqueeze(input, 0), other), -2));
  if (rankB === 1) return shownAs(rankA === 2 ? "MvBackward0" : "UnsafeViewBackward0", squeeze(matmul(input, checkVector(input, other)), -1));
  return shownAs("UnsafeViewBackward0", rankB === 2 ? foldedProduct(input, other) : batchedProduct(input, other));
}

function checkVector(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 2 && a.shape[1] !== b.shape[0]) {
    throw new ShapeError(`size mismatch, got ${a.shape[0]}, ${a.shape[0]}x${a.shape[1]},${b.shape[0]}`, a.shape, b.shape);
  }
  return unsqueeze(b, 1);
}

/** Batches on the left only: one product with all rows together. */
function foldedProduct(a: Tensor, b: Tensor): Tensor {
  const lead = a.shape.slice(0, -1);
  const rows = reshape(a, [numelOf(lead), a.shape.at(-1)!]);
  return reshape(mm(rows, b), [...lead, b.shape[1]!]);
}

function batchedProduct(a: Tensor, b: Tensor): Tensor {
  const [m, k] = a.shape.length >= 2 ? (a.shape.slice(-2) as [number, number]) : [1, a.shape[0]!];
  const [kB, n] = b.shape.slice(-2) as [number, number];
  const batch = broadcastShapes(a.shape.slice(0, -2), b.shape.slice(0, -2));
  const count = numelOf(batch);
  const left = reshape(expand(a, [...batch, m, k]), [count, m, k]);
  const right = reshape(expand(b, [...batch, kB, n]), [count, kB, n]);
  return reshape(bmm(left, right), [...batch, m, n]);
}

/**
 * A matrix times a vector: [m, n] · [n] → [m].
 * @see https://pytorch.org/docs/stable/generated/torch.mv.html
 * @api torch.mv Tensor.mv
 */
export function mv(input: Tensor, vec: Tensor): Tensor {
  if (input.shape.length !== 2 || vec.shape.length !== 1) {
    throw new KindlingError(`vector + matrix @ vector expected, got 1, ${input.shape.length}, ${vec.shape.length}`);
  }
  if (input.shape[1] !== vec.shape[0]) {
    throw new KindlingError(`size mismatch, got ${input.shape[0]}, ${input.shape[0]}x${input.shape[1]},${vec.shape[0]}`);
  }
  return matmul(input, vec);
}

/**
 * Σ aᵢ·bᵢ of two vectors.
 * @see https://pytorch.org/docs/stable/generated/torch.dot.html
 * @api torch.dot Tensor.dot
 */
export function dot(input: Tensor, tensor: Tensor): Tensor {
  const [a, b] = [input.shape, tensor.shape];
  if (a.length !== 1 || b.length !== 1) throw new ShapeError(`1D tensors expected, but got ${a.length}D and ${b.length}D tensors`, a, b);
  if (a[0] !== b[0]) {
    throw new ShapeError(
      `inconsistent tensor size, expected tensor [${a[0]}] and src [${b[0]}] to have the same number of elements, but got ${a[0]} and ${b[0]} elements respectively`,
      a,
      b,
    );
  }
  return shownAs("DotBackward0", sum(mul(input, tensor)));
}

/**
 * The scalar product of two vectors.
 * @see https://pytorch.org/docs/stable/generated/torch.vdot.html
 * @api torch.vdot Tensor.vdot
 */
export function vdot(input: Tensor, other: Tensor): Tensor {
  return shownAs("VdotBackward0", dot(input, other));
}

/**
 * All products of elements of two vectors: [n] and [m] → [n, m].
 * @see https://pytorch.org/docs/stable/generated/torch.outer.html
 * @api torch.outer torch.ger Tensor.outer Tensor.ger
 */
export function outer(input: Tensor, vec2: Tensor): Tensor {
  for (const [name, { shape }] of [
    ["self", input],
    ["vec2", vec2],
  ] as const) {
    if (shape.length !== 1) throw new ShapeError(`outer: Expected 1-D argument ${name}, but got ${shape.length}-D`, shape);
  }
  return mul(unsqueeze(input, 1), unsqueeze(vec2, 0));
}

/**
 * The product of matrices in the order given.
 * @see https://pytorch.org/docs/stable/generated/torch.chain_matmul.html
 * @api torch.chainMatmul
 */
export function chainMatmul(matrices: Tensors = []): Tensor {
  if (matrices.length === 0) throw new KindlingError("chain_matmul(): Expected one or more matrices");
  return matrices.reduce((a, b) => mm(a, b));
}
