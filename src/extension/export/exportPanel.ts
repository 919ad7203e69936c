/** "Export Panel as HTML…" */
import { basename } from "node:path";
import * as vscode from "vscode";
import type { PageContent, PageLook } from "../../run/panelMessages.ts";
import { exportedPage, noteOn } from "./exportedPage.ts";
import { saveFile } from "./saveFile.ts";

/** Asks where to and writes the page; offers to open it. */
export async function exportPanel(extension: vscode.Uri, content: PageContent, look: PageLook): Promise<void> {
  const read = (name: string): Thenable<Uint8Array> => vscode.workspace.fs.readFile(vscode.Uri.joinPath(extension, "dist", "webview", name));
  const [script, standAlone, style, font] = await Promise.all(["panel.js", "standAlone.js", "panel.css", "codicon.ttf"].map(read));
  const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
  const { run } = content;
  const name = basename(run.file, ".model.ts");
  const page = exportedPage(
    { script: text(script!), standAlone: text(standAlone!), style: text(style!), font: font! },
    { ...content, look, title: `Kindling: ${name}`, note: noteOn(run, new Date()) },
  );
  const place = await saveFile(run.file, `${name}.html`, new TextEncoder().encode(page));
  if (!place) return;
  const open = "Open";
  if ((await vscode.window.showInformationMessage(`Saved ${basename(place.fsPath)}.`, open)) === open) await vscode.env.openExternal(place);
}
