/** NumPy's `.npy` and `.npz` files: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html */
import type { DType } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { toTypedArray } from "../ops/reading.ts";
import { Tensor } from "../tensor.ts";
import { ByteReader } from "./byteReader.ts";
import { bytesOf } from "./elements.ts";
import { whatItSeems } from "./fileKinds.ts";
import { nameOf, readFile, writeFile } from "./files.ts";
import { arrayOf } from "./numpyPickle.ts";
import { numpyType } from "./numpyType.ts";
import { Archive, isZip, zip } from "./zip.ts";

const MAGIC = "\x93NUMPY";
const ALIGNMENT = 64;
/** More than any header of numbers has: NumPy itself refuses more than 10,000 bytes. */
const LONGEST_HEADER = 2 ** 17;
const typeStrings: Readonly<Record<DType, string>> = { float32: "<f4", int32: "<i4", uint8: "|u1", bool: "|b1" };

/**
 * Reads an array that `numpy.save` wrote. float16 and float64 become float32; integers become int32, except uint8.
 * @throws KindlingError that names the file where it is damaged, an integer doesn't fit, or it holds no numbers
 * @see https://numpy.org/doc/stable/reference/generated/numpy.load.html
 * @api data.readNpy
 */
export function readNpy(path: string | URL): Tensor {
  return parseNpy(readFile(path), nameOf(path));
}

/**
 * Reads the arrays that `numpy.savez` or `numpy.savez_compressed` wrote, by their names:
 * `const { x_train, y_train } = data.readNpz("mnist.npz")`.
 * @throws KindlingError that names the file and the array, as for `readNpy`
 * @see https://numpy.org/doc/stable/reference/generated/numpy.load.html
 * @api data.readNpz
 */
export function readNpz(path: string | URL): Record<string, Tensor> {
  return parseNpz(readFile(path), nameOf(path));
}

/**
 * Writes a tensor so that `numpy.load` reads it.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.save.html
 * @api data.writeNpy
 */
export function writeNpy(path: string | URL, tensor: Tensor): void {
  writeFile(path, npyBytes(tensor, nameOf(path)));
}

/**
 * Writes tensors by name so that `numpy.load` reads them.
 * @see https://numpy.org/doc/stable/reference/generated/numpy.savez.html
 * @api data.writeNpz
 */
export function writeNpz(path: string | URL, tensors: Readonly<Record<string, Tensor>> | ReadonlyMap<string, Tensor>): void {
  const file = nameOf(path);
  if (typeof tensors !== "object" || tensors === null || tensors instanceof Tensor)
    throw new KindlingError(`${file}: a .npz file holds tensors by name, { x, y }; use writeNpy for a single one`);
  const named = tensors instanceof Map ? [...(tensors as ReadonlyMap<string, Tensor>)] : Object.entries(tensors as Record<string, Tensor>);
  writeFile(path, zip(new Map(named.map(([name, tensor]) => [`${name}.npy`, npyBytes(tensor, `${file} (${name})`)])), file));
}

/** `readNpz` from memory. @param name stands for the file in messages */
export function parseNpz(bytes: Uint8Array, name: string): Record<string, Tensor> {
  if (!isZip(bytes)) throw new KindlingError(`${name} is no .npz file: it doesn't begin like a zip archive${whatItSeems(bytes)}`);
  const archive = new Archive(bytes, name);
  const arrays = new Map<string, Tensor>();
  for (const entry of archive.names) {
    const array = entry.replace(/\.npy$/, "");
    if (arrays.has(array)) throw new KindlingError(`${name} holds two arrays named "${array}"`);
    arrays.set(array, parseNpy(packedNpy(archive, entry, `${name} (${entry})`), `${name} (${entry})`));
  }
  return Object.fromEntries(arrays);
}

/** An array's file, of which no more is unpacked than its header asks for. */
function packedNpy(archive: Archive, entry: string, name: string): Uint8Array {
  const { reader, wanted } = readHeader(archive.head(entry, LONGEST_HEADER), name);
  return archive.read(entry, reader.position + wanted);
}

/** `readNpy` from memory. @param name stands for the file in messages */
export function parseNpy(bytes: Uint8Array, name: string): Tensor {
  const { reader, wanted, header } = readHeader(bytes, name);
  const { type, columnsFirst, shape } = header;
  if (wanted > reader.left) reader.fail(`shape (${shape.join(", ")}) of '${type}' needs more than the ${reader.left} bytes that are left`);
  const { fileType, littleEndian } = numpyType(type, name);
  return arrayOf(reader.take(wanted), fileType, shape, columnsFirst, name, littleEndian);
}

/** The header, a reader behind it, and the bytes that the values take. */
function readHeader(bytes: Uint8Array, name: string): { header: Header; reader: ByteReader; wanted: number } {
  const reader: ByteReader = new ByteReader(bytes, name);
  if (String.fromCharCode(...bytes.subarray(0, MAGIC.length)) !== MAGIC) reader.fail(`a .npy file begins with \\x93NUMPY${whatItSeems(bytes)}`);
  reader.take(MAGIC.length);
  const version = reader.u8();
  reader.u8();
  if (version < 1 || version > 3) reader.fail(`version ${version} of the format is not known`, MAGIC.length);
  const size = version === 1 ? reader.u16() : reader.u32();
  const start = reader.position;
  if (size > LONGEST_HEADER) reader.fail(`the header is too large: ${size} bytes`);
  const header = parseHeader(reader.text(size), (problem) => reader.fail(problem, start));
  const wanted = bytesOf(header.shape, numpyType(header.type, name).fileType);
  if (wanted === null) reader.fail(`(${header.shape.join(", ")}) is no shape`, start);
  return { header, reader, wanted };
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
  const sizes = shape
    .split(",")
    .map((size) => size.trim().replace(/L$/, ""))
    .filter((size) => size !== "");
  return { type, columnsFirst: order === "True", shape: sizes.map(Number) };
}

/** @param name stands for the file in messages */
function npyBytes(tensor: Tensor, name: string): Uint8Array {
  if (!(tensor instanceof Tensor)) throw new KindlingError(`${name}: only tensors can be written as .npy; make one with tensor(values)`);
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
