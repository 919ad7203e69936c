import { empty, fullLike } from "../ops/creation.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { LocationScale } from "./locationScale.ts";

/**
 * The Cauchy (Lorentz) distribution, whose tails are so heavy that it has no mean.
 * @param loc the middle
 * @param scale half the width at half the height; broadcasts with `loc`
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#cauchy
 * @api torch.distributions.Cauchy
 */
export class Cauchy extends LocationScale {
  constructor(loc: ScalarOrTensor, scale: ScalarOrTensor, validateArgs: boolean | null = null) {
    super(loc, scale, validateArgs);
  }

  /** NaN: there is none. */
  override get mean(): Tensor {
    return fullLike(this.loc.detach(), NaN);
  }

  override get variance(): Tensor {
    return fullLike(this.loc.detach(), Infinity);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.loc.add(empty(this.extendedShape(sampleShape)).cauchy_().mul(this.scale));
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const distance = value.sub(this.loc).div(this.scale).square();
    return this.scale.log().neg().sub(Math.log(Math.PI)).sub(distance.add(1).log());
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    return value.sub(this.loc).div(this.scale).atan().div(Math.PI).add(0.5);
  }

  override icdf(value: Tensor): Tensor {
    return value.sub(0.5).mul(Math.PI).tan().mul(this.scale).add(this.loc);
  }

  override entropy(): Tensor {
    return this.scale.log().add(Math.log(4 * Math.PI));
  }
}
