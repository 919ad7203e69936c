/** One file's panel: a webview that shows its run, filled again whenever it comes into view. */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import * as vscode from "vscode";
import type { RunEvent } from "../../protocol/index.ts";
import type { Family } from "../../run/family.ts";
import { toPanel, type FromPanel, type PageLook, type ToPanel } from "../../run/panelMessages.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { isFinal } from "../../run/standing.ts";
import { Throttle } from "../../run/throttle.ts";
import { exportPanel } from "../export/exportPanel.ts";
import type { ShownRun } from "../keptRuns/shownStep.ts";
import { heardNow, onDidChangeLevels } from "../problems/heardProblems.ts";
import { shownRun, type FileRuns } from "../runs/fileRuns.ts";
import type { RunStore, StoreChange } from "../runs/runStore.ts";
import { Emitter, type Disposable, type Event } from "../shared/emitter.ts";
import { batched, isUrgent } from "./eventBatch.ts";
import { inOneBuffer } from "./oneBuffer.ts";
import { panelHtml } from "./page.ts";
import { readPanelMessage } from "./readMessage.ts";

/** Milliseconds for which events are gathered before they are sent together; numbers that change more often can't be read. */
const batchTime = 200;

/** Which module of which model to show. */
export interface Selection {
  readonly model: number;
  readonly module: number;
}

/** Where a panel's run comes from: the store of what this window ran, or one run that is over. */
export type RunSource = Pick<RunStore, "get" | "onDidChange">;

/** Which runs a shown one parts from, and which part from it. */
export interface FamilySource {
  of(run: ShownRun): Promise<Family | null>;
  readonly onDidChange: Event<void>;
}

export interface PanelParts {
  readonly store: RunSource;
  readonly families: FamilySource;
  readonly extension: vscode.Uri;
}

export type PanelAction = Exclude<FromPanel, { type: "ready" | "export" }>;

export class Panel {
  readonly #webview: vscode.WebviewPanel;
  readonly #store: RunSource;
  readonly #families: FamilySource;
  readonly #extension: vscode.Uri;
  readonly #asked = new Emitter<PanelAction>();
  readonly #closed = new Emitter<void>();
  readonly #activated = new Emitter<void>();
  readonly #subscriptions: Disposable[];
  readonly #flush = new Throttle(batchTime, () => this.#sendEvents());
  #file: string;
  /** Whether the page is there to hear messages: a hidden one is gone. */
  #isLoaded = false;
  /** The run whose snapshot was sent last, and its events since. */
  #runId: string | undefined;
  #events: RunEvent[] = [];
  /** What the page was told last of its family. */
  #toldFamily = "null";
  /** Whether the page was sent less of the curves than there is. */
  #isThinned = false;
  #selection: ToPanel | undefined;
  /** The module that the page shows, as far as it was chosen. */
  #chosen: Selection | undefined;
  #isExported = false;
  /** The user did something in the page. */
  readonly onDidAsk = this.#asked.event;
  readonly onDidClose = this.#closed.event;
  /** It got the focus. */
  readonly onDidActivate = this.#activated.event;

  constructor(webview: vscode.WebviewPanel, file: string, { store, families, extension }: PanelParts) {
    this.#webview = webview;
    this.#file = file;
    this.#store = store;
    this.#families = families;
    this.#extension = extension;
    this.#subscriptions = [
      store.onDidChange((change) => this.#follow(change)),
      onDidChangeLevels(() => this.#sendSnapshot()),
      families.onDidChange(() => void this.#sendFamily()),
    ];
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, "media", `panel-${theme}.svg`);
    webview.iconPath = { light: icon("light"), dark: icon("dark") };
    webview.title = titleOf(file);
    webview.webview.options = panelOptions(extension);
    webview.webview.onDidReceiveMessage((value: unknown) => {
      const message = readPanelMessage(value);
      if (message) this.#receive(message);
    });
    webview.onDidChangeViewState(() => {
      if (!webview.visible) this.#isLoaded = false;
      if (webview.active) this.#activated.fire();
    });
    webview.onDidDispose(() => {
      this.#isLoaded = false;
      this.#closed.fire();
    });
    webview.webview.html = this.#html(extension);
  }

  get file(): string {
    return this.#file;
  }

  /** The run that it shows. */
  get run(): RunSnapshot | undefined {
    return this.runs && shownRun(this.runs);
  }

  /** All that is known of it where it comes from. */
  get runs(): FileRuns | undefined {
    return this.#store.get(this.#file);
  }

  get onDidChangeRuns(): Event<StoreChange> {
    return this.#store.onDidChange;
  }

  get chosen(): Selection | undefined {
    return this.#chosen;
  }

  get isVisible(): boolean {
    return this.#webview.visible;
  }

  get column(): vscode.ViewColumn | undefined {
    return this.#webview.viewColumn;
  }

  /** Brings it to the front of its group, without the focus. */
  reveal(): void {
    if (!this.#webview.visible) this.#webview.reveal(undefined, true);
  }

  /** The same, and gives it the focus. */
  focus(): void {
    this.#webview.reveal(undefined, false);
  }

  /** Shows the first of them, unless it shows one of them already. */
  follow(selections: readonly Selection[]): void {
    const [first] = selections;
    if (first && !selections.some(({ model, module }) => this.#chosen?.model === model && this.#chosen.module === module)) this.select(first);
  }

  select(selection: Selection): void {
    this.#chosen = selection;
    this.#selection = { type: "select", ...selection };
    if (this.#isLoaded) this.#sendSelection();
  }

  /** Asks the page for its table: it alone knows which rows and columns are shown. */
  copyTable(): void {
    if (this.#isLoaded) this.#post({ type: "copyTable" });
  }

  /** Asks the page for what is needed to make a page of its own of it, as soon as it is there; it is only where it can be seen. */
  exportPage(): void {
    this.reveal();
    this.#isExported = true;
    if (this.#isLoaded) this.#askForExport();
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
    for (const emitter of [this.#asked, this.#closed, this.#activated]) emitter.dispose();
    this.#flush.dispose();
  }

  #html(extension: vscode.Uri): string {
    const { webview } = this.#webview;
    const link = (name: string): string => webview.asWebviewUri(vscode.Uri.joinPath(resources(extension), name)).toString();
    return panelHtml({
      script: link("panel.js"),
      styles: [link("panel.css")],
      source: webview.cspSource,
      nonce: randomBytes(16).toString("base64"),
      title: "Kindling",
    });
  }

  #receive(message: FromPanel): void {
    if (message.type === "chosen") this.#chosen = message;
    if (message.type === "whole") return this.#sendSnapshot();
    if (message.type === "export") return void this.#export(message.look);
    if (message.type !== "ready") return this.#asked.fire(message);
    [this.#isLoaded, this.#toldFamily] = [true, "null"];
    this.#sendFile();
    this.#sendSnapshot();
    this.#sendSelection();
    this.#askForExport();
  }

  #follow({ file, runs, change }: StoreChange): void {
    if (change.type === "renamed" && change.from === this.#file) return this.#rename(file);
    if (file !== this.#file || !this.#isLoaded) return;
    if (shownRun(runs)?.runId !== this.#runId || change.type === "edited" || change.type === "filled") return this.#sendSnapshot();
    if (change.type !== "event" || change.runId !== this.#runId) return;
    const event = this.#shown(change.event);
    if (!event) return;
    this.#events.push(event);
    if (isUrgent(event)) this.#sendEvents();
    else this.#flush.call();
  }

  #rename(file: string): void {
    this.#file = file;
    this.#webview.title = titleOf(file);
    this.#sendFile();
    this.#sendSnapshot();
  }

  #sendFile(): void {
    if (this.#isLoaded) this.#post({ type: "file", file: this.#file });
  }

  #sendSnapshot(): void {
    if (!this.#isLoaded) return;
    const run = this.#heardRun;
    if (run?.runId !== this.#runId) this.#toldFamily = "null";
    this.#runId = run?.runId;
    [this.#events, this.#isThinned] = [[], false];
    this.#post({ type: "snapshot", run: run ?? null });
    void this.#sendFamily();
  }

  /** The same without the problems that the user silenced. */
  get #heardRun(): RunSnapshot | undefined {
    const run = this.run;
    return run && { ...run, problems: run.problems.flatMap((problem) => heardNow(problem, this.#file) ?? []) };
  }

  async #sendFamily(): Promise<void> {
    const run = this.run;
    if (!this.#isLoaded || !run) return;
    const family = await this.#familyOf(run);
    const told = JSON.stringify(family && [family.runs, family.trunk?.until]);
    if (!this.#isLoaded || run.runId !== this.#runId || told === this.#toldFamily) return;
    this.#toldFamily = told;
    this.#post({ type: "family", runId: run.runId, family });
  }

  async #familyOf(run: RunSnapshot): Promise<Family | null> {
    return run.mode === "train" ? this.#families.of(run) : null;
  }

  async #export(look: PageLook): Promise<void> {
    const run = this.#heardRun;
    if (run) await exportPanel(this.#extension, { run, family: await this.#familyOf(run) }, look);
  }

  /** A problem as it is to be shown, or nothing where the user silenced it; any other event as it is. */
  #shown(event: RunEvent): RunEvent | undefined {
    if (event.type !== "problem") return event;
    const problem = heardNow(event.problem, this.#file);
    return problem && { type: "problem", problem };
  }

  #sendEvents(): void {
    const [runId, events] = [this.#runId, this.#events];
    this.#events = [];
    if (!this.#isLoaded || runId === undefined || events.length === 0) return;
    const batch = batched(events);
    this.#post({ type: "events", runId, events: batch.events });
    if (batch.isThinned && !this.#isThinned) this.#post({ type: "thinned" });
    this.#isThinned ||= batch.isThinned;
    // What was too fast to be shown can be looked at closely now.
    if (this.#isThinned && events.some((event) => event.type === "state" && isFinal(event.state))) this.#sendSnapshot();
  }

  #sendSelection(): void {
    if (this.#selection) this.#post(this.#selection);
    this.#selection = undefined;
  }

  #askForExport(): void {
    if (this.#isExported) this.#post({ type: "export" });
    this.#isExported = false;
  }

  #post(message: ToPanel): void {
    void this.#webview.webview.postMessage(inOneBuffer(toPanel.encode(message)));
  }
}

export function panelOptions(extension: vscode.Uri): vscode.WebviewOptions & vscode.WebviewPanelOptions {
  return { enableScripts: true, localResourceRoots: [resources(extension)] };
}

export function resources(extension: vscode.Uri): vscode.Uri {
  return vscode.Uri.joinPath(extension, "dist", "webview");
}

export function titleOf(file: string): string {
  return `Kindling: ${basename(file, ".model.ts")}`;
}
