/** The run's models, each with its watch: whose a module, a parameter or an optimizer is. */
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { CalledModule } from "../../protocol/index.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import type { Course } from "../steps/course.ts";
import { ModelWatch } from "./modelWatch.ts";
import type { StepSampler } from "./stepSampler.ts";
import type { Watching } from "./watching.ts";
import type { WorkMeter } from "./workMeter.ts";

export class ModelWatches {
  readonly #course: Course;
  readonly #watching: Watching;
  readonly #meter: WorkMeter;
  readonly #ofRoot = new WeakMap<AnyModule, ModelWatch>();
  /** Several models may share a module or a parameter. */
  readonly #ofModule = new WeakMap<AnyModule, readonly ModelWatch[]>();
  readonly #ofOptimizer = new Map<Optimizer, readonly ModelWatch[]>();
  readonly #hasOwner = new Map<ModelWatch, boolean>();
  #paths: Map<Tensor, string> | undefined;
  /** Those of the models that were described last, in their order. */
  current: readonly ModelWatch[] = [];

  constructor(course: Course, watching: Watching, meter: WorkMeter) {
    this.#course = course;
    this.#watching = watching;
    this.#meter = meter;
  }

  /** The models themselves. */
  get models(): readonly FoundModel[] {
    return this.current.map(({ model }) => model);
  }

  /** Those that took part in the step under way. */
  get called(): readonly ModelWatch[] {
    return this.current.filter(({ isCalled }) => isCalled);
  }

  /** Whether one of those that took part in the step under way is measured. */
  get isMeasured(): boolean {
    return this.current.some(({ isDue, isCalled }) => isDue && isCalled);
  }

  /** The models that the module is part of; `undefined` if no model was found to have it. */
  of(module: AnyModule): readonly ModelWatch[] | undefined {
    return this.#ofModule.get(module);
  }

  ofRoot(module: AnyModule): ModelWatch | undefined {
    return this.#ofRoot.get(module);
  }

  /** Where the module stands in the first of the models that it is part of. */
  placeOf(module: AnyModule): CalledModule | undefined {
    for (const { model } of this.current) {
      const id = model.modules.indexOf(module as unknown as Module);
      if (id >= 0) return { model: model.info.id, id, name: id === 0 ? model.info.name : model.info.modules[id]!.name };
    }
    return undefined;
  }

  /** @param strangers what measured those modules of the present step that belonged to no model yet */
  update(models: readonly FoundModel[], strangers: StepSampler | null): void {
    this.#ofOptimizer.clear();
    this.forgetOwners();
    this.#paths = undefined;
    this.current = models.map((model) => this.#watchOf(model, strangers));
    const shared = new Map<AnyModule, ModelWatch[]>();
    for (const watch of this.current) {
      for (const module of watch.model.modules) {
        const list = shared.get(module) ?? [];
        list.push(watch);
        shared.set(module, list);
      }
    }
    for (const [module, list] of shared) this.#ofModule.set(module, list);
  }

  /** The models whose parameters the optimizer changes, and those that took part though no optimizer has them. */
  steppedBy(optimizer: Optimizer): readonly ModelWatch[] {
    const trained = this.#trainedBy(optimizer);
    const others = this.current.filter((watch) => watch.isCalled && !trained.includes(watch) && !this.#isOwned(watch));
    return others.length > 0 ? [...trained, ...others] : trained;
  }

  /** `layer1.weight`, behind the model's name where there are several; `undefined` for a tensor of no model. */
  pathOf(parameter: Tensor | undefined): string | undefined {
    return parameter && this.paths().get(parameter);
  }

  /** The parameters of all models, by their paths. */
  paths(): ReadonlyMap<Tensor, string> {
    if (!this.#paths) {
      const isOnly = this.current.length === 1;
      this.#paths = new Map();
      for (const { model } of this.current.toReversed()) {
        for (const [path, one] of model.modules[0]!.namedParameters()) this.#paths.set(one, isOnly ? path : `${model.info.name}.${path}`);
      }
    }
    return this.#paths;
  }

  /**
   * What parameters that are trained together are called: their model, or the part of it that has them all, or several models.
   * `undefined` for those of no model.
   */
  nameOf(parameters: ReadonlySet<Tensor>): string | undefined {
    const owners = this.current.flatMap(({ model }) => {
      const all = model.modules[0]!.namedParameters();
      const own = all.filter(([, parameter]) => parameters.has(parameter)).map(([path]) => path);
      return own.length === 0 ? [] : [own.length === all.length ? model.info.name : [model.info.name, ...commonPath(own)].join(".")];
    });
    return owners.length === 0 ? undefined : owners.join("+");
  }

  /** All parameters of the model that the tensor is one of. */
  modelWith(parameter: Tensor): readonly Tensor[] | undefined {
    for (const { model } of this.current) {
      const all = model.modules[0]!.parameters();
      if (all.includes(parameter as (typeof all)[number])) return all;
    }
    return undefined;
  }

  /** There is another optimizer. */
  forgetOwners(): void {
    this.#hasOwner.clear();
  }

  /** The models whose parameters the optimizer holds. */
  #trainedBy(optimizer: Optimizer): readonly ModelWatch[] {
    const known = this.#ofOptimizer.get(optimizer);
    if (known) return known;
    const held = new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
    const found = this.current.filter(({ model }) => model.modules[0]!.parameters().some((parameter) => held.has(parameter)));
    this.#ofOptimizer.set(optimizer, found);
    return found;
  }

  /** Whether some optimizer has the model's parameters. */
  #isOwned(watch: ModelWatch): boolean {
    let has = this.#hasOwner.get(watch);
    if (has === undefined) {
      has = watch.model.modules[0]!.parameters().some((parameter) => this.#course.iterations.isOwned(parameter));
      this.#hasOwner.set(watch, has);
    }
    return has;
  }

  #watchOf(model: FoundModel, strangers: StepSampler | null): ModelWatch {
    const root = model.modules[0]!;
    let watch = this.#ofRoot.get(root);
    if (!watch) {
      watch = new ModelWatch(model, this.#watching, this.#course, this.#meter);
      this.#ofRoot.set(root, watch);
    }
    watch.model = model;
    const earlier = new Set(model.modules.flatMap((module) => this.of(module) ?? []));
    const { sampler } = watch;
    if (!sampler) return watch;
    for (const other of [strangers, ...[...earlier].map((one) => one.sampler)]) if (other && other !== sampler) sampler.absorb(other, model.modules);
    watch.isCalled ||= !sampler.isEmpty;
    return watch;
  }
}

/** Of the modules that hold parameters of these paths. */
function commonPath(paths: readonly string[]): readonly string[] {
  const [first, ...others] = paths.map((path) => path.split(".").slice(0, -1));
  const end = first!.findIndex((part, i) => others.some((other) => other[i] !== part));
  return end < 0 ? first! : first!.slice(0, end);
}
