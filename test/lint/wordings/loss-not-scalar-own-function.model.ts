import { nn, optim, randn, type Tensor } from "kindling";
const model = new nn.Linear(4, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
const squaredError = (a: Tensor, b: Tensor): Tensor => a.sub(b).pow(2);
for (let i = 0; i < 3; i++) {
  optimizer.zeroGrad();
  squaredError(model(randn(8, 4)), randn(8, 1)).backward(); // read: loss-not-scalar
  optimizer.step();
}
