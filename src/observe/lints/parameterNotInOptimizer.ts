/** A parameter gets a gradient, and no optimizer has it, though others of its model have one: it never changes. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { RelatedPlace } from "../../protocol/index.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import type { Lint, LintContext } from "./lint.ts";
import { listed, variableName } from "./names.ts";
import { StepsLookedAt } from "./stepsLookedAt.ts";

export class ParameterNotInOptimizer implements Lint {
  readonly #context: LintContext;
  readonly #steps = new StepsLookedAt();

  constructor(context: LintContext) {
    this.#context = context;
  }

  beforeStep(optimizer: Optimizer): void {
    if (!this.#steps.next(optimizer)) return;
    for (const { model } of this.#context.watches.steppedBy(optimizer)) {
      const all = model.modules[0]!.namedParameters();
      const forgotten = all.filter(([, parameter]) => this.#isForgotten(parameter));
      // Of a model that is only passed through on the way to what is trained, nothing is to change.
      if (forgotten.length > 0 && all.some(([, parameter]) => this.#context.course.iterations.isOwned(parameter)))
        this.#tell(
          optimizer,
          model,
          forgotten.map(([path]) => path),
        );
    }
  }

  #isForgotten(parameter: Tensor): boolean {
    return parameter.requiresGrad && parameter.gradSlot !== null && !this.#context.course.iterations.isOwned(parameter);
  }

  #tell(optimizer: Optimizer, { info }: FoundModel, paths: readonly string[]): void {
    const position = this.#context.optimizers.constructedAt(optimizer);
    // That says why.
    if (!position || this.#context.isTold("optimizer-before-surgery", position)) return;
    const name = variableName(this.#context, optimizer);
    const [one, they, them] = paths.length === 1 ? ["gets a gradient", "it", "it"] : ["get gradients", "they", "them"];
    const message =
      `${listed(paths)} of \`${info.name}\` ${one}, but ${they} never change${paths.length === 1 ? "s" : ""}: \`${name}\` doesn't hold ${them}, nor does another optimizer. ` +
      `Give it \`${info.isVariable ? info.name : "model"}.parameters()\`, or freeze ${them} with \`requiresGrad_(false)\`.`;
    const owner = info.modules.find(({ path, parameters }) => parameters.some((own) => paths[0] === (path === "" ? own.name : `${path}.${own.name}`)));
    const related: readonly RelatedPlace[] = owner?.constructedAt ? [{ message: `\`${paths[0]}\` is made here`, position: owner.constructedAt }] : [];
    this.#context.tell("parameter-not-in-optimizer", { message, position, related });
  }
}
