/** Ranges of marks as VS Code's own. */
import * as vscode from "vscode";
import type { Range } from "./marks.ts";

export function rangeOf({ line, column, endLine, endColumn }: Range): vscode.Range {
  return new vscode.Range(line, column, endLine, endColumn);
}
