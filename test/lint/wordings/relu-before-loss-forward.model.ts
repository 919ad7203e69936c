import { nn, optim, rand, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  fc2 = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor {
    x = relu(this.fc1(x));
    x = relu(this.fc2(x)); // read: relu-before-loss
    return x.squeeze(1);
  }
}
const net = new Net();
const criterion = new nn.BCEWithLogitsLoss();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  criterion(net(randn(8, 4)), rand(8).round()).backward();
  optimizer.step();
}
