/** What runs is the text on disk: what the editor hasn't saved goes there first. */
import { basename } from "node:path";
import * as vscode from "vscode";

/**
 * What can't be saved is said to the user.
 * @param files those that are read, as far as they are open
 * @returns how many had to be saved, and whether all of them are
 */
export async function saveFiles(files: Iterable<string>): Promise<{ readonly count: number; readonly areSaved: boolean }> {
  const read = new Set(files);
  const dirty = vscode.workspace.textDocuments.filter(({ isDirty, uri }) => isDirty && uri.scheme === "file" && read.has(uri.fsPath));
  let areSaved = true;
  for (const document of dirty) {
    if (await isSaved(document)) continue;
    areSaved = false;
    void vscode.window.showWarningMessage(`${basename(document.fileName)} could not be saved, so what runs is its text on disk. Save it, and do it again.`);
  }
  return { count: dirty.length, areSaved };
}

/** Where the editor saves a document by itself just then, or something else writes to it, it refuses to: once more, then. */
async function isSaved(document: vscode.TextDocument): Promise<boolean> {
  return (await document.save()) || !document.isDirty || (await document.save()) || !document.isDirty;
}
