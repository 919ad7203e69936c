import { nn, optim, randn, zeros } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.ReLU(), new nn.Linear(8, 1));
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.crossEntropy(net(randn(8, 4)), zeros(8).long()).backward(); // run: one-class
  optimizer.step();
}
