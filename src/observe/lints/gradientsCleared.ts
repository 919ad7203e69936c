/** A step that changes nothing: what `backward()` gave its parameters was taken away again before. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { variableName } from "./names.ts";
import type { Lint, LintContext } from "./lint.ts";

/** Of an optimizer, its first steps are looked at; a program that does so does it from the beginning. */
const stepsLookedAt = 5;
/** A program may construct optimizers for ever. */
const mostOptimizers = 50;

export class GradientsCleared implements Lint {
  readonly #context: LintContext;
  /** Steps that each has taken. */
  readonly #steps = new Map<Optimizer, number>();
  /** Those whose parameters got gradients since they stepped last. */
  readonly #given = new Set<Optimizer>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    if (this.#steps.size < mostOptimizers) this.#steps.set(optimizer, 0);
  }

  afterBackward(): void {
    for (const optimizer of this.#steps.keys()) if (hasGradients(optimizer)) this.#given.add(optimizer);
  }

  beforeStep(optimizer: Optimizer): void {
    const steps = this.#steps.get(optimizer);
    if (steps === undefined) return;
    if (steps + 1 < stepsLookedAt) this.#steps.set(optimizer, steps + 1);
    else this.#steps.delete(optimizer);
    if (!this.#given.delete(optimizer) || hasGradients(optimizer)) return;
    const position = this.#context.here();
    if (!position) return;
    const name = variableName(this.#context, optimizer);
    const message =
      `This step changes nothing: the gradients that \`backward()\` gave were set back before \`${name}\` could use them. ` +
      `Call \`${name}.zeroGrad()\` before \`backward()\`, or after the step.`;
    this.#context.tell("gradients-cleared", { message, position });
  }
}

/** Whether there is anything for it to go by. */
export function hasGradients({ paramGroups }: Optimizer): boolean {
  return paramGroups.some(({ params }) => params.some(({ gradSlot }) => gradSlot !== null));
}
