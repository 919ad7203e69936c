/** An optimizer was made of a model's parameters, and then some of them were replaced: it goes on changing those that are gone. */
import type { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Lint, LintContext } from "./lint.ts";
import { listed, variableName } from "./names.ts";

/** Where a parameter stood when the optimizer was made. */
interface Place {
  readonly root: Module;
  readonly path: string;
}

/** A program may construct optimizers in a loop for ever. */
const mostOptimizers = 20;

export class OptimizerBeforeSurgery implements Lint {
  readonly #context: LintContext;
  readonly #places = new WeakMap<Optimizer, ReadonlyMap<Tensor, Place>>();
  #count = 0;

  constructor(context: LintContext) {
    this.#context = context;
  }

  optimizerConstructed(optimizer: Optimizer): void {
    if (this.#count++ >= mostOptimizers) return;
    const held = new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
    const places = new Map<Tensor, Place>();
    for (const root of this.#context.registry.standalone) {
      for (const [path, parameter] of root.namedParameters()) if (held.has(parameter) && !places.has(parameter)) places.set(parameter, { root, path });
    }
    this.#places.set(optimizer, places);
  }

  beforeStep(optimizer: Optimizer): void {
    const places = this.#places.get(optimizer);
    const position = places && this.#context.optimizers.constructedAt(optimizer);
    if (!position) return;
    this.#places.delete(optimizer);
    const replaced = this.#replaced(places);
    if (replaced.length === 0) return;
    const { root, path } = replaced[0]!;
    const owner = root.getSubmodule(path.split(".").slice(0, -1).join("."));
    const made = this.#context.registry.constructedAt(owner);
    const name = variableName(this.#context, optimizer);
    const message =
      `\`${name}\` was made before ${listed(replaced.map((place) => place.path))} ${replaced.length === 1 ? "was" : "were"} replaced: ` +
      "it holds what was there before, so that what is there now is not trained. Make the optimizer after the model is complete.";
    this.#context.tell("optimizer-before-surgery", {
      message,
      position,
      ...(made ? { related: [{ message: "what is there now is made here", position: made }] } : {}),
    });
  }

  /** Places where another parameter stands now, which no optimizer has. */
  #replaced(places: ReadonlyMap<Tensor, Place>): readonly Place[] {
    const now = new Map<Module, ReadonlyMap<string, Tensor>>();
    return [...places].flatMap(([parameter, place]) => {
      const all = now.get(place.root) ?? new Map(place.root.namedParameters());
      now.set(place.root, all);
      const there = all.get(place.path);
      const isGone = there !== undefined && there !== parameter && ![...all.values()].includes(parameter as never);
      return isGone && there.requiresGrad && !this.#context.course.iterations.isOwned(there) ? [place] : [];
    });
  }
}
