import assert from "node:assert/strict";
import fc from "fast-check";
import * as k from "../../src/engine/index.ts";
import { fromTypedArray, type Tensor } from "../../src/engine/index.ts";
import { assertClose } from "../fixtures/closeTo.ts";

// Whatever way a tensor lies in memory, operations see its values: windows, transposes and broadcasts give what copies give.

const settings = { seed: 7, numRuns: 40 };

type Operation = (x: Tensor) => Tensor;
const F = k.nn.functional;
const operations: Record<string, Operation> = {
  exp: k.exp,
  tanh: k.tanh,
  relu: k.relu,
  erfc: k.erfc,
  asinh: k.asinh,
  softplus: F.softplus,
  mish: F.mish,
  hardswish: F.hardswish,
  "a + a": (x) => x.add(x),
  "a · 2": (x) => x.mul(2),
  "a ≤ 0.5": (x) => x.le(0.5).float(),
  clamp: (x) => k.clamp(x, -1, 1),
  where: (x) => k.where(x.gt(0), x, -1),
  sum: (x) => k.sum(x, 0),
  mean: (x) => k.mean(x, -1),
  var: (x) => k.var(x, 0, { correction: 0 }),
  norm: (x) => k.norm(x),
  logsumexp: (x) => k.logsumexp(x, 1),
  cumsum: (x) => k.cumsum(x, 1),
  cumprod: (x) => k.cumprod(x, 0),
  softmax: (x) => k.softmax(x, 1),
  logSoftmax: (x) => k.logSoftmax(x, 0),
  sort: (x) => k.sort(x, 1).values,
  flip: (x) => x.flip(0),
  roll: (x) => k.roll(x, 1, 1),
  matmul: (x) => x.matmul(x.t()),
  einsum: (x) => k.einsum("ij->ji", x),
  tril: (x) => k.tril(x),
  pad: (x) => F.pad(x, [1, 1]),
  reshape: (x) => x.reshape(-1),
  cat: (x) => k.cat([x, x], 1),
  layerNorm: (x) => F.layerNorm(x, [x.shape[1]!]),
  normalize: (x) => F.normalize(x),
  gather: (x) => x.gather(1, k.zeros([x.shape[0]!, 1], { dtype: "int32" })),
};

/** A matrix, and the same values as a window with strides: transposed, with steps, or within a larger one. */
const matrices = fc
  .record({
    rows: fc.integer({ min: 1, max: 4 }),
    cols: fc.integer({ min: 1, max: 5 }),
    layout: fc.constantFrom("transposed", "stepped", "inner"),
    values: fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: 20, maxLength: 20 }),
  })
  .map(({ rows, cols, layout, values }) => {
    const plain = fromTypedArray(Float32Array.from(values.slice(0, rows * cols)), [rows, cols]);
    if (layout === "transposed") return { plain, strided: plain.t().contiguous().t() };
    if (layout === "stepped") {
      const wide = k.zeros(rows, 2 * cols);
      wide.slice(1, 0, null, 2).copy_(plain);
      return { plain, strided: wide.slice(1, 0, null, 2) };
    }
    const large = k.ones(rows + 2, cols + 2);
    large.narrow(0, 1, rows).narrow(1, 1, cols).copy_(plain);
    return { plain, strided: large.narrow(0, 1, rows).narrow(1, 1, cols) };
  });

/** The result and the gradient of its weighted sum. */
function both(operation: Operation, input: Tensor): [Tensor, Tensor | null] {
  const x = input.detach().requiresGrad_();
  const y = operation(x);
  const weights = fromTypedArray(
    Float32Array.from({ length: y.numel() }, (_, i) => ((i * 7) % 5) - 2),
    y.shape,
  );
  if (!y.requiresGrad) return [y, null];
  y.mul(weights).sum().backward();
  return [y, x.grad];
}

function assertSame(a: Tensor | null, b: Tensor | null, path: string): void {
  assert.deepEqual(a && [...a.shape], b && [...b.shape], path);
  if (a && b) assertClose([...a.toTypedArray()], [...b.toTypedArray()], { atol: 1e-5, rtol: 1e-4 }, path);
}

describe("however a tensor lies in memory", () => {
  for (const [name, operation] of Object.entries(operations)) {
    it(`${name} gives the same result and the same gradient`, () => {
      fc.assert(
        fc.property(matrices, ({ plain, strided }) => {
          const [result, gradient] = both(operation, plain);
          const [other, otherGradient] = both(operation, strided);
          assertSame(other, result, "result");
          assertSame(otherGradient, gradient, "gradient");
        }),
        settings,
      );
    });

    it(`two consumers of one tensor add their gradients: ${name}`, () => {
      fc.assert(
        fc.property(matrices, ({ plain }) => {
          const x = plain.clone().requiresGrad_();
          const y = operation(x);
          if (!y.requiresGrad) return;
          y.sum().add(operation(x).sum()).backward();
          const [, once] = both((z) => operation(z), plain);
          const single = plain.clone().requiresGrad_();
          operation(single).sum().backward();
          assertSame(x.grad, single.grad!.mul(2), "gradient");
          assert.ok(once === null || once.numel() === plain.numel());
        }),
        settings,
      );
    });
  }
});

describe("broadcasting", () => {
  const shapes = fc.tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.integer({ min: 1, max: 4 }),
    fc.constantFrom<"row" | "column" | "scalar">("row", "column", "scalar"),
  );
  for (const [name, operation] of Object.entries({
    add: k.add,
    mul: k.mul,
    sub: k.sub,
    maximum: k.maximum,
    atan2: k.atan2,
    hypot: k.hypot,
    logaddexp: k.logaddexp,
  })) {
    it(`${name} of a smaller tensor is that of its expanded copy, and its gradient their sum`, () => {
      fc.assert(
        fc.property(shapes, ([rows, cols, kind]) => {
          k.manualSeed(rows * 10 + cols);
          const large = k.rand(rows, cols).add(0.5);
          const small = k.rand(kind === "row" ? [cols] : kind === "column" ? [rows, 1] : []).add(0.5);
          const [a, b] = [small.clone().requiresGrad_(), small.expand(rows, cols).clone().requiresGrad_()];
          const [x, y] = [operation(large, a), operation(large, b)];
          assertSame(x, y, "result");
          x.sum().backward();
          y.sum().backward();
          assertClose(a.grad!.sum().item(), b.grad!.sum().item(), { atol: 1e-4, rtol: 1e-4 }, "gradient");
        }),
        settings,
      );
    });
  }
});

describe("tensors without elements, and with one", () => {
  for (const name of ["exp", "relu", "a + a", "clamp", "where", "cumsum", "softmax", "flip", "roll", "reshape", "cat"]) {
    it(`${name} of no rows has no rows`, () => {
      const result = operations[name]!(k.zeros(0, 3));
      assert.equal(result.numel(), 0);
    });
  }
  for (const [name, operation] of Object.entries(operations)) {
    it(`${name} of one element is finite`, () =>
      assert.ok(
        operation(k.full([1, 1], 0.5))
          .isfinite()
          .all()
          .item(),
      ));
  }
});
