import { nn, optim, randint, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 3), new nn.LogSoftmax(0)); // run: softmax-over-batch
const optimizer = new optim.Adam(net.parameters());
const criterion = new nn.NLLLoss();
for (let i = 0; i < 4; i++) {
  optimizer.zeroGrad();
  criterion(net(randn(8, 4)), randint(0, 3, [8])).backward();
  optimizer.step();
}
