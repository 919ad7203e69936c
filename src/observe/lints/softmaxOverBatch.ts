/** Probabilities that add up over the samples of a batch and not over the classes: softmax of the wrong dimension. */
import type { Node } from "../../engine/autograd/node.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { Lint, LintContext } from "./lint.ts";
import { softmaxDimension } from "./softmaxNode.ts";

export class SoftmaxOverBatch implements Lint {
  readonly #context: LintContext;
  /** Where the softmax of a node was called, or the layer made that is one. */
  readonly #places = new WeakMap<Node, SourcePosition>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  ran({ name }: { readonly name: string }, _: readonly Tensor[], [output]: readonly Tensor[]): void {
    const node = output?.gradFn;
    const place = node?.operation.name === name && softmaxDimension(node) === 0 ? this.#context.origin() : undefined;
    if (place) this.#places.set(node!, place);
  }

  /** What a loss gets is a sample in each row. */
  loss({ input }: ComputedLoss): void {
    const [samples, classes] = input.shape;
    const position = input.gradFn && input.shape.length === 2 && samples! > 1 && classes! > 1 ? this.#places.get(input.gradFn) : undefined;
    if (!position) return;
    const here = this.#context.here();
    this.#context.tell("softmax-over-batch", {
      message:
        `This softmax goes over dimension 0, which holds the batch's ${samples} samples: each class adds up to 1 over them, and not each sample over its ${classes} classes. ` +
        "Take dimension 1.",
      position,
      ...(here ? { related: [{ message: "the loss gets it here", position: here }] } : {}),
    });
  }
}
