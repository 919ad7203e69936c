import { nn, optim, randint, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 3), new nn.ReLU()); // read: relu-before-loss
const optimizer = new optim.Adam(net.parameters());
for (let step = 0; step < 4; step++) {
  optimizer.zeroGrad();
  const loss = nn.functional.crossEntropy(net(randn(8, 4)), randint(0, 3, [8]));
  loss.backward();
  optimizer.step();
}
