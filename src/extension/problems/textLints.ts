/** What the text of open files alone shows, a moment after it was typed: nothing runs for it, so it needs no trust. */
import * as vscode from "vscode";
import type { Problem } from "../../protocol/index.ts";
import { fileOf } from "../shared/currentFile.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import type { FileProblems } from "./marks.ts";

/** Milliseconds after the last key that somebody typed. */
const pause = 250;

export class TextLints implements Disposable {
  readonly #found = new Map<string, FileProblems>();
  readonly #waiting = new Map<string, NodeJS.Timeout>();
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#subscriptions = [
      vscode.workspace.onDidOpenTextDocument((document) => this.#lookSoon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length > 0) this.#lookSoon(document, pause);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => this.#forget(document)),
    ];
    for (const document of vscode.workspace.textDocuments) this.#lookSoon(document, 0);
  }

  all(): readonly FileProblems[] {
    return [...this.#found.values()];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const timer of this.#waiting.values()) clearTimeout(timer);
    this.#changed.dispose();
  }

  #lookSoon(document: vscode.TextDocument, delay: number): void {
    const file = fileOf(document);
    if (file === undefined || document.languageId !== "typescript") return;
    clearTimeout(this.#waiting.get(file));
    const look = (): void => {
      this.#waiting.delete(file);
      void this.#look(document, file);
    };
    this.#waiting.set(file, setTimeout(look, delay));
  }

  async #look(document: vscode.TextDocument, file: string): Promise<void> {
    // The parser is loaded with the first file that needs it, not while the editor starts.
    const { lint } = await import("../../lint/lint.ts");
    if (document.isClosed) return;
    const { version } = document;
    const problems = lint(file, document.getText());
    // While it can't be made sense of, what was found before stays where it is.
    if (problems) this.#keep(file, problems, version);
  }

  #keep(file: string, problems: readonly Problem[], version: number): void {
    if (problems.length > 0) this.#found.set(file, { file, problems, version });
    else this.#found.delete(file);
    // Comments that silence something may have changed where nothing else did.
    this.#changed.fire();
  }

  #forget(document: vscode.TextDocument): void {
    const file = fileOf(document);
    if (file === undefined) return;
    clearTimeout(this.#waiting.get(file));
    this.#waiting.delete(file);
    if (this.#found.delete(file)) this.#changed.fire();
  }
}
