import { nn, optim, randn, type Tensor } from "kindling";
const F = nn.functional;
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizer = new optim.Adam(net.parameters());
const trainStep = (x: Tensor, y: Tensor): void => {
  optimizer.zeroGrad();
  F.mseLoss(net(x), y).backward(); // run: accidental-broadcast
  optimizer.step();
};
for (let i = 0; i < 3; i++) trainStep(randn(16, 4), randn(16));
