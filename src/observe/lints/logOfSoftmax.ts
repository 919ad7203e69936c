/** `softmax(x).log()`: a probability that is too small for a float32 becomes −∞, and its gradient NaN. */
import type { Tensor } from "../../engine/tensor.ts";
import type { Lint, LintContext } from "./lint.ts";
import { madeBy } from "./madeBy.ts";

export class LogOfSoftmax implements Lint {
  readonly #context: LintContext;

  constructor(context: LintContext) {
    this.#context = context;
  }

  ran({ name }: { readonly name: string }, [input]: readonly Tensor[]): void {
    if (name !== "LogBackward0" || madeBy(input!)?.name !== "SoftmaxBackward0") return;
    const position = this.#context.here();
    if (!position) return;
    const message =
      "This is the logarithm of a softmax: where a probability is too small to be told from 0 it gives −∞, and NaN as its gradient. " +
      "Use logSoftmax, which takes both at once.";
    this.#context.tell("log-of-softmax", { message, position });
  }
}
