/** `Watch PyTorch Script`: runs a script in a terminal as Python does, and shows its training while it goes on. */
import { statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import * as vscode from "vscode";
import { listRuns, type KeptRun } from "../../keep/keptRuns.ts";
import { runsFolder } from "../../keep/layout.ts";
import { saveFiles } from "../shared/saving.ts";
import { section } from "../shared/settings.ts";

/** Milliseconds between two looks whether the script has begun to tell. */
const interval = 250;
/** Clocks of files and processes differ a little. */
const slack = 1_000;

/** @param extension where Kindling's own copy of the Python package is @param show a training that began */
export async function watchPython(extension: vscode.Uri, uri: vscode.Uri | undefined, show: (run: KeptRun) => unknown): Promise<void> {
  const script = uri ?? vscode.window.activeTextEditor?.document.uri;
  if (script?.scheme !== "file" || !script.fsPath.endsWith(".py")) {
    void vscode.window.showInformationMessage("Open the Python script that trains, then watch it.");
    return;
  }
  await saveFiles([script.fsPath]);
  const file = script.fsPath;
  const began = Date.now() - slack;
  const execution = await vscode.tasks.executeTask(await taskFor(extension, file));
  const run = await firstRun(file, began, execution);
  if (run) await show(run);
}

async function taskFor(extension: vscode.Uri, file: string): Promise<vscode.Task> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file));
  const own = join(extension.fsPath, "python");
  const path = process.env["PYTHONPATH"];
  const program = new vscode.ProcessExecution(await pythonFor(file), ["-m", "kindling_watch", file], {
    cwd: folder?.uri.fsPath ?? dirname(file),
    env: { PYTHONPATH: path ? `${own}${delimiter}${path}` : own },
  });
  const task = new vscode.Task({ type: "kindling", file }, folder ?? vscode.TaskScope.Workspace, `Watch ${basename(file)}`, "Kindling", program, []);
  task.presentationOptions = { reveal: vscode.TaskRevealKind.Always, focus: false, panel: vscode.TaskPanelKind.Dedicated, clear: true };
  return task;
}

/** What the Python extension tells to those who ask it. */
interface PythonApi {
  readonly environments?: {
    getActiveEnvironmentPath(resource: vscode.Uri): { readonly path: string };
    resolveEnvironment(path: { readonly path: string }): Promise<{ readonly executable: { readonly uri?: vscode.Uri } } | undefined>;
  };
}

/** The Python of the settings; else the one that is chosen in the Python extension; else whichever the system has. */
async function pythonFor(file: string): Promise<string> {
  const uri = vscode.Uri.file(file);
  const set = vscode.workspace.getConfiguration(section, uri).get<string>("python", "");
  if (set !== "") return set;
  const environments = await chosen(uri).catch(() => undefined);
  return environments ?? (process.platform === "win32" ? "python" : "python3");
}

async function chosen(uri: vscode.Uri): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  const { environments } = (await extension?.activate()) ?? {};
  if (!environments) return undefined;
  const environment = await environments.resolveEnvironment(environments.getActiveEnvironmentPath(uri));
  return environment?.executable.uri?.fsPath;
}

/** The run that the script writes; none where it ends without one. Of several ranks, the first. */
function firstRun(file: string, began: number, execution: vscode.TaskExecution): Promise<KeptRun | undefined> {
  const folder = runsFolder(file);
  return new Promise((resolve) => {
    const look = (): KeptRun | undefined => {
      const isNew = (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? 0) >= began;
      return isNew ? listRuns(folder).find(({ info }) => info.file === file && info.startedAt >= began) : undefined;
    };
    const end = (run: KeptRun | undefined): void => {
      clearInterval(timer);
      ended.dispose();
      resolve(run);
    };
    const timer = setInterval(() => {
      const run = look();
      if (run) end(run);
    }, interval);
    const ended = vscode.tasks.onDidEndTaskProcess((event) => {
      if (event.execution === execution) end(look());
    });
  });
}
