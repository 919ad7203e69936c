/** A panel of runs beside each other. It reads them anew whenever it comes into view, and while one of them goes on. */
import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import { besideEachOther, differenceTexts } from "../../keep/comparison.ts";
import { keptRunIn, type KeptRun } from "../../keep/keptRuns.ts";
import { readRunInTurns } from "../../keep/readRun.ts";
import { Malformed } from "../../run/codec.ts";
import { fromComparison, toComparison, type FromComparison } from "../../run/comparisonMessages.ts";
import { isFinal } from "../../run/standing.ts";
import { inOneBuffer } from "../panel/oneBuffer.ts";
import { panelHtml } from "../panel/page.ts";
import { panelOptions, resources } from "../panel/panel.ts";
import { saveFile } from "../export/saveFile.ts";
import { distinctTitles } from "./keptRunRows.ts";

export const comparisonType = "kindling.comparison";

export interface ComparisonActions {
  show(run: KeptRun): unknown;
  diffCode(first: KeptRun, second: KeptRun): unknown;
}

export class ComparisonPanel {
  readonly #webview: vscode.WebviewPanel;
  readonly #actions: ComparisonActions;
  #runs: readonly KeptRun[];
  #isLoaded = false;

  /** @param webview that is open already; a new one if none is given */
  constructor(extension: vscode.Uri, runs: readonly KeptRun[], actions: ComparisonActions, webview = openWebview(extension)) {
    this.#runs = runs;
    this.#actions = actions;
    this.#webview = webview;
    webview.title = `Kindling: ${runs.length} runs compared`;
    webview.webview.options = panelOptions(extension);
    const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, "media", `panel-${theme}.svg`);
    webview.iconPath = { light: icon("light"), dark: icon("dark") };
    webview.webview.onDidReceiveMessage((sent: unknown) => {
      const message = readMessage(sent);
      if (message) void this.#receive(message);
    });
    webview.onDidChangeViewState(() => {
      if (!webview.visible) this.#isLoaded = false;
    });
    webview.onDidDispose(() => (this.#isLoaded = false));
    const link = (name: string): string => webview.webview.asWebviewUri(vscode.Uri.joinPath(resources(extension), name)).toString();
    webview.webview.html = panelHtml({
      script: link("comparison.js"),
      styles: [link("panel.css")],
      source: webview.webview.cspSource,
      nonce: randomBytes(16).toString("base64"),
      title: "Kindling",
    });
  }

  onDidClose(listener: () => void): void {
    this.#webview.onDidDispose(listener);
  }

  /** Something became known of runs that go on. */
  async refresh(): Promise<void> {
    if (!this.#isLoaded || this.#runs.every(({ state }) => isFinal(state))) return;
    this.#runs = this.#runs.map((run) => keptRunIn(run.folder) ?? run);
    await this.#send();
  }

  async #receive(message: FromComparison): Promise<void> {
    const find = (id: string): KeptRun | undefined => this.#runs.find((run) => run.id === id);
    switch (message.type) {
      case "ready":
        this.#isLoaded = true;
        return this.#send();
      case "save":
        return void (await saveFile(this.#runs[0]!.info.file, message.name, Buffer.from(message.text)));
      case "saveBytes":
        return void (await saveFile(this.#runs[0]!.info.file, message.name, Buffer.from(message.base64, "base64")));
      case "show": {
        const run = find(message.run);
        return void (run && (await this.#actions.show(run)));
      }
      case "diffCode": {
        const [first, second] = [find(message.first), find(message.second)];
        return void (first && second && (await this.#actions.diffCode(first, second)));
      }
    }
  }

  async #send(): Promise<void> {
    const titles = distinctTitles(this.#runs);
    const all = [];
    for (const [place, kept] of this.#runs.entries()) all.push({ kept, told: await readRunInTurns(kept), title: titles[place]! });
    if (!this.#isLoaded) return;
    const message = toComparison.encode({ type: "compared", runs: besideEachOther(all), sentences: differenceTexts(all) });
    await this.#webview.webview.postMessage(inOneBuffer(message));
  }
}

function openWebview(extension: vscode.Uri): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(comparisonType, "Kindling", vscode.ViewColumn.Active, panelOptions(extension));
}

function readMessage(sent: unknown): FromComparison | undefined {
  try {
    return fromComparison.decode(sent);
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}
