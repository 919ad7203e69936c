/**
 * Which of a run's checkpoints its weights are taken from: what it came to, a step's, or the one nearest to where a series
 * was best. Everybody who takes weights of a run asks here.
 */
import { readFileSync } from "node:fs";
import { betterOf, bestOf } from "../run/comparison.ts";
import { isTrainingLoss, isValidationLoss, readCurveName } from "../run/curveNames.ts";
import { formatCount, formatNumber, plural } from "../run/numbers.ts";
import { digestOf } from "./checkpointKeeper.ts";
import { checkpointsOf, type KeptCheckpoint } from "./checkpoints.ts";
import type { KeptRun } from "./keptRuns.ts";
import { seriesOfRun } from "./readRun.ts";

/** A moment of a run; of neither step nor best, its end. */
export interface Moment {
  /** The last checkpoint up to so many steps. */
  readonly step?: number | undefined;
  /** The checkpoint nearest to the best value of this series; `true`: of the lowest validation loss, or loss where there is none. */
  readonly best?: string | true | undefined;
}

export interface ChosenCheckpoint {
  readonly checkpoint: KeptCheckpoint;
  /** What a person has to know of the choice, as a sentence without its end. */
  readonly reason?: string;
}

/** No checkpoint is of that moment; the message says why. */
export class NoCheckpoint extends Error {}

/** What stands behind a run for its best moment. */
const bestWord = /@best(?::(.+))?$/;

/** `baseline@best`, `latest@best:val/acc`: a run, and which of its moments. */
export function readRunWord(word: string): { readonly run: string; readonly best?: string | true } {
  const found = bestWord.exec(word);
  return found ? { run: word.slice(0, found.index), best: found[1] ?? true } : { run: word };
}

/** Whose file is what was written. @throws NoCheckpoint */
export function chosenCheckpoint(kept: KeptRun, moment: Moment = {}): ChosenCheckpoint {
  const chosen = momentOf(kept, moment);
  if (isSound(chosen.checkpoint)) return chosen;
  const earlier = checkpointsOf(kept).findLast((one) => one.step < chosen.checkpoint.step && isSound(one));
  const remedy = earlier ? `; those ${momentText(earlier)} are whole: \`--step ${earlier.step}\`` : "";
  throw new NoCheckpoint(`the weights of ${kept.id} ${momentText(chosen.checkpoint)} are damaged: ${chosen.checkpoint.path} is not what was written${remedy}`);
}

/** Of those that were kept before there was a digest, as far as their size tells. */
function isSound({ path, digest, bytes, written }: KeptCheckpoint): boolean {
  return bytes === written && (digest === undefined || digestOf(readFileSync(path)) === digest);
}

function momentOf(kept: KeptRun, { step, best }: Moment): ChosenCheckpoint {
  const all = checkpointsOf(kept);
  if (all.length === 0) throw new NoCheckpoint(`no weights are kept of ${kept.id}: it took no step, or was trained without checkpoints`);
  if (best !== undefined) return nearestToBest(kept, all, best === true ? lossOf(kept) : best);
  const checkpoint = all.findLast((one) => step === undefined || one.step <= step);
  if (!checkpoint) throw new NoCheckpoint(`no weights are kept of ${kept.id} up to step ${step}; the first are of step ${all[0]!.step}`);
  const isNearest = step !== undefined && step !== checkpoint.step;
  return { checkpoint, ...(isNearest && { reason: `step ${formatCount(step)} is not kept; the last checkpoint up to there is ${momentText(checkpoint)}` }) };
}

/** The best moment by itself, where the run has one that its end isn't. */
export function bestCheckpoint(kept: KeptRun): ChosenCheckpoint | undefined {
  try {
    return momentOf(kept, { best: true });
  } catch (error) {
    if (error instanceof NoCheckpoint) return undefined;
    throw error;
  }
}

/** What the run was validated by, else what it descends. */
function lossOf({ id, summary }: KeptRun): string {
  const names = Object.keys(summary.series);
  const validated = names.filter(isValidationLoss);
  const found = validated.find((name) => readCurveName(name).split === "val") ?? validated[0] ?? names.find(isTrainingLoss);
  if (found !== undefined) return found;
  throw new NoCheckpoint(`${id} has no loss to be best by; say which series: \`RUN@best:${names[0] ?? "NAME"}\``);
}

function nearestToBest(kept: KeptRun, all: readonly KeptCheckpoint[], name: string): ChosenCheckpoint {
  const end = kept.summary.series[name];
  const names = Object.keys(kept.summary.series);
  if (!end) throw new NoCheckpoint(`${kept.id} has no series ${name}; it has ${names.join(", ") || "none"}`);
  const better = betterOf(name);
  if (better === undefined) throw new NoCheckpoint(`whether ${name} is better high or low can't be told from its name; take another series, or a step`);
  const value = bestOf(name, end);
  const step = value === undefined ? undefined : stepOf(kept, name, value);
  if (step === undefined) throw new NoCheckpoint(`${name} of ${kept.id} has no number that could be its best`);
  // A loss is that of the weights before its step; what else is logged there is of those after it.
  const taken = isTrainingLoss(name) ? step : step + 1;
  const checkpoint = all.reduce((near, one) => (Math.abs(one.step - taken) < Math.abs(near.step - taken) ? one : near));
  const word = better === "lower" ? "lowest" : "highest";
  return {
    checkpoint,
    reason: `${name} was ${word}, ${formatNumber(value)}, at step ${formatCount(step)}; the nearest checkpoint is ${momentText(checkpoint)}`,
  };
}

function momentText({ step }: KeptCheckpoint): string {
  return `after ${plural(step, "step")}`;
}

/** Where the series had that value first. */
function stepOf({ folder }: KeptRun, wanted: string, value: number): number | undefined {
  for (const point of seriesOfRun(folder, wanted)) if (point.value === value) return point.step;
  return undefined;
}
