import { empty, zerosLike } from "../ops/creation.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { nonnegative, positive, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { broadcastAll } from "./parameters.ts";

/**
 * The time until an event that happens `rate` times per unit of time.
 * @param rate one over the mean
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#exponential
 * @api torch.distributions.Exponential
 */
export class Exponential extends Distribution {
  declare readonly rate: Tensor;

  constructor(rate: ScalarOrTensor, validateArgs: boolean | null = null) {
    const [each] = broadcastAll(rate);
    super(each.shape, [], validateArgs);
    this.setParameters({ rate: each });
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { rate: positive };
  }

  override get support(): Constraint {
    return nonnegative;
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.rate.reciprocal();
  }

  override get mode(): Tensor {
    return zerosLike(this.rate);
  }

  override get stddev(): Tensor {
    return this.rate.reciprocal();
  }

  override get variance(): Tensor {
    return this.rate.pow(-2);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return empty(this.extendedShape(sampleShape)).exponential_().div(this.rate);
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    return this.rate.log().sub(this.rate.mul(value));
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    return this.rate.neg().mul(value).exp().neg().add(1);
  }

  override icdf(value: Tensor): Tensor {
    return value.neg().add(1).log().neg().div(this.rate);
  }

  override entropy(): Tensor {
    return this.rate.log().neg().add(1);
  }
}
