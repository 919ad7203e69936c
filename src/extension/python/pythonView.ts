/** `Show as PyTorch`: a model file's Python in an editor beside it, which follows the file as it is edited and scrolled. */
import * as vscode from "vscode";
import type { PythonProgram } from "../../toPython/index.ts";
import { fileOf } from "../shared/currentFile.ts";
import { read } from "./read.ts";
import { translation } from "./translation.ts";

const scheme = "kindling-python";

/** Milliseconds without a key pressed after which the Python is made anew. */
const QUIET = 250;

export class PythonView implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #problems = vscode.languages.createDiagnosticCollection("Kindling: PyTorch");
  readonly #subscriptions: vscode.Disposable[];
  /** By the Python document's address. */
  readonly #shown = new Map<string, PythonProgram>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      this.#changed,
      this.#problems,
      vscode.workspace.registerTextDocumentContentProvider(scheme, this),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => uri.scheme === scheme && this.#forget(uri)),
      vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => this.#scrolled(textEditor)),
      vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => this.#scrolled(textEditor)),
    ];
  }

  /** Opens the file's Python beside it; the file keeps the focus. */
  async show(file: string): Promise<void> {
    const source = vscode.window.visibleTextEditors.find(({ document }) => fileOf(document) === file);
    const uri = addressOf(file);
    const open = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
    const document = await vscode.languages.setTextDocumentLanguage(await vscode.workspace.openTextDocument(uri), "python");
    await vscode.window.showTextDocument(document, { viewColumn: open?.viewColumn ?? vscode.ViewColumn.Beside, preserveFocus: true, preview: false });
    if (source) this.#scrolled(source);
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const file = fileBehind(uri);
    const { toPython } = translation();
    const source = read(file);
    if (source === undefined) return `# ${file} is not there any more.\n`;
    const program = toPython(source, file, { read });
    const last = this.#shown.get(uri.toString());
    // Half a statement is no reason to take away what was there.
    if (program.code === "" && last && program.problems.some(({ code }) => code === "syntax")) return last.code;
    this.#shown.set(uri.toString(), program);
    this.#mark(uri, program);
    return program.code === "" ? program.problems.map(({ message, position }) => `# line ${position?.line}: ${message}\n`).join("") : program.code;
  }

  dispose(): void {
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** An edit changes the file's own Python, and that of files that import it. */
  #edited(document: vscode.TextDocument): void {
    const file = fileOf(document);
    if (file === undefined) return;
    for (const [address, { imports }] of this.#shown) {
      const uri = vscode.Uri.parse(address);
      if (fileBehind(uri) !== file && !imports.includes(file)) continue;
      clearTimeout(this.#waiting.get(address));
      this.#waiting.set(
        address,
        setTimeout(() => this.#changed.fire(uri), QUIET),
      );
    }
  }

  #forget(uri: vscode.Uri): void {
    clearTimeout(this.#waiting.get(uri.toString()));
    this.#waiting.delete(uri.toString());
    this.#shown.delete(uri.toString());
    this.#problems.delete(uri);
  }

  /** Keeps the lines beside each other that say the same. */
  #scrolled(source: vscode.TextEditor): void {
    const file = fileOf(source.document);
    const [visible] = source.visibleRanges;
    if (file === undefined || !visible) return;
    const address = addressOf(file).toString();
    const lines = this.#shown.get(address)?.lines;
    const beside = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === address);
    if (!lines || !beside) return;
    const line = lineBeside(lines, visible.start.line + 1);
    beside.revealRange(new vscode.Range(line, 0, line, 0), vscode.TextEditorRevealType.AtTop);
  }

  /** What has no twin is marked where the Python stops. */
  #mark(uri: vscode.Uri, { problems, lines }: PythonProgram): void {
    this.#problems.set(
      uri,
      problems.map(({ message, position }) => {
        const line = lineBeside(lines, position?.line ?? 1);
        return new vscode.Diagnostic(new vscode.Range(line, 0, line, 1000), message, vscode.DiagnosticSeverity.Warning);
      }),
    );
  }
}

/** Where the Python says what a line of the source says, both counted as VS Code and people do: from 0 there, from 1 here. */
export function lineBeside(lines: readonly number[], source: number): number {
  const exact = lines.indexOf(source);
  if (exact >= 0) return exact;
  const before = Math.max(0, ...lines.filter((line) => line < source));
  return Math.max(0, lines.lastIndexOf(before));
}

const addressOf = (file: string): vscode.Uri => vscode.Uri.file(file.replace(/(\.model)?\.ts$/, ".py")).with({ scheme, query: file });
const fileBehind = (uri: vscode.Uri): string => uri.query;
