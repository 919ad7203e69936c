/** Random zeros in training mode, as modules; in eval mode each passes its input on unchanged. */
import { ArgumentError } from "../errors.ts";
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "../ops/index.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { optionalArguments } from "../optionalArguments.ts";
import { boolean, number } from "./printing.ts";

export interface DropoutOptions {
  /** Probability of a zero. Default 0.5. */
  p?: number;
  /** Write the result over the input. Default false. */
  inplace?: boolean;
}

abstract class RandomZeros extends Module {
  p: number;
  readonly inplace: boolean;

  constructor(probability?: number | DropoutOptions, options?: DropoutOptions) {
    super();
    const { p = 0.5, inplace = false } = optionalArguments<DropoutOptions>([probability, options], ["p"]);
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${number(p)}`);
    this.p = p;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${number(this.p)}, inplace=${boolean(this.inplace)}`;
  }
}

/** Sets each element to zero with probability `p` and scales the others by 1/(1 − p). https://jmlr.org/papers/v15/srivastava14a.html */
export class Dropout extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return dropout(x, this.p, this.training, this.inplace);
  }
}

/** Whole channels of `[batch, channels, length]` or `[channels, length]` at a time. */
export class Dropout1d extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return dropout1d(x, this.p, this.training, this.inplace);
  }
}

/** Whole channels of `[batch, channels, height, width]` at a time. https://arxiv.org/abs/1411.4280 */
export class Dropout2d extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return dropout2d(x, this.p, this.training, this.inplace);
  }
}

/** Whole channels of `[batch, channels, depth, height, width]` or `[channels, depth, height, width]` at a time. */
export class Dropout3d extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return dropout3d(x, this.p, this.training, this.inplace);
  }
}

/** For SELU: keeps mean and variance. https://arxiv.org/abs/1706.02515 */
export class AlphaDropout extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return alphaDropout(x, this.p, this.training, this.inplace);
  }
}

/** For SELU, whole channels at a time. */
export class FeatureAlphaDropout extends RandomZeros {
  override forward(x: Tensor): Tensor {
    return featureAlphaDropout(x, this.p, this.training, this.inplace);
  }
}
