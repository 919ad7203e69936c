/** An optimizer that takes step after step without a gradient: `backward()` is never called, or reaches another model. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { hasGradients } from "./gradientsCleared.ts";
import type { Lint, LintContext } from "./lint.ts";
import { variableName } from "./names.ts";

/** So many of its first steps have to change nothing; one that is given a closure computes its gradients in the first. */
const patience = 3;
/** A program may construct optimizers for ever. */
const mostOptimizers = 50;

export class StepWithoutGradient implements Lint {
  readonly #context: LintContext;
  /** Steps that each has taken of those whose parameters never had a gradient. */
  readonly #steps = new Map<Optimizer, number>();
  #hasGoneBackward = false;

  constructor(context: LintContext) {
    this.#context = context;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    if (this.#steps.size < mostOptimizers) this.#steps.set(optimizer, 0);
  }

  afterBackward(): void {
    this.#hasGoneBackward = true;
    for (const optimizer of this.#steps.keys()) if (hasGradients(optimizer)) this.#steps.delete(optimizer);
  }

  beforeStep(optimizer: Optimizer): void {
    const steps = this.#steps.get(optimizer);
    if (steps === undefined) return;
    this.#steps.set(optimizer, steps + 1);
    if (hasGradients(optimizer) || this.#context.isFrozenByHand()) this.#steps.delete(optimizer);
    else if (steps + 1 === patience) this.#tell(optimizer);
  }

  #tell(optimizer: Optimizer): void {
    const position = this.#context.here();
    if (!position) return;
    const name = variableName(this.#context, optimizer);
    const why = this.#hasGoneBackward
      ? `\`backward()\` has reached none of the parameters that \`${name}\` holds. Give it those of the model whose outputs the loss is computed of.`
      : "`backward()` was never called. Call it on the loss before the step.";
    const made = this.#context.optimizers.constructedAt(optimizer);
    const related = made ? { related: [{ message: `\`${name}\` is made here`, position: made }] } : {};
    this.#context.tell("step-without-gradient", { message: `This step changes nothing: ${why}`, position, ...related });
  }
}
