import { ArgumentError } from "../errors.ts";
import { rand } from "../ops/random.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { interval, type Constraint } from "./constraints.ts";
import { hold } from "../ops/reading.ts";
import { Distribution } from "./distribution.ts";
import { broadcastAll } from "./parameters.ts";

/**
 * Numbers in [low, high), all as probable.
 * @param low where the range begins
 * @param high where it ends; broadcasts with `low`
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#uniform
 * @api torch.distributions.Uniform
 */
export class Uniform extends Distribution {
  declare readonly low: Tensor;
  declare readonly high: Tensor;

  constructor(low: ScalarOrTensor, high: ScalarOrTensor, validateArgs: boolean | null = null) {
    const [from, to] = broadcastAll(low, high);
    super(from.shape, [], validateArgs);
    this.setParameters({ low: from, high: to });
    if (this.validatesArgs && !hold(from.lt(to))) throw new ArgumentError("Uniform is not defined when low>= high");
  }

  /** Each depends on the other. */
  override get argConstraints(): Readonly<Record<string, Constraint | null>> {
    return { low: null, high: null };
  }

  override get support(): Constraint {
    return interval(this.low, this.high);
  }

  override get hasRsample(): boolean {
    return true;
  }

  override get mean(): Tensor {
    return this.high.add(this.low).div(2);
  }

  /** NaN: no value is more probable than others. */
  override get mode(): Tensor {
    return this.high.mul(NaN);
  }

  override get stddev(): Tensor {
    return this.width.div(Math.sqrt(12));
  }

  override get variance(): Tensor {
    return this.width.pow(2).div(12);
  }

  protected get width(): Tensor {
    return this.high.sub(this.low);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.low.add(rand(this.extendedShape(sampleShape)).mul(this.width));
  }

  /** Minus infinity outside the range. */
  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const inside = this.low.le(value).logicalAnd(this.high.gt(value));
    return inside.to(this.low).log().sub(this.width.log());
  }

  override cdf(value: Tensor): Tensor {
    this.validateSample(value);
    return value.sub(this.low).div(this.width).clamp(0, 1);
  }

  override icdf(value: Tensor): Tensor {
    return value.mul(this.width).add(this.low);
  }

  override entropy(): Tensor {
    return this.width.log();
  }
}
