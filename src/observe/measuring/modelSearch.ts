/** Looks which models there are, when that may have changed. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { RunEvent } from "../../protocol/index.ts";
import { isUpToDate, type DescribedModel } from "../models/describeModel.ts";
import type { ModelRegistry } from "../models/modelRegistry.ts";
import type { Course } from "../steps/course.ts";
import type { ModelWatch } from "./modelWatch.ts";
import type { ModelWatches } from "./modelWatches.ts";
import { StepSampler } from "./stepSampler.ts";
import type { Watching } from "./watching.ts";

export interface ModelSearchParts {
  readonly course: Course;
  readonly registry: ModelRegistry;
  readonly watching: Watching;
  readonly watches: ModelWatches;
  readonly tell: (event: RunEvent) => void;
}

/** Milliseconds after which models are described anew at a measured step, and compared at any other, though nothing is known to have changed. */
const searchInterval = 250;
/** Looking for models among modules that are new: as often as this in any case, and later for this share of the time. */
const freeSearches = 8;
const shareForSearching = 0.01;

export class ModelSearch {
  readonly #parts: ModelSearchParts;
  #searches = 0;
  #lastSearch = 0;
  /** Modules that had been constructed by then. */
  #searchedAmong = 0;
  /** When it is next looked whether the models are still as they were described. */
  #nextLook = 0;
  /** The search in which a module that belongs to no model was met. */
  readonly #metIn = new WeakMap<AnyModule, number>();
  /** Whether such a module was met since the last search; what measures them. */
  #hasStrangers = false;
  #strangers: StepSampler | null = null;
  /** How often such modules made a search necessary, and the milliseconds that took. */
  #newcomers = 0;
  #newcomersTime = 0;
  #told = "";

  constructor(parts: ModelSearchParts) {
    this.#parts = parts;
  }

  /** Whether nothing was looked for yet. */
  get isToCome(): boolean {
    return this.#searches === 0;
  }

  /** A module was called that belongs to no model, as far as is known. Returns whether it was measured. */
  meet(module: AnyModule, output: unknown): boolean {
    const met = this.#metIn.get(module);
    if (met !== undefined && met !== this.#searches) return false;
    const { course, watching } = this.#parts;
    if (this.#newcomers >= freeSearches && this.#newcomersTime > course.time.now * shareForSearching) return false;
    this.#metIn.set(module, this.#searches);
    this.#hasStrangers = true;
    const begin = performance.now();
    if (watching.enabled) this.#sampler().forward(module, output);
    this.#newcomersTime += performance.now() - begin;
    return true;
  }

  /** The same under `noGrad`. */
  meetWithoutGrad(module: AnyModule): void {
    if (this.#parts.watching.enabled) this.#sampler().calledWithoutGrad(module);
  }

  /**
   * Looks, if something may have changed.
   * @param involved the models that the step under way is of
   */
  findChanged(involved: readonly ModelWatch[]): void {
    const { time, steps } = this.#parts.course;
    const due = involved.filter(({ isDue }) => isDue);
    const isLongAgo = time.now - this.#lastSearch > searchInterval;
    const hasChanged = due.length > 0 && (isLongAgo || due.some(({ model }) => !isUpToDate(model)));
    if (this.#hasStrangers || steps === 0 || hasChanged || this.#hasChangedMeanwhile(involved)) this.find();
  }

  /** Looks, if modules were constructed since. */
  findNew(): void {
    if (this.#searchedAmong !== this.#parts.registry.count) this.find();
  }

  /** Looks, and tells the models if they changed. */
  find(): void {
    const { course, registry, watching, watches } = this.#parts;
    const begin = performance.now();
    this.#searchedAmong = registry.count;
    const models = registry.describe((module) => this.#usedAt(module));
    this.#tellChanged(models);
    watches.update(models, this.#strangers);
    watching.spend(performance.now() - begin);
    this.#searches++;
    this.#lastSearch = course.time.now;
    if (!this.#hasStrangers) return;
    this.#newcomers++;
    this.#newcomersTime += performance.now() - begin;
    this.#strangers = null;
    this.#hasStrangers = false;
  }

  /** What is frozen between measured steps is seen a few times a second, and less often where looking takes long. */
  #hasChangedMeanwhile(involved: readonly ModelWatch[]): boolean {
    const { time } = this.#parts.course;
    const begin = time.now;
    if (begin < this.#nextLook) return false;
    const hasChanged = involved.some(({ model }) => !isUpToDate(model));
    this.#nextLook = begin + Math.max(searchInterval, (time.now - begin) / shareForSearching);
    return hasChanged;
  }

  #usedAt(module: AnyModule): number | undefined {
    const { registry, watches } = this.#parts;
    return this.#metIn.get(module) === this.#searches ? registry.count : watches.ofRoot(module)?.usedAt;
  }

  #tellChanged(models: readonly DescribedModel[]): void {
    const infos = models.map(({ info }) => info);
    const text = JSON.stringify(infos);
    if (text === this.#told) return;
    this.#told = text;
    this.#parts.tell({ type: "models", models: infos });
  }

  #sampler(): StepSampler {
    return (this.#strangers ??= new StepSampler(this.#parts.watching, this.#parts.course.clock));
  }
}
