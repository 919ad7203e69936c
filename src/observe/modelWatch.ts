/** What is known of each model's training: its own steps, and which of them are measured. */
import type { AnyModule, Module } from "../engine/nn/module.ts";
import type { Optimizer } from "../engine/optim/optimizer.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { CalledModule, StepStatistics } from "../protocol/index.ts";
import type { Iterations } from "./iterations.ts";
import type { FoundModel } from "./modelRegistry.ts";
import type { ProgramClock } from "./programClock.ts";
import { SamplingSchedule } from "./samplingSchedule.ts";
import { StepSampler } from "./stepSampler.ts";
import type { Watching } from "./watching.ts";
import { UnitLives } from "./unitLives.ts";
import type { WorkMeter } from "./workMeter.ts";

/** What modules do changes little: it is measured in so many steps at the beginning, and then at most once in so many milliseconds. */
const firstWorks = 3;
const workInterval = 250;

export class ModelWatch {
  readonly #watching: Watching;
  readonly #clock: ProgramClock;
  readonly #meter: WorkMeter;
  /** Begins with the model's first step. */
  #schedule: SamplingSchedule | undefined;
  /** What the step under way has cost so far, as the schedule knows it; milliseconds. */
  #paidFor = 0;
  /** As it was described last. */
  model: FoundModel;
  /** Measures the step to come, or under way; none if that is not to be measured. */
  sampler: StepSampler | null;
  readonly lives = new UnitLives();
  /** What was measured of the step under way, should it turn out to be one: told when the program has updated the parameters by hand. */
  pending: StepStatistics | undefined;
  /** Whether a module of it was called in training since its last step. */
  isCalled = false;
  /** Modules that had been constructed when it was called last. */
  usedAt = -1;
  /** Number of its own steps. */
  steps = 0;
  /** Step of the run in which it took its last own, and the newest that was told. */
  lastStep = -1;
  reported = -1;

  /** Whether the step after the one under way is to be measured in any case. */
  #isAsked = false;
  /** Whether what its modules do is measured, too, in the step to come or under way; when that was last. */
  #measuresWork = false;
  #lastWork = -Infinity;

  constructor(model: FoundModel, watching: Watching, clock: ProgramClock, meter: WorkMeter) {
    this.model = model;
    this.#watching = watching;
    this.#clock = clock;
    this.#meter = meter;
    this.sampler = watching.enabled ? this.#newSampler() : null;
    this.#measuresWork = watching.enabled;
  }

  /** Whether the step to come, or under way, is measured. */
  get isDue(): boolean {
    return this.sampler !== null;
  }

  /** Whether what its modules do in that step is measured, too: every operation is looked at for that. */
  get isWorkDue(): boolean {
    return this.isDue && this.#measuresWork;
  }

  /**
   * The step to come will be measured.
   * @param isAsked also where nothing is watched
   */
  open(now: number, isAsked = false): void {
    if (this.isDue || !(isAsked || this.#watching.enabled)) return;
    this.sampler = this.#newSampler();
    this.#measuresWork = isAsked || this.steps < firstWorks || now - this.#lastWork >= workInterval;
    if (!this.#measuresWork) return;
    this.#lastWork = now;
    this.#meter.begin(this.model);
  }

  /** The next step that begins will be measured, whatever the schedule says. */
  ask(now: number): void {
    if (this.isCalled) this.#isAsked = true;
    else this.open(now, true);
  }

  /**
   * The step was measured.
   * @param cost milliseconds besides what the sampler took
   */
  measured(now: number, cost: number): void {
    this.#paidFor = this.sampler?.cost ?? 0;
    this.#scheduleFrom(now).sampled(this.steps, now, cost + this.#paidFor);
  }

  /**
   * One of its own steps is over.
   * @param step of the run
   * @param remaining steps that are still to come, if known
   */
  stepped(step: number, now: number, remaining: number | undefined, sharers: number): void {
    const schedule = this.#scheduleFrom(now);
    if (this.#paidFor) schedule.paid((this.sampler?.cost ?? 0) - this.#paidFor);
    this.#paidFor = 0;
    this.#watching.spend(this.sampler?.cost ?? 0);
    this.sampler?.end();
    this.sampler = null;
    this.pending = undefined;
    this.isCalled = false;
    this.lastStep = step;
    this.steps++;
    const isAsked = this.#isAsked;
    const isDue = isAsked || schedule.isDue(this.steps, now, remaining === undefined ? undefined : this.steps + remaining, sharers);
    this.#isAsked = false;
    if (isDue) this.open(now, isAsked);
  }

  #scheduleFrom(now: number): SamplingSchedule {
    return (this.#schedule ??= new SamplingSchedule(this.#watching, now));
  }

  #newSampler(): StepSampler {
    return new StepSampler(this.#watching, this.#clock);
  }
}

export class ModelWatches {
  readonly #watching: Watching;
  readonly #clock: ProgramClock;
  readonly #meter: WorkMeter;
  readonly #ofRoot = new WeakMap<AnyModule, ModelWatch>();
  /** Several models may share a module or a parameter. */
  readonly #ofModule = new WeakMap<AnyModule, readonly ModelWatch[]>();
  readonly #ofOptimizer = new Map<Optimizer, readonly ModelWatch[]>();
  readonly #hasOwner = new Map<ModelWatch, boolean>();
  #paths: Map<Tensor, string> | undefined;
  /** Those of the models that were described last, in their order. */
  current: readonly ModelWatch[] = [];

  constructor(watching: Watching, clock: ProgramClock, meter: WorkMeter) {
    this.#watching = watching;
    this.#clock = clock;
    this.#meter = meter;
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

  /** The models whose parameters the optimizer holds. */
  trainedBy(optimizer: Optimizer): readonly ModelWatch[] {
    const known = this.#ofOptimizer.get(optimizer);
    if (known) return known;
    const held = new Set<Tensor>(optimizer.paramGroups.flatMap(({ params }) => params));
    const found = this.current.filter(({ model }) => model.modules[0]!.parameters().some((parameter) => held.has(parameter)));
    this.#ofOptimizer.set(optimizer, found);
    return found;
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

  /** Whether some optimizer has the model's parameters. */
  hasOwner(watch: ModelWatch, iterations: Iterations): boolean {
    let has = this.#hasOwner.get(watch);
    if (has === undefined) {
      has = watch.model.modules[0]!.parameters().some((parameter) => iterations.isOwned(parameter));
      this.#hasOwner.set(watch, has);
    }
    return has;
  }

  /** There is another optimizer. */
  forgetOwners(): void {
    this.#hasOwner.clear();
  }

  #watchOf(model: FoundModel, strangers: StepSampler | null): ModelWatch {
    const root = model.modules[0]!;
    let watch = this.#ofRoot.get(root);
    if (!watch) {
      watch = new ModelWatch(model, this.#watching, this.#clock, this.#meter);
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
