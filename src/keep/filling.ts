/**
 * Fills a kept run in: what it tells when it is run again, with more to tell, is held against what it told then, and what is
 * new is added to it: all of it, or nothing where anything is another.
 */
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import type {
  FillOptions,
  GivenConstant,
  MetricPoint,
  ModelInfo,
  ModuleStatistics,
  Problem,
  RunState,
  SentEvent,
  StepStatistics,
  TensorStatistics,
} from "../protocol/index.ts";
import { received } from "../run/sentEvents.ts";
import { storedEvent } from "../run/records.ts";
import { isFinal } from "../run/standing.ts";
import { additionCodec, nextAddition, type Addition } from "./additions.ts";
import { checkpointEvents } from "./checkpoints.ts";
import { keepCode } from "./keepCode.ts";
import { givenIn, givenInText } from "./given.ts";
import { isProcess } from "./isProcess.ts";
import type { KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";
import { LineFile } from "./lines.ts";
import { Outline } from "./outline.ts";
import { CannotRepeat, stepsTaken, type Past } from "./past.ts";
import { eventsOf, row, seriesOf, type Renamed } from "./readRun.ts";
import { SampleLines, shareOfSamples, type SampleEvent } from "./sampleLines.ts";
import { ToldAgain, type Told } from "./toldAgain.ts";
import { writeWhole } from "./wholeFile.ts";
import { whyNotWritten } from "./whyNotWritten.ts";

export interface FillingOptions {
  readonly past: Past;
  readonly fill: FillOptions;
  /** Where it is run to. */
  readonly step: number;
  /** Bytes that all kept runs may take together. */
  readonly limit: number;
  /** Version of Kindling. */
  readonly version: string;
}

/** How a run that is run again ended. */
export interface FillingEnd {
  readonly state: RunState;
  /** Whether it came to the step that it was to come to. */
  readonly hasArrived: boolean;
}

/** Why a run can't be filled in, as far as that can be told at once. */
export function whyNotFilled({ state, info }: KeptRun): string | undefined {
  if (!isFinal(state)) return "This run still goes on. It can be filled in when it is over.";
  return info.torch === undefined ? undefined : "PyTorch ran this one; only Kindling's own runs can be filled in.";
}

/** What goes on while it is made; the process that makes it is in its name. */
const unfinished = /^new-(\d+)$/;

export class Filling {
  readonly #options: FillingOptions;
  readonly #kept: KeptRun;
  /** The texts that are run. */
  readonly texts: ReadonlyMap<string, string>;
  /** What takes the place of constants in them. */
  readonly given: readonly GivenConstant[];
  /** Whether it is run to the end that it had, and not only to a step. */
  readonly #goesToEnd: boolean;
  readonly #number: number;
  readonly #folder: string;
  readonly #lines: LineFile;
  readonly #samples: SampleLines;
  readonly #series: ToldAgain<MetricPoint>;
  readonly #notes: ToldAgain<Told>;
  #addedNotes = 0;
  /** What was measured then, by model and step. */
  readonly #measured = new Map<string, StepStatistics>();
  readonly #thenModels: readonly ModelInfo[];
  readonly #hadPasses: boolean;
  #models: readonly ModelInfo[] = [];
  #steps = 0;
  /** The program's own, which would end it. */
  #error: Problem | undefined;
  /** Where it was not the same any more. */
  #parted: string | undefined;
  #isOver = false;
  /** Whether the run has all of it now. */
  isDone = false;

  /** @throws CannotRepeat */
  constructor(options: FillingOptions) {
    const { past, fill, step, limit } = options;
    this.#options = options;
    const kept = (this.#kept = past.kept);
    const why = whyNotFilled(kept);
    if (why !== undefined) throw new CannotRepeat(why);
    this.texts = fill.file === undefined ? past.texts : textsOfNow(past, fill.file);
    this.given = givenOfNow(past, this.texts);
    this.#goesToEnd = (kept.state === "finished" || kept.state === "failed") && step === stepsTaken(kept);
    const counted = this.#goesToEnd ? Infinity : step;
    const renames: Renamed[] = [];
    const notes: Told[] = [];
    let models: readonly ModelInfo[] = [];
    let hadPasses = false;
    for (const event of eventsOf(kept.folder)) {
      if (event.type === "renamed") renames.push(event);
      else if (event.type === "note") notes.push({ ...event, value: event.text });
      else if (event.type === "models") models = event.models;
      else if (event.type === "statistics" && fill.samples) this.#measured.set(keyOf(event.statistics), event.statistics);
      hadPasses ||= event.type === "pass";
    }
    [this.#thenModels, this.#hadPasses] = [models, hadPasses];
    this.#series = new ToldAgain(seriesOf(kept.folder, renames), counted);
    this.#notes = new ToldAgain(notes, counted);
    const added = join(kept.folder, names.added);
    this.#number = nextAddition(kept.folder);
    this.#folder = join(added, `new-${process.pid}`);
    mkdirSync(added, { recursive: true });
    sweep(added);
    mkdirSync(this.#folder);
    this.#lines = new LineFile(join(this.#folder, names.events));
    this.#samples = new SampleLines(this.#lines, limit * shareOfSamples);
  }

  /** The number of steps after which it is over. One that ended by itself has to end by itself again, and not go on. */
  get lastStep(): number {
    return this.#options.step + (this.#goesToEnd ? 1 : 0);
  }

  /** What the models ended with: after so many steps these parameters. */
  get end(): { readonly step: number; readonly hash: string } | undefined {
    return checkpointEvents(this.#kept).find(({ isEnd }) => isEnd);
  }

  /** @returns where it is not the same any more, in words for the user */
  event(event: SentEvent): string | undefined {
    if (this.#isOver) return undefined;
    this.#parted ??= this.#take(event);
    return this.#parted;
  }

  #take(event: SentEvent): string | undefined {
    switch (event.type) {
      case "files":
        if (this.#options.fill.file !== undefined) keepCode(this.#folder, event.files, this.texts);
        return undefined;
      case "metrics":
        return firstOf(event.points, (point) => this.#addPoint(point));
      case "renamed":
        return this.#series.rename(event.from, event.to);
      case "note":
        return this.#addNote(event);
      case "problem":
        if (event.problem.severity === "error") this.#error ??= event.problem;
        return undefined;
      case "progress":
        this.#steps = event.progress.step;
        return undefined;
      case "models":
        this.#models = event.models;
        return undefined;
      case "statistics":
        return this.#addStatistics(event);
      case "changes":
        if (this.#isWanted(event.changes.step)) this.#samples.add(event);
        return undefined;
      case "pass":
      case "passCounts":
        if (!this.#hadPasses) this.#lines.add(storedEvent.encode(event));
        return undefined;
      default:
        return undefined;
    }
  }

  /** That the parameters are others is shown first by a value that is, where one was told. */
  whyOtherParameters(reason: string): string {
    return this.#series.unlike() ?? reason;
  }

  /** Nothing is added. @param reason as `event` returns it */
  refuse(reason: string): Problem {
    this.discard();
    const message = `Nothing was filled in: ${reason}. What is added may not change the training.`;
    return {
      severity: "error",
      code: "fillIn",
      message,
      position: this.#error?.position ?? { file: this.#kept.info.file, line: this.#firstChange, column: 1 },
    };
  }

  /** It is over. @returns why nothing was added */
  finish(end: FillingEnd): Problem | undefined {
    if (this.#isOver) return undefined;
    if (end.state === "stopped") {
      this.discard();
      return undefined;
    }
    const parted = this.#parted ?? this.#whyAnotherEnd(end) ?? this.#series.end() ?? this.#notes.end() ?? this.#whyOtherModels();
    if (parted !== undefined) return this.refuse(parted);
    if (this.#isNothingNew) {
      this.discard();
      this.isDone = true;
      const message = "Nothing was filled in: the run has all that was told.";
      return { severity: "information", code: "fillIn", message, position: { file: this.#kept.info.file, line: 1, column: 1 } };
    }
    return this.#commit();
  }

  discard(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#lines.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** The text that ran has none. */
  get #newSeries(): ReadonlyMap<string, readonly MetricPoint[]> {
    return this.#options.fill.file === undefined ? new Map() : this.#series.extended;
  }

  get #isNothingNew(): boolean {
    return this.#newSeries.size === 0 && this.#addedNotes === 0 && this.#samples.count === 0;
  }

  /** Its name is the last thing that it gets: before that nobody reads it. */
  #commit(): Problem | undefined {
    const series = this.#newSeries;
    try {
      const file = new LineFile(join(this.#folder, names.series));
      for (const points of series.values()) for (const point of points) file.add(row.encode(point));
      file.flush();
      file.close();
      this.#lines.flush();
      writeWhole(join(this.#folder, names.addition), additionCodec.encode(this.#addition(series)));
      if (nextAddition(this.#kept.folder) !== this.#number) return this.refuse("the run was filled in by another process meanwhile; try again");
      renameSync(this.#folder, join(this.#kept.folder, names.added, String(this.#number)));
    } catch (error) {
      return this.refuse(existsSync(this.#kept.folder) ? `it can't be written: ${whyNotWritten(error)}` : "the run is not kept any more");
    }
    this.#isOver = this.isDone = true;
    this.#lines.close();
    return undefined;
  }

  #addition(series: ReadonlyMap<string, readonly MetricPoint[]>): Addition {
    const { fill, version } = this.#options;
    const outlined = [...series].map(([name, points]) => {
      const outline = new Outline();
      for (const { value } of points) outline.add(value);
      return [name, outline.summary] as const;
    });
    return {
      at: Date.now(),
      kindling: version,
      ...(fill.samples && { samples: fill.samples }),
      measured: this.#samples.count,
      series: Object.fromEntries(outlined),
      notes: this.#addedNotes,
      order: this.#series.names,
    };
  }

  #addPoint(point: MetricPoint): string | undefined {
    const reason = this.#series.add(point);
    const { steps } = this.#kept.summary;
    return reason !== undefined && this.#goesToEnd && point.step >= steps ? `it takes more than the ${steps} steps of then` : reason;
  }

  #addNote(event: Extract<SentEvent, { readonly type: "note" }>): string | undefined {
    const note = { ...event, value: event.text };
    const reason = this.#notes.add(note);
    if (!this.#notes.isNew(note)) return reason;
    this.#addedNotes++;
    this.#lines.add(storedEvent.encode(event));
    return reason;
  }

  #addStatistics(event: Extract<SampleEvent, { readonly type: "statistics" }>): string | undefined {
    const told = received(event);
    if (told.type !== "statistics") return undefined;
    const now = told.statistics;
    if (!this.#isWanted(now.step) || now.afterwards) return undefined;
    const then = this.#measured.get(keyOf(now));
    this.#measured.delete(keyOf(now));
    const other = then && !then.afterwards && otherModule(then, now);
    if (other) return `at step ${now.step} what was measured of \`${this.#pathOf(now.model, other)}\` is not what it was then`;
    this.#samples.add(event);
    return undefined;
  }

  #isWanted(step: number): boolean {
    const { samples } = this.#options.fill;
    return samples !== undefined && step >= samples.from && step < samples.to;
  }

  #pathOf(model: number, { module }: ModuleStatistics): string {
    const info = this.#models.find(({ id }) => id === model);
    return info?.modules[module]?.path || info?.name || "the model";
  }

  #whyAnotherEnd({ state, hasArrived }: FillingEnd): string | undefined {
    const { state: then, summary } = this.#kept;
    if (!this.#goesToEnd) return hasArrived ? undefined : `it ended after ${this.#steps} steps`;
    if (hasArrived || this.#steps > summary.steps) return `it takes more than the ${summary.steps} steps of then`;
    if (state !== then)
      return state === "failed"
        ? `it fails now, which it did not then${this.#error ? `: ${this.#error.message}` : ""}`
        : "it does not end with the error of then";
    return this.#steps < summary.steps ? `it ended after ${this.#steps} steps, and after ${summary.steps} then` : undefined;
  }

  /** What is measured is told by the places that modules have in their models. */
  #whyOtherModels(): string | undefined {
    const isOther = this.#samples.count > 0 && this.#thenModels.length > 0 && structureOf(this.#models) !== structureOf(this.#thenModels);
    return isOther ? "its models have other modules than they had then" : undefined;
  }

  /** The first line that isn't as it was. */
  get #firstChange(): number {
    const { file } = this.#kept.info;
    const [then, now] = [this.#options.past.texts, this.texts].map((texts) => texts.get(file)?.split("\n") ?? []);
    const line = now!.findIndex((text, i) => text !== then![i]);
    return Math.max(0, line) + 1;
  }
}

/** What was read from disk for the run is read from there again; the file itself may have another name. */
function textsOfNow({ kept, texts }: Past, file: string): ReadonlyMap<string, string> {
  const gone = [...texts].filter(([path]) => !existsSync(path));
  try {
    return new Map([...gone, [kept.info.file, readFileSync(file, "utf8")]]);
  } catch {
    throw new CannotRepeat(`The file ${file} can't be read.`);
  }
}

/** @throws CannotRepeat where what was given then has no place any more */
function givenOfNow({ kept: { info }, texts }: Past, now: ReadonlyMap<string, string>): readonly GivenConstant[] {
  const moved = givenInText(givenIn(info), texts.get(info.file) ?? "", now.get(info.file) ?? "");
  if (!("gone" in moved)) return moved;
  const value = info.given![moved.gone];
  throw new CannotRepeat(
    `\`${moved.gone}\` was ${value} in this run in place of what its line says, and that line has changed: put it back to fill this run in.`,
  );
}

/** What processes left behind that were ended while they were at it. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    const pid = Number(unfinished.exec(name)?.[1] ?? NaN);
    if (Number.isNaN(pid) || (pid !== process.pid && isProcess(pid))) continue;
    rmSync(join(folder, name), { recursive: true, force: true });
  }
}

function keyOf({ model, step }: StepStatistics): string {
  return `${model} ${step}`;
}

function structureOf(models: readonly ModelInfo[]): string {
  return JSON.stringify(models.map(({ id, name, modules }) => [id, name, modules.map(({ path, type }) => [path, type])]));
}

/** The first module of which both measured something, and not the same. */
function otherModule(then: StepStatistics, now: StepStatistics): ModuleStatistics | undefined {
  const present = new Map(now.modules.map((own) => [own.module, own]));
  return then.modules.find((own) => {
    const again = present.get(own.module);
    return again !== undefined && tensorsOf(own, again).some(([before, after]) => before && after && !isSame(before, after));
  });
}

type Pair = readonly [then: TensorStatistics | undefined, now: TensorStatistics | undefined];

function tensorsOf(then: ModuleStatistics, now: ModuleStatistics): readonly Pair[] {
  const parameters = new Map(now.parameters.map((own) => [own.name, own]));
  return [
    [then.output, now.output],
    [then.outputGradient, now.outputGradient],
    ...then.parameters.flatMap(({ name, value, gradient }): Pair[] => [
      [value, parameters.get(name)?.value],
      [gradient, parameters.get(name)?.gradient],
    ]),
  ];
}

/** Histograms may have another number of bins. */
function isSame(a: TensorStatistics, b: TensorStatistics): boolean {
  return (["count", "mean", "std", "min", "max", "zeroFraction", "nonFinite"] as const).every((name) => Object.is(a[name], b[name]));
}

function firstOf<T>(items: readonly T[], of: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = of(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
