/**
 * Measures kernels in the Node and with the environment that it is started with; ours.ts starts it. Prints JSON.
 *   … build                     which build of the kernels that is
 *   … squares                   square matrix products: `Reading[]`
 *   … kernels PEAKS             all sorts of kernels, and by the modules in the folder PEAKS what bounds them: `Roofline`
 */
import { loadKernels } from "../../../src/engine/kernels/load.ts";
import { Arena } from "./arena.ts";
import { readLayers } from "./layers.ts";
import { readPeaks } from "./peaks.ts";
import { readSquares } from "./products.ts";
import type { Reading } from "./reading.ts";
import { readStreaming } from "./streaming.ts";

export interface Roofline {
  readonly peaks: readonly Reading[];
  readonly kernels: readonly Reading[];
}

const MiB = 1 << 20;

const [verb, folder] = process.argv.slice(2);
const memory = new WebAssembly.Memory({ initial: (320 * MiB) / 65_536, maximum: 65_536, shared: true });
const { build, kernels } = loadKernels(memory);
const arena = new Arena(memory, kernels.heapBase.value as number);
const answers: Readonly<Record<string, () => unknown>> = {
  build: () => build,
  squares: () => readSquares(kernels, arena),
  kernels: (): Roofline => ({ peaks: readPeaks(folder!, build, arena), kernels: [...readLayers(kernels, arena), ...readStreaming(kernels, arena)] }),
};
console.log(JSON.stringify(answers[verb!]!()));
