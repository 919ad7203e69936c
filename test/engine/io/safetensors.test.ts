import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arange, load, loadMetadata, nn, save, tensor, type Tensor } from "../../../src/engine/index.ts";
import { readSafetensors } from "../../../src/engine/io/safetensors.ts";
import { fixturePath } from "../../fixtures/files/read.ts";

/** A file with this header and so many bytes of data. */
function file(header: unknown, dataBytes: number): Uint8Array {
  const text = new TextEncoder().encode(typeof header === "string" ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + dataBytes);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const floats = (shape: number[], start: number, end: number): object => ({ dtype: "F32", shape, data_offsets: [start, end] });

describe("safetensors files", () => {
  it("give tensors by name, converted", () => {
    const found = load<Map<string, Tensor>>(fixturePath("weights.safetensors"));
    assert.deepEqual(
      [...found].map(([name, value]) => [name, value.dtype, value.tolist()]),
      [
        [
          "a.weight",
          "float32",
          [
            [1, 2],
            [3, 4.5],
          ],
        ],
        ["half", "float32", [0.5, -2]],
        ["brain", "float32", [1.5]],
        ["double", "float32", [Math.fround(0.1)]],
        ["ids", "int32", [-1, 0, 9]],
        ["bytes", "uint8", [1, 255]],
        ["mask", "bool", [true, false]],
        ["scalar", "int32", 7],
        ["none", "float32", []],
      ],
    );
    assert.deepEqual(loadMetadata(fixturePath("weights.safetensors")), { format: "pt", note: "ä" });
  });

  it("keep a module's state, views and metadata", () => {
    const folder = mkdtempSync(join(tmpdir(), "kindling-safetensors-"));
    const path = join(folder, "model.safetensors");
    const model = new nn.Sequential(new nn.Linear(3, 2), new nn.BatchNorm1d(2));
    save(model.stateDict(), path, { metadata: { format: "pt" } });
    const found = load<Map<string, Tensor>>(path);
    assert.deepEqual([...found.keys()], [...model.stateDict().keys()]);
    new nn.Sequential(new nn.Linear(3, 2), new nn.BatchNorm1d(2)).loadStateDict(found);
    for (const [name, value] of model.stateDict()) assert.deepEqual(found.get(name)!.tolist(), value.tolist());
    assert.deepEqual(loadMetadata(path), { format: "pt" });
    save({ turned: arange(6).reshape(2, 3).t() }, path);
    assert.deepEqual(load(path).get("turned").tolist(), [
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    assert.throws(() => save({ epoch: 3, w: tensor([1]) }, path), /can't save epoch: a \.safetensors file holds tensors only/);
    assert.throws(() => save([tensor([1])], path), /holds tensors by name/);
    assert.throws(() => save({}, join(folder, "x.pt"), { metadata: {} }), /metadata can be saved in \.safetensors files only/);
    rmSync(folder, { recursive: true });
  });

  it("say where they are damaged", () => {
    const says = (bytes: Uint8Array, words: RegExp): void => assert.throws(() => readSafetensors(bytes, "w.safetensors"), words);
    says(new Uint8Array(3), /w\.safetensors, byte 0: a \.safetensors file begins with the size of its header in 8 bytes/);
    says(new Uint8Array(8).fill(255), /w\.safetensors, byte 0: the size 18446744073709551615 is beyond all files/);
    says(new Uint8Array([0, 0, 0, 32, 0, 0, 0, 0]), /byte 0: the header is too large/);
    says(new Uint8Array([99, 0, 0, 0, 0, 0, 0, 0]), /byte 8: 99 bytes are expected here, but 0 are left/);
    says(file("{nonsense", 0), /byte 8: the header is no JSON/);
    says(file([], 0), /no JSON object/);
    says(
      file({ a: floats([2], 0, 8), b: floats([2], 4, 12) }, 12),
      /tensor "b": begins at byte 4 of the data, where 8 is expected: tensors overlap or leave a hole/,
    );
    says(file({ a: floats([2], 0, 8), b: floats([1], 12, 16) }, 16), /overlap or leave a hole/);
    says(file({ a: floats([2], 0, 8) }, 4), /the tensors take 8 bytes, but the file has 4 for them/);
    says(file({ a: floats([2], 0, 8) }, 12), /the tensors take 8 bytes, but the file has 12/);
    says(file({ a: floats([3], 0, 8) }, 8), /tensor "a": offsets \[0,8\] don't fit F32 of shape \[3\], which is 12 bytes/);
    says(file({ a: floats([2 ** 40, 2 ** 40], 0, 8) }, 8), /is no shape/);
    says(file({ a: floats([-1], 0, 8) }, 8), /\[-1\] is no shape/);
    says(file({ a: { dtype: "F8", shape: [], data_offsets: [0, 1] } }, 1), /tensor "a": dtype F8 is not known/);
    says(file({ a: { dtype: "I64", shape: [1], data_offsets: [0, 8] } }, 8).fill(255, -7, -4), /tensor "a": element 0 is \d+, which doesn't fit into int32/);
  });
});
