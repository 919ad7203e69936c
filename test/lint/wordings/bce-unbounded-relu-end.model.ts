import { nn, optim, rand } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1), new nn.ReLU());
const F = nn.functional;
const optimizer = new optim.SGD(net.parameters(), { lr: 1e-4 });
for (let i = 0; i < 2; i++) {
  optimizer.zeroGrad();
  const loss = F.binaryCrossEntropy(net(rand(8, 4).mul(0.1)), rand(8, 1).round()); // run: bce-unbounded
  loss.backward();
  optimizer.step();
}
