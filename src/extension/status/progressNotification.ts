/** A training's progress with Cancel, for those who train without the panel. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { progressShare } from "../../run/standing.ts";
import { Throttle } from "../../run/throttle.ts";
import { isPaused, isTraining } from "../runs/fileRuns.ts";
import type { RunController } from "../runs/runController.ts";
import type { RunStore } from "../runs/runStore.ts";
import { progressText } from "./statusText.ts";

export async function notifyProgress(store: RunStore, controller: RunController, runId: string): Promise<void> {
  const find = () => store.all().find((runs) => runs.train?.runId === runId);
  const file = find()?.file;
  if (file === undefined) return;
  const options = {
    location: vscode.ProgressLocation.Notification,
    cancellable: true,
    title: `Training ${basename(file)}`,
  };
  await vscode.window.withProgress(options, (progress, token) => {
    let shown = 0;
    const report = new Throttle(1000, () => {
      const runs = find();
      if (!runs?.train) return;
      const share = progressShare(runs.train.progress);
      const text = progressText(runs.train);
      // Without an increment the bar moves on and on, which is right where nobody knows the end, but not in a pause.
      const increment = share === undefined ? (isPaused(runs) ? 0 : undefined) : Math.max(0, 100 * share - shown);
      progress.report({
        message: isPaused(runs) ? `paused · ${text}` : text,
        ...(increment !== undefined && { increment }),
      });
      shown += increment ?? 0;
    });
    token.onCancellationRequested(() => void controller.stop(find()?.file ?? file));
    return new Promise<void>((resolve) => {
      const subscription = store.onDidChange(() => {
        if (isTraining(find())) return report.call();
        report.dispose();
        subscription.dispose();
        resolve();
      });
    });
  });
}
