/** `save` and `load`: checkpoints in PyTorch's own format, or as safetensors. */
import { requireProcessor, type Device } from "../device.ts";
import { ArgumentError } from "../errors.ts";
import { besideFile, nameOf, readFile, readTextFile, writeFile } from "./files.ts";
import { readSafetensors, readSafetensorsMetadata, writeSafetensors, type SafetensorsMetadata } from "./safetensors.ts";
import { isShardIndex, readShards } from "./shards.ts";
import { readTorch } from "./torchReader.ts";
import { writeTorch } from "./torchWriter.ts";

/**
 * What `save` takes by name.
 * @api torch.SaveOptions
 */
export interface SaveOptions {
  /** Texts beside the tensors; only in `.safetensors` files. */
  metadata?: SafetensorsMetadata;
}

/** A device, or what tells it from where a tensor was. */
export type MapLocation = Device | string | ((storage: unknown, location: string) => unknown);

/**
 * What `load` takes by name.
 * @api torch.LoadOptions
 */
export interface LoadOptions {
  /** Accepted as PyTorch users write it; nothing but tensors and plain values is ever read. */
  weightsOnly?: boolean;
}

/**
 * Writes a value to a file that PyTorch's `torch.load` opens, or that any safetensors reader opens if the name ends in
 * `.safetensors`. The file appears under its name only when it is complete.
 *
 * A `.pt` file takes nested plain objects, Maps (`OrderedDict`; a `dict` where keys are numbers), lists, sets, tensors,
 * parameters, numbers (whole ones become Python's `int`), texts, booleans, `null` and `Uint8Array`. Tensors that share
 * memory share it in the file. A `.safetensors` file takes tensors by name.
 * @throws KindlingError that names the value which can't be saved
 * @param f the file's path
 * @see https://pytorch.org/docs/stable/generated/torch.save.html
 * @api torch.save
 */
export function save(obj: unknown, f: string | URL, options: SaveOptions = {}): void {
  const name = nameOf(f);
  if (isSafetensors(f)) return writeFile(f, writeSafetensors(obj, name, options.metadata));
  if (options.metadata !== undefined) throw new ArgumentError(`${name}: metadata can be saved in .safetensors files only`);
  writeFile(f, writeTorch(obj, name));
}

/**
 * Reads a file of `save` or `torch.save`; a name that ends in `.safetensors` gives a Map of tensors by name. So does the
 * index of weights that are spread over several files, `model.safetensors.index.json` or `pytorch_model.bin.index.json`.
 *
 * A `dict` with text keys becomes a plain object, one with other keys and an `OrderedDict` become a Map; tuples become
 * lists. float16, bfloat16 and float64 become float32; int8, int16 and int64 become int32. What is in the file only the
 * program knows, so the type is the caller's to give.
 * @throws KindlingError that names the file and the place where it is damaged, holds an integer beyond int32, or asks
 * for anything but tensors and plain values
 * @param f the file's path
 * @param mapLocation where tensors go, or a function that tells it from where they were: on the processor at any rate
 * @see https://pytorch.org/docs/stable/generated/torch.load.html
 * @api torch.load
 */
export function load<T = any>(f: string | URL, mapLocation?: MapLocation | null, options?: LoadOptions): T;
export function load(f: string | URL, mapLocation?: MapLocation | null): unknown {
  if (typeof mapLocation !== "function") requireProcessor(mapLocation);
  if (isShardIndex(f)) return readShards(readTextFile(f), nameOf(f), (file) => readOne(besideFile(f, file)));
  return readOne(f);
}

/**
 * The texts beside the tensors in a `.safetensors` file.
 * @api torch.loadMetadata
 */
export function loadMetadata(f: string | URL): SafetensorsMetadata {
  return readSafetensorsMetadata(readFile(f), nameOf(f));
}

function readOne(f: string | URL): unknown {
  return isSafetensors(f) ? readSafetensors(readFile(f), nameOf(f)) : readTorch(readFile(f), nameOf(f));
}

function isSafetensors(path: string | URL): boolean {
  return /\.safetensors$/i.test(String(path));
}
