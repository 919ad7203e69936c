import { nn, optim, randint, randn } from "kindling";
let x = randn(64, 4);
x.sub(x.mean(0)).div(x.std(0)); // read: unused-result
const y = randint(0, 3, [64]);
const net = new nn.Linear(4, 3);
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 3; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(x), y).backward();
  optimizer.step();
}
