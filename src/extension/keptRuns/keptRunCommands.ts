/** What can be done with kept runs, from the runs view and the palette. */
import { basename, join } from "node:path";
import { readFile } from "node:fs/promises";
import * as vscode from "vscode";
import { compareRuns } from "../../keep/comparison.ts";
import { codeOf, readRun, removeRun, setLabel, type KeptRun } from "../../keep/keptRuns.ts";
import { names } from "../../keep/layout.ts";
import { formatNumber, plural } from "../../run/numbers.ts";
import type { Panels } from "../panel/panels.ts";
import type { Disposable } from "../shared/emitter.ts";
import { markdown, timeText } from "./keptRunRows.ts";
import type { ReplayCommands, ShownStep } from "./replayCommands.ts";
import type { KeptRunNode, KeptRunsView } from "./keptRunsView.ts";

/** Of the texts that ran: they can be read and compared, not edited. */
const scheme = "kindling-run";
const mostCompared = 20;

export function registerKeptRunCommands(view: KeptRunsView, panels: Panels, replays: ReplayCommands): Disposable {
  const commands = new KeptRunCommands(view, panels, replays);
  const subscriptions = [
    vscode.workspace.registerTextDocumentContentProvider(scheme, {
      provideTextDocumentContent: ({ query }) =>
        query.startsWith("text:") ? decodeURIComponent(query.slice("text:".length)) : readFile(query, "utf8").catch(() => ""),
    }),
    vscode.commands.registerCommand("kindling.rewindHere", (shown: ShownStep) => replays.rewindHere(shown)),
    ...Object.entries(commands.all).map(([name, run]) => vscode.commands.registerCommand(`kindling.${name}`, run)),
  ];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

type Asked = (node?: KeptRunNode, chosen?: readonly KeptRunNode[]) => Promise<void>;

class KeptRunCommands {
  readonly #view: KeptRunsView;
  readonly #panels: Panels;
  readonly #replays: ReplayCommands;

  constructor(view: KeptRunsView, panels: Panels, replays: ReplayCommands) {
    this.#view = view;
    this.#panels = panels;
    this.#replays = replays;
  }

  readonly all = {
    showKept: this.#withOne("Show which run?", (run) => this.#panels.showKept(readRun(run), titleOf(run))),
    compareKept: this.#withSeveral("Compare which runs?", (runs) => this.#compare(runs)),
    rewindKept: this.#withOne("Rewind which run?", (run) => this.#replays.rewind(run)),
    branchKept: this.#withOne("Branch which run?", (run) => this.#replays.branch(run)),
    resumeKept: this.#withOne("Go on with which run?", (run) => this.#replays.resume(run)),
    renameKept: this.#withOne("Rename which run?", (run) => this.#rename(run)),
    noteKept: this.#withOne("Write a note on which run?", (run) => this.#note(run)),
    pinKept: this.#withSeveral("Pin which runs?", (runs) => this.#pin(runs, true)),
    unpinKept: this.#withSeveral("Unpin which runs?", (runs) => this.#pin(runs, false)),
    diffKeptCode: this.#withOne("Compare the code of which run with the files of now?", (run) => diffCode(run)),
    restoreKeptCode: this.#withOne("Restore the code of which run?", (run) => restoreCode(run)),
    copyKept: this.#withSeveral("Copy which runs?", (runs) => vscode.env.clipboard.writeText(runs.map(markdown).join("\n"))),
    deleteKept: this.#withSeveral("Delete which runs?", (runs) => this.#delete(runs)),
  };

  /** The run that was clicked; from the palette, the one that is chosen. */
  #withOne(question: string, action: (run: KeptRun) => unknown): Asked {
    return async (node) => {
      const run = node?.kind === "run" ? node.run : (await this.#choose(question, false))[0];
      if (run) await action(run);
    };
  }

  #withSeveral(question: string, action: (runs: readonly KeptRun[]) => unknown): Asked {
    return async (node, chosen) => {
      const nodes = chosen && chosen.length > 0 ? chosen : node ? [node] : [];
      const runs = nodes.length > 0 ? nodes.flatMap((one) => (one.kind === "file" ? one.runs : [one.run])) : await this.#choose(question, true);
      if (runs.length > 0) await action(runs);
    };
  }

  async #choose(placeHolder: string, canPickMany: boolean): Promise<readonly KeptRun[]> {
    await this.#view.refresh();
    const items = this.#view.runs.map((run) => ({ label: titleOf(run), description: `${run.state}, ${plural(run.summary.steps, "step")}`, run }));
    const picked = await vscode.window.showQuickPick(items, { placeHolder, canPickMany });
    return picked === undefined ? [] : [picked].flat().map(({ run }) => run);
  }

  async #compare(runs: readonly KeptRun[]): Promise<void> {
    if (runs.length < 2 || runs.length > mostCompared) {
      void vscode.window.showInformationMessage(`Choose from 2 to ${mostCompared} runs in the Runs view (with Ctrl or Shift), then compare them.`);
      return;
    }
    const text = comparisonText(runs);
    const uri = vscode.Uri.from({ scheme, path: "/Compared runs.md", query: `text:${encodeURIComponent(text)}` });
    await vscode.commands.executeCommand("markdown.showPreview", uri);
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

export function titleOf({ info, label }: KeptRun): string {
  return `${basename(info.file, ".model.ts")}, ${label.name ?? timeText(info.startedAt, Date.now())}`;
}

/** What differs between runs and where their series ended, as Markdown. */
export function comparisonText(all: readonly KeptRun[]): string {
  const { runs, differences, last } = compareRuns(all);
  const cells = (name: string, own: readonly string[]): string =>
    `| ${[name, ...own].map((text) => text.replaceAll("|", "\\|").replaceAll("\n", " ")).join(" | ")} |`;
  return [
    "# Compared runs",
    "",
    cells(
      "",
      runs.map(({ kept }) => titleOf(kept)),
    ),
    `| --- |${" ---: |".repeat(runs.length)}`,
    cells(
      "**health**",
      runs.map(({ health }) => health || "–"),
    ),
    ...Object.entries(last).map(([name, own]) =>
      cells(
        `last ${name}`,
        own.map((value) => formatNumber(value ?? undefined)),
      ),
    ),
    ...Object.entries(differences).map(([name, own]) =>
      cells(
        name,
        own.map((value) => value ?? "–"),
      ),
    ),
    "",
  ].join("\n");
}

/** The text that ran beside the text of now, in VS Code's own diff editor. */
async function diffCode(run: KeptRun): Promise<void> {
  const pairs = codeOf(run).map(({ path, name }) => {
    const kept = vscode.Uri.from({ scheme, path: `/${name}`, query: join(run.folder, names.code, name) });
    return { name, kept, now: vscode.Uri.file(path) };
  });
  const title = `${titleOf(run)} ↔ now`;
  const [first] = pairs;
  if (!first) void vscode.window.showInformationMessage("The code of this run was not kept: it ended before it was read.");
  else if (pairs.length === 1) await vscode.commands.executeCommand("vscode.diff", first.kept, first.now, title);
  else
    await vscode.commands.executeCommand(
      "vscode.changes",
      title,
      pairs.map(({ kept, now }) => [now, kept, now]),
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
