import { nn, optim, randint, randn, softmax, type Tensor } from "kindling";
class Net extends nn.Module {
  fc = new nn.Linear(4, 3);
  softmax = new nn.Softmax(1); // read: softmax-before-cross-entropy
  override forward(x: Tensor): Tensor {
    return this.softmax(this.fc(x));
  }
}
const net = new Net();
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
