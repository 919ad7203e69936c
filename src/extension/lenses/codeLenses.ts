/** Parameter counts, Train and Inspect above model classes and instances. */
import * as vscode from "vscode";
import type { ModelInfo, RunEvent, SourcePosition } from "../../protocol/index.ts";
import { isSteerable } from "../../run/interventions.ts";
import { rootOf } from "../../run/modules.ts";
import { lossTrouble } from "../../run/standing.ts";
import { Throttle } from "../../run/throttle.ts";
import { isInspecting, isStale, isTraining } from "../runs/fileRuns.ts";
import type { RunStore, StoreChange } from "../runs/runStore.ts";
import { fileOf, isModelFile } from "../shared/currentFile.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { settingsFor } from "../shared/settings.ts";
import type { UnsavedFiles } from "../shared/unsavedFiles.ts";
import { lenses, type LensItem } from "./lenses.ts";
import { scan, type Scan } from "./scanner.ts";

/** Events of which no title says anything. */
const tellsNothing: ReadonlySet<RunEvent["type"]> = new Set([
  "progress",
  "lines",
  "statistics",
  "note",
  "optimizers",
  "intervention",
  "refused",
  "watch",
  "place",
  "debugger",
]);

/** Milliseconds between two changes of the titles. */
const titleInterval = 1000;

export interface CodeLensParts {
  readonly store: RunStore;
  readonly unsaved: UnsavedFiles;
  readonly edits: EditedTexts;
  /** Whether there is a command that debugs a model file. */
  readonly canDebug: boolean;
}

export class ModelCodeLenses implements vscode.CodeLensProvider {
  readonly #store: RunStore;
  readonly #unsaved: UnsavedFiles;
  readonly #edits: EditedTexts;
  readonly #canDebug: boolean;
  readonly #changed = new Emitter<void>();
  readonly #refresh = new Throttle(titleInterval, () => this.#ask());
  /** VS Code was told of a change and has yet to come for the lenses: it waits a quarter of a second, anew with each telling. */
  #isAsked = false;
  readonly #scans = new WeakMap<vscode.TextDocument, { version: number; scan: Scan }>();
  /** What the titles of each file's lenses were last made of. */
  readonly #titles = new Map<string, string>();
  readonly #subscriptions: Disposable[];
  readonly onDidChangeCodeLenses = this.#changed.event;

  constructor({ store, unsaved, edits, canDebug }: CodeLensParts) {
    this.#store = store;
    this.#unsaved = unsaved;
    this.#edits = edits;
    this.#canDebug = canDebug;
    const filter = [{ scheme: "file", language: "typescript" }];
    this.#subscriptions = [
      store.onDidChange((change) => this.#follow(change)),
      // With a save VS Code begins to wait while the file is being inspected.
      unsaved.onDidChange(() => this.#ask()),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#refresh.call()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration("kindling.codeLens") || change.affectsConfiguration("kindling.layerLens")) this.#refresh.call();
      }),
      vscode.languages.registerCodeLensProvider(filter, this),
    ];
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    this.#isAsked = false;
    const file = fileOf(document);
    if (file === undefined) return [];
    const runs = this.#store.using(file);
    // What is shown now says that it is being counted anew; the end of that must take it away, whatever the count.
    for (const one of runs) if (isInspecting(one)) this.#titles.delete(one.file);
    const settings = settingsFor(file);
    if ((!isModelFile(file) && runs.length === 0) || !settings.codeLens) return [];
    const input = {
      file,
      scan: this.#scan(document),
      runs,
      isModelFile: isModelFile(file),
      isTrusted: vscode.workspace.isTrusted,
      isUnsaved: (one: string) => this.#unsaved.has(one),
      canDebug: this.#canDebug,
      layers: settings.layerLens,
      now: (position: SourcePosition, since: number) => this.#edits.now(position, since),
    };
    return lenses(input).flatMap(({ line, column, items }) => {
      const range = new vscode.Range(line - 1, column - 1, line - 1, column - 1);
      return items.map((item) => new vscode.CodeLens(range, commandOf(item, file)));
    });
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#refresh.dispose();
    this.#changed.dispose();
  }

  #ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#changed.fire();
  }

  #scan(document: vscode.TextDocument): Scan {
    const known = this.#scans.get(document);
    if (known?.version === document.version) return known.scan;
    const found = scan(document.getText());
    this.#scans.set(document, { version: document.version, scan: found });
    return found;
  }

  /**
   * Only what changes a title: numbers that tick while a run goes on are not the lenses'. An inspection is short, so
   * its numbers are shown together, at its end.
   */
  #follow({ change, runs, file }: StoreChange): void {
    if (change.type === "event" && (isInspecting(runs) || tellsNothing.has(change.event.type))) return;
    const titles = JSON.stringify([
      isTraining(runs),
      runs.train && isSteerable(runs.train),
      runs.train?.edited,
      runs.train && lossTrouble(runs.train),
      isStale(runs),
      isInspecting(runs) && !runs.structure,
      runs.structure?.classes,
      runs.structure?.models.map((model) => [model.name, rootOf(model).counts, rootOf(model).constructedAt, frozenOf(model)]),
      runs.train?.models.map(frozenOf),
    ]);
    if (this.#titles.get(file) === titles) return;
    this.#titles.set(file, titles);
    this.#refresh.call();
  }
}

const frozenParts = new WeakMap<ModelInfo, string>();

/** How much of each module is frozen, as far as anything is. */
function frozenOf(model: ModelInfo): string {
  let text = frozenParts.get(model);
  if (text === undefined) {
    text = model.modules.flatMap(({ counts }, id) => (counts.frozen > 0 ? [`${id}:${counts.frozen}`] : [])).join();
    frozenParts.set(model, text);
  }
  return text;
}

function commandOf({ title, action }: LensItem, file: string): vscode.Command {
  switch (action.command) {
    case "train":
    case "inspect":
    case "debug":
    case "stop":
    case "restart":
      return { title, command: `kindling.${action.command}`, arguments: [action.file] };
    case "openPanel":
      return {
        title,
        command: "kindling.openPanel",
        arguments: [action.file, action.model, action.module],
        tooltip: "Show in the panel",
      };
    case "freeze":
    case "unfreeze":
      return {
        title,
        command: `kindling.${action.command}`,
        arguments: [action.parts],
        tooltip: "From the next step on",
      };
    case "addExample":
      return { title, command: "kindling.addExample", arguments: [file, action.className, action.parameters] };
    case "trust":
      return { title, command: "workbench.trust.manage" };
    case "none":
      return { title, command: "" };
  }
}
