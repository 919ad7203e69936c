import { data, nn, optim, randint, randn, relu, type Tensor } from "kindling";
const w1 = new nn.Parameter(randn(16, 4).mul(0.3));
const w2 = new nn.Parameter(randn(3, 16).mul(0.3));
const forward = (x: Tensor): Tensor => nn.functional.linear(relu(nn.functional.linear(x, w1)), w2);
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const optimizer = new optim.SGD([w1, w2], { lr: 0.1 });
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    nn.functional.crossEntropy(forward(x!), y!).backward();
    optimizer.step();
  }
}
