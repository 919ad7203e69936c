/** Types for `import … from "kindling"`: a command, a quick fix for TypeScript's "Cannot find module", and an offer of it. */
import { basename, dirname } from "node:path";
import * as vscode from "vscode";
import type { Disposable } from "../shared/emitter.ts";
import { hasTypes, writeTypes } from "./typesPackage.ts";

/** TypeScript's "Cannot find module '…' or its corresponding type declarations". */
const cannotFindModule = 2307;

/** Folders for which the user answered the offer, whatever the answer was. */
const answeredKey = "kindling.types.answered";

/** What makes TypeScript look for packages again: the built-in one's command, and that of TypeScript 7's extension. */
const restartCommands = ["typescript.restartTsServer", "typescript.native-preview.restart"];

export class WorkspaceTypes implements vscode.CodeActionProvider {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscriptions: Disposable[];
  /** Folders for which the offer was made in this window. */
  readonly #offered = new Set<string>();

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
    this.#subscriptions = [
      vscode.languages.registerCodeActionsProvider(
        [
          { scheme: "file", language: "typescript" },
          { scheme: "file", language: "typescriptreact" },
        ],
        this,
        { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
      ),
      vscode.languages.onDidChangeDiagnostics(({ uris }) => uris.forEach((uri) => this.#look(uri))),
      vscode.workspace.onDidGrantWorkspaceTrust(() => this.#lookAround()),
    ];
    this.#lookAround();
  }

  provideCodeActions(document: vscode.TextDocument, _range: vscode.Range, context: vscode.CodeActionContext): vscode.CodeAction[] {
    const diagnostics = context.diagnostics.filter(isAboutKindling);
    if (diagnostics.length === 0 || !vscode.workspace.isTrusted) return [];
    const title = "Add Kindling's types to the workspace";
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = diagnostics;
    action.isPreferred = true;
    action.command = { title, command: "kindling.addTypes", arguments: [document.uri] };
    return [action];
  }

  /**
   * Makes `kindling` known to TypeScript in the folder of `file`, and TypeScript look for it anew.
   * @returns the folder that was written, or undefined where TypeScript finds it already
   * @throws Error where nothing could be written, in words for the user
   */
  async add(file: vscode.Uri): Promise<string | undefined> {
    const version = this.#version();
    if (hasTypes(dirname(file.fsPath), version)) return undefined;
    const types = vscode.Uri.joinPath(this.#context.extensionUri, "dist", "types").fsPath;
    const written = writeTypes(folderOf(file), types, version);
    this.#log.info(`wrote types to ${written}`);
    await this.#restartTypeScript();
    return written;
  }

  dispose(): void {
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #version(): string {
    return String((this.#context.extension.packageJSON as { version: unknown }).version);
  }

  #lookAround(): void {
    for (const [uri] of vscode.languages.getDiagnostics()) this.#look(uri);
  }

  /** Offers the types where TypeScript misses them. */
  #look(uri: vscode.Uri): void {
    if (uri.scheme !== "file" || !vscode.workspace.isTrusted) return;
    if (!vscode.languages.getDiagnostics(uri).some(isAboutKindling)) return;
    const folder = folderOf(uri);
    if (this.#offered.has(folder) || this.#answered().includes(folder)) return;
    if (hasTypes(dirname(uri.fsPath), this.#version())) return;
    this.#offered.add(folder);
    void this.#offer(uri, folder);
  }

  async #offer(uri: vscode.Uri, folder: string): Promise<void> {
    const add = "Add Types";
    const question = `TypeScript does not know "kindling" in ${basename(folder)} yet. Add its types to node_modules?`;
    const answer = await vscode.window.showInformationMessage(question, add, "Don't Ask Again");
    await this.#context.workspaceState.update(answeredKey, [...this.#answered(), folder]);
    if (answer === add) await vscode.commands.executeCommand("kindling.addTypes", uri);
  }

  #answered(): readonly string[] {
    return this.#context.workspaceState.get<readonly string[]>(answeredKey) ?? [];
  }

  /** What is in node_modules is not watched, so a package that is new there is found by a new server only. */
  async #restartTypeScript(): Promise<void> {
    const known = new Set(await vscode.commands.getCommands(true));
    for (const command of restartCommands.filter((one) => known.has(one))) {
      try {
        await vscode.commands.executeCommand(command);
      } catch (error) {
        this.#log.info(`${command}: ${String(error)}`);
      }
    }
  }
}

/** Where the types of a file go: the workspace's folder that has it, or its own. */
function folderOf(file: vscode.Uri): string {
  return vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? dirname(file.fsPath);
}

function isAboutKindling({ code, message }: vscode.Diagnostic): boolean {
  const number = typeof code === "object" ? code.value : code;
  return Number(number) === cannotFindModule && /['"]kindling['"]/.test(message);
}
