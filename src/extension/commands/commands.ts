/** What the palette, the lenses, the tree, the panel and the status bar can ask for. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { RunMode, SourcePosition } from "../../protocol/index.ts";
import type { ModelDebugger } from "../debug/modelDebugger.ts";
import { showTensor, type VariableTarget } from "../debug/tensorPanel.ts";
import { exampleSnippet, isUnfinishedExample } from "../lenses/example.ts";
import type { Panels } from "../panel/panels.ts";
import { explainLint } from "../problems/lintPages.ts";
import type { AutomaticInspection } from "../runs/automaticInspection.ts";
import { isPaused, shownRun } from "../runs/fileRuns.ts";
import type { PythonFiles } from "../python/openAsKindling.ts";
import type { RunController } from "../runs/runController.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import type { RunStore } from "../runs/runStore.ts";
import { fileOf, isModelFile, type CurrentFile } from "../shared/currentFile.ts";
import type { EditedTexts } from "../shared/editedTexts.ts";
import type { Disposable } from "../shared/emitter.ts";
import { RestartWithWeights } from "../restart/restartWithWeights.ts";
import { sourceOf, StartWithWeights, type WeightsSource } from "../restart/startWithWeights.ts";
import { saveFiles } from "../shared/saving.ts";
import { settingsFor } from "../shared/settings.ts";
import { notifyProgress } from "../status/progressNotification.ts";
import type { TreeNode } from "../tree/modelTree.ts";
import type { ModelsView } from "../tree/modelsView.ts";
import type { WorkspaceTypes } from "../typings/workspaceTypes.ts";
import { GoTo, type GoToTarget } from "./goTo.ts";
import { exportOnnx } from "../export/exportOnnx.ts";
import { exportPython } from "../python/exportPython.ts";
import type { PythonView } from "../python/pythonView.ts";
import { newModel } from "./newModel.ts";
import { SteeringCommands } from "./steering.ts";
import { GroupCommands } from "./trainGroup.ts";

export interface CommandParts {
  readonly extension: vscode.Uri;
  readonly store: RunStore;
  readonly edits: EditedTexts;
  readonly controller: RunController;
  readonly pool: RunnerPool;
  readonly current: CurrentFile;
  readonly inspection: AutomaticInspection;
  readonly modelDebugger: ModelDebugger;
  readonly panels: Panels;
  readonly view: ModelsView;
  readonly types: WorkspaceTypes;
  readonly python: PythonView;
  readonly pythonFiles: PythonFiles;
  readonly log: vscode.LogOutputChannel;
  readonly output: vscode.OutputChannel;
}

/** What menus hand over: a file's path, its address, or a row of the tree; nothing from the palette. */
type Target = string | vscode.Uri | TreeNode | undefined;

export function registerCommands(parts: CommandParts): Disposable {
  const commands = new Commands(parts);
  const steering = new SteeringCommands({
    ...parts,
    shownFile: () => parts.view.file,
    findTraining: (accept) => commands.findTraining(undefined, (runs) => runs?.train !== undefined && accept(runs.train)),
  });
  const groups = new GroupCommands<Target>({ ...parts, prepare: (target) => commands.prepare(target) });
  const registered = Object.entries({ ...commands.all, ...steering.all, ...groups.all }).map(([name, run]) =>
    vscode.commands.registerCommand(`kindling.${name}`, async (...values: never[]) => {
      try {
        return await (run as (...values: never[]) => unknown)(...values);
      } catch (error) {
        parts.log.error(error instanceof Error ? error : String(error));
        throw error;
      }
    }),
  );
  return { dispose: () => registered.forEach((command) => command.dispose()) };
}

class Commands {
  readonly #parts: CommandParts;
  readonly #goTo: GoTo;
  readonly #weights: RestartWithWeights;
  readonly #startingWeights: StartWithWeights;

  constructor(parts: CommandParts) {
    this.#parts = parts;
    this.#goTo = new GoTo(parts);
    const restart = { ...parts, begin: (file: string, start: () => unknown) => this.#begin(file, start) };
    this.#weights = new RestartWithWeights(restart);
    this.#startingWeights = new StartWithWeights(restart, parts.extension);
  }

  readonly all = {
    train: (target?: Target) => this.#train(target),
    findBadNumber: (target?: Target) => this.#train(target, true),
    debug: (target?: Target) => this.#debug(target),
    showTensor: (variable?: VariableTarget) => showTensor(this.#parts.extension, variable),
    inspect: (target?: Target) => this.#inspect(target),
    stop: (target?: Target) => this.#stop(target),
    restart: (target?: Target) => this.#restart(target),
    restartWithWeights: (target?: Target) => this.#restartWithWeights(target),
    startWithWeights: (target?: Target, weights?: vscode.Uri | WeightsSource) => this.#startWithWeights(target, weights),
    pause: (target?: Target) => this.#toggle(target, "pause"),
    resume: (target?: Target) => this.#toggle(target, "resume"),
    openPanel: (target?: Target, model?: unknown, module?: unknown) => this.#openPanel(target, model, module),
    exportPanel: (target?: Target) => this.#exportPanel(target),
    showTraining: () => this.#show("train"),
    showInspection: () => this.#show("inspect"),
    showPython: (target?: Target) => this.#showPython(target),
    exportPython: (target?: Target, folder?: unknown) => this.#exportPython(target, folder),
    exportOnnx: (target?: Target) => this.#exportOnnx(target),
    copyTable: () => this.#parts.panels.copyTable(),
    newModel: (folder?: vscode.Uri) => this.#newModel(folder),
    openAsKindling: (file?: vscode.Uri) => this.#openAsKindling(file),
    addTypes: (file?: vscode.Uri) => this.#addTypes(file),
    showLog: () => this.#parts.log.show(),
    showOutput: () => this.#parts.output.show(true),
    explainLint: (id: string) => explainLint(this.#parts.extension, id),
    addExample: (file: string, className: string, parameters: readonly string[]) => this.#addExample(file, className, parameters),
    reveal: (position: SourcePosition, keepFocus?: boolean) => this.#goTo.reveal(position, keepFocus),
    goToMade: (target: GoToTarget) => this.#goTo.go("made", target),
    goToCalled: (target: GoToTarget) => this.#goTo.go("called", target),
    // The same from the palette, where they ask for a module.
    goToModule: () => this.#goTo.choose("made"),
    goToCall: () => this.#goTo.choose("called"),
    runActions: () => this.#runActions(),
  };

  /** The file that is to be trained, as it is on disk; nothing where none is. */
  async prepare(target: Target): Promise<string | undefined> {
    const file = await this.#find(target);
    if (file === undefined || !isTrusted()) return undefined;
    await this.#save(file);
    return file;
  }

  /** @param findsLate whether the first bad number is looked for however late it comes */
  async #train(target: Target, findsLate = false): Promise<void> {
    const file = await this.#find(target);
    if (file === undefined || !isTrusted()) return;
    if (this.#parts.controller.isTraining(file)) return void this.#trainAgain(file);
    await this.#begin(file, () => this.#parts.controller.train(file, { findsLate }));
  }

  async #debug(target: Target): Promise<void> {
    const { controller, modelDebugger } = this.#parts;
    const file = await this.#find(target);
    if (file === undefined || !isTrusted()) return;
    if (controller.isTraining(file)) {
      const restart = "Restart in Debugger";
      const message = `${basename(file)} is training. A debugger has to be there from the beginning.`;
      if ((await vscode.window.showInformationMessage(message, restart)) !== restart) return;
      await controller.stop(file);
    }
    await this.#begin(file, () => controller.debug(file, modelDebugger.attach));
  }

  /** Begins a training, by `start`; the result tells nothing of its end. */
  async #begin(file: string, start: () => unknown): Promise<void> {
    const { controller, inspection, panels, current, store, output } = this.#parts;
    inspection.hold(file);
    // Saved as it is, it was inspected already.
    if (!(await this.#save(file))) inspection.release(file);
    current.set(file);
    output.appendLine(`── ${basename(file)} ──`);
    void start();
    if (settingsFor(file).openPanelOnTrain) panels.showInPlace(file);
    const runId = store.get(file)?.train?.runId;
    if (!panels.has(file) && runId !== undefined) void notifyProgress(store, controller, runId);
  }

  async #trainAgain(file: string): Promise<void> {
    const { panels, store } = this.#parts;
    panels.show(file);
    const restart = "Restart";
    const message = store.get(file)?.train?.edited
      ? `${basename(file)} was edited since its training started. Restart trains the new text.`
      : `${basename(file)} is already training.`;
    if ((await vscode.window.showInformationMessage(message, restart)) === restart) await this.#restart(file);
  }

  async #restart(target: Target): Promise<void> {
    const file = await this.findTraining(target);
    if (file === undefined) return;
    await this.#parts.controller.stop(file);
    await this.#train(file);
  }

  async #restartWithWeights(target: Target): Promise<void> {
    const file = await this.findTraining(target);
    if (file === undefined || !isTrusted()) return;
    await this.#save(file);
    await this.#weights.ask(file);
  }

  async #startWithWeights(target: Target, weights?: vscode.Uri | WeightsSource): Promise<void> {
    const file = await this.prepare(target);
    if (file !== undefined) await this.#startingWeights.ask(file, weights instanceof vscode.Uri ? sourceOf(weights) : weights);
  }

  async #inspect(target: Target): Promise<void> {
    const { controller, current, inspection, panels, store } = this.#parts;
    const file = await this.#find(target);
    if (file === undefined || !isTrusted()) return;
    inspection.hold(file);
    await this.#save(file);
    inspection.release(file);
    current.set(file);
    const inspected = controller.inspect(file);
    // With the panel of another file, its own inspection is what the user wants to see now.
    if (panels.file !== undefined && store.get(file)) panels.showInPlace(file);
    const state = await inspected;
    const runs = store.get(file);
    // The panel goes on showing the training, so it is said here that the inspection is done.
    if (state !== "finished" || runs?.shown !== "train") return;
    const message = `Inspected ${basename(file)}. The panel keeps its training; Show Inspection turns to the inspection.`;
    vscode.window.setStatusBarMessage(message, 8000);
  }

  /** Turns the panel used last to the other of its file's two runs. */
  #show(mode: RunMode): void {
    const { panels, current, store } = this.#parts;
    const file = panels.file ?? current.file;
    if (file === undefined) return;
    store.show(file, mode);
    panels.show(file);
  }

  async #stop(target: Target): Promise<void> {
    const file = await this.findTraining(target);
    if (file !== undefined) await this.#parts.controller.stop(file);
  }

  async #toggle(target: Target, to: "pause" | "resume"): Promise<void> {
    const file = await this.findTraining(target, (runs) => isPaused(runs) === (to === "resume"));
    if (file !== undefined) this.#parts.controller[to](file);
  }

  async #openPanel(target: Target, model?: unknown, module?: unknown): Promise<void> {
    const file = await this.#find(target);
    if (file === undefined) return;
    this.#parts.panels.show(file, selectionOf(target, model, module));
  }

  async #exportPanel(target: Target): Promise<void> {
    const { panels, store } = this.#parts;
    // Its own menu names the panel by an address that no file has; it has the focus by then.
    const named = target instanceof vscode.Uri && target.scheme === "webview-panel" ? undefined : target;
    if (named === undefined && panels.exportKept()) return;
    const file = await this.#find(named ?? panels.file);
    if (file === undefined) return;
    const runs = store.get(file);
    if (runs && shownRun(runs)) panels.exportPage(file);
    else void vscode.window.showInformationMessage(`${basename(file)} has not been run yet. Train it, then export what the panel shows.`);
  }

  async #showPython(target: Target): Promise<void> {
    const file = await this.#find(target);
    if (file !== undefined) await this.#parts.python.show(file);
  }

  /** @param folder where to, for who asks by the command's name; the explorer hands over all that are chosen */
  async #exportPython(target: Target, folder: unknown): Promise<void> {
    const file = await this.#find(target);
    if (file === undefined) return;
    await this.#save(file);
    await exportPython(file, this.#parts.pool, folder instanceof vscode.Uri ? { folder } : {});
  }

  async #exportOnnx(target: Target): Promise<void> {
    const file = await this.#find(target);
    if (file === undefined) return;
    await this.#save(file);
    await exportOnnx(file, this.#parts.pool, (position) => this.#goTo.reveal(position));
  }

  async #openAsKindling(file = vscode.window.activeTextEditor?.document.uri): Promise<void> {
    if (file?.path.endsWith(".py")) await this.#parts.pythonFiles.openAsKindling(file);
  }

  async #newModel(folder: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
    const file = await newModel(this.#parts.extension, folder);
    if (file && vscode.workspace.isTrusted) await this.#parts.types.add(file);
    return file;
  }

  async #addTypes(target: vscode.Uri | undefined): Promise<void> {
    const file = await this.#find(target instanceof vscode.Uri ? target : undefined);
    // Of a workspace's folder itself, what is in it counts.
    const root = vscode.workspace.workspaceFolders?.[0]?.uri;
    const place = file === undefined ? root && vscode.Uri.joinPath(root, "any.model.ts") : vscode.Uri.file(file);
    if (!place || !isTrusted()) return;
    const written = await this.#parts.types.add(place);
    const message =
      written === undefined ? "Types of kindling are already there." : `Added the types of kindling to ${vscode.workspace.asRelativePath(written)}.`;
    vscode.window.setStatusBarMessage(message, 5000);
  }

  async #addExample(file: string, className: string, parameters: readonly string[]): Promise<void> {
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(file));
    const { document } = editor;
    const end = document.lineAt(document.lineCount - 1).range.end;
    const snippet = new vscode.SnippetString(exampleSnippet(document.getText(), className, parameters));
    this.#parts.inspection.waitFor(file, (text) => isUnfinishedExample(text, className, parameters));
    await editor.insertSnippet(snippet, end);
    editor.revealRange(new vscode.Range(end, end));
  }

  async #runActions(): Promise<void> {
    const { controller, store } = this.#parts;
    const items = controller.training().flatMap((file) => {
      const description = basename(file);
      const toggle = isPaused(store.get(file))
        ? { label: "$(debug-continue) Resume", description, run: () => this.#toggle(file, "resume") }
        : { label: "$(debug-pause) Pause", description, run: () => this.#toggle(file, "pause") };
      return [
        { label: "$(graph-line) Open Panel", description, run: () => this.#openPanel(file) },
        toggle,
        { label: "$(debug-stop) Stop", description, run: () => this.#stop(file) },
      ];
    });
    if (items.length === 0) return this.#openPanel(undefined);
    const chosen = await vscode.window.showQuickPick(items, { title: "Training" });
    await chosen?.run();
  }

  /** The model file that is meant, asking only where nothing tells. */
  async #find(target: Target): Promise<string | undefined> {
    const { current, store, view } = this.#parts;
    if (target instanceof vscode.Uri && target.scheme !== "file") return saySaveFirst();
    const named = typeof target === "string" ? target : target instanceof vscode.Uri ? target.fsPath : undefined;
    if (named !== undefined) return isModelFile(named) ? named : (store.using(named)[0]?.file ?? named);
    if (target !== undefined) return view.file;
    const active = vscode.window.activeTextEditor && fileOf(vscode.window.activeTextEditor.document);
    if (active !== undefined && isModelFile(active)) return active;
    if (isUnnamedModel(vscode.window.activeTextEditor?.document)) return saySaveFirst();
    return current.file ?? (await chooseModelFile());
  }

  async findTraining(target: Target, accept: (runs: Parameters<typeof isPaused>[0]) => boolean = () => true): Promise<string | undefined> {
    const { controller, current, store } = this.#parts;
    const candidates = controller.training().filter((file) => accept(store.get(file)));
    if (target !== undefined) return this.#find(target);
    if (candidates.length <= 1) return candidates[0];
    if (current.file !== undefined && candidates.includes(current.file)) return current.file;
    const chosen = await vscode.window.showQuickPick(candidates.map((file) => ({ label: vscode.workspace.asRelativePath(file), file })));
    return chosen?.file;
  }

  /**
   * A run reads what is on disk, so the file and what it imports go there first.
   * @returns whether anything had to be saved
   */
  async #save(file: string): Promise<boolean> {
    return (await saveFiles([file, ...(this.#parts.store.get(file)?.structure?.files ?? [])])).count > 0;
  }
}

function isTrusted(): boolean {
  if (vscode.workspace.isTrusted) return true;
  const manage = "Manage Workspace Trust";
  void vscode.window
    .showInformationMessage("Kindling runs nothing of a workspace that isn't trusted.", manage)
    .then((answer) => answer === manage && vscode.commands.executeCommand("workbench.trust.manage"));
  return false;
}

function selectionOf(target: Target, model: unknown, module: unknown): { model: number; module: number } | undefined {
  if (typeof target === "object" && "kind" in target && target.kind === "module") {
    return { model: target.model.id, module: target.module.id };
  }
  return typeof model === "number" ? { model, module: typeof module === "number" ? module : 0 } : undefined;
}

async function chooseModelFile(): Promise<string | undefined> {
  const found = await vscode.workspace.findFiles("**/*.model.ts", "**/node_modules/**", 200);
  if (found.length <= 1) return found[0]?.fsPath;
  const items = found.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), file: uri.fsPath })).sort((a, b) => a.label.localeCompare(b.label));
  const chosen = await vscode.window.showQuickPick(items, { placeHolder: "Which model file?" });
  return chosen?.file;
}

/** A model that was written, or pasted, into an editor that is no file yet. */
function isUnnamedModel(document: vscode.TextDocument | undefined): boolean {
  return document?.uri.scheme === "untitled" && /\bfrom\s+["']kindling["']/.test(document.getText());
}

function saySaveFirst(): undefined {
  void vscode.window.showInformationMessage("Kindling runs files. Save this one under a name that ends in .model.ts first.");
}
