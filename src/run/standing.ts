/** Where a run stands, so that status bar, lenses, panel and command line say the same. Pure. */
import type { Progress, RunState } from "../protocol/index.ts";
import { isTrainingLoss, modelOfLoss } from "./curveNames.ts";
import { formatCount, formatNumber } from "./numbers.ts";
import type { Point, Series } from "./series.ts";
import type { RunSnapshot } from "./snapshot.ts";

/** Whether a run in this state is over. */
export function isFinal(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed" || state === "interrupted";
}

export interface Standing {
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number | undefined;
  /** Whose loss it is, where several models train. */
  readonly model?: string;
}

/**
 * The newest point of the loss's curve, which chart and table end with; without a curve, what the progress says. Where several
 * models train, the newest of all, and of those that are as new the first.
 */
export function standing({ curves, progress }: RunSnapshot): Standing | undefined {
  let newest: { readonly name: string; readonly last: Point } | undefined;
  for (const [name, { last }] of curves) if (isTrainingLoss(name) && last && last.step > (newest?.last.step ?? -1)) newest = { name, last };
  if (newest) {
    const { name, last } = newest;
    const model = modelOfLoss(name);
    return { epoch: last.epoch, step: last.step, loss: last.value, ...(model !== undefined && { model }) };
  }
  return progress && { epoch: progress.epoch, step: progress.lossStep ?? progress.step, loss: progress.loss };
}

/** Whether it took at least one training step; `backward()` alone is none. */
export function hasStepped({ progress }: RunSnapshot): boolean {
  return (progress?.step ?? 0) > 0;
}

/** `loss is NaN since step 120`; undefined where the loss is a number, or is one again. */
export function lossTrouble(run: RunSnapshot): string | undefined {
  for (const [name, series] of run.curves) {
    if (isTrainingLoss(name) && series.last && !Number.isFinite(series.last.value)) return seriesTrouble(name, series, toldStep(run));
  }
  const { loss, step } = standing(run) ?? {};
  return loss === undefined || step === undefined || Number.isFinite(loss) ? undefined : noNumberText("loss", loss, toldStep(run) ?? step);
}

/** `loss is −∞ since step 1,200` */
function noNumberText(name: string, value: number, step: number): string {
  return `${name} is ${formatNumber(value)} since step ${formatCount(step)}`;
}

/** `loss became NaN at step 120`, which stays true whatever it is later. */
export function becameText(name: string, value: number, step: number): string {
  return `${name} became ${formatNumber(value)} at step ${formatCount(step)}`;
}

/** When the run itself said that a loss is no number. */
function toldStep({ problems }: RunSnapshot): number | undefined {
  return problems.find(({ code }) => code === "nonFiniteLoss")?.step;
}

/** Of a curve that ends without a number. */
function seriesTrouble(name: string, series: Series, told: number | undefined): string {
  const now = series.last!.value;
  const { before, steps, values } = holeAtEnd(series);
  // Where the curve was thinned out there, it began somewhere between two of its points, and the run's own word tells.
  const since = told !== undefined && told > before && told < steps[0]! ? told : steps[0]!;
  if (values.every((value) => Object.is(value, now))) return noNumberText(name, now, since);
  const became = becameText(name, values[0]!, since);
  return Object.is(values[0], now) ? became : `${became}, now ${formatNumber(now)}`;
}

/** The last step with a number, and what comes after it. */
function holeAtEnd({ steps, values }: Series) {
  const begin = values.findLastIndex((value) => Number.isFinite(value)) + 1;
  return { before: steps[begin - 1] ?? -Infinity, steps: steps.subarray(begin), values: values.subarray(begin) };
}

/** The share that is done, 0 to 1, as the epochs tell; undefined where the program didn't show how long it will go on. */
export function progressShare(progress: Progress | undefined): number | undefined {
  if (!progress?.epochs) return undefined;
  return Math.min(1, (progress.epoch + (epochShare(progress) ?? 0)) / progress.epochs);
}

/** The share of the epoch that is done, 0 to 1; undefined without a DataLoader. */
export function epochShare({ batch, batches }: Progress): number | undefined {
  return batches ? ((batch ?? -1) + 1) / batches : undefined;
}

/** How long it took, or has taken so far, in seconds: by its own clock; by the host's for a run that didn't come to tell it. */
export function elapsedSeconds({ progress, startedAt, endedAt = startedAt }: RunSnapshot): number {
  return (progress?.elapsed ?? endedAt - startedAt) / 1000;
}
