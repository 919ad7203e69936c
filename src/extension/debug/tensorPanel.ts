/** *Show Tensor*: what a variable or an expression holds where the program stands, as a picture. */
import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import * as vscode from "vscode";
import { shownTensor, type ShownTensor } from "../../run/shownTensor.ts";
import { panelHtml } from "../panel/page.ts";
import { panelOptions, resources } from "../panel/panel.ts";
import { expressionAt } from "./expression.ts";

/** What the menus of Variables and Watch hand over. */
export interface VariableTarget {
  readonly variable: { readonly name: string; readonly evaluateName?: string };
}

const viewType = "kindling.tensor";

/** @param target without one, what is selected in the editor, or what the cursor is in */
export async function showTensor(extension: vscode.Uri, target?: VariableTarget): Promise<void> {
  const frame = vscode.debug.activeStackItem;
  if (!(frame instanceof vscode.DebugStackFrame))
    return say("Show Tensor needs a program that stands in the debugger: set a breakpoint and choose Debug Model.");
  const expression = target ? (target.variable.evaluateName ?? target.variable.name) : selectedExpression();
  if (expression === undefined) return say("There is no variable at the cursor: place it in a tensor's name, or select an expression.");
  const read = await readTensor(frame, expression);
  if (typeof read === "string") return say(read);
  open(extension, { expression: target?.variable.name ?? expression, place: await placeOf(frame), ...read });
}

function say(message: string): void {
  void vscode.window.showInformationMessage(message);
}

function selectedExpression(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (!editor) return undefined;
  const { document, selection } = editor;
  if (!selection.isEmpty) return document.getText(selection);
  return expressionAt(document.lineAt(selection.active.line).text, selection.active.character);
}

/** `net.model.ts:16` */
async function placeOf({ session, threadId, frameId }: vscode.DebugStackFrame): Promise<string> {
  const { stackFrames } = (await session.customRequest("stackTrace", { threadId })) as { readonly stackFrames: readonly Frame[] };
  const frame = stackFrames.find(({ id }) => id === frameId);
  return frame?.source?.path === undefined ? "a breakpoint" : `${basename(frame.source.path)}:${frame.line}`;
}

interface Frame {
  readonly id: number;
  readonly line: number;
  readonly source?: { readonly path?: string };
}

type Read = Pick<ShownTensor, "shape" | "dtype" | "part" | "values">;

/** @returns why there is nothing to show, in words for the user, where it is so */
async function readTensor({ session, frameId }: vscode.DebugStackFrame, expression: string): Promise<Read | string> {
  // The line break ends a comment that was selected along.
  const asked = `((value) => typeof value?.[Symbol.for("kindling.debug.picture")] === "function" ? value[Symbol.for("kindling.debug.picture")]() : "")(${expression}\n)`;
  try {
    const { result } = (await session.customRequest("evaluate", { expression: asked, frameId, context: "clipboard" })) as { readonly result: string };
    // It comes as a program would write it: a text in quotes.
    const told = JSON.parse(result) as string;
    if (told === "") return `\`${expression}\` is no tensor here.`;
    const { values, ...facts } = JSON.parse(told) as Omit<Read, "values"> & { readonly values: string };
    return { ...facts, values: Float32Array.from(values === "" ? [] : values.split(" "), Number) };
  } catch (error) {
    return `\`${expression}\` can't be read here: ${(error as Error).message}`;
  }
}

function open(extension: vscode.Uri, tensor: ShownTensor): void {
  const title = `${tensor.expression} [${tensor.shape.join(", ")}]`;
  const place = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
  const panel = vscode.window.createWebviewPanel(viewType, title, place, panelOptions(extension));
  const icon = (theme: string): vscode.Uri => vscode.Uri.joinPath(extension, "media", `panel-${theme}.svg`);
  panel.iconPath = { light: icon("light"), dark: icon("dark") };
  // The page says but one thing: that it is there, anew whenever it comes into sight.
  panel.webview.onDidReceiveMessage(() => void panel.webview.postMessage(shownTensor.encode(tensor)));
  const link = (name: string): string => panel.webview.asWebviewUri(vscode.Uri.joinPath(resources(extension), name)).toString();
  panel.webview.html = panelHtml({
    script: link("tensor.js"),
    styles: [link("panel.css")],
    source: panel.webview.cspSource,
    nonce: randomBytes(16).toString("base64"),
    title,
  });
}
