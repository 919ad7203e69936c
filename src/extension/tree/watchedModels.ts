/**
 * The run of a Python program whose panel was turned to last, which the models view is of then: until a model file, or its
 * panel, is turned to. The editor of the program leads back to it, as long as the panel is open.
 */
import * as vscode from "vscode";
import type { Panel } from "../panel/panel.ts";
import type { Panels } from "../panel/panels.ts";
import type { FileRuns } from "../runs/fileRuns.ts";
import { fileOf, isModelFile } from "../shared/currentFile.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";

export class WatchedModels {
  readonly #panels: Panels;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: readonly Disposable[];
  #panel: Panel | undefined;
  /** Hears of the panel's run. */
  #ear: Disposable | undefined;
  /** It is of another run than before, or of none, or more is known of the run. */
  readonly onDidChange = this.#changed.event;

  constructor(panels: Panels) {
    this.#panels = panels;
    this.#subscriptions = [
      panels.onDidTurn(() => this.#turn(panels.keptInUse)),
      vscode.window.onDidChangeActiveTextEditor((editor) => this.#follow(editor && fileOf(editor.document))),
    ];
  }

  /** What is known of the run, in the way in which it is known of model files. */
  get runs(): FileRuns | undefined {
    return this.#panel?.runs;
  }

  /** The panel that shows it. */
  get panel(): Panel | undefined {
    return this.#panel;
  }

  dispose(): void {
    for (const subscription of [...this.#subscriptions, this.#ear]) subscription?.dispose();
    this.#changed.dispose();
  }

  /** Of files that are neither, nothing is known here: the view stays what it is. */
  #follow(file: string | undefined): void {
    if (file === undefined) return;
    if (isModelFile(file)) this.#turn(undefined);
    else this.#turn(this.#panels.keptOf(file) ?? this.#panel);
  }

  #turn(panel: Panel | undefined): void {
    const watched = panel && !isModelFile(panel.file) ? panel : undefined;
    if (watched === this.#panel) return;
    this.#ear?.dispose();
    this.#panel = watched;
    this.#ear = watched?.onDidChangeRuns(() => this.#changed.fire());
    this.#changed.fire();
  }
}
