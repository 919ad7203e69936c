import { nn, optim, randn, tensor } from "kindling";
const net = new nn.Linear(4, 3);
const optimizer = new optim.Adam(net.parameters());
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  nn.functional.nllLoss(net(randn(4)).logSoftmax(0), tensor(1)).backward();
  optimizer.step();
}
