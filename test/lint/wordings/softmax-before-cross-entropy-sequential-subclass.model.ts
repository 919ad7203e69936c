import { nn, optim, randint, randn } from "kindling";
class Classifier extends nn.Sequential {
  constructor(inputs: number, classes: number) {
    super(new nn.Linear(inputs, 16), new nn.ReLU(), new nn.Linear(16, classes), new nn.Softmax(1)); // read: softmax-before-cross-entropy
  }
}
const net = new Classifier(4, 3);
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
