import { empty } from "../ops/creation.ts";
import { finfo } from "../ops/properties.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { LocationScale } from "./locationScale.ts";

/**
 * The Laplace distribution: exponential on both sides of its middle.
 * @param loc the mean
 * @param scale the mean distance from it; broadcasts with `loc`
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#laplace
 * @api torch.distributions.Laplace
 */
export class Laplace extends LocationScale {
  constructor(loc: ScalarOrTensor, scale: ScalarOrTensor, validateArgs: boolean | null = null) {
    super(loc, scale, validateArgs);
  }

  override get mean(): Tensor {
    return this.loc;
  }

  override get stddev(): Tensor {
    return this.scale.mul(Math.SQRT2);
  }

  override get variance(): Tensor {
    return this.scale.pow(2).mul(2);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    const place = empty(this.extendedShape(sampleShape)).uniform_(finfo("float32").eps - 1, 1);
    return this.loc.sub(this.scale.mul(place.sign()).mul(place.abs().neg().log1p()));
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    return this.scale.mul(2).log().neg().sub(value.sub(this.loc).abs().div(this.scale));
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    const distance = value.sub(this.loc);
    return distance.sign().mul(0.5).mul(distance.abs().neg().div(this.scale).expm1()).neg().add(0.5);
  }

  override icdf(value: Tensor): Tensor {
    const term = value.sub(0.5);
    return this.loc.sub(this.scale.mul(term.sign()).mul(term.abs().mul(-2).log1p()));
  }

  override entropy(): Tensor {
    return this.scale.mul(2).log().add(1);
  }
}
