import { nn, noGrad, optim, randn } from "kindling";
const policy = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 2));
const optimizer = new optim.Adam(policy.parameters());
for (let episode = 0; episode < 4; episode++) {
  const states = randn(10, 4);
  const actions = noGrad(() => policy(states).softmax(1).multinomial(1));
  const returns = randn(10, 1);
  const logs = policy(states).logSoftmax(1).gather(1, actions);
  optimizer.zeroGrad();
  logs.mul(returns).sum().neg().backward();
  optimizer.step();
}
