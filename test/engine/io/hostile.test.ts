import assert from "node:assert/strict";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { zipSync } from "fflate";
import { KindlingError, type Tensor } from "../../../src/engine/index.ts";
import { parseIdx } from "../../../src/engine/data/idx.ts";
import { parseImage } from "../../../src/engine/data/image.ts";
import { parseNpy, parseNpz } from "../../../src/engine/io/npy.ts";
import { readSafetensors } from "../../../src/engine/io/safetensors.ts";
import { readTorch } from "../../../src/engine/io/torchReader.ts";

const latin = (text: string): Uint8Array => Uint8Array.from(text, (character) => character.charCodeAt(0));
const MiB = 2 ** 20;

/** Runs a reader of a hostile file; its error names the file, and it took no memory to speak of. */
function refuses(read: () => unknown, words: RegExp): void {
  const before = process.memoryUsage().arrayBuffers;
  assert.throws(read, (error) => error instanceof KindlingError && words.test(error.message) && /bad\.\w+/.test(error.message));
  const grown = process.memoryUsage().arrayBuffers - before;
  assert.ok(grown < 8 * MiB, `${Math.round(grown / MiB)} MiB were taken`);
}

const u32 = (value: number): string => String.fromCharCode(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);

/** `(storage, class, key, "cpu", count)`, a reference to what stands outside of the pickle. */
const storage = (type: string, count: number, key = "0"): string =>
  `(X\x07\0\0\0storagectorch\n${type}\nX${u32(key.length)}${key}X\x03\0\0\0cpuJ${u32(count)}tQ`;

function long(value: bigint): string {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setBigInt64(0, value, true);
  return `\x8a\x08${String.fromCharCode(...new Uint8Array(bytes.buffer))}`;
}

const tuple = (values: readonly bigint[]): string => `(${values.map(long).join("")}t`;
const window = (source: string, offset: bigint, size: readonly bigint[], stride: readonly bigint[]): string =>
  `ctorch._utils\n_rebuild_tensor_v2\n(${source}${long(offset)}${tuple(size)}${tuple(stride)}\x89ccollections\nOrderedDict\n)RtR`;

/** A PyTorch file around a pickle. @param level of compression; PyTorch itself uses none */
const torchFile = (pickle: string, entries: Record<string, Uint8Array>, level: 0 | 9 = 0): Uint8Array =>
  zipSync({ "a/data.pkl": latin(`\x80\x02${pickle}.`), ...entries }, { level });

const sixteen = { "a/data/0": new Uint8Array(64) };
const floats = (offset: bigint, size: readonly bigint[], stride: readonly bigint[]): Uint8Array =>
  torchFile(window(storage("FloatStorage", 16), offset, size, stride), sixteen);

describe("hostile PyTorch files", () => {
  const read = (bytes: Uint8Array) => () => readTorch(bytes, "bad.pt");

  it("whose tensors reach beyond their storage", () => {
    assert.deepEqual((readTorch(floats(0n, [4n, 4n], [4n, 1n]), "good.pt") as Tensor).shape, [4, 4]);
    refuses(read(floats(0n, [5n, 4n], [4n, 1n])), /reaches beyond its 16 elements/);
    for (const [offset, size, stride] of [
      [1n << 62n, 1n, 1n],
      [-4n, 1n, 1n],
      [8n, 2n, -1n],
      [0n, -2n, 1n],
    ] as const) {
      refuses(read(floats(offset, [size], [stride])), /a tensor is described in a way that can't be/);
    }
    refuses(read(floats(0n, new Array<bigint>(3000).fill(1n), new Array<bigint>(3000).fill(1n))), /a tensor is described in a way that can't be/);
  });

  it("whose storages are missing, short, or of two types", () => {
    refuses(read(torchFile(window(storage("FloatStorage", 16, "7"), 0n, [4n], [1n]), sixteen)), /storage 7 has 0 bytes, but 64 are needed/);
    refuses(read(torchFile(window(storage("FloatStorage", 17), 0n, [4n], [1n]), sixteen)), /storage 0 has 64 bytes, but 68 are needed/);
    const many = ["FloatStorage", "IntStorage", "ByteStorage"].map((type) => window(storage(type, 16), 0n, [4n], [1n])).join("");
    refuses(read(torchFile(`](${many}e`, sixteen)), /storage 0 is float32 in one place and int32 in another/);
  });

  it("that unpack to more than is needed", () => {
    const large = new Uint8Array(12 * MiB);
    refuses(
      read(torchFile(window(storage("FloatStorage", 16), 0n, [4n], [1n]), { "a/data/0": large }, 9)),
      /"a\/data\/0" unpacks to 12582912 bytes, where 64 are expected/,
    );
    const pickle = new Uint8Array(17 * MiB).fill("]".charCodeAt(0));
    refuses(read(zipSync({ "a/data.pkl": pickle }, { level: 9 })), /"a\/data\.pkl" unpacks to \d+ bytes, where 16777216 are expected/);
    const unused = torchFile(window(storage("FloatStorage", 16), 0n, [4n], [1n]), { ...sixteen, "a/data/1": large }, 9);
    assert.deepEqual((readTorch(unused, "good.pt") as Tensor).tolist(), [0, 0, 0, 0]);
  });

  it("whose keys are names of JavaScript's own", () => {
    const found = readTorch(torchFile("}(X\x09\0\0\0__proto__}X\x08\0\0\0pollutedK\x01su", {}), "good.pt") as object;
    assert.deepEqual([Object.keys(found), Object.getPrototypeOf(found) === Object.prototype, "polluted" in {}], [["__proto__"], true, false]);
  });
});

describe("hostile archives", () => {
  const npy = (header: string, values: Uint8Array): Uint8Array =>
    Buffer.concat([latin(`\x93NUMPY\x01\0${String.fromCharCode(header.length & 255, header.length >> 8)}${header}`), values]);
  const four = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (4,), }", new Uint8Array(16));

  it("whose arrays unpack to more than their shape, or whose names come twice", () => {
    const bomb = zipSync({ "x.npy": Buffer.concat([four, new Uint8Array(12 * MiB)]) }, { level: 9 });
    refuses(() => parseNpz(bomb, "bad.npz"), /"x\.npy" unpacks to \d+ bytes, where \d\d are expected at most/);
    const twins = zipSync({ "x.npy": four, "y.npy": four }, { level: 0 });
    const directory = Buffer.from(twins.buffer, twins.byteOffset, twins.length).lastIndexOf("y.npy");
    twins[directory] = "x".charCodeAt(0);
    refuses(() => parseNpz(twins, "bad.npz"), /its directory lists "x\.npy" twice/);
    refuses(() => parseNpz(twins.subarray(0, -30), "bad.npz"), /it has no end \(the file was cut off/);
    refuses(() => parseNpz(zipSync({ "x.npy": four, x: four }), "bad.npz"), /holds two arrays named "x"/);
  });

  it("whose arrays have names of JavaScript's own", () => {
    assert.deepEqual(Object.keys(parseNpz(zipSync({ "__proto__.npy": four }), "good.npz")), ["__proto__"]);
  });

  it("with headers of NumPy that claim anything", () => {
    const shaped = (shape: string) => () => parseNpy(npy(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}, }`, new Uint8Array(16)), "bad.npy");
    for (const shape of ["(4611686018427387904, 4)", "(99999999999999999999999,)", `(${"1,".repeat(200)})`]) refuses(shaped(shape), /is no shape/);
    for (const shape of ["(-1,)", "(2, 2", "(1e3,)", "__import__('os')"]) refuses(shaped(shape), /the header doesn't tell type, order and shape/);
  });
});

describe("hostile IDX files", () => {
  const idx = (sizes: readonly number[], bytes: number): Uint8Array =>
    latin(`\0\0\x08${String.fromCharCode(sizes.length)}${sizes.map((size) => u32(size).split("").toReversed().join("")).join("")}${"\0".repeat(bytes)}`);

  it("with wrong counts, or that unpack to more than their shape", () => {
    assert.deepEqual(parseIdx(gzipSync(idx([2, 2], 4)), "good.gz").shape, [2, 2]);
    refuses(() => parseIdx(idx([3, 4], 4), "bad.idx"), /12 bytes are expected for shape \[3, 4\], but 4 are left/);
    refuses(() => parseIdx(gzipSync(idx([400], 4)), "bad.gz"), /it claims 12 bytes, where 408 are expected/);
    const bomb = gzipSync(Buffer.concat([idx([4], 4), new Uint8Array(12 * MiB)]));
    refuses(() => parseIdx(new Uint8Array(bomb), "bad.gz"), /it claims 12582924 bytes, where 12 are expected/);
    bomb.writeUInt32LE(12, bomb.length - 4);
    refuses(() => parseIdx(new Uint8Array(bomb), "bad.gz"), /it unpacks to more than 12 bytes/);
    refuses(() => parseIdx(gzipSync(idx([0xffffffff], 4)), "bad.gz"), /it claims 12 bytes, where 4294967303 are expected/);
    refuses(
      () => parseIdx(gzipSync(latin(`\0\0\x08\x01\0\0\x0f\xa0${"qwertz".repeat(667)}`)).subarray(0, 40), "bad.gz"),
      /it claims \d+ bytes, where 4008 are expected/,
    );
  });
});

describe("hostile safetensors files", () => {
  function file(header: string, bytes: number): Uint8Array {
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(header.length));
    return new Uint8Array(Buffer.concat([size, latin(header), new Uint8Array(bytes)]));
  }
  const one = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}';
  const read = (header: string, bytes: number) => () => readSafetensors(file(header, bytes), "bad.safetensors");

  it("with names that come twice, places before the data, or shapes without end", () => {
    assert.deepEqual([...readSafetensors(file(`{"__proto__":${one}}`, 4), "good.safetensors").keys()], ["__proto__"]);
    refuses(read(`{"a":${one},"a":${one.replace("[0,4]", "[4,8]")}}`, 8), /overlap or leave a hole/);
    refuses(read(`{"a":${one.replace("[0,4]", "[-4,0]")}}`, 4), /begins at byte -4/);
    refuses(read(`{"a":${one.replace("[1]", `[${"1,".repeat(999)}1]`)}}`, 4), /is no shape/);
    refuses(read("[".repeat(1e6), 8), /the header is no JSON/);
    refuses(() => readSafetensors(latin("\0\0\0\0\0\0\0\x80{}"), "bad.safetensors"), /the size 9223372036854775808 is beyond all files/);
  });
});

describe("hostile pictures", () => {
  function chunk(type: string, content: Uint8Array): Buffer {
    const out = Buffer.alloc(12 + content.length);
    out.writeUInt32BE(content.length);
    out.write(type, 4, "latin1");
    out.set(content, 8);
    out.writeUInt32BE(crc32(out.subarray(4, 8 + content.length)), 8 + content.length);
    return out;
  }
  function header(width: number, height: number, { depth = 8, colours = 0, interlaced = 0 } = {}): Buffer {
    const out = Buffer.alloc(13);
    out.writeUInt32BE(width);
    out.writeUInt32BE(height, 4);
    out.set([depth, colours, 0, 0, interlaced], 8);
    return chunk("IHDR", out);
  }
  const png = (...chunks: readonly Uint8Array[]): Uint8Array =>
    new Uint8Array(Buffer.concat([latin("\x89PNG\r\n\x1a\n"), ...chunks, chunk("IEND", new Uint8Array(0))]));
  const pixels = (bytes: number): Uint8Array => chunk("IDAT", deflateSync(new Uint8Array(bytes)));
  const large = new Uint8Array(12 * MiB);

  it("whose pixels unpack to more or less than their size", () => {
    assert.deepEqual(parseImage(png(header(3, 2), pixels(8)), "good.png").shape, [1, 2, 3]);
    assert.deepEqual(parseImage(png(header(3, 2, { interlaced: 1 }), pixels(10)), "good.png").shape, [1, 2, 3]);
    refuses(() => parseImage(png(header(3, 2), chunk("IDAT", deflateSync(large))), "bad.png"), /the picture unpacks to more than 8 bytes/);
    refuses(() => parseImage(png(header(3, 2), pixels(7)), "bad.png"), /the picture unpacks to 7, not 8, bytes/);
    refuses(() => parseImage(png(header(10_000, 10_000), pixels(8)), "bad.png"), /the picture should unpack to 100010000 bytes, which \d+ can't/);
    refuses(() => parseImage(png(header(0xffffffff, 0xffffffff), pixels(8)), "bad.png"), /pixels are too many/);
    refuses(() => parseImage(png(header(3, 0), pixels(8)), "bad.png"), /a picture of 3 × 0 pixels/);
  });

  it("whose colour profile or texts would unpack to anything aren't unpacked", () => {
    const profile = chunk("iCCP", Buffer.concat([latin("x\0\0"), deflateSync(large)]));
    const text = chunk("zTXt", Buffer.concat([latin("x\0\0"), deflateSync(large)]));
    const before = process.memoryUsage().arrayBuffers;
    assert.deepEqual(parseImage(png(header(3, 2), profile, text, pixels(8)), "good.png").shape, [1, 2, 3]);
    assert.ok(process.memoryUsage().arrayBuffers - before < 8 * MiB);
  });

  it("with palettes beyond measure, or broken checksums", () => {
    const colourful = png(header(3, 2, { colours: 3 }), chunk("PLTE", new Uint8Array(3 * MiB)), pixels(8));
    refuses(() => parseImage(colourful, "bad.png"), /a palette of 1048576 colours/);
    const broken = png(header(3, 2), pixels(8));
    broken[20] = 1;
    refuses(() => parseImage(broken, "bad.png"), /the checksum of IHDR doesn't fit/);
  });

  it("that are pictures of JPEG larger than their bytes", () => {
    const frame = latin("\xff\xd8\xff\xc0\0\x0b\x08\x7f\xff\x0b\0\x01\x01\x11\0\xff\xd9");
    refuses(() => parseImage(frame, "bad.jpg"), /bytes can't hold \d+ × \d+ pixels/);
  });
});
