import * as vscode from "vscode";

/** Whether a person moved the cursor, not a command that goes somewhere. */
export function isByHand(kind: vscode.TextEditorSelectionChangeKind | undefined): boolean {
  return kind === vscode.TextEditorSelectionChangeKind.Keyboard || kind === vscode.TextEditorSelectionChangeKind.Mouse;
}
