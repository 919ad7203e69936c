import { ArgumentError } from "../errors.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { independent, type Constraint } from "./constraints.ts";
import { Distribution } from "./distribution.ts";
import { sumRightmost } from "./parameters.ts";

/**
 * Counts the last dimensions of a batch as belonging to one draw: `logProb` and `entropy` are their sums.
 * @param baseDistribution the batch
 * @param reinterpretedBatchNdims how many of its last dimensions make one draw
 * @param validateArgs whether arguments are checked. Default true
 * @see https://pytorch.org/docs/stable/distributions.html#independent
 * @api torch.distributions.Independent
 */
export class Independent<Base extends Distribution = Distribution> extends Distribution {
  readonly baseDist: Base;
  readonly reinterpretedBatchNdims: number;

  constructor(baseDistribution: Base, reinterpretedBatchNdims: number, validateArgs: boolean | null = null) {
    const { batchShape, eventShape } = baseDistribution;
    const kept = batchShape.length - reinterpretedBatchNdims;
    if (kept < 0) {
      throw new ArgumentError(
        `Expected reinterpreted_batch_ndims <= len(base_distribution.batch_shape), actual ${reinterpretedBatchNdims} vs ${batchShape.length}`,
      );
    }
    super(batchShape.slice(0, kept), [...batchShape.slice(kept), ...eventShape], validateArgs);
    this.baseDist = baseDistribution;
    this.reinterpretedBatchNdims = reinterpretedBatchNdims;
  }

  override get argConstraints(): Readonly<Record<string, Constraint>> {
    return {};
  }

  override get support(): Constraint {
    const { support } = this.baseDist;
    return this.reinterpretedBatchNdims === 0 ? support : independent(support, this.reinterpretedBatchNdims);
  }

  override get hasRsample(): boolean {
    return this.baseDist.hasRsample;
  }

  override get hasEnumerateSupport(): boolean {
    return this.reinterpretedBatchNdims === 0 && this.baseDist.hasEnumerateSupport;
  }

  override get mean(): Tensor {
    return this.baseDist.mean;
  }

  override get mode(): Tensor {
    return this.baseDist.mode;
  }

  override get variance(): Tensor {
    return this.baseDist.variance;
  }

  override expand(batchShape: Shape): this {
    return this.with({
      baseDist: this.baseDist.expand([...batchShape, ...this.eventShape.slice(0, this.reinterpretedBatchNdims)]),
      batchShape: [...batchShape],
    });
  }

  override sample(sampleShape: Shape = []): Tensor {
    return this.baseDist.sample(sampleShape);
  }

  override rsample(sampleShape: Shape = []): Tensor {
    return this.baseDist.rsample(sampleShape);
  }

  override logProb(value: Tensor): Tensor {
    return sumRightmost(this.baseDist.logProb(value), this.reinterpretedBatchNdims);
  }

  override entropy(): Tensor {
    return sumRightmost(this.baseDist.entropy(), this.reinterpretedBatchNdims);
  }

  override enumerateSupport(expand = true): Tensor {
    if (this.reinterpretedBatchNdims > 0) throw new ArgumentError("Enumeration over cartesian product is not implemented", "NotImplementedError");
    return this.baseDist.enumerateSupport(expand);
  }

  override toString(): string {
    return `${this.constructor.name}(${this.baseDist}, ${this.reinterpretedBatchNdims})`;
  }
}
