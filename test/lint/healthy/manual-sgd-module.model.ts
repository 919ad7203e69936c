import { nn, noGrad, randn } from "kindling";
const model = new nn.Linear(4, 1);
const x = randn(64, 4);
for (let i = 0; i < 20; i++) {
  const loss = nn.functional.mseLoss(model(x), x.sum(1, true));
  model.zeroGrad();
  loss.backward();
  noGrad(() => {
    for (const p of model.parameters()) p.sub_(p.grad!.mul(0.1));
  });
}
