import { nn, optim, randn, type Tensor } from "kindling";
const model = new nn.Sequential(new nn.Linear(3, 8), new nn.Tanh(), new nn.Linear(8, 1));
const lbfgs = new optim.LBFGS(model.parameters(), { lineSearchFn: "strong_wolfe" });
const [x, y] = [randn(32, 3), randn(32, 1)];
const closure = (): Tensor => {
  lbfgs.zeroGrad();
  const loss = nn.functional.mseLoss(model(x), y);
  loss.backward();
  return loss;
};
for (let i = 0; i < 3; i++) lbfgs.step(closure);
