/** Takes a checkpoint. It changes nothing of the program's. */
import { writeSafetensors } from "../../engine/io/safetensors.ts";
import type { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { Generator } from "../../engine/random/index.ts";
import { Tensor } from "../../engine/tensor.ts";
import type { Checkpoint } from "./checkpoint.ts";
import type { Holdings, Stream } from "./holdings.ts";
import type { LoaderPosition } from "./loaderPositions.ts";
import { packed } from "./values.ts";

/** What a checkpoint says beside its tensors. */
export interface Contents {
  readonly step: number;
  readonly isEnd: boolean;
  /** Whether a loop that trained was over with this step, so that its models are not likely to change any more. Older checkpoints don't have it. */
  readonly isLoopEnd?: boolean;
  /** Whether gradients are in it, because the next step may go on from them. */
  readonly keepsGradients: boolean;
  readonly models: readonly ModelContents[];
  /** Paths of tensors that are no model's, but some optimizer's; and those whose gradients are in the file. */
  readonly loose: readonly string[];
  readonly looseGradients: readonly string[];
  readonly optimizers: readonly OptimizerContents[];
  readonly schedulers: readonly { readonly type: string; readonly state: unknown }[];
  readonly loaders: readonly LoaderPosition[];
  readonly streams: readonly unknown[];
}

export interface OptimizerContents {
  readonly type: string;
  readonly groups: unknown;
  /** Of what it trains, by its number through all groups: the name in the file. Older checkpoints don't have it. */
  readonly parameters?: readonly string[];
  /** What it remembers, by the parameter's number. */
  readonly states: readonly (readonly [number, unknown])[];
}

export interface ModelContents {
  readonly name: string;
  readonly type: string;
  /** Paths of parameters and buffers that are another's under a second name: the second, and the first. */
  readonly tied: readonly (readonly [string, string])[];
  /** Names of what the model's `stateDict()` has, in its order. */
  readonly state: readonly string[];
  /** Paths within the model of modules in `eval()`. */
  readonly evaluating: readonly string[];
  /** Names of parameters that want no gradient, and of those whose gradients are in the file. */
  readonly frozen: readonly string[];
  readonly gradients: readonly string[];
}

/** The text of a file's metadata that holds `Contents`, as JSON. */
export const contentsKey = "kindling";

export interface CaptureOptions {
  /** Whether the next step may go on from the gradients that there are. */
  readonly keepsGradients: boolean;
  /** See `Checkpoint`. */
  readonly isEnd: boolean;
  /** See `Contents`. */
  readonly isLoopEnd: boolean;
}

/**
 * @param step that the run has taken
 */
export function capture(holdings: Holdings, step: number, { keepsGradients, isEnd, isLoopEnd }: CaptureOptions): Checkpoint {
  const tensors = new Map<string, Tensor>();
  const put = (name: string, tensor: Tensor): void => void tensors.set(name, tensor);
  const found = [...holdings.models];
  const tied = found.map(([name, model]) => putModel(name, model, tensors));
  const loose = [...holdings.loose];
  for (const [name, tensor] of loose) put(name, tensor);
  const names = new Map([...tensors].map(([name, tensor]) => [tensor, name]));
  const modelBytes = [...tensors.values()].reduce((sum, tensor) => sum + tensor.nbytes, 0);
  const models = found.map(([name, model], i) => describeModel(name, model, tied[i]!, keepsGradients ? put : undefined));
  const looseGradients = keepsGradients ? putGradients(loose, put) : [];
  const optimizers = holdings.optimizers.map((optimizer, i) => packOptimizer(optimizer, `optimizer.${i}`, names, put));
  const schedulers = holdings.schedulers.map((scheduler) => ({
    type: scheduler.constructor.name,
    state: packed(scheduler.stateDict(), "", () => {}),
  }));
  const loaders = holdings.loaders.all;
  const streams = holdings.streams.map((stream) => packed(stateOf(stream), "", () => {}));
  const contents: Contents = {
    step,
    isEnd,
    isLoopEnd,
    keepsGradients,
    models,
    loose: loose.map(([name]) => name),
    looseGradients,
    optimizers,
    schedulers,
    loaders,
    streams,
  };
  const file = writeSafetensors(tensors, "checkpoint", { format: "pt", step: String(step), [contentsKey]: JSON.stringify(contents) });
  const start = file.length - [...tensors.values()].reduce((sum, tensor) => sum + tensor.nbytes, 0);
  return { step, isEnd, file, models: { start, end: start + modelBytes } };
}

function stateOf(stream: Stream): unknown {
  return stream instanceof Generator ? stream.getState() : [...stream.getState()];
}

/** Bytes of what the run goes on from, about. */
export function sizeOf({ models, loose, optimizers }: Holdings): number {
  const tensors = [...[...models.values()].flatMap((model) => [...model.parameters(), ...model.buffers()]), ...loose.values()];
  const states = optimizers.flatMap(({ state }) => [...state.values()].flatMap((own) => Object.values(own)));
  return [...tensors, ...states].reduce<number>((sum, value) => sum + (value instanceof Tensor ? value.nbytes : 0), 0);
}

/** @returns the names of those that are in the file already */
function putModel(name: string, model: Module, tensors: Map<string, Tensor>): readonly (readonly [string, string])[] {
  const known = new Map([...tensors].map(([path, tensor]) => [tensor, path]));
  const tied: [string, string][] = [];
  for (const [path, tensor] of [...model.namedParameters("", true, false), ...model.namedBuffers("", true, false)]) {
    const full = `${name}.${path}`;
    const first = known.get(tensor);
    if (first !== undefined) {
      tied.push([full, first]);
      continue;
    }
    known.set(tensor, full);
    tensors.set(full, tensor);
  }
  return tied;
}

function describeModel(name: string, model: Module, tied: ModelContents["tied"], put: ((name: string, tensor: Tensor) => void) | undefined): ModelContents {
  const named = [...model.namedParameters(name)];
  return {
    name,
    type: model.constructor.name,
    tied,
    state: [...model.stateDict({ prefix: `${name}.`, keepVars: true }).keys()],
    gradients: put ? putGradients(named, put) : [],
    evaluating: [...model.namedModules()].filter(([, module]) => !module.training).map(([path]) => path),
    frozen: named.filter(([, parameter]) => !parameter.requiresGrad).map(([path]) => path),
  };
}

/** @returns the names of those that have one */
function putGradients(parameters: readonly (readonly [string, Tensor])[], put: (name: string, tensor: Tensor) => void): readonly string[] {
  const found = parameters.filter(([, { gradSlot }]) => gradSlot !== null);
  for (const [name, { gradSlot }] of found) put(gradientName(name), gradSlot!);
  return found.map(([name]) => name);
}

/** What the gradient of a parameter is called in the file. */
export function gradientName(parameter: string): string {
  return `gradient.${parameter}`;
}

/** @param names of the parameters */
function packOptimizer(optimizer: Optimizer, name: string, names: ReadonlyMap<Tensor, string>, put: (name: string, tensor: Tensor) => void): OptimizerContents {
  const trained = optimizer.paramGroups.flatMap(({ params }) => params);
  const numbers = new Map(trained.map((parameter, i) => [parameter, i]));
  const groups = optimizer.paramGroups.map(({ params, ...options }) => ({ count: params.length, options }));
  const states = [...optimizer.state].flatMap(([parameter, state]) => {
    const number = numbers.get(parameter);
    return number === undefined ? [] : [[number, packed(state, `${name}.${number}`, put)] as const];
  });
  const parameters = trained.map((parameter) => names.get(parameter) ?? "");
  return { type: optimizer.constructor.name, groups: packed(groups, name, put), parameters, states };
}
