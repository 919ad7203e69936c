/** The safetensors format: https://huggingface.co/docs/safetensors, a JSON header and then the tensors' bytes. */
import { itemSize, type DType } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { copyBytes } from "../memory/storage.ts";
import { toTypedArray } from "../ops/reading.ts";
import { Tensor } from "../tensor.ts";
import { ByteReader } from "./byteReader.ts";
import { bytesOf, tensorOf, type FileType } from "./elements.ts";
import { whatItSeems } from "./fileKinds.ts";

/** The format's own limit for the header. */
const LONGEST_HEADER = 100_000_000;

const fileTypes: Readonly<Record<string, FileType>> = {
  F64: "float64",
  F32: "float32",
  F16: "float16",
  BF16: "bfloat16",
  I64: "int64",
  I32: "int32",
  I16: "int16",
  I8: "int8",
  U64: "uint64",
  U32: "uint32",
  U16: "uint16",
  U8: "uint8",
  BOOL: "bool",
};

const typeNames: Readonly<Record<DType, string>> = { float32: "F32", int32: "I32", uint8: "U8", bool: "BOOL" };

/** Texts that a safetensors file carries beside its tensors. */
export type SafetensorsMetadata = Readonly<Record<string, string>>;

interface Entry {
  readonly name: string;
  readonly type: FileType;
  readonly shape: readonly number[];
  readonly start: number;
  readonly end: number;
}

/** The tensors by name, in the order of the file. @param name stands for the file in messages */
export function readSafetensors(bytes: Uint8Array, name: string): Map<string, Tensor> {
  const { header, dataStart } = readHeader(bytes, name);
  const entries = Object.entries(header)
    .filter(([key]) => key !== "__metadata__")
    .map(([key, value]) => entry(key, value, name));
  checkOffsets(entries, bytes.length - dataStart, name);
  return new Map(
    entries.map(({ name: key, type, shape, start, end }) => {
      const content = bytes.subarray(dataStart + start, dataStart + end);
      return [key, tensorOf(content, type, shape, `${name}, tensor "${key}"`)];
    }),
  );
}

/** The texts beside the tensors; empty where there are none. @param name stands for the file in messages */
export function readSafetensorsMetadata(bytes: Uint8Array, name: string): SafetensorsMetadata {
  const { __metadata__: metadata = {} } = readHeader(bytes, name).header;
  if (!isRecord(metadata) || !Object.values(metadata).every((text) => typeof text === "string")) {
    throw new KindlingError(`${name}: __metadata__ is not a list of texts`);
  }
  return metadata as SafetensorsMetadata;
}

/** The bytes of a file with these tensors. @param file stands for it in messages. @throws KindlingError where a value is no tensor */
export function writeSafetensors(tensors: unknown, file: string, metadata?: SafetensorsMetadata): Uint8Array<ArrayBuffer> {
  const named = tensors instanceof Map ? [...(tensors as Map<unknown, unknown>)] : isRecord(tensors) ? Object.entries(tensors) : [];
  if (!(tensors instanceof Map) && !isRecord(tensors)) throw new KindlingError(`${file}: a .safetensors file holds tensors by name, as a stateDict() does`);
  const header = new Map<string, unknown>(metadata === undefined ? [] : [["__metadata__", metadata]]);
  const contents: Tensor[] = [];
  let position = 0;
  for (const [key, value] of named) {
    if (!(value instanceof Tensor)) throw new KindlingError(`${file}: can't save ${String(key)}: a .safetensors file holds tensors only; save the rest as .pt`);
    if (key === "__metadata__") throw new KindlingError(`${file}: a tensor in a .safetensors file can't be named __metadata__`);
    if (header.has(String(key))) throw new KindlingError(`${file}: two tensors are named ${String(key)}`);
    header.set(String(key), { dtype: typeNames[value.dtype], shape: value.shape, data_offsets: [position, position + value.nbytes] });
    contents.push(value);
    position += value.nbytes;
  }
  return assemble(new TextEncoder().encode(JSON.stringify(Object.fromEntries(header))), contents, position);
}

/** Header size (u64), header padded with spaces to a multiple of 8, contents. */
function assemble(header: Uint8Array, contents: readonly Tensor[], size: number): Uint8Array<ArrayBuffer> {
  const padded = Math.ceil(header.length / 8) * 8;
  const out = new Uint8Array(8 + padded + size).fill(0x20, 8, 8 + padded);
  new DataView(out.buffer).setBigUint64(0, BigInt(padded), true);
  out.set(header, 8);
  let position = 8 + padded;
  for (const tensor of contents) {
    writeValues(tensor, out, position);
    position += tensor.nbytes;
  }
  return out;
}

function writeValues(tensor: Tensor, out: Uint8Array, position: number): void {
  if (tensor.dense) return copyBytes(tensor.storage, tensor.offset * itemSize(tensor.dtype), tensor.nbytes, out, position);
  const { buffer, byteOffset, byteLength } = toTypedArray(tensor);
  out.set(new Uint8Array(buffer, byteOffset, byteLength), position);
}

function readHeader(bytes: Uint8Array, name: string): { header: Record<string, unknown>; dataStart: number } {
  const reader: ByteReader = new ByteReader(bytes, name);
  if (reader.left < 8) reader.fail(`a .safetensors file begins with the size of its header in 8 bytes${whatItSeems(bytes)}`);
  const size = reader.u64(whatItSeems(bytes));
  if (size > LONGEST_HEADER) reader.fail(`the header is too large for a .safetensors file: ${size} bytes${whatItSeems(bytes)}`, 0);
  const text = reader.text(size);
  let header: unknown;
  try {
    header = JSON.parse(text);
  } catch (error) {
    reader.fail(`the header is no JSON (${(error as Error).message})`, 8);
  }
  return { header: isRecord(header) ? header : reader.fail("the header is no JSON object", 8), dataStart: reader.position };
}

function entry(key: string, value: unknown, name: string): Entry {
  const where = `${name}, tensor "${key}"`;
  const { dtype, shape, data_offsets: offsets } = (isRecord(value) ? value : {}) as Record<string, unknown>;
  if (typeof dtype !== "string" || !Object.hasOwn(fileTypes, dtype)) throw new KindlingError(`${where}: dtype ${String(dtype)} is not known`);
  const type = fileTypes[dtype]!;
  const size = Array.isArray(shape) ? bytesOf(shape, type) : null;
  if (size === null) throw new KindlingError(`${where}: ${JSON.stringify(shape)} is no shape`);
  const [start, end] = Array.isArray(offsets) ? (offsets as unknown[]) : [];
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || (end as number) - (start as number) !== size) {
    throw new KindlingError(`${where}: offsets ${JSON.stringify(offsets)} don't fit ${dtype} of shape ${JSON.stringify(shape)}, which is ${size} bytes`);
  }
  return { name: key, type, shape: shape as number[], start: start as number, end: end as number };
}

/** The format wants each byte to belong to one tensor: no overlap, no hole, nothing beyond the end. */
function checkOffsets(entries: readonly Entry[], size: number, name: string): void {
  let position = 0;
  for (const { name: key, start, end } of [...entries].sort((a, b) => a.start - b.start || a.end - b.end)) {
    if (start !== position) {
      throw new KindlingError(`${name}, tensor "${key}": begins at byte ${start} of the data, where ${position} is expected: tensors overlap or leave a hole`);
    }
    position = end;
  }
  if (position !== size) throw new KindlingError(`${name}: the tensors take ${position} bytes, but the file has ${size} for them`);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor);
}
