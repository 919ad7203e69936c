/** What runs and the text complain of, in the Problems view and on the user's own lines, with what mends it. */
import * as vscode from "vscode";
import type { Problem } from "../../protocol/index.ts";
import { isLint } from "../../run/lints.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { Disposable } from "../shared/emitter.ts";
import { heardNow, onDidChangeLevels } from "./heardProblems.ts";
import { lintPage } from "./lintPages.ts";
import { marks, type FileProblems, type Mark } from "./marks.ts";
import { QuickFixes } from "./quickFixes.ts";
import { rangeOf } from "./ranges.ts";
import { TextLints } from "./textLints.ts";
import { TrainingHealth } from "./trainingHealth.ts";

/** @param extension where it is installed, with its lints' pages */
export function showProblems(store: RunStore, extension: vscode.Uri): Disposable {
  const lints = new TextLints();
  // Before the store is listened to here: at a run's end its marks go as those that stay come.
  const health = new TrainingHealth(store);
  // Two, as VS Code moves marks along while somebody types: those of the text are set anew then, those of runs must not be.
  const [ofText, ofRuns] = [new ShownMarks(extension), new ShownMarks(extension)];
  /** What TypeScript has reported as well: once is enough, and its own goes as soon as it is mended. */
  const doubled = new WeakSet<Problem>();
  const fixes = new QuickFixes();
  const all = (): readonly FileProblems[] => [...lints.all(), ...store.all(), ...health.all()];
  const show = (): void => {
    const byFile = marks(all(), (problem, file) => (doubled.has(problem) ? undefined : heardNow(problem, file)));
    fixes.show(byFile);
    ofText.show(byFile, ({ version }) => version !== undefined);
    ofRuns.show(byFile, ({ version }) => version === undefined);
  };
  const findDoubled = (): boolean => {
    const found = all()
      .flatMap(({ problems }) => problems)
      .filter((problem) => !doubled.has(problem) && isToldByTypeScript(problem));
    for (const problem of found) doubled.add(problem);
    return found.length > 0;
  };
  const refresh = (): void => {
    findDoubled();
    show();
  };
  const subscriptions = [
    lints,
    health,
    ofText,
    ofRuns,
    fixes,
    lints.onDidChange(refresh),
    health.onDidChange(refresh),
    store.onDidChange(({ change }) => {
      // What a run comes to is said when it is over.
      if (change.type !== "event" || change.event.type === "problem" || change.event.type === "state") refresh();
    }),
    onDidChangeLevels(show),
    vscode.languages.onDidChangeDiagnostics(() => {
      if (findDoubled()) show();
    }),
  ];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

/** The marks that VS Code shows, set only where they differ from those before. */
class ShownMarks implements Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection("kindling");
  readonly #extension: vscode.Uri;
  #shown: ReadonlyMap<string, string> = new Map();

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  show(byFile: ReadonlyMap<string, readonly Mark[]>, accept: (mark: Mark) => boolean): void {
    const shown = new Map<string, string>();
    for (const [file, all] of byFile) {
      const own = all.filter(accept).map((mark) => diagnosticOf(mark, this.#extension));
      if (own.length === 0) continue;
      const text = JSON.stringify(own);
      shown.set(file, text);
      if (this.#shown.get(file) !== text) this.#collection.set(vscode.Uri.file(file), own);
    }
    for (const file of this.#shown.keys()) if (!shown.has(file)) this.#collection.delete(vscode.Uri.file(file));
    this.#shown = shown;
  }

  dispose(): void {
    this.#collection.dispose();
  }
}

/** TypeScript's own numbers for the same trouble. */
const toldByTypeScript: Readonly<Record<string, (code: number) => boolean>> = {
  "syntax": (code) => code >= 1000 && code < 2000,
  "super-missing": (code) => code === 2377 || code === 17009,
};

function isToldByTypeScript({ code, position }: Problem): boolean {
  const isSame = Object.hasOwn(toldByTypeScript, code) ? toldByTypeScript[code] : undefined;
  if (!isSame || !position) return false;
  return vscode.languages.getDiagnostics(vscode.Uri.file(position.file)).some((diagnostic) => {
    const isError = diagnostic.source !== "Kindling" && diagnostic.severity === vscode.DiagnosticSeverity.Error;
    return isError && isSame(Number(typeof diagnostic.code === "object" ? diagnostic.code.value : diagnostic.code));
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
