/** The user's settings, and the request for a run that follows from them. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import type { RunMode, RunRequest } from "../protocol/index.ts";

export const section = "kindling";

export interface Settings {
  readonly inspectOnSave: boolean;
  /** Seconds; 0 = none. */
  readonly inspectTimeLimit: number;
  readonly codeLens: boolean;
  readonly openPanelOnTrain: boolean;
  readonly histograms: { readonly enabled: boolean; readonly bins: number };
  /** Percent. */
  readonly samplingBudget: number;
  /** 0 = as many as leave one core to the editor. */
  readonly threads: number;
}

export function settingsFor(file: string): Settings {
  const values = vscode.workspace.getConfiguration(section, vscode.Uri.file(file));
  return {
    inspectOnSave: values.get("inspectOnSave", true),
    inspectTimeLimit: values.get("inspectTimeLimit", 10),
    codeLens: values.get("codeLens", true),
    openPanelOnTrain: values.get("openPanelOnTrain", true),
    histograms: { enabled: values.get("histograms.enabled", true), bins: values.get("histograms.bins", 40) },
    samplingBudget: values.get("sampling.budget", 3),
    threads: values.get("threads", 0),
  };
}

export function requestFor(file: string, mode: RunMode): RunRequest {
  const settings = settingsFor(file);
  return {
    file,
    mode,
    // As a notebook: a file's own data lies beside it.
    directory: dirname(file),
    sampling: {
      enabled: settings.histograms.enabled,
      bins: settings.histograms.bins,
      budget: settings.samplingBudget / 100,
    },
    timeLimit: settings.inspectTimeLimit * 1000,
    threads: settings.threads,
  };
}
