/** Puts a run that made the same things in the same order back to the moment of a checkpoint: every value in its place, in the same objects. */
import { readSafetensors, readSafetensorsMetadata } from "../../engine/io/safetensors.ts";
import { regained } from "../../engine/memory/ghosts.ts";
import type { Module } from "../../engine/nn/module.ts";
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import { Generator, type NumpyLegacyGenerator } from "../../engine/random/index.ts";
import type { Tensor } from "../../engine/tensor.ts";
import { unwatched } from "../sample/aside.ts";
import { contentsKey, gradientName, type Contents, type ModelContents } from "./capture.ts";
import { Mismatch } from "./checkpoint.ts";
import type { Holdings } from "./holdings.ts";
import type { LoaderPosition } from "./loaderPositions.ts";
import { unpacked } from "./values.ts";

// Taken before any program runs, which may change them.
const { assign } = Object;

/**
 * All or nothing: where something doesn't match nothing was changed.
 * @param file of a checkpoint
 * @throws Mismatch where the run is not at the moment of the checkpoint, or is of another program
 */
export function restore(holdings: Holdings, step: number, { buffer, byteOffset, byteLength }: Uint8Array): void {
  // What Node reads from files has a `slice()` that is no copy.
  const file = new Uint8Array(buffer, byteOffset, byteLength);
  const contents = JSON.parse(readSafetensorsMetadata(file, "checkpoint")[contentsKey] ?? "null") as Contents | null;
  if (!contents) throw new Mismatch("The file is no checkpoint of Kindling's.");
  if (contents.isEnd) throw new Mismatch("The checkpoint is of the end of a run: nothing goes on from there.");
  if (contents.step !== step) throw new Mismatch(`The checkpoint is of step ${contents.step}, but the run is at step ${step}.`);
  const values = readSafetensors(file, "checkpoint");
  const named = targetsOf(holdings, contents, values);
  checkOthers(holdings, contents);
  unwatched(() => {
    for (const [name, target] of named) fill(target, values.get(name)!);
    for (const { name, evaluating, frozen } of contents.models) setMarks(name, holdings.models.get(name)!, evaluating, frozen);
    if (contents.keepsGradients) restoreGradients(named, contents, values);
    contents.optimizers.forEach((own, i) => restoreOptimizer(holdings.optimizers[i]!, own, values));
    contents.schedulers.forEach(({ state }, i) => {
      holdings.schedulers[i]!.loadStateDict(unpacked(state, undefined, (name) => values.get(name)!) as Record<string, unknown>);
    });
    contents.streams.forEach((state, i) => restoreStream(holdings.streams[i]!, state));
  });
}

/** Each parameter and buffer that is in the file, by its name there. */
function targetsOf(holdings: Holdings, { models, loose }: Contents, values: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
  const { models: present, loose: presentLoose } = holdings;
  const named = new Map<string, Tensor>(presentLoose);
  for (const [name, model] of present) {
    for (const [path, tensor] of [...model.namedParameters(name, true, false), ...model.namedBuffers(name, true, false)]) named.set(path, tensor);
  }
  checkNames(
    "model",
    models,
    [...present].map(([name, model]) => ({ name, type: model.constructor.name })),
  );
  const wanted = [...values.keys()].filter((name) => models.some((model) => isOf(name, model)) || loose.includes(name));
  for (const name of wanted) {
    const [target, value] = [named.get(name), values.get(name)!];
    if (!target) throw new Mismatch(`The checkpoint has a tensor \`${name}\`, which the run doesn't have.`);
    if (String(target.shape) !== String(value.shape) || target.dtype !== value.dtype) {
      throw new Mismatch(
        `\`${name}\` is ${target.dtype} of shape [${target.shape.join(", ")}] in the run, and ${value.dtype} of shape [${value.shape.join(", ")}] in the checkpoint.`,
      );
    }
  }
  const tied = new Set(models.flatMap((model) => model.tied.map(([second]) => second)));
  const inFile = new Set(wanted);
  for (const name of named.keys())
    if (!inFile.has(name) && !tied.has(name)) throw new Mismatch(`The run has a tensor \`${name}\`, which the checkpoint doesn't have.`);
  return new Map(wanted.map((name) => [name, named.get(name)!]));
}

function isOf(tensor: string, { name }: ModelContents): boolean {
  return tensor.startsWith(`${name}.`);
}

interface Named {
  readonly name?: string;
  readonly type: string;
}

function checkNames(kind: string, kept: readonly Named[], present: readonly Named[]): void {
  const said = (list: readonly Named[]): string =>
    list.length === 0 ? "none" : list.map(({ name, type }) => (name === undefined ? type : `${name} (${type})`)).join(", ");
  if (said(kept) !== said(present)) throw new Mismatch(`The ${kind}s differ: the checkpoint has ${said(kept)}; the run has ${said(present)}.`);
}

function checkOthers(holdings: Holdings, { optimizers, schedulers, loaders, streams }: Contents): void {
  const typed = (list: readonly object[]): Named[] => list.map((one) => ({ type: one.constructor.name }));
  checkNames("optimizer", optimizers, typed(holdings.optimizers));
  checkNames("scheduler", schedulers, typed(holdings.schedulers));
  optimizers.forEach(({ groups }, i) => {
    const kept = unpacked(groups, undefined, () => undefined as never) as readonly { readonly count: number }[];
    const now = holdings.optimizers[i]!.paramGroups.map(({ params }) => params.length);
    if (String(kept.map(({ count }) => count)) !== String(now))
      throw new Mismatch(`The optimizer ${holdings.optimizers[i]!.constructor.name} has other groups of parameters than in the checkpoint.`);
  });
  if (streams.length !== holdings.streams.length) {
    throw new Mismatch(`The checkpoint has ${streams.length} generators of random numbers, and the run ${holdings.streams.length}.`);
  }
  const [kept, now] = [loaders, holdings.loaders.all].map(positionsText);
  if (kept !== now) throw new Mismatch(`The loaders are elsewhere: ${kept} in the checkpoint, ${now} in the run.`);
}

function positionsText(loaders: readonly LoaderPosition[]): string {
  return loaders.map(({ loader, batch }) => `loader ${loader + 1} at ${batch === null ? "its end" : `batch ${batch}`}`).join(", ") || "none has begun";
}

/** Whatever the tensor has now, or lacks. */
function fill(target: Tensor, value: Tensor): Tensor {
  if (target.dense && target.nbytes === target.storage.bytes) regained(target.storage);
  return target.copy_(value);
}

function setMarks(name: string, model: Module, evaluating: readonly string[], frozen: readonly string[]): void {
  const quiet = new Set(evaluating);
  for (const [path, module] of model.namedModules()) if (module.training === quiet.has(path)) module.training = !quiet.has(path);
  const still = new Set(frozen);
  for (const [path, parameter] of model.namedParameters(name)) if (parameter.requiresGrad === still.has(path)) parameter.requiresGrad = !still.has(path);
}

function restoreGradients(named: ReadonlyMap<string, Tensor>, { models, looseGradients }: Contents, values: ReadonlyMap<string, Tensor>): void {
  const kept = new Set([...models.flatMap(({ gradients }) => gradients), ...looseGradients]);
  for (const [name, parameter] of named) {
    if (!kept.has(name)) parameter.clearGrad();
    else if (parameter.gradSlot) fill(parameter.gradSlot, values.get(gradientName(name))!);
    else parameter.grad = values.get(gradientName(name))!;
  }
}

function restoreOptimizer(optimizer: Optimizer, { groups, states }: Contents["optimizers"][number], values: ReadonlyMap<string, Tensor>): void {
  const inPlace = (name: string, present: Tensor | undefined): Tensor => {
    const value = values.get(name)!;
    return present && String(present.shape) === String(value.shape) && present.dtype === value.dtype ? fill(present, value) : value;
  };
  const parameters = optimizer.paramGroups.flatMap(({ params }) => params);
  const kept = new Map(states);
  parameters.forEach((parameter, i) => {
    const state = kept.get(i);
    if (state === undefined) return optimizer.state.delete(parameter);
    return optimizer.state.set(parameter, unpacked(state, optimizer.state.get(parameter), inPlace) as never);
  });
  const options = unpacked(groups, optimizer.paramGroups, inPlace) as readonly { readonly options: object }[];
  options.forEach((own, i) => assign(optimizer.paramGroups[i]!, own.options));
}

function restoreStream(stream: Generator | NumpyLegacyGenerator, state: unknown): void {
  const value = unpacked(state, undefined, () => undefined as never);
  if (stream instanceof Generator) stream.setState(value as Uint8Array);
  else stream.setState(value as ReturnType<NumpyLegacyGenerator["getState"]>);
}
