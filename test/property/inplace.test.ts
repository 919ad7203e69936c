import assert from "node:assert/strict";
import fc from "fast-check";
import { arange, autograd, fromTypedArray, scatter, stack, type Tensor } from "../../src/engine/index.ts";
import { assertClose } from "../fixtures/closeTo.ts";

const runs = { seed: 11, numRuns: 50 };
const [ROWS, COLUMNS] = [3, 4];

/** Ways to look at a matrix of 3 × 4: each gives a view. */
const looks: Record<string, (y: Tensor) => Tensor> = {
  "the whole": (y) => y,
  "a row": (y) => y.select(0, 1),
  "a column": (y) => y.select(1, 2),
  "every second column": (y) => y.slice(1, 0, 4, 2),
  "turned": (y) => y.t(),
  "a part, turned": (y) => y.narrow(0, 1, 2).t(),
  "flat": (y) => y.view(12).narrow(0, 3, 5),
  "two by six": (y) => y.view(2, 6).slice(1, 1, null, 2),
  "a diagonal": (y) => y.diagonal(),
  "one element": (y) => y.select(0, 2).select(0, 3),
  "with a dimension more": (y) => y.unsqueeze(1).narrow(2, 0, 2),
};

/** Changes of a window in place, and what they write. */
const changes: Record<string, { change(window: Tensor, w: Tensor): unknown; result(window: Tensor, w: Tensor): Tensor }> = {
  "scaled": { change: (v) => v.mul_(1.5), result: (v) => v.mul(1.5) },
  "times a weight": { change: (v, w) => v.mul_(w), result: (v, w) => v.mul(w) },
  "plus a weight": { change: (v, w) => v.add_(w, { alpha: 2 }), result: (v, w) => v.add(w, { alpha: 2 }) },
  "tanh": { change: (v) => v.tanh_(), result: (v) => v.tanh() },
  "squared": { change: (v) => v.pow_(2), result: (v) => v.pow(2) },
  "filled": { change: (v) => v.fill_(0.5), result: (v) => v.mul(0).add(0.5) },
  "copied": { change: (v, w) => v.copy_(w), result: (v, w) => v.mul(0).add(w) },
  "clamped": { change: (v) => v.clamp_(-1, 1), result: (v) => v.clamp(-1, 1) },
};

const steps = fc.array(fc.tuple(fc.constantFrom(...Object.keys(looks)), fc.constantFrom(...Object.keys(changes))), { minLength: 1, maxLength: 4 });

function leaves(): { x: Tensor; w: Tensor } {
  const x = fromTypedArray(
    Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => ((i * 5) % 7) / 4 - 0.7),
    [ROWS, COLUMNS],
  );
  return { x: x.requiresGrad_(), w: fromTypedArray(Float32Array.of(0.8), []).requiresGrad_() };
}

/** The same without any change in place: what a window becomes is scattered to where its elements lie. */
function place(y: Tensor, look: (y: Tensor) => Tensor, result: (window: Tensor) => Tensor): Tensor {
  const places = look(arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS)).reshape(-1);
  return scatter(y.reshape(-1), 0, places, result(look(y)).reshape(-1)).reshape(ROWS, COLUMNS);
}

function loss(y: Tensor, view: Tensor): Tensor {
  const weights = fromTypedArray(
    Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => (i % 5) - 2),
    [ROWS, COLUMNS],
  );
  return y.mul(weights).sum().add(view.mul(view).sum());
}

function compare(actual: Tensor, expected: Tensor, what: string): void {
  assertClose([...actual.toTypedArray()], [...expected.toTypedArray()], { atol: 1e-5, rtol: 1e-4 }, what);
}

describe("changes in place through views", () => {
  it("give the values and gradients of the same program without changes in place; earlier views follow", () => {
    fc.assert(
      fc.property(steps, fc.constantFrom(...Object.keys(looks)), (program, watched) => {
        const { x, w } = leaves();
        const y = x.mul(2);
        const view = looks[watched]!(y);
        let twin = x.mul(2);
        for (const [look, change] of program) {
          changes[change]!.change(looks[look]!(y), w);
          twin = place(twin, looks[look]!, (window) => changes[change]!.result(window, w));
        }
        const twinView = looks[watched]!(twin);
        compare(y, twin, "values");
        compare(view, twinView, "the earlier view");
        const found = autograd.grad(loss(y, view), [x, w], { allowUnused: true });
        const expected = autograd.grad(loss(twin, twinView), [x, w], { allowUnused: true });
        // No gradient is as good as one of zeros.
        [x, w].forEach((leaf, i) => compare(found[i] ?? leaf.detach().mul(0), expected[i] ?? leaf.detach().mul(0), `gradient ${i}`));
      }),
      runs,
    );
  });

  it("find their way into a base whose own elements don't lie in order", () => {
    /** The result is a base: what custom functions return has no history but their own. */
    class Turned extends autograd.Function {
      static override forward(_ctx: autograd.FunctionContext, x: Tensor): Tensor {
        return x.t().slice(0, 0, 4, 2);
      }

      static override backward(_ctx: autograd.FunctionContext, gradient: Tensor): Tensor {
        return stack([gradient.select(0, 0), gradient.select(0, 0).mul(0), gradient.select(0, 1), gradient.select(0, 1).mul(0)]).t();
      }
    }
    const windows = [(y: Tensor) => y.select(0, 1), (y: Tensor) => y.select(1, 2), (y: Tensor) => y.slice(1, 0, 3, 2), (y: Tensor) => y.t()];
    fc.assert(
      fc.property(fc.constantFrom(...windows), fc.constantFrom(...Object.keys(changes)), (window, change) => {
        const { x, w } = leaves();
        const totals = [Turned.apply(x.mul(2)), x.mul(2).t().slice(0, 0, 4, 2).clone()].map((y: Tensor) => {
          const earlier = y.select(1, 0);
          changes[change]!.change(window(y), w);
          return y.mul(y).sum().add(earlier.sum());
        });
        const [found, expected] = totals.map((total) => autograd.grad(total, [x, w], { allowUnused: true }));
        [x, w].forEach((leaf, i) => compare(found![i] ?? leaf.detach().mul(0), expected![i] ?? leaf.detach().mul(0), `gradient ${i}`));
      }),
      runs,
    );
  });

  it("leave everything outside the window as it was", () => {
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(looks)), (name) => {
        const y = arange(ROWS * COLUMNS, { dtype: "float32" })
          .reshape(ROWS, COLUMNS)
          .clone();
        const inside = new Set(
          looks[name]!(arange(ROWS * COLUMNS).reshape(ROWS, COLUMNS))
            .reshape(-1)
            .toTypedArray(),
        );
        looks[name]!(y).fill_(-1);
        assert.deepEqual(
          [...y.toTypedArray()],
          Array.from({ length: ROWS * COLUMNS }, (_, i) => (inside.has(i) ? -1 : i)),
        );
      }),
      runs,
    );
  });
});
