/** Open as Kindling: a PyTorch file's twin, as a new file beside it that is not saved yet. */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { Translation } from "../../fromPython/index.ts";
import { modulePath } from "../../fromPython/modulePath.ts";
import type { Disposable } from "../shared/emitter.ts";

export class PythonFiles implements Disposable {
  /** What has no twin, at its line of the Python. */
  readonly #problems = vscode.languages.createDiagnosticCollection("kindling.python");
  readonly #subscription: Disposable;

  constructor() {
    this.#subscription = vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) this.#problems.delete(document.uri);
    });
  }

  /** @returns the document with the program */
  async openAsKindling(file: vscode.Uri): Promise<vscode.TextDocument> {
    const source = await vscode.workspace.openTextDocument(file);
    const translation = await translated(source);
    this.#problems.set(file, diagnosticsOf(source, translation));
    const target = await freeName(file, translation.isLibrary ? "" : ".model");
    const document = await vscode.workspace.openTextDocument(target.with({ scheme: "untitled" }));
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), translation.code);
    await vscode.workspace.applyEdit(edit);
    await vscode.window.showTextDocument(document, { viewColumn: vscode.ViewColumn.Beside });
    return document;
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#problems.dispose();
  }
}

/** The grammar is loaded when the first file is translated. */
async function translated(source: vscode.TextDocument): Promise<Translation> {
  const { fromPython } = await import("../../fromPython/index.ts");
  const modules = new Map<string, string>();
  // A module is known by name only once the file is read: each round may want further ones.
  for (;;) {
    const wanted = new Set<string>();
    const readModule = (module: string) => {
      if (!modules.has(module)) wanted.add(module);
      return modules.get(module) || undefined;
    };
    const translation = fromPython(source.getText(), { readModule });
    if (wanted.size === 0) return translation;
    for (const module of wanted) modules.set(module, await textOf(vscode.Uri.joinPath(source.uri, "..", modulePath(module, "py"))));
  }
}

/** A file's text, or nothing where there is none. */
async function textOf(file: vscode.Uri): Promise<string> {
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(file));
  } catch {
    return "";
  }
}

function diagnosticsOf(source: vscode.TextDocument, { problems }: Translation): vscode.Diagnostic[] {
  return problems.map(({ line, message }) => {
    const { text, range, firstNonWhitespaceCharacterIndex: start } = source.lineAt(Math.min(line, source.lineCount) - 1);
    const diagnostic = new vscode.Diagnostic(
      range.with(range.start.translate(0, Math.min(start, text.length))),
      message,
      vscode.DiagnosticSeverity.Information,
    );
    diagnostic.source = "Kindling";
    return diagnostic;
  });
}

/** `net.py` → `net.model.ts`, or `net-2.model.ts` where that is there already. */
async function freeName(file: vscode.Uri, ending: string): Promise<vscode.Uri> {
  const name = basename(file.path).replace(/\.py$/, "");
  for (let count = 1; ; count++) {
    const candidate = vscode.Uri.joinPath(file, "..", `${name}${count === 1 ? "" : `-${count}`}${ending}.ts`);
    const open = vscode.workspace.textDocuments.some(({ uri }) => uri.path === candidate.path);
    if (!open && !(await exists(candidate))) return candidate;
  }
}

async function exists(file: vscode.Uri): Promise<boolean> {
  try {
    await vscode.workspace.fs.stat(file);
    return true;
  } catch {
    return false;
  }
}
