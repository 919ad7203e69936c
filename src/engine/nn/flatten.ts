import type { Tensor } from "../tensor.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { Module } from "./module.ts";

export interface FlattenOptions {
  /** First dimension that is merged. Default 1. */
  startDim?: number;
  /** Last one. Default -1. */
  endDim?: number;
}

/** Merges the dimensions from `startDim` to `endDim` into one: by default all but the batch's. */
export class Flatten extends Module {
  readonly startDim: number;
  readonly endDim: number;

  constructor(startDim?: number | FlattenOptions, endDim?: number | FlattenOptions) {
    super();
    const chosen = optionalArguments<FlattenOptions>([startDim, endDim], ["startDim", "endDim"]);
    this.startDim = chosen.startDim ?? 1;
    this.endDim = chosen.endDim ?? -1;
  }

  override forward(x: Tensor): Tensor {
    return x.flatten(this.startDim, this.endDim);
  }

  override extraRepr(): string {
    return `start_dim=${this.startDim}, end_dim=${this.endDim}`;
  }
}

/** Splits one dimension into several, one of which may be -1. */
export class Unflatten extends Module {
  readonly dim: number;
  readonly unflattenedSize: readonly number[];

  constructor(dim: number, unflattenedSize: readonly number[]) {
    super();
    this.dim = dim;
    this.unflattenedSize = [...unflattenedSize];
  }

  override forward(x: Tensor): Tensor {
    return x.unflatten(this.dim, this.unflattenedSize);
  }

  override extraRepr(): string {
    return `dim=${this.dim}, unflattened_size=(${this.unflattenedSize.join(", ")})`;
  }
}
