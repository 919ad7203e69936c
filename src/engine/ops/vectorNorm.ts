/** Norms of vectors by any order. Forward beside backward. */
import { record, type Operation } from "../autograd/node.ts";
import { longName } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { kernels } from "../memory/linear.ts";
import { reading } from "../memory/reading.ts";
import { numelOf } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { zeros } from "./creation.ts";
import { amax, amin } from "./extremes.ts";
import { denseCopy } from "./internal/copy.ts";
import { at } from "./internal/make.ts";
import { floatType, inType, reducedDims, restore, type ReductionData } from "./internal/reduce.ts";
import { sum } from "./reductions.ts";
import type { Size, Typed } from "./types.ts";

/**
 * The norm of vectors: (Σ |x|ᵒʳᵈ)^(1/ord); for ±∞ the largest or smallest |x|, for 0 how many aren't 0.
 * @param x any shape
 * @param dim dimensions over which it is taken; default all, as if the tensor were one vector
 * @param keepdim whether they stay with size 1
 * @see https://pytorch.org/docs/stable/generated/torch.linalg.vector_norm.html
 * @api torch.linalg.vectorNorm
 */
export function vectorNorm(x: Tensor, ord: number = 2, dim: Size | null = null, keepdim = false, { dtype }: Typed = {}): Tensor {
  const source = inType(x, floatType("norm", dtype));
  if (source.dtype !== "float32") {
    throw new KindlingError(`linalg.vector_norm: Expected a floating point or complex tensor as input. Got ${longName(source.dtype)}`);
  }
  const dims = reducedDims(dim, source.shape.length);
  if ((ord < 0 || ord === Infinity) && numelOf(dims.map((d) => source.shape[d]!)) === 0) {
    throw new KindlingError(
      `linalg.vector_norm cannot compute the ${pythonNumber(ord)} norm on an empty tensor because the operation does not have an identity`,
    );
  }
  if (ord === Infinity) return amax(source.abs(), dims, keepdim);
  if (ord === -Infinity) return amin(source.abs(), dims, keepdim);
  if (ord === 1) return sum(source.abs(), dims, keepdim);
  const result = normOf(source.detach(), ord, dims, keepdim);
  return record(normOp, result, [source], [source, result], { shape: source.shape, dims, count: 0, p: ord });
}

const pythonNumber = (x: number): string => (Number.isFinite(x) ? String(x) : x > 0 ? "inf" : "-inf");

function normOf(input: Tensor, p: number, dims: readonly number[], keepdim: boolean): Tensor {
  if (p === 0) return sum(input.ne(0).float(), dims, keepdim);
  if (p === 2) return sum(input.mul(input), dims, keepdim).sqrt();
  return sum(input.abs().pow(p), dims, keepdim).pow(1 / p);
}

/** sign(x) · |x|ᵖ⁻¹ / ‖x‖ᵖ⁻¹, and 0 where the norm is 0: a norm has no slope there that could be told. */
const normOp: Operation<ReductionData & { p: number }> = {
  name: "NormBackward0",
  backward(node, gradient) {
    const { shape, dims, p } = node.data;
    const input = node.saved(0);
    if (p === 0) return [zeros(shape)];
    const isZero = node.saved(1).eq(0);
    const length = node.saved(1).maskedFill(isZero, 1);
    const scale = (p === 2 ? gradient.div(length) : gradient.mul(length.pow(1 - p))).maskedFill(isZero, 0);
    return [slopeOfPower(input, p).mul(restore(scale, shape, dims))];
  },
};

/** sign(x) · |x|ᵖ⁻¹; below p = 1, where that has a pole, 0 at 0. */
function slopeOfPower(input: Tensor, p: number): Tensor {
  if (p === 2) return input;
  const slope = input.sign().mul(input.abs().pow(p - 1));
  return p < 1 ? slope.maskedFill(input.eq(0), 0) : slope;
}

/** Σ x² over all elements, in double precision. */
export function sumOfSquares(input: Tensor): number {
  const source = input.dense ? input : denseCopy(input);
  const sum = (): number => kernels.sumOfSquares(at(source), source.numel());
  const { reader } = reading;
  return source.storage.computed && reader !== null ? reader.number(sum) : sum();
}
