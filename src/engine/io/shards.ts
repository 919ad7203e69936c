/** A state dict in several files, as Hugging Face saves large ones: an index in JSON tells which file holds which tensor. */
import { KindlingError } from "../errors.ts";
import { Tensor } from "../tensor.ts";

/** `model.safetensors.index.json`, `pytorch_model.bin.index.json` */
export function isShardIndex(path: string | URL): boolean {
  return /\.index\.json$/i.test(String(path));
}

/**
 * All tensors, in the order of the index.
 * @param text of the index, `name` stands for it in messages
 * @param read gives what a file beside the index holds
 */
export function readShards(text: string, name: string, read: (file: string) => unknown): Map<string, Tensor> {
  const places = weightMap(text, name);
  const shards = new Map([...new Set(places.values())].map((file) => [file, tensorsOf(read(file))]));
  return new Map([...places].map(([key, file]) => [key, shards.get(file)!.get(key) ?? lacking(name, file, key)]));
}

function lacking(name: string, file: string, key: string): never {
  throw new KindlingError(`${name}: "${key}" should be in ${file}, but isn't; is that file of another version?`);
}

function weightMap(text: string, name: string): ReadonlyMap<string, string> {
  let index: unknown;
  try {
    index = JSON.parse(text);
  } catch (error) {
    throw new KindlingError(`${name} is no JSON (${(error as Error).message})`);
  }
  const { weight_map: map } = (index ?? {}) as { weight_map?: unknown };
  if (typeof map !== "object" || map === null || Array.isArray(map)) {
    throw new KindlingError(`${name} is no index of weights: it has no "weight_map" that tells which file holds which tensor`);
  }
  return new Map(Object.entries(map).map(([key, file]) => [key, plainName(name, key, file)]));
}

/** A file that stands beside the index: none elsewhere is ever opened. */
function plainName(name: string, key: string, file: unknown): string {
  if (typeof file === "string" && /^[^/\\:]+$/.test(file) && file !== "." && file !== ".." && !isShardIndex(file)) return file;
  throw new KindlingError(`refused: ${name} wants ${JSON.stringify(file)} for "${key}"; only files beside the index are read`);
}

function tensorsOf(value: unknown): ReadonlyMap<string, Tensor> {
  const entries: readonly (readonly [unknown, unknown])[] = value instanceof Map ? [...(value as Map<unknown, unknown>)] : Object.entries(value ?? {});
  return new Map(entries.filter((entry): entry is readonly [string, Tensor] => entry[1] instanceof Tensor));
}
