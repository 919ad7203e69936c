/** A first module of one's own: two hidden layers with batch norm, ReLU and dropout, and hooks that look inside. */
import { manualSeed, nn, optim, randint, randn, type Tensor } from "kindling";

manualSeed(0);

class SimpleClassifier extends nn.Module {
  layer1: nn.Linear;
  bn1: nn.BatchNorm1d;
  layer2: nn.Linear;
  bn2: nn.BatchNorm1d;
  output: nn.Linear;
  relu: nn.ReLU;
  dropout: nn.Dropout;

  constructor(inputDim: number, hiddenDim: number, outputDim: number) {
    super();
    this.layer1 = new nn.Linear(inputDim, hiddenDim);
    this.bn1 = new nn.BatchNorm1d(hiddenDim);
    this.layer2 = new nn.Linear(hiddenDim, hiddenDim);
    this.bn2 = new nn.BatchNorm1d(hiddenDim);
    this.output = new nn.Linear(hiddenDim, outputDim);
    this.relu = new nn.ReLU();
    this.dropout = new nn.Dropout(0.3);
  }

  override forward(x: Tensor): Tensor {
    x = this.dropout(this.relu(this.bn1(this.layer1(x))));
    x = this.dropout(this.relu(this.bn2(this.layer2(x))));
    return this.output(x);
  }
}

const model = new SimpleClassifier(20, 64, 3);
console.log(String(model));
const total = [...model.parameters()].reduce((sum, p) => sum + p.numel(), 0);
console.log(`Total parameters: ${total.toLocaleString("en-US")}`);

// A hook sees each call of a layer without a change to the model.
const handle = model.layer1.registerForwardHook((_module, _inputs, output) => {
  const values = output as Tensor;
  console.log(`layer1: mean ${values.mean().item().toFixed(3)}, std ${values.std().item().toFixed(3)}`);
});
model(randn(32, 20));
handle.remove();

// The label is decided by the largest of the first three inputs, so that there is something to learn.
const X = randn(512, 20);
const y = X.at(null, [0, 3]).argmax(1);
const optimizer = new optim.Adam(model.parameters(), { lr: 0.005 });
const lossFn = new nn.CrossEntropyLoss();

for (let step = 0; step < 200; step++) {
  const batch = randint(0, 512, [64]);
  const logits = model(X.indexSelect(0, batch));
  const loss = lossFn(logits, y.indexSelect(0, batch));
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
  if (step % 50 === 0) console.log(`step ${step}: loss ${loss.item().toFixed(4)}`);
}

model.eval();
const accuracy = model(X).argmax(1).eq(y).float().mean().item();
console.log(`Accuracy: ${(accuracy * 100).toFixed(1)} %`);
