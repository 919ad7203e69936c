/**
 * Which passes through its models a program makes, and how often. Each is recorded once, operation by operation; after that
 * only the order of its calls is followed, which costs a number for each call. A new order of calls, or now and then a look
 * at the same one, is recorded again: branches that call no module show only then. Of a pass that fails unrecorded, the
 * calls are told that were under way.
 */
import { isGradEnabled } from "../../engine/autograd/gradMode.ts";
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Pass, PassCount } from "../../protocol/index.ts";
import type { OperationWatches } from "../program/operationWatches.ts";
import { passesOf, type PassFacts } from "./passes.ts";
import { PassRecorder, type RecorderOptions } from "./passRecorder.ts";

export interface PassWatchOptions extends RecorderOptions {
  readonly operations: OperationWatches;
  placeOf: PassFacts["placeOf"];
  /** The run's step that is under way. */
  step(): number;
  /** Called before modules are looked up. */
  beforeTelling(): void;
  tell(pass: Pass): void;
  /** Upper bound for the share of the run's time. */
  readonly share: number;
}

/** Structures that are told; a program whose every pass is another has more. */
const maximumPasses = 12;
/** Orders of calls that are told apart. */
const maximumTrails = 200;
/** Outermost calls that are recorded when they come first, whatever it takes. */
const maximumBegun = 32;
/** So many recordings are made in any case to find an order of calls again that was met unrecorded. */
const freeRecordings = 20;

/** One order of calls. */
interface Trail {
  times: number;
  looks: number;
  /** In how many of the looks each pass was found; several times where the pass is made several times. */
  readonly found: Map<string, number>;
}

/** A call that is over. */
interface Ended {
  /** How many calls were under way around it. */
  readonly depth: number;
  readonly module: AnyModule;
  readonly inputs: readonly unknown[];
  readonly output: unknown;
}

export class PassWatch {
  readonly #options: PassWatchOptions;
  readonly #numbers = new WeakMap<AnyModule, number>();
  #modules = 0;
  readonly #trails = new Map<number, Trail>();
  readonly #told = new Set<string>();
  /** Outermost calls, in each mode, that were recorded once. */
  readonly #begun = new Set<number>();
  #recorder: PassRecorder | null = null;
  /** The calls under way, outermost first, and what they were given; the last that ended since the last boundary. */
  readonly #open: AnyModule[] = [];
  readonly #given: (readonly unknown[])[] = [];
  #ended: Ended | undefined;
  /** What is known of a pass that failed unrecorded; the program may yet catch the error. */
  #late: PassRecorder | undefined;
  /** Of the calls since the last boundary; 0 if there was none. */
  #trail = 0;
  /** Orders of calls that were met and not yet recorded. */
  #unseen = 0;
  #recordings = 0;
  #cost = 0;
  /** Whether loops tell of their turns. */
  #hasTurns = false;
  /** Step at which the recording began. */
  #step = 0;
  /** It began with the pass, not in the middle. */
  #isWhole = true;
  /** The next pass is to be recorded. */
  #isWanted = false;
  readonly #begin = performance.now();

  constructor(options: PassWatchOptions) {
    this.#options = options;
  }

  forwardStarts(module: AnyModule, inputs: readonly unknown[]): void {
    const mark = this.#mark(module);
    // An evaluation of many calls is as many passes, once it has been long enough.
    if (this.#open.length === 0 && this.#recorder?.isFull && !isGradEnabled()) this.#boundary();
    if (this.#open.length === 0 && !this.#recorder) this.#consider(mark);
    this.#open.push(module);
    this.#given.push(inputs);
    this.#late = undefined;
    this.#trail = mix(this.#trail, mark);
    this.#recorder?.forwardStarts(module, inputs);
  }

  forward(module: AnyModule, output: unknown): void {
    this.#open.pop();
    const inputs = this.#given.pop();
    if (inputs) this.#ended = { depth: this.#open.length, module, inputs, output };
    this.#trail = mix(this.#trail, 1);
    this.#recorder?.forward(module, output);
  }

  forwardFailed(module: AnyModule, error: unknown): void {
    if (!this.#recorder && !this.#late) this.#late = this.#recordLate();
    (this.#recorder ?? this.#late)?.forwardFailed(module, error);
    this.#open.pop();
    this.#given.pop();
  }

  loss(computed: ComputedLoss): void {
    this.#recorder?.loss(computed);
  }

  beforeBackward(loss: Tensor): void {
    this.#recorder?.beforeBackward(loss);
  }

  /** The pass to come is to be recorded; which it is only if there is time for it, unless somebody asked. */
  look(isAsked: boolean): void {
    if (isAsked || this.#isAffordable) this.#isWanted = true;
  }

  /** The next turn of a loop, or batch, begins. */
  turn(): void {
    this.#hasTurns = true;
    this.#boundary();
  }

  /** An optimizer has stepped. Where there are turns, others may do so in the same one. */
  stepped(): void {
    if (!this.#hasTurns) this.#boundary();
  }

  /** What follows is another pass. */
  #boundary(): void {
    if (this.#open.length > 0) return;
    this.#ended = undefined;
    if (this.#trail === 0) return;
    const trail = this.#trailOf(this.#trail);
    this.#trail = 0;
    if (trail) trail.times++;
    if (this.#recorder) this.#tell(this.#recorder, this.#isWhole ? trail : undefined);
    else if (trail?.times === 1) this.#unseen++;
  }

  /** The program ended with an error. */
  failed(error: unknown): void {
    const late = this.#late?.failure?.error === error ? this.#late : undefined;
    const recorder = this.#recorder ?? late ?? this.#recordLate();
    recorder.failed(error);
    this.#open.length = this.#given.length = 0;
    this.#tell(recorder, undefined);
  }

  finish(): void {
    this.#open.length = this.#given.length = 0;
    this.#boundary();
  }

  /** The calls under way, and the last that ended, where that was in one of them. */
  #recordLate(): PassRecorder {
    this.#step = this.#options.step();
    const recorder = new PassRecorder(this.#options, true);
    const ended = this.#ended;
    for (let depth = 0; depth <= this.#open.length; depth++) {
      if (ended?.depth === depth) recorder.called(ended.module, ended.inputs, ended.output);
      if (depth < this.#open.length) recorder.forwardStarts(this.#open[depth]!, this.#given[depth]!);
    }
    return recorder;
  }

  /** How often each told pass was made. */
  counts(): PassCount[] {
    return [...this.#told].map((id) => {
      let times = 0;
      let isExact = true;
      for (const { times: made, looks, found } of this.#trails.values()) {
        const share = looks === 0 ? 0 : (found.get(id) ?? 0) / looks;
        times += made * share;
        isExact &&= looks > 0 && Number.isInteger(share);
      }
      return { id, times: Math.max(1, Math.round(times)), ...(isExact ? {} : { isEstimate: true as const }) };
    });
  }

  get #isAffordable(): boolean {
    return this.#cost <= (performance.now() - this.#begin) * this.#options.share;
  }

  /** An order of calls that was met unrecorded may be met again any time. */
  get #isSearching(): boolean {
    return this.#unseen > 0 && this.#told.size < maximumPasses && (this.#recordings < freeRecordings || this.#isAffordable);
  }

  /** The module, and how it is called: a number that isn't 0 or 1. */
  #mark(module: AnyModule): number {
    let number = this.#numbers.get(module);
    if (number === undefined) this.#numbers.set(module, (number = ++this.#modules));
    return number * 4 + (isGradEnabled() ? 2 : 0) + ((module as Module).training ? 1 : 0);
  }

  #consider(mark: number): void {
    const isBegin = this.#trail === 0;
    const isNew = !this.#begun.has(mark) && this.#begun.size < maximumBegun;
    // In the middle only an evaluation may be another pass.
    if (!isBegin && (!isNew || isGradEnabled())) return;
    if (!isNew && !this.#isWanted && !this.#isSearching) return;
    this.#begun.add(mark);
    this.#isWanted = false;
    this.#isWhole = isBegin;
    this.#recordings++;
    this.#step = this.#options.step();
    this.#recorder = new PassRecorder(this.#options);
    this.#options.operations.add(this.#recorder);
  }

  #trailOf(key: number): Trail | undefined {
    const known = this.#trails.get(key);
    if (known || this.#trails.size >= maximumTrails) return known;
    const trail: Trail = { times: 0, looks: 0, found: new Map() };
    this.#trails.set(key, trail);
    return trail;
  }

  #tell(recorder: PassRecorder, trail: Trail | undefined): void {
    const begin = performance.now();
    this.#recorder = null;
    this.#options.operations.remove(recorder);
    const { isOwn, placeOf } = this.#options;
    this.#options.beforeTelling();
    const passes = passesOf(recorder, { isOwn, placeOf, step: this.#step });
    if (trail && trail.looks++ === 0 && trail.times > 1) this.#unseen--;
    for (const pass of passes) {
      trail?.found.set(pass.id, (trail.found.get(pass.id) ?? 0) + 1);
      if (this.#told.has(pass.id) || (this.#told.size >= maximumPasses && !pass.failure)) continue;
      this.#told.add(pass.id);
      this.#options.tell(pass);
    }
    this.#cost += recorder.cost + performance.now() - begin;
  }
}

function mix(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x9e3779b1) ^ (hash >>> 15) || 1;
}
