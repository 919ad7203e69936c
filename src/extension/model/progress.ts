/** How far a training is, in a line of text. Pure. */
import type { MetricPoint, Progress, RunSnapshot } from "../../protocol/index.ts";
import { formatCount, formatDuration, formatValue, l10n } from "./language.ts";

/** The loss that was told last: what the chart and the table end with, so all that is said of the run says the same. */
export function lastLoss(run: RunSnapshot): MetricPoint | undefined {
  return run.metrics.findLast(({ name }) => name === "loss");
}

/** Whether it made at least one training step; `backward()` alone is none. */
export function hasStepped(run: RunSnapshot): boolean {
  return (run.progress?.step ?? 0) > 0;
}

/** Whether there is anything in it that only a training brings. */
export function hasCurves(run: RunSnapshot): boolean {
  return run.metrics.length > 0 || run.statistics.length > 0;
}

/** `loss is NaN since step 120`; undefined where the loss is a number, or is one again. */
export function lossTrouble(run: RunSnapshot): string | undefined {
  const last = lastLoss(run);
  const value: number | null | undefined = last ? last.value : run.progress?.loss;
  if (value === undefined || Number.isFinite(value)) return undefined;
  const problem = run.problems.find(({ code }) => code === "nonFiniteLoss");
  // On disk infinity becomes null, but the problem's text has its name.
  const name = value === null ? /^loss is (\S+)/i.exec(problem?.message ?? "")?.[1] : undefined;
  const step = problem?.step ?? sinceWhen(run) ?? run.progress?.step ?? 0;
  return l10n.t("loss is {0} since step {1}", name ?? formatValue(value), formatCount(step));
}

/** The first step of those at the curve's end that have no number. */
function sinceWhen({ metrics }: RunSnapshot): number | undefined {
  const losses = metrics.filter(({ name }) => name === "loss");
  return losses[losses.findLastIndex(({ value }) => Number.isFinite(value)) + 1]?.step;
}

/** `epoch 3/20 · step 1,234 · loss 0.1234 · 1:12 left` */
export function progressText(run: RunSnapshot): string {
  const { progress } = run;
  const last = lastLoss(run);
  const epoch = last?.epoch ?? progress?.epoch;
  if (epoch === undefined) return l10n.t("starting");
  const epochs = progress?.epochs;
  const parts = [
    epochs === undefined
      ? l10n.t("epoch {0}", formatCount(epoch + 1))
      : l10n.t("epoch {0}/{1}", formatCount(epoch + 1), formatCount(epochs)),
    ...stepAndLoss(run),
  ];
  const left = progress?.remainingSeconds;
  if (left !== undefined) parts.push(l10n.t("{0} left", formatDuration(left)));
  return parts.join(" · ");
}

function stepAndLoss(run: RunSnapshot): readonly string[] {
  const last = lastLoss(run);
  const step = last?.step ?? run.progress?.lossStep ?? run.progress?.step;
  const loss = last ? last.value : run.progress?.loss;
  return [
    ...(step === undefined ? [] : [l10n.t("step {0}", formatCount(step))]),
    ...(loss === undefined ? [] : [l10n.t("loss {0}", formatValue(loss))]),
  ];
}

/** The share that is done, 0 to 1, as the epochs tell; undefined where the program didn't show how long it will go on. */
export function progressShare(progress: Progress | undefined): number | undefined {
  if (progress?.epochs === undefined || progress.epochs === 0) return undefined;
  const inEpoch = progress.batches ? ((progress.batch ?? 0) + 1) / progress.batches : 0;
  return Math.min(1, (progress.epoch + inEpoch) / progress.epochs);
}

/** The status bar's text of a training, with its icon. */
export function statusText(run: RunSnapshot): string {
  const trouble = lossTrouble(run);
  switch (run.state) {
    case "starting":
      return `$(loading~spin) ${l10n.t("starting")}`;
    case "running":
      // Nothing that turns: where there is no graphics card, the cores that train would draw each of its frames.
      return trouble ? `$(warning) ${trouble} · ${progressText(run)}` : `$(graph-line) ${progressText(run)}`;
    case "paused":
      return `$(debug-pause) ${l10n.t("paused")} · ${progressText(run)}`;
    case "stopping":
      return `$(loading~spin) ${l10n.t("stopping")}`;
    case "finished":
      if (trouble) return `$(warning) ${trouble} · ${duration(run)}`;
      return hasStepped(run)
        ? `$(check) ${l10n.t("trained")} · ${ended(run)}`
        : `$(info) ${l10n.t("ran without a training step")} · ${duration(run)}`;
    case "stopped":
      return `$(debug-stop) ${l10n.t("stopped")} · ${trouble ? `${trouble} · ${duration(run)}` : ended(run)}`;
    case "failed":
      return `$(error) ${l10n.t("failed")} · ${ended(run)}`;
    case "interrupted":
      return `$(debug-disconnect) ${[l10n.t("ended when the window closed"), ...stepAndLoss(run)].join(" · ")}`;
  }
}

function ended(run: RunSnapshot): string {
  return [...stepAndLoss(run), duration(run)].join(" · ");
}

/** By the run's own clock, as the panel's; by the host's for a run that didn't come to tell it. */
function duration({ progress, startedAt, endedAt = startedAt }: RunSnapshot): string {
  return formatDuration((progress?.elapsed ?? endedAt - startedAt) / 1000);
}
