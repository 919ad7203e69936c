/** Leads to the lines that make and call a module: from the tree, the panel and the palette. */
import * as vscode from "vscode";
import type { SourcePosition } from "../../protocol/index.ts";
import { fullPath, placeOf, type PlacedModule, type PlaceKind } from "../../run/modulePlaces.ts";
import type { Panels } from "../panel/panels.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { CurrentFile } from "../shared/currentFile.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import { moduleOf, type TreeNode } from "../tree/modelTree.ts";
import type { ModelsView } from "../tree/modelsView.ts";

export interface GoToParts {
  readonly store: RunStore;
  readonly edits: EditedTexts;
  readonly current: CurrentFile;
  readonly view: ModelsView;
  readonly panels: Panels;
}

/** What a row of the panel's table or a block of its graph hands to a menu. */
interface PanelTarget {
  readonly webviewSection: "module";
  readonly name: string;
  readonly made?: SourcePosition;
  readonly called?: SourcePosition;
}

/** By which a key that is pressed in the tree or in the panel means the module that is selected there. */
type Selected = "selection" | "panel";

export type GoToTarget = TreeNode | PanelTarget | Selected;

export class GoTo {
  readonly #parts: GoToParts;

  constructor(parts: GoToParts) {
    this.#parts = parts;
  }

  /** A place that the last run of whatever takes the file in told of. */
  reveal(position: SourcePosition, keepFocus = false): Promise<void> {
    const { store, edits } = this.#parts;
    const since = store.using(position.file)[0]?.structure?.at;
    return reveal((since === undefined ? undefined : edits.now(position, since)) ?? position, keepFocus);
  }

  async go(kind: PlaceKind, target: GoToTarget): Promise<void> {
    if (isOfPanel(target)) return this.#show(kind, target.name, target[kind]);
    const { view, panels } = this.#parts;
    const placed = target === "selection" ? view.selected : target === "panel" ? panels.chosen : moduleOf(target);
    if (placed) return this.#show(kind, fullPath(placed), placeOf(placed.module, kind));
  }

  /** Asks which module is meant. */
  async choose(kind: PlaceKind): Promise<void> {
    const { current, store } = this.#parts;
    const models = (current.file === undefined ? undefined : store.get(current.file)?.structure?.models) ?? [];
    const all = models.flatMap((model) => model.modules.map((module): PlacedModule => ({ model, module }))).filter((placed) => placeOf(placed.module, kind));
    const items = all.map((placed) => ({ label: fullPath(placed), description: placed.module.type, placed }));
    const title = kind === "made" ? "Go to Where a Module Is Made" : "Go to Where a Module Is Called";
    const placeHolder = items.length > 0 ? "Which module?" : "Nothing is known of modules yet: inspect or train a model file first";
    const chosen = await vscode.window.showQuickPick(items, { title, placeHolder, matchOnDescription: true });
    if (chosen) await this.#show(kind, chosen.label, placeOf(chosen.placed.module, kind));
  }

  async #show(kind: PlaceKind, name: string, position: SourcePosition | undefined): Promise<void> {
    if (position) return this.reveal(position);
    const why = kind === "called" ? `${name} was not called when the file was run last.` : `No line of the file makes ${name}.`;
    vscode.window.setStatusBarMessage(why, 5000);
  }
}

function isOfPanel(target: GoToTarget): target is PanelTarget {
  return typeof target === "object" && "webviewSection" in target;
}

/** Shows a place in a file, in the editor that has the file where there is one. */
export async function reveal({ file, line, column }: SourcePosition, keepFocus = false): Promise<void> {
  const uri = vscode.Uri.file(file);
  const place = new vscode.Position(Math.max(0, line - 1), Math.max(0, column - 1));
  const open = vscode.window.visibleTextEditors.find(({ document }) => document.uri.toString() === uri.toString());
  await vscode.window.showTextDocument(uri, {
    selection: new vscode.Range(place, place),
    viewColumn: open?.viewColumn ?? vscode.ViewColumn.One,
    preserveFocus: keepFocus,
  });
}
