import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { positive, real, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { Normal } from "./normal.ts";

/**
 * Numbers whose logarithms are normally distributed.
 * @param loc the mean of the logarithm
 * @param scale its standard deviation; broadcasts with `loc`
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#lognormal
 * @api torch.distributions.LogNormal
 */
export class LogNormal extends Distribution {
  /** The distribution of the logarithms. */
  readonly baseDist: Normal;

  constructor(loc: ScalarOrTensor, scale: ScalarOrTensor, validateArgs: boolean | null = null) {
    const baseDist = new Normal(loc, scale, validateArgs);
    super(baseDist.batchShape, [], validateArgs);
    this.baseDist = baseDist;
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { loc: real, scale: positive };
  }

  override get support(): Constraint {
    return positive;
  }

  override get hasRsample(): boolean {
    return true;
  }

  get loc(): Tensor {
    return this.baseDist.loc;
  }

  get scale(): Tensor {
    return this.baseDist.scale;
  }

  override get mean(): Tensor {
    return this.loc.add(this.scale.pow(2).div(2)).exp();
  }

  override get mode(): Tensor {
    return this.loc.sub(this.scale.square()).exp();
  }

  override get variance(): Tensor {
    return this.scale
      .pow(2)
      .exp()
      .sub(1)
      .mul(this.loc.mul(2).add(this.scale.pow(2)).exp());
  }

  override expand(batchShape: Shape): this {
    return this.with({ baseDist: this.baseDist.expand(batchShape), batchShape: [...batchShape] });
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.baseDist.rsample(sampleShape).exp();
  }

  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const logarithm = value.log();
    return this.baseDist.logProb(logarithm).sub(logarithm);
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    return this.baseDist.cdf(value.log());
  }

  override icdf(value: Tensor): Tensor {
    return this.baseDist.icdf(value).exp();
  }

  override entropy(): Tensor {
    return this.baseDist.entropy().add(this.loc);
  }
}
