/** What runs complain of, in the Problems view and on the user's own lines. */
import * as vscode from "vscode";
import type { Disposable } from "./model/emitter.ts";
import { marks, type Mark, type Range } from "./model/problems.ts";
import type { Store } from "./model/store.ts";

export function showProblems(store: Store): Disposable {
  const collection = vscode.languages.createDiagnosticCollection("kindling");
  const subscription = store.onDidChange(({ change }) => {
    if (change.type === "event" && change.event.type !== "problem") return;
    const byFile = marks(store.all());
    // Files that have none any more are cleared by leaving them out.
    collection.clear();
    collection.set([...byFile].map(([file, own]) => [vscode.Uri.file(file), own.map(diagnosticOf)]));
  });
  return { dispose: () => (subscription.dispose(), collection.dispose()) };
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

function diagnosticOf(mark: Mark): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(mark.range), mark.message, severities[mark.severity]);
  diagnostic.source = "Kindling";
  diagnostic.code = mark.code;
  diagnostic.relatedInformation = mark.related.map(
    ({ message, file, range }) =>
      new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(file), rangeOf(range)), message),
  );
  return diagnostic;
}

function rangeOf({ line, column, endLine, endColumn }: Range): vscode.Range {
  return new vscode.Range(line, column, endLine, endColumn);
}
