/**
 * A frozen parameter in an optimizer. To hand over all of a model's parameters is usual, and those that are frozen have no
 * gradient and stay as they are: nothing is said of that. One that still has a gradient moves though it is frozen; and an
 * optimizer that was given some of the parameters by hand, a frozen one among them, was probably given the wrong ones.
 */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import type { Lint, LintContext } from "./lint.ts";
import { listed, variableName } from "./names.ts";
import { StepsLookedAt } from "./stepsLookedAt.ts";

export class FrozenInOptimizer implements Lint {
  readonly #context: LintContext;
  readonly #steps = new StepsLookedAt();

  constructor(context: LintContext) {
    this.#context = context;
  }

  beforeStep(optimizer: Optimizer): void {
    if (!this.#steps.next(optimizer) || this.#context.isFrozenByHand()) return;
    const held = new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
    for (const { model } of this.#context.watches.steppedBy(optimizer)) this.#look(optimizer, held, model);
  }

  #look(optimizer: Optimizer, held: ReadonlySet<Tensor>, { modules, info }: FoundModel): void {
    const all = modules[0]!.namedParameters();
    const frozen = all.filter(([, parameter]) => !parameter.requiresGrad && held.has(parameter));
    const moving = frozen.filter(([, { gradSlot }]) => gradSlot !== null);
    const isPicked = all.some(([, parameter]) => !held.has(parameter));
    const found = moving.length > 0 ? moving : isPicked ? frozen : [];
    const position = found.length > 0 ? this.#context.optimizers.constructedAt(optimizer) : undefined;
    if (!position) return;
    const name = variableName(this.#context, optimizer);
    const paths = listed(found.map(([path]) => path));
    const [are, they] = found.length === 1 ? ["is", "it"] : ["are", "they"];
    const message =
      moving.length > 0
        ? `${paths} of \`${info.name}\` ${are} frozen, and \`${name}\` changes ${they === "it" ? "it" : "them"} all the same, by the gradient from before. ` +
          `Call \`${name}.zeroGrad()\` where ${they} ${are} frozen.`
        : `\`${name}\` holds ${paths} of \`${info.name}\`, which ${are} frozen: nothing of ${they === "it" ? "it" : "them"} will be trained. ` +
          `Unfreeze ${they === "it" ? "it" : "them"} with \`requiresGrad_(true)\`, or leave ${they === "it" ? "it" : "them"} out of \`${name}\`.`;
    this.#context.tell("frozen-in-optimizer", { message, position }, moving.length > 0 ? "warning" : undefined);
  }
}
