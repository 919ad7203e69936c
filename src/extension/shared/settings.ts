/** The user's settings, and the request for a run that follows from them. */
import { dirname } from "node:path";
import * as vscode from "vscode";
import { runsFolder } from "../../keep/layout.ts";
import type { RunMode, RunRequest } from "../../protocol/index.ts";
import type { LintLevel, LintLevels } from "../../run/silencing.ts";
import { readNumber, type NumberRange } from "./numberSetting.ts";

export const section = "kindling";

const layerLenses = ["off", "frozen", "all"] as const;
const shapeChoices = ["off", "changes", "all"] as const;
export type LayerLens = (typeof layerLenses)[number];

export interface Settings {
  readonly inspectOnSave: boolean;
  /** Seconds; 0 = none. */
  readonly inspectTimeLimit: number;
  readonly codeLens: boolean;
  /** Which layers have a lens. */
  readonly layerLens: LayerLens;
  readonly liveValues: boolean;
  /** Whether a training goes on in the new code, with its weights, when that is saved and all of them fit. */
  readonly restartOnSave: boolean;
  /** Where the module is selected that the cursor's line is about. */
  readonly followCursor: { readonly tree: boolean; readonly panel: boolean };
  readonly highlightLine: boolean;
  readonly moduleSymbols: boolean;
  readonly openPanelOnTrain: boolean;
  /** Which measured shapes stand beside the code. */
  readonly shapes: (typeof shapeChoices)[number];
  readonly histograms: { readonly enabled: boolean; readonly bins: number };
  /** Percent. */
  readonly samplingBudget: number;
  readonly runs: { readonly keep: boolean; /** Megabytes. */ readonly limit: number; readonly checkpoints: boolean };
  /** 0 = as many as leave one core to the editor. */
  readonly threads: number;
}

const ranges = {
  /** Ten days: more than a timer can wait is no limit. */
  inspectTimeLimit: { least: 0, most: 864_000, otherwise: 10 },
  "histograms.bins": { least: 2, most: 200, isInteger: true, otherwise: 40 },
  "sampling.budget": { least: 0, most: 100, otherwise: 2 },
  "runs.limit": { least: 1, most: 1_000_000, otherwise: 500 },
  threads: { least: 0, most: 64, isInteger: true, otherwise: 0 },
} as const satisfies Readonly<Record<string, NumberRange>>;

/** What was said of settings already: once is enough for each thing that is written there. */
const said = new Set<string>();

/** @param remark hears, once, of each setting that is not used as it is written */
export function settingsFor(file: string, remark?: (text: string) => void): Settings {
  const values = vscode.workspace.getConfiguration(section, vscode.Uri.file(file));
  const number = (name: keyof typeof ranges): number => {
    const { value, remark: text } = readNumber(`${section}.${name}`, values.get(name), ranges[name]);
    if (remark && text !== undefined && !said.has(text)) {
      said.add(text);
      remark(text);
    }
    return value;
  };
  const flag = (name: string): boolean => values.get<unknown>(name) !== false;
  const choice = <T extends string>(name: string, choices: readonly T[], otherwise: T): T =>
    choices.find((one) => one === values.get<unknown>(name)) ?? otherwise;
  return {
    inspectOnSave: flag("inspectOnSave"),
    inspectTimeLimit: number("inspectTimeLimit"),
    codeLens: flag("codeLens"),
    layerLens: choice("layerLens", layerLenses, "frozen"),
    liveValues: flag("liveValues"),
    restartOnSave: values.get<unknown>("restartOnSave") === true,
    followCursor: { tree: flag("followCursor.tree"), panel: values.get<unknown>("followCursor.panel") === true },
    highlightLine: flag("highlightLine"),
    moduleSymbols: flag("moduleSymbols"),
    openPanelOnTrain: flag("openPanelOnTrain"),
    shapes: choice("shapes", shapeChoices, "changes"),
    histograms: { enabled: flag("histograms.enabled"), bins: number("histograms.bins") },
    samplingBudget: number("sampling.budget"),
    runs: { keep: flag("runs.keep"), limit: number("runs.limit"), checkpoints: flag("runs.checkpoints") },
    threads: number("threads"),
  };
}

const lintLevels: ReadonlySet<unknown> = new Set<LintLevel>(["off", "information", "warning", "error"]);

/** What is written of lints that is a level; anything else counts as not written. */
export function lintLevelsFor(file: string): LintLevels {
  const written = vscode.workspace.getConfiguration(section, vscode.Uri.file(file)).get<unknown>("lints") ?? {};
  return Object.fromEntries(Object.entries(written).filter(([, level]) => lintLevels.has(level))) as LintLevels;
}

export function requestFor(file: string, mode: RunMode, remark: (text: string) => void): RunRequest {
  const settings = settingsFor(file, remark);
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
    ...(mode === "train" &&
      settings.runs.keep && { keep: { folder: runsFolder(file), limit: settings.runs.limit * 1e6, checkpoints: settings.runs.checkpoints } }),
    // What is inspected, somebody waits for.
    inBackground: mode === "train",
  };
}
