import { nn, optim, randn } from "kindling";
const net = new nn.Sequential(new nn.Linear(4, 8), new nn.Tanh(), new nn.Linear(8, 3));
net.requiresGrad_(false);
net.eval();
const image = randn(1, 4).requiresGrad_(true);
const optimizer = new optim.Adam([image], { lr: 0.1 });
for (let i = 0; i < 5; i++) {
  optimizer.zeroGrad();
  net(image).select(1, 2).neg().sum().backward();
  optimizer.step();
}
