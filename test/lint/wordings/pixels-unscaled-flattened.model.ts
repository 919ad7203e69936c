import { data, nn, optim, randint, relu, type Tensor } from "kindling";
const pixels = randint(0, 256, [64, 64]).float();
const loader = new data.DataLoader(new data.TensorDataset(pixels, randint(0, 3, [64])), { batchSize: 16, shuffle: true });
class Net extends nn.Module {
  a = new nn.Linear(64, 16);
  b = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.b(relu(this.a(x))); // run: pixels-unscaled
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (const [x, y] of loader) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(x!), y!).backward();
  optimizer.step();
}
