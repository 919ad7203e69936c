/** PNG pictures: decoded by fast-png, after its chunks were looked through, so that nothing unpacks to more than the header tells. */
import { decode, type DecodedPng } from "fast-png";
import { unzlibSync, zlibSync } from "fflate";
import { filled } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import { ByteReader } from "../io/byteReader.ts";
import { exactly } from "../io/zip.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** What stands around a chunk's content: size, type and checksum. */
const AROUND = 12;
/** Channels by the header's type of colours: grey, colours, palette, grey with transparency, colours with transparency. */
const channelsOf: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Where the passes of an interlaced picture begin and how far their pixels are apart: across, down. */
const passes: readonly (readonly [x: number, y: number, across: number, down: number])[] = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
];

export function isPng(bytes: Uint8Array): boolean {
  return SIGNATURE.every((byte, i) => bytes[i] === byte);
}

/** What the header tells. @param name stands for the file in messages */
export function pngSize(bytes: Uint8Array, name: string): { width: number; height: number } {
  const header = new ByteReader(bytes, name, 16);
  return { width: header.u32(false), height: header.u32(false) };
}

/**
 * The picture. Colour profiles, texts and the like aren't even unpacked; the pixels are, to exactly what the header asks for.
 * @param name stands for the file in messages
 */
export function decodePng(bytes: Uint8Array, name: string): DecodedPng {
  const chunks = chunksOf(bytes, name);
  const [header] = chunks;
  if (header?.type !== "IHDR" || header.content.length !== 13) throw new KindlingError(`${name} is damaged: a PNG picture begins with its header`);
  const packed = joined(chunks.filter(({ type }) => type === "IDAT").map(({ content }) => content));
  const pixels = exactly(unpackedSize(header.content), packed, name, "the picture", unzlibSync);
  const others = chunks.filter(({ type }, i) => i === 0 || type === "PLTE" || type === "tRNS").map(({ type, content }) => chunk(type, content));
  return decode(joined([new Uint8Array(SIGNATURE), ...others, chunk("IDAT", zlibSync(pixels, { level: 0 })), chunk("IEND", new Uint8Array(0))]));
}

interface Chunk {
  readonly type: string;
  readonly content: Uint8Array;
}

/** The chunks that a picture needs. @throws KindlingError where one of them is damaged */
function chunksOf(bytes: Uint8Array, name: string): Chunk[] {
  const reader = new ByteReader(bytes, name, SIGNATURE.length);
  const chunks: Chunk[] = [];
  for (let type = ""; type !== "IEND";) {
    const size = reader.u32(false);
    const start = reader.position;
    type = reader.text(4);
    const content = reader.take(size);
    const sum = reader.u32(false);
    if (!/^(IHDR|PLTE|tRNS|IDAT|IEND)$/.test(type)) continue;
    if (checksum(bytes.subarray(start, start + 4 + size)) !== sum) reader.fail(`the checksum of ${type} doesn't fit: the picture is damaged`, start);
    if (type === "PLTE" && size > 256 * 3) reader.fail(`a palette of ${size / 3} colours, where 256 are the most`, start);
    chunks.push({ type, content });
  }
  return chunks;
}

/** Bytes of all rows, each with the byte that tells its filter. */
function unpackedSize(header: Uint8Array): number {
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  const [width, height, depth, colours] = [view.getUint32(0), view.getUint32(4), view.getUint8(8), view.getUint8(9)];
  const bits = depth * (channelsOf[colours] ?? 0);
  const size = (across: number, down: number): number => (across === 0 ? 0 : down * (1 + Math.ceil((across * bits) / 8)));
  if (view.getUint8(12) === 0) return size(width, height);
  return passes.reduce((sum, [x, y, across, down]) => sum + size(Math.ceil((width - x) / across), Math.ceil((height - y) / down)), 0);
}

function chunk(type: string, content: Uint8Array): Uint8Array {
  const out = new Uint8Array(content.length + AROUND);
  new DataView(out.buffer).setUint32(0, content.length);
  out.set(new TextEncoder().encode(type), 4);
  out.set(content, 8);
  return out;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let position = 0;
  for (const part of parts) {
    out.set(part, position);
    position += part.length;
  }
  return out;
}

/** The remainders of the eight bits of a byte, for `checksum`. */
const remainders = filled(new Uint32Array(256), (byte) => {
  let rest = byte;
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? 0xedb88320 ^ (rest >>> 1) : rest >>> 1;
  return rest;
});

/** CRC-32, as PNG has it. */
function checksum(bytes: Uint8Array): number {
  let rest = -1;
  for (const byte of bytes) rest = remainders[(rest ^ byte) & 255]! ^ (rest >>> 8);
  return (rest ^ -1) >>> 0;
}
