/** IDX files, the format of MNIST and its relatives: https://yann.lecun.com/exdb/mnist (described at the page's end). */
import { ByteReader } from "../io/byteReader.ts";
import { bytesOf, tensorOf, type FileType } from "../io/elements.ts";
import { whatItSeems } from "../io/fileKinds.ts";
import { nameOf, readFile } from "../io/files.ts";
import { gunzip, gunzipHead, isGzip } from "../io/zip.ts";
import type { Tensor } from "../tensor.ts";

/** Two zeros, type, rank, and as many sizes as a rank can be. */
const LONGEST_HEADER = 4 + 255 * 4;

const types: Readonly<Record<number, FileType>> = { 8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64" };

/**
 * Reads an IDX file, gzipped or not: `data.readIdx("train-images-idx3-ubyte.gz")` is `[60000, 28, 28]` of uint8.
 * Signed integers become int32, floating point numbers float32.
 * @throws KindlingError that names the file and the byte where it is damaged
 * @api data.readIdx
 */
export function readIdx(path: string | URL): Tensor {
  return parseIdx(readFile(path), nameOf(path));
}

/** `readIdx` from memory. @param name stands for the file in messages */
export function parseIdx(bytes: Uint8Array, name: string): Tensor {
  const packed = isGzip(bytes);
  const reader: ByteReader = new ByteReader(packed ? gunzipHead(bytes, LONGEST_HEADER, name) : bytes, name);
  if (reader.u16(false) !== 0) reader.fail(`an IDX file begins with two zeros${packed ? "" : whatItSeems(bytes)}`, 0);
  const code = reader.u8();
  const type = types[code];
  if (type === undefined) reader.fail(`0x${code.toString(16)} is no type of elements`, 2);
  const rank = reader.u8();
  const shape = Array.from({ length: rank }, () => reader.u32(false));
  const size = bytesOf(shape, type);
  if (size === null) reader.fail(`more bytes are expected for shape [${shape.join(", ")}] than any file has`);
  const start = reader.position;
  // No more is unpacked than the shape asks for.
  const content = packed ? gunzip(bytes, start + size, name) : bytes;
  if (start + size !== content.length) reader.fail(`${size} bytes are expected for shape [${shape.join(", ")}], but ${content.length - start} are left`);
  return tensorOf(content.subarray(start), type, shape, name, false);
}
