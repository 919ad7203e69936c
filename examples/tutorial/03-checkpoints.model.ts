/** Episode 43, exercise 3: a checkpoint every ten epochs; the one of epoch 10 beside the final model. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { data, load, manualSeed, nn, optim, save } from "kindling";
import { accuracy, CircleDataset } from "./circle.ts";
import { circleModel } from "./networks.ts";
import { percent } from "./printing.ts";

manualSeed(0);
const trainLoader = new data.DataLoader(new CircleDataset(800), { batchSize: 32, shuffle: true });
const valLoader = new data.DataLoader(new CircleDataset(200), { batchSize: 64, shuffle: false });
const folder = mkdtempSync(join(tmpdir(), "checkpoints-"));

const model2 = circleModel();
const lossFn = new nn.BCELoss();
const optimizer2 = new optim.AdamW(model2.parameters(), { lr: 0.001, weightDecay: 0.01 });
const scheduler2 = new optim.lrScheduler.CosineAnnealingLR(optimizer2, 30);

for (let epoch = 0; epoch < 30; epoch++) {
  model2.train();
  let totalLoss = 0;
  for (const [xB, yB] of trainLoader) {
    const pred = model2(xB).squeeze();
    const loss = lossFn(pred, yB);
    optimizer2.zeroGrad();
    loss.backward();
    optimizer2.step();
    totalLoss += loss.item();
  }
  scheduler2.step();
  console.log(`Epoch ${String(epoch).padStart(2)}: train_loss=${(totalLoss / trainLoader.length).toFixed(6)}`);

  if ((epoch + 1) % 10 === 0) {
    save({
      epoch,
      model_state_dict: model2.stateDict(),
      optimizer_state_dict: optimizer2.stateDict(),
    }, join(folder, `checkpoint_epoch_${epoch + 1}.pt`));
    console.log(`Saved checkpoint at epoch ${epoch + 1}`);
  }
}

const modelEp10 = circleModel();
const ckpt = load(join(folder, "checkpoint_epoch_10.pt")) as { epoch: number; model_state_dict: nn.StateDict };
modelEp10.loadStateDict(ckpt.model_state_dict);
console.log(`Loaded epoch ${ckpt.epoch}: [${[...(ckpt.model_state_dict as Map<string, unknown>).keys()].map((key) => `'${key}'`).join(", ")}]`);

for (const [label, m] of [["Epoch 10", modelEp10], ["Final (30)", model2]] as const) {
  console.log(`${label} val accuracy: ${percent(accuracy(m, valLoader))}`);
}
