import { nn, optim, rand, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 5));
const criterion = new nn.BCEWithLogitsLoss();
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 6; i++) {
  const [x, y] = [randn(8, 4), rand(8, 5).round()];
  optimizer.zeroGrad();
  const logits = net(x);
  criterion(logits, y).backward();
  optimizer.step();
  const right = logits.sigmoid().gt(0.5).eq(y.gt(0.5)).float().mean().item();
  console.log(right);
}
