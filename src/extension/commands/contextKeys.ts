/** The `kindling.…` keys of `when` clauses in package.json. */
import * as vscode from "vscode";
import type { RunMode } from "../../protocol/index.ts";
import { hasStepped } from "../../run/standing.ts";
import type { Panels } from "../panel/panels.ts";
import { isInspecting, isPaused, isTraining, type FileRuns } from "../runs/fileRuns.ts";
import type { RunStore } from "../runs/runStore.ts";
import type { CurrentFile } from "../shared/currentFile.ts";
import type { Disposable } from "../shared/emitter.ts";
import type { WatchedModels } from "../tree/watchedModels.ts";

export interface ContextKeyParts {
  readonly store: RunStore;
  readonly current: CurrentFile;
  readonly panels: Panels;
  readonly watched: WatchedModels;
}

export function keepContextKeys({ store, current, panels, watched }: ContextKeyParts): Disposable {
  const values = new Map<string, string>();
  const set = (key: string, value: unknown): void => {
    const text = JSON.stringify(value);
    if (values.get(key) === text) return;
    values.set(key, text);
    void vscode.commands.executeCommand("setContext", `kindling.${key}`, value);
  };
  const update = (): void => {
    const training = store.all().filter(isTraining);
    const paused = training.filter(isPaused);
    const runs = current.file === undefined ? undefined : store.get(current.file);
    set("running", training.length > 0);
    set("paused", training.length > 0 && paused.length === training.length);
    set(
      "runningFiles",
      training.map(({ file }) => file),
    );
    set(
      "pausedFiles",
      paused.map(({ file }) => file),
    );
    set(
      "editedFiles",
      training.filter(({ train }) => train?.edited).map(({ file }) => file),
    );
    set("hasPanel", panels.file !== undefined);
    set("panelOther", otherRun(panels.file === undefined ? undefined : store.get(panels.file)));
    set("hasFile", current.file !== undefined);
    set("currentRunning", isTraining(runs));
    set("currentEdited", isTraining(runs) && runs?.train?.edited === true);
    set("currentPaused", isPaused(runs));
    set("viewState", watched.panel ? "models" : viewState(runs));
    set("showsWatched", watched.panel !== undefined);
    if (store.all().some(({ train }) => train?.state === "finished" && hasStepped(train))) set("hasTrained", true);
    if (store.all().some(({ structure }) => structure !== undefined)) set("hasInspected", true);
  };
  update();
  const subscriptions = [store.onDidChange(update), current.onDidChange(update), panels.onDidTurn(update), watched.onDidChange(update)];
  return { dispose: () => subscriptions.forEach((subscription) => subscription.dispose()) };
}

/** Which run of the panel used last it could show in place of the one that it shows. */
function otherRun(runs: FileRuns | undefined): RunMode | "none" {
  if (!runs?.train || !runs.inspect) return "none";
  return runs.shown === "train" ? "inspect" : "train";
}

/** Which welcome the empty models view shows. */
function viewState(runs: FileRuns | undefined): "models" | "counting" | "failed" | "noModel" | "noRun" {
  if (runs?.structure && runs.structure.models.length > 0) return "models";
  if (isInspecting(runs) || isTraining(runs)) return "counting";
  if (runs?.inspect?.state === "failed" || runs?.train?.state === "failed") return "failed";
  if (runs?.structure) return "noModel";
  return "noRun";
}
