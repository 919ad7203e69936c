import { log, nn, optim, randint, randn, relu, type Tensor } from "kindling";
class Net extends nn.Module {
  fc1 = new nn.Linear(4, 16);
  drop = new nn.Dropout(0.1);
  fc2 = new nn.Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2(this.drop(relu(this.fc1(x))));
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
const nll = new nn.NLLLoss();
for (let i = 0; i < 3; i++) {
  optimizer.zeroGrad();
  const p = nn.functional.softmax(net(randn(8, 4)), 1);
  nll(log(p), randint(0, 3, [8])).backward(); // read: log-of-softmax
  optimizer.step();
}
