/** The training, in one item of the status bar. */
import * as vscode from "vscode";
import { basename } from "node:path";
import { rootOf } from "../../run/modules.ts";
import { formatCount } from "../../run/numbers.ts";
import { Throttle } from "../../run/throttle.ts";
import { isPaused, isTraining, type FileRuns } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { CurrentFile } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import { statusText } from "./statusText.ts";

export function showStatus(store: RunStore, current: CurrentFile): Disposable {
  const item = vscode.window.createStatusBarItem("kindling.training", vscode.StatusBarAlignment.Left, 50);
  item.name = "Kindling Training";
  const update = (): void => {
    const runs = chosen(store, current.file);
    if (!runs?.train) return item.hide();
    const others = store.all().filter((one) => one !== runs && isTraining(one)).length;
    item.text = (isInspectionShown(runs) ? inspectedText(runs) : statusText(runs.train)) + (others === 0 ? "" : ` (+${others})`);
    item.accessibilityInformation = { label: item.text.replace(/\$\(.*?\) /, `${basename(runs.file)}: `) };
    item.tooltip = tooltip(runs);
    item.command = isTraining(runs) ? { title: "", command: "kindling.runActions" } : { title: "", command: "kindling.openPanel", arguments: [runs.file] };
    item.show();
  };
  const throttle = new Throttle(250, update);
  const subscriptions = [store.onDidChange(() => throttle.call()), current.onDidChange(() => throttle.call()), throttle, item];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

/** The current file's training, running or ended; else one that runs, or one whose end nobody saw. */
function chosen(store: RunStore, file: string | undefined): FileRuns | undefined {
  const own = file === undefined ? undefined : store.get(file);
  if (isTraining(own)) return own;
  const running = store.all().find(isTraining);
  if (running || own?.train) return running ?? own;
  return store.all().find(({ train }) => train?.state === "interrupted");
}

/** The panel shows an inspection in the place of the training, by the user's own wish. */
function isInspectionShown(runs: FileRuns): boolean {
  return runs.shown === "inspect" && runs.inspect !== undefined && !isTraining(runs);
}

function inspectedText({ inspect }: FileRuns): string {
  const total = inspect?.models.reduce((sum, model) => sum + rootOf(model).counts.total, 0) ?? 0;
  return `$(search) inspected · ${formatCount(total)} params`;
}

function tooltip(runs: FileRuns): vscode.MarkdownString {
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = { enabledCommands: ["kindling.openPanel", "kindling.pause", "kindling.resume", "kindling.stop"] };
  text.appendMarkdown("**");
  text.appendText(basename(runs.file));
  text.appendMarkdown("**\n\n");
  const link = (label: string, command: string): string => `[${label}](command:kindling.${command}?${encodeURIComponent(JSON.stringify([runs.file]))})`;
  const links = [link("$(graph-line) Open Panel", "openPanel")];
  if (isTraining(runs)) {
    const toggle = isPaused(runs) ? link("$(debug-continue) Resume", "resume") : link("$(debug-pause) Pause", "pause");
    links.push(toggle, link("$(debug-stop) Stop", "stop"));
  }
  text.appendMarkdown(links.join(" &nbsp; "));
  return text;
}
