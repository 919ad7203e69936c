import { nn, optim, randint, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  conv = new nn.Conv2d(1, 4, 3);
  fc = new nn.Linear(144, 3);
  override forward(x: Tensor): Tensor {
    return this.fc(relu(this.conv(x.float().div(255))).flatten(1));
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(randint(0, 256, [8, 1, 8, 8])), randint(0, 3, [8])).backward();
  optimizer.step();
}
