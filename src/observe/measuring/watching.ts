/** What is measured of the models, and how often; it may change while the program runs. */
import { areGhosts } from "../../engine/memory/reading.ts";
import type { AnyModule } from "../../engine/nn/module.ts";
import type { DeadUnits, SamplingOptions, StepStatistics, WatchSettings } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";

export class Watching {
  readonly bins: number;
  #settings: WatchSettings;
  /** Those that are measured; all of them, where nothing was chosen. */
  #chosen: WeakSet<AnyModule> | undefined;
  /** Milliseconds: when the settings were made, and what measuring took since. */
  #since = 0;
  #spent = 0;

  readonly #lastMeasured: readonly StepStatistics[];
  /** Whether what there is to be measured is known from elsewhere, until steps are left out. */
  #isKnown: boolean;

  /** @param lastMeasured of each model by the time that left out steps are over, where that is known from elsewhere */
  constructor({ enabled, bins, budget, everyStep = false }: SamplingOptions, lastMeasured: readonly StepStatistics[] = []) {
    this.bins = bins;
    this.#lastMeasured = lastMeasured;
    this.#isKnown = lastMeasured.length > 0;
    this.#settings = { what: enabled ? "all" : "off", modules: [], budget, everyStep };
  }

  get settings(): WatchSettings {
    return this.#settings;
  }

  get enabled(): boolean {
    return this.#settings.what !== "off" && !areGhosts();
  }

  get budget(): number {
    return this.#settings.budget;
  }

  get everyStep(): boolean {
    return this.#settings.everyStep;
  }

  get isKnown(): boolean {
    return this.#isKnown;
  }

  /** From the step to come on steps are left out for a while. */
  leaveOut(): void {
    this.#isKnown = false;
  }

  /** What became of a module's units in steps that were left out. */
  unitsBefore(model: number, module: number): DeadUnits | undefined {
    if (this.#isKnown) return undefined;
    return this.#lastMeasured.find((one) => one.model === model)?.modules.find((one) => one.module === module)?.rectified;
  }

  choose(settings: WatchSettings, models: readonly DescribedModel[], now: number): void {
    this.#settings = settings;
    this.#chosen = settings.what === "chosen" ? new WeakSet(settings.modules.flatMap((target) => modulesAt(models, target))) : undefined;
    this.#since = now;
    this.#spent = 0;
  }

  /** Whether the module is one of those that are measured. */
  readonly wants = (module: AnyModule): boolean => this.#chosen?.has(module) ?? true;

  /** Measuring took so many milliseconds. */
  spend(cost: number): void {
    this.#spent += cost;
  }

  /** The share of the time that measuring took, 0 to 1. */
  share(now: number): number {
    return now > this.#since ? Math.min(1, this.#spent / (now - this.#since)) : 0;
  }
}

/** The module of that path and all that is below it. */
function modulesAt(models: readonly DescribedModel[], { model, path }: WatchSettings["modules"][number]): readonly AnyModule[] {
  const found = models.find(({ info }) => info.id === model);
  const index = found?.info.modules.findIndex((module) => module.path === path) ?? -1;
  return found?.modules[index]?.modules() ?? [];
}
