/** Makes the modules of models that ran part of what "Go to Symbol in Workspace" finds. */
import * as vscode from "vscode";
import type { RunStore } from "../runs/runStore.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import type { Disposable } from "../shared/emitter.ts";
import { settingsFor } from "../shared/settings.ts";
import { symbolsFor } from "./symbols.ts";

export class ModuleSymbols implements vscode.WorkspaceSymbolProvider {
  readonly #store: RunStore;
  readonly #edits: EditedTexts;
  readonly #subscription: Disposable;

  constructor(store: RunStore, edits: EditedTexts) {
    this.#store = store;
    this.#edits = edits;
    this.#subscription = vscode.languages.registerWorkspaceSymbolProvider(this);
  }

  provideWorkspaceSymbols(query: string): vscode.SymbolInformation[] {
    const all = this.#store.all().filter(({ file }) => settingsFor(file).moduleSymbols);
    return symbolsFor(all, query, (position, since) => this.#edits.now(position, since)).map(({ name, type, hasParts, position }) => {
      const kind = hasParts ? vscode.SymbolKind.Class : vscode.SymbolKind.Field;
      return new vscode.SymbolInformation(name, kind, type, new vscode.Location(vscode.Uri.file(position.file), placeOf(position)));
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function placeOf({ line, column }: { line: number; column: number }): vscode.Position {
  return new vscode.Position(line - 1, column - 1);
}
