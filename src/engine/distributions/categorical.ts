import { ArgumentError } from "../errors.ts";
import { broadcastTensors } from "../ops/broadcasting.ts";
import { arange, full } from "../ops/creation.ts";
import { finfo } from "../ops/properties.ts";
import { numelOf, type Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { integerInterval, realVector, simplex, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { logitsToProbs, probsToLogits, requireEither } from "./parameters.ts";

/**
 * One of the numbers 0 … n − 1, each with its own probability.
 * Either of the first two is given, `[...batchShape, n]`.
 * @param probs probabilities, or weights that are divided by their sum
 * @param logits their logarithms, or scores that softmax turns into probabilities
 * @param validateArgs whether parameters and values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#categorical
 * @api torch.distributions.Categorical
 */
export class Categorical extends Distribution {
  constructor(probs: Tensor | null = null, logits: Tensor | null = null, validateArgs: boolean | null = null) {
    requireEither(probs, logits);
    const given = (probs ?? logits)!;
    if (given.dim() < 1) throw new ArgumentError(`\`${probs ? "probs" : "logits"}\` parameter must be at least one-dimensional.`);
    super(given.shape.slice(0, -1), [], validateArgs);
    this.setParameters(probs ? { probs: given.div(given.sum(-1).unsqueeze(-1)) } : { logits: given.sub(given.logsumexp(-1).unsqueeze(-1)) });
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { probs: simplex, logits: realVector };
  }

  override get support(): Constraint {
    return integerInterval(0, this.numEvents - 1);
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  /** `[...batchShape, n]`, along the last dimension their sum is 1. */
  get probs(): Tensor {
    return this.derive("probs", () => logitsToProbs(this.logits, false));
  }

  /** The logarithms of `probs`. */
  get logits(): Tensor {
    return this.derive("logits", () => probsToLogits(this.probs, false));
  }

  /** `[...batchShape, n]` */
  get paramShape(): Shape {
    return (Object.hasOwn(this, "probs") ? this.probs : this.logits).shape;
  }

  protected get numEvents(): number {
    return this.paramShape.at(-1)!;
  }

  /** NaN: the numbers stand for things that have no mean. */
  override get mean(): Tensor {
    return full(this.extendedShape(), NaN);
  }

  override get mode(): Tensor {
    return this.probs.argmax(-1);
  }

  /** NaN, as the mean. */
  override get variance(): Tensor {
    return full(this.extendedShape(), NaN);
  }

  /** Draws numbers 0 … n − 1, `int32`. */
  override sample(sampleShape: Shape = []): Tensor {
    const rows = this.probs.reshape([-1, this.numEvents]);
    return rows.multinomial(numelOf(sampleShape), true).t().reshape(this.extendedShape(sampleShape));
  }

  /** @param value whole numbers 0 … n − 1 */
  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    const [places, logits] = broadcastTensors([value.long().unsqueeze(-1), this.logits]) as [Tensor, Tensor];
    return logits.gather(-1, places.narrow(-1, 0, 1)).squeeze(-1);
  }

  override entropy(): Tensor {
    return this.logits.clamp(finfo("float32").min).mul(this.probs).sum(-1).neg();
  }

  override enumerateSupport(expand = true): Tensor {
    const values = arange(this.numEvents).reshape([-1, ...this.batchShape.map(() => 1)]);
    return expand ? values.expand([-1, ...this.batchShape]) : values;
  }
}
