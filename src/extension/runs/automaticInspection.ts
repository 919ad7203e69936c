/** Inspects model files when they are first seen and when they, or what they import, are saved. */
import * as vscode from "vscode";
import { fileOf, isModelFile } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import { settingsFor } from "../shared/settings.ts";
import type { Archive } from "./archive.ts";
import type { RunController } from "./runController.ts";
import type { RunStore } from "./runStore.ts";
import type { RunnerPool } from "./runnerPool.ts";

export class AutomaticInspection {
  readonly #store: RunStore;
  readonly #controller: RunController;
  readonly #pool: RunnerPool;
  readonly #archive: Archive;
  readonly #subscriptions: Disposable[];
  readonly #seen = new Set<string>();
  /** About to be run on demand: saving them for that is no reason to inspect them, or not before the training goes. */
  readonly #held = new Set<string>();
  /** Texts that somebody is about to fill in, and how to see that it isn't done. */
  readonly #unfinished = new Map<string, (text: string) => boolean>();

  constructor(parts: { store: RunStore; controller: RunController; pool: RunnerPool; archive: Archive }) {
    this.#store = parts.store;
    this.#controller = parts.controller;
    this.#pool = parts.pool;
    this.#archive = parts.archive;
    this.#subscriptions = [
      vscode.window.onDidChangeVisibleTextEditors((editors) => this.#see(editors)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      vscode.workspace.onDidGrantWorkspaceTrust(() => {
        this.#seen.clear();
        this.#see(vscode.window.visibleTextEditors);
      }),
      this.#store.onDidChange(({ file, change }) => {
        if (change.type !== "event" || change.event.type !== "metrics") return;
        if (this.#held.delete(file)) this.#inspect(file);
      }),
      this.#controller.onDidSettle(({ file, mode }) => {
        if (mode === "train" && this.#held.delete(file)) this.#inspect(file);
      }),
    ];
    this.#see(vscode.window.visibleTextEditors);
  }

  /** Saves of the file lead to no inspection until its training has brought its first numbers, or until `release`. */
  hold(file: string): void {
    this.#held.add(file);
  }

  release(file: string): void {
    this.#held.delete(file);
  }

  /** Saves of the file lead to no inspection as long as its text is unfinished. */
  waitFor(file: string, isUnfinished: (text: string) => boolean): void {
    this.#unfinished.set(file, isUnfinished);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #see(editors: readonly vscode.TextEditor[]): void {
    for (const editor of editors) {
      const file = fileOf(editor.document);
      if (file === undefined || !isModelFile(file) || this.#seen.has(file)) continue;
      this.#seen.add(file);
      void this.#open(file);
    }
  }

  async #open(file: string): Promise<void> {
    const kept = await this.#archive.load(file);
    if (kept) this.#store.restore(kept);
    this.#inspect(file);
  }

  #saved(document: vscode.TextDocument): void {
    const file = fileOf(document);
    if (file === undefined) return;
    if (this.#unfinished.get(file)?.(document.getText())) return;
    this.#unfinished.delete(file);
    const affected = new Set(this.#store.using(file).map((runs) => runs.file));
    if (isModelFile(file)) affected.add(file);
    for (const one of affected) if (!this.#held.has(one)) this.#inspect(one);
  }

  #inspect(file: string): void {
    if (!vscode.workspace.isTrusted) return;
    if (settingsFor(file).inspectOnSave) this.#controller.inspectSoon(file);
    else this.#pool.warm();
  }
}
