import { flatten, unflatten } from "../ops/views.ts";
import type { Int } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";

/**
 * Merges the dimensions from `startDim` to `endDim` into one: by default all but the batch's.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Flatten.html
 * @api nn.Flatten
 */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim: Int = 1, endDim: Int = -1) {
    super();
    this.startDim = startDim;
    this.endDim = endDim;
  }

  override forward(input: Tensor): Tensor {
    return flatten(input, this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/**
 * Splits one dimension into several, one of which may be -1.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Unflatten.html
 * @api nn.Unflatten
 */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(dim: Int, unflattenedSize: Shape) {
    super();
    this.dim = dim;
    this.unflattenedSize = [...unflattenedSize];
  }

  override forward(input: Tensor): Tensor {
    return unflatten(input, this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=(${this.unflattenedSize.join(", ")})`;
  }
}
