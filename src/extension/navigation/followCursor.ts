/** Selects in the tree, and in the panel, the module that the cursor's line makes or calls: only where they are in sight, and without the focus. */
import * as vscode from "vscode";
import type { SourcePosition } from "../../protocol/index.ts";
import { modulesOn } from "../../run/modulePlaces.ts";
import { Throttle } from "../../run/throttle.ts";
import type { Panels } from "../panel/panels.ts";
import { shownRun, type FileRuns } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";
import { fileOf } from "../shared/currentFile.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import type { Disposable } from "../shared/emitter.ts";
import { isByHand } from "../shared/selectionKind.ts";
import { settingsFor } from "../shared/settings.ts";
import type { ModelsView } from "../tree/modelsView.ts";

export interface FollowParts {
  readonly store: RunStore;
  readonly edits: EditedTexts;
  readonly view: ModelsView;
  readonly panels: Panels;
}

/** Milliseconds between two looks at where a cursor is that moves on. */
const interval = 150;

export class FollowCursor {
  readonly #parts: FollowParts;
  readonly #follow = new Throttle(interval, () => this.#look());
  readonly #subscriptions: Disposable[];
  #cursor: SourcePosition | undefined;

  constructor(parts: FollowParts) {
    this.#parts = parts;
    this.#subscriptions = [this.#follow, vscode.window.onDidChangeTextEditorSelection((event) => this.#moved(event))];
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  /** Only what a person does in the text counts: a command that goes to a line knows what it is about. */
  #moved({ kind, selections: [selection], textEditor: { document } }: vscode.TextEditorSelectionChangeEvent): void {
    const file = fileOf(document);
    if (!isByHand(kind) || !selection || file === undefined || document.languageId !== "typescript") return;
    this.#cursor = { file, line: selection.active.line + 1, column: selection.active.character + 1 };
    this.#follow.call();
  }

  #look(): void {
    const cursor = this.#cursor!;
    const [runs] = this.#parts.store.using(cursor.file);
    if (!runs) return;
    const { tree, panel } = settingsFor(cursor.file).followCursor;
    if (tree) this.#lookInTree(cursor, runs);
    if (panel) this.#lookInPanel(cursor, runs);
  }

  #lookInTree(cursor: SourcePosition, { file, structure }: FileRuns): void {
    const { view, edits } = this.#parts;
    if (!structure || !view.isVisible || view.file !== file) return;
    const found = modulesOn(structure.models, cursor, (position) => edits.now(position, structure.at));
    const { selected } = view;
    const isChosen = found.some(({ model, module }) => selected?.model.id === model.id && selected.module.id === module.id);
    if (found[0] && !isChosen) void view.select(found[0]);
  }

  #lookInPanel(cursor: SourcePosition, runs: FileRuns): void {
    const { panels, edits } = this.#parts;
    const run = shownRun(runs);
    if (!run) return;
    const found = modulesOn(run.models, cursor, (position) => edits.now(position, run.startedAt));
    panels.follow(
      runs.file,
      found.map(({ model, module }) => ({ model: model.id, module: module.id })),
    );
  }
}
