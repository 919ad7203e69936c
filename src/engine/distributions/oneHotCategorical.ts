import { eye } from "../ops/creation.ts";
import { oneHot as oneHotOf } from "../ops/embedding.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { Categorical } from "./categorical.ts";
import { oneHot, realVector, simplex, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";

/**
 * `Categorical` with draws of one 1 among zeros, `float32`, in place of its number.
 * Either of the first two is given, `[...batchShape, n]`.
 * @param probs probabilities, or weights that are divided by their sum
 * @param logits their logarithms, or scores that softmax turns into probabilities
 * @param validateArgs whether values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#onehotcategorical
 * @api torch.distributions.OneHotCategorical
 */
export class OneHotCategorical extends Distribution {
  /** The distribution of the number. @internal */
  readonly categorical: Categorical;

  constructor(probs: Tensor | null = null, logits: Tensor | null = null, validateArgs: boolean | null = null) {
    const categorical = new Categorical(probs, logits);
    super(categorical.batchShape, categorical.paramShape.slice(-1), validateArgs);
    this.categorical = categorical;
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return { probs: simplex, logits: realVector };
  }

  override get support(): Constraint {
    return oneHot;
  }

  override get hasEnumerateSupport(): boolean {
    return true;
  }

  /** `[...batchShape, n]`, along the last dimension their sum is 1. */
  get probs(): Tensor {
    return this.categorical.probs;
  }

  /** The logarithms of `probs`. */
  get logits(): Tensor {
    return this.categorical.logits;
  }

  /** `[...batchShape, n]` */
  get paramShape(): Shape {
    return this.categorical.paramShape;
  }

  override get mean(): Tensor {
    return this.probs;
  }

  override get mode(): Tensor {
    return this.marked(this.categorical.mode);
  }

  override get variance(): Tensor {
    return this.probs.mul(this.probs.neg().add(1));
  }

  override expand(batchShape: Shape): this {
    return this.with({ categorical: this.categorical.expand(batchShape), batchShape: [...batchShape] });
  }

  override sample(sampleShape: Shape = []): Tensor {
    return this.marked(this.categorical.sample(sampleShape));
  }

  protected marked(places: Tensor): Tensor {
    return oneHotOf(places, this.eventShape[0]).to(this.probs);
  }

  /** @param value one 1 among zeros along the last dimension */
  override logProb(value: Tensor): Tensor {
    this.validateSample(value);
    return this.categorical.logProb(value.argmax(-1));
  }

  override entropy(): Tensor {
    return this.categorical.entropy();
  }

  override enumerateSupport(expand = true): Tensor {
    const [count] = this.eventShape;
    const values = eye(count!).reshape([count!, ...this.batchShape.map(() => 1), count!]);
    return expand ? values.expand([count!, ...this.batchShape, count!]) : values;
  }
}

/**
 * `OneHotCategorical` whose draws hand their gradient on to the probabilities, as if they were these.
 * @param probs probabilities, or weights that are divided by their sum
 * @param logits their logarithms, or scores that softmax turns into probabilities
 * @param validateArgs whether values are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#torch.distributions.one_hot_categorical.OneHotCategoricalStraightThrough
 * @api torch.distributions.OneHotCategoricalStraightThrough
 */
export class OneHotCategoricalStraightThrough extends OneHotCategorical {
  override get hasRsample(): boolean {
    return true;
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.sample(sampleShape).add(this.probs.sub(this.probs.detach()));
  }
}
