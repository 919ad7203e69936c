/** Expected values are those of a plain loop over the values. */
import assert from "node:assert/strict";
import { manualSeed, randn, zeros, type Tensor } from "../../../src/engine/index.ts";
import { KeptValues } from "../../../src/engine/ops/change.ts";
import { shareBeyond } from "../../../src/engine/ops/saturation.ts";
import { unitRanges } from "../../../src/engine/ops/unitRanges.ts";

describe("what is looked at in single units", () => {
  before(() => void manualSeed(2));

  function expected(tensor: Tensor, dim: number): { peaks: number[]; spreads: number[] } {
    const [peaks, spreads] = [0, 0].map(() => new Array<number>(tensor.shape[dim]!).fill(0)) as [number[], number[]];
    const first = tensor.select(0, 0);
    for (let unit = 0; unit < peaks.length; unit++) {
      const own = tensor.narrow(dim, unit, 1);
      peaks[unit] = own.abs().max().item();
      spreads[unit] =
        dim === 0
          ? 0
          : own
              .sub(first.unsqueeze(0).narrow(dim, unit, 1))
              .abs()
              .max()
              .item();
    }
    return { peaks, spreads };
  }

  it("the largest distance from zero and from the first sample, wherever the units lie", () => {
    for (const [shape, dim] of [
      [[5, 3, 4, 6], 1],
      [[5, 7], 1],
      [[2, 6, 5], 2],
      [[2, 3, 4, 5], 3],
      [[9], 0],
      [[1, 3], 1],
    ] as const) {
      const x = randn(...shape).relu();
      for (const tensor of [x, x.mul(2).transpose(0, -1).contiguous().transpose(0, -1)]) {
        const { peaks, spreads } = unitRanges(tensor, dim);
        assert.deepEqual({ peaks: [...peaks], spreads: [...spreads] }, expected(tensor, dim), `${shape.join()} along ${dim}`);
      }
    }
  });

  it("the share of values at both ends", () => {
    const x = randn(500).tanh();
    const values = [...(x.toTypedArray() as Float32Array)];
    assert.equal(shareBeyond(x, -0.5, 0.5), values.filter((v) => v <= -0.5 || v >= 0.5).length / 500);
  });

  it("how far values have moved since", () => {
    const weight = randn(40, 30);
    const kept = new KeptValues(weight);
    const change = randn(40, 30);
    weight.add_(change);
    const moved = Math.sqrt(change.square().mean().item());
    assert.ok(Math.abs(kept.change() - moved) < 1e-6 * moved);
    assert.equal(new KeptValues(zeros(3)).change(), 0);
  });
});
