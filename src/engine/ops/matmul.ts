/** Matrix products. Transposed operands cost nothing: the kernel reads through strides. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, type Node, type Operation } from "../autograd/node.ts";
import { KindlingError, ShapeError } from "../errors.ts";
import { Reduce } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import { broadcastShapes, numelOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { at, make } from "./make.ts";
import { mul } from "./binary.ts";
import { sum } from "./reductions.ts";
import { gemm, gemmBatched } from "./gemm.ts";
import { expand, reshape, transpose, unsqueeze } from "./views.ts";

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

/** Product of two matrices: [m, k] × [k, n] → [m, n]. */
export function mm(a: Tensor, b: Tensor): Tensor {
  checkFloat(a, b);
  if (a.shape.length !== 2) throw new ShapeError("self must be a matrix", a.shape);
  if (b.shape.length !== 2) throw new ShapeError("mat2 must be a matrix", b.shape);
  if (a.shape[1] !== b.shape[0]) throw productMismatch(a.shape, b.shape);
  const result = make([a.shape[0]!, b.shape[1]!]);
  multiply(a, b, result);
  return record(mmOp, result, [a, b], [a, b]);
}

function productMismatch(a: Shape, b: Shape): ShapeError {
  return new ShapeError(
    `mat1 and mat2 shapes cannot be multiplied (${a[0]}x${a[1]} and ${b[0]}x${b[1]})`,
    a,
    b,
  );
}

const bmmOp: Operation = {
  name: "BmmBackward0",
  backward: (node, gradient) => [
    node.needs(0) ? bmm(gradient, transpose(node.saved(1), 1, 2)) : null,
    node.needs(1) ? bmm(transpose(node.saved(0), 1, 2), gradient) : null,
  ],
};

/** Products of a batch of matrices: [b, m, k] × [b, k, n] → [b, m, n]. */
export function bmm(a: Tensor, b: Tensor): Tensor {
  checkFloat(a, b);
  if (a.shape.length !== 3) throw new ShapeError("batch1 must be a 3D tensor", a.shape);
  if (b.shape.length !== 3) throw new ShapeError("batch2 must be a 3D tensor", b.shape);
  const [batch, m, k] = a.shape as [number, number, number];
  const [batchB, kB, n] = b.shape as [number, number, number];
  if (batch !== batchB || k !== kB) {
    throw new ShapeError(
      `Expected size for first two dimensions of batch2 tensor to be: [${batch}, ${k}] but got: [${batchB}, ${kB}].`,
      a.shape,
      b.shape,
    );
  }
  const result = make([batch, m, n]);
  const to = at(result);
  const [strideA, rsa, csa] = a.strides as [number, number, number];
  const [strideB, rsb, csb] = b.strides as [number, number, number];
  gemmBatched(batch, strideA, strideB, m * n, m, n, k, at(a), rsa, csa, at(b), rsb, csb, to, n);
  return record(bmmOp, result, [a, b], [a, b]);
}

/**
 * The product for every combination of ranks: vectors, matrices, and batches that broadcast.
 * @see https://pytorch.org/docs/stable/generated/torch.matmul.html
 * @api torch.matmul torch.linalg.matmul
 */
export function matmul(input: Tensor, other: Tensor): Tensor {
  const [rankA, rankB] = [input.shape.length, other.shape.length];
  if (rankA === 0 || rankB === 0) {
    throw new KindlingError(
      `both arguments to matmul need to be at least 1D, but they are ${rankA}D and ${rankB}D`,
    );
  }
  if (rankA === 1 && rankB === 1) return dot(input, other);
  if (rankA === 2 && rankB === 2) return mm(input, other);
  if (rankA === 1) return squeezeAt(matmul(unsqueeze(input, 0), other), -2);
  if (rankB === 1) return squeezeAt(matmul(input, checkVector(input, other)), -1);
  if (rankB === 2) return foldedProduct(input, other);
  return batchedProduct(input, other);
}

function checkVector(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 2 && a.shape[1] !== b.shape[0]) {
    throw new ShapeError(`size mismatch, got ${a.shape[0]}, ${a.shape[0]}x${a.shape[1]},${b.shape[0]}`, a.shape, b.shape);
  }
  return unsqueeze(b, 1);
}

function squeezeAt(input: Tensor, dim: number): Tensor {
  return input.squeeze(dim);
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

/** Σ aᵢ·bᵢ of two vectors. */
export function dot(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length !== 1 || b.shape.length !== 1) {
    throw new ShapeError(`1D tensors expected, but got ${a.shape.length}D and ${b.shape.length}D tensors`, a.shape, b.shape);
  }
  if (a.shape[0] !== b.shape[0]) {
    throw new ShapeError(
      `inconsistent tensor size, expected tensor [${a.shape[0]}] and src [${b.shape[0]}] to have the same number of elements, but got ${a.shape[0]} and ${b.shape[0]} elements respectively`,
      a.shape,
      b.shape,
    );
  }
  return sum(mul(a, b));
}

/** All products of elements of two vectors: [n] and [m] → [n, m]. */
export function outer(a: Tensor, b: Tensor): Tensor {
  return mul(unsqueeze(a, 1), unsqueeze(b, 0));
}

/** `beta · input + alpha · a × b`, with `input` broadcast. */
export function addmm(input: Tensor, a: Tensor, b: Tensor, options: { alpha?: number; beta?: number } = {}): Tensor {
  const { alpha = 1, beta = 1 } = options;
  const product = mm(a, b);
  const scaled = alpha === 1 ? product : mul(product, alpha);
  // A factor of 0 leaves the input out, NaN and all.
  if (beta === 0) return scaled;
  return (beta === 1 ? input : mul(input, beta)).add(scaled);
}

// --- linear ---------------------------------------------------------------------------------------------------------

const linearOp: Operation = {
  name: "AddmmBackward0",
  backward(node, gradient) {
    return isGradEnabled() ? linearGradients(node, gradient) : linearBackward(node, gradient);
  },
};

/** Differentiable. */
function linearGradients(node: Node, gradient: Tensor): (Tensor | null)[] {
  const x = node.saved(0);
  const weight = node.saved(1);
  const rows = reshape(gradient, [-1, weight.shape[0]!]);
  return [
    node.needs(0) ? reshape(mm(rows, weight), x.shape) : null,
    node.needs(1) ? mm(transpose(rows, 0, 1), reshape(x, [-1, x.shape.at(-1)!])) : null,
    node.next.length > 2 && node.needs(2) ? sum(rows, 0) : null,
  ];
}

/** The same straight by kernels. */
function linearBackward(node: Node, gradient: Tensor): (Tensor | null)[] {
  const x = contiguous(node.saved(0));
  const weight = node.saved(1);
  const upstream = contiguous(gradient);
  const out = weight.shape[0]!;
  const features = weight.shape[1]!;
  const rows = leadingSize(x.shape);
  const outX = node.needs(0) ? make(x.shape) : null;
  const outWeight = node.needs(1) ? make(weight.shape) : null;
  const outBias = node.next.length > 2 && node.needs(2) ? make([out]) : null;
  const from = at(upstream);
  if (outX) gemm(rows, features, out, from, out, 1, at(weight), weight.strides[0]!, weight.strides[1]!, at(outX), features);
  if (outWeight) gemm(out, features, rows, from, 1, out, at(x), features, 1, at(outWeight), features);
  if (outBias) kernels.reduce(Reduce.sum, from, at(outBias), 1, rows, out);
  return [outX, outWeight, outBias];
}

/** How many rows there are: the product of all sizes but the last. */
function leadingSize(shape: Shape): number {
  let count = 1;
  for (let i = 0; i < shape.length - 1; i++) count *= shape[i]!;
  return count;
}

/**
 * `x · weightᵀ + bias`.
 * @param x [..., inFeatures]
 * @param weight [outFeatures, inFeatures]
 * @param bias [outFeatures]
 */
export function linear(x: Tensor, weight: Tensor, bias?: Tensor | null): Tensor {
  checkFloat(x, weight);
  const out = weight.shape[0]!;
  const features = weight.shape[1]!;
  const last = x.shape.at(-1);
  const count = leadingSize(x.shape);
  if (last !== features) throw productMismatch([count, last ?? 0], [features, out]);
  const rows = contiguous(x);
  const result = make(x.shape.with(-1, out));
  const target = at(result);
  gemm(count, out, features, at(rows), features, 1, at(weight), weight.strides[1]!, weight.strides[0]!, target, out);
  if (bias) kernels.addRowBias(target, at(contiguous(bias)), count, out);
  return record(linearOp, result, bias ? [x, weight, bias] : [x, weight], [x, weight]);
}
