/** How far a training is, in a line of text. Pure. */
import type { Progress, RunSnapshot } from "../../protocol/index.ts";
import { formatCount, formatDuration, formatValue, l10n } from "./language.ts";

/** `epoch 3/20 · step 1,234 · loss 0.1234 · 1:12 left` */
export function progressText(progress: Progress | undefined): string {
  if (!progress) return l10n.t("starting");
  const { epoch, epochs, step, loss, remainingSeconds } = progress;
  const parts = [
    epochs === undefined
      ? l10n.t("epoch {0}", formatCount(epoch + 1))
      : l10n.t("epoch {0}/{1}", formatCount(epoch + 1), formatCount(epochs)),
    l10n.t("step {0}", formatCount(step)),
  ];
  if (loss !== undefined) parts.push(l10n.t("loss {0}", formatValue(loss)));
  if (remainingSeconds !== undefined) parts.push(l10n.t("{0} left", formatDuration(remainingSeconds)));
  return parts.join(" · ");
}

/** The share that is done, 0 to 1; undefined where the program didn't show how long it will go on. */
export function progressShare(progress: Progress | undefined): number | undefined {
  if (progress?.epochs === undefined || progress.epochs === 0) return undefined;
  const inEpoch = progress.batches ? ((progress.batch ?? 0) + 1) / progress.batches : 0;
  return Math.min(1, (progress.epoch + inEpoch) / progress.epochs);
}

/** The status bar's text, with its icon. */
export function statusText(run: RunSnapshot): string {
  switch (run.state) {
    case "starting":
      return `$(loading~spin) ${l10n.t("starting")}`;
    case "running":
      return `$(loading~spin) ${progressText(run.progress)}`;
    case "paused":
      return `$(debug-pause) ${l10n.t("paused")} · ${progressText(run.progress)}`;
    case "stopping":
      return `$(loading~spin) ${l10n.t("stopping")}`;
    case "finished":
      return `$(check) ${l10n.t("trained")} · ${ended(run)}`;
    case "stopped":
      return `$(debug-stop) ${l10n.t("stopped")} · ${ended(run)}`;
    case "failed":
      return `$(error) ${l10n.t("failed")} · ${ended(run)}`;
  }
}

function ended(run: RunSnapshot): string {
  const seconds = ((run.endedAt ?? run.startedAt) - run.startedAt) / 1000;
  const loss = run.progress?.loss;
  const time = formatDuration(seconds);
  return loss === undefined ? time : `${l10n.t("loss {0}", formatValue(loss))} · ${time}`;
}
