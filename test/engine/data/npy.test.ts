import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { arange, data, tensor, zeros } from "../../../src/engine/index.ts";
import { parseNpy, parseNpz } from "../../../src/engine/io/npy.ts";
import { fixtureBytes, fixturePath } from "../../fixtures/files/read.ts";

describe("NumPy's files", () => {
  const read = (name: string) => data.readNpy(fixturePath(`npy_${name}.npy`));

  for (const [dtype, names] of [
    ["float32", ["little_f2", "little_f4", "big_f4", "little_f8", "big_f8"]],
    ["int32", ["i1", "little_i2", "big_i2", "little_i4", "big_i4", "little_i8", "big_i8", "little_u2", "little_u4"]],
    ["uint8", ["u1"]],
  ] as const) {
    it(`give ${dtype} from ${names.join(", ")}`, () => {
      for (const name of names) {
        const found = read(name);
        assert.deepEqual(
          [found.dtype, found.tolist()],
          [
            dtype,
            [
              [0, 1, 2],
              [3, 4, 5],
            ],
          ],
          name,
        );
      }
    });
  }

  it("give bool, columns first, scalars, empty arrays, and all versions of the format", () => {
    assert.deepEqual(
      [read("b1").dtype, read("b1").tolist()],
      [
        "bool",
        [
          [false, true, true],
          [true, true, true],
        ],
      ],
    );
    assert.deepEqual(read("fortran").tolist(), arange(24).reshape(2, 3, 4).tolist());
    assert.deepEqual([read("scalar").shape, read("scalar").item(), read("empty").shape], [[], 2.5, [0, 3]]);
    for (const version of [1, 2, 3]) assert.deepEqual(read(`version${version}`).tolist(), [0, 1, 2]);
  });

  it("give archives as tensors by name, stored or deflated", () => {
    for (const name of ["stored.npz", "deflated.npz"]) {
      const { x, y } = data.readNpz(fixturePath(name));
      assert.deepEqual(
        [x!.tolist(), y!.tolist(), y!.dtype],
        [
          [
            [0, 1, 2],
            [3, 4, 5],
          ],
          [1, 0],
          "int32",
        ],
      );
    }
  });

  it("are refused where they hold no numbers", () => {
    assert.throws(() => read("objects"), /npy_objects\.npy holds Python objects, which can't be read \(dtype '\|O'\)/);
    assert.throws(() => read("records"), /npy_records\.npy holds records \(a structured type\); save each field/);
    assert.throws(() => read("complex"), /holds complex numbers/);
    assert.throws(() => read("text"), /holds text/);
  });

  it("say where they are damaged", () => {
    const bytes = fixtureBytes("npy_little_f4.npy");
    assert.throws(() => parseNpy(bytes.subarray(0, 140), "x.npy"), /x\.npy, byte 128: shape \(2, 3\) of '<f4' needs more than the 12 bytes that are left/);
    assert.throws(() => parseNpy(bytes.subarray(0, 50), "x.npy"), /x\.npy, byte 10: 118 bytes are expected here, but 40 are left/);
    assert.throws(() => parseNpy(bytes.subarray(1), "x.npy"), /x\.npy, byte 0: a \.npy file begins with/);
    assert.throws(() => parseNpz(bytes, "x.npz"), /x\.npz is no \.npz file/);
    assert.throws(() => parseNpz(fixtureBytes("stored.npz").subarray(0, 300), "x.npz"), /x\.npz is damaged/);
  });

  it("are written as they are read", () => {
    const folder = mkdtempSync(join(tmpdir(), "kindling-npy-"));
    const tensors = {
      f: tensor([
        [1, 2.5],
        [3, 4],
      ]),
      turned: arange(6).reshape(2, 3).t(),
      b: tensor([true]),
      u: tensor(new Uint8Array([7])),
      s: tensor(1),
      e: zeros(0, 2),
    };
    data.writeNpz(join(folder, "all.npz"), tensors);
    data.writeNpy(join(folder, "turned.npy"), tensors.turned);
    const found = data.readNpz(join(folder, "all.npz"));
    for (const [name, value] of Object.entries(tensors)) {
      assert.deepEqual([found[name]!.dtype, found[name]!.shape, found[name]!.tolist()], [value.dtype, value.shape, value.tolist()]);
    }
    assert.deepEqual(data.readNpy(join(folder, "turned.npy")).tolist(), [
      [0, 3],
      [1, 4],
      [2, 5],
    ]);
    rmSync(folder, { recursive: true });
  });
});
