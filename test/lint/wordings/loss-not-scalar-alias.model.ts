import { nn, optim, randn } from "kindling";
const F = nn.functional;
const model = new nn.Linear(4, 1);
const optimizer = new optim.SGD(model.parameters(), { lr: 0.1 });
for (let i = 0; i < 3; i++) {
  const loss = F.mseLoss(model(randn(8, 4)), randn(8, 1), { reduction: "none" });
  optimizer.zeroGrad();
  loss.backward(); // read: loss-not-scalar
  optimizer.step();
}
