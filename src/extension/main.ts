/** The extension's entry: makes the parts and joins them. Nothing of the engine is loaded here. */
import { join } from "node:path";
import * as vscode from "vscode";
import { memoryFlags } from "../agents/memory.ts";
import { madeAt } from "../run/modulePlaces.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { registerLanguageModelTools } from "./agents/languageModelTools.ts";
import { registerCommands } from "./commands/commands.ts";
import { reveal } from "./commands/goTo.ts";
import { keepContextKeys } from "./commands/contextKeys.ts";
import { ModelDebugger } from "./debug/modelDebugger.ts";
import { FillInCommands } from "./keptRuns/fillInCommands.ts";
import { Families } from "./keptRuns/families.ts";
import { registerKeptRunCommands } from "./keptRuns/keptRunCommands.ts";
import { ReplayCommands } from "./keptRuns/replayCommands.ts";
import { KeptRunsWatch } from "./keptRuns/keptRunsWatch.ts";
import { KeptRunList } from "./keptRuns/keptRunList.ts";
import { KeptRunsView, type KeptRunNode } from "./keptRuns/keptRunsView.ts";
import { MeasuredValuesStore } from "./inlay/measuredValues.ts";
import { ShapesInEditor } from "./inlay/shapesInEditor.ts";
import { ModelCodeLenses } from "./lenses/codeLenses.ts";
import { LiveValues } from "./live/liveValues.ts";
import { FollowCursor } from "./navigation/followCursor.ts";
import { LineHighlight } from "./navigation/lineHighlight.ts";
import { ModuleSymbols } from "./navigation/moduleSymbols.ts";
import { Panels, type PanelRequest } from "./panel/panels.ts";
import { PythonView } from "./python/pythonView.ts";
import { showProblems } from "./problems/diagnostics.ts";
import { PythonFiles } from "./python/openAsKindling.ts";
import { offerPasteAsKindling } from "./python/pasteAsKindling.ts";
import { saveFile } from "./export/saveFile.ts";
import { Archive } from "./runs/archive.ts";
import { AutomaticInspection } from "./runs/automaticInspection.ts";
import { EditWatch } from "./runs/editWatch.ts";
import { shownRun, type FileRuns } from "./runs/fileRuns.ts";
import { keepArchive } from "./runs/keepArchive.ts";
import { RunController, type Settled } from "./runs/runController.ts";
import { RunStore, type StoreChange } from "./runs/runStore.ts";
import { RunnerPool, type Launch } from "./runs/runnerPool.ts";
import { CurrentFile } from "./shared/currentFile.ts";
import { EditedTexts } from "./shared/editedTexts.ts";
import type { Event } from "./shared/emitter.ts";
import { requestFor } from "./shared/settings.ts";
import { UnsavedFiles } from "./shared/unsavedFiles.ts";
import { showStatus } from "./status/statusBar.ts";
import type { TreeNode } from "./tree/modelTree.ts";
import { ModelsView } from "./tree/modelsView.ts";
import { WatchedModels } from "./tree/watchedModels.ts";
import { WorkspaceTypes } from "./typings/workspaceTypes.ts";

const loadedAt = performance.now();

/** What other extensions, and the tests, can see. */
export interface KindlingApi {
  readonly store: Pick<RunStore, "get" | "all">;
  readonly onDidChange: Event<StoreChange>;
  /** A run came to its end. */
  readonly onDidSettle: Event<Settled>;
  /** The models view's rows. */
  readonly tree: vscode.TreeDataProvider<TreeNode>;
  /** The runs view's rows. */
  readonly runs: vscode.TreeDataProvider<KeptRunNode>;
  /** Milliseconds that loading and activating took. */
  readonly activationTime: number;
  /** In tests only: starts another program in the runner's place from now on, or with nothing the runner again. */
  launchWith?(launch?: Launch): void;
}

let close: (() => Promise<void>) | undefined;

export function activate(context: vscode.ExtensionContext): KindlingApi {
  const log = vscode.window.createOutputChannel("Kindling", { log: true });
  const output = vscode.window.createOutputChannel("Kindling: Output");
  const runner: Launch = {
    script: context.asAbsolutePath(join("dist", "runner", "main.js")),
    rehearsal: context.asAbsolutePath(join("media", "rehearsal.model.ts")),
  };
  let launch = runner;

  const store = new RunStore();
  const pool = new RunnerPool({
    launch: () => launch,
    isTrusted: () => vscode.workspace.isTrusted,
    log: (text) => log.debug(text),
  });
  const controller = new RunController(store, pool, (file, mode) => requestFor(file, mode, (text) => log.warn(text)));
  const pythonFiles = new PythonFiles();
  const archive = new Archive(join((context.storageUri ?? context.globalStorageUri).fsPath, "runs"), (text) => log.warn(text));
  const archiving = keepArchive(store, controller, archive, (error) => log.error(String(error)));
  const current = new CurrentFile(store);
  const keptRunsWatch = new KeptRunsWatch(store);
  const keptRunList = new KeptRunList();
  const families = new Families(keptRunList, keptRunsWatch);
  const panels = new Panels(context, store, archive, families);
  const unsaved = new UnsavedFiles();
  const edits = new EditedTexts();
  const highlight = new LineHighlight();
  const watched = new WatchedModels(panels);
  const view = new ModelsView({ store, current, watched, unsaved });
  const types = new WorkspaceTypes(context, log);
  const inspection = new AutomaticInspection({ store, controller, pool, archive });
  const keptRuns = new KeptRunsView(store, keptRunList, keptRunsWatch);
  const fillIns = new FillInCommands({ store, pool, panels });
  const replays = new ReplayCommands({ store, controller, panels });
  const values = new MeasuredValuesStore(store);
  const python = new PythonView();
  const extension = context.extensionUri;
  const modelDebugger = new ModelDebugger(extension, controller);

  context.subscriptions.push(
    log,
    output,
    current,
    panels,
    watched,
    view,
    types,
    inspection,
    unsaved,
    edits,
    modelDebugger,
    highlight,
    python,
    new EditWatch(store),
    new ModelCodeLenses({ store, unsaved, edits, canDebug: hasCommand(context, "kindling.debug") }),
    new LiveValues(store, edits),
    values,
    new ShapesInEditor(values),
    keepContextKeys({ store, current, panels, watched }),
    registerLanguageModelTools({
      startRunner: () => pool.withFlags(memoryFlags),
      commandLine: vscode.Uri.joinPath(extension, "dist", "cli", "main.js").fsPath,
    }),
    showProblems(store, extension),
    showStatus(store, current),
    keptRunsWatch,
    families,
    keptRuns,
    registerKeptRunCommands({ view: keptRuns, panels, replays, fillIns, pool, extension }),
    pythonFiles,
    offerPasteAsKindling(),
    registerCommands({
      extension,
      store,
      edits,
      controller,
      pool,
      current,
      inspection,
      modelDebugger,
      panels,
      view,
      types,
      python,
      pythonFiles,
      log,
      output,
    }),
    panels.onDidAsk((request) => void answer(request, { store, edits, view, controller, highlight })),
    view.onDidChoose(({ model, module }) => {
      if (view.file === undefined) return;
      const selection = { model: model.id, module: module.id };
      if (watched.panel) watched.panel.select(selection);
      else panels.select(view.file, selection);
      const made = madeAt(module);
      highlight.show(made && edits.now(made, store.get(view.file)?.structure?.at ?? 0));
    }),
    new FollowCursor({ store, edits, view, panels }),
    new ModuleSymbols(store, edits),
    controller.onDidPrint(({ automatic, text }) => {
      if (automatic) log.trace(text.trimEnd());
      else output.append(text);
    }),
    controller.onDidSettle(({ file, mode, state }) => {
      const { startedAt = NaN, endedAt = NaN } = store.get(file)?.[mode] ?? {};
      log.info(`${mode} ${file}: ${state} after ${endedAt - startedAt} ms`);
    }),
    store.onDidChange(({ change }) => {
      if (change.type === "event" && change.event.type === "problem") log.warn(change.event.problem.message);
    }),
    vscode.workspace.onDidRenameFiles(({ files }) => {
      for (const { oldUri, newUri } of files) controller.rename(oldUri.fsPath, newUri.fsPath);
    }),
    vscode.workspace.onDidDeleteFiles(({ files }) => {
      for (const { fsPath } of files) void removeBelow(fsPath, store, controller);
    }),
  );
  void archive.takeInterrupted().then((kept) => kept.forEach((runs) => store.restore(runs)));
  close = async () => {
    archiving.dispose();
    await pool.dispose();
  };

  const activationTime = performance.now() - loadedAt;
  log.debug(`activated in ${activationTime.toFixed(1)} ms`);
  return {
    store,
    onDidChange: store.onDidChange,
    onDidSettle: controller.onDidSettle,
    tree: view,
    runs: keptRuns,
    activationTime,
    ...(context.extensionMode === vscode.ExtensionMode.Test && {
      launchWith: (other = runner) => {
        launch = other;
        pool.forget();
      },
    }),
  };
}

export async function deactivate(): Promise<void> {
  await close?.();
}

function hasCommand({ extension }: vscode.ExtensionContext, name: string): boolean {
  const { contributes } = extension.packageJSON as { contributes: { commands: readonly { command: string }[] } };
  return contributes.commands.some(({ command }) => command === name);
}

interface Answering {
  readonly store: RunStore;
  readonly edits: EditedTexts;
  readonly view: ModelsView;
  readonly controller: RunController;
  readonly highlight: LineHighlight;
}

async function answer({ file, run, message }: PanelRequest, { store, edits, view, controller, highlight }: Answering): Promise<void> {
  switch (message.type) {
    case "command":
      return void (await vscode.commands.executeCommand(`kindling.${message.command}`, file));
    case "shownStep":
      return isLast(run, store.get(file)) || (run && view.shows(run)) ? view.showStep(file, message.step) : undefined;
    case "steer":
      return controller.steer(file, message.steering);
    case "copy":
      return await vscode.env.clipboard.writeText(message.text);
    case "save":
      return void (await saveFile(file, message.name, new TextEncoder().encode(message.text)));
    case "saveBytes":
      return void (await saveFile(file, message.name, Buffer.from(message.base64, "base64")));
    case "reveal":
      return await reveal(run ? (edits.now(message.position, run.startedAt) ?? message.position) : message.position);
    case "chosen": {
      const model = run?.models.find(({ id }) => id === message.model);
      const module = model?.modules[message.module];
      if (!run || !model || !module) return;
      const made = madeAt(module);
      highlight.show(made && edits.now(made, run.startedAt));
      if (view.shows(run)) await view.select({ model, module });
    }
  }
}

/** Whether a run is the file's last, which the tree shows, and not a kept one in a panel of its own. */
function isLast(run: RunSnapshot | undefined, runs: FileRuns | undefined): boolean {
  return run !== undefined && runs !== undefined && shownRun(runs)?.runId === run.runId;
}

/** A deleted file, or the files in a deleted folder. */
async function removeBelow(path: string, store: RunStore, controller: RunController): Promise<void> {
  const gone = store.all().filter(({ file }) => file === path || file.startsWith(join(path, "/")));
  await Promise.all(gone.map(({ file }) => controller.remove(file)));
}
