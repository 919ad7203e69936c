/** Puts what a page made into files that the user chooses. */
import { dirname, join } from "node:path";
import * as vscode from "vscode";

/** Kinds of files by their endings, as the dialog calls them. */
const kinds: Readonly<Record<string, string>> = { svg: "SVG drawing", png: "PNG picture", csv: "Table (CSV)", md: "Markdown", html: "Web page" };

/**
 * Asks where to, and writes there.
 * @param near a file in whose folder the dialog begins
 * @param name what the page would call it; only its last part counts
 */
export async function saveFile(near: string, name: string, content: Uint8Array): Promise<vscode.Uri | undefined> {
  const plain = name.replace(/[^\p{L}\p{N} ._()-]/gu, "-").slice(-100);
  const ending = /\.(\w+)$/.exec(plain)?.[1] ?? "";
  const kind = kinds[ending];
  const place = await vscode.window.showSaveDialog({
    defaultUri: vscode.Uri.file(join(dirname(near), plain)),
    ...(kind !== undefined && { filters: { [kind]: [ending] } }),
  });
  if (place) await vscode.workspace.fs.writeFile(place, content);
  return place;
}
