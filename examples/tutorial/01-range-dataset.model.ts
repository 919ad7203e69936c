/** Episode 43, exercise 1: a dataset that labels samples 1 between 3 and 7. */
import { data, manualSeed, numpyRandom, type Tensor } from "kindling";
import { size } from "./printing.ts";

manualSeed(0);

class RangeDataset extends data.Dataset<[Tensor, Tensor]> {
  X: Tensor;
  y: Tensor;

  constructor(nSamples = 500) {
    super();
    this.X = numpyRandom(42).uniform(0, 10, [nSamples, 1]);
    this.y = this.X.at(null, 0).ge(3).logicalAnd(this.X.at(null, 0).le(7)).float();
  }

  override get length(): number {
    return this.X.length;
  }

  override get(index: number): [Tensor, Tensor] {
    return [this.X.select(0, index), this.y.select(0, index)];
  }
}

const dataset = new RangeDataset(500);
const loader = new data.DataLoader(dataset, { batchSize: 16, shuffle: true });

let i = 0;
for (const [xBatch, yBatch] of loader) {
  console.log(`Batch ${i}: X shape=${size(xBatch)}, y shape=${size(yBatch)}`);
  console.log(`  sum of X=${xBatch.sum().item().toFixed(4)}, ones in y=${yBatch.sum().item()}`);
  if (i++ >= 2) break;
}
