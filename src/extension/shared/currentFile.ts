/** The model file that views and commands mean when they name none: the one being edited, else the last one. */
import * as vscode from "vscode";
import type { RunStore } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "./emitter.ts";

export function isModelFile(file: string): boolean {
  return file.endsWith(".model.ts");
}

/** The path of a document that is a file on disk. */
export function fileOf(document: vscode.TextDocument): string | undefined {
  return document.uri.scheme === "file" ? document.uri.fsPath : undefined;
}

export class CurrentFile {
  readonly #store: RunStore;
  readonly #changed = new Emitter<string | undefined>();
  readonly #subscriptions: Disposable[];
  readonly onDidChange = this.#changed.event;
  #file: string | undefined;

  constructor(store: RunStore) {
    this.#store = store;
    this.#subscriptions = [
      vscode.window.onDidChangeActiveTextEditor(() => this.#follow()),
      store.onDidChange(({ file, change }) => {
        if (change.type === "renamed" && change.from === this.#file) this.set(file);
        if (change.type === "removed" && file === this.#file) this.set(undefined);
        if (this.#file === undefined) this.#follow();
      }),
    ];
    this.#follow();
  }

  get file(): string | undefined {
    return this.#file;
  }

  set(file: string | undefined): void {
    if (file === this.#file) return;
    this.#file = file;
    this.#changed.fire(file);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #follow(): void {
    const editor = vscode.window.activeTextEditor;
    const file = editor && fileOf(editor.document);
    if (file === undefined) return;
    const model = isModelFile(file) ? file : this.#store.using(file)[0]?.file;
    if (model !== undefined) this.set(model);
  }
}
