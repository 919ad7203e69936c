/**
 * Everything that the panel shows, as one value, and the one function that changes it.
 * Pure: no DOM, no clock, no messages sent from here.
 */
import type { ModelInfo, ModuleInfo, StepStatistics } from "../src/protocol/index.ts";
import type { Family } from "../src/run/family.ts";
import { rootOf } from "../src/run/modules.ts";
import type { ToPanel } from "../src/run/panelMessages.ts";
import { reduceSnapshot, type RunSnapshot } from "../src/run/snapshot.ts";
import { isFinal } from "../src/run/standing.ts";
import { chooseTab, offeredTabs, openTab, shownTabs, type ChosenTabs, type GroupName, type Layout, type TabId } from "./frame/arrangement.ts";
import { withTrunk } from "./branches/trunk.ts";
import { sampleIndex } from "./shownSample.ts";
import { defaultTableChoices, type TableChoices } from "./table/choices.ts";

export const historyViews = ["heatmap", "ridgeline", "percentiles"] as const;
export type HistoryView = (typeof historyViews)[number];

/** What the user chose; kept over reloads. Names and paths rather than ids, because they survive an edit of the file. */
export interface Choices {
  readonly model: { readonly name: string; readonly id: number } | null;
  /** Path of the module; `null` until one was chosen. */
  readonly module: string | null;
  /** The sampled step to look at; `null` follows the newest. */
  readonly step: number | null;
  /** Rows of the tree that were opened (true) or closed (false) by hand, by `expansionKey`. */
  readonly expanded: Readonly<Record<string, boolean>>;
  /** Weight of the past in the smoothed curves, 0 to 0.99. */
  readonly smoothing: number;
  /** Charts whose value axis was chosen by hand, by chart name: whether it is logarithmic. */
  readonly logarithmic: Readonly<Record<string, boolean>>;
  /** How a tensor's histograms over the run are shown. */
  readonly history: HistoryView;
  /** Histograms reach from the smallest to the largest value, outliers too. */
  readonly fullRange: boolean;
  /** Histograms show the logarithm of their counts. */
  readonly logCounts: boolean;
  readonly curveTables: boolean;
  readonly histogramTables: boolean;
  readonly tabs: ChosenTabs;
  readonly table: TableChoices;
  /** Shares from 0 to 1; `null`: what it needs. The table's of the width where it stands beside the tabs, of the height where above. */
  readonly tableWidth: number | null;
  readonly tableHeight: number | null;
  /** The main tabs' share of what is right of the table, where others stand beside them. */
  readonly mainShare: number | null;
  /** Whether problems beyond the first are listed. */
  readonly problemsOpen: boolean;
  /** Whether all runs of the family are listed, and not only the shown one. */
  readonly branchesOpen: boolean;
}

export interface PanelState {
  /** The file whose panel this is; `null` until it was told. */
  readonly file: string | null;
  /** `null`: nothing was run yet. */
  readonly run: RunSnapshot | null;
  /** What the run parts from, and what parts from it; `null`: it stands alone, or nothing was told. */
  readonly family: Family | null;
  /** The run is shown from what the page remembered; the extension has not confirmed it. */
  readonly isRemembered: boolean;
  readonly choices: Choices;
  readonly layout: Layout;
  /** First and last step that the charts show; `null` shows all. */
  readonly zoom: readonly [number, number] | null;
}

export type Action =
  | ToPanel
  /** What an earlier page remembered. */
  | { readonly type: "remembered"; readonly file: string | null; readonly run: RunSnapshot | null; readonly choices: Choices }
  | { readonly type: "chooseModel"; readonly model: number }
  | { readonly type: "chooseModule"; readonly module: number }
  | { readonly type: "layout"; readonly layout: Layout }
  | { readonly type: "chooseTab"; readonly group: GroupName; readonly tab: TabId }
  /** Brings a tab in sight, wherever it stands. */
  | { readonly type: "openTab"; readonly tab: TabId }
  | { readonly type: "expand"; readonly keys: readonly string[]; readonly expanded: boolean }
  | { readonly type: "chooseStep"; readonly step: number | null }
  | { readonly type: "zoom"; readonly range: readonly [number, number] | null }
  | { readonly type: "chooseAxis"; readonly chart: string; readonly logarithmic: boolean }
  | { readonly type: "choose"; readonly choices: Partial<Settings> };

type Settings = Pick<
  Choices,
  | "smoothing"
  | "history"
  | "fullRange"
  | "logCounts"
  | "curveTables"
  | "histogramTables"
  | "table"
  | "tableWidth"
  | "tableHeight"
  | "mainShare"
  | "problemsOpen"
  | "branchesOpen"
>;

export const defaultChoices: Choices = {
  model: null,
  module: null,
  step: null,
  expanded: {},
  smoothing: 0.6,
  logarithmic: {},
  history: "heatmap",
  fullRange: false,
  logCounts: false,
  curveTables: false,
  histogramTables: false,
  tabs: { main: null, side: null },
  table: defaultTableChoices,
  tableWidth: null,
  tableHeight: null,
  mainShare: null,
  problemsOpen: false,
  branchesOpen: true,
};

export const initialState: PanelState = { file: null, run: null, family: null, isRemembered: false, choices: defaultChoices, layout: "beside", zoom: null };

export function reduce(state: PanelState, action: Action): PanelState {
  switch (action.type) {
    case "file":
      return { ...state, file: action.file };
    case "snapshot":
      return receiveSnapshot(state, action.run);
    case "events":
      if (state.run?.runId !== action.runId) return state;
      return { ...state, run: action.events.reduce((run, event) => reduceSnapshot(run, event), state.run) };
    case "family":
      return state.run?.runId === action.runId ? { ...state, family: action.family } : state;
    // It tells what can be asked for, and shows nothing.
    case "thinned":
    case "copyTable":
      return state;
    case "select":
      return selectFromOutside(state, action.model, action.module);
    // Asks, and tells nothing.
    case "export":
      return state;
    case "remembered":
      return { ...state, file: action.file, run: action.run, isRemembered: true, choices: action.choices };
    case "chooseModel": {
      const model = state.run?.models.find((candidate) => candidate.id === action.model);
      return model ? choose(state, { model: { name: model.name, id: model.id }, module: null }) : state;
    }
    case "chooseModule": {
      const model = shownModel(state);
      return model ? withTabOfModule(select(opened(state), model.id, action.module), ["modules", "graph", ...tabsOfModule]) : state;
    }
    case "layout":
      return action.layout === state.layout ? state : { ...state, layout: action.layout };
    case "chooseTab":
      return choose(state, { tabs: chooseTab(tabsInSight(state), action.group, action.tab) });
    case "openTab":
      return choose(state, { tabs: openTab(tabsInSight(state), state.choices.tabs, action.tab) });
    case "expand":
      return expand(state, action.keys, action.expanded);
    case "chooseStep":
      return choose(state, { step: stepToKeep(state, action.step) });
    case "zoom":
      return { ...state, zoom: action.range };
    case "chooseAxis":
      return choose(state, { logarithmic: { ...state.choices.logarithmic, [action.chart]: action.logarithmic } });
    case "choose":
      return choose(state, action.choices);
  }
}

function choose(state: PanelState, choices: Partial<Choices>): PanelState {
  return { ...state, choices: { ...state.choices, ...choices } };
}

/** Choosing the newest step means to follow the newest, as scrolling to the end of a terminal does. */
function stepToKeep(state: PanelState, step: number | null): number | null {
  const samples = shownSamples(state);
  return step === null || sampleIndex(samples, step) === samples.length - 1 ? null : step;
}

function receiveSnapshot(state: PanelState, run: RunSnapshot | null): PanelState {
  if (run === null) {
    // The window was closed or loaded anew, and the run's process with it. What was shown stays, as something that is over.
    return { ...state, run: state.run && state.isRemembered ? ended(state.run) : null, family: null };
  }
  const isSame = run.runId === state.run?.runId;
  return { ...(isSame ? state : choose({ ...state, zoom: null, family: null }, { step: null })), run, isRemembered: false };
}

function ended(run: RunSnapshot): RunSnapshot {
  return isFinal(run.state) ? run : { ...run, state: "interrupted" };
}

/** A row that is closed over the chosen module becomes the chosen one itself: what is chosen is always in sight. */
function expand(state: PanelState, keys: readonly string[], expanded: boolean): PanelState {
  const changes = Object.fromEntries(keys.map((key) => [key, expanded]));
  const after = choose(state, { expanded: { ...state.choices.expanded, ...changes } });
  const [model, module] = [shownModel(state), shownModule(state)];
  if (expanded || !model || !module) return after;
  const closed = ancestors(model, module).findLast((ancestor) => keys.includes(expansionKey(model, ancestor)));
  return closed ? choose(after, { model: { name: model.name, id: model.id }, module: closed.path }) : after;
}

/** With the rows above the shown module open by choice, as they are shown; they stay so when another is chosen. */
function opened(state: PanelState): PanelState {
  const [model, module] = [shownModel(state), shownModule(state)];
  if (!model || !module) return state;
  const above = ancestors(model, module).map((ancestor) => [expansionKey(model, ancestor), true] as const);
  return choose(state, { expanded: { ...state.choices.expanded, ...Object.fromEntries(above) } });
}

function select(state: PanelState, modelId: number, moduleId: number): PanelState {
  const model = state.run?.models.find((candidate) => candidate.id === modelId);
  const module = model?.modules[moduleId];
  if (!model || !module) return state;
  return opened(choose(state, { model: { name: model.name, id: model.id }, module: module.path }));
}

/** A click in the models view wants to see the module; one that means the whole model, only that this is the shown one. */
function selectFromOutside(state: PanelState, modelId: number, moduleId: number): PanelState {
  const selected = select(state, modelId, moduleId);
  return selected === state || moduleId === 0 ? selected : withTabOfModule(selected, tabsOfModule);
}

/** The tabs that show the chosen module. */
const tabsOfModule: readonly TabId[] = ["layer", "gradients"];

/** With the module's tab in sight, unless one of `others` is, which shows it too. */
function withTabOfModule(state: PanelState, others: readonly TabId[]): PanelState {
  const shown = Object.values(tabsInSight(state));
  return shown.some((tab) => others.includes(tab)) ? state : reduce(state, { type: "openTab", tab: "layer" });
}

/** Every tab that the state's layout and run have a place for, in their order. */
export function tabsOffered({ run, layout }: Pick<PanelState, "run" | "layout">): readonly TabId[] {
  return offeredTabs({ layout, mode: run?.mode ?? "train", onlyWatched: run?.onlyWatched ?? false, hasPasses: (run?.passes.length ?? 0) > 0 });
}

export function tabsInSight(state: PanelState): Readonly<Partial<Record<GroupName, TabId>>> {
  return shownTabs(tabsOffered(state), state.choices.tabs, state.layout);
}

export function ancestors(model: ModelInfo, module: ModuleInfo): ModuleInfo[] {
  const result: ModuleInfo[] = [];
  for (let id = module.parent; id !== null;) {
    const parent = model.modules[id]!;
    result.push(parent);
    id = parent.parent;
  }
  return result;
}

/** Under which a row's opened or closed state is kept. */
export function expansionKey(model: ModelInfo, module: ModuleInfo): string {
  return `${model.name}:${module.path}`;
}

/** The chosen model; without a choice the one that is being trained, which is the one that was measured; else the largest. */
export function shownModel({ run, choices }: Pick<PanelState, "run" | "choices">): ModelInfo | null {
  if (!run || run.models.length === 0) return null;
  const chosen = choices.model;
  const named = run.models.filter((model) => model.name === chosen?.name);
  const found = named.find((model) => model.id === chosen?.id) ?? named[0];
  if (found) return found;
  const weight = (model: ModelInfo) => rootOf(model).counts.total;
  const measured = run.models.filter((model) => run.samples.has(model.id));
  return (measured.length > 0 ? measured : run.models).reduce((a, b) => (weight(b) > weight(a) ? b : a));
}

/** The chosen module; without a choice the first that has parameters of its own, because there is most to see. */
export function shownModule({ run, choices }: Pick<PanelState, "run" | "choices">): ModuleInfo | null {
  const model = shownModel({ run, choices });
  if (!model) return null;
  return (
    model.modules.find((module) => module.path === choices.module) ?? model.modules.find((module) => module.parameters.length > 0) ?? model.modules[0] ?? null
  );
}

export function shownSamples({ run, choices }: Pick<PanelState, "run" | "choices">): readonly StepStatistics[] {
  const model = shownModel({ run, choices });
  return (model && run?.samples.get(model.id)) ?? noSamples;
}

const noSamples: readonly StepStatistics[] = [];

/**
 * The steps that the charts and the heatmaps show: from the first that any curve or sample has to the last. While a run
 * goes on the end moves in strides of a few percent, so that the axes rest.
 */
export function stepRange({ run, family, choices, zoom }: PanelState): readonly [number, number] {
  if (zoom) return zoom;
  let first = Infinity;
  let last = -Infinity;
  const include = (step: number) => {
    first = Math.min(first, step);
    last = Math.max(last, step);
  };
  for (const series of withTrunk(run?.curves ?? new Map<string, never>(), family).values()) {
    if (series.length > 0) include(series.steps[0]!);
    if (series.length > 0) include(series.steps[series.length - 1]!);
  }
  const samples = shownSamples({ run, choices });
  if (samples.length > 0) include(samples[0]!.step);
  if (samples.length > 0) include(samples[samples.length - 1]!.step);
  return last < first ? [0, 1] : restingRange(run, first, last);
}

/** The steps in which the shown model was measured: another that trains before or after it takes no room. */
export function sampleRange({ run, choices, zoom }: PanelState): readonly [number, number] {
  if (zoom) return zoom;
  const samples = shownSamples({ run, choices });
  return samples.length === 0 ? [0, 1] : restingRange(run, samples[0]!.step, samples.at(-1)!.step);
}

function restingRange(run: RunSnapshot | null, first: number, last: number): readonly [number, number] {
  const length = Math.max(1, last - first);
  // A run that stands still has an end, paused or over.
  if (run && (isFinal(run.state) || run.state === "paused")) return [first, first + length];
  const stride = Math.max(1, 2 ** Math.floor(Math.log2(length / 32)));
  return [first, first + Math.ceil(length / stride) * stride];
}
