/** The weights of a run's models, with what optimizers remember of them, as an ordinary `.safetensors` file. */
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from "../../engine/io/safetensors.ts";
import { Tensor } from "../../engine/tensor.ts";
import { type Codec, dictionary, list, number, optional, record, text } from "../../run/codec.ts";
import { contentsKey, type OptimizerContents } from "../checkpoints/capture.ts";
import { unpacked } from "../checkpoints/values.ts";
import type { WeightModel } from "../../run/weightMatching.ts";

/** What an optimizer remembers of a parameter. */
export interface Memory {
  /** The optimizer's class. */
  readonly optimizer: string;
  readonly tensors: Readonly<Record<string, Tensor>>;
  readonly numbers: Readonly<Record<string, number>>;
}

export interface HeldModel extends WeightModel {
  /** By their paths. */
  readonly values: ReadonlyMap<string, Tensor>;
  readonly memories: ReadonlyMap<string, Memory>;
}

export interface HeldWeights {
  readonly models: readonly HeldModel[];
  /** The step, from 0, that they are of. */
  readonly step?: number;
}

/** What the tensors of the file are. A file without it is a state dict: one model, whose paths are the tensors' names. */
interface Contents {
  readonly step?: number;
  readonly models: readonly { readonly name: string; readonly type?: string; readonly tensors: readonly Item[] }[];
}

interface Item {
  readonly path: string;
  /** Name in the file; so are those of the memory's tensors. */
  readonly key: string;
  readonly memory?: { readonly optimizer: string; readonly tensors: Readonly<Record<string, string>>; readonly numbers: Readonly<Record<string, number>> };
}

const metadataKey = "kindling.weights";

const contents = record<Contents>({
  step: optional(number),
  models: list(
    record<Contents["models"][number]>({
      name: text,
      type: optional(text),
      tensors: list(
        record<Item>({
          path: text,
          key: text,
          memory: optional(record<NonNullable<Item["memory"]>>({ optimizer: text, tensors: dictionary(text), numbers: dictionary(number) })),
        }),
      ),
    }),
  ),
});

type KeptOptimizer = Pick<OptimizerContents, "type" | "parameters" | "states">;

/** What the checkpoints' own code reads. */
const asIs: Codec<KeptOptimizer["states"][number]> = { encode: (value) => value, decode: (json) => json as KeptOptimizer["states"][number] };

/** What is read of a checkpoint: of each model the names of its tensors, each behind the model's own, and what optimizers remember. */
const checkpointContents = record({
  step: number,
  models: list(record({ name: text, type: text, state: list(text) })),
  optimizers: list(record<KeptOptimizer>({ type: text, parameters: optional(list(text)), states: list(asIs) })),
});

/** @param file stands for it in messages */
export function writeWeights({ models, step }: HeldWeights, file: string): Uint8Array {
  const tensors = new Map<string, Tensor>();
  const add = (name: string, tensor: Tensor): string => {
    let key = name;
    for (let count = 2; tensors.has(key); count++) key = `${name}#${count}`;
    tensors.set(key, tensor);
    return key;
  };
  const described = models.map(({ name, type, values }) => ({
    name,
    ...(type !== undefined && { type }),
    tensors: [...values].map(([path, tensor]) => ({ path, key: add(models.length === 1 ? path : `${name}.${path}`, tensor) })),
  }));
  // Behind all weights: who reads the file for these finds them first.
  const withMemories = described.map((model, i) => ({
    ...model,
    tensors: model.tensors.map((item): Item => {
      const memory = models[i]!.memories.get(item.path);
      if (!memory) return item;
      const { optimizer, numbers } = memory;
      const keys = Object.entries(memory.tensors).map(([name, tensor]) => [name, add(`optimizer.${item.key}.${name}`, tensor)]);
      return { ...item, memory: { optimizer, numbers, tensors: Object.fromEntries(keys) as Record<string, string> } };
    }),
  }));
  const metadata = JSON.stringify(contents.encode({ models: withMemories, ...(step !== undefined && { step }) }));
  return writeSafetensors(tensors, file, { format: "pt", [metadataKey]: metadata });
}

/**
 * Reads what `writeWeights` wrote, a kept run's checkpoint, or a state dict.
 * @param file stands for it in messages
 * @throws KindlingError where it is no such file; Malformed, SyntaxError where what it says of itself can't be read
 */
export function readWeights(bytes: Uint8Array, file: string): HeldWeights {
  const tensors = readSafetensors(bytes, file);
  const { [metadataKey]: metadata, [contentsKey]: checkpoint } = readSafetensorsMetadata(bytes, file);
  if (checkpoint !== undefined) return weightsOfCheckpoint(JSON.parse(checkpoint), tensors);
  if (metadata === undefined) return { models: [held("", undefined, tensors, new Map())] };
  const { models, step } = contents.decode(JSON.parse(metadata));
  return {
    ...(step !== undefined && { step }),
    models: models.map(({ name, type, tensors: items }) =>
      held(
        name,
        type,
        new Map(items.flatMap(({ path, key }) => entryOf(path, tensors.get(key)))),
        new Map(items.flatMap(({ path, memory }) => entryOf(path, memory && { ...memory, tensors: namedTensors(memory.tensors, tensors) }))),
      ),
    ),
  };
}

function weightsOfCheckpoint(json: unknown, tensors: ReadonlyMap<string, Tensor>): HeldWeights {
  const { step, models, optimizers } = checkpointContents.decode(json);
  const remembered = new Map(optimizers.flatMap((optimizer) => memoriesOf(optimizer, tensors)));
  const withMemories = models.map(({ name, type, state }) => {
    const own = state.map((key) => [key.slice(name.length + 1), key] as const);
    const values = new Map(own.flatMap(([path, key]) => entryOf(path, tensors.get(key))));
    const memories = new Map(own.flatMap(([path, key]) => entryOf(path, remembered.get(key))));
    return held(name, type, values, memories);
  });
  return { step, models: withMemories };
}

/** By the parameters' names in the file. */
function memoriesOf({ type, parameters = [], states }: KeptOptimizer, tensors: ReadonlyMap<string, Tensor>): (readonly [string, Memory])[] {
  return states.flatMap(([place, packed]) => {
    const name = parameters[place];
    return name === undefined ? [] : [[name, memoryOf(type, unpacked(packed, undefined, (key) => tensors.get(key)!) as object)] as const];
  });
}

/** @param state what an optimizer of that class remembers of a parameter */
export function memoryOf(optimizer: string, state: object): Memory {
  const entries = Object.entries(state);
  return {
    optimizer,
    tensors: Object.fromEntries(entries.filter((entry): entry is [string, Tensor] => entry[1] instanceof Tensor)),
    numbers: Object.fromEntries(entries.filter((entry): entry is [string, number] => typeof entry[1] === "number")),
  };
}

export function held(name: string, type: string | undefined, values: ReadonlyMap<string, Tensor>, memories: ReadonlyMap<string, Memory>): HeldModel {
  const tensors = [...values].map(([path, { shape, dtype }]) => ({ path, shape: [...shape], dtype }));
  return { name, ...(type !== undefined && { type }), tensors, values, memories };
}

function namedTensors(keys: Readonly<Record<string, string>>, tensors: ReadonlyMap<string, Tensor>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(keys).flatMap(([name, key]) => entryOf(name, tensors.get(key))));
}

function entryOf<T>(name: string, value: T | undefined): readonly (readonly [string, T])[] {
  return value === undefined ? [] : [[name, value]];
}
