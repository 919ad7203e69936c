import { nn, ones, optim, randn } from "kindling";
const net = new nn.Linear(4, 3);
const optimizer = new optim.SGD(net.parameters(), { lr: 0.1 });
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  const out = net(randn(8, 4));
  out.square().backward(ones(8, 3).div(24));
  optimizer.step();
}
