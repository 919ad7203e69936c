/** What the page remembers over being hidden and over a reload, bounded so that saving it stays cheap. */
import type { ModelInfo, StepStatistics } from "../src/protocol/index.ts";
import { dictionary, flag, Malformed, nullable, number, oneOf, record, text, whole } from "../src/run/codec.ts";
import { boundPrinted } from "../src/run/printed.ts";
import { storedSnapshot } from "../src/run/records.ts";
import { boundPasses } from "../src/run/passes.ts";
import type { RunSnapshot } from "../src/run/snapshot.ts";
import { thinEpochs } from "../src/run/epochs.ts";
import { thinEvenly } from "../src/run/thinning.ts";
import { moduleStatistics } from "./shownSample.ts";
import { tabIds, type ChosenTabs } from "./frame/arrangement.ts";
import { tableChoices } from "./table/choices.ts";
import { historyViews, shownModel, shownModule, type Action, type Choices, type PanelState } from "./state.ts";

interface Memory {
  /** The extension reads it too, when it gets a panel back. */
  readonly file: string | null;
  readonly choices: Choices;
  readonly run: RunSnapshot | null;
}

/** Of the form of what is remembered; what has another is forgotten. */
const version = 5;

const memory = record<Memory & { readonly version: number }>({
  version: whole,
  file: nullable(text),
  choices: record<Choices>({
    model: nullable(record({ name: text, id: whole })),
    module: nullable(text),
    step: nullable(number),
    expanded: dictionary(flag),
    smoothing: number,
    logarithmic: dictionary(flag),
    history: oneOf(...historyViews),
    fullRange: flag,
    logCounts: flag,
    curveTables: flag,
    histogramTables: flag,
    tabs: record<ChosenTabs>({ main: nullable(oneOf(...tabIds)), side: nullable(oneOf(...tabIds)) }),
    table: tableChoices,
    tableWidth: nullable(number),
    tableHeight: nullable(number),
    mainShare: nullable(number),
    problemsOpen: flag,
    branchesOpen: flag,
  }),
  run: nullable(storedSnapshot),
});

const maximumPoints = 400;
const maximumSeries = 24;
const maximumSamples = 40;
/** Enough for the medians of the newest times. */
const maximumWorks = 9;
const maximumModules = 1_500;
/** Modules whose statistics are kept for the newest step; for all other steps only the shown module's are. */
const maximumMeasuredModules = 100;
const maximumEpochs = 200;
const maximumNotes = 50;
const maximumPassNodes = 1_500;

/** What to give to `setState`. */
export function remember(state: PanelState): unknown {
  return memory.encode({ version, file: state.file, choices: state.choices, run: state.run && abridged(state, state.run) });
}

function abridged(state: PanelState, whole: RunSnapshot): RunSnapshot {
  // The extension has what wrote the tensors of a step, too, and it is large.
  const { trace: _, ...run } = whole;
  const model = shownModel(state);
  const isSmall = run.models.reduce((sum, { modules }) => sum + modules.length, 0) <= maximumModules;
  return {
    ...run,
    models: isSmall ? run.models : [],
    curves: new Map([...run.curves].slice(0, maximumSeries).map(([name, series]) => [name, series.thinned(maximumPoints)])),
    works: new Map(model && isSmall ? [[model.id, thinEvenly(run.works.get(model.id) ?? [], maximumWorks)]] : []),
    samples: new Map(model ? [[model.id, abridgedSamples(state, model, run)]] : []),
    epochs: thinEpochs(run.epochs, maximumEpochs),
    // The extension has it, too, and it would be the largest part.
    followed: new Map(),
    passes: boundPasses(run.passes, { passNodes: maximumPassNodes }),
    notes: run.notes.slice(-maximumNotes),
    printed: boundPrinted(run.printed, { lines: 100, characters: 10_000 }),
  };
}

function abridgedSamples(state: PanelState, model: ModelInfo, run: Pick<RunSnapshot, "samples">): readonly StepStatistics[] {
  const module = shownModule(state)?.id;
  const samples = thinEvenly(run.samples.get(model.id) ?? [], maximumSamples);
  return samples.map((sample, i) => {
    const entry = module === undefined ? undefined : moduleStatistics(sample, module);
    const others = i === samples.length - 1 ? sample.modules.slice(0, maximumMeasuredModules) : [];
    return { ...sample, modules: entry ? [entry, ...others.filter((other) => other.module !== module)] : others };
  });
}

/** The action that brings back what was remembered; `null` if there is nothing, or nothing that can be read. */
export function recall(remembered: unknown): Action | null {
  try {
    const { version: written, ...kept } = memory.decode(remembered);
    return written === version ? { type: "remembered", ...kept } : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
