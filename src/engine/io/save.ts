/** `save` and `load`: checkpoints in PyTorch's own format, or as safetensors. */
import { Device, requireProcessor, type DeviceLike } from "../device.ts";
import { ArgumentError } from "../errors.ts";
import { nameOf, readFile, writeFile } from "./files.ts";
import { readSafetensors, readSafetensorsMetadata, writeSafetensors, type SafetensorsMetadata } from "./safetensors.ts";
import { readTorch } from "./torchReader.ts";
import { writeTorch } from "./torchWriter.ts";

export interface SaveOptions {
  /** Texts beside the tensors; only in `.safetensors` files. */
  metadata?: SafetensorsMetadata;
}

export interface LoadOptions {
  /** Where tensors go, or a function or a record that tells it from where they were: on the processor at any rate. */
  mapLocation?: DeviceLike | ((storage: unknown, location: string) => unknown) | Readonly<Record<string, DeviceLike>> | null;
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
 * @see https://pytorch.org/docs/stable/generated/torch.save.html
 */
export function save(obj: unknown, path: string | URL, options: SaveOptions = {}): void {
  const name = nameOf(path);
  if (isSafetensors(path)) return writeFile(path, writeSafetensors(obj, name, options.metadata));
  if (options.metadata !== undefined) throw new ArgumentError(`${name}: metadata can be saved in .safetensors files only`);
  writeFile(path, writeTorch(obj, name));
}

/**
 * Reads a file of `save` or `torch.save`; a name that ends in `.safetensors` gives a Map of tensors by name.
 *
 * A `dict` with text keys becomes a plain object, one with other keys and an `OrderedDict` become a Map; tuples become
 * lists. float16, bfloat16 and float64 become float32; int8, int16 and int64 become int32. What is in the file only the
 * program knows, so the type is the caller's to give.
 * @throws KindlingError that names the file and the place where it is damaged, holds an integer beyond int32, or asks
 * for anything but tensors and plain values
 * @see https://pytorch.org/docs/stable/generated/torch.load.html
 */
export function load<T = any>(path: string | URL, { mapLocation }: LoadOptions = {}): T {
  requireLocations(mapLocation);
  const bytes = readFile(path);
  return (isSafetensors(path) ? readSafetensors(bytes, nameOf(path)) : readTorch(bytes, nameOf(path))) as T;
}

function requireLocations(mapLocation: LoadOptions["mapLocation"]): void {
  if (typeof mapLocation === "function") return;
  if (typeof mapLocation === "string" || mapLocation instanceof Device) requireProcessor(mapLocation);
  else for (const location of Object.values(mapLocation ?? {})) requireProcessor(location);
}

/** The texts beside the tensors in a `.safetensors` file. */
export function loadMetadata(path: string | URL): SafetensorsMetadata {
  return readSafetensorsMetadata(readFile(path), nameOf(path));
}

function isSafetensors(path: string | URL): boolean {
  return /\.safetensors$/i.test(String(path));
}
