import { data, nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 16);
  drop = new nn.Dropout(0.1);
  fc2 = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(relu(this.fc1(x))));
  }
}
const trainLoader = new data.DataLoader(new data.TensorDataset(randn(64, 4), randint(0, 3, [64])), { batchSize: 8, shuffle: true });
class Trainer {
  net = new Net();
  optimizer = new optim.SGD(this.net.parameters(), { lr: 0.1 });
  step(x: Tensor, y: Tensor): number {
    this.optimizer.zeroGrad();
    const loss = nn.functional.crossEntropy(this.net(x), y);
    this.optimizer.step(); // read: step-without-gradient
    return loss.item();
  }
}
const trainer = new Trainer();
for (const [x, y] of trainLoader) trainer.step(x!, y!);
