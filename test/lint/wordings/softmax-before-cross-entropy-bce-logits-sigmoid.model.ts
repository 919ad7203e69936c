import { nn, optim, rand, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 1);
  override forward(x: Tensor): Tensor {
    const z = this.fc(x);
    return z.sigmoid(); // read: softmax-before-cross-entropy
  }
}
const net = new Net();
const criterion = new nn.BCEWithLogitsLoss();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  criterion(net(randn(8, 4)).squeeze(1), rand(8).round()).backward();
  optimizer.step();
}
