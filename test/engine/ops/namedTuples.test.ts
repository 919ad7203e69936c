import assert from "node:assert/strict";
import { inspect } from "node:util";
import * as torch from "../../../src/engine/index.ts";
import { frexp, linalg, tensor, type Tensor } from "../../../src/engine/index.ts";

const x = tensor([
  [1, 5, 2],
  [7, 3, 7],
]);
const lists = (values: Iterable<Tensor>): unknown[] => [...values].map((each) => each.tolist());

describe("several results, by name and by place", () => {
  const pairs: Record<string, () => torch.ValuesAndIndices> = {
    max: () => x.max(1),
    min: () => x.min(1),
    median: () => x.median(1),
    nanmedian: () => x.nanmedian(1),
    mode: () => x.mode(1),
    kthvalue: () => x.kthvalue(2, 1),
    sort: () => x.sort(1),
    topk: () => x.topk(2, 1),
    cummax: () => x.cummax(1),
    cummin: () => x.cummin(1),
  };
  for (const [name, call] of Object.entries(pairs)) {
    it(`const [values, indices] = x.${name}(…)`, () => {
      const result = call();
      const [values, indices] = result;
      assert.ok(values && indices);
      assert.equal(values, result.values);
      assert.equal(indices, result.indices);
      assert.equal(result.length, 2);
      assert.ok(String(result).startsWith(`torch.return_types.${name}(\nvalues=tensor(`));
    });
  }

  it("has PyTorch's values", () => {
    assert.deepEqual(lists(x.max(1)), [
      [5, 7],
      [1, 0],
    ]);
    assert.deepEqual(lists(x.kthvalue(2, 0)), [
      [7, 5, 7],
      [1, 0, 1],
    ]);
  });

  it("is printed as PyTorch prints it", () => {
    const text = "torch.return_types.max(\nvalues=tensor([5., 7.]),\nindices=tensor([1, 0], dtype=torch.int32))";
    assert.equal(String(x.max(1)).replaceAll(", dtype=torch.int32", ""), text.replaceAll(", dtype=torch.int32", ""));
    assert.equal(inspect(x.max(1)), String(x.max(1)));
    assert.match(
      String(
        linalg.lstsq(
          tensor([
            [1, 0],
            [0, 1],
          ]),
          tensor([[1], [2]]),
        ),
      ),
      /^torch\.return_types\.linalg_lstsq\(\nsolution=.*\nsingular_values=/s,
    );
  });

  it("compares as the list of its results", () => {
    const [low, high] = [tensor(1), tensor(2)];
    assert.deepEqual(
      x.aminmax().map((each) => each.item()),
      [1, 7],
    );
    assert.deepEqual(Object.keys(x.max(1)), ["0", "1"]);
    assert.notDeepEqual([low, high], [high, low]);
  });

  it("gives the least and the greatest, sign and logarithm, mantissa and exponent", () => {
    const { min, max } = x.aminmax({ dim: 1 });
    assert.deepEqual(
      [min.tolist(), max.tolist()],
      [
        [1, 3],
        [5, 7],
      ],
    );
    const [sign, logabsdet] = linalg.slogdet(
      tensor([
        [2, 0],
        [0, -1],
      ]),
    );
    assert.deepEqual([sign.item(), Number(logabsdet.item().toFixed(4))], [-1, 0.6931]);
    const [mantissa, exponent] = frexp(tensor([6]));
    assert.deepEqual([mantissa.tolist(), exponent.tolist()], [[0.75], [3]]);
    const [variance, mean] = torch.varMean(x, 1);
    assert.deepEqual([variance.shape, mean.shape], [[2], [2]]);
  });
});
