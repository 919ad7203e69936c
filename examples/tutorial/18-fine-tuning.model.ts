/** Exercise 3: a new head on a trained network, beside a network from scratch. */
import { data, manualSeed, nn, optim, randint, randn, type Tensor } from "kindling";
import { ResNet } from "./networks.ts";
import { percent } from "./printing.ts";

manualSeed(0);
const xTrain = randn(2000, 20);
const yTrain = randint(0, 10, [2000]);
const xNew = randn(1000, 20);
const yNew = randint(0, 5, [1000]);
const lossFn = new nn.CrossEntropyLoss();

/** Trains what isn't frozen; says after how many epochs the accuracy on the training data was best. */
function train(model: ResNet, x: Tensor, y: Tensor, epochs: number, label: string): void {
  const loader = new data.DataLoader(new data.TensorDataset(x, y), { batchSize: 64, shuffle: true });
  const optimizer = new optim.AdamW(model.parameters().filter((p) => p.requiresGrad), { lr: 1e-3, weightDecay: 0.01 });
  let [best, bestEpoch] = [0, 0];
  for (let epoch = 0; epoch < epochs; epoch++) {
    model.train();
    let [totalLoss, correct] = [0, 0];
    for (const [xB, yB] of loader) {
      const pred = model(xB!);
      const loss = lossFn(pred, yB!);
      optimizer.zeroGrad();
      loss.backward();
      optimizer.step();
      totalLoss += loss.item();
      correct += pred.argmax(1).eq(yB!).sum().item();
    }
    const accuracy = correct / x.length;
    if (accuracy > best) {
      [best, bestEpoch] = [accuracy, epoch + 1];
    }
    console.log(`${label} epoch ${String(epoch + 1).padStart(2)}: loss=${(totalLoss / loader.length).toFixed(6)}, acc=${percent(accuracy)}`);
  }
  console.log(`${label}: peak accuracy ${percent(best)} after ${bestEpoch} epochs`);
}

const pretrained = new ResNet(20, 64, 10, { nBlocks: 3 });
train(pretrained, xTrain, yTrain, 30, "Pretraining");

pretrained.output_layer = new nn.Linear(64, 5);
for (const param of pretrained.blocks.parameters()) {
  param.requiresGrad = false;
}
for (const param of pretrained.input_layer.parameters()) {
  param.requiresGrad = false;
}
train(pretrained, xNew, yNew, 15, "Fine-tuned");

train(new ResNet(20, 64, 5, { nBlocks: 3 }), xNew, yNew, 30, "From scratch");
