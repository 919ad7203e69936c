/** What the page remembers over being hidden and over a reload, bounded so that saving it stays cheap. */
import type { ModelInfo, RunSnapshot, StepStatistics } from "../src/protocol/index.ts";
import { decimate } from "./charts/decimate.ts";
import { addSample, moduleStatistics } from "./samples.ts";
import { toPoints } from "./series.ts";
import { defaultChoices, shownModel, shownModule, type Action, type Choices, type PanelState, type RunView } from "./state.ts";

/** Kept by `setState`. `file` lets the extension restore the panel for the right file. */
export interface Memory {
  readonly version: 1;
  readonly file: string | null;
  readonly choices: Choices;
  readonly run: RunSnapshot | null;
}

const maximumPoints = 400;
const maximumSeries = 24;
const maximumSamples = 40;
const maximumModules = 1_500;
/** Modules whose statistics are kept for the newest step; for all other steps only the shown module's are. */
const maximumMeasuredModules = 100;
const maximumNotes = 50;

export function remember(state: PanelState): Memory {
  return {
    version: 1,
    file: state.run?.file ?? null,
    choices: state.choices,
    run: state.run && abridged(state, state.run),
  };
}

function abridged(state: PanelState, run: RunView): RunSnapshot {
  const model = shownModel(state);
  const moduleTotal = run.models.reduce((sum, { modules }) => sum + modules.length, 0);
  return {
    runId: run.runId,
    file: run.file,
    mode: run.mode,
    state: run.state,
    startedAt: run.startedAt,
    ...(run.endedAt !== null && { endedAt: run.endedAt }),
    ...(run.edited && { edited: true }),
    models: moduleTotal <= maximumModules ? run.models : [],
    metrics: [...run.curves].slice(0, maximumSeries).flatMap(([name, series]) => {
      return toPoints(name, series, decimate(series.values, 0, series.length, maximumPoints));
    }),
    ...(run.progress && { progress: run.progress }),
    statistics: model ? abridgedSamples(state, model, run) : [],
    problems: run.problems,
    notes: run.notes.slice(-maximumNotes),
  };
}

function abridgedSamples(state: PanelState, model: ModelInfo, run: RunView): readonly StepStatistics[] {
  const module = shownModule(state)?.id;
  const samples = run.samples.get(model.id) ?? [];
  let kept: readonly StepStatistics[] = [];
  samples.forEach((sample, i) => {
    const entry = module === undefined ? undefined : moduleStatistics(sample, module);
    const others = i === samples.length - 1 ? sample.modules.slice(0, maximumMeasuredModules) : [];
    const modules = entry ? [entry, ...others.filter((other) => other.module !== module)] : others;
    kept = addSample(kept, { ...sample, modules }, maximumSamples);
  });
  return kept;
}

/** The action that brings back what was remembered; `null` if there is nothing, or it is of another version. */
export function recall(memory: unknown): Action | null {
  if (typeof memory !== "object" || memory === null || (memory as Partial<Memory>).version !== 1) return null;
  const { choices, run } = memory as Memory;
  return { type: "remembered", run, choices: { ...defaultChoices, ...choices } };
}
