/** `Export to ONNX…`: writes a model of a file for ONNX Runtime, with weights of the program's or of a kept run. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { checkText, isAsMeant, onnxFileOf, onnxText, writeOnnx, type WrittenOnnx } from "../../client/onnx.ts";
import { checkpointsOf } from "../../keep/checkpoints.ts";
import { callOf } from "../../keep/comparison.ts";
import { listRuns } from "../../keep/keptRuns.ts";
import { runsFolder } from "../../keep/layout.ts";
import type { OnnxOptions, Problem, RunRequest, TakenWeights, WeightsRequest } from "../../protocol/index.ts";
import { plural } from "../../run/numbers.ts";
import { isTaken } from "../../run/weightMatching.ts";
import { originText, weightsSentence } from "../../run/weightRows.ts";
import { askCheckpoint } from "../keptRuns/askCheckpoint.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import { requestFor } from "../shared/settings.ts";

/** What the program itself has. */
const own = "As the Program Has Them";

/** @param reveal puts the cursor to where something can't be written */
export async function exportOnnx(file: string, pool: RunnerPool, reveal: (position: NonNullable<Problem["position"]>) => unknown): Promise<void> {
  const weights = await chosenWeights(file);
  if (weights === undefined) return;
  const place = await vscode.window.showSaveDialog({
    title: "Export to ONNX",
    defaultUri: vscode.Uri.file(onnxFileOf(file)),
    filters: { ONNX: ["onnx"] },
  });
  if (!place) return;
  const request = { ...requestFor(file, "inspect", () => {}), ...(weights !== own && { weights }) };
  const written = await writtenOrAsked(request, { file: place.fsPath }, pool);
  if (written) tell(file, written, reveal);
}

/** Of a run of this file, newest first; nothing to choose where none is kept. */
async function chosenWeights(file: string): Promise<WeightsRequest | typeof own | undefined> {
  const runs = listRuns(runsFolder(file)).filter((run) => run.info.file === file && checkpointsOf(run).length > 0);
  if (runs.length === 0) return own;
  const title = `Export ${basename(file)} to ONNX`;
  const items = runs.map((run) => ({ label: callOf(run), description: plural(run.summary.steps, "step"), run }));
  const program = { label: own, description: "before its first training step", run: undefined };
  const picked = await vscode.window.showQuickPick([program, ...items], { title, placeHolder: "With which weights?" });
  if (!picked?.run) return picked && own;
  const checkpoint = await askCheckpoint(picked.run, title);
  return checkpoint && { file: checkpoint.path, origin: picked.run.label.name ?? picked.run.id, declined: [] };
}

/** Where the file has several models, a person says which. */
async function writtenOrAsked(request: Omit<RunRequest, "mode">, options: OnnxOptions, pool: RunnerPool): Promise<WrittenOnnx | undefined> {
  const run = (wanted: OnnxOptions): Thenable<WrittenOnnx> =>
    vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: "Exporting to ONNX" }, () => writeOnnx(pool.take(), request, wanted));
  const written = await run(options);
  if (!written.problems.some(({ code }) => code === "onnxModel")) return written;
  const model = await vscode.window.showQuickPick([...written.models], { title: "Export to ONNX", placeHolder: "Which model?" });
  return model === undefined ? undefined : run({ ...options, model });
}

function tell(file: string, { onnx, problems, weights }: WrittenOnnx, reveal: (position: NonNullable<Problem["position"]>) => unknown): void {
  const [problem] = problems;
  if (problem || !onnx) {
    const { message = `${basename(file)} ended before its model could be written.`, position } = problem ?? {};
    const where = position ? `${basename(position.file)}, line ${position.line}: ` : "";
    void vscode.window.showErrorMessage(`${where}${message}`, ...(position ? ["Go to Line"] : [])).then((chosen) => chosen && position && reveal(position));
    return;
  }
  const trained = weights?.matches.some(isTaken) ? ` with the weights of ${originText(weights)}` : "";
  const text = `${basename(onnx.file)}${trained}: ${onnxText(onnx)}. ${checkText(onnx)}`;
  const misfit = weights && misfitText(weights);
  if (misfit !== undefined) void vscode.window.showWarningMessage(`${misfit} Wrote ${text}`);
  else if (isAsMeant(onnx)) void vscode.window.setStatusBarMessage(`$(check) Wrote ${text}`, 10_000);
  else void vscode.window.showWarningMessage(`Wrote ${text}`);
}

/** What the run's weights are not, where the file has changed since. */
function misfitText(weights: TakenWeights): string | undefined {
  const { matches } = weights;
  if (matches.every(({ kind }) => kind === "kept")) return undefined;
  if (matches.some(isTaken)) return `Not all weights of ${originText(weights)} are those of the file by now: ${weightsSentence(matches)}.`;
  return `None of the weights of ${originText(weights)} fit the file by now, so the model has its own.`;
}
