/** What mends a problem, as a quick fix where it is marked; only while the text is the one that the problem was seen in. */
import * as vscode from "vscode";
import { fileOf } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import type { Mark, MarkFix } from "./marks.ts";
import { rangeOf } from "./ranges.ts";

export class QuickFixes implements vscode.CodeActionProvider, Disposable {
  readonly #subscription: Disposable;
  #marks: ReadonlyMap<string, readonly Mark[]> = new Map();

  constructor() {
    const filter = [{ scheme: "file", language: "typescript" }];
    this.#subscription = vscode.languages.registerCodeActionsProvider(filter, this, { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] });
  }

  /** @param marks by file, with their fixes; they take the place of those before */
  show(marks: ReadonlyMap<string, readonly Mark[]>): void {
    this.#marks = marks;
  }

  provideCodeActions(document: vscode.TextDocument, _: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const file = fileOf(document);
    if (file === undefined || document.isDirty) return [];
    const marks = this.#marks.get(file) ?? [];
    return context.diagnostics.filter(({ source }) => source === "Kindling").flatMap((diagnostic) => actionsFor(diagnostic, marks));
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function actionsFor(diagnostic: vscode.Diagnostic, marks: readonly Mark[]): vscode.CodeAction[] {
  const mark = marks.find(({ message, range }) => message === diagnostic.message && range.line === diagnostic.range.start.line);
  return (mark?.fixes ?? []).map((fix, index) => {
    const action = new vscode.CodeAction(fix.title, vscode.CodeActionKind.QuickFix);
    action.edit = editOf(fix);
    action.diagnostics = [diagnostic];
    action.isPreferred = index === 0;
    return action;
  });
}

function editOf({ edits }: MarkFix): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { file, range, text } of edits) edit.replace(vscode.Uri.file(file), rangeOf(range), text);
  return edit;
}
