/** What the tests in the extension host share: model files in the open folder, and waiting for what happens. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import type { KeptRunNode } from "../../src/extension/keptRuns/keptRunsView.ts";
import type { KindlingApi } from "../../src/extension/main.ts";
import type { FileRuns } from "../../src/extension/runs/fileRuns.ts";
import type { Settled } from "../../src/extension/runs/runController.ts";
import type { RunEvent } from "../../src/protocol/index.ts";

export async function kindling(): Promise<{ api: KindlingApi; extension: vscode.Extension<KindlingApi> }> {
  const extension = vscode.extensions.getExtension<KindlingApi>("kindling.kindling");
  assert.ok(extension, "the extension is not installed");
  return { api: await extension.activate(), extension };
}

export type KeptRunRow = Extract<KeptRunNode, { kind: "run" }>;

type Dialogs = Pick<
  typeof vscode.window,
  | "showQuickPick"
  | "showInputBox"
  | "showSaveDialog"
  | "showOpenDialog"
  | "showInformationMessage"
  | "showWarningMessage"
  | "showErrorMessage"
  | "setStatusBarMessage"
>;

/** Nobody is there to answer: while something goes on, these functions stand in the place of VS Code's own. */
export async function answering<T>(answers: { readonly [Name in keyof Dialogs]?: (...asked: never[]) => unknown }, during: () => PromiseLike<T>): Promise<T> {
  const own = Object.fromEntries(Object.keys(answers).map((name) => [name, vscode.window[name as keyof Dialogs]]));
  Object.assign(vscode.window, answers);
  try {
    return await during();
  } finally {
    Object.assign(vscode.window, own);
  }
}

/** A folder inside the open one, with the extension running a stand-in for the engine's process in it. */
export class Window {
  readonly api: KindlingApi;
  readonly extension: vscode.Extension<KindlingApi>;
  readonly folder: string;

  private constructor(api: KindlingApi, extension: vscode.Extension<KindlingApi>) {
    this.api = api;
    this.extension = extension;
    const [workspace] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(workspace, "no folder is open");
    this.folder = mkdtempSync(join(workspace.uri.fsPath, "test-"));
  }

  static async open(runner: "real" | "stand-in"): Promise<Window> {
    const { api, extension } = await kindling();
    const script = join(extension.extensionPath, "test", "extension", "fakeRunner.mjs");
    api.launchWith?.(runner === "stand-in" ? { script } : undefined);
    return new Window(api, extension);
  }

  async close(): Promise<void> {
    for (const { file } of this.api.store.all()) await vscode.commands.executeCommand("kindling.stop", file);
    await vscode.commands.executeCommand("workbench.action.closeAllGroups");
    await vscode.commands.executeCommand("notifications.clearAll");
    rmSync(this.folder, { recursive: true, force: true });
    this.api.launchWith?.();
  }

  write(name: string, text: string): vscode.Uri {
    const file = join(this.folder, name);
    writeFileSync(file, text);
    return vscode.Uri.file(file);
  }

  /** The runs view's rows of a file. */
  async keptRuns(uri: vscode.Uri): Promise<KeptRunRow[]> {
    const files = (await this.api.runs.getChildren()) ?? [];
    const own = files.find((node) => node.kind === "file" && node.file === uri.fsPath);
    return own ? ((await this.api.runs.getChildren(own)) as KeptRunRow[]) : [];
  }

  /** The same as soon as they are so. Reading them anew takes the view a moment. */
  async keptRunsWhen(uri: vscode.Uri, isSo: (runs: readonly KeptRunRow[]) => boolean | Promise<boolean>): Promise<KeptRunRow[]> {
    for (;;) {
      const changed = new Promise<void>((resolve) => {
        const subscription = this.api.runs.onDidChangeTreeData!(() => {
          subscription.dispose();
          resolve();
        });
      });
      const runs = await this.keptRuns(uri);
      if (await isSo(runs)) return runs;
      await changed;
    }
  }

  /** Opens a model file and waits for the inspection that this brings. */
  async show(uri: vscode.Uri): Promise<vscode.TextEditor> {
    const inspected = this.settled(uri, "inspect");
    const editor = await vscode.window.showTextDocument(uri);
    await inspected;
    return editor;
  }

  settled(uri: vscode.Uri, mode: Settled["mode"]): Promise<Settled> {
    return new Promise((resolve) => {
      const subscription = this.api.onDidSettle((settled) => {
        if (settled.file !== uri.fsPath || settled.mode !== mode) return;
        subscription.dispose();
        resolve(settled);
      });
    });
  }

  /** Resolves as soon as what is known of the file is so. */
  known(uri: vscode.Uri, accept: (runs: FileRuns) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        const runs = this.api.store.get(uri.fsPath);
        if (!runs || !accept(runs)) return;
        subscription.dispose();
        resolve();
      };
      const subscription = this.api.onDidChange(check);
      check();
    });
  }

  /** Resolves as soon as the marks in the file, whoever made them, are so. */
  marked(uri: vscode.Uri, accept: (marks: readonly vscode.Diagnostic[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!accept(vscode.languages.getDiagnostics(uri))) return;
        subscription.dispose();
        resolve();
      };
      const subscription = vscode.languages.onDidChangeDiagnostics(check);
      check();
    });
  }

  /** Resolves at the next event of that file that `accept` takes. */
  seen(uri: vscode.Uri, accept: (event: RunEvent) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.api.onDidChange(({ file, change }) => {
        if (file !== uri.fsPath || change.type !== "event" || !accept(change.event)) return;
        subscription.dispose();
        resolve();
      });
    });
  }

  async replace(editor: vscode.TextEditor, text: string): Promise<void> {
    const end = editor.document.lineAt(editor.document.lineCount - 1).range.end;
    assert.ok(await editor.edit((edit) => edit.replace(new vscode.Range(new vscode.Position(0, 0), end), text)), "the text was not replaced");
  }

  /** The lenses' texts by line, as they stand above the code. */
  async lenses(uri: vscode.Uri): Promise<string[]> {
    const found = await vscode.commands.executeCommand<vscode.CodeLens[]>("vscode.executeCodeLensProvider", uri, 100);
    const lines = new Map<number, string[]>();
    for (const { range, command } of found) {
      if (command?.command !== "" && !command?.command.startsWith("kindling.")) continue;
      lines.set(range.start.line, [...(lines.get(range.start.line) ?? []), command.title]);
    }
    return [...lines].sort(([a], [b]) => a - b).map(([line, titles]) => `${line + 1}: ${titles.join(" | ")}`);
  }

  /** Labels and descriptions of the models view's rows, `depth` levels of them. */
  /** Resolves as soon as the models view reads so, down to that depth. */
  async rowsRead(depth: number, pattern: RegExp): Promise<void> {
    let changed: () => void;
    const subscription = this.api.tree.onDidChangeTreeData!(() => changed());
    for (;;) {
      const change = new Promise<void>((resolve) => (changed = resolve));
      if (pattern.test((await this.rows(depth)).join())) break;
      await change;
    }
    subscription.dispose();
  }

  async rows(depth: number, parent?: Awaited<ReturnType<Window["children"]>>[number]): Promise<string[]> {
    if (depth === 0) return [];
    const rows: string[] = [];
    for (const node of await this.children(parent)) {
      const item = await this.api.tree.getTreeItem(node);
      rows.push(`${String(item.label)} ${String(item.description)}`, ...(await this.rows(depth - 1, node)));
    }
    return rows;
  }

  async children(parent?: Parameters<KindlingApi["tree"]["getChildren"]>[0]) {
    return (await this.api.tree.getChildren(parent)) ?? [];
  }

  /** Resolves when the models view has something to show. */
  treeFilled(): Promise<void> {
    return new Promise((resolve) => {
      const subscription = this.api.tree.onDidChangeTreeData?.(async () => {
        if ((await this.children()).length === 0) return;
        subscription?.dispose();
        resolve();
      });
    });
  }

  /** Resolves when a tab with that label is open. */
  tab(label: string): Promise<void> {
    return new Promise((resolve) => {
      const subscription = vscode.window.tabGroups.onDidChangeTabs(() => check());
      const check = (): void => {
        if (!vscode.window.tabGroups.all.some(({ tabs }) => tabs.some((tab) => tab.label === label))) return;
        subscription.dispose();
        resolve();
      };
      check();
    });
  }

  problems(uri: vscode.Uri): string[] {
    return vscode.languages
      .getDiagnostics(uri)
      .filter(({ source }) => source === "Kindling")
      .map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
  }
}

export const isState =
  (state: string) =>
  (event: RunEvent): boolean =>
    event.type === "state" && event.state === state;
export const isMetric = (event: RunEvent): boolean => event.type === "metrics";
