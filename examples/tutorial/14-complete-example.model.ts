/** Putting it all together: residual blocks, parameter groups, cosine annealing. */
import { data, manualSeed, nn, noGrad, optim, randint, randn } from "kindling";
import { parameterCount, ResNet } from "./networks.ts";
import { percent, thousands } from "./printing.ts";

manualSeed(0);
const xTrain = randn(2000, 20);
const yTrain = randint(0, 10, [2000]);
const xVal = randn(500, 20);
const yVal = randint(0, 10, [500]);

const trainLoader = new data.DataLoader(new data.TensorDataset(xTrain, yTrain), { batchSize: 64, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(xVal, yVal), { batchSize: 128 });

const model = new ResNet(20, 64, 10, { nBlocks: 3 });
console.log(`Model: ${thousands(parameterCount(model))} parameters`);

const optimizer = new optim.AdamW([
  { params: model.input_layer.parameters(), lr: 1e-3 },
  { params: model.blocks.parameters(), lr: 1e-3 },
  { params: model.output_layer.parameters(), lr: 1e-3 },
], { weightDecay: 0.01 });

const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 30);
const lossFn = new nn.CrossEntropyLoss();

function valAccuracy(): number {
  model.eval();
  let [correct, total] = [0, 0];
  noGrad(() => {
    for (const [xV, yV] of valLoader) {
      correct += model(xV!).argmax(1).eq(yV!).sum().item();
      total += yV!.length;
    }
  });
  return correct / total;
}

for (let epoch = 0; epoch < 30; epoch++) {
  model.train();
  let totalLoss = 0;
  for (const [xB, yB] of trainLoader) {
    const pred = model(xB!);
    const loss = lossFn(pred, yB!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    totalLoss += loss.item();
  }
  scheduler.step();
  console.log(`Epoch ${String(epoch).padStart(2)}: train_loss=${(totalLoss / trainLoader.length).toFixed(6)}, val_acc=${percent(valAccuracy())}`);
}

console.log(`\nFinal val accuracy: ${percent(valAccuracy())}`);
