/** Parameters that an optimizer holds and that never get a gradient: their module is never called, or nothing of it reaches the loss. */
import { ModuleDict, ModuleList } from "../../engine/nn/containers.ts";
import { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import { hasGradients } from "./gradientsCleared.ts";
import type { Lint, LintContext } from "./lint.ts";
import { listed } from "./names.ts";

/** Parts may be used only now and then: so many steps of a training have to leave them out. */
const patience = 20;

interface Suspects {
  steps: number;
  /** Parameters that had no gradient in any step yet. */
  readonly parameters: Set<Tensor>;
  model: FoundModel;
}

export class Untrained implements Lint {
  readonly #context: LintContext;
  /** By the root of the model. */
  readonly #suspects = new Map<Optimizer, Map<Module, Suspects>>();

  constructor(context: LintContext) {
    this.#context = context;
  }

  beforeStep(optimizer: Optimizer): void {
    const { watches, isInspection } = this.#context;
    // That the optimizer has no gradient at all is said of the step.
    if (!hasGradients(optimizer)) return;
    const own = this.#suspects.get(optimizer) ?? new Map<Module, Suspects>();
    this.#suspects.set(optimizer, own);
    for (const { model } of watches.steppedBy(optimizer)) {
      const root = model.modules[0]!;
      const suspects = own.get(root) ?? { steps: 0, parameters: untouched(optimizer, root), model };
      own.set(root, suspects);
      if (suspects.steps > patience) continue;
      suspects.steps++;
      suspects.model = model;
      for (const parameter of suspects.parameters) if (parameter.gradSlot !== null || !parameter.requiresGrad) suspects.parameters.delete(parameter);
      if (isInspection || suspects.steps === patience) this.#tell(suspects);
    }
  }

  /** Of a training that was shorter. */
  finish(): void {
    if (this.#context.isInspection) return;
    for (const suspects of [...this.#suspects.values()].flatMap((own) => [...own.values()])) if (suspects.steps < patience) this.#tell(suspects);
  }

  #tell({ parameters, model }: Suspects): void {
    const { modules } = model;
    const { registry } = this.#context;
    // A part of a model that is called only in parts is used in ways that can't be told.
    if (parameters.size === 0 || registry.isNew(modules[0]!)) return;
    for (const [index, module] of modules.entries()) {
      const own = module.namedParameters("", false).filter(([, parameter]) => parameters.has(parameter));
      if (own.length === 0) continue;
      if (!registry.isNew(module))
        this.#tellWithout(
          model,
          index,
          own.map(([name]) => name),
        );
      else this.#tellNeverCalled(model, this.#whole(model, index, parameters));
    }
  }

  /** The largest part around a module that is never called either, with all that is in it. */
  #whole(model: FoundModel, index: number, untrained: ReadonlySet<Tensor>): number {
    const { modules, info } = model;
    const parent = info.modules[index]!.parent;
    if (parent === null || parent === 0 || !this.#context.registry.isNew(modules[parent]!)) return index;
    const isAll = modules[parent]!.parameters().every((parameter) => untrained.has(parameter));
    return isAll ? this.#whole(model, parent, untrained) : index;
  }

  /** Whether one step says nothing of it: it is one of several of which others are called, or one that is called under some condition. */
  #isChoice(model: FoundModel, index: number): boolean {
    const { isInspection, registry } = this.#context;
    const { modules, info } = model;
    const { parent, name } = info.modules[index]!;
    if (!isInspection || parent === null) return false;
    const owner = modules[parent]!;
    if (!(owner instanceof ModuleList || owner instanceof ModuleDict)) return isNamedIn(owner, name);
    return owner.modules().some((part) => part !== (owner as unknown) && !registry.isNew(part)) || this.#isChoice(model, parent);
  }

  #tellWithout({ info, modules }: FoundModel, index: number, names: readonly string[]): void {
    const { path, type, constructedAt } = info.modules[index]!;
    const position = this.#context.source.fieldAt(modules[index]!.constructor, names[0]!) ?? constructedAt;
    if (!position) return;
    const [them, learn] = names.length === 1 ? ["it", "it doesn't learn"] : ["them", "they don't learn"];
    const message =
      `No gradient reaches ${listed(names)} of \`${path || type}\`, so ${learn}: nothing that the loss depends on comes from there. ` +
      `Use ${them} on the way to the loss (a \`detach()\`, \`noGrad\` or \`item()\` cuts that), or freeze ${them} with \`requiresGrad_(false)\`.`;
    this.#context.tell("parameter-without-gradient", { message, position });
  }

  #tellNeverCalled(model: FoundModel, index: number): void {
    const { path, type, constructedAt } = model.info.modules[index]!;
    if (!constructedAt || this.#isChoice(model, index)) return;
    const message = `\`${path || type}\` is never called, so its parameters don't learn. Call it in \`forward\`, or take it out.`;
    this.#context.tell("module-never-called", { message, position: constructedAt });
  }
}

/** What the optimizer is to train of the model. */
function untouched(optimizer: Optimizer, root: Module): Set<Tensor> {
  const held = new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
  return new Set(root.parameters().filter((parameter) => parameter.requiresGrad && held.has(parameter)));
}

/** Whether one of the module's own methods speaks of that property, or of any. */
function isNamedIn(owner: Module, property: string): boolean {
  for (let at = Object.getPrototypeOf(owner) as object; at !== Module.prototype && at !== null; at = Object.getPrototypeOf(at) as object) {
    const methods = Object.entries(Object.getOwnPropertyDescriptors(at)).filter(([name, { value }]) => name !== "constructor" && typeof value === "function");
    const words = methods.flatMap(([, { value }]) => Function.prototype.toString.call(value).match(/[\p{ID_Continue}$]+|this\[/gu) ?? []);
    if (words.some((word) => word === property || word === "this[")) return true;
  }
  return false;
}
