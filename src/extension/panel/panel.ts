/** The panel: one webview that shows one file's run, filled again whenever it comes into view. */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { RunEvent } from "../../protocol/index.ts";
import { toPanel, type FromPanel, type ToPanel } from "../../run/panelMessages.ts";
import { Throttle } from "../../run/throttle.ts";
import type { Archive } from "../runs/archive.ts";
import { shownRun } from "../runs/fileRuns.ts";
import type { RunStore, StoreChange } from "../runs/runStore.ts";
import { Emitter, type Disposable } from "../shared/emitter.ts";
import { panelHtml } from "./page.ts";
import { readPanelMessage } from "./readMessage.ts";

const viewType = "kindling.panel";

/** Milliseconds for which events are gathered before they are sent together. */
const batchTime = 100;

/** Where the file is remembered whose run the panel showed. */
const fileKey = "kindling.panel.file";

/** Milliseconds in which VS Code hands over a panel that is in sight, after a window was loaded. */
const handoverTime = 10_000;

export interface PanelRequest {
  readonly file: string;
  readonly message: Exclude<FromPanel, { type: "ready" }>;
}

export class Panel implements vscode.WebviewPanelSerializer {
  readonly #context: vscode.ExtensionContext;
  readonly #store: RunStore;
  readonly #archive: Archive;
  readonly #turned = new Emitter<void>();
  readonly #asked = new Emitter<PanelRequest>();
  readonly #subscriptions: Disposable[];
  readonly #flush = new Throttle(batchTime, () => this.#sendEvents());
  readonly #handover: NodeJS.Timeout;
  #panel: vscode.WebviewPanel | undefined;
  #file: string | undefined;
  /** Whether the page is there to hear messages: a hidden one is gone. */
  #isLoaded = false;
  /** The run whose snapshot was sent last, and its events since. */
  #runId: string | undefined;
  #events: RunEvent[] = [];
  #selection: ToPanel | undefined;
  /** The user did something in the page. */
  readonly onDidAsk = this.#asked.event;
  /** The panel shows another file, or is closed. */
  readonly onDidTurn = this.#turned.event;

  constructor(context: vscode.ExtensionContext, store: RunStore, archive: Archive) {
    this.#context = context;
    this.#store = store;
    this.#archive = archive;
    this.#subscriptions = [store.onDidChange((change) => this.#follow(change)), vscode.window.registerWebviewPanelSerializer(viewType, this)];
    this.#handover = setTimeout(() => void this.#replaceOrphan(), handoverTime);
  }

  /** The file whose run is shown, if the panel is open. */
  get file(): string | undefined {
    return this.#panel ? this.#file : undefined;
  }

  /** Opens the panel, or brings it to the front, with the run of `file`. */
  show(file: string, selection?: { readonly model: number; readonly module: number }): void {
    this.#selection = selection && { type: "select", ...selection };
    if (!this.#panel) {
      const place = { viewColumn: columnOfItsOwn(), preserveFocus: true };
      this.#adopt(vscode.window.createWebviewPanel(viewType, "Kindling", place, this.#options()), file);
      return;
    }
    this.#turnTo(file);
    if (!this.#panel.visible) this.#panel.reveal(undefined, true);
    if (this.#isLoaded) this.#sendSelection();
  }

  /** Chooses a module in the open panel. */
  select(file: string, selection: { readonly model: number; readonly module: number }): void {
    if (this.#panel?.visible) this.show(file, selection);
  }

  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    // Its place was taken before it came.
    if (this.#panel) return panel.dispose();
    panel.webview.options = this.#options();
    this.#adopt(panel, await this.#remembered());
  }

  dispose(): void {
    clearTimeout(this.#handover);
    for (const subscription of this.#subscriptions) subscription.dispose();
    this.#flush.dispose();
    this.#asked.dispose();
    this.#turned.dispose();
  }

  /** The file whose run the panel showed before, with what is kept of it. */
  async #remembered(): Promise<string | undefined> {
    const file = this.#context.workspaceState.get<string>(fileKey);
    const kept = file === undefined || this.#store.get(file) ? undefined : await this.#archive.load(file);
    if (kept) this.#store.restore(kept);
    return file;
  }

  /**
   * An extension host that died left its panel behind, in a window that goes on: nobody hears that page or tells it
   * that its run has ended, and VS Code hands it over to nobody. A new panel takes its place.
   */
  async #replaceOrphan(): Promise<void> {
    const orphan = vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs).find((tab) => tab.isActive && isPanel(tab));
    if (this.#panel || !orphan) return;
    const place = { viewColumn: orphan.group.viewColumn, preserveFocus: true };
    const file = await this.#remembered();
    this.#adopt(vscode.window.createWebviewPanel(viewType, "Kindling", place, this.#options()), file);
    await vscode.window.tabGroups.close(orphan, true);
  }

  #options(): vscode.WebviewOptions & vscode.WebviewPanelOptions {
    return { enableScripts: true, localResourceRoots: [this.#resource()] };
  }

  #resource(...path: string[]): vscode.Uri {
    return vscode.Uri.joinPath(this.#context.extensionUri, "dist", "webview", ...path);
  }

  #adopt(panel: vscode.WebviewPanel, file: string | undefined): void {
    this.#panel = panel;
    this.#isLoaded = false;
    this.#turnTo(file);
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(this.#context.extensionUri, "media", `panel-${theme}.svg`);
    panel.iconPath = { light: icon("light"), dark: icon("dark") };
    panel.webview.onDidReceiveMessage((value: unknown) => {
      const message = readPanelMessage(value);
      if (message) this.#receive(message);
    });
    panel.onDidChangeViewState(() => {
      if (!panel.visible) this.#isLoaded = false;
    });
    panel.onDidDispose(() => {
      if (this.#panel !== panel) return;
      this.#panel = undefined;
      this.#isLoaded = false;
      this.#turned.fire();
    });
    panel.webview.html = this.#html(panel.webview);
  }

  #html(webview: vscode.Webview): string {
    const link = (name: string): string => webview.asWebviewUri(this.#resource(name)).toString();
    return panelHtml({
      script: link("panel.js"),
      styles: [link("panel.css")],
      source: webview.cspSource,
      nonce: randomBytes(16).toString("base64"),
      title: "Kindling",
    });
  }

  #turnTo(file: string | undefined): void {
    if (this.#panel) this.#panel.title = file === undefined ? "Kindling" : titleOf(file);
    if (file === this.#file && this.#isLoaded) return;
    this.#file = file;
    void this.#context.workspaceState.update(fileKey, file);
    this.#turned.fire();
    this.#sendSnapshot();
  }

  #receive(message: FromPanel): void {
    if (message.type === "ready") {
      this.#isLoaded = true;
      this.#sendSnapshot();
      this.#sendSelection();
    } else if (this.#file !== undefined) {
      this.#asked.fire({ file: this.#file, message });
    }
  }

  #follow({ file, runs, change }: StoreChange): void {
    if (change.type === "renamed" && change.from === this.#file) return this.#turnTo(file);
    if (file !== this.#file || !this.#isLoaded) return;
    if (shownRun(runs)?.runId !== this.#runId || change.type === "edited") return this.#sendSnapshot();
    if (change.type !== "event" || change.runId !== this.#runId) return;
    this.#events.push(change.event);
    this.#flush.call();
  }

  #sendSnapshot(): void {
    if (!this.#isLoaded) return;
    const runs = this.#file === undefined ? undefined : this.#store.get(this.#file);
    const run = runs && shownRun(runs);
    this.#runId = run?.runId;
    this.#events = [];
    this.#post({ type: "snapshot", run: run ?? null });
  }

  #sendEvents(): void {
    const [runId, events] = [this.#runId, this.#events];
    this.#events = [];
    if (this.#isLoaded && runId !== undefined && events.length > 0) this.#post({ type: "events", runId, events });
  }

  #sendSelection(): void {
    if (this.#selection) this.#post(this.#selection);
    this.#selection = undefined;
  }

  #post(message: ToPanel): void {
    void this.#panel?.webview.postMessage(toPanel.encode(message));
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

function titleOf(file: string): string {
  return `Kindling: ${basename(file, ".model.ts")}`;
}
