/** Files whose text in the editor is not yet the text on disk, which is the text that runs. */
import * as vscode from "vscode";
import { fileOf } from "./currentFile.ts";
import { Emitter, type Disposable } from "./emitter.ts";

export class UnsavedFiles {
  readonly #files = new Set<string>();
  readonly #changed = new Emitter<string>();
  readonly #subscriptions: Disposable[];
  /** A file is unsaved now, or no longer. */
  readonly onDidChange = this.#changed.event;

  constructor() {
    for (const document of vscode.workspace.textDocuments) this.#look(document, document.isDirty);
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#look(document, document.isDirty)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#look(document, false)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#look(document, false)),
    ];
  }

  has(file: string): boolean {
    return this.#files.has(file);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #look(document: vscode.TextDocument, isUnsaved: boolean): void {
    const file = fileOf(document);
    if (file === undefined || isUnsaved === this.#files.has(file)) return;
    if (isUnsaved) this.#files.add(file);
    else this.#files.delete(file);
    this.#changed.fire(file);
  }
}
