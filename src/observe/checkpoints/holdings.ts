/** What of a run lasts from one step to the next, in the order in which the program made it: whatever runs the program again meets the same. */
import type { Resumable } from "../../engine/instrument.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { defaultGenerator, type Generator, type NumpyLegacyGenerator } from "../../engine/random/index.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import type { Optimizers } from "../models/optimizers.ts";
import type { Course } from "../steps/course.ts";
import { LoaderPositions } from "./loaderPositions.ts";

export type Stream = Generator | NumpyLegacyGenerator;

/** As many of a kind are remembered, the latest; a program may make them in a loop for ever. */
const most = 50;
/** A copy of a model is as large as the model, and a program may make one in each epoch. */
const [mostCopies, mostOfLine] = [16, 2];

interface Copy {
  readonly module: Module;
  /** Where the program made it. */
  readonly line: string;
}

/** Steps that the run had taken when an optimizer was made, and when it stepped last. */
interface Times {
  readonly made: number;
  stepped: number | undefined;
}

export class Holdings {
  readonly #course: Course;
  readonly #registry: ModelRegistry;
  readonly #optimizers: Optimizers;
  readonly #times = new WeakMap<Optimizer, Times>();
  #copies: readonly Copy[] = [];
  #schedulers: readonly Resumable[] = [];
  #streams: readonly Stream[] = [];
  readonly loaders = new LoaderPositions();

  constructor(course: Course, registry: ModelRegistry, optimizers: Optimizers) {
    this.#course = course;
    this.#registry = registry;
    this.#optimizers = optimizers;
  }

  /** @param copies the outer before the inner @param line where the program made them */
  modulesCopied(copies: readonly AnyModule[], line: string): void {
    const inside = new Set<unknown>(copies.flatMap((copy) => copy.modules().slice(1)));
    for (const module of copies as unknown as readonly Module[]) if (!inside.has(module)) this.#remember({ module, line });
  }

  optimizerConstructed(optimizer: Optimizer): void {
    this.#times.set(optimizer, { made: this.#course.steps, stepped: undefined });
  }

  optimizerStepped(optimizer: Optimizer): void {
    const times = this.#times.get(optimizer);
    if (times) times.stepped = this.#course.steps;
  }

  schedulerConstructed(scheduler: Resumable): void {
    this.#schedulers = [...this.#schedulers, scheduler].slice(-most);
  }

  generatorConstructed(stream: Stream): void {
    this.#streams = [...this.#streams, stream].slice(-most);
  }

  /** Those that are no part of another, by what the program calls them. */
  get models(): ReadonlyMap<string, Module> {
    const all = [...this.#registry.standalone, ...this.#copies.map(({ module }) => module)];
    const inside = new Set<Module>(all.flatMap((module) => module.modules().slice(1)));
    const given = this.#givenUp();
    const found = new Map<string, Module>();
    for (const module of all) {
      const parameters = module.parameters();
      const isNothing = parameters.length === 0 && module.buffers().length === 0 && module.training;
      if (inside.has(module) || isNothing || parameters.some((parameter) => given.has(parameter))) continue;
      found.set(unusedName(this.#registry.variableOf(module as unknown as AnyModule) ?? module.constructor.name, found), module);
    }
    return found;
  }

  /** Those in use: of several that the same line made, none that gave way to a later one. */
  get optimizers(): readonly Optimizer[] {
    const { all } = this.#optimizers;
    return all.filter((optimizer, i) => !all.slice(i + 1).some((later) => this.#gaveWay(optimizer, later)));
  }

  get schedulers(): readonly Resumable[] {
    return this.#schedulers;
  }

  /** What optimizers change that is no model's. */
  get loose(): ReadonlyMap<string, Tensor> {
    const known = new Set<Tensor>([...this.models.values()].flatMap((model) => model.parameters()));
    const all = new Set(this.optimizers.flatMap(parametersOf));
    return new Map([...all].filter((tensor) => !known.has(tensor)).map((tensor, i) => [`parameter.${i}`, tensor]));
  }

  /** The default generator comes first. */
  get streams(): readonly Stream[] {
    return [defaultGenerator, ...this.#streams];
  }

  #remember(copy: Copy): void {
    const ofLine = this.#copies.filter(({ line }) => line === copy.line);
    const goes = ofLine.length < mostOfLine ? undefined : ofLine[0];
    this.#copies = [...this.#copies.filter((one) => one !== goes), copy].slice(-mostCopies);
  }

  /** Whether it had been in use, and was no more once `later` was made in its place. */
  #gaveWay(optimizer: Optimizer, later: Optimizer): boolean {
    const stepped = this.#times.get(optimizer)?.stepped;
    if (stepped === undefined || stepped > this.#times.get(later)!.made) return false;
    const [place, other] = [optimizer, later].map((one) => this.#optimizers.constructedAt(one));
    return place !== undefined && place.file === other?.file && place.line === other.line && place.column === other.column;
  }

  /** What only optimizers change that gave way. */
  #givenUp(): ReadonlySet<Tensor> {
    const inUse = new Set(this.optimizers);
    const changed = new Set([...inUse].flatMap(parametersOf));
    const others = this.#optimizers.all.filter((optimizer) => !inUse.has(optimizer)).flatMap(parametersOf);
    return new Set(others.filter((tensor) => !changed.has(tensor)));
  }
}

const parametersOf = ({ paramGroups }: Optimizer): Tensor[] => paramGroups.flatMap(({ params }) => params);

/** `net`, then `net#2`. */
function unusedName(name: string, taken: ReadonlyMap<string, unknown>): string {
  if (!taken.has(name)) return name;
  let number = 2;
  while (taken.has(`${name}#${number}`)) number++;
  return `${name}#${number}`;
}
