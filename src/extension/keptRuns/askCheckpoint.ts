/** Of which moment of a kept run the weights are wanted. */
import * as vscode from "vscode";
import { checkpointsOf, type KeptCheckpoint } from "../../keep/checkpoints.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { plural } from "../../run/numbers.ts";

/**
 * @param name of the run, for a person
 * @param question what the weights are wanted for, as the title of the list
 * @returns nothing where none is kept, which is said, or where nothing is chosen
 */
export async function askCheckpoint(run: KeptRun, name: string, question: string): Promise<KeptCheckpoint | undefined> {
  const checkpoints = checkpointsOf(run);
  if (checkpoints.length > 0) return chosen(checkpoints, question);
  const why = run.summary.steps === 0 ? "it took no step" : "it was trained without `kindling.runs.checkpoints`";
  void vscode.window.showInformationMessage(`No weights are kept of ${name}: ${why}.`);
  return undefined;
}

/** The only one there is; of several the one that a person picks, the last first. */
async function chosen(checkpoints: readonly KeptCheckpoint[], title: string): Promise<KeptCheckpoint | undefined> {
  if (checkpoints.length === 1) return checkpoints[0];
  const items = checkpoints.toReversed().map((checkpoint) => ({
    label: `After ${plural(checkpoint.step, "step")}`,
    ...(checkpoint.isEnd && { description: "what it ended with" }),
    checkpoint,
  }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: "Of which moment?" }))?.checkpoint;
}
