/** Picking elements by index or value. */
import { record, shownAs, type Operation } from "../autograd/node.ts";
import { itemSize, typedArray } from "../dtype.ts";
import { IndexError } from "../errors.ts";
import { tellOperation } from "../instrument.ts";
import { kernels } from "../memory/linear.ts";
import { failsByValue } from "../memory/reading.ts";
import { broadcastShapes, contiguousStrides, numelOf, wrapDim, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { fromTypedArray, zeros } from "./creation.ts";
import { at, make } from "./internal/make.ts";
import { positions } from "./internal/positions.ts";
import { valuesOf } from "./reading.ts";
import { gather, type Rows } from "./scatter.ts";
import { unbind } from "./split.ts";
import type { Int } from "./types.ts";
import { expand, flatten, reshape } from "./views.ts";

const indexSelectOp: Operation<Rows> = {
  name: "IndexSelectBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data;
    return [rowsInZeros(shape, dim, node.saved(0), gradient), null];
  },
};

const rowsInZerosOp: Operation<Rows> = {
  name: "IndexAddBackward0",
  backward(node, gradient) {
    return [indexSelect(gradient, node.data.dim, node.saved(0))];
  },
};

/**
 * The entries of `input` along `dim` at the positions in the vector `index` (a copy).
 * @see https://pytorch.org/docs/stable/generated/torch.index_select.html
 * @api torch.indexSelect Tensor.indexSelect
 */
export function indexSelect(input: Tensor, dim: Int, index: Tensor): Tensor {
  const d = wrapDim(dim, input.shape.length);
  if (index.shape.length > 1) throw new IndexError("index_select(): Index is supposed to be a vector");
  const size = input.shape[d] ?? 1;
  const source = contiguous(input);
  const places = contiguous(positions(index, "index_select(): Expected dtype int32 or int64 for index"));
  const count = places.numel();
  const result = make(
    input.shape.map((n, i) => (i === d ? count : n)),
    input.dtype,
  );
  const inner = numelOf(input.shape.slice(d + 1));
  const outer = numelOf(input.shape.slice(0, d));
  const take = itemSize(input.dtype) === 4 ? kernels.takeRows : kernels.takeByteRows;
  const target = at(result);
  const from = at(source);
  if (take(from, at(places), target, outer, size, inner, count) >= 0) {
    failsByValue();
    throw new IndexError("index out of range in self");
  }
  return record(indexSelectOp, result, [input, index], [places], { shape: input.shape, dim: d });
}

/** Zeros of `shape` with the entries of `source` added at the positions in `index` along `dim`. */
function rowsInZeros(shape: Shape, dim: number, index: Tensor, source: Tensor): Tensor {
  const result = zeros(shape);
  const values = contiguous(source);
  const places = contiguous(index);
  const inner = numelOf(shape.slice(dim + 1));
  const outer = numelOf(shape.slice(0, dim));
  const target = at(result);
  const from = at(values);
  kernels.addRows(target, at(places), from, outer, shape[dim] ?? 1, inner, places.numel());
  return record(rowsInZerosOp, result, [source], [index], { shape, dim });
}

/**
 * Positions of the elements that aren't zero, one row each: `[count, rank]`, `int32`; with `asTuple` one vector for each
 * dimension.
 * @see https://pytorch.org/docs/stable/generated/torch.nonzero.html
 * @api torch.nonzero Tensor.nonzero
 */
export function nonzero(input: Tensor, options?: { asTuple?: false }): Tensor;
export function nonzero(input: Tensor, options: { asTuple: true }): Tensor[];
export function nonzero(input: Tensor, { asTuple = false }: { asTuple?: boolean } = {}): Tensor | Tensor[] {
  const rows = nonzeroRows(input);
  return asTuple ? unbind(rows, 1) : rows;
}

function nonzeroRows(input: Tensor): Tensor {
  const rank = input.shape.length;
  const strides = contiguousStrides(input.shape);
  const places = placesOf(valuesOf(input, "nonzero"));
  const rows = typedArray("int32", places.length * rank);
  for (let i = 0; i < places.length; i++) {
    for (let k = 0; k < rank; k++) rows[i * rank + k] = Math.floor(places[i]! / strides[k]!) % input.shape[k]!;
  }
  return fromTypedArray(rows, [places.length, rank]);
}

/** Where in a list the values lie that aren't zero. */
export function placesOf(values: ArrayLike<number>): Int32Array {
  let count = 0;
  for (let i = 0; i < values.length; i++) count += Number(values[i] !== 0);
  const places = typedArray("int32", count) as Int32Array;
  for (let i = 0, next = 0; next < count; i++) if (values[i] !== 0) places[next++] = i;
  return places;
}

/**
 * Elements of the flattened input at the positions in `index`, in its shape; negative ones count from the end.
 * @see https://pytorch.org/docs/stable/generated/torch.take.html
 * @api torch.take Tensor.take
 */
export function take(input: Tensor, index: Tensor): Tensor {
  const places = flatPositions([positions(index, "take(): Expected a long tensor for index")], [input.numel()], [0]);
  return shownAs("TakeBackward0", reshape(gather(flatten(input), 0, places), index.shape));
}

/** One position in the merged dimension for several indices, one after the other; those from the end count from the beginning. */
export function flatPositions(indices: readonly Tensor[], sizes: readonly number[], dims: readonly number[]): Tensor {
  const lists = indices.map((tensor) => valuesOf(tensor));
  const count = lists[0]!.length;
  const flat = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    let position = 0;
    lists.forEach((list, k) => {
      const value = list[i]!;
      const size = sizes[k]!;
      if (value < -size || value >= size) {
        throw new IndexError(`index ${value} is out of bounds for dimension ${dims[k]} with size ${size}`);
      }
      position = position * size + (value < 0 ? value + size : value);
    });
    flat[i] = position;
  }
  return tellOperation("positions", indices, fromTypedArray(flat, [count]), { sizes });
}

/**
 * `gather` with index and input broadcast against each other; without `dim` on flattened tensors.
 * @see https://pytorch.org/docs/stable/generated/torch.take_along_dim.html
 * @api torch.takeAlongDim Tensor.takeAlongDim
 */
export function takeAlongDim(input: Tensor, indices: Tensor, dim: Int | null = null): Tensor {
  if (dim === null) return gather(flatten(input), 0, flatten(indices));
  const d = wrapDim(dim, input.shape.length);
  const others = (shape: Shape): number[] => shape.map((size, i) => (i === d ? 1 : size));
  const common = broadcastShapes(others(input.shape), others(indices.shape));
  const shaped = (x: Tensor): Tensor =>
    expand(
      x,
      common.map((size, i) => (i === d ? x.shape[d]! : size)),
    );
  return gather(shaped(input), d, shaped(indices));
}

/**
 * Positions of the elements that aren't zero, one row each: `[count, rank]`, `int32`.
 * @see https://pytorch.org/docs/stable/generated/torch.argwhere.html
 * @api torch.argwhere Tensor.argwhere
 */
export function argwhere(input: Tensor): Tensor {
  return nonzero(input);
}
