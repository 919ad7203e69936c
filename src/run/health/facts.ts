/** What is known of one model's training when its health is judged. */
import type { ModelInfo, ModuleInfo, ModuleStatistics, OptimizerInfo, ParameterInfo, ParameterStatistics, StepStatistics } from "../../protocol/index.ts";
import { rootMeanSquare } from "../rootMeanSquare.ts";
import type { Series } from "../series.ts";
import type { RunSnapshot } from "../snapshot.ts";
import { lossTrend, type LossTrend } from "./lossTrend.ts";

/** Samples that are looked at where something has to last. */
const recentSamples = 8;

/** A module that was called in the newest samples. */
export interface Layer {
  readonly module: ModuleInfo;
  /** In the recent samples, oldest first; those in which it was called. */
  readonly recent: readonly ModuleStatistics[];
}

export interface ModelFacts {
  readonly model: ModelInfo;
  /** Steps that were chosen to be measured, oldest first. */
  readonly samples: readonly StepStatistics[];
  /** The newest of them. */
  readonly recent: readonly StepStatistics[];
  /** In the order of their calls. */
  readonly layers: readonly Layer[];
  /** Of the loss, in the model's own steps; `undefined` where other models were trained between them, too. */
  readonly trend: LossTrend | undefined;
  /** The first step of those at the end whose loss is no number, where there are any. */
  readonly brokenSince: number | undefined;
  /** Those that hold its parameters, as far as can be told. */
  readonly optimizers: readonly OptimizerInfo[];
}

export function modelFacts(run: RunSnapshot, model: ModelInfo): ModelFacts {
  const all = run.samples.get(model.id) ?? [];
  const samples = all.filter(({ afterwards }) => !afterwards);
  const recent = samples.slice(-recentSamples);
  const loss = lossOf(run, model);
  const isAlone = all.length > 0 && !isInterleaved(run, all);
  const end = isLatest(run, all) ? Infinity : (all.at(-1)?.step ?? Infinity);
  return {
    model,
    samples,
    recent,
    layers: layersOf(model, recent),
    brokenSince: loss && isAlone ? brokenSince(loss) : undefined,
    optimizers: optimizersOf(run, model),
    trend: loss && isAlone ? lossTrend(loss, all[0]!.step, end) : undefined,
  };
}

function optimizersOf({ optimizers, models }: RunSnapshot, model: ModelInfo): readonly OptimizerInfo[] {
  if (optimizers.length < 2) return optimizers;
  const prefix = models.length > 1 ? `${model.name}.` : "";
  const paths = new Set(model.modules.flatMap((module) => module.parameters.map((parameter) => prefix + pathOf(module, parameter))));
  return optimizers.filter(({ groups }) => groups.some(({ parameters }) => parameters.some((path) => paths.has(path))));
}

/** Where several models were trained, each has a curve of its own. */
function lossOf({ curves }: RunSnapshot, { name }: ModelInfo): Series | undefined {
  return curves.get("loss") ?? curves.get(`loss/${name}`);
}

function brokenSince({ steps, values }: Series): number | undefined {
  return steps[values.findLastIndex((value) => Number.isFinite(value)) + 1];
}

/** Whether another model was measured between the first and the last of these. */
function isInterleaved(run: RunSnapshot, own: readonly StepStatistics[]): boolean {
  const [first, last] = [own[0]!.step, own.at(-1)!.step];
  return [...run.samples.values()].some((other) => other !== own && other.some(({ step, afterwards }) => !afterwards && step > first && step < last));
}

function isLatest(run: RunSnapshot, own: readonly StepStatistics[]): boolean {
  const last = own.at(-1)?.step ?? -1;
  return [...run.samples.values()].every((other) => (other.at(-1)?.step ?? -1) <= last);
}

function layersOf(model: ModelInfo, recent: readonly StepStatistics[]): Layer[] {
  const called = new Map<number, ModuleStatistics[]>();
  for (const { modules } of recent) {
    for (const statistics of modules) {
      if (statistics.output === undefined && statistics.rectified === undefined) continue;
      const own = called.get(statistics.module);
      if (own) own.push(statistics);
      else called.set(statistics.module, [statistics]);
    }
  }
  return [...called].flatMap(([id, own]) => (model.modules[id] ? [{ module: model.modules[id], recent: own }] : [])).sort((a, b) => callOf(a) - callOf(b));
}

const callOf = ({ recent }: Layer): number => recent.at(-1)?.call ?? Infinity;

/** The L2 norm of ∂loss/∂output: how much gradient arrives, whether it is spread over few values or over many. */
export function gradientNorm({ outputGradient }: ModuleStatistics): number | undefined {
  if (!outputGradient) return undefined;
  return rootMeanSquare(outputGradient) * Math.sqrt(outputGradient.count - outputGradient.nonFinite);
}

/** A parameter through the samples in which it was measured. */
export interface ParameterHistory {
  readonly module: ModuleInfo;
  readonly parameter: ParameterInfo;
  readonly history: readonly { readonly step: number; readonly measured: ParameterStatistics }[];
}

/** Those that can be trained. */
export function trainableParameters({ model }: ModelFacts, samples: readonly StepStatistics[]): ParameterHistory[] {
  const histories = new Map<string, { step: number; measured: ParameterStatistics }[]>();
  for (const { step, modules } of samples) {
    for (const { module, parameters } of modules) {
      for (const measured of parameters) {
        const key = `${module}.${measured.name}`;
        const own = histories.get(key);
        if (own) own.push({ step, measured });
        else histories.set(key, [{ step, measured }]);
      }
    }
  }
  return model.modules.flatMap((module) =>
    module.parameters
      .filter(({ trainable }) => trainable)
      .map((parameter) => ({ module, parameter, history: histories.get(`${module.id}.${parameter.name}`) ?? [] })),
  );
}

/** By how much of its size a step moved a parameter; `undefined` where that isn't known, or it was zero. */
export function relativeChange({ change, value }: ParameterStatistics): number | undefined {
  const size = rootMeanSquare(value);
  return change === undefined || !(size > 0) ? undefined : change / size;
}

/** `layer1.weight` */
export function pathOf(module: ModuleInfo, parameter: ParameterInfo): string {
  return module.path === "" ? parameter.name : `${module.path}.${parameter.name}`;
}
