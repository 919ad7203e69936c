/** The models view. */
import * as vscode from "vscode";
import type { Severity } from "../../run/health/rules.ts";
import { sameModule, type PlacedModule } from "../../run/modulePlaces.ts";
import { formatCount } from "../../run/numbers.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { lossTrouble } from "../../run/standing.ts";
import { fileName } from "../../run/text.ts";
import { Throttle } from "../../run/throttle.ts";
import { filesOf, isStale, isTraining, shownRun, type FileRuns } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { CurrentFile } from "../shared/currentFile.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import type { UnsavedFiles } from "../shared/unsavedFiles.ts";
import { TreeHealth } from "./treeHealth.ts";
import type { WatchedModels } from "./watchedModels.ts";
import { moduleOf, row, ModelTree, type ModuleNode, type TreeNode } from "./modelTree.ts";

const viewId = "kindling.models";
const severityColours: Readonly<Record<Severity, string>> = { error: "list.errorForeground", warning: "list.warningForeground" };

export interface ModelsViewParts {
  readonly store: RunStore;
  readonly current: CurrentFile;
  readonly watched: WatchedModels;
  readonly unsaved: UnsavedFiles;
}

export class ModelsView implements vscode.TreeDataProvider<TreeNode> {
  readonly #store: RunStore;
  readonly #current: CurrentFile;
  readonly #watched: WatchedModels;
  readonly #unsaved: UnsavedFiles;
  readonly #view: vscode.TreeView<TreeNode>;
  readonly #changed = new Emitter<TreeNode | undefined>();
  readonly #chosen = new Emitter<ModuleNode>();
  readonly #refresh = new Throttle(250, () => this.#update());
  readonly #subscriptions: Disposable[];
  #tree = new ModelTree("", []);
  #models: unknown;
  /** Key of the node that is about to be selected because something else was done. */
  #selectedFromElsewhere: string | undefined;
  #health = new TreeHealth();
  /** The measured step that each file's panel shows, where that isn't the newest. */
  readonly #steps = new Map<string, number>();
  /** The counts may not be those of the text on the screen. */
  #isApproximate = false;

  readonly onDidChangeTreeData = this.#changed.event;
  /** The user chose a module; for a parameter or a buffer, the one that has it. */
  readonly onDidChoose = this.#chosen.event;

  constructor({ store, current, watched, unsaved }: ModelsViewParts) {
    this.#store = store;
    this.#current = current;
    this.#watched = watched;
    this.#unsaved = unsaved;
    this.#view = vscode.window.createTreeView(viewId, { treeDataProvider: this, showCollapseAll: true });
    this.#subscriptions = [
      this.#view,
      this.#view.onDidChangeSelection(({ selection: [node] }) => {
        const module = node && moduleOf(node);
        // What was selected from elsewhere nobody chose here.
        if (module && node.key !== this.#selectedFromElsewhere) this.#chosen.fire(module);
        this.#selectedFromElsewhere = undefined;
      }),
      store.onDidChange(() => this.#refresh.call()),
      current.onDidChange(() => this.#refresh.call()),
      watched.onDidChange(() => this.#refresh.call()),
      unsaved.onDidChange(() => this.#refresh.call()),
    ];
    this.#update();
  }

  /** The file whose models are shown. */
  get file(): string | undefined {
    return this.#watched.panel?.file ?? this.#current.file;
  }

  /** Whether it is of this run. */
  shows({ runId }: RunSnapshot): boolean {
    const runs = this.#runs;
    return runs !== undefined && shownRun(runs)?.runId === runId;
  }

  /** What is known of that file, or of the watched run. */
  get #runs(): FileRuns | undefined {
    const { file } = this.#current;
    return this.#watched.runs ?? (file === undefined ? undefined : this.#store.get(file));
  }

  getChildren(node?: TreeNode): TreeNode[] {
    return [...(node ? this.#tree.children(node) : this.#tree.roots)];
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const sign = node.kind === "module" ? this.#health.signOf(node.model, node.module) : undefined;
    const { label, description, tooltip, icon, severity, context, learning, position } = row(node, this.#isApproximate, sign);
    const item = new vscode.TreeItem(label, this.#collapsible(node));
    item.id = node.key;
    item.description = description;
    item.tooltip = tooltip;
    item.iconPath = new vscode.ThemeIcon(icon, severity && new vscode.ThemeColor(severityColours[severity]));
    const own = learning === undefined ? context : `${context}.${learning}`;
    // Nothing of a program that another process runs can be changed from here.
    item.contextValue = this.#watched.panel ? `watched.${own}` : own;
    if (position) item.command = { title: "", command: "kindling.reveal", arguments: [position, true] };
    return item;
  }

  /** The file's panel shows another measured step; `null`: the newest. */
  showStep(file: string, step: number | null): void {
    if (step === null) this.#steps.delete(file);
    else this.#steps.set(file, step);
    this.#refresh.call();
  }

  get isVisible(): boolean {
    return this.#view.visible;
  }

  /** The module that is selected; of a parameter or a buffer, the one that has it. */
  get selected(): ModuleNode | undefined {
    const [node] = this.#view.selection;
    return node && moduleOf(node);
  }

  /** Selects a module, if the view is open, without the focus. */
  async select(placed: PlacedModule): Promise<void> {
    if (!this.#view.visible) return;
    const models = this.#tree.roots.map(({ model }) => model);
    const own = sameModule(models, placed);
    const node = own && this.#tree.find(own.model.id, own.module.id);
    if (!node || this.#view.selection[0]?.key === node.key) return;
    this.#selectedFromElsewhere = node.key;
    await this.#view.reveal(node, { select: true, focus: false });
  }

  dispose(): void {
    this.#refresh.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#changed.dispose();
    this.#chosen.dispose();
  }

  #collapsible(node: TreeNode): vscode.TreeItemCollapsibleState {
    if (!this.#tree.hasChildren(node)) return vscode.TreeItemCollapsibleState.None;
    return node.kind === "module" && node.parent === undefined ? vscode.TreeItemCollapsibleState.Expanded : vscode.TreeItemCollapsibleState.Collapsed;
  }

  #update(): void {
    const [file, runs] = [this.file, this.#runs];
    const step = (file === undefined ? undefined : this.#steps.get(file)) ?? null;
    this.#view.description = file === undefined ? "" : `${fileName(file)}${step === null ? "" : ` · step ${formatCount(step)}`}`;
    const before = this.#health;
    if (!before.isOf(runs?.train, step)) this.#health = new TreeHealth(runs?.train, step);
    const { count, sentence, signature } = this.#health;
    this.#view.badge = count > 0 ? { value: count, tooltip: sentence } : undefined;
    this.#view.message = runs ? message(runs, sentence) : "";
    const models = runs?.structure?.models ?? this.#watched.runs?.train?.models;
    const isApproximate = runs !== undefined && (isStale(runs) || filesOf(runs).some((one) => this.#unsaved.has(one)));
    if (models === this.#models && isApproximate === this.#isApproximate && signature === before.signature) return;
    if (models !== this.#models) this.#tree = new ModelTree(file ?? "", models ?? []);
    this.#models = models;
    this.#isApproximate = isApproximate;
    this.#changed.fire(undefined);
  }
}

/** What the tree's reader has to know of the runs, above the tree. */
function message(runs: FileRuns, sign: string): string {
  const { train } = runs;
  if (isTraining(runs) && train?.edited) return "Edited since its training started: Restart trains the new text.";
  const trouble = train && !train.edited ? lossTrouble(train) : undefined;
  if (trouble !== undefined) return `⚠ ${trouble}`;
  if (sign !== "") return `⚠ ${sign}`;
  return isStale(runs) && runs.structure?.models.length ? "Counted before the error that the Problems view shows." : "";
}
