/** "Export Weights…" of a kept run: which step, where to; the command line does it, in a process of its own. */
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { trainedText, type KeptCheckpoint } from "../../keep/checkpoints.ts";
import { failureOf, runCommandLine } from "../../client/commandLine.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { exportPython } from "../python/exportPython.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import { askCheckpoint } from "./askCheckpoint.ts";

/** @param cli path of the command line's script @param title of the run, for a person */
export async function exportWeights(cli: string, run: KeptRun, title: string): Promise<void> {
  const checkpoint = await askCheckpoint(run, title, `Export Weights of ${title}`);
  const place = checkpoint && (await askPlace(run, checkpoint));
  if (!place) return;
  const failure = await writeWeights(cli, run, stepIn(checkpoint), place.fsPath);
  if (failure !== undefined) void vscode.window.showErrorMessage(`The weights were not written: ${failure}`);
  else void vscode.window.setStatusBarMessage(`$(check) Wrote ${basename(place.fsPath)}`, 5_000);
}

/** Writes the run's file as a project of PyTorch's, with what the run learned as its weights. */
export async function exportTrained(cli: string, run: KeptRun, title: string, pool: RunnerPool): Promise<void> {
  const checkpoint = await askCheckpoint(run, title, `Export Weights of ${title}`);
  const step = checkpoint && stepIn(checkpoint);
  const folder = checkpoint && (await exportPython(run.info.file, pool, { trained: trainedText(run.id, step) }));
  if (!folder) return;
  const failure = await writeWeights(cli, run, step, join(folder.fsPath, "weights.pt"));
  if (failure !== undefined) void vscode.window.showErrorMessage(`The weights were not written: ${failure}`);
}

const stepIn = ({ isEnd, step }: KeptCheckpoint): number | undefined => (isEnd ? undefined : step);

function askPlace({ info }: KeptRun, { step }: KeptCheckpoint): Thenable<vscode.Uri | undefined> {
  return vscode.window.showSaveDialog({
    title: "Export Weights",
    defaultUri: vscode.Uri.file(join(dirname(info.file), `${basename(info.file, ".model.ts")}-${step}.safetensors`)),
    filters: { "safetensors": ["safetensors"], "PyTorch": ["pt", "pth"] },
  });
}

/** @returns what went wrong, if anything did */
export async function writeWeights(cli: string, { id, folder }: KeptRun, step: number | undefined, output: string): Promise<string | undefined> {
  // The run is found from the project that it is kept in.
  const project = join(folder, "..", "..", "..");
  const ofStep = step === undefined ? [] : ["--step", String(step)];
  return failureOf(await runCommandLine(cli, ["weights", id, ...ofStep, "-o", output], { directory: project }));
}
