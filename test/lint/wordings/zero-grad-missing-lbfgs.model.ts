import { nn, optim, randn } from "kindling";
const model = new nn.Linear(3, 1);
const lbfgs = new optim.LBFGS(model.parameters());
const [x, y] = [randn(16, 3), randn(16, 1)];
for (let i = 0; i < 3; i++) {
  lbfgs.step(() => { // read: zero-grad-missing
    const loss = nn.functional.mseLoss(model(x), y);
    loss.backward();
    return loss;
  });
}
