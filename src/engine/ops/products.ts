/** Products of tensors over chosen dimensions, and all products of elements. */
import { ArgumentError, KindlingError } from "../errors.ts";
import { broadcastShapes, numelOf, wrapDim, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { mul, sub } from "./binary.ts";
import { mm } from "./matmul.ts";
import type { Int } from "./types.ts";
import { expand, permute, reshape } from "./views.ts";

/**
 * Sums of products over the last dimension of both.
 * @see https://pytorch.org/docs/stable/generated/torch.inner.html
 * @api torch.inner Tensor.inner
 */
export function inner(input: Tensor, other: Tensor): Tensor {
  if (input.shape.length === 0 || other.shape.length === 0) return mul(input, other);
  const last = input.shape.length - 1;
  if (input.shape[last] !== other.shape.at(-1)) {
    throw new KindlingError(
      `inner() the last dimension must match on both input tensors but got shapes [${input.shape.join(", ")}] and [${other.shape.join(", ")}]`,
    );
  }
  return tensordot(input, other, [[last], [other.shape.length - 1]]);
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
      throw new KindlingError(
        `contracted dimensions need to match, but first has size ${a.shape[dim]} in dim ${dim} and second has size ${b.shape[second[i]!]} in dim ${second[i]}`,
      );
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
  if (dims.length !== 2 || !dims.every((list) => Array.isArray(list) && list.every(Number.isInteger)))
    throw new ArgumentError("tensordot(): dims must be a number or two lists of whole numbers", "TypeError");
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
  const left = reshape(
    input,
    sa.flatMap((size) => [size, 1]),
  );
  const right = reshape(
    other,
    sb.flatMap((size) => [1, size]),
  );
  return reshape(
    mul(left, right),
    sa.map((size, i) => size * sb[i]!),
  );
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
