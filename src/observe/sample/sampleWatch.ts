/**
 * Follows samples through the models of a run: remembers what each model was called with last, calls it once more when a
 * person wants to look, and counts what came out over each pass over the data.
 */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import { areGhosts } from "../../engine/memory/reading.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Module } from "../../engine/nn/module.ts";
import { numelOf } from "../../engine/shape.ts";
import { Tensor } from "../../engine/tensor.ts";
import type { FollowedNews, LookRequest } from "../../protocol/index.ts";
import type { DescribedModel } from "../models/describeModel.ts";
import { tensorsOf } from "../program/tensorsOf.ts";
import { unwatched } from "./aside.ts";
import type { Area } from "./boundary.ts";
import { looked } from "./look.ts";
import { seenOutput, wayToLoss, type LossInput, type SeenOutput } from "./lossInput.ts";
import { compare, lossesOf, type Compared } from "./meaning.ts";
import { isIntact, lookedBatch, sampleDimension, tensorsIn, versionsOf, type LookedBatch, type Moment, type SeenBatch } from "./seenBatch.ts";
import { PassTally, type Pass } from "./tally.ts";

interface Seen {
  model: DescribedModel;
  /** What its last call in training was given. */
  batch: SeenBatch | undefined;
  /** What it returned last, in training or not. */
  output: SeenOutput | undefined;
  inputs: readonly unknown[];
  /** The batch that was looked at last, with values of its own, and of which it is a copy. */
  shown: LookedBatch | undefined;
  shownOf: SeenBatch | undefined;
  area: Area | undefined;
  readonly passes: Partial<Record<Pass["pass"], PassTally>>;
}

/** What a loss says of a batch. */
interface Result {
  readonly seen: Seen;
  readonly compared: Compared;
  /** Of batches that are looked at closely. */
  readonly worst: { readonly losses: Float32Array; readonly inputs: Tensor } | undefined;
}

/** Losses that no `backward()` followed yet. */
const mostWaiting = 16;
/** Models that are remembered; a program may construct them in a loop for ever. */
const mostModels = 8;
/** Following may take this share of the run's time; milliseconds between two looks at least. */
const shareOfFollowing = 0.02;
const shortestInterval = 400;
/** Whoever follows has to say so again and again: a page may go without a word. Milliseconds. */
const lease = 30_000;
/** Remembering and counting may take this share of the run's time while nobody looks, and so much in any case; milliseconds. */
const usualShare = 0.004;
const freely = 20;
/** How long an epoch may take until it is asked anew whether that is so; milliseconds. */
const choiceInterval = 5_000;
/** Milliseconds from one batch whose single losses are looked at, for the worst of them, to the next. */
const worstInterval = 100;
/** Milliseconds from one telling of what was counted to the next. */
const tallyInterval = 1_000;
const longTallyInterval = 5_000;
/** When a run has ended, models are looked at that take no longer than this for a step; milliseconds. */
const lastPatience = 300;

export class SampleWatch {
  readonly #tell: (news: FollowedNews) => void;
  readonly #watching: { readonly enabled: boolean };
  readonly #quietly: <T>(task: () => T) => T;
  readonly #seen = new Map<Module, Seen>();
  #request: LookRequest | undefined;
  /** Whether the request waits for its first answer; when it was made; when it may be answered again. */
  #isNew = false;
  #askedAt = 0;
  #nextAt = 0;
  #answeredStep = -1;
  /** Whether calls and losses are looked at in steps that aren't measured, and milliseconds that all of that took. */
  #isOpen: boolean;
  #spent = 0;
  #epoch = 0;
  /** Whether a loader says where an epoch begins. */
  #hasLoader = false;
  #nextChoice = 0;
  /** Whether a loss was passed over since the last tally began. */
  #isPartial = false;
  #nextWorst = 0;
  readonly #waiting: Result[] = [];
  readonly #toldAt = new Map<Pass["pass"], number>();

  /**
   * @param watching whether anything is looked at that nobody asked for
   * @param quietly runs the model's own code without what it prints
   */
  constructor(tell: (news: FollowedNews) => void, watching: { readonly enabled: boolean }, quietly: <T>(task: () => T) => T = (task) => task()) {
    this.#tell = tell;
    this.#watching = watching;
    this.#quietly = quietly;
    this.#isOpen = watching.enabled;
  }

  // --- what the observer tells ----------------------------------------------------------------------------------------

  /**
   * A model was called by the program.
   * @param isMeasured in a step that is measured
   */
  called(model: DescribedModel, inputs: readonly unknown[], output: unknown, isMeasured: boolean): void {
    if (areGhosts() || (!isMeasured && !this.#isOpen)) return;
    const begin = performance.now();
    const seen = this.#seenOf(model);
    const first = output instanceof Tensor ? output : tensorsOf(output)[0];
    seen.output = first && seenOutput(first);
    seen.inputs = inputs;
    if (isGradEnabled()) seen.batch = { inputs, moment: undefined, versions: versionsOf(inputs), loss: undefined };
    this.#spent += performance.now() - begin;
  }

  /**
   * The program computed a loss.
   * @returns milliseconds that it took; a measured step pays for them
   */
  loss(computed: ComputedLoss, moment: Moment, now: number, isMeasured: boolean): void {
    if (areGhosts()) return;
    if (!this.#isOpen) this.#isPartial = true;
    if (!isMeasured && !this.#isOpen) return;
    const begin = performance.now();
    const made = this.#madeBy(computed.input);
    this.#isPartial ||= this.#seen.size === 0;
    if (!made) return;
    const [seen, way] = made;
    const { name, target, each } = computed;
    const isTraining = isGradEnabled() && seen.model.modules[0]!.training;
    if (isTraining && seen.batch && way) seen.batch.loss = { name, target, each, way };
    if (this.#isOpen) {
      const result = this.#compare(seen, computed, now, this.#isWatched(now) || now >= this.#nextWorst);
      if (isTraining) this.#waiting.push(result);
      else this.#count(result, "evaluation", moment, now);
      if (this.#waiting.length > mostWaiting) this.#waiting.shift();
    }
    if (!isMeasured) this.#spent += performance.now() - begin;
  }

  /** A `backward()`: which step and epoch the calls and losses before it belong to is known only now. */
  trained(moment: Moment, now: number): void {
    if (areGhosts()) return;
    const isNew = moment.epoch !== this.#epoch && !this.#hasLoader;
    if (isNew || now >= this.#nextChoice) this.#choose(!isNew, now);
    this.#epoch = moment.epoch;
    for (const { batch } of this.#seen.values()) if (batch) batch.moment ??= moment;
    if (this.#isOpen && this.#waiting.length > 0) {
      const begin = performance.now();
      for (const result of this.#waiting) this.#count(result, "training", moment, now);
      this.#spent += performance.now() - begin;
    }
    this.#waiting.length = 0;
  }

  /** From here on nothing is computed for a while: what was seen before is not what there is after that. */
  leaveOut(): void {
    this.#seen.clear();
    this.#waiting.length = 0;
  }

  /** A loader begins to hand out batches. */
  passStarts(now: number): void {
    this.#hasLoader = true;
    this.#choose(false, now);
  }

  /** Whether to go on looking at every step, for a whole epoch where there are epochs: some batches of each tell little. */
  #choose(isMidway: boolean, now: number): void {
    const allowed = freely + now * usualShare;
    const wasOpen = this.#isOpen;
    const isAffordable = this.#watching.enabled && this.#spent <= (isMidway && wasOpen ? 2 * allowed : allowed);
    this.#isOpen = this.#isWatched(now) || isAffordable;
    if (wasOpen && !this.#isOpen) this.#close(isMidway, now);
    this.#nextChoice = now + choiceInterval;
    if (!isMidway) this.#isPartial = false;
  }

  /** What was counted stays the last word for a while. */
  #close(isMidway: boolean, now: number): void {
    for (const { passes } of this.#seen.values()) {
      for (const tally of Object.values(passes)) {
        tally.isPartial ||= isMidway;
        this.#tellTally(tally, now);
      }
    }
  }

  /** Whether `pass` has anything to do. */
  get isAsked(): boolean {
    return this.#request !== undefined;
  }

  /** A person wants to look; `null`: no longer. Answered at the next `pass`. */
  ask(request: LookRequest | null, now: number): void {
    this.#isNew = request !== null && JSON.stringify(request) !== JSON.stringify(this.#request);
    this.#request = request ?? undefined;
    this.#askedAt = now;
    this.#isOpen ||= request !== null;
  }

  /** The program is between two of its lines: what is asked for is answered here. `models` as they are now. */
  pass(models: readonly DescribedModel[], moment: Moment, now: number): void {
    const request = this.#request;
    if (!request || !(this.#isNew || this.#isDue(request, moment.step, now))) return;
    this.#isNew = false;
    this.#answeredStep = moment.step;
    const begin = performance.now();
    this.#answer(request, models, moment);
    const cost = performance.now() - begin;
    this.#nextAt = now + intervalFor(cost);
  }

  /**
   * The run is over.
   * @param stepTime milliseconds that a step took; models that take long are not called again
   */
  finish(models: readonly DescribedModel[], moment: Moment, stepTime: number): void {
    for (const seen of this.#seen.values()) for (const pass of Object.values(seen.passes)) this.#tellTally(pass);
    if (stepTime > lastPatience) return;
    for (const model of models) {
      const last = this.#request?.model === model.info.id ? this.#request : undefined;
      const request = last ?? {
        id: 0,
        model: model.info.id,
        sample: 0,
        hold: false,
        follow: false,
        training: false,
        wanted: [],
        ablations: [],
        boundary: true,
      };
      if (this.#seen.get(model.modules[0]!)?.batch) this.#answer({ ...request, ablations: [] }, models, moment, true);
    }
  }

  #seenOf(model: DescribedModel): Seen {
    const root = model.modules[0]!;
    const known = this.#seen.get(root);
    if (known) {
      known.model = model;
      return known;
    }
    const seen: Seen = { model, batch: undefined, output: undefined, inputs: [], shown: undefined, shownOf: undefined, area: undefined, passes: {} };
    this.#seen.set(root, seen);
    if (this.#seen.size > mostModels) this.#seen.delete(this.#seen.keys().next().value!);
    return seen;
  }

  /** Whose output the loss was given, and how; without gradients it may be known by its size alone. */
  #madeBy(input: Tensor): readonly [Seen, LossInput | undefined] | undefined {
    for (const seen of this.#seen.values()) {
      const way = seen.output && wayToLoss(seen.output, input);
      if (way) return [seen, way];
    }
    if (isGradEnabled()) return undefined;
    for (const seen of this.#seen.values()) if (seen.output && numelOf(seen.output.shape) === input.numel()) return [seen, undefined];
    return undefined;
  }

  // --- counting -------------------------------------------------------------------------------------------------------

  #compare(seen: Seen, { name, input, target, each }: ComputedLoss, now: number, isLookedAt: boolean): Result {
    const compared = compare(name, input, target);
    if (isLookedAt) this.#nextWorst = now + worstInterval;
    const main = isLookedAt ? tensorsIn(seen.inputs)[0] : undefined;
    if (!main || main.dim() === 0 || sampleDimension(seen.model.modules[0]!, main, target) !== 0) return { seen, compared, worst: undefined };
    return { seen, compared, worst: { losses: unwatched(() => lossesOf(each(input, target), main.shape[0]!)), inputs: main } };
  }

  #count({ seen, compared, worst }: Result, kind: Pass["pass"], { step, epoch }: Moment, now: number): void {
    const pass: Pass = { model: seen.model.info.id, pass: kind, epoch };
    let tally = seen.passes[kind];
    if (tally && (tally.isLong || !tally.fits(pass, compared))) {
      if (now - (this.#toldAt.get(kind) ?? -Infinity) >= tallyInterval) this.#tellTally(tally, now);
      tally = undefined;
    }
    if (!tally) {
      tally = seen.passes[kind] = new PassTally(pass, compared);
    }
    tally.isPartial ||= this.#isPartial;
    tally.add(compared, step);
    if (worst) tally.addWorst(worst.losses, compared, worst.inputs, step);
    if (now - (this.#toldAt.get(kind) ?? now) >= longTallyInterval) this.#tellTally(tally, now);
    if (!this.#toldAt.has(kind)) this.#toldAt.set(kind, now);
  }

  #tellTally(tally: PassTally, now = 0): void {
    this.#toldAt.set(tally.pass.pass, now);
    this.#tell({ kind: "tally", tally: tally.result() });
  }

  // --- looking --------------------------------------------------------------------------------------------------------

  #isWatched(now: number): boolean {
    return this.#request !== undefined && now - this.#askedAt < lease;
  }

  #isDue({ follow, model }: LookRequest, step: number, now: number): boolean {
    return follow && model >= 0 && step !== this.#answeredStep && this.#isWatched(now) && now >= this.#nextAt;
  }

  #answer(request: LookRequest, models: readonly DescribedModel[], moment: Moment, all = false): void {
    const model = models.find(({ info }) => info.id === request.model);
    const seen = model && this.#seen.get(model.modules[0]!);
    const before = seen?.shown;
    const batch = seen && shownBatch(seen, request.hold, moment);
    if (!model || !seen || !batch) return this.#fail(request, whyNothing(model, seen));
    const begin = performance.now();
    try {
      const result = this.#quietly(() => looked(model, batch, request, all, seen));
      if (batch !== before || request.id === 0) this.#tell({ kind: "batch", batch: result.batch });
      const cost = performance.now() - begin;
      this.#tell({ kind: "look", look: { ...result.look, step: moment.step, cost, ...(request.follow ? { interval: intervalFor(cost) } : {}) } });
    } catch (error) {
      this.#fail(request, `The model could not be called once more with this batch: ${messageOf(error)}`);
    }
  }

  #fail({ id, model }: LookRequest, message: string): void {
    this.#tell({ kind: "failure", failure: { id, model, message } });
  }
}

function intervalFor(cost: number): number {
  return Math.max(shortestInterval, cost / shareOfFollowing);
}

/** The batch to look at: the one that is shown, if it is to stay, else the newest, with values of its own from now on. */
function shownBatch(seen: Seen, hold: boolean, now: Moment): LookedBatch | undefined {
  const { batch: newest, shown } = seen;
  const isNew = newest !== undefined && isIntact(newest) && (newest !== seen.shownOf || (!shown?.loss && newest.loss !== undefined));
  if (!isNew || (hold && shown)) return shown;
  seen.shown = unwatched(() => lookedBatch(seen.model.modules[0]!, newest, now));
  seen.shownOf = newest;
  return seen.shown;
}

function whyNothing(model: DescribedModel | undefined, seen: Seen | undefined): string {
  if (!model) return "This model is no longer part of the run.";
  if (!seen?.batch) return "The model was not called in training yet. The batch shows as soon as it is.";
  if (tensorsIn(seen.batch.inputs).length === 0) return "The model is called without a tensor, so there is no batch to show.";
  return "The program has written over the batch. The next one shows.";
}

function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
