/** The arithmetic of linear layers: forward beside backward. */
import { isGradEnabled } from "../autograd/gradMode.ts";
import { record, shownAs, type Node, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import { Reduce } from "../kernels/exports.ts";
import { kernels } from "../memory/linear.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { add, mul } from "./binary.ts";
import { contiguous } from "./conversion.ts";
import { gemm } from "./internal/gemm.ts";
import { at, make } from "./internal/make.ts";
import { checkFloat, matmul, mm, productMismatch } from "./matmul.ts";
import { sum } from "./reductions.ts";
import { permute, reshape, transpose, unsqueeze } from "./views.ts";

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
 * `input · weightᵀ + bias`.
 * @param input [..., inFeatures]
 * @param weight [outFeatures, inFeatures]
 * @param bias [outFeatures]
 * @returns [..., outFeatures]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.linear.html
 * @api nn.functional.linear
 */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkFloat(input, weight);
  if (weight.shape.length === 1) return bias ? add(matmul(input, weight), bias) : matmul(input, weight);
  const out = weight.shape[0]!;
  const features = weight.shape[1]!;
  if (bias && (bias.shape.length !== 1 || bias.shape[0] !== out)) return add(linear(input, weight), bias);
  const last = input.shape.at(-1);
  const count = leadingSize(input.shape);
  if (last !== features) throw productMismatch([count, last ?? 0], [features, out]);
  const rows = contiguous(input);
  const result = make(input.shape.with(-1, out));
  const target = at(result);
  gemm(count, out, features, at(rows), features, 1, at(weight), weight.strides[1]!, weight.strides[0]!, target, out);
  if (bias) kernels.addRowBias(target, at(contiguous(bias)), count, out);
  return shownAs(
    nameOf(rows === input, input.shape.length, bias !== null),
    record(linearOp, result, bias ? [input, weight, bias] : [input, weight], [input, weight]),
  );
}

/** PyTorch multiplies matrices, and looks at others as such. */
function nameOf(isDense: boolean, rank: number, hasBias: boolean): string {
  if (rank === 2) return hasBias ? "AddmmBackward0" : "MmBackward0";
  if (rank === 3 && hasBias && isDense) return "ViewBackward0";
  if (hasBias) return "AddBackward0";
  return rank === 1 ? "SqueezeBackward3" : "UnsafeViewBackward0";
}

/**
 * input1ᵀ·A·input2 + b for each output feature.
 * @param input1 [..., in1]
 * @param input2 [..., in2]
 * @param weight [out, in1, in2]
 * @param bias [out]
 * @returns [..., out]
 * @see https://pytorch.org/docs/stable/generated/torch.nn.functional.bilinear.html
 * @api nn.functional.bilinear
 */
export function bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [out, in1, in2] = weight.shape as [number, number, number];
  if (input1.shape.at(-1) !== in1)
    throw new KindlingError(`bilinear(): input1 size does not match weight size: got ${input1.shape.at(-1)} but expected ${in1}`);
  if (input2.shape.at(-1) !== in2)
    throw new KindlingError(`bilinear(): input2 size does not match weight size: got ${input2.shape.at(-1)} but expected ${in2}`);
  const rows = reshape(input1, [-1, in1]);
  const projected = reshape(mm(rows, reshape(permute(weight, [1, 0, 2]), [in1, out * in2])), [-1, out, in2]);
  const result = reshape(sum(mul(projected, unsqueeze(reshape(input2, [-1, in2]), 1)), 2), [...input1.shape.slice(0, -1), out]);
  return bias ? add(result, bias) : result;
}
