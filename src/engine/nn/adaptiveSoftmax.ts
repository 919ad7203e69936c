import { ArgumentError } from "../errors.ts";
import { cat } from "../ops/join.ts";
import { logSoftmax } from "../ops/softmax.ts";
import type { Int } from "../ops/types.ts";
import type { Shape } from "../shape.ts";
import type { Tensor } from "../tensor.ts";
import { ModuleList, Sequential } from "./containers.ts";
import { Linear } from "./linear.ts";
import { Module } from "./module.ts";

/**
 * Softmax for very many classes, which are sorted by frequency and cut into clusters. Called with inputs `[batch, inFeatures]`
 * and targets gives `{ output, loss }`. https://arxiv.org/abs/1609.04309
 * @see https://pytorch.org/docs/stable/generated/torch.nn.AdaptiveLogSoftmaxWithLoss.html
 * @api nn.AdaptiveLogSoftmaxWithLoss
 * @factory
 */
export class AdaptiveLogSoftmaxWithLoss extends Module<[input: Tensor, target: Tensor], { output: Tensor; loss: Tensor }> {
  readonly nClasses: number;
  /** Ends of the clusters, the last one included. */
  readonly cutoffs: readonly number[];
  readonly shortlistSize: number;
  head: Linear;
  tail: ModuleList<Sequential>;

  /**
   * @param cutoffs ends of the clusters but the last
   * @param divValue by how much each rarer cluster's projection is narrower
   */
  constructor(inFeatures: Int, nClasses: Int, cutoffs: Shape, divValue = 4, headBias = false) {
    super();
    const rising = cutoffs.every((cut, i) => Number.isInteger(cut) && cut > (cutoffs[i - 1] ?? 0) && cut < nClasses);
    if (cutoffs.length === 0 || !rising) {
      throw new ArgumentError(
        "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where each value is between 1 and n_classes-1",
      );
    }
    this.nClasses = nClasses;
    this.cutoffs = [...cutoffs, nClasses];
    this.shortlistSize = cutoffs[0]!;
    this.head = new Linear(inFeatures, this.shortlistSize + cutoffs.length, headBias);
    this.tail = new ModuleList(
      cutoffs.map((cut, i) => {
        const width = Math.floor(inFeatures / divValue ** (i + 1));
        return new Sequential(new Linear(inFeatures, width, false), new Linear(width, this.cutoffs[i + 1]! - cut, false));
      }),
    );
  }

  override forward(input_: Tensor, target_: Tensor): { output: Tensor; loss: Tensor } {
    if (input_.dim() === 1) {
      const { output, loss } = this.forward(input_.unsqueeze(0), target_.unsqueeze(0));
      return { output: output.squeeze(0), loss };
    }
    if (input_.shape[0] !== target_.shape[0]) throw new ArgumentError("Input and target_ should have the same size in the batch dimension.", "RuntimeError");
    const all = this.logProb(input_);
    const output = all.gather(1, target_.unsqueeze(1)).squeeze(1);
    return { output, loss: output.neg().mean() };
  }

  /** Log probabilities of all classes: `[batch, nClasses]`. */
  logProb(input: Tensor): Tensor {
    const head = logSoftmax(this.head(input), 1);
    const parts = [head.narrow(1, 0, this.shortlistSize)];
    this.cutoffs.slice(1).forEach((_, i) => {
      const cluster = logSoftmax(this.tail.at(i)(input), 1);
      parts.push(cluster.add(head.narrow(1, this.shortlistSize + i, 1)));
    });
    return cat(parts, 1);
  }

  /** The likeliest class of each input. */
  predict(input: Tensor): Tensor {
    return this.logProb(input).argmax(1);
  }
}
