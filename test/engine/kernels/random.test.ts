import assert from "node:assert/strict";
import { MersenneTwister, stateLength } from "../../../src/engine/random/mt19937.ts";
import { describeKernels } from "./harness.ts";

describeKernels("random numbers", (machine) => {
  const { kernels } = machine;

  /** The numbers of 53 bits that the twister hands out two words at a time. */
  function uniform(twister: MersenneTwister): number {
    const high = twister.next() & 0x1fffff;
    return (high * 2 ** 32 + twister.next()) * 2 ** -53;
  }

  for (const p of [0, 2 ** -53, 0.1, 0.5, 1 - 2 ** -53, 1]) {
    it(`bernoulli(${p}) from any place in the block, and leaves the block where single draws do`, () => {
      for (const [before, n] of [
        [0, 0],
        [0, 1],
        [624, 16],
        [1, 17],
        [623, 100],
        [622, 312],
        [226, 511],
        [397, 1500],
      ] as const) {
        machine.reset();
        const [bulk, single] = [new MersenneTwister(before + n), new MersenneTwister(before + n)];
        for (let i = 0; i < before; i++) void [bulk.next(), single.next()];
        const { words, position } = bulk.getState();
        const [block, out] = [machine.ints([...words, 0, 0, 0, 0]), machine.alloc(n)];
        const after = kernels.bernoulli(block, position, out, n, p);
        assert.deepEqual(
          machine.readBytes(out, n),
          Array.from({ length: n }, () => Number(uniform(single) < p)),
        );
        const left = machine.readInts(block, stateLength).map((word) => word >>> 0);
        assert.deepEqual({ words: left, position: after }, { words: [...single.getState().words], position: single.getState().position });
      }
    });
  }

  it("draws that are gone past leave the block where single draws do", () => {
    for (const [before, count] of [
      [0, 0],
      [1, 5],
      [600, 24],
      [600, 25],
      [624, 700],
      [3, 5000],
    ] as const) {
      machine.reset();
      const [skipping, single] = [new MersenneTwister(7), new MersenneTwister(7)];
      for (let i = 0; i < before; i++) void [skipping.next(), single.next()];
      for (let i = 0; i < count; i++) single.next();
      const { words, position } = skipping.getState();
      const block = machine.ints([...words, 0, 0, 0, 0]);
      const after = kernels.skipDraws(block, position, count);
      const left = machine.readInts(block, stateLength).map((word) => word >>> 0);
      assert.deepEqual({ words: left, position: after }, { words: [...single.getState().words], position: single.getState().position });
    }
  });
});
