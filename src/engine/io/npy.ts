/** NumPy's `.npy` and `.npz` files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { DType } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { toTypedArray } from "../ops/index.ts";
import { Tensor } from "../tensor.ts";
import { ByteReader } from "./byteReader.ts";
import { bytesOf } from "./elements.ts";
import { readFile, writeFile } from "./files.ts";
import { arrayOf } from "./numpyPickle.ts";
import { numpyType } from "./numpyType.ts";
import { isZip, unzip, zip } from "./zip.ts";

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;
const typeStrings: Readonly<Record<DType, string>> = { float32: "<f4", int32: "<i4", uint8: "|u1", bool: "|b1" };

/**
 * Reads an array that `numpy.save` wrote. float16 and float64 become float32; integers become int32, except uint8.
 * @throws KindlingError that names the file where it is damaged, an integer doesn't fit, or it holds no numbers
 */
export function readNpy(path: string | URL): Tensor {
  return parseNpy(readFile(path), String(path));
}

/**
 * Reads the arrays that `numpy.savez` or `numpy.savez_compressed` wrote, by their names:
 * `const { x_train, y_train } = data.readNpz("mnist.npz")`.
 * @throws KindlingError that names the file and the array, as for `readNpy`
 */
export function readNpz(path: string | URL): Record<string, Tensor> {
  return parseNpz(readFile(path), String(path));
}

/** Writes a tensor so that `numpy.load` reads it. */
export function writeNpy(path: string | URL, tensor: Tensor): void {
  writeFile(path, npyBytes(tensor));
}

/** Writes tensors by name so that `numpy.load` reads them. */
export function writeNpz(path: string | URL, tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>): void {
  const named = tensors instanceof Map ? [...(tensors as ReadonlyMap<string, Tensor>)] : Object.entries(tensors as Record<string, Tensor>);
  writeFile(path, zip(new Map(named.map(([name, tensor]) => [`${name}.npy`, npyBytes(tensor)]))));
}

/** `readNpz` from memory. @param name stands for the file in messages */
export function parseNpz(bytes: Uint8Array, name: string): Record<string, Tensor> {
  if (!isZip(bytes)) throw new KindlingError(`${name} is no .npz file: it doesn't begin like a zip archive`);
  const arrays = [...unzip(bytes, name)].map(([entry, content]) => [entry.replace(/\.npy$/, ""), parseNpy(content, `${name} (${entry})`)] as const);
  return Object.fromEntries(arrays);
}

/** `readNpy` from memory. @param name stands for the file in messages */
export function parseNpy(bytes: Uint8Array, name: string): Tensor {
  const reader: ByteReader = new ByteReader(bytes, name);
  if (String.fromCharCode(...bytes.subarray(0, MAGIC.length)) !== MAGIC) reader.fail("a .npy file begins with \\x93NUMPY");
  reader.take(MAGIC.length);
  const version = reader.u8();
  reader.u8();
  if (version < 1 || version > 3) reader.fail(`version ${version} of the format is not known`, MAGIC.length);
  const size = version === 1 ? reader.u16() : reader.u32();
  const start = reader.position;
  const { type, columnsFirst, shape } = parseHeader(reader.text(size), (problem) => reader.fail(problem, start));
  const { fileType, littleEndian } = numpyType(type, name);
  const wanted = bytesOf(shape, fileType);
  if (wanted === null || wanted > reader.left) reader.fail(`shape (${shape.join(", ")}) of '${type}' needs more than the ${reader.left} bytes that are left`);
  return arrayOf(reader.take(wanted), fileType, shape, columnsFirst, name, littleEndian);
}

interface Header {
  readonly type: string;
  readonly columnsFirst: boolean;
  readonly shape: number[];
}

/** `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`: a Python literal with just these keys. */
function parseHeader(text: string, fail: (problem: string) => never): Header {
  const record = /'descr':\s*\[/.test(text);
  const type = record ? "V" : /'descr':\s*'([^']*)'/.exec(text)?.[1];
  const order = /'fortran_order':\s*(True|False)/.exec(text)?.[1];
  const shape = /'shape':\s*\(([\d\s,L]*)\)/.exec(text)?.[1];
  if (type === undefined || order === undefined || shape === undefined) fail("the header doesn't tell type, order and shape");
  const sizes = shape.split(",").map((size) => size.trim().replace(/L$/, "")).filter((size) => size !== "");
  return { type, columnsFirst: order === "True", shape: sizes.map(Number) };
}

function npyBytes(tensor: Tensor): Uint8Array {
  if (!(tensor instanceof Tensor)) throw new KindlingError("only tensors can be written as .npy; make one with tensor(values)");
  const values = toTypedArray(tensor);
  const content = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const shape = tensor.shape.length === 1 ? `(${tensor.shape[0]},)` : `(${tensor.shape.join(", ")})`;
  const header = `{'descr': '${typeStrings[tensor.dtype]}', 'fortran_order': False, 'shape': ${shape}, }`;
  // Magic, version, size of the header; the header ends with a line feed where the values begin.
  const before = MAGIC.length + 4;
  const start = Math.ceil((before + header.length + 1) / ALIGNMENT) * ALIGNMENT;
  const out = new Uint8Array(start + content.length);
  out.set(Array.from(MAGIC, (character) => character.charCodeAt(0)));
  out.set([1, 0, (start - before) & 255, (start - before) >> 8], MAGIC.length);
  out.set(new TextEncoder().encode(`${header.padEnd(start - before - 1)}\n`), before);
  out.set(content, start);
  return out;
}
