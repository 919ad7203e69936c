/** What of all problems the user wants to hear, by the text in the editor (or on disk) and the settings of now. */
import { readFileSync } from "node:fs";
import * as vscode from "vscode";
import type { Problem } from "../../protocol/index.ts";
import { isLint } from "../../run/lints.ts";
import { heard } from "../../run/silencing.ts";
import { fileOf } from "../shared/currentFile.ts";
import { lintLevelsFor, section } from "../shared/settings.ts";

/** @param modelFile that the problem is of, where it names no file itself */
export function heardNow(problem: Problem, modelFile: string): Problem | undefined {
  if (!isLint(problem.code)) return problem;
  const file = problem.position?.file ?? modelFile;
  return heard(problem, textOf(file), lintLevelsFor(file));
}

export function onDidChangeLevels(listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (change.affectsConfiguration(`${section}.lints`)) listener();
  });
}

function textOf(file: string): string | undefined {
  const open = vscode.workspace.textDocuments.find((document) => fileOf(document) === file);
  if (open) return open.getText();
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
