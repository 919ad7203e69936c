/** The context menu of a place that stands for a step of the run. */
import type { Store } from "../store.ts";

/** What VS Code's menu is given: see `kindling.rewindHere`. */
export function stepMenu(store: Store, step: number | null | undefined): string {
  const run = store.run.value;
  const isOfRun = run?.mode === "train" && typeof step === "number" && step >= 0;
  return JSON.stringify({
    preventDefaultContextMenuItems: true,
    ...(isOfRun && { webviewSection: "step", step, file: run.file, runId: run.runId, startedAt: run.startedAt }),
  });
}
