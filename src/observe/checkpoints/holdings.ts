/** What of a run lasts from one step to the next, in the order in which the program made it: whatever runs the program again meets the same. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";
import type { Resumable } from "../../engine/instrument.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { defaultGenerator, type Generator, type NumpyLegacyGenerator } from "../../engine/random/index.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import type { Optimizers } from "../models/optimizers.ts";

export type Stream = Generator | NumpyLegacyGenerator;

/** As many of a kind are remembered, the latest; a program may make them in a loop for ever. */
const most = 50;
/** A copy of a model is as large as the model: a program that keeps the best of each epoch makes many. */
const mostCopies = 4;

export class Holdings {
  readonly #registry: ModelRegistry;
  readonly #optimizers: Optimizers;
  #copies: readonly Module[] = [];
  #schedulers: readonly Resumable[] = [];
  #loaders: readonly DataLoader[] = [];
  #streams: readonly Stream[] = [];

  constructor(registry: ModelRegistry, optimizers: Optimizers) {
    this.#registry = registry;
    this.#optimizers = optimizers;
  }

  /** @param copies the outer before the inner */
  modulesCopied(copies: readonly AnyModule[]): void {
    const inside = new Set<unknown>(copies.flatMap((copy) => copy.modules().slice(1)));
    this.#copies = [...this.#copies, ...(copies.filter((copy) => !inside.has(copy)) as unknown as Module[])].slice(-mostCopies);
  }

  schedulerConstructed(scheduler: Resumable): void {
    this.#schedulers = [...this.#schedulers, scheduler].slice(-most);
  }

  loaderConstructed(loader: DataLoader): void {
    this.#loaders = [...this.#loaders, loader].slice(-most);
  }

  generatorConstructed(stream: Stream): void {
    this.#streams = [...this.#streams, stream].slice(-most);
  }

  /** Those that are no part of another, by what the program calls them. */
  get models(): ReadonlyMap<string, Module> {
    const all = [...this.#registry.standalone, ...this.#copies];
    const inside = new Set<Module>(all.flatMap((module) => module.modules().slice(1)));
    const found = new Map<string, Module>();
    for (const module of all) {
      if (inside.has(module) || (module.parameters().length === 0 && module.buffers().length === 0 && module.training)) continue;
      found.set(unusedName(this.#registry.variableOf(module as unknown as AnyModule) ?? module.constructor.name, found), module);
    }
    return found;
  }

  get optimizers(): readonly Optimizer[] {
    return this.#optimizers.all;
  }

  /** What optimizers change that is no model's. */
  get loose(): ReadonlyMap<string, Tensor> {
    const known = new Set<Tensor>([...this.models.values()].flatMap((model) => model.parameters()));
    const all = new Set(this.optimizers.flatMap(({ paramGroups }) => paramGroups.flatMap(({ params }) => params)));
    return new Map([...all].filter((tensor) => !known.has(tensor)).map((tensor, i) => [`parameter.${i}`, tensor]));
  }

  get schedulers(): readonly Resumable[] {
    return this.#schedulers;
  }

  get loaders(): readonly DataLoader[] {
    return this.#loaders;
  }

  /** The default generator comes first. */
  get streams(): readonly Stream[] {
    return [defaultGenerator, ...this.#streams];
  }
}

/** `net`, then `net#2`. */
function unusedName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}#${number}`)) number++;
  return `${name}#${number}`;
}
