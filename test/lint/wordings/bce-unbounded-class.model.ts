import { nn, optim, rand, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 8);
  fc2 = new nn.Linear(8, 1);
  override forward(x: Tensor): Tensor {
    return this.fc2(relu(this.fc1(x)));
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
const loss = new nn.BCELoss();
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  loss(net(randn(8, 4)), rand(8, 1).round()).backward(); // read: bce-unbounded
  optimizer.step();
}
