import assert from "node:assert/strict";
import { Generator, manualSeed, noGrad, numpyRandom, ones, rand, tensor, zeros } from "../../../src/engine/index.ts";
import { undone } from "../../../src/engine/memory/undo.ts";

describe("what is undone", () => {
  it("gives tensors their values back, also through views, and to saved ones their version", () => {
    const x = tensor([1, 2, 3, 4]);
    const w = ones([4]).requiresGrad_();
    const loss = w.mul(x).sum();
    const result = undone(() =>
      noGrad(() => {
        x.add_(1);
        x.select(0, 2).fill_(9);
        x.clamp_({ max: 5 });
        return x.tolist();
      }),
    );
    assert.deepEqual(result, [2, 3, 5, 5]);
    assert.deepEqual(x.tolist(), [1, 2, 3, 4]);
    // A changed version would make this an error.
    loss.backward();
    assert.deepEqual(w.grad!.tolist(), [1, 2, 3, 4]);
  });

  it("gives a tensor its shape and its data back", () => {
    const x = zeros(2, 3);
    undone(() => {
      x.t_();
      x.data = ones([5]);
      x.add_(1);
    });
    assert.deepEqual([x.shape, x.sum().item()], [[2, 3], 0]);
  });

  it("lets streams of random numbers go on where they were", () => {
    const own = new Generator().manualSeed(3);
    const numpy = numpyRandom(4);
    const next = (): unknown[] => [rand(3).tolist(), rand(3, { generator: own }).tolist(), own.normalDouble(), numpy.randn(3).tolist()];
    manualSeed(5);
    next();
    const [states, expected] = [own.getState(), undone(next)];
    assert.deepEqual(own.getState(), states);
    assert.deepEqual(undone(next), expected);
    assert.deepEqual(next(), expected);
    undone(() => manualSeed(9));
    const [after] = next();
    manualSeed(5);
    next();
    next();
    assert.deepEqual(rand(3).tolist(), after);
  });

  it("is put back where it fails, too", () => {
    const x = zeros(2);
    assert.throws(
      () =>
        undone(() => {
          x.add_(1);
          throw new Error("no");
        }),
      /no/,
    );
    assert.deepEqual(x.tolist(), [0, 0]);
  });
});
