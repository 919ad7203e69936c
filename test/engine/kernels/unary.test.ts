import assert from "node:assert/strict";
import { Unary, type UnaryOp } from "../../../src/engine/kernels/exports.ts";
import { assertNear, assertUlps, describeKernels, rounded, SIZES, SPECIAL, wave } from "./harness.ts";

type Name = keyof typeof Unary;

/** erf by its series, or by the continued fraction of its complement. */
function erf(x: number): number {
  if (!Number.isFinite(x)) return Math.sign(x);
  const a = Math.abs(x);
  if (a < 3) {
    let [term, sum] = [x, x];
    for (let i = 1; Math.abs(term) > 1e-18 * Math.abs(sum); i++) {
      term *= -(x * x) / i;
      sum += term / (2 * i + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = a;
  for (let i = 60; i > 0; i--) fraction = a + i / 2 / fraction;
  return Math.sign(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / fraction);
}

function roundEven(x: number): number {
  const low = Math.floor(x);
  if (x - low !== 0.5) return Math.round(x);
  return low % 2 === 0 ? low : low + 1;
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
const softplus = (x: number): number => (x > 40 ? x : Math.log1p(Math.exp(x)));
const clamp = (x: number, low: number, high: number): number => (Number.isNaN(x) ? x : Math.min(Math.max(x, low), high));

const [ALPHA, BETA] = [Math.fround(0.3), Math.fround(1.7)];

interface Twin {
  readonly forward: (x: number) => number;
  /** Derivative at input x. */
  readonly slope?: (x: number) => number;
  /** The backward kernel reads the output. */
  readonly fromOutput?: boolean;
  /** Allowed error of the forward kernel: units in the last place, and absolute. */
  readonly ulps: number;
  readonly atol?: number;
  /** Where PyTorch's formula too is as good as the function: products inside may overflow, and ∞ · 0 is NaN. */
  readonly domain?: (x: number) => boolean;
}

const twins: Record<Name, Twin> = {
  neg: { forward: (x) => -x, slope: () => -1, ulps: 0 },
  abs: { forward: Math.abs, slope: (x) => Math.sign(x), ulps: 0 },
  exp: { forward: Math.exp, slope: Math.exp, fromOutput: true, ulps: 2 },
  log: { forward: Math.log, slope: (x) => 1 / x, ulps: 2 },
  sqrt: { forward: Math.sqrt, slope: (x) => 0.5 / Math.sqrt(x), fromOutput: true, ulps: 0.51 },
  rsqrt: { forward: (x) => 1 / Math.sqrt(x), slope: (x) => -0.5 * x ** -1.5, fromOutput: true, ulps: 1.5 },
  reciprocal: { forward: (x) => 1 / x, slope: (x) => -1 / (x * x), fromOutput: true, ulps: 0.51 },
  square: { forward: (x) => x * x, slope: (x) => 2 * x, ulps: 0.51 },
  sin: { forward: Math.sin, slope: Math.cos, ulps: 1 },
  cos: { forward: Math.cos, slope: (x) => -Math.sin(x), ulps: 1 },
  tanh: { forward: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2, fromOutput: true, ulps: 2 },
  sigmoid: { forward: sigmoid, slope: (x) => sigmoid(x) * (1 - sigmoid(x)), fromOutput: true, ulps: 3 },
  relu: { forward: (x) => (x < 0 ? 0 : x), slope: (x) => Number(x > 0), fromOutput: true, ulps: 0 },
  erf: { forward: erf, slope: (x) => (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x), ulps: 3 },
  gelu: {
    forward: (x) => (x === Infinity ? x : x * 0.5 * (1 + erf(x / Math.SQRT2))),
    slope: (x) => 0.5 * (1 + erf(x / Math.SQRT2)) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
    ulps: 4,
    atol: 5e-7,
    domain: (x) => x !== -Infinity,
  },
  geluTanh: {
    forward: (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))),
    slope: (x) => {
      const t = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
    },
    ulps: 4,
    atol: 5e-7,
    domain: (x) => Math.abs(x) < 1e12,
  },
  silu: { forward: (x) => x * sigmoid(x), slope: (x) => sigmoid(x) * (1 + x * (1 - sigmoid(x))), ulps: 4, atol: 1e-42, domain: (x) => x !== -Infinity },
  softplus: {
    // The product is rounded before the exponential magnifies that.
    forward: (x) => (x * ALPHA > BETA ? x : softplus(Math.fround(x * ALPHA)) / ALPHA),
    slope: (x) => (x * ALPHA > BETA ? 1 : sigmoid(x * ALPHA)),
    ulps: 5,
    atol: 1e-37,
  },
  leakyRelu: { forward: (x) => (x > 0 ? x : x * ALPHA), slope: (x) => (x > 0 ? 1 : ALPHA), ulps: 1 },
  elu: { forward: (x) => (x > 0 ? x : ALPHA * Math.expm1(x)), slope: (x) => (x > 0 ? 1 : ALPHA * Math.exp(x)), ulps: 4 },
  floor: { forward: Math.floor, ulps: 0 },
  ceil: { forward: Math.ceil, ulps: 0 },
  round: { forward: roundEven, ulps: 0 },
  trunc: { forward: Math.trunc, ulps: 0 },
  sign: { forward: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0), ulps: 0 },
  log1p: { forward: Math.log1p, slope: (x) => 1 / (1 + x), ulps: 3 },
  expm1: { forward: Math.expm1, slope: Math.exp, fromOutput: true, ulps: 3 },
  clamp: { forward: (x) => clamp(x, ALPHA, BETA), slope: (x) => Number(x >= ALPHA && x <= BETA), ulps: 0 },
  logSigmoid: { forward: (x) => -softplus(-x), slope: (x) => sigmoid(-x), ulps: 4, atol: 1e-37 },
  mish: {
    forward: (x) => x * Math.tanh(softplus(x)),
    slope: (x) => Math.tanh(softplus(x)) + x * sigmoid(x) * (1 - Math.tanh(softplus(x)) ** 2),
    ulps: 6,
    atol: 1e-42,
    domain: (x) => x !== -Infinity,
  },
  hardswish: {
    forward: (x) => (x * clamp(x + 3, 0, 6)) / 6,
    slope: (x) => (x < -3 ? 0 : x <= 3 ? x / 3 + 0.5 : 1),
    ulps: 2,
    atol: 3e-7,
    domain: (x) => Math.abs(x) < 1e18,
  },
  hardsigmoid: { forward: (x) => clamp(x + 3, 0, 6) / 6, slope: (x) => (x > -3 && x < 3 ? 1 / 6 : 0), ulps: 1, atol: 1e-7 },
  tan: { forward: Math.tan, slope: (x) => 1 + Math.tan(x) ** 2, fromOutput: true, ulps: 1 },
  asin: { forward: Math.asin, slope: (x) => 1 / Math.sqrt(1 - x * x), ulps: 1 },
  acos: { forward: Math.acos, slope: (x) => -1 / Math.sqrt(1 - x * x), ulps: 1 },
  atan: { forward: Math.atan, slope: (x) => 1 / (1 + x * x), ulps: 1 },
  log2: { forward: Math.log2, slope: (x) => 1 / (x * Math.LN2), ulps: 3 },
  log10: { forward: Math.log10, slope: (x) => 1 / (x * Math.LN10), ulps: 3 },
  exp2: { forward: (x) => 2 ** x, slope: (x) => 2 ** x * Math.LN2, fromOutput: true, ulps: 3 },
};

const parameters = (name: Name): [number, number] => (name === "clamp" || name === "softplus" ? [ALPHA, BETA] : [ALPHA, 0]);

/** From the smallest to the largest magnitudes, both signs, and densely where the functions bend. */
const inputs = rounded([
  ...SPECIAL,
  ...Array.from({ length: 400 }, (_, i) => (i - 200) / 23.7),
  ...Array.from({ length: 120 }, (_, i) => (i - 60) * 1.93),
  ...Array.from({ length: 150 }, (_, i) => 1.7 ** (i - 75) * (i % 2 ? 1 : -1)),
  ...[88.72, 88.73, -87.5, -90.25, -103.9, -104.1, 3.14159274, 6.2831855, 1.57079637, 355, 1e5, 12345678, 1e9, 1e20],
]);

describeKernels("operations on single elements", (machine) => {
  const { kernels } = machine;

  for (const [name, twin] of Object.entries(twins) as [Name, Twin][]) {
    const [alpha, beta] = parameters(name);

    it(`${name} is right over the whole range of float32`, () => {
      const usable = inputs.filter(twin.domain ?? (() => true));
      const out = machine.room(usable.length);
      kernels.unary(Unary[name], machine.floats(usable), out, usable.length, alpha, beta);
      assertUlps(machine.readFloats(out, usable.length), usable.map(twin.forward), twin.ulps, twin.atol ?? 0, name);
    });

    it(`${name} works at every length, and gives an element the same value wherever it lies`, () => {
      const all = wave(Math.max(...SIZES), 2);
      const whole = machine.room(all.length);
      kernels.unary(Unary[name], machine.floats(all), whole, all.length, alpha, beta);
      const expected = machine.readFloats(whole, all.length);
      for (const n of SIZES) {
        for (const start of [0, 1, 2]) {
          machine.reset();
          const part = all.slice(start, start + n);
          const inPlace = machine.floats(part);
          kernels.unary(Unary[name], inPlace, inPlace, part.length, alpha, beta);
          assert.deepEqual(machine.readFloats(inPlace, part.length), expected.slice(start, start + n));
        }
      }
    });

    if (twin.slope === undefined) continue;
    const slope = twin.slope;
    it(`the backward form of ${name} multiplies by its derivative`, () => {
      for (const n of SIZES) {
        machine.reset();
        const positive = ["log", "sqrt", "rsqrt", "log2", "log10"].includes(name);
        const limited = ["asin", "acos", "log1p"].includes(name);
        const x = wave(n, 2.5).map((v) => Math.fround(positive ? Math.abs(v) + 0.1 : limited ? v / 3 : v));
        const g = wave(n, 1.5, 4);
        const saved = twin.fromOutput ? x.map((v) => Math.fround(twin.forward(v))) : x;
        const out = machine.room(n);
        kernels.unaryBackward(Unary[name] as UnaryOp, machine.floats(g), machine.floats(saved), out, n, alpha, beta);
        assertNear(
          machine.readFloats(out, n),
          x.map((v, i) => g[i]! * slope(v)),
          2e-6,
          name,
        );
      }
    });
  }

  it("stops at an operation that it doesn't have", () => {
    assert.throws(() => kernels.unary(99 as UnaryOp, 0, 0, 4, 0, 0), WebAssembly.RuntimeError);
    assert.throws(() => kernels.unaryBackward(Unary.floor, 0, 0, 0, 4, 0, 0), WebAssembly.RuntimeError);
  });
});
