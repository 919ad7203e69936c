/** The open panels, one for each file, and how they come back after the window was loaded anew. */
import * as vscode from "vscode";
import type { Archive } from "../runs/archive.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import type { PlacedModule } from "../../run/modulePlaces.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import { isTraining } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { KeptSource } from "./keptSource.ts";
import { Panel, panelOptions, titleOf, type FamilySource, type PanelAction, type RunSource, type Selection } from "./panel.ts";
import { readPanelFile } from "./readMessage.ts";

const viewType = "kindling.panel";
export const keptPanelType = "kindling.keptPanel";

/** Where the files that had a panel are remembered, the one used last at the end. */
const filesKey = "kindling.panel.files";
const rememberedFiles = 20;

/** Milliseconds in which VS Code hands over a panel that is in sight, after a window was loaded. */
const handoverTime = 10_000;

export interface PanelRequest {
  readonly file: string;
  /** The run that the panel shows. */
  readonly run: RunSnapshot | undefined;
  readonly message: PanelAction;
  /** Where it stands. */
  readonly column?: vscode.ViewColumn | undefined;
}

/** Where the panel of a kept run is to stand; without, in a column of its own. */
export interface PanelPlace {
  /** One that is open already, for it. */
  readonly webview?: vscode.WebviewPanel;
  /** It is shown there, and gets the focus. */
  readonly column?: vscode.ViewColumn;
}

export class Panels implements vscode.WebviewPanelSerializer {
  readonly #context: vscode.ExtensionContext;
  readonly #store: RunStore;
  readonly #archive: Archive;
  readonly #families: FamilySource;
  readonly #turned = new Emitter<void>();
  readonly #asked = new Emitter<PanelRequest>();
  readonly #subscriptions: Disposable[];
  readonly #handover: NodeJS.Timeout;
  /** The one used last at the end. */
  #panels: readonly Panel[] = [];
  /** Of all panels, those of kept runs too. */
  #lastUsed: Panel | undefined;
  /** Panels of kept runs, by the run. */
  readonly #kept = new Map<string, Panel>();
  /** What those of runs that are over show. */
  readonly #over = new Map<string, KeptSource>();
  /** The user did something in a panel's page. */
  readonly onDidAsk = this.#asked.event;
  /** Another panel is used than before, or one was opened, closed or renamed. */
  readonly onDidTurn = this.#turned.event;

  constructor(context: vscode.ExtensionContext, store: RunStore, archive: Archive, families: FamilySource) {
    this.#context = context;
    this.#store = store;
    this.#archive = archive;
    this.#families = families;
    this.#subscriptions = [
      vscode.window.registerWebviewPanelSerializer(viewType, this),
      store.onDidChange(({ change }) => {
        if (change.type === "renamed") this.#turned.fire();
      }),
    ];
    this.#handover = setTimeout(() => void this.#replaceOrphans(), handoverTime);
  }

  /** The file of the panel that was used last. */
  get file(): string | undefined {
    return this.#panels.at(-1)?.file;
  }

  /** The module that was chosen in that panel, or for it. */
  get chosen(): PlacedModule | undefined {
    const panel = this.#panels.at(-1);
    const model = panel?.run?.models.find(({ id }) => id === panel.chosen?.model);
    const module = model?.modules[panel?.chosen?.module ?? 0];
    return model && module && { model, module };
  }

  /** The panel used last, where that shows a kept run. */
  get keptInUse(): Panel | undefined {
    return this.#lastUsed && !this.#panels.includes(this.#lastUsed) ? this.#lastUsed : undefined;
  }

  /** Of the open panels of kept runs of `file` the one opened last. */
  keptOf(file: string): Panel | undefined {
    return [...this.#kept.values()].findLast((panel) => panel.file === file);
  }

  has(file: string): boolean {
    return this.#of(file) !== undefined;
  }

  /** The run that the panel of `file` shows, where that is open. */
  shownIn(file: string): RunSnapshot | undefined {
    return this.#of(file)?.run;
  }

  /** Opens the panel of `file` in a column of its own, or brings the one that is open to the front. */
  show(file: string, selection?: Selection): void {
    this.#show(file, columnOfItsOwn, selection);
  }

  /** The same, but a panel that has to be opened covers the one used last, as long as that shows no training that goes on. */
  showInPlace(file: string): void {
    const last = this.#panels.at(-1);
    const isFree = last !== undefined && !isTraining(this.#store.get(last.file));
    this.#show(file, () => (isFree && last.column) || columnOfItsOwn());
  }

  /**
   * Opens a panel of its own for a run that is over; one that is open shows what is known of it now.
   * @param title what it is called
   */
  showKept(run: RunSnapshot, title: string, place: PanelPlace = {}): void {
    this.#over.get(run.runId)?.fillIn(run);
    const open = (): KeptSource => {
      const source = new KeptSource(run);
      this.#over.set(run.runId, source);
      return source;
    };
    this.#showOwn(run.runId, run.file, title, open, place);
  }

  /** The same for one that another process goes on with. */
  showFollowed({ id, info }: KeptRun, title: string, follow: () => RunSource & Disposable, place: PanelPlace = {}): void {
    this.#showOwn(id, info.file, title, follow, place);
  }

  #showOwn(id: string, file: string, title: string, open: () => RunSource & Disposable, { webview: given, column }: PanelPlace): void {
    const known = this.#kept.get(id);
    if (known) {
      given?.dispose();
      this.#useKept(known);
      return column === undefined ? known.reveal() : known.focus();
    }
    const webview = given ?? this.#openOwn(title, column);
    const source = open();
    const panel = new Panel(webview, file, { store: source, ...this.#parts });
    webview.title = `Kindling: ${title}`;
    this.#kept.set(id, panel);
    this.#hear(panel);
    this.#useKept(panel);
    panel.onDidActivate(() => this.#useKept(panel));
    panel.onDidClose(() => {
      if (this.#lastUsed === panel) this.#lastUsed = undefined;
      this.#kept.delete(id);
      this.#over.delete(id);
      this.#turned.fire();
      panel.dispose();
      source.dispose();
    });
  }

  #hear(panel: Panel): void {
    panel.onDidAsk((message) => this.#asked.fire({ file: panel.file, run: panel.run, message, column: panel.column }));
  }

  get #parts(): { readonly families: FamilySource; readonly extension: vscode.Uri } {
    return { families: this.#families, extension: this.#context.extensionUri };
  }

  #openOwn(title: string, column?: vscode.ViewColumn): vscode.WebviewPanel {
    const place = { viewColumn: column ?? columnOfItsOwn(), preserveFocus: column === undefined };
    return vscode.window.createWebviewPanel(keptPanelType, title, place, panelOptions(this.#context.extensionUri));
  }

  /** Chooses a module in the panel of `file`, where that is in sight. */
  select(file: string, selection: Selection): void {
    const panel = this.#of(file);
    if (panel?.isVisible) panel.select(selection);
  }

  /** The same, as long as it shows none of them already. */
  follow(file: string, selections: readonly Selection[]): void {
    const panel = this.#of(file);
    if (panel?.isVisible) panel.follow(selections);
  }

  /** Puts the module table of the panel used last on the clipboard. */
  copyTable(): void {
    (this.#lastUsed ?? this.#panels.at(-1))?.copyTable();
  }

  /** Makes a page of its own of the panel used last, where that shows a kept run; `false` where it doesn't. */
  exportKept(): boolean {
    this.keptInUse?.exportPage();
    return this.keptInUse !== undefined;
  }

  /** Makes a page of its own of the panel of `file`, which is opened for that where it isn't. */
  exportPage(file: string): void {
    this.show(file);
    this.#of(file)?.exportPage();
  }

  async deserializeWebviewPanel(webview: vscode.WebviewPanel, state: unknown): Promise<void> {
    const file = readPanelFile(state) ?? this.#rememberedFile(webview.title);
    if (file !== undefined) await this.#restoreRuns(file);
    // Nothing is known of it, or its place was taken before it came.
    if (file === undefined || this.has(file)) webview.dispose();
    else this.#adopt(webview, file);
  }

  dispose(): void {
    clearTimeout(this.#handover);
    for (const subscription of [...this.#subscriptions, ...this.#panels]) subscription.dispose();
    this.#asked.dispose();
    this.#turned.dispose();
  }

  #of(file: string): Panel | undefined {
    return this.#panels.find((panel) => panel.file === file);
  }

  #show(file: string, column: () => vscode.ViewColumn, selection?: Selection): void {
    const open = this.#of(file);
    if (open) this.#use(open);
    open?.reveal();
    const panel = open ?? this.#create(file, column());
    if (selection) panel.select(selection);
  }

  #create(file: string, viewColumn: vscode.ViewColumn): Panel {
    const place = { viewColumn, preserveFocus: true };
    return this.#adopt(vscode.window.createWebviewPanel(viewType, titleOf(file), place, panelOptions(this.#context.extensionUri)), file);
  }

  #adopt(webview: vscode.WebviewPanel, file: string): Panel {
    const panel = new Panel(webview, file, { store: this.#store, ...this.#parts });
    this.#hear(panel);
    panel.onDidActivate(() => this.#use(panel));
    panel.onDidClose(() => {
      if (this.#lastUsed === panel) this.#lastUsed = undefined;
      this.#panels = this.#panels.filter((other) => other !== panel);
      panel.dispose();
      this.#asked.fire({ file: panel.file, run: panel.run, message: { type: "shownStep", step: null } });
      this.#turned.fire();
    });
    this.#use(panel);
    return panel;
  }

  #useKept(panel: Panel): void {
    this.#lastUsed = panel;
    this.#turned.fire();
  }

  #use(panel: Panel): void {
    this.#lastUsed = panel;
    this.#panels = [...this.#panels.filter((other) => other !== panel), panel];
    const files = [...this.#files().filter((file) => file !== panel.file), panel.file];
    void this.#context.workspaceState.update(filesKey, files.slice(-rememberedFiles));
    this.#turned.fire();
  }

  #files(): readonly string[] {
    return this.#context.workspaceState.get<string[]>(filesKey, []);
  }

  /** Takes from the archive what is kept of a file's runs. */
  async #restoreRuns(file: string): Promise<void> {
    const kept = this.#store.get(file) ? undefined : await this.#archive.load(file);
    if (kept) this.#store.restore(kept);
  }

  /** The file of a panel whose page left nothing but its title. */
  #rememberedFile(title: string): string | undefined {
    return this.#files().findLast((file) => titleOf(file) === title && !this.has(file));
  }

  /**
   * An extension host that died left its panels behind, in a window that goes on: nobody hears those pages or tells them
   * that their runs have ended, and VS Code hands them over to nobody. New panels take the places of those in sight.
   */
  async #replaceOrphans(): Promise<void> {
    const own = new Set(this.#panels.filter(({ isVisible }) => isVisible).map(({ column }) => column));
    const tabs = vscode.window.tabGroups.all.flatMap((group) => group.tabs);
    const orphans = tabs.filter((tab) => tab.isActive && isPanel(tab) && !own.has(tab.group.viewColumn));
    for (const orphan of orphans) {
      const file = this.#rememberedFile(orphan.label);
      if (file !== undefined) {
        await this.#restoreRuns(file);
        this.#create(file, orphan.group.viewColumn);
      }
      await vscode.window.tabGroups.close(orphan, true);
    }
  }
}

/**
 * Beside the editor, in a group that nothing else is in: VS Code locks such a group (`workbench.editor.autoLockGroups`,
 * a default that package.json sets), so that files which are opened while the panel has the focus don't cover it.
 */
function columnOfItsOwn(): vscode.ViewColumn {
  const { all, activeTabGroup } = vscode.window.tabGroups;
  const beside = all.find(({ viewColumn }) => viewColumn === activeTabGroup.viewColumn + 1);
  const isTaken = beside !== undefined && beside.tabs.length > 0;
  return isTaken && all.length < vscode.ViewColumn.Nine ? all.length + 1 : vscode.ViewColumn.Beside;
}

function isPanel({ input }: vscode.Tab): boolean {
  return input instanceof vscode.TabInputWebview && input.viewType.endsWith(`-${viewType}`);
}
