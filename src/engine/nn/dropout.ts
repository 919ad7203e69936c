import { ArgumentError } from "../errors.ts";
import { dropout } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import type { InplaceOptions } from "./activation.ts";
import { Module } from "./module.ts";
import { boolean, number } from "./printing.ts";

/**
 * In training mode sets each element to zero with probability `p` and scales the others by 1/(1 − p); in eval mode
 * passes its input on unchanged.
 */
export class Dropout extends Module {
  p: number;
  readonly inplace: boolean;

  constructor(p = 0.5, { inplace = false }: InplaceOptions = {}) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${number(p)}`);
    this.p = p;
    this.inplace = inplace;
  }

  override forward(x: Tensor): Tensor {
    const result = dropout(x, this.p, this.training);
    return this.inplace ? x.copy_(result) : result;
  }

  override extraRepr(): string {
    return `p=${number(this.p)}, inplace=${boolean(this.inplace)}`;
  }
}
