import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import { fileOf } from "../shared/currentFile.ts";

/** What the editor has of a file, saved or not; `undefined` where there is no such file. */
export function read(file: string): string | undefined {
  const open = vscode.workspace.textDocuments.find((document) => fileOf(document) === file);
  if (open) return open.getText();
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
