/** What a training begins with, written down for whoever begins it elsewhere: the models' weights, and data that the program drew. */
import { join } from "node:path";
import type { AnyModule, Module } from "../engine/nn/module.ts";
import type { Optimizer } from "../engine/optim/optimizer.ts";
import { Tensor, data, save } from "../engine/index.ts";
import type { Observer } from "../observe/observer.ts";
import type { ValuePlace } from "../observe/values/valuePlace.ts";
import type { BeginningOptions } from "../protocol/index.ts";

type Weights = ReadonlyMap<string, Tensor>;

/** An inspection's watch that looks at two more things: what optimizers get, and what some variables are given. */
export class Beginning {
  readonly #wanted: BeginningOptions;
  readonly #observer: Observer;
  readonly #places: readonly ValuePlace[];
  /** In the order in which optimizers got them: each with the weights that it had then. */
  readonly #begun = new Map<Module, Weights>();
  readonly #values = new Map<string, Tensor>();

  constructor(wanted: BeginningOptions, observer: Observer, places: readonly ValuePlace[]) {
    this.#wanted = wanted;
    this.#observer = observer;
    this.#places = places;
  }

  /** Hears of optimizers after the observer did. */
  listen(): void {
    const told = this.#observer.optimizerConstructed;
    this.#observer.optimizerConstructed = (optimizer) => {
      Reflect.apply(told, this.#observer, [optimizer]);
      this.#optimizerConstructed(optimizer);
    };
  }

  #optimizerConstructed(optimizer: Optimizer): void {
    const given = new Set(optimizer.paramGroups.flatMap(({ params }) => params));
    for (const model of this.#models()) if (model.parameters().some((parameter) => given.has(parameter))) this.#keep(model);
  }

  value(value: unknown, index: number): void {
    if (!(value instanceof Tensor)) return;
    const place = this.#places[index]!;
    const { name } = this.#wanted.values.find((each) => place.kind === "variable" && each.name === place.text && each.line === place.position.line) ?? {};
    if (name !== undefined && !this.#values.has(name)) this.#values.set(name, value.detach().clone());
  }

  /** Writes `weights.pt` and `data.npz` into the folder: a model's state, or several by their names. */
  write(): void {
    for (const model of this.#models()) this.#keep(model);
    const named = new Map<string, Weights>();
    for (const [model, weights] of this.#begun) named.set(this.#nameFor(model, named), weights);
    const [first] = named.values();
    if (first) save(named.size === 1 ? first : named, join(this.#wanted.folder, "weights.pt"));
    if (this.#values.size > 0) data.writeNpz(join(this.#wanted.folder, "data.npz"), this.#values);
  }

  #models(): Module[] {
    const all = this.#observer.registry.standalone;
    const held = new Set(all.flatMap((module) => module.modules().slice(1)));
    return all.filter((module) => !held.has(module) && module.parameters().length > 0);
  }

  #keep(model: Module): void {
    if (this.#begun.has(model)) return;
    this.#begun.set(model, new Map([...model.stateDict()].map(([name, tensor]) => [name, tensor.detach().clone()])));
  }

  #nameFor(model: Module, taken: ReadonlyMap<string, unknown>): string {
    const name = this.#observer.registry.variableOf(model as AnyModule) ?? model.constructor.name;
    let free = name;
    for (let i = 2; taken.has(free); i++) free = `${name}${i}`;
    return free;
  }
}
