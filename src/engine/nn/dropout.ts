/** Random zeros in training mode, as modules; in eval mode each passes its input on unchanged. */
import { ArgumentError } from "../errors.ts";
import { alphaDropout, dropout, dropout1d, dropout2d, dropout3d, featureAlphaDropout } from "../ops/dropout.ts";
import type { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { boolean, number } from "./printing.ts";

/** What all of them are. */
export abstract class RandomZeros extends Module {
  p: number;
  readonly inplace: boolean;

  /**
   * @param p probability of a zero
   * @param inplace write the result over the input
   */
  constructor(p = 0.5, inplace = false) {
    super();
    if (!(p >= 0 && p <= 1)) throw new ArgumentError(`dropout probability has to be between 0 and 1, but got ${number(p)}`);
    this.p = p;
    this.inplace = inplace;
  }

  override extraRepr(): string {
    return `p=${number(this.p)}, inplace=${boolean(this.inplace)}`;
  }
}

/**
 * Sets each element to zero with probability `p` and scales the others by 1/(1 − p). https://jmlr.org/papers/v15/srivastava14a.html
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout.html
 * @api nn.Dropout
 */
export class Dropout extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return dropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * Whole channels of `[batch, channels, length]` or `[channels, length]` at a time.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout1d.html
 * @api nn.Dropout1d
 */
export class Dropout1d extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return dropout1d(input, this.p, this.training, this.inplace);
  }
}

/**
 * Whole channels of `[batch, channels, height, width]` at a time. https://arxiv.org/abs/1411.4280
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout2d.html
 * @api nn.Dropout2d
 */
export class Dropout2d extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return dropout2d(input, this.p, this.training, this.inplace);
  }
}

/**
 * Whole channels of `[batch, channels, depth, height, width]` or `[channels, depth, height, width]` at a time.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Dropout3d.html
 * @api nn.Dropout3d
 */
export class Dropout3d extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return dropout3d(input, this.p, this.training, this.inplace);
  }
}

/**
 * For SELU: keeps mean and variance. https://arxiv.org/abs/1706.02515
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AlphaDropout.html
 * @api nn.AlphaDropout
 */
export class AlphaDropout extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return alphaDropout(input, this.p, this.training, this.inplace);
  }
}

/**
 * For SELU, whole channels at a time.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.FeatureAlphaDropout.html
 * @api nn.FeatureAlphaDropout
 */
export class FeatureAlphaDropout extends RandomZeros {
  override forward(input: Tensor): Tensor {
    return featureAlphaDropout(input, this.p, this.training, this.inplace);
  }
}
