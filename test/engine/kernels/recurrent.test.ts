import assert from "node:assert/strict";
import { assertNear, describeKernels, rounded, SPECIAL, wave } from "./harness.ts";

const LAYOUTS = [
  [1, 1],
  [1, 3],
  [2, 4],
  [3, 5],
  [2, 7],
  [5, 16],
  [3, 65],
] as const;
const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** Gate `g` of `count` as [rows, size], out of rows of gates that lie side by side. */
const gateOf = (gates: readonly number[], g: number, count: number, size: number): number[] => gates.filter((_, i) => Math.floor(i / size) % count === g);

/** The reverse. */
const sideBySide = (gates: readonly (readonly number[])[], rows: number, size: number): number[] =>
  Array.from({ length: rows }, (_, r) => gates.flatMap((gate) => gate.slice(r * size, (r + 1) * size))).flat();

describeKernels("cells of recurrent layers", (machine) => {
  const { kernels } = machine;

  for (const [rows, size] of LAYOUTS) {
    const n = rows * size;

    it(`LSTM of [${rows}, ${size}], forward and backward`, () => {
      const [before, cellBefore, dh, dc] = [wave(4 * n, 3), wave(n, 2, 1), wave(n, 1, 2), wave(n, 1, 3)];
      const [gates, cell, tanhCell, hidden] = [machine.floats(before), machine.floats(cellBefore), machine.room(n), machine.room(n)];
      kernels.lstmCell(gates, cell, tanhCell, hidden, rows, size);
      const [i, f, g, o] = [0, 1, 2, 3].map((k) => gateOf(before, k, 4, size).map(k === 2 ? Math.tanh : sigmoid)) as [number[], number[], number[], number[]];
      const c = cellBefore.map((v, k) => f[k]! * v + i[k]! * g[k]!);
      const t = c.map(Math.tanh);
      assertNear(machine.readFloats(gates, 4 * n), sideBySide([i, f, g, o], rows, size), 1e-6, "gates");
      assertNear(machine.readFloats(cell, n), c, 1e-6, "cell");
      assertNear(machine.readFloats(tanhCell, n), t, 1e-6, "tanh of the cell");
      assertNear(
        machine.readFloats(hidden, n),
        t.map((v, k) => v * o[k]!),
        1e-6,
        "hidden",
      );

      const [pdh, pdc, dGates] = [machine.floats(dh), machine.floats(dc), machine.room(4 * n)];
      kernels.lstmCellBackward(gates, tanhCell, machine.floats(cellBefore), pdh, pdc, dGates, rows, size);
      const total = dc.map((v, k) => v + dh[k]! * o[k]! * (1 - t[k]! ** 2));
      const expected = [
        total.map((v, k) => v * g[k]! * i[k]! * (1 - i[k]!)),
        total.map((v, k) => v * cellBefore[k]! * f[k]! * (1 - f[k]!)),
        total.map((v, k) => v * i[k]! * (1 - g[k]! ** 2)),
        dh.map((v, k) => v * t[k]! * o[k]! * (1 - o[k]!)),
      ];
      assertNear(machine.readFloats(dGates, 4 * n), sideBySide(expected, rows, size), 2e-6, "gradient of the gates");
      assertNear(
        machine.readFloats(pdc, n),
        total.map((v, k) => v * f[k]!),
        2e-6,
        "gradient of the cell before",
      );
      assert.deepEqual(machine.readFloats(pdh, n), rounded(dh), "the hidden state's gradient stays");
    });

    it(`GRU of [${rows}, ${size}], forward and backward`, () => {
      const [ofInput, ofHidden, before, dh] = [wave(3 * n, 2), wave(3 * n, 2, 1), wave(n, 1, 2), wave(n, 1, 3)];
      const [gates, fromHidden, hidden, candidate] = [machine.floats(ofInput), machine.floats(ofHidden), machine.floats(before), machine.room(n)];
      kernels.gruCell(gates, fromHidden, hidden, candidate, rows, size);
      const [a, b] = [ofInput, ofHidden].map((values) => [0, 1, 2].map((k) => gateOf(values, k, 3, size))) as [number[][], number[][]];
      const [r, z] = [0, 1].map((k) => a[k]!.map((v, j) => sigmoid(v + b[k]![j]!))) as [number[], number[]];
      const m = b[2]!;
      const tanh = a[2]!.map((v, j) => Math.tanh(v + r[j]! * m[j]!));
      assertNear(machine.readFloats(gates, 3 * n), sideBySide([r, z, tanh], rows, size), 1e-6, "gates");
      assertNear(
        machine.readFloats(hidden, n),
        before.map((h, j) => tanh[j]! + z[j]! * (h - tanh[j]!)),
        1e-6,
        "hidden",
      );
      assert.deepEqual(machine.readFloats(candidate, n), rounded(m), "what the candidate is made of");

      const [pdh, dGates, dFromHidden] = [machine.floats(dh), machine.room(3 * n), machine.room(3 * n)];
      kernels.gruCellBackward(gates, candidate, machine.floats(before), pdh, dGates, dFromHidden, rows, size);
      const dz = dh.map((v, j) => v * (before[j]! - tanh[j]!) * z[j]! * (1 - z[j]!));
      const dn = dh.map((v, j) => v * (1 - z[j]!) * (1 - tanh[j]! ** 2));
      const dr = dn.map((v, j) => v * m[j]! * r[j]! * (1 - r[j]!));
      assertNear(machine.readFloats(dGates, 3 * n), sideBySide([dr, dz, dn], rows, size), 2e-6, "gradient of the input's part");
      assertNear(machine.readFloats(dFromHidden, 3 * n), sideBySide([dr, dz, dn.map((v, j) => v * r[j]!)], rows, size), 2e-6, "gradient of the state's part");
      assertNear(
        machine.readFloats(pdh, n),
        dh.map((v, j) => v * z[j]!),
        2e-6,
        "direct gradient of the state before",
      );
    });
  }

  it("every value gives what it gives alone, wherever it stands", () => {
    const n = SPECIAL.length;
    const ones = new Array<number>(n).fill(1);
    const [gates, cell, tanhCell, hidden] = [
      machine.floats([...SPECIAL, ...ones, ...SPECIAL, ...SPECIAL]),
      machine.floats(SPECIAL),
      machine.room(n),
      machine.room(n),
    ];
    kernels.lstmCell(gates, cell, tanhCell, hidden, 1, n);
    const [update, h] = [machine.floats([...SPECIAL, ...SPECIAL, ...SPECIAL]), machine.floats(SPECIAL)];
    kernels.gruCell(update, machine.floats([...ones, ...ones, ...ones]), h, machine.room(n), 1, n);
    const [together, updated] = [machine.readFloats(hidden, n), machine.readFloats(h, n)];
    SPECIAL.forEach((x, i) => {
      const [one, out] = [machine.floats([x, 1, x, x]), machine.room(1)];
      kernels.lstmCell(one, machine.floats([x]), machine.room(1), out, 1, 1);
      assert.deepEqual(machine.readFloats(out, 1), [together[i]!], `LSTM of ${x}`);
      assert.equal(Number.isNaN(together[i]), Number.isNaN(x) || Number.isNaN(sigmoid(x) * Math.tanh(x) + sigmoid(1) * x), `NaN of ${x}`);
      const state = machine.floats([x]);
      kernels.gruCell(machine.floats([x, x, x]), machine.floats([1, 1, 1]), state, machine.room(1), 1, 1);
      assert.deepEqual(machine.readFloats(state, 1), [updated[i]!], `GRU of ${x}`);
    });
  });
});
