/** `Export to PyTorch…`: writes a model file as a project of PyTorch's into a folder. */
import { basename, dirname, join } from "node:path";
import * as vscode from "vscode";
import { writeBeginning } from "../../client/beginning.ts";
import type { BeginningOptions, Problem } from "../../protocol/index.ts";
import { UntrustedError, type RunnerPool } from "../runs/runnerPool.ts";
import { requestFor } from "../shared/settings.ts";
import { read } from "./read.ts";
import { translation } from "./translation.ts";

interface Wanted {
  /** Without it, the user is asked for one. */
  readonly folder?: vscode.Uri;
  /** Whose weights will take the place of those that the training begins with, in words. */
  readonly trained?: string;
}

/**
 * Writes the project into a folder and opens its `train.py`.
 * @returns the folder, if one was chosen
 */
export async function exportPython(file: string, pool: RunnerPool, wanted: Wanted): Promise<vscode.Uri | undefined> {
  const folder = wanted.folder ?? (await askFolder(file));
  if (!folder) return undefined;
  await exportPythonTo(file, folder, pool, wanted.trained);
  const program = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, "train.py"));
  await vscode.window.showTextDocument(program, { viewColumn: vscode.ViewColumn.Beside });
  return folder;
}

async function askFolder(file: string): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({
    title: `Export ${basename(file)} to PyTorch`,
    openLabel: "Export Here",
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.Uri.file(dirname(file)),
  });
  return chosen?.[0];
}

/** Writes the project. What has no twin stands in `train.py` by name, and is said. */
async function exportPythonTo(file: string, folder: vscode.Uri, pool: RunnerPool, trained: string | undefined): Promise<void> {
  const source = read(file);
  if (source === undefined) return;
  const { files, data, drawn, problems: inText } = translation().pythonProject(source, file, read, trained);
  for (const { path, text } of files) await vscode.workspace.fs.writeFile(vscode.Uri.joinPath(folder, path), new TextEncoder().encode(text));
  for (const name of data) {
    const from = vscode.Uri.file(join(dirname(file), name));
    const isThere = await vscode.workspace.fs.stat(from).then(
      () => true,
      () => false,
    );
    if (isThere) await vscode.workspace.fs.copy(from, vscode.Uri.joinPath(folder, name), { overwrite: true });
  }
  const problems = [...inText, ...(await begun(file, folder, drawn, pool))];
  const [first] = problems;
  if (first)
    void vscode.window.showWarningMessage(
      `${basename(file)}${first.position ? `, line ${first.position.line}` : ""}: ${first.message}${problems.length > 1 ? ` (and ${problems.length - 1} more)` : ""}`,
    );
}

/** Has the weights that the training begins with written; nothing runs in a folder that isn't trusted. */
async function begun(file: string, folder: vscode.Uri, values: BeginningOptions["values"], pool: RunnerPool): Promise<readonly Problem[]> {
  try {
    return await writeBeginning(
      pool.take(),
      requestFor(file, "inspect", () => {}),
      { folder: folder.fsPath, values },
    );
  } catch (error) {
    if (error instanceof UntrustedError) return [];
    throw error;
  }
}
