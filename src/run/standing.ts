/** Where a run stands, so that status bar, lenses, panel and command line say the same. Pure. */
import type { Progress, RunState } from "../protocol/index.ts";
import { formatCount, formatNumber } from "./numbers.ts";
import type { Series } from "./series.ts";
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
}

/** The newest point of the loss's curve, which chart and table end with; without a curve, what the progress says. */
export function standing({ curves, progress }: RunSnapshot): Standing | undefined {
  const last = curves.get("loss")?.last;
  if (last) return { epoch: last.epoch, step: last.step, loss: last.value };
  return progress && { epoch: progress.epoch, step: progress.lossStep ?? progress.step, loss: progress.loss };
}

/** Whether it took at least one training step; `backward()` alone is none. */
export function hasStepped({ progress }: RunSnapshot): boolean {
  return (progress?.step ?? 0) > 0;
}

/** `loss is NaN since step 120`; undefined where the loss is a number, or is one again. */
export function lossTrouble(run: RunSnapshot): string | undefined {
  const now = standing(run);
  if (now?.loss === undefined || Number.isFinite(now.loss)) return undefined;
  const told = run.problems.find(({ code }) => code === "nonFiniteLoss")?.step;
  const loss = run.curves.get("loss");
  if (!loss) return noNumberText("loss", now.loss, told ?? now.step);
  const { before, steps, values } = holeAtEnd(loss);
  // Where the curve was thinned out there, it began somewhere between two of its points, and the run's own word tells.
  const since = told !== undefined && told > before && told < steps[0]! ? told : steps[0]!;
  if (values.every((value) => Object.is(value, now.loss))) return noNumberText("loss", now.loss, since);
  const became = `loss became ${formatNumber(values[0])} at step ${formatCount(since)}`;
  return Object.is(values[0], now.loss) ? became : `${became}, now ${formatNumber(now.loss)}`;
}

/** `loss is −∞ since step 1,200` */
export function noNumberText(name: string, value: number, step: number): string {
  return `${name} is ${formatNumber(value)} since step ${formatCount(step)}`;
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
