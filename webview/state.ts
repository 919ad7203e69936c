/**
 * Everything that the panel shows, as one value, and the one function that changes it.
 * Pure: no DOM, no clock, no messages sent from here.
 */
import type {
  ModelInfo,
  ModuleInfo,
  Problem,
  Progress,
  RunEvent,
  RunMode,
  RunSnapshot,
  RunState,
  StepStatistics,
  ToPanel,
} from "../src/protocol/index.ts";
import { addSample, reviveSample, sampleIndex } from "./samples.ts";
import { appendMetrics, type Series } from "./series.ts";

export interface RunView {
  readonly runId: string;
  readonly file: string;
  readonly mode: RunMode;
  readonly state: RunState;
  /** ms since the epoch */
  readonly startedAt: number;
  readonly endedAt: number | null;
  /** The file's text is another than the one that the run began with. */
  readonly edited: boolean;
  readonly models: readonly ModelInfo[];
  readonly curves: ReadonlyMap<string, Series>;
  readonly progress: Progress | null;
  /** Sampled steps by model id, oldest first. */
  readonly samples: ReadonlyMap<number, readonly StepStatistics[]>;
  readonly problems: readonly Problem[];
  readonly notes: RunSnapshot["notes"];
  /** Shown from what the page remembered; the extension has not confirmed it. */
  readonly remembered: boolean;
}

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
  /** Charts with a logarithmic value axis, by chart name. */
  readonly logarithmic: readonly string[];
  /** Histograms show the logarithm of their counts. */
  readonly logCounts: boolean;
  readonly curveTables: boolean;
  readonly histogramTables: boolean;
  /** The tree's share of the width and the curves' share of the height, 0 to 1. */
  readonly treeShare: number;
  readonly curvesShare: number;
  readonly problemsOpen: boolean;
}

export interface PanelState {
  /** `null`: nothing was run yet. */
  readonly run: RunView | null;
  readonly choices: Choices;
  /** First and last step that the charts show; `null` shows all. */
  readonly zoom: readonly [number, number] | null;
}

export type Action =
  | ToPanel
  /** What an earlier page remembered. */
  | { readonly type: "remembered"; readonly run: RunSnapshot | null; readonly choices: Partial<Choices> }
  | { readonly type: "chooseModel"; readonly model: number }
  | { readonly type: "chooseModule"; readonly module: number }
  | { readonly type: "expand"; readonly keys: readonly string[]; readonly expanded: boolean }
  | { readonly type: "chooseStep"; readonly step: number | null }
  | { readonly type: "zoom"; readonly range: readonly [number, number] | null }
  | { readonly type: "toggleLogarithmic"; readonly chart: string }
  | { readonly type: "choose"; readonly choices: Partial<Settings> };

type Settings = Pick<
  Choices,
  "smoothing" | "logCounts" | "curveTables" | "histogramTables" | "treeShare" | "curvesShare" | "problemsOpen"
>;

export const defaultChoices: Choices = {
  model: null,
  module: null,
  step: null,
  expanded: {},
  smoothing: 0.6,
  logarithmic: [],
  logCounts: false,
  curveTables: false,
  histogramTables: false,
  treeShare: 0.42,
  curvesShare: 0.4,
  problemsOpen: true,
};

export const initialState: PanelState = { run: null, choices: defaultChoices, zoom: null };

export function reduce(state: PanelState, action: Action): PanelState {
  switch (action.type) {
    case "snapshot":
      return receiveSnapshot(state, action.run);
    case "events":
      return receiveEvents(state, action.runId, action.events);
    case "select":
      return select(state, action.model, action.module);
    case "remembered":
      return {
        ...state,
        run: action.run && { ...viewOf(action.run), remembered: true },
        choices: { ...state.choices, ...action.choices },
      };
    case "chooseModel": {
      const model = state.run?.models.find((candidate) => candidate.id === action.model);
      return model ? choose(state, { model: { name: model.name, id: model.id }, module: null }) : state;
    }
    case "chooseModule": {
      const model = shownModel(state);
      return model ? select(opened(state), model.id, action.module) : state;
    }
    case "expand":
      return expand(state, action.keys, action.expanded);
    case "chooseStep":
      return choose(state, { step: stepToKeep(state, action.step) });
    case "zoom":
      return { ...state, zoom: action.range };
    case "toggleLogarithmic": {
      const { logarithmic } = state.choices;
      const others = logarithmic.filter((chart) => chart !== action.chart);
      return choose(state, { logarithmic: others.length < logarithmic.length ? others : [...others, action.chart] });
    }
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

function receiveSnapshot(state: PanelState, snapshot: RunSnapshot | null): PanelState {
  if (snapshot === null) {
    // The window was closed or loaded anew, and the run's process with it. What was shown stays, as something that is over.
    return { ...state, run: state.run?.remembered ? { ...state.run, state: endedState(state.run.state) } : null };
  }
  const run = viewOf(snapshot);
  if (run.runId === state.run?.runId) return { ...state, run };
  return { ...choose(state, { step: null }), run, zoom: null };
}

function endedState(state: RunState): RunState {
  return isOver(state) ? state : "interrupted";
}

export function isOver(state: RunState): boolean {
  return state === "finished" || state === "stopped" || state === "failed" || state === "interrupted";
}

function viewOf(snapshot: RunSnapshot): RunView {
  return {
    runId: snapshot.runId,
    file: snapshot.file,
    mode: snapshot.mode,
    state: snapshot.state,
    startedAt: snapshot.startedAt,
    endedAt: snapshot.endedAt ?? null,
    edited: snapshot.edited ?? false,
    models: snapshot.models,
    curves: appendMetrics(new Map(), snapshot.metrics),
    progress: snapshot.progress ? reviveProgress(snapshot.progress) : null,
    samples: snapshot.statistics.reduce(withSample, new Map<number, readonly StepStatistics[]>()),
    problems: snapshot.problems,
    notes: snapshot.notes,
    remembered: false,
  };
}

function receiveEvents(state: PanelState, runId: string, events: readonly RunEvent[]): PanelState {
  if (state.run?.runId !== runId) return state;
  return { ...state, run: events.reduce(receiveEvent, state.run) };
}

function receiveEvent(run: RunView, event: RunEvent): RunView {
  switch (event.type) {
    case "state":
      return { ...run, state: event.state, endedAt: isOver(event.state) ? event.at : null };
    case "models":
      return { ...run, models: event.models };
    case "metrics":
      return { ...run, curves: appendMetrics(run.curves, event.points) };
    case "note":
      return { ...run, notes: [...run.notes, { name: event.name, step: event.step, text: event.text }] };
    case "progress":
      return { ...run, progress: reviveProgress(event.progress) };
    case "statistics":
      return { ...run, samples: withSample(run.samples, event.statistics) };
    case "problem":
      return { ...run, problems: [...run.problems, event.problem] };
    case "classes":
    case "files":
      return run;
  }
}

function withSample(
  samples: ReadonlyMap<number, readonly StepStatistics[]>,
  sample: StepStatistics,
): ReadonlyMap<number, readonly StepStatistics[]> {
  return new Map(samples).set(sample.model, addSample(samples.get(sample.model) ?? [], reviveSample(sample)));
}

/** JSON has no NaN: a loss that is not a number arrives as null. */
function reviveProgress(progress: Progress): Progress {
  return progress.loss === null ? { ...progress, loss: NaN } : progress;
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

export function ancestors(model: ModelInfo, module: ModuleInfo): ModuleInfo[] {
  const result: ModuleInfo[] = [];
  for (let id = module.parent; id !== null; ) {
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
  const weight = (model: ModelInfo) => model.modules[0]?.counts.total ?? 0;
  const measured = run.models.filter((model) => run.samples.has(model.id));
  return (measured.length > 0 ? measured : run.models).reduce((a, b) => (weight(b) > weight(a) ? b : a));
}

/** The chosen module; without a choice the first that has parameters of its own, because there is most to see. */
export function shownModule({ run, choices }: Pick<PanelState, "run" | "choices">): ModuleInfo | null {
  const model = shownModel({ run, choices });
  if (!model) return null;
  return (
    model.modules.find((module) => module.path === choices.module) ??
    model.modules.find((module) => module.parameters.length > 0) ??
    model.modules[0] ??
    null
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
export function stepRange({ run, choices, zoom }: PanelState): readonly [number, number] {
  if (zoom) return zoom;
  let first = Infinity;
  let last = -Infinity;
  const include = (step: number) => {
    first = Math.min(first, step);
    last = Math.max(last, step);
  };
  for (const series of run?.curves.values() ?? []) {
    if (series.length > 0) include(series.steps[0]!);
    if (series.length > 0) include(series.steps[series.length - 1]!);
  }
  const samples = shownSamples({ run, choices });
  if (samples.length > 0) include(samples[0]!.step);
  if (samples.length > 0) include(samples[samples.length - 1]!.step);
  if (last < first) return [0, 1];
  const length = Math.max(1, last - first);
  if (run && isOver(run.state)) return [first, first + length];
  const stride = Math.max(1, 2 ** Math.floor(Math.log2(length / 32)));
  return [first, first + Math.ceil(length / stride) * stride];
}
