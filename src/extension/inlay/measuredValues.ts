/** The values that inspections measured in each file, as the file's text is now. */
import * as vscode from "vscode";
import type { SeenValue } from "../../protocol/index.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import type { RunStore, StoreChange } from "../runs/runStore.ts";
import { fileOf } from "../shared/currentFile.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { completed, edited, placed, type Edit, type PlacedValue } from "./seenValues.ts";

interface Measured {
  /** The model file whose run measured it. */
  readonly model: string;
  /** As of the text on disk, and as of the text on the screen. */
  readonly saved: readonly PlacedValue[];
  readonly shown: readonly PlacedValue[];
}

export class MeasuredValuesStore implements Disposable {
  readonly #files = new Map<string, Measured>();
  /** What was edited in a file since it was last as on disk, and its text there as far as that is known. */
  readonly #edits = new Map<string, Edit[]>();
  readonly #texts = new Map<string, string>();
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  /** Other values are there than before, or none. */
  readonly onDidChange = this.#changed.event;

  constructor(store: RunStore) {
    for (const { file, inspect } of store.all()) if (inspect?.values) this.#take(file, inspect.values, true);
    this.#subscriptions = [
      store.onDidChange((change) => this.#follow(change)),
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => this.#edited(document, contentChanges)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#saved(document)),
      vscode.workspace.onDidCloseTextDocument((document) => this.#closed(fileOf(document))),
    ];
  }

  of(file: string): readonly PlacedValue[] {
    return this.#files.get(file)?.shown ?? [];
  }

  /** The model file whose run measured what is known of `file`. */
  modelOf(file: string): string | undefined {
    return this.#files.get(file)?.model;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #follow({ file, runs, change }: StoreChange): void {
    switch (change.type) {
      case "event":
        if (change.runId !== runs.inspect?.runId) return;
        if (change.event.type === "values") return this.#take(file, change.event.values, failed(runs.inspect));
        if (change.event.type !== "state" || runs.inspect.values) return;
        // It ran, and there was no tensor in it.
        if (change.event.state === "finished") this.#forget(file);
        if (change.event.state === "failed") this.#take(file, [], true);
        return;
      case "restored":
        if (runs.inspect?.values) this.#take(file, runs.inspect.values, true);
        return;
      case "renamed":
        this.#forget(change.from);
        if (runs.inspect?.values) this.#take(file, runs.inspect.values, false);
        return;
      case "removed":
        this.#forget(file);
    }
  }

  /** @param isPartial what was known before still holds where the run didn't come */
  #take(model: string, values: readonly SeenValue[], isPartial: boolean): void {
    const byFile = new Map<string, PlacedValue[]>();
    for (const value of values) {
      const own = byFile.get(value.position.file) ?? [];
      own.push(...placed(value, false));
      byFile.set(value.position.file, own);
    }
    if (isPartial) for (const [file, known] of this.#files) if (known.model === model && !byFile.has(file)) byFile.set(file, []);
    for (const [file, fresh] of byFile) {
      const saved = isPartial ? completed(fresh, this.#files.get(file)?.saved ?? []) : fresh;
      this.#files.set(file, { model, saved, shown: (this.#edits.get(file) ?? []).reduce(edited, saved) });
      const document = vscode.workspace.textDocuments.find((one) => fileOf(one) === file);
      if (document && !document.isDirty) this.#texts.set(file, document.getText());
    }
    if (!isPartial) for (const [file, known] of this.#files) if (known.model === model && !byFile.has(file)) this.#files.delete(file);
    this.#changed.fire();
  }

  #forget(model: string): void {
    for (const [file, known] of this.#files) if (known.model === model) this.#files.delete(file);
    this.#changed.fire();
  }

  #edited(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[]): void {
    const file = fileOf(document);
    if (file === undefined || document.languageId !== "typescript") return;
    if (changes.length === 0) {
      // It is no longer unsaved: either saved, as is told in a moment, or as it was.
      if (!document.isDirty && document.getText() === this.#texts.get(file)) this.#asOnDisk(file);
      return;
    }
    const edits = changes.map(({ range: { start, end }, text }) => {
      return { line: start.line, column: start.character, endLine: end.line, endColumn: end.character, text };
    });
    const all = this.#edits.get(file) ?? [];
    all.push(...edits);
    this.#edits.set(file, all);
    const known = this.#files.get(file);
    if (known) this.#files.set(file, { ...known, shown: edits.reduce(edited, known.shown) });
  }

  /** What stands on the screen is from now on what is on disk. */
  #saved(document: vscode.TextDocument): void {
    const file = fileOf(document);
    if (file === undefined) return;
    this.#edits.delete(file);
    const known = this.#files.get(file);
    if (!known) return;
    this.#texts.set(file, document.getText());
    this.#files.set(file, { ...known, saved: known.shown });
  }

  #closed(file: string | undefined): void {
    if (file === undefined) return;
    this.#texts.delete(file);
    this.#asOnDisk(file);
  }

  /** What was edited was undone, or given up. */
  #asOnDisk(file: string): void {
    this.#edits.delete(file);
    const known = this.#files.get(file);
    if (!known) return;
    this.#files.set(file, { ...known, shown: known.saved });
    this.#changed.fire();
  }
}

function failed({ problems }: RunSnapshot): boolean {
  return problems.some(({ severity }) => severity === "error");
}
