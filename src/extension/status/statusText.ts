/** How far a training is, in a line of text. Pure. */
import { formatCount, formatDuration, formatNumber } from "../../run/numbers.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { elapsedSeconds, hasStepped, lossTrouble, standing } from "../../run/standing.ts";

/** `epoch 3/20 · step 1,234 · loss 0.1234 · 1:12 left` */
export function progressText(run: RunSnapshot): string {
  const { progress } = run;
  const now = standing(run);
  if (!now) return "starting";
  const epochs = progress?.epochs;
  const parts = [
    epochs === undefined ? `epoch ${formatCount(now.epoch + 1)}` : `epoch ${formatCount(now.epoch + 1)}/${formatCount(epochs)}`,
    ...stepAndLoss(run),
  ];
  const left = progress?.remainingSeconds;
  if (left !== undefined) parts.push(`${formatDuration(left)} left`);
  return parts.join(" · ");
}

function stepAndLoss(run: RunSnapshot): readonly string[] {
  const now = standing(run);
  if (!now) return [];
  return [`step ${formatCount(now.step)}`, ...(now.loss === undefined ? [] : [`loss ${formatNumber(now.loss)}`])];
}

/** The status bar's text of a training, with its icon. */
export function statusText(run: RunSnapshot): string {
  const trouble = lossTrouble(run);
  if (run.inDebugger) return ["$(debug-alt) in the debugger", ...stepAndLoss(run)].join(" · ");
  switch (run.state) {
    case "starting":
      return "$(loading~spin) starting";
    case "running":
      // Nothing that turns: where there is no graphics card, the cores that train would draw each of its frames.
      return trouble ? `$(warning) ${trouble} · ${progressText(run)}` : `$(graph-line) ${progressText(run)}`;
    case "paused":
      return `$(debug-pause) paused · ${progressText(run)}`;
    case "stopping":
      return "$(loading~spin) stopping";
    case "finished":
      if (trouble) return `$(warning) ${trouble} · ${duration(run)}`;
      return hasStepped(run) ? `$(check) trained · ${ended(run)}` : `$(info) ran without a training step · ${duration(run)}`;
    case "stopped":
      return `$(debug-stop) stopped · ${trouble ? `${trouble} · ${duration(run)}` : ended(run)}`;
    case "failed":
      return `$(error) failed · ${ended(run)}`;
    case "interrupted":
      return ["$(debug-disconnect) ended when the window closed", ...stepAndLoss(run)].join(" · ");
  }
}

function ended(run: RunSnapshot): string {
  return [...stepAndLoss(run), duration(run)].join(" · ");
}

function duration(run: RunSnapshot): string {
  return formatDuration(elapsedSeconds(run));
}
