/** Of which moment of a kept run its weights are taken, where they leave it. */
import * as vscode from "vscode";
import { checkpointsOf, type KeptCheckpoint } from "../../keep/checkpoints.ts";
import { bestCheckpoint } from "../../keep/chosenCheckpoint.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { plural } from "../../run/numbers.ts";
import { titleOf } from "./keptRunRows.ts";

/** The only one there is; of several the one that a person picks: the last first, then the one where the run was best. */
export async function askCheckpoint(run: KeptRun, title: string): Promise<KeptCheckpoint | undefined> {
  const checkpoints = checkpointsOf(run);
  if (checkpoints.length === 0) return void vscode.window.showInformationMessage(`No weights are kept of ${titleOf(run)}: ${whyNone(run)}.`);
  if (checkpoints.length === 1) return checkpoints[0];
  return (await vscode.window.showQuickPick(itemsOf(run, checkpoints), { title, placeHolder: "Of which moment?" }))?.checkpoint;
}

function whyNone({ summary }: KeptRun): string {
  return summary.steps === 0 ? "it took no step" : "it was trained without `kindling.runs.checkpoints`";
}

type Item = vscode.QuickPickItem & { readonly checkpoint: KeptCheckpoint };

function itemsOf(run: KeptRun, checkpoints: readonly KeptCheckpoint[]): readonly Item[] {
  const best = bestCheckpoint(run);
  const items = checkpoints.toReversed().map((checkpoint): Item => {
    const isBest = best?.checkpoint.path === checkpoint.path;
    const description = [...(checkpoint.isEnd ? ["what it ended with"] : []), ...(isBest ? ["nearest to its best"] : [])].join(", ");
    return { label: `After ${plural(checkpoint.step, "step")}`, description, ...(isBest && best?.reason && { detail: best.reason }), checkpoint };
  });
  const isFirst = (item: Item): boolean => item.checkpoint.path === best?.checkpoint.path;
  const [last, ...others] = items as [Item, ...Item[]];
  return [last, ...others.filter(isFirst), ...others.filter((item) => !isFirst(item))];
}
