/** Where a run stands, so that header, charts and tables say the same. Pure. */
import type { ModelInfo } from "../src/protocol/index.ts";
import { formatCount, formatNumber } from "./format.ts";
import type { Series } from "./series.ts";
import { isOver, type RunView } from "./state.ts";

export interface Standing {
  /** From 0. */
  readonly epoch: number;
  readonly step: number;
  readonly loss: number | undefined;
}

/** The newest point of the loss's curve, which chart and table end with; without a curve, what the progress says. */
export function standing(run: RunView): Standing | null {
  const loss = run.curves.get("loss");
  if (loss && loss.length > 0) {
    const last = loss.length - 1;
    return { epoch: loss.epochs[last]!, step: loss.steps[last]!, loss: loss.values[last]! };
  }
  return run.progress && { epoch: run.progress.epoch, step: run.progress.lossStep ?? run.progress.step, loss: run.progress.loss };
}

/** Whether the run took a step: one that took none has trained nothing. */
export function hasStepped(run: RunView): boolean {
  return (run.progress?.step ?? 0) > 0;
}

/** `loss is NaN since step 120`; `null` where the loss is a number, or is one again. */
export function lossTrouble(run: RunView): string | null {
  const now = standing(run);
  if (!now || now.loss === undefined || Number.isFinite(now.loss)) return null;
  const problem = run.problems.find(({ code }) => code === "nonFiniteLoss");
  // Infinity has become null on its way, but the problem's text has its name.
  const value = /^loss is (\S+)/i.exec(problem?.message ?? "")?.[1] ?? formatNumber(now.loss);
  const step = problem?.step ?? lastHole(run.curves.get("loss")) ?? now.step;
  return `loss is ${value} since step ${formatCount(step)}`;
}

/** The first step of those at a curve's end that have no number. */
function lastHole(series: Series | undefined): number | undefined {
  if (!series) return undefined;
  return series.steps[series.values.findLastIndex((value) => Number.isFinite(value)) + 1];
}

/** Why there is nothing to show of a model's inside. */
export function whyUnmeasured(run: RunView, model: ModelInfo | null): string {
  if (!isOver(run.state)) return "No step was measured yet.";
  if (run.mode === "inspect") return "The inspection measured no step.";
  if (!hasStepped(run)) return "Nothing was measured: the run ended before its first training step.";
  if (run.samples.size > 0) return `Nothing was measured: ${model?.name ?? "this model"} took part in no step; other models did.`;
  return "Nothing was measured: no model took part in a step, or measuring is turned off (kindling.histograms.enabled).";
}
