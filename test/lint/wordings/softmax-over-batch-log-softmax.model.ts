import { nn, optim, randint, randn, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 3);
  override forward(x: Tensor): Tensor {
    return this.fc(x).logSoftmax(0); // run: softmax-over-batch
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.nllLoss(net(randn(8, 4)), randint(0, 3, [8])).backward();
  optimizer.step();
}
