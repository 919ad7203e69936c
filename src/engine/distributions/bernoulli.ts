import { arange } from "../ops/creation.ts";
import { binaryCrossEntropyWithLogits } from "../ops/losses/binary.ts";
import type { ScalarOrTensor } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { boolean, real, unitInterval, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { broadcastAll, logitsToProbs, probsToLogits, requireEither } from "./parameters.ts";

/**
 * 1 with a probability, otherwise 0.
 * Either of the first two is given.
 * @param probs the probability of 1
 * @param logits the logarithm of its odds, of which sigmoid is the probability
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#bernoulli
 * @api torch.distributions.Bernoulli
 */
export class Bernoulli extends Distribution {
  constructor(probs: ScalarOrTensor | null = null, logits: ScalarOrTensor | null = null, validateArgs: boolean | null = null) {
    requireEither(probs, logits);
    const [given] = broadcastAll((probs ?? logits)!);
    super(given.shape, [], validateArgs);
    this.setParameters({ [probs === null ? "logits" : "probs"]: given });
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { probs: unitInterval, logits: real };
  }

  override get support(): Constraint {
    return boolean;
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  /** The probability of 1. */
  get probs(): Tensor {
    return this.derive("probs", () => logitsToProbs(this.logits, true));
  }

  /** log(p / (1 − p)) */
  get logits(): Tensor {
    return this.derive("logits", () => probsToLogits(this.probs, true));
  }

  /** `[...batchShape]` */
  get paramShape(): Shape {
    return this.batchShape;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  /** NaN where both values are as probable. */
  override get mode(): Tensor {
    return this.probs.ge(0.5).to(this.probs).maskedFill(this.probs.eq(0.5), NaN);
  }

  override get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  /** Draws zeros and ones, `float32`. */
  override sample(sampleShape: Shape = []): Tensor {
    return this.probs.detach().expand(this.extendedShape(sampleShape)).bernoulli();
  }

  /** @param value zeros and ones */
  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const [logits, target] = broadcastAll(this.logits, value);
    return binaryCrossEntropyWithLogits(logits, target, null, "none").neg();
  }

  override entropy(): Tensor {
    return binaryCrossEntropyWithLogits(this.logits, this.probs, null, "none");
  }

  override enumerateSupport(expand = true): Tensor {
    const values = arange(2)
      .to("float32")
      .reshape([-1, ...this.batchShape.map(() => 1)]);
    return expand ? values.expand([-1, ...this.batchShape]) : values;
  }
}
