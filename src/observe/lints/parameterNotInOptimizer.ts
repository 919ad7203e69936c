/**
 * A parameter gets a gradient, and no optimizer has it: it never changes. Of a model of which no parameter has an optimizer that
 * is only said where it stands at the beginning of what is trained: one further on may only be passed through on purpose.
 */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { RelatedPlace } from "../../protocol/index.ts";
import type { ModelWatch } from "../measuring/modelWatch.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { hasGradients } from "./gradientsCleared.ts";
import type { Lint, LintContext } from "./lint.ts";
import { listed, variableName } from "./names.ts";
import { StepsLookedAt } from "./stepsLookedAt.ts";

/** So many steps of an optimizer have to leave a whole model as it is. */
const patience = 3;
/** A model that is trained shows it in its first steps; looking at each of them would cost as much as measuring. */
const mostLooks = 10;

/** What a model's parameters were when they were looked at, and how many steps have left them so. */
interface Left {
  readonly versions: readonly number[];
  readonly steps: number;
  readonly looks: number;
}

export class ParameterNotInOptimizer implements Lint {
  readonly #context: LintContext;
  readonly #steps = new StepsLookedAt();
  /** Models in training mode that were given nothing but data since the last step. */
  readonly #first = new Set<ModelWatch>();
  readonly #left = new WeakMap<Module, Left>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  modelCalled(model: ModelWatch, inputs: readonly unknown[]): void {
    if (!isGradEnabled() || !model.model.modules[0]!.training || this.#first.has(model)) return;
    if (!tensorsOf(inputs).some(({ requiresGrad }) => requiresGrad)) this.#first.add(model);
  }

  afterStep(): void {
    this.#first.clear();
  }

  beforeStep(optimizer: Optimizer): void {
    // One that has no gradients at all goes by none of what is computed.
    if (hasGradients(optimizer)) for (const { model } of this.#first) if (this.#isLeft(model)) this.#tellWhole(optimizer, model);
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

  /** Whether all of it gets gradients, and nothing has ever changed it. */
  #isLeft({ modules }: FoundModel): boolean {
    const root = modules[0]!;
    const before = this.#left.get(root) ?? { versions: [], steps: 0, looks: 0 };
    if (before.looks === mostLooks) return false;
    const all = root.parameters();
    const versions = all.every((parameter) => this.#isForgotten(parameter)) ? all.map(({ storage }) => storage.version) : [];
    const isSame = versions.length === before.versions.length && versions.every((version, i) => version === before.versions[i]);
    const steps = versions.length === 0 ? 0 : isSame ? before.steps + 1 : 1;
    this.#left.set(root, { versions, steps, looks: before.looks + 1 });
    return steps === patience;
  }

  #tellWhole(optimizer: Optimizer, { info }: FoundModel): void {
    const position = this.#context.optimizers.constructedAt(optimizer);
    if (!position || !info.isVariable) return;
    const name = variableName(this.#context, optimizer);
    const message =
      `\`${info.name}\` gets gradients, but it never changes: neither \`${name}\` nor another optimizer holds its parameters. ` +
      `Give them to \`${name}\`, too: \`[…, ...${info.name}.parameters()]\`; or freeze it with \`${info.name}.requiresGrad_(false)\`.`;
    this.#context.tell("parameter-not-in-optimizer", { message, position }, "information");
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
