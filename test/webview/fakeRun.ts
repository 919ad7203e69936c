/**
 * Runs as a real training would tell them, made up from a seed: a small CNN on digits whose loss falls with noise, whose
 * activations sparsify and whose gradients fade. Every histogram is counted from actual numbers.
 */
import type {
  MetricPoint,
  ModelInfo,
  ModuleInfo,
  ModuleStatistics,
  ParameterInfo,
  RunEvent,
  StepStatistics,
  StepWork,
  TensorStatistics,
} from "../../src/protocol/index.ts";
import type { Family, FamilyRun, Trunk } from "../../src/run/family.ts";
import { toPanel, type ToPanel } from "../../src/run/panelMessages.ts";
import type { Samples } from "../../src/run/samples.ts";
import { emptySnapshot as emptyRun, reduceSnapshot, type RunSnapshot } from "../../src/run/snapshot.ts";

export const file = "/home/ada/networks/digits.model.ts";

interface Layer {
  readonly name: string;
  readonly type: string;
  readonly extra?: string;
  readonly output?: readonly number[];
  readonly parameters?: Readonly<Record<string, readonly number[]>>;
  readonly buffers?: Readonly<Record<string, readonly number[]>>;
  readonly frozen?: boolean;
  readonly children?: readonly Layer[];
}

const convolution = (name: string, from: number, to: number, side: number): Layer => ({
  name,
  type: "Conv2d",
  extra: `${from}, ${to}, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1)`,
  output: [64, to, side, side],
  parameters: { weight: [to, from, 3, 3], bias: [to] },
});

const linear = (name: string, from: number, to: number, frozen = false): Layer => ({
  name,
  type: "Linear",
  extra: `in_features=${from}, out_features=${to}, bias=True`,
  output: [64, to],
  parameters: { weight: [to, from], bias: [to] },
  frozen,
});

const norm = (name: string, features: number): Layer => ({
  name,
  type: "BatchNorm1d",
  extra: `${features}, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True`,
  output: [64, features],
  parameters: { weight: [features], bias: [features] },
  buffers: { running_mean: [features], running_var: [features], num_batches_tracked: [] },
});

const digits: Layer = {
  name: "model",
  type: "DigitsNet",
  output: [64, 10],
  children: [
    {
      name: "features",
      type: "Sequential",
      output: [64, 16, 4, 4],
      children: [
        convolution("0", 1, 8, 8),
        { name: "1", type: "ReLU", output: [64, 8, 8, 8] },
        convolution("2", 8, 16, 8),
        { name: "3", type: "ReLU", output: [64, 16, 8, 8] },
        { name: "4", type: "MaxPool2d", extra: "kernel_size=2, stride=2, padding=0, dilation=1, ceil_mode=False", output: [64, 16, 4, 4] },
      ],
    },
    { name: "flatten", type: "Flatten", extra: "start_dim=1, end_dim=-1", output: [64, 256] },
    {
      name: "classifier",
      type: "Sequential",
      output: [64, 10],
      children: [
        linear("0", 256, 64, true),
        norm("1", 64),
        { name: "2", type: "ReLU", output: [64, 64] },
        { name: "3", type: "Dropout", extra: "p=0.3, inplace=False", output: [64, 64] },
        linear("4", 64, 10),
      ],
    },
  ],
};

const volume = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** The protocol's flat, depth-first form of a model. */
export function modelFrom(root: Layer, id = 0): ModelInfo {
  const modules: ModuleInfo[] = [];
  const add = (layer: Layer, parent: number | null, path: string): { total: number; frozen: number } => {
    const index = modules.length;
    const own: ParameterInfo[] = Object.entries(layer.parameters ?? {}).map(([name, shape]) => ({
      name,
      shape,
      dtype: "float32",
      count: volume(shape),
      trainable: !layer.frozen,
    }));
    modules.push(undefined as never);
    let total = own.reduce((sum, { count }) => sum + count, 0);
    let frozen = layer.frozen ? total : 0;
    for (const child of layer.children ?? []) {
      const below = add(child, index, path ? `${path}.${child.name}` : child.name);
      total += below.total;
      frozen += below.frozen;
    }
    modules[index] = {
      id: index,
      parent,
      name: layer.name,
      path,
      type: layer.type,
      extra: layer.extra ?? "",
      parameters: own,
      buffers: Object.entries(layer.buffers ?? {}).map(([name, shape]) => ({
        name,
        shape,
        dtype: name === "num_batches_tracked" ? "int32" : "float32",
        count: volume(shape),
        persistent: true,
      })),
      counts: { total, frozen, trainable: total - frozen },
      training: true,
      ...(layer.output && { outputShapes: [layer.output] }),
      constructedAt: { file, line: 10 + index, column: 21 },
      ...(parent === null && { declaredAt: { file, line: 6, column: 1 } }),
    };
    return { total, frozen };
  };
  add(root, null, "");
  return { id, name: root.name, isVariable: true, modules };
}

export const digitsModel = modelFrom(digits);

/** A stack of `count` modules in blocks of ten. */
export function largeModel(count: number): ModelInfo {
  const blocks = Math.floor((count - 1) / 10);
  return modelFrom({
    name: "tower",
    type: "Tower",
    output: [64, 32],
    children: Array.from({ length: blocks }, (_, block) => ({
      name: `block${block}`,
      type: "Sequential",
      output: [64, 32],
      children: Array.from({ length: 9 }, (_, i) => (i % 2 === 0 ? linear(String(i), 32, 32) : { name: String(i), type: "ReLU", output: [64, 32] })),
    })),
  });
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function generator(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Drawn once: a made-up run has millions of values. */
const normals = Float64Array.from({ length: 1 << 16 }, normalDraws(generator(1)));

function normalDraws(random: () => number): () => number {
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Mean, standard deviation, extremes and histogram of actual values, as the protocol defines them. */
export function measure(values: ArrayLike<number>, shape: readonly number[], bins = 40): TensorStatistics {
  let [n, sum, low, high, zeros] = [0, 0, Infinity, -Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    n++;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
    if (value === 0) zeros++;
  }
  const mean = sum / n;
  const infinite = n < values.length ? Array.from(values).filter((value) => Math.abs(value) === Infinity).length : 0;
  const counts = new Array<number>(bins).fill(0);
  let squares = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    if (value === 0) continue;
    const bin = high > low ? Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins)) : 0;
    counts[bin]!++;
  }
  return {
    shape,
    count: values.length,
    mean,
    std: Math.sqrt(squares / (n - 1)),
    min: low,
    max: high,
    zeroFraction: zeros / values.length,
    nonFinite: values.length - n,
    ...(infinite > 0 && { infinite }),
    percentiles: { values: [1, 5, 25, 50, 75, 95, 99].map((percent) => percentileOf(counts, zeros, low, high, percent)), exact: false },
    histogram: { low, high, counts, below: 0, above: 0 },
  };
}

/** Read off the bins: sorting all of a made-up run's values takes too long. */
function percentileOf(counts: readonly number[], zeros: number, low: number, high: number, percent: number): number {
  const edge = (bin: number) => low + (bin / counts.length) * (high - low);
  let left = (percent / 100) * counts.reduce((a, b) => a + b, zeros);
  for (const [bin, count] of counts.entries()) {
    if (edge(bin) <= 0 && edge(bin + 1) > 0 && (left -= zeros) <= 0) return 0;
    if (count > 0 && left <= count) return edge(bin + left / count);
    left -= count;
  }
  return high;
}

function tensor(random: () => number, shape: readonly number[], mean: number, std: number, rectified = false) {
  const values = new Float64Array(volume(shape));
  const from = Math.floor(random() * normals.length);
  for (let i = 0; i < values.length; i++) {
    const value = mean + std * normals[(from + i) % normals.length]!;
    values[i] = rectified ? Math.max(0, value) : value;
  }
  return measure(values, shape);
}

/** What one sampled step measured; `time` runs from 0 (untrained) to 1 (trained). */
export function sampleStep(model: ModelInfo, step: number, epoch: number, time: number, seed = 1): StepStatistics {
  const random = generator(seed * 7919 + step);
  const modules = model.modules.map((module): ModuleStatistics => {
    const depth = module.id / model.modules.length;
    const rectified = module.type === "ReLU" || module.type === "MaxPool2d" || module.type === "Dropout";
    const gradient = (0.02 * (1 - 0.85 * time) + 0.0005) * 10 ** (-2 * (1 - depth));
    const shape = module.outputShapes?.[0] ?? [];
    return {
      module: module.id,
      call: module.id,
      output: tensor(random, shape, rectified ? -0.6 * time : 0.2 * time, 0.6 + time * (1 + depth), rectified),
      outputGradient: tensor(random, shape, 0, gradient, false),
      parameters: module.parameters.map(({ name, shape: size, trainable }) => ({
        name,
        value: tensor(random, size, name === "bias" ? 0.05 * time : 0, 0.08 + 0.12 * time),
        ...(trainable && { gradient: tensor(random, size, 0, gradient * 0.6) }),
      })),
    };
  });
  return { model: model.id, step, epoch, modules };
}

export interface RunOptions {
  readonly model?: ModelInfo;
  readonly epochs?: number;
  readonly batches?: number;
  /** Steps from one sample to the next. */
  readonly sampleEvery?: number;
  /** Whether a step is sampled; in the place of `sampleEvery`. */
  readonly isSampled?: (step: number) => boolean;
  /** Steps at which the loss is NaN. */
  readonly broken?: readonly number[];
}

/** What modules did in that step: a tenth of a millisecond each, and twice that in gradients. */
export function stepWork(model: ModelInfo, step: number): StepWork {
  const { modules } = model;
  const isLeaf = modules.map(({ id }) => !modules.some(({ parent }) => parent === id));
  const leaves = (value: (module: ModuleInfo) => number): number[] => modules.map((module, i) => (isLeaf[i] ? value(module) : 0));
  return {
    model: model.id,
    step,
    training: modules.map(({ training: isTraining }) => isTraining),
    calls: modules.map(() => 1),
    forward: leaves(() => 0.1),
    backward: leaves(() => 0.2),
    multiplyAdds: leaves(({ parameters, outputShapes: [output = []] = [] }) => (parameters[0]?.count ?? 0) * (volume(output) / (output[1] ?? 1))),
    outputBytes: leaves(({ outputShapes: [output = []] = [] }) => 4 * volume(output)),
    total: { backward: 0.2 * isLeaf.filter(Boolean).length + 0.1, optimizer: 0.25, step: 5, samples: 64 },
  };
}

/** Everything that a run tells, one list of events for each step. */
export function* training(options: RunOptions = {}): Generator<RunEvent[]> {
  const { model = digitsModel, epochs = 20, batches = 45, sampleEvery = 15, broken = [] } = options;
  const isSampled = options.isSampled ?? ((step: number) => step % sampleEvery === 0);
  const random = generator(42);
  const steps = epochs * batches;
  yield [
    { type: "state", state: "running", at: 1_000 },
    { type: "models", models: [model] },
  ];
  for (let step = 0; step < steps; step++) {
    const epoch = Math.floor(step / batches);
    const time = step / steps;
    const loss = broken.includes(step) ? NaN : 2.3 * Math.exp(-6 * time) + 0.05 + 0.25 * random() * Math.exp(-3 * time);
    const lr = 0.5e-3 * (1 + Math.cos(Math.PI * time));
    const point = (name: string, value: number): MetricPoint => ({ name, step, epoch, value });
    const events: RunEvent[] = [{ type: "metrics", points: [point("loss", loss), point("lr", lr)] }];
    if (step % batches === batches - 1) {
      const accuracy = 0.98 - 0.6 * Math.exp(-7 * time) + 0.01 * random();
      events.push({ type: "metrics", points: [point("valAccuracy", accuracy), point("valLoss", loss * 1.2 + 0.03)] });
    }
    if (isSampled(step)) {
      events.push({ type: "statistics", statistics: sampleStep(model, step, epoch, time) });
      events.push({ type: "work", work: stepWork(model, step) });
    }
    events.push({
      type: "progress",
      progress: {
        epoch,
        epochs,
        step: step + 1,
        batch: step % batches,
        batches,
        loss,
        stepsPerSecond: 118 + 6 * random(),
        remainingSeconds: (steps - step) / 120,
        elapsed: step * 8.4,
      },
    });
    yield events;
  }
  yield [{ type: "state", state: "finished", at: 1_000 + steps * 8.4 }];
}

/** The snapshot that the extension keeps after these events. */
export function snapshotAfter(events: Iterable<readonly RunEvent[]>, overrides: Partial<RunSnapshot> = {}): RunSnapshot {
  return { ...[...events].flat().reduce((run, event) => reduceSnapshot(run, event), emptySnapshot()), ...overrides };
}

export function emptySnapshot(): RunSnapshot {
  return emptyRun({ runId: "run-1", file, mode: "train", startedAt: 1_000 });
}

export function samplesOf(...samples: readonly StepStatistics[]): Samples {
  return new Map([...new Set(samples.map(({ model }) => model))].map((id) => [id, samples.filter(({ model }) => model === id)]));
}

/** A message as the page gets it. */
export function overTheWire(message: ToPanel): ToPanel {
  return toPanel.decode(structuredClone(toPanel.encode(message)));
}

/** Three runs of one trunk, and one of other code that goes on from a branch; the one with that id is shown. */
export function familyAround(shown: string, trunk?: Trunk): Family {
  const run = (id: string, title: string, from: number, to: number, more: Partial<FamilyRun> = {}): FamilyRun => ({
    id,
    title,
    from,
    to,
    difference: "",
    state: "finished",
    last: { name: "loss", value: 0.2314 },
    ...more,
  });
  const runs = [
    run("trunk", "09:41:07", 0, 900),
    run("late", "slower at the end", 600, 900, { parent: "trunk", difference: "lr 0.1 → 0.01", last: { name: "loss", value: 0.1207 } }),
    run("early", "09:52:40", 300, 720, { parent: "trunk", difference: "Froze features.0, lr 0.1 → 0.05", state: "stopped" }),
    run("code", "10:03:12", 500, 1100, { parent: "early", difference: "other code", state: "running", last: { name: "loss", value: 0.0952 } }),
  ];
  return { shown, runs, ...(trunk && { trunk }) };
}
