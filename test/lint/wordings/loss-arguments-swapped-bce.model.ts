import { nn, optim, rand, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 1), new nn.Sigmoid());
const criterion = new nn.BCELoss();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  const [x, y] = [randn(8, 4), rand(8, 1).round()];
  optimizer.zeroGrad();
  criterion(y, net(x)).backward(); // read: loss-arguments-swapped
  optimizer.step();
}
