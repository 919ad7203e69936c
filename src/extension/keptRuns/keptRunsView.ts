/** The runs view: what is kept of trainings, by file, newest first. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { treeOf } from "../../keep/branches.ts";
import { runsFolder } from "../../keep/layout.ts";
import { byTraining } from "../../keep/ranks.ts";
import { Throttle } from "../../run/throttle.ts";
import type { RunStore } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import type { KeptRunList } from "./keptRunList.ts";
import { groupRow, keptRunRow } from "./keptRunRows.ts";
import type { KeptRunsWatch } from "./keptRunsWatch.ts";

const viewId = "kindling.runs";
/** Milliseconds between two readings while a training goes on. */
const interval = 1_000;

export type KeptRunNode =
  | { readonly kind: "file"; readonly file: string; readonly runs: readonly KeptRun[] }
  /** Those that were begun together. */
  | { readonly kind: "group"; readonly group: string; readonly runs: readonly KeptRun[] }
  /** `others`: the ranks that train with it; `branches`: the runs that part from it. */
  | { readonly kind: "run"; readonly run: KeptRun; readonly others?: readonly KeptRun[]; readonly branches?: readonly KeptRun[] };

export class KeptRunsView implements vscode.TreeDataProvider<KeptRunNode> {
  readonly #store: RunStore;
  readonly #view: vscode.TreeView<KeptRunNode>;
  readonly #list: KeptRunList;
  readonly #changed = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  readonly #refresh = new Throttle(interval, () => this.#view.visible && void this.refresh());
  #runs: readonly KeptRun[] = [];
  #signature = "";
  readonly onDidChangeTreeData = this.#changed.event;

  constructor(store: RunStore, list: KeptRunList, watch: KeptRunsWatch) {
    this.#store = store;
    this.#list = list;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, canSelectMany: true, showCollapseAll: true });
    this.#subscriptions = [this.#view, watch.onDidChange(() => this.#refresh.call()), this.#view.onDidChangeVisibility(() => this.#refresh.call())];
  }

  get runs(): readonly KeptRun[] {
    return this.#runs;
  }

  /** Done by itself while somebody looks. */
  async refresh(): Promise<void> {
    const runs = await this.#list.read(this.#folders());
    const signature = JSON.stringify(
      runs.map(({ folder, label, state, summary }) => [folder, label, state, summary.steps, Object.keys(summary.series).length]),
    );
    this.#runs = runs;
    if (signature === this.#signature) return;
    this.#signature = signature;
    void vscode.commands.executeCommand("setContext", "kindling.hasKeptRuns", runs.length > 0);
    this.#changed.fire();
  }

  async getChildren(node?: KeptRunNode): Promise<KeptRunNode[]> {
    if (node?.kind === "file") return withBranches(grouped(treeOf(node.runs).trunks), node.runs);
    if (node?.kind === "group") return withBranches(nodesOf(node.runs), this.#runsOf(node.runs[0]));
    if (node) return withBranches(nodesOf([...(node.others ?? []), ...(node.branches ?? [])]), this.#runsOf(node.run));
    if (this.#signature === "") await this.refresh();
    const byFile = new Map<string, KeptRun[]>();
    for (const run of this.#runs) {
      const own = byFile.get(run.info.file);
      if (own) own.push(run);
      else byFile.set(run.info.file, [run]);
    }
    return [...byFile].map(([file, runs]) => ({ kind: "file", file, runs }));
  }

  /** Of the same file. */
  #runsOf(run: KeptRun | undefined): readonly KeptRun[] {
    return this.#runs.filter(({ info }) => info.file === run?.info.file);
  }

  getTreeItem(node: KeptRunNode): vscode.TreeItem {
    if (node.kind === "file") return fileItem(node.file, node.runs.length);
    return node.kind === "group" ? groupItem(node) : runItem(node);
  }

  dispose(): void {
    this.#refresh.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
  }

  #folders(): string[] {
    const files = this.#store.all().map(({ file }) => file);
    const roots = (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === "file").map(({ uri }) => vscode.Uri.joinPath(uri, "any").fsPath);
    return [...roots, ...files].map(runsFolder);
  }
}

function nodesOf(runs: readonly KeptRun[]): KeptRunNode[] {
  return runs.map((run) => ({ kind: "run", run }));
}

/** @param runs all of the file */
function withBranches(nodes: readonly KeptRunNode[], runs: readonly KeptRun[]): KeptRunNode[] {
  const { branches } = treeOf(runs);
  return nodes.map((node) => {
    const own = node.kind === "run" ? branches.get(node.run.id) : undefined;
    return node.kind === "run" && own ? { ...node, branches: own } : node;
  });
}

function fileItem(file: string, count: number): vscode.TreeItem {
  const item = new vscode.TreeItem(basename(file), vscode.TreeItemCollapsibleState.Expanded);
  item.id = file;
  item.resourceUri = vscode.Uri.file(file);
  item.iconPath = vscode.ThemeIcon.File;
  item.description = String(count);
  item.contextValue = "file";
  return item;
}

/** Where the newest of a group stands, all of it does. */
function grouped(runs: readonly KeptRun[]): KeptRunNode[] {
  const groups = new Map<string, KeptRun[]>();
  return byTraining(runs).flatMap(({ run, others }): KeptRunNode[] => {
    const { group } = run.info;
    if (group === undefined) return [{ kind: "run", run, others }];
    const known = groups.get(group);
    if (known) {
      known.push(run);
      return [];
    }
    const own = [run];
    groups.set(group, own);
    return [{ kind: "group", group, runs: own }];
  });
}

function groupItem({ group, runs }: Extract<KeptRunNode, { kind: "group" }>): vscode.TreeItem {
  const { label, description, tooltip, icon, context } = groupRow(runs, Date.now());
  const item = new vscode.TreeItem(label, vscode.TreeItemCollapsibleState.Collapsed);
  item.id = group;
  item.description = description;
  item.tooltip = new vscode.MarkdownString(tooltip);
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = context;
  return item;
}

function runItem(node: Extract<KeptRunNode, { kind: "run" }>): vscode.TreeItem {
  const { label, description, tooltip, icon, colour, context } = keptRunRow(node.run, Date.now());
  const { Collapsed, Expanded, None } = vscode.TreeItemCollapsibleState;
  const item = new vscode.TreeItem(label, node.branches?.length ? Expanded : node.others?.length ? Collapsed : None);
  item.id = node.run.folder;
  item.description = description;
  item.tooltip = new vscode.MarkdownString(tooltip);
  item.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.contextValue = context;
  item.command = { title: "Show", command: "kindling.showKept", arguments: [node] };
  return item;
}
