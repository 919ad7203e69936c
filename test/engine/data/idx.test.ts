import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { data } from "../../../src/engine/index.ts";
import { parseIdx } from "../../../src/engine/data/idx.ts";
import { fixtureBytes, fixturePath } from "../../fixtures/files/read.ts";

describe("IDX files", () => {
  it("give MNIST's pictures, gzipped or not", () => {
    const plain = data.readIdx(fixturePath("images.idx3-ubyte"));
    assert.deepEqual(
      [plain.shape, plain.dtype, plain.select(0, 1).tolist()],
      [
        [2, 4, 4],
        "uint8",
        [
          [112, 119, 126, 133],
          [140, 147, 154, 161],
          [168, 175, 182, 189],
          [196, 203, 210, 217],
        ],
      ],
    );
    assert.ok(plain.equal(data.readIdx(fixturePath("images.idx3-ubyte.gz"))));
  });

  it("give all types of elements", () => {
    for (const [code, dtype] of [
      [9, "int32"],
      [11, "int32"],
      [12, "int32"],
      [13, "float32"],
      [14, "float32"],
    ] as const) {
      const found = data.readIdx(fixturePath(`type${code}.idx`));
      assert.deepEqual([found.dtype, found.tolist()], [dtype, [-3, 0, 100]]);
    }
  });

  it("say where they are damaged", () => {
    const bytes = fixtureBytes("images.idx3-ubyte");
    const says = (damaged: Uint8Array, words: RegExp): void => assert.throws(() => parseIdx(damaged, "d.idx"), words);
    says(bytes.subarray(0, 40), /d\.idx, byte 16: 32 bytes are expected for shape \[2, 4, 4\], but 24 are left/);
    says(bytes.subarray(0, 9), /d\.idx, byte 8: 4 bytes are expected here, but 1 are left/);
    says(new Uint8Array([0, 0, 10, 1]), /d\.idx, byte 2: 0xa is no type of elements/);
    says(new Uint8Array([1, 0, 8, 1]), /begins with two zeros/);
    says(new Uint8Array([0, 0, 8, 3, ...Array<number>(12).fill(255)]), /byte 16: \w+ bytes are expected/);
    const zipped = new Uint8Array(gzipSync(bytes));
    says(zipped.subarray(0, 30), /d\.idx/);
    says(new Uint8Array([...zipped.subarray(0, -4), 255, 255, 255, 255]), /d\.idx is damaged: it claims 4294967295 bytes, where 48 are expected/);
  });
});
