import assert from "node:assert/strict";
import { arange, KindlingError, memoryReport, nn, tensor, Tensor, zeros } from "../../src/engine/index.ts";
import { parseCsv } from "../../src/engine/data/csv.ts";
import { parseIdx } from "../../src/engine/data/idx.ts";
import { parseImage } from "../../src/engine/data/image.ts";
import { ByteReader } from "../../src/engine/io/byteReader.ts";
import { parseNpy, parseNpz } from "../../src/engine/io/npy.ts";
import { unpickle } from "../../src/engine/io/pickleReader.ts";
import { readSafetensors } from "../../src/engine/io/safetensors.ts";
import { torchGlobal } from "../../src/engine/io/torchGlobals.ts";
import { readTorch } from "../../src/engine/io/torchReader.ts";
import { writeTorch } from "../../src/engine/io/torchWriter.ts";
import { fixtureBytes } from "../fixtures/files/read.ts";
import { mutate, randomBelow } from "./mutate.ts";

interface Format {
  readonly count: number;
  readonly seeds: readonly Uint8Array[];
  /** Reads a file from memory; the name is the one that errors have to tell. */
  read(bytes: Uint8Array, name: string): unknown;
  /** How many times the file's size its tensors may take. */
  readonly growth: number;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const fixtures = (...names: readonly string[]): Uint8Array[] => names.map(fixtureBytes);

/** int8 is read into int32: four times the size. Deflated files unpack to 1032 times theirs at most. */
const PLAIN = 4;
const DEFLATED = 4 * 1032;

const small = writeTorch({ a: arange(3), p: new nn.Parameter(tensor([1, 2])), n: [1, 2.5, "x", null], m: new Map([[0, zeros(2).select(0, 1)]]) }, "any.pt");

const formats: Readonly<Record<string, Format>> = {
  "PyTorch files": { count: 4000, seeds: [small, ...fixtures("values.pt", "checkpoint_sgd.pt", "values_legacy.pt")], read: readTorch, growth: DEFLATED },
  "pickles of all versions": {
    count: 3000,
    seeds: fixtures(...[0, 1, 2, 3, 4, 5].map((protocol) => `plain_${protocol}.pkl`)),
    read: (bytes, name) => {
      const reader = new ByteReader(bytes, name);
      return unpickle(reader, { resolve: torchGlobal(name, bytes.length), persistent: () => reader.fail("there are no storages") });
    },
    growth: PLAIN,
  },
  "safetensors files": { count: 1500, seeds: fixtures("weights.safetensors"), read: readSafetensors, growth: PLAIN },
  ".npy files": { count: 1500, seeds: fixtures("npy_little_f4.npy", "npy_big_i8.npy", "npy_fortran.npy", "npy_version3.npy"), read: parseNpy, growth: PLAIN },
  ".npz files": { count: 800, seeds: fixtures("stored.npz", "deflated.npz"), read: parseNpz, growth: DEFLATED },
  "IDX files": { count: 1500, seeds: fixtures("images.idx3-ubyte", "type11.idx", "type14.idx", "images.idx3-ubyte.gz"), read: parseIdx, growth: DEFLATED },
  "CSV files": {
    count: 1500,
    seeds: [utf8("x,y,label\n1,2.5,0\n-3e1,4,1\n"), utf8('a,b\r\n"1",2\r\n"3",nan\r\n')],
    read: (bytes, name) => parseCsv(new TextDecoder().decode(bytes), { name }).tensor(),
    growth: PLAIN,
  },
  "picture files": {
    count: 800,
    seeds: fixtures("rgb.png", "palette.png", "gray16.png", "rgb.jpg", "gray.jpg", "progressive.jpg"),
    read: parseImage,
    growth: DEFLATED,
  },
};

/** All tensors in a value, however deep. */
function tensorsIn(value: unknown): Tensor[] {
  const seen = new Set<unknown>([value]);
  const found: Tensor[] = [];
  for (const each of seen) {
    if (each instanceof Tensor) found.push(each);
    else if (each instanceof Map) for (const [key, inner] of each) seen.add(key).add(inner);
    else if (Array.isArray(each) || each instanceof Set) for (const inner of each) seen.add(inner);
    else if (typeof each === "object" && each !== null && !ArrayBuffer.isView(each)) for (const inner of Object.values(each)) seen.add(inner);
  }
  return found;
}

/** Each tensor lies within its storage, and the storages together aren't larger than the file can tell. */
function assertPlausible(value: unknown, fileBytes: number, growth: number): void {
  const tensors = tensorsIn(value);
  for (const { shape, strides, offset, storage, ...each } of tensors) {
    const size = each.dtype === "float32" || each.dtype === "int32" ? 4 : 1;
    const last = shape.includes(0) ? -1 : shape.reduce((position, n, i) => position + (n - 1) * strides[i]!, offset);
    assert.ok((last + 1) * size <= storage.bytes, `shape [${shape.join(", ")}] in ${storage.bytes} bytes`);
  }
  const bytes = [...new Set(tensors.map((each) => each.storage))].reduce((sum, storage) => sum + storage.bytes, 0);
  assert.ok(bytes <= growth * fileBytes, `${bytes} bytes of tensors from a file of ${fileBytes}`);
}

describe("damaged files", () => {
  for (const [format, { count, seeds, read, growth }] of Object.entries(formats)) {
    it(`${format}: ${count} of them give an error that names the file, or a plausible value`, () => {
      const random = randomBelow(format.length);
      let refused = 0;
      const before = memoryReport().linear + process.memoryUsage().arrayBuffers;
      for (let i = 0; i < count; i++) {
        const name = `damaged-${i}.bin`;
        const bytes = mutate(seeds[random(seeds.length)]!, seeds[random(seeds.length)]!, random);
        try {
          assertPlausible(read(bytes, name), bytes.length, growth);
        } catch (error) {
          assert.ok(error instanceof KindlingError && error.message.includes(name), `file ${i}: ${(error as Error).stack}`);
          refused++;
        }
      }
      assert.ok(refused > count / 10, `only ${refused} were found to be damaged`);
      const grown = memoryReport().linear + process.memoryUsage().arrayBuffers - before;
      assert.ok(grown < 256 * 2 ** 20, `memory grew by ${grown} bytes`);
    });
  }

  it("undamaged ones are read", () => {
    for (const { seeds, read, growth } of Object.values(formats)) for (const seed of seeds) assertPlausible(read(seed, "whole.bin"), seed.length, growth);
  });
});
