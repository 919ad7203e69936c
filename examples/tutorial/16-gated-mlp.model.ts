/** Exercise 1: an MLP whose hidden layers have learned gates, on the circle. */
import { data, manualSeed, nn, optim, relu, type Tensor } from "kindling";
import { accuracy, CircleDataset } from "./circle.ts";
import { parameterCount } from "./networks.ts";
import { percent, thousands } from "./printing.ts";

manualSeed(0);

class GatedMLP extends nn.Module {
  layers: nn.ModuleList<nn.Linear>;
  gates: nn.ModuleList<nn.Sequential>;
  output: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number) {
    super();
    const inputs = [inputDim, hiddenDim, hiddenDim];
    this.layers = new nn.ModuleList(inputs.map((size) => new nn.Linear(size, hiddenDim)));
    this.gates = new nn.ModuleList(inputs.map((size) => new nn.Sequential(new nn.Linear(size, hiddenDim), new nn.Sigmoid())));
    this.output = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor): Tensor {
    for (let i = 0; i < this.layers.length; i++) {
      x = relu(this.layers.at(i)(x)).mul(this.gates.at(i)(x));
    }
    return this.output(x);
  }
}

const trainLoader = new data.DataLoader(new CircleDataset(800), { batchSize: 32, shuffle: true });
const valLoader = new data.DataLoader(new CircleDataset(200), { batchSize: 64 });

const model = new GatedMLP(2, 32, 1);
console.log(String(model));
console.log(`Parameters: ${thousands(parameterCount(model))}`);
const lossFn = new nn.BCEWithLogitsLoss();
const optimizer = new optim.AdamW(model.parameters(), { lr: 0.003, weightDecay: 0.01 });

for (let epoch = 0; epoch < 30; epoch++) {
  model.train();
  let totalLoss = 0;
  for (const [xB, yB] of trainLoader) {
    const loss = lossFn(model(xB).squeeze(1), yB);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    totalLoss += loss.item();
  }
  console.log(`Epoch ${String(epoch).padStart(2)}: train_loss=${(totalLoss / trainLoader.length).toFixed(6)}`);
}

// Logits above 0 are probabilities above a half.
const probability = new nn.Sequential(model, new nn.Sigmoid());
console.log(`Final accuracy: train ${percent(accuracy(probability, trainLoader))}, val ${percent(accuracy(probability, valLoader))}`);
