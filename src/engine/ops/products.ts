/** Products of vectors, matrices and higher tensors, made of `matmul` and sums. */
import { record, type Operation } from "../autograd/node.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { broadcastShapes, numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { diagonal } from "./diagonals.ts";
import { add, mul, sub } from "./binary.ts";
import { bmm, dot, matmul, mm, outer } from "./matmul.ts";
import { sum, vectorNorm } from "./reductions.ts";
import type { Int, Tensors } from "./types.ts";
import { expand, permute, reshape, unsqueeze } from "./views.ts";

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
  return added(input, mm(mat1, mat2), options);
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
 * `beta · input + alpha · mat · vec` of a matrix and a vector; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addmv.html
 * @api torch.addmv Tensor.addmv Tensor.addmv_
 */
export function addmv(input: Tensor, mat: Tensor, vec: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, mv(mat, vec), options);
}

/**
 * `beta · input + alpha · vec1 ⊗ vec2` of two vectors; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addr.html
 * @api torch.addr Tensor.addr Tensor.addr_
 */
export function addr(input: Tensor, vec1: Tensor, vec2: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, outer(vec1, vec2), options);
}

/**
 * `beta · input + alpha · batch1 × batch2`, batch by batch; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.baddbmm.html
 * @api torch.baddbmm Tensor.baddbmm Tensor.baddbmm_
 */
export function baddbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, bmm(batch1, batch2), options);
}

/**
 * `beta · input + alpha · Σ batch1 × batch2` over the batch; `input` broadcasts.
 * @see https://pytorch.org/docs/stable/generated/torch.addbmm.html
 * @api torch.addbmm Tensor.addbmm Tensor.addbmm_
 */
export function addbmm(input: Tensor, batch1: Tensor, batch2: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, sum(bmm(batch1, batch2), 0), options);
}

/**
 * The scalar product of two vectors.
 * @see https://pytorch.org/docs/stable/generated/torch.vdot.html
 * @api torch.vdot Tensor.vdot
 */
export function vdot(input: Tensor, other: Tensor): Tensor {
  return dot(input, other);
}

/**
 * Sums of products over the last dimension of both.
 * @see https://pytorch.org/docs/stable/generated/torch.inner.html
 * @api torch.inner Tensor.inner
 */
export function inner(input: Tensor, other: Tensor): Tensor {
  if (input.shape.length === 0 || other.shape.length === 0) return mul(input, other);
  const last = input.shape.length - 1;
  if (input.shape[last] !== other.shape.at(-1)) {
    throw new KindlingError(`inner() the last dimension must match on both input tensors but got shapes [${input.shape.join(", ")}] and [${other.shape.join(", ")}]`);
  }
  return tensordot(input, other, [[last], [other.shape.length - 1]]);
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

/**
 * Contracts dimensions of two tensors: multiplies and sums over them.
 * @param dims how many: the last of `a` with the first of `b`; or two lists, of `a`'s and of `b`'s
 * @see https://pytorch.org/docs/stable/generated/torch.tensordot.html
 * @api torch.tensordot
 */
export function tensordot(a: Tensor, b: Tensor, dims: Int | readonly [readonly Int[], readonly Int[]] = 2): Tensor {
  const [first, second] = contracted(a.shape.length, b.shape.length, dims);
  if (first.length !== second.length) throw new KindlingError("both dimension lists should have same length");
  first.forEach((dim, i) => {
    if (a.shape[dim] !== b.shape[second[i]!]) {
      throw new KindlingError(`contracted dimensions need to match, but first has size ${a.shape[dim]} in dim ${dim} and second has size ${b.shape[second[i]!]} in dim ${second[i]}`);
    }
  });
  const [restA, restB] = [others(a.shape, first), others(b.shape, second)];
  const count = numelOf(first.map((dim) => a.shape[dim]!));
  const sizes = (shape: Shape, list: readonly number[]): number[] => list.map((dim) => shape[dim]!);
  const left = reshape(permute(a, [...restA, ...first]), [numelOf(sizes(a.shape, restA)), count]);
  const right = reshape(permute(b, [...second, ...restB]), [count, numelOf(sizes(b.shape, restB))]);
  return reshape(mm(left, right), [...sizes(a.shape, restA), ...sizes(b.shape, restB)]);
}

function contracted(rankA: number, rankB: number, dims: Int | readonly [readonly Int[], readonly Int[]]): [number[], number[]] {
  if (typeof dims === "number") {
    if (dims < 0) throw new KindlingError(`tensordot expects dims >= 0, but got dims=${dims}`);
    if (dims > Math.min(rankA, rankB)) throw new KindlingError(`tensordot expects dims <= ndim_a or ndim_b, but got ${dims}`);
    const all = Array.from({ length: dims }, (_, i) => i);
    return [all.map((i) => rankA - dims + i), all];
  }
  if (dims.length !== 2 || !dims.every((list) => Array.isArray(list) && list.every(Number.isInteger))) throw new ArgumentError("tensordot(): dims must be a number or two lists of whole numbers", "TypeError");
  return [dims[0].map((d) => wrapDim(d, rankA)), dims[1].map((d) => wrapDim(d, rankB))];
}

const others = (shape: Shape, dims: readonly number[]): number[] => shape.map((_, i) => i).filter((i) => !dims.includes(i));

/**
 * The Kronecker product: each element of `input` times all of `other`, as blocks.
 * @see https://pytorch.org/docs/stable/generated/torch.kron.html
 * @api torch.kron Tensor.kron
 */
export function kron(input: Tensor, other: Tensor): Tensor {
  const rank = Math.max(input.shape.length, other.shape.length);
  const widen = (shape: Shape): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [sa, sb] = [widen(input.shape), widen(other.shape)];
  const left = reshape(input, sa.flatMap((size) => [size, 1]));
  const right = reshape(other, sb.flatMap((size) => [1, size]));
  return reshape(mul(left, right), sa.map((size, i) => size * sb[i]!));
}

/**
 * The vector product along a dimension of size 3.
 * @param dim default: the first such
 * @see https://pytorch.org/docs/stable/generated/torch.cross.html
 * @api torch.cross Tensor.cross
 */
export function cross(input: Tensor, other: Tensor, dim: Int | null = null): Tensor {
  const shape = broadcastShapes(input.shape, other.shape);
  const d = dim === null ? shape.indexOf(3) : wrapDim(dim, shape.length);
  if (d < 0) throw new KindlingError("no dimension of size 3 in input");
  if (shape[d] !== 3) throw new KindlingError(`linalg.cross: inputs dimension ${dim} must have length 3. Got ${input.shape[d]} and ${other.shape[d]}`);
  const [x, y] = [expand(input, shape), expand(other, shape)];
  const turned = (t: Tensor, by: number): Tensor => t.index([...new Array<null>(d).fill(null), [0, 1, 2].map((i) => (i + by) % 3)]);
  return sub(mul(turned(x, 1), turned(y, 2)), mul(turned(x, 2), turned(y, 1)));
}

/**
 * Distances between all rows of `x1` and all rows of `x2`, batch by batch: [..., p, m] and [..., r, m] → [..., p, r].
 * @param p of which norm
 * @see https://pytorch.org/docs/stable/generated/torch.cdist.html
 * @api torch.cdist
 */
export function cdist(x1: Tensor, x2: Tensor, p = 2): Tensor {
  if (p < 0) throw new KindlingError("cdist only supports non-negative p values");
  if (x1.shape.at(-1) !== x2.shape.at(-1)) {
    throw new KindlingError(`X1 and X2 must have the same number of columns. X1: ${x1.shape.at(-1)} X2: ${x2.shape.at(-1)}`);
  }
  return distanceAlongLast(sub(unsqueeze(x1, -2), unsqueeze(x2, -3)), p);
}

const greatestDifferenceOp: Operation = {
  name: "CdistBackward0",
  backward(node, gradient) {
    const [differences, distance] = [node.saved(0), unsqueeze(node.saved(1), -1)];
    return [unsqueeze(gradient, -1).mul(differences.sign()).mul(differences.abs().eq(distance).float())];
  },
};

/** The p-norm of differences along the last dimension. Equal greatest ones don't share the gradient: each has all of it. */
export function distanceAlongLast(differences: Tensor, p: number): Tensor {
  if (p !== Infinity) return vectorNorm(differences, p, -1);
  const result = vectorNorm(differences.detach(), p, -1);
  return record(greatestDifferenceOp, result, [differences], [differences, result]);
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
  if (input1.shape.at(-1) !== in1) throw new KindlingError(`bilinear(): input1 size does not match weight size: got ${input1.shape.at(-1)} but expected ${in1}`);
  if (input2.shape.at(-1) !== in2) throw new KindlingError(`bilinear(): input2 size does not match weight size: got ${input2.shape.at(-1)} but expected ${in2}`);
  const rows = reshape(input1, [-1, in1]);
  const projected = reshape(mm(rows, reshape(permute(weight, [1, 0, 2]), [in1, out * in2])), [-1, out, in2]);
  const result = reshape(sum(mul(projected, unsqueeze(reshape(input2, [-1, in2]), 1)), 2), [...input1.shape.slice(0, -1), out]);
  return bias ? add(result, bias) : result;
}

// --- einsum ---------------------------------------------------------------------------------------------------------

/**
 * Sums of products by Einstein's convention: `einsum("bij,bjk->bik", a, b)`. Letters name dimensions, `...` those that
 * broadcast; without `->` the result has the letters that occur once, in alphabetical order.
 * @see https://pytorch.org/docs/stable/generated/torch.einsum.html
 * @api torch.einsum
 */
export function einsum(equation: string, operands: Tensors = []): Tensor {
  const [left, right] = equation.replaceAll(" ", "").split("->");
  const terms = left!.split(",");
  if (terms.length !== operands.length) {
    throw new KindlingError(
      terms.length > operands.length
        ? "einsum(): fewer operands were provided than specified in the equation"
        : "einsum(): more operands were provided than specified in the equation",
    );
  }
  const hidden = Math.max(...terms.map((term, i) => term.includes("...") ? operands[i]!.shape.length - term.replace("...", "").length : 0));
  const labels = terms.map((term, i) => labelsOf(term, operands[i]!, hidden, i));
  const output = right === undefined ? implicitOutput(labels, hidden) : outputLabels(right, labels, hidden);
  const sizes = labelSizes(labels, operands);
  return contract(labels, operands, output, sizes);
}

/** Dimensions under an ellipsis are named by digits, counted from the last. */
const ellipsis = (count: number): string[] => Array.from({ length: count }, (_, i) => String(count - 1 - i));

function labelsOf(term: string, operand: Tensor, hidden: number, position: number): string[] {
  if (!/^[a-zA-Z]*(\.\.\.)?[a-zA-Z]*$/.test(term)) {
    throw new KindlingError(`einsum(): invalid subscript given at index ${term.search(/[^a-zA-Z.]/)} in the equation string, subscripts must be in [a-zA-Z]`);
  }
  const [before, after] = term.split("...");
  const covered = operand.shape.length - term.replace("...", "").length;
  if (after === undefined ? covered !== 0 : covered < 0) {
    throw new KindlingError(
      `einsum(): the number of subscripts in the equation (${term.replace("...", "").length}) ${covered < 0 ? "is more than" : "does not match"} the number of dimensions (${operand.shape.length}) for operand ${position}` +
        (after === undefined && covered > 0 ? " and no ellipsis was given" : ""),
    );
  }
  return [...before!, ...(after === undefined ? [] : ellipsis(Math.min(covered, hidden))), ...(after ?? "")];
}

function implicitOutput(labels: readonly string[][], hidden: number): string[] {
  const all = labels.flat().filter((label) => /[a-zA-Z]/.test(label));
  return [...ellipsis(hidden), ...[...new Set(all)].filter((label) => all.indexOf(label) === all.lastIndexOf(label)).sort()];
}

function outputLabels(text: string, labels: readonly string[][], hidden: number): string[] {
  const [before, after] = text.split("...");
  const output = [...before!, ...(after === undefined ? [] : ellipsis(hidden)), ...(after ?? "")];
  output.forEach((label, i) => {
    if (output.indexOf(label) !== i) throw new KindlingError(`einsum(): output subscript ${label} appears more than once in the output`);
    if (!labels.flat().includes(label)) throw new KindlingError(`einsum(): output subscript ${label} does not appear in the equation for any input operand`);
  });
  return output;
}

function labelSizes(labels: readonly string[][], operands: readonly Tensor[]): Map<string, number> {
  const sizes = new Map<string, number>();
  labels.forEach((list, k) => list.forEach((label, i) => {
    const size = operands[k]!.shape[i]!;
    const known = sizes.get(label) ?? 1;
    if (known !== 1 && size !== 1 && known !== size) {
      throw new KindlingError(`einsum(): operands do not broadcast with remapped shapes [original->remapped]: subscript ${label} has size ${size} for operand ${k} which does not broadcast with previously seen size ${known}`);
    }
    sizes.set(label, Math.max(known, size === 0 ? 0 : size));
  }));
  return sizes;
}

/** Operand by operand: what no later operand and no output needs is summed away as soon as possible. */
function contract(labels: readonly string[][], operands: readonly Tensor[], output: readonly string[], sizes: ReadonlyMap<string, number>): Tensor {
  let [own, result] = withoutRepeats(labels[0]!, operands[0]!);
  for (let k = 1; k < operands.length; k++) {
    const [next, operand] = withoutRepeats(labels[k]!, operands[k]!);
    const needed = new Set([...output, ...labels.slice(k + 1).flat()]);
    [own, result] = product(own, result, next, operand, needed, sizes);
  }
  const gone = own.flatMap((label, i) => (output.includes(label) ? [] : [i]));
  if (gone.length > 0) result = sum(result, gone);
  const left = own.filter((label) => output.includes(label));
  return permute(result, output.map((label) => left.indexOf(label)));
}

/** Equal labels in one operand mean its diagonal. */
function withoutRepeats(labels: readonly string[], operand: Tensor): [string[], Tensor] {
  let [list, result] = [[...labels], operand];
  for (;;) {
    const second = list.findIndex((label, i) => list.indexOf(label) !== i);
    if (second < 0) return [list, result];
    const first = list.indexOf(list[second]!);
    result = diagonal(result, 0, first, second);
    list = [...list.filter((_, i) => i !== first && i !== second), list[second]!];
  }
}

/** One batched matrix product: shared labels that are still needed are the batch, shared ones that aren't are summed. */
function product(
  labelsA: readonly string[], a: Tensor, labelsB: readonly string[], b: Tensor, needed: ReadonlySet<string>, sizes: ReadonlyMap<string, number>,
): [string[], Tensor] {
  const shared = labelsA.filter((label) => labelsB.includes(label));
  const batch = shared.filter((label) => needed.has(label));
  const summed = shared.filter((label) => !needed.has(label));
  const onlyA = labelsA.filter((label) => !shared.includes(label));
  const onlyB = labelsB.filter((label) => !shared.includes(label));
  const size = (list: readonly string[]): number => numelOf(list.map((label) => sizes.get(label)!));
  const arranged = (x: Tensor, own: readonly string[], order: readonly string[]): Tensor => {
    const moved = permute(x, order.map((label) => own.indexOf(label)));
    return expand(moved, order.map((label, i) => (shared.includes(label) ? sizes.get(label)! : moved.shape[i]!)));
  };
  const left = reshape(arranged(a, labelsA, [...batch, ...onlyA, ...summed]), [size(batch), size(onlyA), size(summed)]);
  const right = reshape(arranged(b, labelsB, [...batch, ...summed, ...onlyB]), [size(batch), size(summed), size(onlyB)]);
  const order = [...batch, ...onlyA, ...onlyB];
  return [order, reshape(bmm(left, right), order.map((label) => sizes.get(label)!))];
}

