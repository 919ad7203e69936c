/** Kernels that do little with each value: bandwidth bounds them. */
import { Binary, Reduce, Unary, type Kernels, type UnaryOp } from "../../../src/engine/kernels/exports.ts";
import type { Arena } from "./arena.ts";
import { bestTime, type Bound, type Reading } from "./reading.ts";

/** Numbers of values that fit into a core's own cache, and that fit into no cache. */
export const operandSizes: readonly { readonly bound: Bound; readonly n: number }[] = [
  { bound: "cache", n: 1 << 14 },
  { bound: "memory", n: 1 << 23 },
];

/** Bytes that are read and written for each value, and what gives it to do on four operands of `n` values. */
type Case = readonly [what: string, bytes: number, make: (kernels: Kernels, operands: Operands, n: number, arena: Arena) => () => void];
type Operands = readonly [number, number, number, number];

const unary = (what: string, op: UnaryOp): Case => [
  what,
  8,
  (kernels, [x, out], n) =>
    () =>
      kernels.unary(op, x, out, n, 0, 0),
];
const columns = 256;

const cases: readonly Case[] = [
  [
    "add",
    12,
    (kernels, [a, b, out], n) =>
      () =>
        kernels.binary(Binary.add, a, 1, b, 1, out, n, 1),
  ],
  unary("relu", Unary.relu),
  unary("exp", Unary.exp),
  unary("tanh", Unary.tanh),
  unary("sigmoid", Unary.sigmoid),
  unary("gelu", Unary.gelu),
  [
    "sum",
    4,
    (kernels, [x, out], n) =>
      () =>
        kernels.reduce(Reduce.sum, x, out, 1, n, 1),
  ],
  [
    `softmax over ${columns}`,
    8,
    (kernels, [x, out], n) =>
      () =>
        kernels.softmax(x, out, n / columns, columns, 1),
  ],
  [
    `layer norm over ${columns}`,
    8,
    (kernels, [x, out, weight, statistics], n) =>
      () =>
        kernels.layerNorm(x, weight, weight, out, statistics, statistics + 2 * n, n / columns, columns, 1e-5),
  ],
  ["Adam", 28, adam],
];

/** One parameter at its first step: its row of the kernel's table has p, g, n, m, v, no maximum, and the corrections. */
function adam(kernels: Kernels, [p, g, m, v]: Operands, n: number, arena: Arena): () => void {
  const table = arena.room(32);
  new Int32Array(arena.memory.buffer, table).set([p, g, n, m, v, 0]);
  new Float32Array(arena.memory.buffer, table + 24).set([-1e-3 / 0.1, Math.sqrt(0.001)]);
  return () => kernels.adam(table, 1, 1e-3, 0.9, 0.999, 1e-8, 0, 0, 0);
}

export function readStreaming(kernels: Kernels, arena: Arena): Reading[] {
  return operandSizes.flatMap(({ bound, n }) =>
    cases.map(([what, bytes, make]) => {
      arena.reset();
      const operands = [arena.floats(n), arena.floats(n), arena.floats(n), arena.floats(n)] as const;
      return { what, rate: (bytes * n) / bestTime(make(kernels, operands, n, arena)) / 1e9, bound };
    }),
  );
}
