import { ArgumentError } from "../errors.ts";
import { dropout } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { optionalArguments } from "./optionalArguments.ts";
import { boolean, number } from "./printing.ts";

export interface DropoutOptions {
  /** Probability of a zero. Default 0.5. */
  p?: number;
  /** Accepted and shown for PyTorch's sake; the result is a new tensor all the same. Default false. */
  inplace?: boolean;
}

/**
 * In training mode sets each element to zero with probability `p` and scales the others by 1/(1 − p); in eval mode
 * passes its input on unchanged.
 */
export class Dropout extends Module {
  p: number;
  readonly inplace: boolean;

  constructor(probability?: number | DropoutOptions, options?: DropoutOptions) {
    super();
    const { p = 0.5, inplace = false } = optionalArguments<DropoutOptions>([probability, options], ["p"]);
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${number(p)}`);
    this.p = p;
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training);
  }

  override extraRepr(): string {
    return `p=${number(this.p)}, inplace=${boolean(this.inplace)}`;
  }
}
