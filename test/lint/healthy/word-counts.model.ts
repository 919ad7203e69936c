import { cat, nn, optim, randint } from "kindling";
const counts = cat([randint(0, 3, [16, 99]).float(), randint(0, 250, [16, 1]).float()], 1);
const net = new nn.Linear(100, 2);
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(counts), randint(0, 2, [16])).backward();
  optimizer.step();
}
