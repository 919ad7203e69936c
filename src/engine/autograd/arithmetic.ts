/** The few tensor operations that differentiation itself needs; handed in so that imports go one way. */
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";

export interface Arithmetic {
  onesLike(tensor: Tensor): Tensor;
  zeros(shape: Shape): Tensor;
  add(a: Tensor, b: Tensor): Tensor;
  addInto(target: Tensor, source: Tensor): void;
  clone(tensor: Tensor): Tensor;
  detach(tensor: Tensor): Tensor;
  /** Undoes broadcasting. */
  sumTo(gradient: Tensor, shape: Shape): Tensor;
  stack(tensors: readonly Tensor[]): Tensor;
}

export let arithmetic: Arithmetic;

/** Called once by `ops/`. */
export function bindArithmetic(operations: Arithmetic): void {
  arithmetic = operations;
}
