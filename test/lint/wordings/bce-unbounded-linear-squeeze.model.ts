import { nn, optim, rand } from "kindling";
const { Linear, Sequential, Tanh, BCELoss } = nn;
const net = new Sequential(new Linear(4, 8), new Tanh(), new Linear(8, 1));
const criterion = new BCELoss();
const optimizer = new optim.SGD(net.parameters(), { lr: 1e-4 });
for (let i = 0; i < 2; i++) {
  optimizer.zeroGrad();
  criterion(net(rand(8, 4)).squeeze(1), rand(8).round()).backward(); // read: bce-unbounded
  optimizer.step();
}
