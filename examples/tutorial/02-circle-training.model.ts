/** Episode 43, exercise 2: a full training loop with AdamW and cosine annealing. */
import { data, manualSeed, nn, noGrad, optim } from "kindling";
import { accuracy, CircleDataset } from "./circle.ts";
import { circleModel } from "./networks.ts";
import { percent } from "./printing.ts";

manualSeed(0);
const trainData = new CircleDataset(800);
const valData = new CircleDataset(200);
const trainLoader = new data.DataLoader(trainData, { batchSize: 32, shuffle: true });
const valLoader = new data.DataLoader(valData, { batchSize: 64, shuffle: false });

const model = circleModel();

const lossFn = new nn.BCELoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.001, weightDecay: 0.01 });
const scheduler = new optim.lrScheduler.CosineAnnealingLR(optimizer, 30);

for (let epoch = 0; epoch < 30; epoch++) {
  model.train();
  let trainLoss = 0;
  for (const [xB, yB] of trainLoader) {
    const pred = model(xB).squeeze();
    const loss = lossFn(pred, yB);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    trainLoss += loss.item();
  }
  scheduler.step();

  model.eval();
  let [valCorrect, valTotal] = [0, 0];
  let valLoss = 0;
  noGrad(() => {
    for (const [xV, yV] of valLoader) {
      const vp = model(xV).squeeze();
      valLoss += lossFn(vp, yV).item();
      valCorrect += vp.gt(0.5).eq(yV).sum().item();
      valTotal += yV.length;
    }
  });

  console.log(
    `Epoch ${String(epoch).padStart(2)}: train_loss=${(trainLoss / trainLoader.length).toFixed(6)}, ` +
      `val_loss=${(valLoss / valLoader.length).toFixed(6)}, ` +
      `val_acc=${percent(valCorrect / valTotal)}`,
  );
}

for (const [name, loader] of [["Train", trainLoader], ["Val", valLoader]] as const) {
  console.log(`${name} accuracy: ${percent(accuracy(model, loader))}`);
}
