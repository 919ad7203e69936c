/** Biases so low that a whole layer is zero for every sample: nothing before it learns. */
import { manualSeed, nn, noGrad, optim, randint, randn, type Tensor } from "kindling";

manualSeed(0);

class Net extends nn.Module {
  layer1 = new nn.Linear(20, 64);
  relu1 = new nn.ReLU();
  layer2 = new nn.Linear(64, 64);
  relu2 = new nn.ReLU();
  head = new nn.Linear(64, 4);

  override forward(x: Tensor): Tensor {
    return this.head(this.relu2(this.layer2(this.relu1(this.layer1(x)))));
  }
}

const model = new Net();
noGrad(() => model.layer2.bias!.fill_(-20));
const optimizer = new optim.Adam(model.parameters(), { lr: 1e-3 });
const [x, y] = [randn(256, 20), randint(0, 4, [256])];

for (let epoch = 0; epoch < 200; epoch++) {
  const loss = nn.functional.crossEntropy(model(x), y);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
