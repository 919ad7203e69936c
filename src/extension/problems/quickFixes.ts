/** What mends a problem, as a quick fix where it is marked; and what silences or explains a lint. */
import * as vscode from "vscode";
import { isLint } from "../../run/lints.ts";
import { silencingFix } from "../../run/silencing.ts";
import { fileOf } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import { markFixOf, type Mark, type MarkFix } from "./marks.ts";
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
    if (file === undefined) return [];
    const marks = (this.#marks.get(file) ?? []).filter((mark) => isOf(mark, document));
    const own = context.diagnostics.filter(({ source }) => source === "Kindling");
    return [...own.flatMap((diagnostic) => mending(diagnostic, marks)), ...own.flatMap((diagnostic) => aboutLint(diagnostic, document, file))];
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

/** Edits fit only the text that the problem was seen in. */
function isOf({ version }: Mark, document: vscode.TextDocument): boolean {
  return version === undefined ? !document.isDirty : version === document.version;
}

function mending(diagnostic: vscode.Diagnostic, marks: readonly Mark[]): vscode.CodeAction[] {
  const mark = marks.find(({ message, range }) => message === diagnostic.message && range.line === diagnostic.range.start.line);
  return (mark?.fixes ?? []).map((fix, index) => actionOf(fix, diagnostic, index === 0));
}

/** The comment goes where the mark stands now, so it fits a text that was edited since, too. */
function aboutLint(diagnostic: vscode.Diagnostic, document: vscode.TextDocument, file: string): vscode.CodeAction[] {
  const code = codeOf(diagnostic);
  if (!isLint(code)) return [];
  const silencing = silencingFix(code, file, diagnostic.range.start.line + 1, document.getText());
  const explaining = new vscode.CodeAction(plain(`Explain \`${code}\``), vscode.CodeActionKind.QuickFix);
  explaining.command = { title: explaining.title, command: "kindling.explainLint", arguments: [code] };
  explaining.diagnostics = [diagnostic];
  return [...(silencing ? [actionOf(markFixOf(silencing), diagnostic, false)] : []), explaining];
}

function actionOf(fix: MarkFix, diagnostic: vscode.Diagnostic, isPreferred: boolean): vscode.CodeAction {
  const action = new vscode.CodeAction(plain(fix.title), vscode.CodeActionKind.QuickFix);
  action.edit = editOf(fix);
  action.diagnostics = [diagnostic];
  action.isPreferred = isPreferred;
  return action;
}

/** A menu shows code in quotes, as TypeScript's own fixes do: it reads no Markdown. */
function plain(title: string): string {
  return title.replaceAll(/`([^`]*)`/g, "'$1'");
}

function editOf({ edits }: MarkFix): vscode.WorkspaceEdit {
  const edit = new vscode.WorkspaceEdit();
  for (const { file, range, text } of edits) edit.replace(vscode.Uri.file(file), rangeOf(range), text);
  return edit;
}

function codeOf({ code }: vscode.Diagnostic): string {
  return String(typeof code === "object" ? code.value : code);
}
