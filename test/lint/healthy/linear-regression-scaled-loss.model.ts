import { nn, optim, randn } from "kindling";
const net = new nn.Linear(3, 1);
const [x, y] = [randn(32, 3), randn(32)];
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (let epoch = 0; epoch < 5; epoch++) {
  const prediction = net(x).squeeze(1);
  const loss = prediction.sub(y).pow(2).mean();
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
