import { randn } from "../ops/random.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { LocationScale } from "./locationScale.ts";

/**
 * The normal (Gaussian) distribution.
 * @param loc the mean
 * @param scale the standard deviation; broadcasts with `loc`
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#normal
 * @api torch.distributions.Normal
 */
export class Normal extends LocationScale {
  constructor(loc: ScalarOrTensor, scale: ScalarOrTensor, validateArgs: boolean | null = null) {
    super(loc, scale, validateArgs);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale;
  }

  override get variance(): Tensor {
    return this.scale.pow(2);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.loc.add(randn(this.extendedShape(sampleShape)).mul(this.scale));
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const distance = value.sub(this.loc).square().div(this.scale.square().mul(2));
    return distance
      .neg()
      .sub(this.scale.log())
      .sub(Math.log(Math.sqrt(2 * Math.PI)));
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    return value.sub(this.loc).mul(this.scale.reciprocal()).div(Math.SQRT2).erf().add(1).mul(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return this.loc.add(this.scale.mul(value.mul(2).sub(1).erfinv()).mul(Math.SQRT2));
  }

  override entropy(): Tensor {
    return this.scale.log().add(0.5 + 0.5 * Math.log(2 * Math.PI));
  }
}
