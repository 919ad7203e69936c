/** The lints' pages, which come with the extension. */
import * as vscode from "vscode";
import { isLint, type LintId } from "../../run/lints.ts";

export function lintPage(extension: vscode.Uri, id: LintId): vscode.Uri {
  return vscode.Uri.joinPath(extension, "docs", "lints", `${id}.md`);
}

/** Opens a lint's page, as it is meant to be read where VS Code can show Markdown so. */
export async function explainLint(extension: vscode.Uri, id: string): Promise<void> {
  if (isLint(id)) await vscode.commands.executeCommand("vscode.openWith", lintPage(extension, id), "vscode.markdown.preview.editor");
}
