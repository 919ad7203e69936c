import * as k from "../../src/engine/index.ts";
import type { Tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";

/** Each function of one element with its definition, and where its kinks and poles are not. */
const functions: [name: string, definition: (x: number) => number, low?: number, high?: number][] = [
  ["neg", (x) => -x],
  ["exp", Math.exp],
  ["expm1", Math.expm1],
  ["sin", Math.sin],
  ["cos", Math.cos],
  ["tanh", Math.tanh],
  ["sigmoid", (x) => 1 / (1 + Math.exp(-x))],
  ["square", (x) => x * x],
  ["sinh", Math.sinh],
  ["cosh", Math.cosh],
  ["asinh", Math.asinh],
  ["atan", Math.atan],
  ["tan", Math.tan, -1, 1],
  ["exp2", (x) => 2 ** x],
  ["deg2rad", (x) => (x * Math.PI) / 180],
  ["rad2deg", (x) => (x * 180) / Math.PI],
  ["log", Math.log, 0.3, 3],
  ["log2", Math.log2, 0.3, 3],
  ["log10", Math.log10, 0.3, 3],
  ["log1p", Math.log1p, 0.3, 3],
  ["sqrt", Math.sqrt, 0.3, 3],
  ["rsqrt", (x) => 1 / Math.sqrt(x), 0.3, 3],
  ["reciprocal", (x) => 1 / x, 0.3, 3],
  ["asin", Math.asin, -0.8, 0.8],
  ["acos", Math.acos, -0.8, 0.8],
  ["atanh", Math.atanh, -0.8, 0.8],
  ["acosh", Math.acosh, 1.3, 3],
  ["abs", Math.abs, 0.2, 2],
  ["relu", (x) => Math.max(0, x), 0.2, 2],
  ["erf", (x) => integral((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), x)],
  ["erfc", (x) => 1 - integral((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), x)],
  ["sinc", (x) => Math.sin(Math.PI * x) / (Math.PI * x), 0.2, 2],
  ["logit", (x) => Math.log(x / (1 - x)), 0.2, 0.8],
  ["frac", (x) => x - Math.trunc(x), 0.1, 0.9],
  ["softsign", (x) => x / (1 + Math.abs(x)), 0.2, 2],
  ["tanhshrink", (x) => x - Math.tanh(x)],
  ["logsigmoid", (x) => -Math.log1p(Math.exp(-x))],
  ["mish", (x) => x * Math.tanh(Math.log1p(Math.exp(x)))],
  ["celu", (x) => Math.max(0, x) + Math.min(0, Math.expm1(x)), -2, -0.2],
  ["selu", (x) => 1.0507009873554805 * 1.6732632423543772 * Math.expm1(x), -2, -0.2],
  ["hardswish", (x) => (x * (x + 3)) / 6],
  ["hardsigmoid", (x) => (x + 3) / 6],
  ["silu", (x) => x / (1 + Math.exp(-x))],
  ["softplus", (x) => Math.log1p(Math.exp(x))],
  ["elu", (x) => (x > 0 ? x : Math.expm1(x)), 0.2, 2],
  ["elu", Math.expm1, -2, -0.2],
  ["gelu", (x) => (x * (1 + integral((t) => (2 / Math.sqrt(Math.PI)) * Math.exp(-t * t), x / Math.SQRT2))) / 2],
];

/** Simpson's rule from 0. */
function integral(f: (t: number) => number, end: number, steps = 200): number {
  const h = end / steps;
  let total = f(0) + f(end);
  for (let i = 1; i < steps; i++) total += f(i * h) * (i % 2 === 0 ? 2 : 4);
  return (total * h) / 3;
}

function find(name: string): (x: Tensor) => Tensor {
  const all = { ...k.nn.functional, ...k } as unknown as Record<string, (x: Tensor) => Tensor>;
  return all[name]!;
}

describe("gradients of functions of one element", () => {
  for (const [name, definition, low = -2, high = 2] of functions) {
    gradcheck(name, { shapes: [[2, 3]], operation: find(name), twin: (x) => x.map(definition), low, high, twice: true });
  }
});

type Pair = (a: Tensor, b: Tensor) => Tensor;
const pairs: [name: string, operation: Pair, definition: (a: number, b: number) => number, low?: number, high?: number][] = [
  ["add", k.add, (a, b) => a + b],
  ["sub", k.sub, (a, b) => a - b],
  ["mul", k.mul, (a, b) => a * b],
  ["div", k.div, (a, b) => a / b, 0.3, 2],
  ["pow", k.pow, (a, b) => a ** b, 0.3, 2],
  ["atan2", k.atan2, Math.atan2, 0.3, 2],
  ["hypot", k.hypot, Math.hypot, 0.3, 2],
  ["logaddexp", k.logaddexp, (a, b) => Math.log(Math.exp(a) + Math.exp(b))],
  ["logaddexp2", k.logaddexp2, (a, b) => Math.log2(2 ** a + 2 ** b)],
  ["xlogy", k.xlogy, (a, b) => a * Math.log(b), 0.3, 2],
  ["floatPower", k.floatPower, (a, b) => a ** b, 0.3, 2],
  ["ldexp", k.ldexp, (a, b) => a * 2 ** b],
  ["lerp", (a, b) => k.lerp(a, b, 0.3), (a, b) => a + 0.3 * (b - a)],
  ["addcmul", (a, b) => k.addcmul(a, a, b, { value: 0.5 }), (a, b) => a + 0.5 * a * b],
  ["addcdiv", (a, b) => k.addcdiv(a, a, b, { value: 0.5 }), (a, b) => a + (0.5 * a) / b, 0.3, 2],
];

describe("gradients of functions of pairs, broadcast", () => {
  for (const [name, operation, definition, low = -2, high = 2] of pairs) {
    gradcheck(name, { shapes: [[2, 3], [3]], operation, twin: (a, b) => a.zip(b, definition), low, high, twice: true });
    gradcheck(`${name} of a column and a row`, {
      shapes: [
        [2, 1],
        [1, 3],
      ],
      operation,
      twin: (a, b) => a.zip(b, definition),
      low,
      high,
    });
  }
  for (const [name, operation, definition] of [
    ["maximum", k.maximum, Math.max],
    ["minimum", k.minimum, Math.min],
    ["fmax", k.fmax, Math.max],
    ["fmin", k.fmin, Math.min],
  ] as const) {
    gradcheck(name, { shapes: [[2, 3], [3]], operation: operation as Pair, twin: (a, b) => a.zip(b, definition) });
  }
});
