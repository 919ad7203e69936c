/** A module tree as plain data. */
import type { AnyModule, Module } from "../../engine/nn/module.ts";
import type { Parameter } from "../../engine/nn/parameter.ts";
import type { BufferInfo, ModelInfo, ModuleInfo, ParameterCounts, ParameterInfo, SourcePosition } from "../../protocol/index.ts";
import { dropoutKnob } from "./knobs.ts";

/** What the module itself can't tell. */
export interface ModuleFacts {
  inputShapes(module: AnyModule): readonly (readonly number[])[] | undefined;
  outputShapes(module: AnyModule): readonly (readonly number[])[] | undefined;
  constructedAt(module: AnyModule): SourcePosition | undefined;
  calledAt(module: AnyModule): SourcePosition | undefined;
  declaredAt(constructor: Function): SourcePosition | undefined;
}

export interface DescribedModel {
  readonly info: ModelInfo;
  /** In the order of `info.modules`. */
  readonly modules: readonly Module[];
}

export function describeModel(root: Module, id: number, name: string, isVariable: boolean, facts: ModuleFacts): DescribedModel {
  const modules: Module[] = [];
  const infos: ModuleInfo[] = [];
  const seen = new Set<Module>();
  /** Where each parameter was met first. */
  const places = new Map<Parameter, string>();

  function visit(module: Module, parent: number | null, ownName: string, path: string): Set<Parameter> {
    const index = modules.length;
    seen.add(module);
    modules.push(module);
    infos.push(undefined as never);
    const parameters: ParameterInfo[] = [];
    const all = new Set<Parameter>();
    for (const [key, parameter] of module.namedParameters("", false)) {
      const sharedWith = places.get(parameter);
      const place = path === "" ? key : `${path}.${key}`;
      if (sharedWith === undefined) places.set(parameter, place);
      all.add(parameter);
      parameters.push({ ...describeTensor(key, parameter), trainable: parameter.requiresGrad, ...(sharedWith === undefined ? {} : { sharedWith }) });
    }
    const buffers = describeBuffers(module);
    for (const [key, child] of module.namedChildren()) {
      if (seen.has(child)) {
        for (const parameter of child.parameters()) all.add(parameter);
        continue;
      }
      for (const parameter of visit(child, index, key, path === "" ? key : `${path}.${key}`)) all.add(parameter);
    }
    const inputShapes = facts.inputShapes(module);
    const dropout = dropoutKnob(module)?.read() as number | undefined;
    const outputShapes = facts.outputShapes(module);
    const constructedAt = facts.constructedAt(module);
    const calledAt = facts.calledAt(module);
    const declaredAt = facts.declaredAt(module.constructor);
    infos[index] = {
      id: index,
      parent,
      name: ownName,
      path,
      type: module.constructor.name,
      extra: extraOf(module),
      parameters,
      buffers,
      counts: count(all),
      training: module.training,
      ...(inputShapes ? { inputShapes } : {}),
      ...(dropout === undefined ? {} : { dropout }),
      ...(outputShapes ? { outputShapes } : {}),
      ...(constructedAt ? { constructedAt } : {}),
      ...(calledAt ? { calledAt } : {}),
      ...(declaredAt ? { declaredAt } : {}),
    };
    return all;
  }

  visit(root, null, name, "");
  return { info: { id, name, isVariable, modules: infos }, modules };
}

/** Whether the modules have the parameters that they were described with, frozen or not as they were then. */
export function isUpToDate({ info, modules }: DescribedModel): boolean {
  return modules.every((module, id) => {
    const known = info.modules[id]!.parameters;
    const parameters = module.namedParameters("", false);
    return (
      parameters.length === known.length &&
      parameters.every(([name, parameter], i) => known[i]!.name === name && known[i]!.trainable === parameter.requiresGrad)
    );
  });
}

/** Counts of a module with all that is below it. */
export function countParameters(module: Module): ParameterCounts {
  return count(module.parameters());
}

function count(parameters: Iterable<Parameter>): ParameterCounts {
  let total = 0;
  let trainable = 0;
  for (const parameter of parameters) {
    total += parameter.numel();
    if (parameter.requiresGrad) trainable += parameter.numel();
  }
  return { total, trainable, frozen: total - trainable };
}

function describeTensor(name: string, tensor: Pick<Parameter, "shape" | "dtype" | "numel">): Omit<BufferInfo, "persistent"> {
  return { name, shape: [...tensor.shape], dtype: tensor.dtype, count: tensor.numel() };
}

function describeBuffers(module: Module): BufferInfo[] {
  const buffers = module.namedBuffers("", false);
  if (buffers.length === 0) return [];
  const state = module.stateDict();
  return buffers.map(([name, buffer]) => ({ ...describeTensor(name, buffer), persistent: state.has(name) }));
}

/** `extraRepr` may be the user's own code. */
function extraOf(module: Module): string {
  try {
    return module.extraRepr();
  } catch {
    return "";
  }
}
