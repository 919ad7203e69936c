import { data, nn, noGrad, optim, randint, randn, relu, type Tensor } from "kindling";
class Base extends nn.Module {
  bn = new nn.BatchNorm1d(8);
}
class Net extends Base {
  a = new nn.Linear(4, 8);
  b = new nn.Linear(8, 3);
  override forward(x: Tensor): Tensor {
    return this.b(relu(this.bn(this.a(x))));
  }
}
const model = new Net();
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
const valLoader = new data.DataLoader(new data.TensorDataset(randn(32, 4), randint(0, 3, [32])), { batchSize: 8 });
const optimizer = new optim.Adam(model.parameters());
const test = (): number => {
  let right = 0;
  for (const [x, y] of valLoader) {
    const guess = noGrad(() => model(x!)).argmax(1); // read: eval-missing
    right += guess.eq(y!).sum().item();
  }
  return right;
};
for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of trainLoader) {
    optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(model(x!), y!);
    loss.backward();
    optimizer.step();
  }
  test();
}
