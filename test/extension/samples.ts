/** Small pieces of what a run tells, for the tests of what the extension makes of it. */
import type { FileRuns, Structure } from "../../src/extension/runs/fileRuns.ts";
import type { ModelClassInfo, ModelInfo, ModuleInfo, ModuleStatistics, ParameterCounts, StepStatistics, TensorStatistics } from "../../src/protocol/index.ts";

export const file = "/models/net.model.ts";

export function counts(trainable: number, frozen = 0): ParameterCounts {
  return { total: trainable + frozen, trainable, frozen };
}

export function module(id: number, parent: number | null, name: string, more: Partial<ModuleInfo> = {}): ModuleInfo {
  return {
    id,
    parent,
    name,
    path: parent === null ? "" : name,
    type: "Linear",
    extra: "",
    parameters: [],
    buffers: [],
    counts: counts(0),
    training: true,
    ...more,
  };
}

export function model(name: string, modules: readonly ModuleInfo[], more: Partial<ModelInfo> = {}): ModelInfo {
  return { id: 0, name, isVariable: true, modules, ...more };
}

export function built(name: string, line: number, trainable: number): ModelClassInfo {
  const status = { kind: "built", counts: counts(trainable), instances: 1 } as const;
  return { name, declaredAt: { file, line, column: 1 }, status };
}

export function fileRuns(structure: Partial<Structure>, more: Partial<FileRuns> = {}): FileRuns {
  return { file, problems: [], structure: { models: [], classes: [], files: [file], at: 1, ...structure }, ...more };
}

const tensor: TensorStatistics = {
  shape: [2],
  count: 2,
  mean: 0,
  std: 1,
  min: -1,
  max: 1,
  zeroFraction: 0,
  nonFinite: 0,
  percentiles: { values: [-1, -1, -1, 0, 1, 1, 1], exact: true },
  histogram: { low: -1, high: 1, counts: [1, 1], below: 0, above: 0 },
};

/** One sampled step in which `tensors` tensors were measured. */
export function sample(step: number, tensors = 1, model = 0): StepStatistics {
  const modules = Array.from({ length: tensors }, (_, id): ModuleStatistics => ({ module: id, output: tensor, parameters: [] }));
  return { model, step, epoch: 0, modules };
}
