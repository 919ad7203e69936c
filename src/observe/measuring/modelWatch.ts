/** What is known of a model's training: its own steps, and which of them are measured. */
import type { AnyModule } from "../../engine/nn/module.ts";
import type { StepStatistics } from "../../protocol/index.ts";
import type { FoundModel } from "../models/modelRegistry.ts";
import type { Course } from "../steps/course.ts";
import { SamplingSchedule } from "./samplingSchedule.ts";
import { StepSampler } from "./stepSampler.ts";
import { UnitLives } from "./unitLives.ts";
import type { Watching } from "./watching.ts";
import type { WorkMeter } from "./workMeter.ts";

/** What modules do changes little: it is measured in so many steps at the beginning, and then at most once in so many milliseconds. */
const firstWorks = 3;
const workInterval = 250;

export class ModelWatch {
  readonly #watching: Watching;
  readonly #course: Course;
  readonly #meter: WorkMeter;
  /** Begins with the model's first step. */
  #schedule: SamplingSchedule | undefined;
  /** How long the watch had been at work when the step that is measured was opened. */
  #opened: number;
  /** As it was described last. */
  model: FoundModel;
  /** Measures the step to come, or under way; none if that is not to be measured. */
  sampler: StepSampler | null;
  lives = this.#newLives();
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

  constructor(model: FoundModel, watching: Watching, course: Course, meter: WorkMeter) {
    this.model = model;
    this.#watching = watching;
    this.#course = course;
    this.#meter = meter;
    this.sampler = watching.enabled ? this.#newSampler() : null;
    this.#measuresWork = watching.enabled;
    this.#opened = course.watched;
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
    this.#opened = this.#course.watched;
    this.#measuresWork = isAsked || this.steps < firstWorks || now - this.#lastWork >= workInterval;
    if (!this.#measuresWork) return;
    this.#lastWork = now;
    this.#meter.begin(this.model);
  }

  /** The step to come is not measured after all. */
  leaveOut(): void {
    this.lives = this.#newLives();
    this.sampler?.end();
    this.sampler = null;
    this.#isAsked = false;
  }

  /** The next step that begins will be measured, whatever the schedule says. */
  ask(now: number): void {
    if (this.isCalled) this.#isAsked = true;
    else this.open(now, true);
  }

  /**
   * A module of it was called in training. Returns whether that was measured.
   * @param constructed number of modules that have been constructed by now
   */
  called(module: AnyModule, output: unknown, constructed: number): boolean {
    this.isCalled = true;
    this.usedAt = constructed;
    this.sampler?.forward(module, output);
    return this.isDue;
  }

  /**
   * One of its own steps is over.
   * @param step of the run
   * @param remaining steps that are still to come, if known
   */
  stepped(step: number, now: number, remaining: number | undefined, sharers: number): void {
    this.lastStep = step;
    const schedule = (this.#schedule ??= new SamplingSchedule(this.#watching, now));
    if (this.sampler) this.#pay(this.sampler, schedule, now, sharers);
    this.sampler = null;
    this.pending = undefined;
    this.isCalled = false;
    this.steps++;
    const isAsked = this.#isAsked;
    const isDue = isAsked || schedule.isDue(this.steps, now, remaining === undefined ? undefined : this.steps + remaining, sharers);
    this.#isAsked = false;
    if (isDue) this.open(now, isAsked);
  }

  /** All that the watch did since the step was opened is what measuring it cost; models that train together divide it. */
  #pay(sampler: StepSampler, schedule: SamplingSchedule, now: number, sharers: number): void {
    const cost = (this.#course.watched - this.#opened) / Math.max(1, sharers);
    this.#watching.spend(cost);
    if (this.reported === this.lastStep) schedule.sampled(this.steps, now, cost);
    sampler.end();
  }

  #newLives(): UnitLives {
    return new UnitLives((layer) => this.#watching.unitsBefore(this.model.info.id, (this.model.modules as readonly unknown[]).indexOf(layer)));
  }

  #newSampler(): StepSampler {
    return new StepSampler(this.#watching, this.#course.clock);
  }
}
