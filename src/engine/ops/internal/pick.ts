/** What is picked of each line along a dimension, with its positions and its gradient. */
import { recordMany, type Operation } from "../../autograd/node.ts";
import { typedArray } from "../../dtype.ts";
import { operationWatch } from "../../instrument.ts";
import { numelOf, type Shape } from "../../shape.ts";
import type { Tensor } from "../../tensor.ts";
import { fromTypedArray, zeros } from "../creation.ts";
import { valuesAndIndices, type ValuesAndIndices } from "../namedTuple.ts";
import { operandsOf } from "../reading.ts";
import { scatterAdd } from "../scatter.ts";
import { reshape, squeeze } from "../views.ts";

interface Along {
  readonly outer: number;
  readonly n: number;
  readonly inner: number;
}

export function along(shape: Shape, dim: number): Along {
  return { outer: numelOf(shape.slice(0, dim)), n: shape[dim] ?? 1, inner: numelOf(shape.slice(dim + 1)) };
}

/** Which elements of a line are picked, where that can be said without the values: the first ones in an order, or one of them. */
export interface InOrder {
  readonly descending: boolean;
  /** Its place in the order. */
  readonly only?: number;
}

const pickOp: Operation<{ shape: Shape; dim: number; order: InOrder | undefined }> = {
  name: "SortBackward0",
  backward(node, gradient) {
    const { shape, dim } = node.data;
    const places = node.saved(0);
    return [reshape(scatterAdd(zeros(places.shape.length === 0 ? [1] : shape), dim, atLeastVector(places), atLeastVector(gradient)), shape)];
  },
};

export const atLeastVector = (x: Tensor): Tensor => (x.shape.length === 0 ? reshape(x, [1]) : x);

/** Values and where they were, as the house passes them on. */
export interface Picked {
  readonly values: Tensor;
  readonly indices: Tensor;
}

/**
 * For each line along `dim` the positions that `choose` picks of it, as values and indices; gradients flow to what was picked.
 * `choose` gets one line's values and returns `count` positions in it.
 */
export function pick(input: Tensor, dim: number, count: number, choose: (line: Float64Array) => ArrayLike<number>, order?: InOrder): Picked {
  const { outer, n, inner } = along(input.shape, dim);
  const from = operandsOf(input);
  const shape = input.shape.map((size, i) => (i === dim ? count : size));
  const values = typedArray(input.dtype, outer * count * inner);
  const places = new Int32Array(values.length);
  const line = new Float64Array(n);
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < inner; j++) {
      for (let i = 0; i < n; i++) line[i] = from[(o * n + i) * inner + j]!;
      const chosen = choose(line);
      for (let k = 0; k < count; k++) {
        const target = (o * count + k) * inner + j;
        places[target] = chosen[k]!;
        values[target] = line[chosen[k]!]!;
      }
    }
  }
  const result = { values: fromTypedArray(values, shape, { dtype: input.dtype }), indices: fromTypedArray(places, shape) };
  recordMany(pickOp, [result.values], [input], [result.indices], { shape: input.shape, dim, order });
  operationWatch()?.became?.(result.indices, result.values);
  return result;
}

/** Tells of what was picked under the name that users call it by. */
export function tellPicked(name: string, input: Tensor, picked: Picked, data?: unknown): Picked {
  operationWatch()?.ran({ name }, [input], [picked.values, picked.indices], data);
  return picked;
}

/** What `operation` gives: a picked dimension of size 1 is dropped unless it is to be kept. */
export function dropped(operation: string, { values, indices }: Picked, dim: number, rank: number, keepdim: boolean): ValuesAndIndices {
  if (keepdim || rank === 0) return valuesAndIndices(operation, values, indices);
  return valuesAndIndices(operation, squeeze(values, dim), squeeze(indices, dim));
}
