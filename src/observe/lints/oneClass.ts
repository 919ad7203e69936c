/** A softmax over a single number is 1, whatever that is: a loss of it never changes. */
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Lint, LintContext } from "./lint.ts";
import { softmaxDimension } from "./softmaxNode.ts";

export class OneClass implements Lint {
  readonly #context: LintContext;

  constructor(context: LintContext) {
    this.#context = context;
  }

  loss({ name, input }: ComputedLoss): void {
    const isOfClasses = name === "crossEntropy" && input.shape[input.shape.length === 1 ? 0 : 1] === 1;
    if (!isOfClasses && !isSoftmaxOfOne(input)) return;
    const position = this.#context.here();
    if (!position) return;
    const message =
      `${isOfClasses ? "Cross entropy gets outputs with one class alone" : "These outputs went through a softmax over one number alone"}: its probability is 1, whatever comes in, and no gradient flows. ` +
      "For yes or no use one output and `nn.BCEWithLogitsLoss`, or an output for each class.";
    this.#context.tell("one-class", { message, position });
  }
}

function isSoftmaxOfOne({ gradFn, shape }: ComputedLoss["input"]): boolean {
  const dimension = softmaxDimension(gradFn);
  return dimension !== undefined && shape[dimension] === 1;
}
