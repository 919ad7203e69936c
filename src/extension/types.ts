/** Types for `import … from "kindling"`: a command, and a quick fix for TypeScript's "Cannot find module". */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { Disposable } from "./model/emitter.ts";
import { l10n } from "./model/language.ts";
import { hasTypes, writeTypes } from "./model/types.ts";

/** TypeScript's "Cannot find module '…' or its corresponding type declarations". */
const cannotFindModule = 2307;

export class WorkspaceTypes implements vscode.CodeActionProvider {
  readonly #context: vscode.ExtensionContext;
  readonly #log: vscode.LogOutputChannel;
  readonly #subscription: Disposable;

  constructor(context: vscode.ExtensionContext, log: vscode.LogOutputChannel) {
    this.#context = context;
    this.#log = log;
    this.#subscription = vscode.languages.registerCodeActionsProvider(
      [
        { scheme: "file", language: "typescript" },
        { scheme: "file", language: "typescriptreact" },
      ],
      this,
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    );
  }

  provideCodeActions(
    document: vscode.TextDocument,
    _range: vscode.Range,
    context: vscode.CodeActionContext,
  ): vscode.CodeAction[] {
    const diagnostics = context.diagnostics.filter(isAboutKindling);
    if (diagnostics.length === 0) return [];
    const title = l10n.t("Add Kindling's types to the workspace");
    const action = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix);
    action.diagnostics = diagnostics;
    action.isPreferred = true;
    action.command = { title, command: "kindling.addTypes", arguments: [document.uri] };
    return [action];
  }

  /**
   * Makes `kindling` known to TypeScript in the folder of `file`.
   * @returns the folder that was written, or undefined where TypeScript finds it already
   */
  add(file: vscode.Uri): string | undefined {
    const version = String((this.#context.extension.packageJSON as { version: unknown }).version);
    if (hasTypes(dirname(file.fsPath), version)) return undefined;
    const folder = vscode.workspace.getWorkspaceFolder(file)?.uri.fsPath ?? dirname(file.fsPath);
    const types = vscode.Uri.joinPath(this.#context.extensionUri, "dist", "types").fsPath;
    const written = writeTypes(folder, types, version);
    this.#log.info(`wrote types to ${written}`);
    return written;
  }

  dispose(): void {
    this.#subscription.dispose();
  }
}

function isAboutKindling({ code, message }: vscode.Diagnostic): boolean {
  const number = typeof code === "object" ? code.value : code;
  return Number(number) === cannotFindModule && /['"]kindling['"]/.test(message);
}
