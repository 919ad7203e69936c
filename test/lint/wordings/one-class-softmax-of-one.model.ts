import { nn, optim, rand, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1), new nn.Softmax(1));
const optimizer = new optim.Adam(net.parameters());
const bce = new nn.BCELoss();
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  bce(net(randn(8, 4)), rand(8, 1).round()).backward(); // run: one-class
  optimizer.step();
}
