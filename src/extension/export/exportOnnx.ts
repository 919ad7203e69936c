/** `Export to ONNX…`: writes a model of a file for ONNX Runtime, with weights of the program's or of a kept run. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { checkText, isAsMeant, onnxFileOf, onnxText, writeOnnx, type WrittenOnnx } from "../../client/onnx.ts";
import { checkpointsOf } from "../../keep/checkpoints.ts";
import { listRuns } from "../../keep/keptRuns.ts";
import { runsFolder } from "../../keep/layout.ts";
import type { OnnxOptions, Problem, RunRequest, WeightsRequest } from "../../protocol/index.ts";
import { plural } from "../../run/numbers.ts";
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
  const runs = listRuns(runsFolder(file)).flatMap((run) => {
    const checkpoint = run.info.file === file ? checkpointsOf(run).at(-1) : undefined;
    return checkpoint ? [{ run, checkpoint }] : [];
  });
  if (runs.length === 0) return own;
  const items = runs.map(({ run, checkpoint }) => ({
    label: run.label.name ?? run.id,
    description: `after ${plural(checkpoint.step, "step")}`,
    weights: { file: checkpoint.path, origin: run.label.name ?? run.id, declined: [] },
  }));
  const picked = await vscode.window.showQuickPick([{ label: own, description: "before its first training step", weights: own as typeof own }, ...items], {
    title: `Export ${basename(file)} to ONNX`,
    placeHolder: "With which weights?",
  });
  return picked?.weights;
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

function tell(file: string, { onnx, problems }: WrittenOnnx, reveal: (position: NonNullable<Problem["position"]>) => unknown): void {
  const [problem] = problems;
  if (problem || !onnx) {
    const { message = `${basename(file)} ended before its model could be written.`, position } = problem ?? {};
    const where = position ? `${basename(position.file)}, line ${position.line}: ` : "";
    void vscode.window.showErrorMessage(`${where}${message}`, ...(position ? ["Go to Line"] : [])).then((chosen) => chosen && position && reveal(position));
    return;
  }
  const text = `${basename(onnx.file)}: ${onnxText(onnx)}. ${checkText(onnx)}`;
  if (isAsMeant(onnx)) void vscode.window.setStatusBarMessage(`$(check) Wrote ${text}`, 10_000);
  else void vscode.window.showWarningMessage(`Wrote ${text}`);
}
