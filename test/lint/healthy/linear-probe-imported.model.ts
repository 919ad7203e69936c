import { data, nn, noGrad, optim, randint, randn } from "kindling";
import { Encoder } from "./encoder.ts";
const encoder = new Encoder();
encoder.eval();
const probe = new nn.Linear(8, 3);
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.Adam(probe.parameters());
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    const features = noGrad(() => encoder(x!));
    optimizer.zeroGrad();
    nn.functional.crossEntropy(probe(features), y!).backward();
    optimizer.step();
  }
}
