/** Products of vectors, matrices and higher tensors, made of `matmul` and sums. */
import { record, type Operation } from "../autograd/node.ts";
import { KindlingError } from "../errors.ts";
import { broadcastShapes, numelOf, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { diagonal } from "./arranging.ts";
import { add, mul, sub } from "./binary.ts";
import { bmm, dot, matmul, mm, outer } from "./matmul.ts";
import { sum } from "./reductions.ts";

import { expand, permute, reshape, unsqueeze } from "./views.ts";

export interface AddedProduct {
  /** Factor of the input; 0 leaves it out, NaN and all. Default 1. */
  beta?: number;
  /** Factor of the product. Default 1. */
  alpha?: number;
}

/** beta · input + alpha · product */
function added(input: Tensor, product: Tensor, { beta = 1, alpha = 1 }: AddedProduct): Tensor {
  const scaled = alpha === 1 ? product : mul(product, alpha);
  if (beta === 0) return expand(scaled, broadcastShapes(input.shape, scaled.shape));
  return add(beta === 1 ? input : mul(input, beta), scaled);
}

/** A matrix times a vector. */
export function mv(matrix: Tensor, vector: Tensor): Tensor {
  if (matrix.shape.length !== 2 || vector.shape.length !== 1) {
    throw new KindlingError(`vector + matrix @ vector expected, got 1, ${matrix.shape.length}, ${vector.shape.length}`);
  }
  if (matrix.shape[1] !== vector.shape[0]) {
    throw new KindlingError(`size mismatch, got ${matrix.shape[0]}, ${matrix.shape[0]}x${matrix.shape[1]},${vector.shape[0]}`);
  }
  return matmul(matrix, vector);
}

/** `beta · input + alpha · matrix · vector` */
export function addmv(input: Tensor, matrix: Tensor, vector: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, mv(matrix, vector), options);
}

/** `beta · input + alpha · a ⊗ b` of two vectors */
export function addr(input: Tensor, a: Tensor, b: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, outer(a, b), options);
}

/** `beta · input + alpha · a · b`, batch by batch */
export function baddbmm(input: Tensor, a: Tensor, b: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, bmm(a, b), options);
}

/** `beta · input + alpha · Σ a · b` over the batch */
export function addbmm(input: Tensor, a: Tensor, b: Tensor, options: AddedProduct = {}): Tensor {
  return added(input, sum(bmm(a, b), 0), options);
}

/** The scalar product of two vectors. */
export function vdot(a: Tensor, b: Tensor): Tensor {
  return dot(a, b);
}

/** Outer product by its old name. */
export { outer as ger };

/** Sums of products over the last dimensions. */
export function inner(a: Tensor, b: Tensor): Tensor {
  if (a.shape.length === 0 || b.shape.length === 0) return mul(a, b);
  const last = a.shape.length - 1;
  if (a.shape[last] !== b.shape.at(-1)) {
    throw new KindlingError(`inner() the last dimension must match on both input tensors but got shapes [${a.shape.join(", ")}] and [${b.shape.join(", ")}]`);
  }
  return tensordot(a, b, [[last], [b.shape.length - 1]]);
}

/** Matrices multiplied in the order given. */
export function chainMatmul(...matrices: readonly Tensor[]): Tensor {
  return matrices.reduce((a, b) => mm(a, b));
}

/** Contracts dimensions: the last `dims` of `a` with the first of `b`, or the listed ones of each. */
export function tensordot(a: Tensor, b: Tensor, dims: number | readonly [readonly number[], readonly number[]] | { dims: number | readonly [readonly number[], readonly number[]] } = 2): Tensor {
  const chosen = typeof dims === "object" && "dims" in dims ? dims.dims : dims;
  const [first, second] = typeof chosen === "number"
    ? [Array.from({ length: chosen }, (_, i) => a.shape.length - chosen + i), Array.from({ length: chosen }, (_, i) => i)]
    : [chosen[0].map((d) => wrapDim(d, a.shape.length)), chosen[1].map((d) => wrapDim(d, b.shape.length))];
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

const others = (shape: Shape, dims: readonly number[]): number[] => shape.map((_, i) => i).filter((i) => !dims.includes(i));

/** Kronecker product. */
export function kron(a: Tensor, b: Tensor): Tensor {
  const rank = Math.max(a.shape.length, b.shape.length);
  const widen = (shape: Shape): number[] => [...new Array<number>(rank - shape.length).fill(1), ...shape];
  const [sa, sb] = [widen(a.shape), widen(b.shape)];
  const left = reshape(a, sa.flatMap((size) => [size, 1]));
  const right = reshape(b, sb.flatMap((size) => [1, size]));
  return reshape(mul(left, right), sa.map((size, i) => size * sb[i]!));
}

/** The vector product along a dimension of size 3 (default the first such). */
export function cross(a: Tensor, b: Tensor, dim?: number | { dim?: number }): Tensor {
  const shape = broadcastShapes(a.shape, b.shape);
  const given = typeof dim === "object" ? dim.dim : dim;
  const d = given === undefined ? shape.indexOf(3) : wrapDim(given, shape.length);
  if (d < 0) throw new KindlingError("no dimension of size 3 in input");
  if (shape[d] !== 3) throw new KindlingError(`linalg.cross: inputs dimension ${given} must have length 3. Got ${a.shape[d]} and ${b.shape[d]}`);
  const [x, y] = [expand(a, shape), expand(b, shape)];
  const turned = (t: Tensor, by: number): Tensor => t.index([...new Array<null>(d).fill(null), [0, 1, 2].map((i) => (i + by) % 3)]);
  return sub(mul(turned(x, 1), turned(y, 2)), mul(turned(x, 2), turned(y, 1)));
}

/** Distances (p-norms, default 2) between all rows of `a` and all rows of `b`, batch by batch. */
export function cdist(a: Tensor, b: Tensor, options: { p?: number } | number = {}): Tensor {
  const p = typeof options === "number" ? options : options.p ?? 2;
  if (a.shape.at(-1) !== b.shape.at(-1)) {
    throw new KindlingError(`X1 and X2 must have the same number of columns. X1: ${a.shape.at(-1)} X2: ${b.shape.at(-1)}`);
  }
  return distanceAlongLast(sub(unsqueeze(a, -2), unsqueeze(b, -3)), p);
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
  if (p !== Infinity) return differences.norm(p, -1);
  const result = differences.detach().norm(p, -1);
  return record(greatestDifferenceOp, result, [differences], [differences, result]);
}

/**
 * x₁ᵀ·A·x₂ + b for each output feature.
 * @param x1 [..., in1], @param x2 [..., in2], @param weight [out, in1, in2], @param bias [out]
 */
export function bilinear(x1: Tensor, x2: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  const [out, in1, in2] = weight.shape as [number, number, number];
  if (x1.shape.at(-1) !== in1) throw new KindlingError(`bilinear(): input1 size does not match weight size: got ${x1.shape.at(-1)} but expected ${in1}`);
  if (x2.shape.at(-1) !== in2) throw new KindlingError(`bilinear(): input2 size does not match weight size: got ${x2.shape.at(-1)} but expected ${in2}`);
  const rows = reshape(x1, [-1, in1]);
  const projected = reshape(mm(rows, reshape(permute(weight, [1, 0, 2]), [in1, out * in2])), [-1, out, in2]);
  const result = reshape(sum(mul(projected, unsqueeze(reshape(x2, [-1, in2]), 1)), 2), [...x1.shape.slice(0, -1), out]);
  return bias ? add(result, bias) : result;
}

// --- einsum ---------------------------------------------------------------------------------------------------------

/**
 * Sums of products by Einstein's convention: `einsum("bij,bjk->bik", a, b)`. Letters name dimensions, `...` those that
 * broadcast; without `->` the result has the letters that occur once, in alphabetical order.
 */
export function einsum(equation: string, ...tensors: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor {
  const operands = (Array.isArray(tensors[0]) ? tensors[0] : tensors) as readonly Tensor[];
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

