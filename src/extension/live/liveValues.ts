/** Shows what a training's lines come to behind them, in the editors in sight. */
import * as vscode from "vscode";
import type { RunEvent } from "../../protocol/index.ts";
import { Throttle } from "../../run/throttle.ts";
import type { RunStore, StoreChange } from "../runs/runStore.ts";
import { fileOf } from "../shared/currentFile.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import type { Disposable } from "../shared/emitter.ts";
import { settingsFor } from "../shared/settings.ts";
import { liveTexts, type LiveTexts } from "./liveTexts.ts";

/** Milliseconds from one change of the values to the next: faster ones can't be read. */
const interval = 500;

const shows: ReadonlySet<RunEvent["type"]> = new Set(["lines", "state"]);
const nothing: LiveTexts = { texts: [], isPast: false };

export class LiveValues {
  readonly #store: RunStore;
  readonly #edits: EditedTexts;
  /** Behind the line, and never growing into what is typed there. */
  readonly #decoration = vscode.window.createTextEditorDecorationType({
    rangeBehavior: vscode.DecorationRangeBehavior.OpenOpen,
    after: { margin: "0 0 0 3ch" },
  });
  readonly #update = new Throttle(interval, () => this.#showAll());
  readonly #subscriptions: Disposable[];
  /** What each editor shows. */
  readonly #shown = new WeakMap<vscode.TextEditor, string>();

  constructor(store: RunStore, edits: EditedTexts) {
    this.#store = store;
    this.#edits = edits;
    this.#subscriptions = [
      this.#decoration,
      store.onDidChange((change) => {
        if (isShown(change)) this.#update.call();
      }),
      vscode.window.onDidChangeVisibleTextEditors(() => this.#showAll()),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#edited(document)),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("kindling.liveValues")) this.#showAll();
      }),
    ];
  }

  dispose(): void {
    this.#update.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #showAll(): void {
    for (const editor of vscode.window.visibleTextEditors) this.#show(editor);
  }

  /** Values of a training that is over are not those of another text; those of one that goes on move with their lines. */
  #edited(document: vscode.TextDocument): void {
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document && this.#shown.has(editor) && this.#textsOf(document).texts.length === 0) this.#show(editor);
    }
  }

  #show(editor: vscode.TextEditor): void {
    const live = this.#textsOf(editor.document);
    const signature = live.texts.length === 0 ? "" : JSON.stringify(live);
    if (signature === (this.#shown.get(editor) ?? "")) return;
    if (signature === "") this.#shown.delete(editor);
    else this.#shown.set(editor, signature);
    editor.setDecorations(this.#decoration, optionsFor(editor.document, live));
  }

  #textsOf(document: vscode.TextDocument): LiveTexts {
    const file = fileOf(document);
    if (file === undefined || document.languageId !== "typescript" || !settingsFor(file).liveValues) return nothing;
    return liveTexts(file, this.#store.using(file), this.#edits);
  }
}

function isShown({ change }: StoreChange): boolean {
  return change.type !== "event" || shows.has(change.event.type);
}

function optionsFor(document: vscode.TextDocument, { texts, isPast }: LiveTexts): vscode.DecorationOptions[] {
  const color = new vscode.ThemeColor(isPast ? "disabledForeground" : "editorCodeLens.foreground");
  return texts
    .filter(({ line }) => line <= document.lineCount)
    .map(({ line, text }) => {
      const { end } = document.lineAt(line - 1).range;
      return { range: new vscode.Range(end, end), renderOptions: { after: { contentText: text, color } } };
    });
}
