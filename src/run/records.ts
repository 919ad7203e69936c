/** How everything that is said of a run is written and read. */
import type {
  BufferInfo,
  Fix,
  MetricPoint,
  ModelClassInfo,
  ModelInfo,
  ModuleInfo,
  ParameterChange,
  ParameterCounts,
  ParameterInfo,
  Problem,
  Progress,
  RelatedPlace,
  RunEvent,
  RunMode,
  RunState,
  StepChanges,
  StepStatistics,
  TextEdit,
} from "../protocol/index.ts";
import { checked, type Codec, flag, list, nullable, number, oneOf, optional, record, text, variants, via, whole } from "./codec.ts";
import type { Curves } from "./curves.ts";
import type { EpochStart } from "./epochs.ts";
import { printed, printedEvent } from "./records/printed.ts";
import { intervention, optimizer } from "./records/interventions.ts";
import type { AllFollowed } from "./followed.ts";
import { followed, followedNews, storedFollowed } from "./records/sample.ts";
import { lines } from "./records/lines.ts";
import { position, sourceEnd } from "./records/position.ts";
import { place, watchSettings } from "./records/steering.ts";
import { trace } from "./records/trace.ts";
import { packedSample, storedSample } from "./records/statistics.ts";
import { pass, passCount, seenPass } from "./records/graph.ts";
import type { MeasuredSteps } from "./samples.ts";
import { byModel } from "./records/byModel.ts";
import { onnxFile } from "./records/onnx.ts";
import { seenValues } from "./records/values.ts";
import { takenWeights } from "./records/weights.ts";
import { work, works } from "./records/work.ts";
import { Series } from "./series.ts";
import type { Note, RunSnapshot } from "./snapshot.ts";

export const runMode = oneOf<RunMode>("train", "inspect");
export const runState = oneOf<RunState>("starting", "running", "paused", "stopping", "finished", "stopped", "failed", "interrupted");

const counts = record<ParameterCounts>({ total: whole, trainable: whole, frozen: whole });
const shape = list(whole);

const parameter = record<ParameterInfo>({ name: text, shape, dtype: text, count: whole, trainable: flag, sharedWith: optional(text) });
const buffer = record<BufferInfo>({ name: text, shape, dtype: text, count: whole, persistent: flag });

const module = record<ModuleInfo>({
  id: whole,
  parent: nullable(whole),
  name: text,
  path: text,
  type: text,
  extra: text,
  parameters: list(parameter),
  buffers: list(buffer),
  counts,
  training: flag,
  inputShapes: optional(list(shape)),
  dropout: optional(number),
  outputShapes: optional(list(shape)),
  constructedAt: optional(position),
  calledAt: optional(position),
  declaredAt: optional(position),
});

/** A tree: the root first, each other module behind its parent, each at the place that its number says. */
function isTree(modules: readonly ModuleInfo[]): boolean {
  return modules.length > 0 && modules.every(({ id, parent }, i) => id === i && (i === 0 ? parent === null : parent !== null && parent < i));
}

const model = record<ModelInfo>({
  id: whole,
  name: text,
  isVariable: flag,
  modules: checked(list(module), "not a tree of modules", isTree),
});
export const models = list(model);

const modelClass = record<ModelClassInfo>({
  name: text,
  declaredAt: position,
  status: variants<ModelClassInfo["status"], "kind">("kind", {
    built: record({ counts, instances: whole }),
    tried: record({ counts }),
    needsArguments: record({ parameters: list(text) }),
    failed: record({ message: text }),
  }),
});
export const classes = list(modelClass);

const changes = record<StepChanges>({
  model: whole,
  step: number,
  parameters: list(record<ParameterChange>({ module: whole, name: text, change: number })),
});

interface Columns {
  readonly name: string;
  readonly steps: readonly number[];
  readonly epochs: readonly number[];
  readonly values: readonly number[];
}

const columns = checked(
  record<Columns>({ name: text, steps: list(number), epochs: list(number), values: list(number) }),
  "a curve whose columns are not of one length",
  ({ steps, epochs, values }) => steps.length === epochs.length && steps.length === values.length,
);

export const curves = via<Curves, readonly Columns[]>(
  list(columns),
  (byName) => [...byName].map(([name, { steps, epochs, values }]) => ({ name, steps: [...steps], epochs: [...epochs], values: [...values] })),
  (all) => new Map(all.map(({ name, steps, epochs, values }) => [name, Series.of(steps.map((step, i) => ({ step, epoch: epochs[i]!, value: values[i]! })))])),
);

const point = record<MetricPoint>({ name: text, step: number, epoch: number, value: number });

const progress = record<Progress>({
  epoch: number,
  epochs: optional(number),
  step: number,
  batch: optional(number),
  batches: optional(number),
  loss: optional(number),
  lossStep: optional(number),
  stepsPerSecond: number,
  samplesPerSecond: optional(number),
  remainingSeconds: optional(number),
  elapsed: number,
  watchShare: optional(number),
});

const relatedPlace = record<RelatedPlace>({ message: text, position, end: optional(sourceEnd) });
const fix = record<Fix>({ title: text, edits: list(record<TextEdit>({ position, end: sourceEnd, text })) });

const problem = record<Problem>({
  severity: oneOf("error", "warning", "information"),
  message: text,
  code: text,
  position: optional(position),
  end: optional(sourceEnd),
  related: optional(list(relatedPlace)),
  fixes: optional(list(fix)),
  stack: optional(list(record<NonNullable<Problem["stack"]>[number]>({ function: text, position }))),
  module: optional(text),
  step: optional(number),
});

const epochStart = record<EpochStart>({ step: number, epoch: number });

const note = record<Note>({ name: text, step: number, text });

export const problems = list(problem);

const eventWith = (sample: Codec<StepStatistics>): Codec<RunEvent> =>
  variants<RunEvent, "type">("type", {
    state: record({ state: runState, at: number, exitCode: optional(number) }),
    models: record({ models }),
    classes: record({ classes }),
    metrics: record({ points: list(point) }),
    renamed: record({ from: text, to: text }),
    printed: printedEvent,
    note,
    progress: record({ progress }),
    lines: record({ lines }),
    statistics: record({ statistics: sample }),
    pass: record({ pass }),
    passCounts: record({ counts: list(passCount) }),
    work: record({ work }),
    trace: record({ trace }),
    followed: record({ news: followedNews }),
    changes: record({ changes }),
    problem: record({ problem }),
    files: record({ files: list(text) }),
    optimizers: record({ optimizers: list(optimizer) }),
    intervention: record({ intervention }),
    refused: record({ message: text }),
    weights: record({ weights: takenWeights }),
    captured: record({ file: text, failure: optional(text), step: optional(whole) }),
    onnx: record({ onnx: onnxFile }),
    watch: record({ watch: watchSettings }),
    place: record({ place }),
    debugger: record({ stands: flag }),
    values: record({ values: seenValues }),
  });

/** As it goes to the page. */
export const runEvent = eventWith(packedSample);
/** The same as plain JSON: for what is kept. */
export const storedEvent = eventWith(storedSample);

export const keptProgress = progress;

const measuredSteps = via<MeasuredSteps, readonly { readonly model: number; readonly steps: number }[]>(
  list(record({ model: whole, steps: whole })),
  (counts) => [...counts].map(([model, steps]) => ({ model, steps })),
  (all) => new Map(all.map(({ model, steps }) => [model, steps])),
);

const snapshotWith = (sample: Codec<StepStatistics>, ownFollowed: Codec<AllFollowed>): Codec<RunSnapshot> =>
  record<RunSnapshot>({
    runId: text,
    file: text,
    mode: runMode,
    state: runState,
    startedAt: number,
    endedAt: optional(number),
    onlyWatched: optional(oneOf<true>(true)),
    edited: optional(flag),
    models,
    curves,
    epochs: list(epochStart),
    progress: optional(progress),
    lines: optional(lines),
    samples: byModel(sample),
    measuredSteps: optional(measuredSteps),
    passes: list(seenPass),
    followed: ownFollowed,
    works,
    trace: optional(trace),
    problems,
    notes: list(note),
    printed,
    optimizers: list(optimizer),
    interventions: list(intervention),
    weights: optional(takenWeights),
    refusal: optional(text),
    watch: optional(watchSettings),
    place: optional(place),
    inDebugger: optional(flag),
    values: optional(seenValues),
  });

/** As it goes to the page. */
export const runSnapshot = snapshotWith(packedSample, followed);
/** The same as plain JSON: for what is kept. */
export const storedSnapshot = snapshotWith(storedSample, storedFollowed);
