/** Shows in the editors in sight where the module stands that was chosen elsewhere, until somebody goes on in the text. */
import * as vscode from "vscode";
import type { SourcePosition } from "../../protocol/index.ts";
import { fileOf } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import { isByHand } from "../shared/selectionKind.ts";
import { settingsFor } from "../shared/settings.ts";

export class LineHighlight {
  readonly #decoration = vscode.window.createTextEditorDecorationType({
    isWholeLine: true,
    backgroundColor: new vscode.ThemeColor("editor.rangeHighlightBackground"),
    overviewRulerColor: new vscode.ThemeColor("editorOverviewRuler.rangeHighlightForeground"),
    overviewRulerLane: vscode.OverviewRulerLane.Full,
  });
  readonly #subscriptions: Disposable[];
  #shown: readonly vscode.TextEditor[] = [];

  constructor() {
    this.#subscriptions = [
      this.#decoration,
      vscode.window.onDidChangeTextEditorSelection(({ kind, textEditor }) => {
        if (isByHand(kind)) this.#clear(textEditor.document);
      }),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#clear(document)),
    ];
  }

  /** Nothing scrolls, and no cursor moves. */
  show(position: SourcePosition | undefined): void {
    for (const editor of this.#shown) editor.setDecorations(this.#decoration, []);
    this.#shown = position && settingsFor(position.file).highlightLine ? editorsOf(position) : [];
    for (const editor of this.#shown) editor.setDecorations(this.#decoration, [new vscode.Range(position!.line - 1, 0, position!.line - 1, 0)]);
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #clear(document: vscode.TextDocument): void {
    if (this.#shown.some((editor) => editor.document === document)) this.show(undefined);
  }
}

function editorsOf({ file, line }: SourcePosition): readonly vscode.TextEditor[] {
  return vscode.window.visibleTextEditors.filter(({ document }) => fileOf(document) === file && line <= document.lineCount);
}
