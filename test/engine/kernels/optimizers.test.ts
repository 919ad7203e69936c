import assert from "node:assert/strict";
import { assertNear, describeKernels, SIZES, wave } from "./harness.ts";

/** Float32 values as the words of a table. */
const bits = (...values: number[]): number[] => [...new Int32Array(Float32Array.from(values).buffer)];

describeKernels("optimizer updates", (machine) => {
  const { kernels } = machine;

  for (const options of [
    { momentum: 0, dampening: 0, weightDecay: 0, nesterov: false, maximize: false },
    { momentum: 0.9, dampening: 0, weightDecay: 0.01, nesterov: false, maximize: false },
    { momentum: 0.9, dampening: 0.1, weightDecay: 0, nesterov: false, maximize: true },
    { momentum: 0.8, dampening: 0, weightDecay: 0.1, nesterov: true, maximize: false },
  ]) {
    it(`SGD takes three steps with ${JSON.stringify(options)}`, () => {
      for (const n of SIZES) {
        machine.reset();
        const p = wave(n),
          buffer: number[] = [];
        const [pp, pb] = [machine.floats(p), options.momentum ? machine.room(n) : 0];
        for (const step of [0, 1, 2]) {
          const g = wave(n, 1, step + 3);
          const row = [pp, machine.floats(g), n, pb, Number(step === 0)];
          kernels.sgd(machine.ints(row), 1, 0.05, options.momentum, options.dampening, options.weightDecay, Number(options.nesterov), Number(options.maximize));
          g.forEach((raw, i) => {
            let d = (options.maximize ? -raw : raw) + options.weightDecay * p[i]!;
            if (options.momentum) {
              buffer[i] = step === 0 ? d : options.momentum * buffer[i]! + (1 - options.dampening) * d;
              d = options.nesterov ? d + options.momentum * buffer[i]! : buffer[i]!;
            }
            p[i]! -= 0.05 * d;
          });
        }
        assertNear(machine.readFloats(pp, n), p, 1e-6);
        if (pb) assertNear(machine.readFloats(pb, n), buffer, 1e-6);
      }
    });
  }

  for (const options of [
    { weightDecay: 0, decoupled: false, amsgrad: false, maximize: false },
    { weightDecay: 0.1, decoupled: false, amsgrad: true, maximize: false },
    { weightDecay: 0.1, decoupled: true, amsgrad: false, maximize: true },
    { weightDecay: 0.01, decoupled: true, amsgrad: true, maximize: false },
  ]) {
    it(`Adam takes three steps with ${JSON.stringify(options)}`, () => {
      const [lr, b1, b2, eps] = [0.02, 0.9, 0.99, 1e-8];
      for (const n of SIZES) {
        machine.reset();
        const p = wave(n),
          zeros = p.map(() => 0);
        const [m, v, high] = [[...zeros], [...zeros], [...zeros]];
        const [pp, pm, pv, ph] = [machine.floats(p), machine.floats(m), machine.floats(v), options.amsgrad ? machine.floats(high) : 0];
        for (const step of [1, 2, 3]) {
          const g = wave(n, 2 / step ** 3, step);
          const [c1, c2] = [1 - b1 ** step, 1 - b2 ** step];
          const row = [pp, machine.floats(g), n, pm, pv, ph, ...bits(-lr / c1, Math.sqrt(c2))];
          kernels.adam(machine.ints(row), 1, lr, b1, b2, eps, options.weightDecay, Number(options.decoupled), Number(options.maximize));
          g.forEach((raw, i) => {
            let d = options.maximize ? -raw : raw;
            if (options.decoupled) p[i]! *= 1 - lr * options.weightDecay;
            else d += options.weightDecay * p[i]!;
            m[i] = b1 * m[i]! + (1 - b1) * d;
            v[i] = b2 * v[i]! + (1 - b2) * d * d;
            high[i] = Math.max(high[i]!, v[i]!);
            const square = options.amsgrad ? high[i]! : v[i]!;
            p[i]! -= ((lr / c1) * m[i]!) / (Math.sqrt(square) / Math.sqrt(c2) + eps);
          });
        }
        assertNear(machine.readFloats(pp, n), p, 2e-6, "parameter");
        assertNear(machine.readFloats(pm, n), m, 1e-6, "first moment");
        assertNear(machine.readFloats(pv, n), v, 1e-6, "second moment");
        if (ph) assertNear(machine.readFloats(ph, n), high, 1e-6, "largest second moment");
      }
    });
  }

  it("a table of many tensors gives what each gives alone", () => {
    const rows = SIZES.map((n, i) => [machine.floats(wave(n)), machine.floats(wave(n, 1, i)), n, machine.floats(wave(n, 2)), i % 2]);
    const alone = SIZES.map((n, i) => [machine.floats(wave(n)), machine.floats(wave(n, 1, i)), n, machine.floats(wave(n, 2)), i % 2]);
    const settings = [0.05, 0.9, 0.1, 0.01, 0, 0] as const;
    kernels.sgd(machine.ints(rows.flat()), rows.length, ...settings);
    for (const row of alone) kernels.sgd(machine.ints(row), 1, ...settings);
    SIZES.forEach((n, i) => {
      assert.deepEqual(machine.readFloats(rows[i]![0]!, n), machine.readFloats(alone[i]![0]!, n));
      assert.deepEqual(machine.readFloats(rows[i]![3]!, n), machine.readFloats(alone[i]![3]!, n));
    });
  });
});
