/** What can be done with kept runs, from the runs view and the palette. */
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { codeOf, keptRun, keptRunIn, removeRun, setLabel, type KeptRun } from "../../keep/keptRuns.ts";
import { isRunId, names, runsFolder } from "../../keep/layout.ts";
import { readRunInTurns } from "../../keep/readRun.ts";
import { mostCompared } from "../../run/comparison.ts";
import { plural } from "../../run/numbers.ts";
import { keptPanelType, type PanelPlace, type PanelRequest, type Panels } from "../panel/panels.ts";
import type { RunnerPool } from "../runs/runnerPool.ts";
import { readComparedRuns, readShownRun } from "../panel/readMessage.ts";
import type { Disposable } from "../shared/emitter.ts";
import type { FillInCommands } from "./fillInCommands.ts";
import type { ReplayCommands } from "./replayCommands.ts";
import { keptOf, type ShownStep } from "./shownStep.ts";
import { isFinal } from "../../run/standing.ts";
import type { WeightsSource } from "../restart/startWithWeights.ts";
import { askCheckpoint } from "./askCheckpoint.ts";
import { ComparisonPanel, comparisonType } from "./comparisonPanel.ts";
import { markdown, titleOf } from "./keptRunRows.ts";
import { watchPython } from "../python/watchPython.ts";
import { FollowedRun } from "./followedRun.ts";
import { exportTrained, exportWeights } from "./exportWeights.ts";
import type { KeptRunNode, KeptRunsView } from "./keptRunsView.ts";

/** Of the texts that ran: they can be read and compared, not edited. */
const scheme = "kindling-run";

export interface KeptRunParts {
  readonly view: KeptRunsView;
  readonly panels: Panels;
  readonly replays: ReplayCommands;
  readonly fillIns: FillInCommands;
  readonly pool: RunnerPool;
  readonly extension: vscode.Uri;
}

export function registerKeptRunCommands(parts: KeptRunParts): Disposable {
  const commands = new KeptRunCommands(parts);
  const subscriptions = [
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ query }) => (query === "" ? "" : readFile(query, "utf8").catch(() => "")),
    }),
    vscode.window.registerWebviewPanelSerializer(comparisonType, {
      deserializeWebviewPanel: (webview, remembered) => commands.compareAgain(webview, readComparedRuns(remembered)),
    }),
    vscode.window.registerWebviewPanelSerializer(keptPanelType, {
      deserializeWebviewPanel: (webview, remembered) => commands.showAgain(webview, readShownRun(remembered)),
    }),
    parts.panels.onDidAsk((request) => {
      if (request.message.type === "showRun") void commands.showOfFamily(request, request.message.run);
    }),
    vscode.commands.registerCommand("kindling.rewindHere", (shown: ShownStep) => parts.replays.rewindHere(shown)),
    vscode.commands.registerCommand("kindling.fillInHere", (shown: ShownStep) => parts.fillIns.fillInHere(shown)),
    ...Object.entries(commands.all).map(([name, run]) => vscode.commands.registerCommand(`kindling.${name}`, run)),
  ];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

type Asked = (node?: KeptRunNode, chosen?: readonly KeptRunNode[]) => Promise<void>;

class KeptRunCommands {
  readonly #view: KeptRunsView;
  readonly #panels: Panels;
  readonly #replays: ReplayCommands;
  readonly #fillIns: FillInCommands;
  readonly #pool: RunnerPool;
  readonly #extension: vscode.Uri;

  constructor({ view, panels, replays, fillIns, pool, extension }: KeptRunParts) {
    this.#view = view;
    this.#panels = panels;
    this.#replays = replays;
    this.#fillIns = fillIns;
    this.#pool = pool;
    this.#extension = extension;
  }

  get #cli(): string {
    return vscode.Uri.joinPath(this.#extension, "dist", "cli", "main.js").fsPath;
  }

  readonly all = {
    watchPython: (uri?: vscode.Uri) => watchPython(this.#extension, uri, (run) => this.#show(run)),
    showKept: this.#withOne("Show which run?", (run) => this.#show(run)),
    compareKept: this.#withSeveral("Compare which runs?", (runs) => this.#compare(runs)),
    rewindKept: this.#withOne("Rewind which run?", (run) => this.#replays.rewind(run)),
    branchKept: this.#withOne("Branch which run?", (run) => this.#replays.branch(run)),
    resumeKept: this.#withOne("Go on with which run?", (run) => this.#replays.resume(run)),
    fillInKept: this.#withOne("Fill in which run?", (run) => this.#fillIn(run)),
    renameKept: this.#withOne("Rename which run?", (run) => this.#rename(run)),
    noteKept: this.#withOne("Write a note on which run?", (run) => this.#note(run)),
    pinKept: this.#withSeveral("Pin which runs?", (runs) => this.#pin(runs, true)),
    unpinKept: this.#withSeveral("Unpin which runs?", (runs) => this.#pin(runs, false)),
    diffKeptCode: this.#withOne("Compare the code of which run with the files of now?", (run) => diffCode(run)),
    restoreKeptCode: this.#withOne("Restore the code of which run?", (run) => restoreCode(run)),
    startWithKeptWeights: (node?: KeptRunNode) =>
      this.#withOne("Start with the weights of which run?", (run) => startWithKeptWeights(run, node?.kind === "run" ? run.info.file : undefined))(node),
    exportKeptWeights: this.#withOne("Export the weights of which run?", (run) => exportWeights(this.#cli, run, titleOf(run))),
    exportKeptPython: this.#withOne("Export which run to PyTorch?", (run) => exportTrained(this.#cli, run, titleOf(run), this.#pool)),
    copyKept: this.#withSeveral("Copy which runs?", (runs) => vscode.env.clipboard.writeText(runs.map(markdown).join("\n"))),
    deleteKept: this.#withSeveral("Delete which runs?", (runs) => this.#delete(runs)),
  };

  /** The run that was clicked; from the palette, the one that is chosen. */
  #withOne(question: string, action: (run: KeptRun) => unknown): Asked {
    return async (node) => {
      const run = node?.kind === "run" ? node.run : (await this.#choose(question, false))[0];
      if (run) await this.#asTheyAreNow([run], ([one]) => action(one!));
    };
  }

  #withSeveral(question: string, action: (runs: readonly KeptRun[]) => unknown): Asked {
    return async (node, chosen) => {
      const nodes = chosen && chosen.length > 0 ? chosen : node ? [node] : [];
      const runs = nodes.length > 0 ? nodes.flatMap((one) => (one.kind === "run" ? [one.run] : one.runs)) : await this.#choose(question, true);
      if (runs.length > 0) await this.#asTheyAreNow(runs, action);
    };
  }

  /** A row of the view, and a list that waited for an answer, tell what was so when it was read: the run may be over, or gone, by now. */
  async #asTheyAreNow(seen: readonly KeptRun[], action: (runs: readonly KeptRun[]) => unknown): Promise<void> {
    const runs = seen.flatMap(({ folder }) => keptRunIn(folder) ?? []);
    if (runs.length > 0) return void (await action(runs));
    void vscode.window.showInformationMessage(seen.length === 1 ? "This run is not kept any more." : "These runs are not kept any more.");
    await this.#view.refresh();
  }

  async #choose(placeHolder: string, canPickMany: boolean): Promise<readonly KeptRun[]> {
    await this.#view.refresh();
    const items = this.#view.runs.map((run) => ({ label: titleOf(run), description: `${run.state}, ${plural(run.summary.steps, "step")}`, run }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany });
    return picked === undefined ? [] : [picked].flat().map(({ run }) => run);
  }

  #compare(runs: readonly KeptRun[]): void {
    if (runs.length < 2 || runs.length > mostCompared) {
      void vscode.window.showInformationMessage(`Choose from 2 to ${mostCompared} runs in the Runs view (with Ctrl or Shift), then compare them.`);
      return;
    }
    this.#openComparison(runs);
  }

  /** After the window was loaded anew, of those that are still there. */
  async compareAgain(webview: vscode.WebviewPanel, ids: readonly string[]): Promise<void> {
    await this.#view.refresh();
    const runs = ids.flatMap((id) => this.#view.runs.find((run) => run.id === id) ?? []);
    if (runs.length === 0) webview.dispose();
    else this.#openComparison(runs, webview);
  }

  /** The same for the panel of one run. */
  async showAgain(webview: vscode.WebviewPanel, id: string | undefined): Promise<void> {
    await this.#view.refresh();
    const run = this.#view.runs.find((one) => one.id === id);
    if (run) await this.#show(run, { webview });
    else webview.dispose();
  }

  /** In the place of the panel in which it was asked for; in the file's own panel where that has it already. */
  async showOfFamily({ file, column }: PanelRequest, id: string): Promise<void> {
    const run = isRunId(id) ? keptRun(runsFolder(file), id) : undefined;
    if (!run) return void vscode.window.showInformationMessage("This run is not kept any more.");
    const own = this.#panels.shownIn(run.info.file);
    if (own && keptOf(own)?.id === id) this.#panels.show(run.info.file);
    else await this.#show(run, column === undefined ? {} : { column });
  }

  #openComparison(runs: readonly KeptRun[], webview?: vscode.WebviewPanel): void {
    const panel = new ComparisonPanel(this.#extension, runs, { show: (run) => this.#show(run), diffCode: diffBetween }, webview);
    const following = this.#view.onDidChangeTreeData(() => void panel.refresh());
    panel.onDidClose(() => following.dispose());
  }

  async #show(kept: KeptRun, place: PanelPlace = {}): Promise<void> {
    if (!isFinal(kept.state)) return this.#panels.showFollowed(kept, titleOf(kept), () => new FollowedRun(kept), place);
    const { run } = await readRunInTurns(kept);
    this.#panels.showKept(run, titleOf(kept), place);
  }

  async #fillIn(run: KeptRun): Promise<void> {
    await this.#fillIns.fillIn(run);
    await this.#view.refresh();
  }

  async #rename(run: KeptRun): Promise<void> {
    const name = await vscode.window.showInputBox({ title: "Name of the run", value: run.label.name ?? "", prompt: "Nothing: it goes by its time" });
    if (name !== undefined) await this.#label([run], () => ({ name: name.trim() || undefined }));
  }

  async #note(run: KeptRun): Promise<void> {
    const note = await vscode.window.showInputBox({ title: "Note on the run", value: run.label.note ?? "" });
    if (note !== undefined) await this.#label([run], () => ({ note: note.trim() || undefined }));
  }

  #pin(runs: readonly KeptRun[], pinned: boolean): Promise<void> {
    return this.#label(runs, () => ({ pinned: pinned || undefined }));
  }

  async #label(runs: readonly KeptRun[], change: () => { name?: string | undefined; note?: string | undefined; pinned?: boolean | undefined }): Promise<void> {
    for (const run of runs) {
      const label = { ...run.label, ...change() };
      setLabel(run, Object.fromEntries(Object.entries(label).filter(([, value]) => value !== undefined)));
    }
    await this.#view.refresh();
  }

  async #delete(runs: readonly KeptRun[]): Promise<void> {
    const live = runs.filter(({ state }) => state === "running" || state === "paused");
    if (live.length > 0) {
      void vscode.window.showInformationMessage("A run that still goes on can't be deleted. Stop it first.");
      return;
    }
    const what = runs.length === 1 ? `the run of ${titleOf(runs[0]!)}` : `${runs.length} runs`;
    const answer = await vscode.window.showWarningMessage(`Delete ${what}? This can't be undone.`, { modal: true }, "Delete");
    if (answer !== "Delete") return;
    runs.forEach(removeRun);
    await this.#view.refresh();
  }
}

/** @param file what is trained; without, the model file at hand. Which of the weights fit is looked at, and chosen, as of a file of weights. */
async function startWithKeptWeights(run: KeptRun, file: string | undefined): Promise<void> {
  const name = titleOf(run);
  const checkpoint = await askCheckpoint(run, `Start with the Weights of ${name}`);
  const source: WeightsSource | undefined = checkpoint && { path: checkpoint.path, origin: run.label.name ?? run.id };
  if (source) await vscode.commands.executeCommand("kindling.startWithWeights", file === undefined ? undefined : vscode.Uri.file(file), source);
}

/** The text that ran beside the text of now, in VS Code's own diff editor. */
async function diffCode(run: KeptRun): Promise<void> {
  await showDiff(
    `${titleOf(run)} ↔ now`,
    codeOf(run).map(({ path, name }) => ({ before: keptText(run, name), after: vscode.Uri.file(path) })),
  );
}

/** The texts of two runs beside each other; a file that only one of them had is beside nothing. */
async function diffBetween(first: KeptRun, second: KeptRun): Promise<void> {
  const [before, after] = [first, second].map((run) => new Map(codeOf(run).map(({ name }) => [name, keptText(run, name)])));
  const nothing = (name: string): vscode.Uri => vscode.Uri.from({ scheme, path: `/${name}` });
  const all = [...new Set([...before!.keys(), ...after!.keys()])];
  await showDiff(
    `${titleOf(first)} ↔ ${titleOf(second)}`,
    all.map((name) => ({ before: before!.get(name) ?? nothing(name), after: after!.get(name) ?? nothing(name) })),
  );
}

function keptText(run: KeptRun, name: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path: `/${name}`, query: join(run.folder, names.code, name) });
}

async function showDiff(title: string, pairs: readonly { readonly before: vscode.Uri; readonly after: vscode.Uri }[]): Promise<void> {
  const [first] = pairs;
  if (!first) void vscode.window.showInformationMessage("The code of this run was not kept: it ended before it was read.");
  else if (pairs.length === 1) await vscode.commands.executeCommand("vscode.diff", first.before, first.after, title);
  else
    await vscode.commands.executeCommand(
      "vscode.changes",
      title,
      pairs.map(({ before, after }) => [after, before, after]),
    );
}

/** Puts the text that ran in the place of the text of now, as an edit that can be undone. */
async function restoreCode(run: KeptRun): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const changed: string[] = [];
  for (const { path, name } of codeOf(run)) {
    const text = await readFile(join(run.folder, names.code, name), "utf8");
    const uri = vscode.Uri.file(path);
    const now = await vscode.workspace.openTextDocument(uri).then(
      (document) => document,
      () => undefined,
    );
    if (now?.getText() === text) continue;
    changed.push(name);
    if (now) edit.replace(uri, new vscode.Range(now.positionAt(0), now.positionAt(now.getText().length)), text);
    else edit.createFile(uri, { contents: Buffer.from(text) });
  }
  if (changed.length === 0) {
    void vscode.window.showInformationMessage("The files are as they were in this run.");
    return;
  }
  const answer = await vscode.window.showWarningMessage(
    `Put ${changed.join(", ")} back as in ${titleOf(run)}?`,
    { modal: true, detail: "The files are changed in the editor and not saved; undo takes it back." },
    "Restore",
  );
  if (answer !== "Restore") return;
  await vscode.workspace.applyEdit(edit);
  await vscode.window.showTextDocument(vscode.Uri.file(run.info.file));
}
