/** A kept run as it is needed to run it again: what it ran, what the world answered, what it told and what was changed in it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Intervention, MetricPoint, RunEvent, StepStatistics } from "../protocol/index.ts";
import { list, optional, record, text, whole, type Codec } from "../run/codec.ts";
import { digestOf } from "./checkpointKeeper.ts";
import { checkpointEvents, checkpointsOf, heldIn, type KeptCheckpoint } from "./checkpoints.ts";
import { isLint } from "../run/lints.ts";
import { storedEvent } from "../run/records.ts";
import { codeOf, keptRunIn, type KeptRun } from "./keptRuns.ts";
import { firstWeights, whyNoFirstWeights } from "./firstWeights.ts";
import { formatCount, plural } from "../run/numbers.ts";
import { isFinal } from "../run/standing.ts";
import { names } from "./layout.ts";
import { linesOf, parsed } from "./lines.ts";
import { eventsOf, row, stepOf, understood } from "./readRun.ts";
import { ofTensors, type WorldAnswers } from "./worldAnswers.ts";

export interface Past {
  readonly kept: KeptRun;
  /** The texts that ran, by the paths that they had. */
  readonly texts: ReadonlyMap<string, string>;
  readonly world: readonly WorldAnswers[];
  readonly points: readonly MetricPoint[];
  readonly interventions: readonly Intervention[];
  /** What was measured last of each model before the last of the hops ends. */
  readonly lastMeasured: readonly StepStatistics[];
  /** Of the parameters, by the steps that they were taken after; see `hashOf`. */
  readonly hashes: ReadonlyMap<number, string>;
  /** The parts of the way to the step that needn't be computed, in their order. */
  readonly hops: readonly Hop[];
}

/** Steps of a run that needn't be computed, because a checkpoint says what they come to. */
export interface Hop {
  /** Steps that the run has taken where it begins; where it can't begin between two steps, it begins after the next. */
  readonly from: number;
  /** Steps that the run had taken at the checkpoint. */
  readonly to: number;
  readonly file: Uint8Array<ArrayBuffer>;
}

/** A line of `world.jsonl`; one with `cut` is the last: the step from which on there was no room for more. */
interface WorldLine {
  readonly what?: string;
  readonly answers?: readonly unknown[];
  readonly cut?: number;
}

/** A line of `readings.jsonl`. */
interface ReadingsLine {
  readonly values: readonly unknown[];
}

const anything: Codec<unknown> = { encode: (value) => value, decode: (json) => json };
const worldLine = record<WorldLine>({ what: optional(text), answers: optional(list(anything)), cut: optional(whole) });

const readingsLine = record<ReadingsLine>({ values: list(anything) });

/** Why a run can't be run again, in words for the user. */
export class CannotRepeat extends Error {}

/**
 * @param folder of the kept run
 * @param step that is wanted
 * @throws CannotRepeat
 */
export function pastOf(folder: string, step: number): Past {
  const kept = keptRunIn(folder);
  if (!kept) throw new CannotRepeat("This run is not kept any more.");
  const why = whyNotRepeated(kept, step);
  if (why !== undefined) throw new CannotRepeat(why);
  const [tookOver] = eventsOfType(folder, "weights");
  if (tookOver && !firstWeights(folder)) throw new CannotRepeat("This run began with weights from elsewhere, which were not kept with it.");
  const world: WorldAnswers[] = [];
  for (const json of linesOf(join(folder, names.world))) {
    const { what, answers, cut } = understood(() => worldLine.decode(json)) ?? {};
    if (what !== undefined && answers) world.push({ what, answers });
    if (cut !== undefined && step > cut)
      throw new CannotRepeat(`What the program asked of the clock and of files was kept up to step ${cut} only: choose an earlier step.`);
  }
  for (const json of linesOf(join(folder, names.readings))) {
    const { values } = understood(() => readingsLine.decode(json)) ?? {};
    if (values) world.push({ what: ofTensors, answers: values });
  }
  const hops = hopsTo(kept, step);
  return {
    kept,
    texts: textsOf(kept),
    world,
    points: readSeries(kept),
    interventions: readInterventions(kept),
    lastMeasured: hops.length > 0 ? lastMeasured(folder, hops.at(-1)!.to) : [],
    hashes: hashesOf(kept),
    hops,
  };
}

/** Steps that are always computed: what a program makes once, and what is told once of its models, is made and told in them. */
export const firstSteps = 16;
/** A hop is so long, and so many steps before the one that is wanted are computed: what the last step left behind has gone by then. */
const [shortestHop, fewestComputed] = [16, 2];

/**
 * To the last checkpoint before the step. Where a model was trained to its end on the way, so that later checkpoints don't have
 * it, the steps between the last that does and the next are computed, unless that was taken where its training was over.
 */
function hopsTo(kept: KeptRun, step: number): readonly Hop[] {
  const usable = checkpointsOf(kept).filter((one) => !one.isEnd && one.digest !== undefined && one.step >= firstSteps && one.step <= step - fewestComputed);
  return hopsBy(usable);
}

function hopsBy(usable: readonly KeptCheckpoint[]): readonly Hop[] {
  const hops: Hop[] = [];
  let from = firstSteps;
  const held = usable.map(({ path }) => heldIn(path));
  for (const [i, { step, path, digest }] of usable.entries()) {
    const isLast = i === usable.length - 1;
    if (!isLast && held[i]!.models.every((name) => held[i + 1]!.models.includes(name))) continue;
    if (step - from >= shortestHop) {
      const file = new Uint8Array(readFileSync(path));
      // One that is not what was written is none.
      if (digestOf(file) !== digest) return hopsBy(usable.filter((_, k) => k !== i));
      hops.push({ from, to: step, file });
    }
    if (!isLast) from = held[i]!.isLoopEnd ? step : usable[i + 1]!.step;
  }
  return hops;
}

/** How many steps a run took, or are known where the rest could not be written. What one that was cut off said last of itself is a little older than its curves. */
export function stepsTaken(kept: KeptRun): number {
  const { state, summary } = kept;
  const isLost = summary.keptUpTo !== undefined;
  if (!isLost && state !== "interrupted" && state !== "stopped" && state !== "failed") return summary.steps;
  return readSeries(kept).reduce((most, { step }) => Math.max(most, step), isLost ? 0 : summary.steps);
}

/** What can be told at once; `undefined`: nothing is in the way. */
export function whyNotRepeated(kept: KeptRun, step: number): string | undefined {
  const { info } = kept;
  if (info.randomSeed === undefined || info.directory === undefined) return "This run was kept by a version of Kindling that did not keep its seed.";
  if (info.given && !info.givenAt)
    return "Constants of its file had other values in this run, and it was kept by a version of Kindling that did not keep where they stand.";
  if (info.torch !== undefined) return "PyTorch ran this one; only Kindling's own runs can be brought back.";
  const taken = stepsTaken(kept);
  if (step > taken && kept.summary.keptUpTo !== undefined)
    return `Of this run ${plural(taken, "step")} could be written down; nothing is known of step ${formatCount(step)}.`;
  if (step > taken) return `This run took ${plural(taken, "step")}; step ${formatCount(step)} was never reached.`;
  return whyNoFirstWeights(kept.folder);
}

/** The same of a run that is to go on from there in another way. */
export function whyNotBranched(kept: KeptRun, step: number): string | undefined {
  const isOver = (kept.state === "finished" || kept.state === "failed") && step === stepsTaken(kept);
  if (isOver) return `This run took ${plural(step, "step")} and ended there, so nothing goes on from it: choose an earlier step.`;
  return whyNotRepeated(kept, step);
}

/** Why there is nothing to go on with as it was. */
export function whyNotResumed({ state }: KeptRun): string | undefined {
  if (state === "finished") return "This run came to its end; there is nothing to go on with.";
  return isFinal(state) ? undefined : "This run still goes on.";
}

/** What a person changed while it ran. */
export function readInterventions({ folder }: KeptRun): readonly Intervention[] {
  const found: Intervention[] = [];
  for (const json of eventsOfType(folder, "intervention")) {
    const event = understood(() => storedEvent.decode(json));
    if (event?.type === "intervention") found.push(event.intervention);
  }
  return found;
}

/**
 * What it told, and what isn't told again where steps are left out: what was measured, and the likely mistakes that it showed.
 * @param computed the step from which on it is measured anew
 * @param end the step before which it is to be paused
 */
export function* toldOnTheWay({ folder }: KeptRun, computed: number, end: number): Generator<RunEvent, void, undefined> {
  for (const event of eventsOf(folder)) {
    if (event.type === "problem") {
      const { code, step = 0 } = event.problem;
      if (isLint(code) && step >= firstSteps && step < end) yield event;
    } else if (event.type === "statistics" || event.type === "changes" || event.type === "work") {
      if (stepOf(event) < computed) yield event;
    }
  }
}

/** The lines say at their beginning of which step they are: only the last of each model is read. */
function lastMeasured(folder: string, before: number): readonly StepStatistics[] {
  const last = new Map<string, string>();
  const lines = linesOf(join(folder, names.events), (line) => {
    const [, model, step] = /^\{"type":"statistics","statistics":\{"model":(\d+),"step":(\d+),/.exec(line) ?? [];
    if (model !== undefined && Number(step) < before) last.set(model, line);
    return false;
  });
  while (lines.next().done !== true);
  return [...last.values()].flatMap((line) => {
    const event = understood(() => storedEvent.decode(parsed(line)));
    return event?.type === "statistics" ? [event.statistics] : [];
  });
}

function* eventsOfType(folder: string, type: string): Generator<unknown, void, undefined> {
  for (const json of linesOf(join(folder, names.events), (line) => line.includes(`"${type}"`)))
    if ((json as { readonly type?: unknown }).type === type) yield json;
}

/** In their order, under the names that their series had then. */
function readSeries({ folder }: KeptRun): MetricPoint[] {
  const points: MetricPoint[] = [];
  for (const json of linesOf(join(folder, names.series))) points.push(...(understood(() => [row.decode(json)]) ?? []));
  return points;
}

function hashesOf(kept: KeptRun): ReadonlyMap<number, string> {
  return new Map(checkpointEvents(kept).flatMap(({ step, isEnd = false, hash }) => (isEnd ? [] : [[step, hash] as const])));
}

function textsOf(kept: KeptRun): ReadonlyMap<string, string> {
  try {
    return new Map(codeOf(kept).map(({ path, name }) => [path, readFileSync(join(kept.folder, names.code, name), "utf8")]));
  } catch {
    throw new CannotRepeat("The code of this run was not kept, or was deleted.");
  }
}
