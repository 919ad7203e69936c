/** What runs complain of, in the Problems view and on the user's own lines, with what mends it. */
import * as vscode from "vscode";
import type { Problem } from "../../protocol/index.ts";
import { isLint } from "../../run/lints.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { Disposable } from "../shared/emitter.ts";
import { heardNow, onDidChangeLevels } from "./heardProblems.ts";
import { lintPage } from "./lintPages.ts";
import { marks, type Mark } from "./marks.ts";
import { QuickFixes } from "./quickFixes.ts";
import { rangeOf } from "./ranges.ts";

/** @param extension where it is installed, with its lints' pages */
export function showProblems(store: RunStore, extension: vscode.Uri): Disposable {
  const collection = vscode.languages.createDiagnosticCollection("kindling");
  /** Errors of syntax that TypeScript has reported as well: once is enough, and its own go as soon as they are mended. */
  const doubled = new WeakSet<Problem>();
  const fixes = new QuickFixes();
  const show = (): void => {
    const byFile = marks(store.all(), (problem, file) => (doubled.has(problem) ? undefined : heardNow(problem, file)));
    fixes.show(byFile);
    // Files that have none any more are cleared by leaving them out.
    collection.clear();
    collection.set([...byFile].map(([file, own]) => [vscode.Uri.file(file), own.map((mark) => diagnosticOf(mark, extension))]));
  };
  const findDoubled = (): boolean => {
    const found = store
      .all()
      .flatMap(({ problems }) => problems)
      .filter((problem) => !doubled.has(problem) && problem.code === "syntax" && problem.position)
      .filter(({ position }) => position && hasSyntaxError(position.file));
    for (const problem of found) doubled.add(problem);
    return found.length > 0;
  };
  const subscriptions = [
    collection,
    fixes,
    store.onDidChange(({ change }) => {
      if (change.type === "event" && change.event.type !== "problem") return;
      findDoubled();
      show();
    }),
    onDidChangeLevels(show),
    vscode.languages.onDidChangeDiagnostics(() => {
      if (findDoubled()) show();
    }),
  ];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

/** Whether TypeScript itself says so: its errors of syntax are those from 1000 to 1999. */
function hasSyntaxError(file: string): boolean {
  return vscode.languages.getDiagnostics(vscode.Uri.file(file)).some(({ source, severity, code }) => {
    const number = Number(typeof code === "object" ? code.value : code);
    const isSyntax = number >= 1000 && number < 2000;
    return source !== "Kindling" && severity === vscode.DiagnosticSeverity.Error && isSyntax;
  });
}

const severities = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  information: vscode.DiagnosticSeverity.Information,
} as const;

function diagnosticOf(mark: Mark, extension: vscode.Uri): vscode.Diagnostic {
  const diagnostic = new vscode.Diagnostic(rangeOf(mark.range), mark.message, severities[mark.severity]);
  diagnostic.source = "Kindling";
  diagnostic.code = isLint(mark.code) ? { value: mark.code, target: lintPage(extension, mark.code) } : mark.code;
  diagnostic.relatedInformation = mark.related.map(
    ({ message, file, range }) => new vscode.DiagnosticRelatedInformation(new vscode.Location(vscode.Uri.file(file), rangeOf(range)), message),
  );
  return diagnostic;
}
