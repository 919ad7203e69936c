/** Measured shapes beside the code, and what more is known of a value for who points at it. */
import * as vscode from "vscode";
import { fileOf } from "../shared/currentFile.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { settingsFor } from "../shared/settings.ts";
import type { MeasuredValuesStore } from "./measuredValues.ts";
import { valueAt, type PlacedValue } from "./seenValues.ts";
import { shapeHints } from "./shapeHints.ts";
import { valueText } from "./valueText.ts";

export class ShapesInEditor implements vscode.InlayHintsProvider, vscode.HoverProvider, Disposable {
  readonly #values: MeasuredValuesStore;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  readonly onDidChangeInlayHints = this.#changed.event;

  constructor(values: MeasuredValuesStore) {
    this.#values = values;
    const filter = [{ scheme: "file", language: "typescript" }];
    this.#subscriptions = [
      values.onDidChange(() => this.#changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("kindling.shapes")) this.#changed.fire();
      }),
      vscode.languages.registerInlayHintsProvider(filter, this),
      vscode.languages.registerHoverProvider(filter, this),
    ];
  }

  provideInlayHints(document: vscode.TextDocument, range: vscode.Range): vscode.InlayHint[] {
    const file = fileOf(document);
    const values = file === undefined ? [] : this.#values.of(file).filter(({ endLine }) => endLine >= range.start.line && endLine <= range.end.line);
    if (file === undefined || values.length === 0) return [];
    return shapeHints(values, settingsFor(file).shapes, (line) => (line < document.lineCount ? document.lineAt(line).text : "")).map(
      ({ line, column, label, value }) => {
        const hint = new vscode.InlayHint(new vscode.Position(line, column), label, vscode.InlayHintKind.Type);
        hint.tooltip = this.#text(file, value);
        return hint;
      },
    );
  }

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const file = fileOf(document);
    if (file === undefined || settingsFor(file).shapes === "off") return undefined;
    const value = valueAt(this.#values.of(file), position.line, position.character);
    if (!value) return undefined;
    return new vscode.Hover(this.#text(file, value), new vscode.Range(value.line, value.column, value.endLine, value.endColumn));
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #text(file: string, value: PlacedValue): vscode.MarkdownString {
    const text = new vscode.MarkdownString(valueText(value, this.#values.modelOf(file) ?? file));
    text.isTrusted = { enabledCommands: ["kindling.openPanel"] };
    return text;
  }
}
