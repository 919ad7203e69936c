/** IDX files, the format of MNIST and its relatives: https://yann.lecun.com/exdb/mnist (described at the page's end). */
import { KindlingError } from "../errors.ts";
import { ByteReader } from "../io/byteReader.ts";
import { bytesOf, tensorOf, type FileType } from "../io/elements.ts";
import { readFile } from "../io/files.ts";
import { gunzip } from "../io/zip.ts";
import type { Tensor } from "../tensor.ts";

const types: Readonly<Record<number, FileType>> = { 8: "uint8", 9: "int8", 11: "int16", 12: "int32", 13: "float32", 14: "float64" };

/**
 * Reads an IDX file, gzipped or not: `data.readIdx("train-images-idx3-ubyte.gz")` is `[60000, 28, 28]` of uint8.
 * Signed integers become int32, floating point numbers float32.
 * @throws KindlingError that names the file and the byte where it is damaged
 */
export function readIdx(path: string | URL): Tensor {
  return parseIdx(readFile(path), String(path));
}

/** `readIdx` from memory. @param name stands for the file in messages */
export function parseIdx(bytes: Uint8Array, name: string): Tensor {
  const reader: ByteReader = new ByteReader(gunzip(bytes, name), name);
  if (reader.u16(false) !== 0) reader.fail("an IDX file begins with two zeros", 0);
  const code = reader.u8();
  const type = types[code];
  if (type === undefined) reader.fail(`0x${code.toString(16)} is no type of elements`, 2);
  const rank = reader.u8();
  const shape = Array.from({ length: rank }, () => reader.u32(false));
  const size = bytesOf(shape, type);
  if (size === null || size !== reader.left) {
    throw new KindlingError(`${name}, byte ${reader.position}: ${size ?? "more"} bytes are expected for shape [${shape.join(", ")}], but ${reader.left} are left`);
  }
  return tensorOf(reader.take(size), type, shape, name, false);
}
