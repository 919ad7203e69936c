/** Opens a file of weights, whoever wrote it: Kindling itself, PyTorch's `torch.save`, or Hugging Face, in one file or several. */
import { KindlingError } from "../../engine/errors.ts";
import { readFile } from "../../engine/io/files.ts";
import { load } from "../../engine/io/save.ts";
import { Tensor } from "../../engine/tensor.ts";
import { held, readWeights, type HeldModel, type HeldWeights } from "./weightFile.ts";

/**
 * @param prefix where it is given, only tensors whose names begin with it, without it
 * @throws KindlingError where the file can't be read, or holds no weights
 */
export function openWeights(file: string, prefix?: string): HeldWeights {
  const weights = /\.safetensors$/i.test(file) ? readWeights(readFile(file), file) : { models: modelsIn(load(file)) };
  if (weights.models.every(({ tensors }) => tensors.length === 0))
    throw new KindlingError(`${file} holds no weights: no dictionary of tensors by name is in it`);
  return prefix === undefined ? weights : { ...weights, models: below(weights.models, prefix, file) };
}

/** The state dicts of a checkpoint: of one, the name is no model's. */
function modelsIn(value: unknown): HeldModel[] {
  const found = stateDicts(value, "");
  return found.map(({ name, tensors }) => held(found.length === 1 ? "" : name.replace(/_?state(_?dict)?$/, ""), undefined, tensors, new Map()));
}

interface StateDict {
  /** Under which it stands in the checkpoint. */
  readonly name: string;
  readonly tensors: ReadonlyMap<string, Tensor>;
}

/** How deep a state dict may stand in a checkpoint. */
const deepest = 4;

/** What stands deepest: `{ model: {…}, epoch, loss }` has one, whose tensors are the weights, though the loss may be a tensor, too. */
function stateDicts(value: unknown, name: string, depth = 0): readonly StateDict[] {
  const entries = entriesOf(value);
  // An optimizer's state.
  if (depth > deepest || entries.some(([key]) => key === "param_groups")) return [];
  const inner = entries.flatMap(([key, one]) => stateDicts(one, key, depth + 1));
  if (inner.length > 0) return inner;
  const tensors = new Map(entries.filter((entry): entry is readonly [string, Tensor] => entry[1] instanceof Tensor));
  return [...tensors.values()].some(({ ndim }) => ndim > 0) ? [{ name, tensors }] : [];
}

/** Those with names, of what is a dictionary. */
function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value) || value instanceof Tensor || ArrayBuffer.isView(value)) return [];
  const entries: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value);
  return entries.filter((entry): entry is readonly [string, unknown] => typeof entry[0] === "string");
}

function below(models: readonly HeldModel[], prefix: string, file: string): HeldModel[] {
  const start = prefix === "" || prefix.endsWith(".") ? prefix : `${prefix}.`;
  const found = models.map(({ name, type, values, memories }) => held(name, type, cut(values, start), cut(memories, start)));
  if (found.some(({ tensors }) => tensors.length > 0)) return found.filter(({ tensors }) => tensors.length > 0);
  const starts = [...new Set(models.flatMap(({ tensors }) => tensors.map(({ path }) => path.slice(0, path.indexOf(".") + 1))))];
  const others = starts.filter((one) => one !== "").slice(0, 8);
  throw new KindlingError(`no tensor of ${file} has a name that begins with "${start}"${others.length > 0 ? `; they begin with ${others.join(", ")}` : ""}`);
}

function cut<T>(byPath: ReadonlyMap<string, T>, start: string): ReadonlyMap<string, T> {
  return new Map([...byPath].flatMap(([path, value]) => (path.startsWith(start) ? [[path.slice(start.length), value] as const] : [])));
}
