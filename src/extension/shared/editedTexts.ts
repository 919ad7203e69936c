/** Where the places that a run tells of are now, in texts that were edited since it began. */
import * as vscode from "vscode";
import type { SourcePosition } from "../../protocol/index.ts";
import { fileOf } from "./currentFile.ts";
import type { Disposable } from "./emitter.ts";
import { MovedPositions } from "./movedPositions.ts";

export class EditedTexts {
  readonly #files = new Map<string, MovedPositions>();
  readonly #subscriptions: Disposable[];

  constructor() {
    this.#subscriptions = [
      vscode.workspace.onDidChangeTextDocument((event) => this.#edited(event)),
      vscode.workspace.onDidSaveTextDocument((document) => this.#known(document)?.saved(Date.now())),
      vscode.workspace.onDidCloseTextDocument((document) => this.#known(document)?.closed()),
    ];
  }

  /** @param since when the run began that read the text, ms since the epoch */
  isEdited(file: string, since: number): boolean {
    return this.#files.get(file)?.isEdited(since) ?? false;
  }

  /** `undefined`: it is gone. */
  now(position: SourcePosition, since: number): SourcePosition | undefined {
    const moved = this.#files.get(position.file);
    if (!moved) return position;
    const place = moved.now(position, since);
    return place && { ...position, ...place };
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #known(document: vscode.TextDocument): MovedPositions | undefined {
    return this.#files.get(fileOf(document) ?? "");
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const file = fileOf(document);
    if (file === undefined || document.languageId !== "typescript" || contentChanges.length === 0) return;
    const moved = this.#files.get(file) ?? new MovedPositions();
    this.#files.set(file, moved);
    const at = Date.now();
    // Changes of one event are all of the text before it: from the bottom up none moves another.
    const fromBelow = [...contentChanges].sort((a, b) => b.rangeOffset - a.rangeOffset);
    for (const { range, text } of fromBelow) moved.edit({ start: placeOf(range.start), end: placeOf(range.end), ...sizeOf(text) }, at);
  }
}

function placeOf({ line, character }: vscode.Position): { line: number; column: number } {
  return { line: line + 1, column: character + 1 };
}

function sizeOf(text: string): { breaks: number; lastLine: number } {
  const lines = text.split(/\r\n|\r|\n/);
  return { breaks: lines.length - 1, lastLine: lines.at(-1)!.length };
}
