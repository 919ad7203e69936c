/** A loss gets data where the outputs belong, and the model's outputs for targets. */
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Lint, LintContext } from "./lint.ts";

/** Losses for which it makes a difference. */
const ordered: ReadonlySet<string> = new Set(["binaryCrossEntropy", "binaryCrossEntropyWithLogits", "crossEntropy"]);

export class LossArgumentsSwapped implements Lint {
  readonly #context: LintContext;

  constructor(context: LintContext) {
    this.#context = context;
  }

  loss({ name, input, target }: ComputedLoss): void {
    if (!ordered.has(name) || input.requiresGrad || !target.requiresGrad) return;
    const position = this.#context.here();
    if (!position) return;
    const message = `\`${name}\` takes the outputs first and the targets second. Here the first has no gradient, and the second comes from a model: they stand the other way round.`;
    this.#context.tell("loss-arguments-swapped", { message, position });
  }
}
