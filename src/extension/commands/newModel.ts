/** New Model…: a template, a folder and a name make a file that trains as it is. */
import { basename } from "node:path";
import * as vscode from "vscode";
import { templates, type Template } from "./templates.ts";

/**
 * @param folder where the file goes; without it the user is asked if there is a choice
 * @returns the new file, already open, or undefined where the user went back
 */
export async function newModel(extension: vscode.Uri, folder?: vscode.Uri): Promise<vscode.Uri | undefined> {
  const template = await chooseTemplate();
  const place = template && (folder ?? (await chooseFolder()));
  if (!template || !place) return undefined;
  const name = await chooseName(place, template.file);
  if (name === undefined) return undefined;
  const file = vscode.Uri.joinPath(place, name);
  await createModel(extension, template, file);
  await vscode.window.showTextDocument(file);
  return file;
}

/** Copies a template, and what it reads beside it unless a file of that name is there already. */
export async function createModel(extension: vscode.Uri, { file: name, beside }: Template, file: vscode.Uri): Promise<void> {
  const folder = vscode.Uri.joinPath(extension, "media", "templates");
  if (beside !== undefined) {
    const target = vscode.Uri.joinPath(file, "..", basename(beside));
    if (!(await exists(target))) await vscode.workspace.fs.copy(vscode.Uri.joinPath(folder, beside), target);
  }
  await vscode.workspace.fs.copy(vscode.Uri.joinPath(folder, `${name}.model.ts`), file, { overwrite: false });
}

async function chooseTemplate(): Promise<Template | undefined> {
  const items = templates.map((template) => ({ label: `$(${template.icon}) ${template.label}`, detail: template.detail, template }));
  return (await vscode.window.showQuickPick(items, { title: "New Model", placeHolder: "What should the file begin with?" }))?.template;
}

async function chooseFolder(): Promise<vscode.Uri | undefined> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  if (folders.length === 1) return folders[0]?.uri;
  if (folders.length > 1) return (await vscode.window.showWorkspaceFolderPick())?.uri;
  const [chosen] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      openLabel: "Create Model Here",
    })) ?? [];
  return chosen;
}

async function chooseName(folder: vscode.Uri, suggestion: string): Promise<string | undefined> {
  const entered = await vscode.window.showInputBox({
    title: "New Model",
    prompt: `Name of the file, in ${basename(folder.fsPath)}`,
    value: `${suggestion}.model.ts`,
    valueSelection: [0, suggestion.length],
    validateInput: async (value) => {
      const name = modelFileName(value);
      if (name === ".model.ts" || /[\\:*?"<>|]/.test(name)) return "A file can't have this name.";
      return (await exists(vscode.Uri.joinPath(folder, name))) ? `${name} exists already.` : undefined;
    },
  });
  return entered === undefined ? undefined : modelFileName(entered);
}

/** `net`, `net.ts` and `net.model.ts` all mean `net.model.ts`. */
function modelFileName(entered: string): string {
  return `${entered.trim().replace(/(\.model)?(\.ts)?$/, "")}.model.ts`;
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
