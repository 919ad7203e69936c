/** By how much a layer in ONNX Runtime is off, with sizes that are drawn. */
import { manualSeed } from "../../src/engine/index.ts";
import { Module } from "../../src/engine/nn/module.ts";
import { exportModel } from "../../src/onnx/exportModel.ts";
import { compareWith } from "../../src/onnx/runtime.ts";
import { installed } from "./installed.ts";
import { drawsInTraining, layers, type Draw } from "./layers.ts";

const tries = 3;

function drawing(seed: number): Draw {
  let state = seed;
  return (low, high) => {
    state = (Math.imul(state ^ (state >>> 13), 0x5bd1e995) + 0x3c6ef372) | 0;
    return low + ((state >>> 3) % (high - low + 1));
  };
}

/** The largest difference, as a share of the largest value, in `eval()` and in training where that has a form. */
export async function worstDifference(name: string): Promise<number> {
  let worst = 0;
  for (let i = 0; i < tries; i++) {
    for (const training of drawsInTraining.test(name) ? [false] : [false, true]) {
      manualSeed(i);
      const [call, ...args] = layers[name]!(drawing(101 * i + name.length));
      if (call instanceof Module) call.train(training);
      const { bytes, samples } = exportModel({ name, version: "", call: call as never, args });
      const { difference, trouble } = await compareWith(installed, bytes, samples);
      if (trouble !== undefined) throw new Error(trouble);
      worst = Math.max(worst, difference);
    }
  }
  return worst;
}
