/** Model surgery: a new head on frozen features, and its training. */
import { manualSeed, nn, optim, randint, randn, type Tensor } from "kindling";
import { parameterCount } from "./networks.ts";
import { percent, size, thousands } from "./printing.ts";

manualSeed(0);

class PretrainedFeatureExtractor extends nn.Module {
  features: nn.Sequential;
  classifier: nn.Module;

  constructor() {
    super();
    this.features = new nn.Sequential(
      new nn.Linear(100, 256), new nn.ReLU(),
      new nn.Linear(256, 256), new nn.ReLU(),
      new nn.Linear(256, 128), new nn.ReLU(),
    );
    this.classifier = new nn.Linear(128, 1000);
  }

  override forward(x: Tensor): Tensor {
    const feat = this.features(x);
    return this.classifier(feat);
  }
}

const pretrained = new PretrainedFeatureExtractor();
console.log(`Original classifier: ${String(pretrained.classifier)}`);
console.log("Original output classes: 1000");

pretrained.classifier = new nn.Sequential(
  new nn.Dropout(0.3),
  new nn.Linear(128, 5),
);

for (const param of pretrained.features.parameters()) {
  param.requiresGrad = false;
}

console.log(`\nNew classifier: ${String(pretrained.classifier)}`);
console.log("New output classes: 5");

const trainable = pretrained.parameters().filter((p) => p.requiresGrad).reduce((sum, p) => sum + p.numel(), 0);
const total = parameterCount(pretrained);
console.log(`Trainable: ${thousands(trainable)} / ${thousands(total)} (${percent(trainable / total)})`);

const x = randn(16, 100);
const output = pretrained(x);
console.log(`\nForward pass: input ${size(x)} -> output ${size(output)}`);

const optimizer = new optim.Adam(pretrained.parameters().filter((p) => p.requiresGrad), { lr: 0.001 });

const y = randint(0, 5, [16]);
const lossFn = new nn.CrossEntropyLoss();

for (let epoch = 0; epoch < 10; epoch++) {
  const pred = pretrained(x);
  const loss = lossFn(pred, y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  const acc = pred.argmax(1).eq(y).float().mean();
  console.log(`Epoch ${epoch}: loss=${loss.item().toFixed(6)}, acc=${percent(acc.item())}`);
}
