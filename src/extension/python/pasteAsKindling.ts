/** Paste as Kindling: Python that looks like PyTorch, pasted into a model file, comes in as TypeScript. */
import * as vscode from "vscode";
import type { Disposable } from "../shared/emitter.ts";

const kind = vscode.DocumentDropOrPasteEditKind.Text.append("kindling", "python");

class PastePython implements vscode.DocumentPasteEditProvider {
  async provideDocumentPasteEdits(
    document: vscode.TextDocument,
    ranges: readonly vscode.Range[],
    clipboard: vscode.DataTransfer,
    _context: vscode.DocumentPasteEditContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.DocumentPasteEdit[] | undefined> {
    const text = await clipboard.get("text/plain")?.asString();
    if (text === undefined || token.isCancellationRequested) return undefined;
    const { fromPython, looksLikePyTorch, withoutImported } = await import("../../fromPython/index.ts");
    if (!looksLikePyTorch(text)) return undefined;
    const { code } = fromPython(text);
    // Into the middle of a file goes only what it doesn't have yet.
    const piece = ranges.length === 1 && document.getText().trim() !== "" ? withoutImported(code, document.getText()) : code;
    return [new vscode.DocumentPasteEdit(piece, "Paste as Kindling", kind)];
  }
}

export function offerPasteAsKindling(): Disposable {
  return vscode.languages.registerDocumentPasteEditProvider({ scheme: "file", pattern: "**/*.model.ts" }, new PastePython(), {
    pasteMimeTypes: ["text/plain"],
    providedPasteEditKinds: [kind],
  });
}
