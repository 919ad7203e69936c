import assert from "node:assert/strict";
import { Element } from "../../../src/engine/kernels/exports.ts";
import { describeKernels, SIZES, SPECIAL, wave } from "./harness.ts";

/** Offsets of a window's elements in row-major order. */
function offsets(shape: readonly number[], strides: readonly number[]): number[] {
  return shape.reduce<number[]>((lead, size, d) => lead.flatMap((offset) => Array.from({ length: size }, (_, i) => offset + i * strides[d]!)), [0]);
}

const windows: readonly [shape: readonly number[], strides: readonly number[]][] = [
  [[], []],
  [[5], [1]],
  [[40], [3]],
  [
    [5, 7],
    [1, 5],
  ],
  [
    [33, 18],
    [1, 33],
  ],
  [
    [4, 4],
    [1, 9],
  ],
  [
    [2, 3, 6, 5],
    [90, 30, 1, 6],
  ],
  [
    [3, 2, 6, 5],
    [30, 90, 1, 6],
  ],
  [
    [2, 3, 4],
    [1, 2, 6],
  ],
  [
    [2, 4, 20],
    [160, 40, 1],
  ],
  [
    [3, 1, 2],
    [2, 999, 1],
  ],
  [
    [2, 0, 3],
    [3, 3, 1],
  ],
  [
    [4, 5],
    [0, 1],
  ],
  [
    [2, 2, 2, 2, 2, 2, 2, 2],
    [128, 64, 32, 16, 8, 4, 2, 1],
  ],
];

describeKernels("copies, conversions and indexing", (machine) => {
  const { kernels } = machine;

  for (const [shape, strides] of windows) {
    it(`reads and writes the window [${shape.join(", ")}] with strides [${strides.join(", ")}]`, () => {
      const places = offsets(shape, strides);
      const extent = Math.max(0, ...places) + 1;
      const [source, dense] = [wave(extent), wave(places.length, 1, 9)];
      const meta = machine.ints([...shape, ...strides]);
      const out = machine.room(places.length);
      kernels.gather4(out, machine.floats(source), shape.length, meta);
      assert.deepEqual(
        machine.readFloats(out, places.length),
        places.map((p) => source[p]),
      );
      const bytes = Array.from({ length: extent }, (_, i) => (i * 7) % 256);
      const outBytes = machine.alloc(places.length);
      kernels.gather1(outBytes, machine.bytes(bytes), shape.length, meta);
      assert.deepEqual(
        machine.readBytes(outBytes, places.length),
        places.map((p) => bytes[p]),
      );

      const target = machine.floats(source),
        targetBytes = machine.bytes(bytes);
      kernels.scatter4(target, machine.floats(dense), shape.length, meta);
      kernels.scatter1(targetBytes, outBytes, shape.length, meta);
      const expected = [...source];
      places.forEach((p, i) => (expected[p] = dense[i]!));
      assert.deepEqual(machine.readFloats(target, extent), expected);
      assert.deepEqual(machine.readBytes(targetBytes, extent), bytes);
    });
  }

  it("fills", () => {
    for (const n of SIZES) {
      machine.reset();
      const [a, b] = [machine.room(n), machine.ints(new Array(n).fill(5))];
      kernels.fill(a, 2.5, n);
      kernels.fillI32(b, -7, n);
      assert.deepEqual(machine.readFloats(a, n), new Array(n).fill(2.5));
      assert.deepEqual(machine.readInts(b, n), new Array(n).fill(-7));
    }
  });

  it("converts between all element types at every length", () => {
    for (const n of SIZES) {
      machine.reset();
      const floats = SPECIAL.concat(wave(1030, 1000)).slice(0, n).map(Math.fround);
      const ints = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? 0 : (i * 7919 - 3000) * (i % 2 ? 1 : -1)));
      const bytes = Array.from({ length: n }, (_, i) => (i * 37) % 256),
        bools = bytes.map((v) => v & 1);
      const [pf, pi, pu, pb] = [machine.floats(floats), machine.ints(ints), machine.bytes(bytes), machine.bytes(bools)];
      const [of, oi, ou] = [machine.room(n), machine.ints(new Array(n).fill(1)), machine.alloc(n)];
      const E = Element;
      const toInt = (v: number): number => (Number.isNaN(v) ? 0 : Math.max(-(2 ** 31), Math.min(2 ** 31 - 1, Math.trunc(v))) + 0);
      kernels.convert(E.float32, E.int32, pf, oi, n);
      assert.deepEqual(machine.readInts(oi, n), floats.map(toInt));
      kernels.convert(E.float32, E.uint8, pf, ou, n);
      assert.deepEqual(
        machine.readBytes(ou, n),
        floats.map((v) => toInt(v) & 255),
      );
      kernels.convert(E.float32, E.bool, pf, ou, n);
      assert.deepEqual(
        machine.readBytes(ou, n),
        floats.map((v) => Number(v !== 0)),
      );
      kernels.convert(E.int32, E.float32, pi, of, n);
      assert.deepEqual(machine.readFloats(of, n), ints.map(Math.fround));
      kernels.convert(E.int32, E.uint8, pi, ou, n);
      assert.deepEqual(
        machine.readBytes(ou, n),
        ints.map((v) => v & 255),
      );
      kernels.convert(E.int32, E.bool, pi, ou, n);
      assert.deepEqual(
        machine.readBytes(ou, n),
        ints.map((v) => Number(v !== 0)),
      );
      for (const [from, p, values] of [
        [E.uint8, pu, bytes],
        [E.bool, pb, bools],
      ] as const) {
        kernels.convert(from, E.float32, p, of, n);
        assert.deepEqual(machine.readFloats(of, n), values);
        kernels.convert(from, E.int32, p, oi, n);
        assert.deepEqual(machine.readInts(oi, n), values);
        kernels.convert(from, E.uint8, p, ou, n);
        assert.deepEqual(machine.readBytes(ou, n), values);
        kernels.convert(from, E.bool, p, ou, n);
        assert.deepEqual(
          machine.readBytes(ou, n),
          values.map((v) => Number(v !== 0)),
        );
      }
      kernels.convert(E.int32, E.int32, pi, oi, n);
      assert.deepEqual(machine.readInts(oi, n), ints);
    }
  });

  it("takes rows by index, and adds rows where an index says, repeated ones too", () => {
    const [outer, size, inner] = [2, 5, 7];
    const indices = [4, 0, 0, 3];
    const x = wave(outer * size * inner),
      source = wave(outer * indices.length * inner, 1, 2);
    const pi = machine.ints(indices);
    const out = machine.room(outer * indices.length * inner);
    assert.equal(kernels.takeRows(machine.floats(x), pi, out, outer, size, inner, indices.length), -1);
    const taken = [0, 1].flatMap((o) => indices.flatMap((i) => x.slice((o * size + i) * inner, (o * size + i + 1) * inner)));
    assert.deepEqual(machine.readFloats(out, taken.length), taken);

    const target = machine.floats(x);
    assert.equal(kernels.addRows(target, pi, machine.floats(source), outer, size, inner, indices.length), -1);
    const sums = [...x];
    for (let o = 0; o < outer; o++) {
      indices.forEach((index, i) => {
        for (let k = 0; k < inner; k++) {
          const at = (o * size + index) * inner + k;
          sums[at] = Math.fround(sums[at]! + source[(o * indices.length + i) * inner + k]!);
        }
      });
    }
    assert.deepEqual(machine.readFloats(target, sums.length), sums);
  });

  it("tells the first index that is out of range and leaves the output alone", () => {
    const out = machine.floats([9, 9, 9, 9]);
    const x = machine.floats([1, 2, 3]);
    assert.equal(kernels.takeRows(x, machine.ints([0, 2, 3]), out, 1, 3, 1, 3), 2);
    assert.equal(kernels.addRows(out, machine.ints([-1]), x, 1, 3, 1, 1), 0);
    assert.equal(kernels.oneHot(machine.ints([0, 4]), out, 2, 2), 1);
    assert.equal(kernels.gatherAlong(x, machine.ints([1, 5]), out, 1, machine.ints([2, 1]), 0, 3), 1);
    assert.deepEqual(machine.readFloats(out, 4), [9, 9, 9, 9]);
  });

  it("takes rows of bytes", () => {
    const x = Array.from({ length: 2 * 3 * 21 }, (_, i) => (i * 7) % 256);
    const out = machine.alloc(2 * 2 * 21);
    assert.equal(kernels.takeByteRows(machine.bytes(x), machine.ints([2, 0]), out, 2, 3, 21, 2), -1);
    assert.deepEqual(
      machine.readBytes(out, 84),
      [0, 1].flatMap((o) => [2, 0].flatMap((i) => x.slice((o * 3 + i) * 21, (o * 3 + i + 1) * 21))),
    );
  });

  it("adds integers exactly where an index says", () => {
    const out = machine.ints([16777216, 5]);
    assert.equal(kernels.scatterAddAlongI32(out, machine.ints([0, 1, 0]), machine.ints([1, 2, 3]), 1, machine.ints([3, 1]), 0, 2), -1);
    assert.deepEqual(machine.readInts(out, 2), [16777220, 7]);
  });

  it("makes one-hot rows", () => {
    const out = machine.ints(new Array(12).fill(5));
    assert.equal(kernels.oneHot(machine.ints([2, 0, 3]), out, 3, 4), -1);
    assert.deepEqual(machine.readInts(out, 12), [0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("gathers and scatters along each dimension, with an index smaller than the tensor", () => {
    const shape = [4, 3, 5],
      strides = [15, 5, 1],
      indexShape = [3, 2, 4];
    const x = wave(60);
    const count = 24;
    for (const dim of [0, 1, 2]) {
      machine.reset();
      const index = Array.from({ length: count }, (_, i) => (i * 7) % shape[dim]!);
      const places = offsets(indexShape, strides).map((_, i) => {
        const at = [Math.floor(i / 8), Math.floor(i / 4) % 2, i % 4];
        at[dim] = index[i]!;
        return at[0]! * 15 + at[1]! * 5 + at[2]!;
      });
      const [meta, pi, out] = [machine.ints([...indexShape, ...strides]), machine.ints(index), machine.room(count)];
      assert.equal(kernels.gatherAlong(machine.floats(x), pi, out, 3, meta, dim, shape[dim]!), -1);
      assert.deepEqual(
        machine.readFloats(out, count),
        places.map((p) => x[p]),
      );
      const source = wave(count, 1, 5);
      for (const adds of [false, true]) {
        const target = machine.floats(x);
        const run = adds ? kernels.scatterAddAlong : kernels.scatterAlong;
        assert.equal(run(target, pi, machine.floats(source), 3, meta, dim, shape[dim]!), -1);
        const expected = [...x];
        places.forEach((p, i) => (expected[p] = adds ? Math.fround(expected[p]! + source[i]!) : source[i]!));
        assert.deepEqual(machine.readFloats(target, 60), expected);
      }
    }
  });
});
