import * as k from "../../src/engine/index.ts";
import type { Tensor } from "../../src/engine/index.ts";
import { gradcheck } from "./gradcheck.ts";
import { Nd, sum } from "./nd.ts";

type Reduction = (x: Tensor, dim?: number) => Tensor;
const average = (values: readonly number[]): number => sum(values) / values.length;
const spread = (values: readonly number[]): number => sum(values.map((x) => (x - average(values)) ** 2)) / (values.length - 1);

const reductions: [name: string, operation: Reduction, definition: (values: number[]) => number, twice?: boolean][] = [
  ["sum", k.sum as Reduction, sum, true],
  ["mean", k.mean as Reduction, average, true],
  ["prod", k.prod as Reduction, (values) => values.reduce((a, b) => a * b, 1), true],
  ["var", k.var as Reduction, spread, true],
  ["std", k.std as Reduction, (values) => Math.sqrt(spread(values))],
  ["norm", (x, dim) => k.norm(x, 2, dim), (values) => Math.hypot(...values), true],
  ["norm of 3", (x, dim) => k.norm(x, 3, dim), (values) => sum(values.map((x) => Math.abs(x) ** 3)) ** (1 / 3)],
  ["logsumexp", (x, dim) => k.logsumexp(x, dim ?? [0, 1]), (values) => Math.log(sum(values.map(Math.exp))), true],
  ["amax", k.amax as Reduction, (values) => Math.max(...values)],
  ["amin", k.amin as Reduction, (values) => Math.min(...values)],
  ["nansum", k.nansum as Reduction, sum],
  ["nanmean", k.nanmean as Reduction, average],
];

describe("gradients of reductions", () => {
  for (const [name, operation, definition, twice = false] of reductions) {
    gradcheck(`${name} of all`, { shapes: [[3, 4]], operation: (x) => operation(x), twin: (x) => x.reduce(definition), twice });
    gradcheck(`${name} along a dimension`, { shapes: [[3, 4]], operation: (x) => operation(x, 1), twin: (x) => x.reduce(definition, [1]), twice });
  }
  const along =
    (compute: (before: number[]) => number) =>
    (x: Nd): Nd =>
      Nd.build(x.shape, (i, j) => compute(Array.from({ length: j! + 1 }, (_, n) => x.at(i!, n))));
  gradcheck("cumsum", { shapes: [[2, 4]], operation: (x) => k.cumsum(x, 1), twin: along(sum), twice: true });
  gradcheck("cumprod", { shapes: [[2, 4]], operation: (x) => k.cumprod(x, 1), twin: along((values) => values.reduce((a, b) => a * b, 1)), twice: true });
  gradcheck("cummax", { shapes: [[2, 4]], operation: (x) => k.cummax(x, 1).values, twin: along((values) => Math.max(...values)) });
  gradcheck("cummin", { shapes: [[2, 4]], operation: (x) => k.cummin(x, 1).values, twin: along((values) => Math.min(...values)) });
  gradcheck("logcumsumexp", { shapes: [[2, 4]], operation: (x) => k.logcumsumexp(x, 1), twin: along((values) => Math.log(sum(values.map(Math.exp)))) });
  gradcheck("diff", { shapes: [[2, 4]], operation: (x) => k.diff(x), twin: (x) => Nd.build([2, 3], (i, j) => x.at(i!, j! + 1) - x.at(i!, j!)), twice: true });
  gradcheck("trapezoid", {
    shapes: [[2, 4]],
    operation: (x) => k.trapezoid(x),
    twin: (x) => Nd.build([2], (i) => sum([0, 1, 2].map((j) => (x.at(i!, j) + x.at(i!, j + 1)) / 2))),
  });
  const sorted = (x: Nd, i: number): number[] => [0, 1, 2, 3].map((j) => x.at(i, j)).sort((a, b) => a - b);
  gradcheck("sort", { shapes: [[2, 4]], operation: (x) => k.sort(x).values, twin: (x) => Nd.build([2, 4], (i, j) => sorted(x, i!)[j!]!) });
  gradcheck("topk", { shapes: [[2, 4]], operation: (x) => k.topk(x, 2).values, twin: (x) => Nd.build([2, 2], (i, j) => sorted(x, i!)[3 - j!]!) });
  gradcheck("kthvalue", { shapes: [[2, 4]], operation: (x) => k.kthvalue(x, 2).values, twin: (x) => Nd.build([2], (i) => sorted(x, i!)[1]!) });
  gradcheck("median", { shapes: [[2, 4]], operation: (x) => k.median(x, 1).values, twin: (x) => Nd.build([2], (i) => sorted(x, i!)[1]!) });
  gradcheck("quantile", {
    shapes: [[2, 4]],
    operation: (x) => k.quantile(x, 0.5, 1),
    twin: (x) => Nd.build([2], (i) => (sorted(x, i!)[1]! + sorted(x, i!)[2]!) / 2),
  });
  gradcheck("dist", {
    shapes: [
      [2, 4],
      [2, 4],
    ],
    operation: (a, b) => k.dist(a, b),
    twin: (a, b) => a.zip(b, (x, y) => (x - y) ** 2).reduce((values) => Math.sqrt(sum(values))),
  });
  gradcheck("cov", {
    shapes: [[2, 4]],
    operation: (x) => k.cov(x),
    twin: (x) =>
      Nd.build([2, 2], (a, b) => {
        const [ma, mb] = [average([0, 1, 2, 3].map((j) => x.at(a!, j))), average([0, 1, 2, 3].map((j) => x.at(b!, j)))];
        return sum([0, 1, 2, 3].map((j) => (x.at(a!, j) - ma) * (x.at(b!, j) - mb))) / 3;
      }),
  });
});
