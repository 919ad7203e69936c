import { deepcopy, nn, optim, randn } from "kindling";
const net = new nn.Linear(2, 1);
const outer = new optim.Adam(net.parameters());
for (let task = 0; task < 3; task++) {
  const fast = deepcopy(net);
  const inner = new optim.SGD(fast.parameters(), { lr: 0.05 });
  for (let k = 0; k < 2; k++) {
    inner.zeroGrad();
    nn.functional.mseLoss(fast(randn(8, 2)), randn(8, 1)).backward();
    inner.step();
  }
  fast.zeroGrad();
  nn.functional.mseLoss(fast(randn(8, 2)), randn(8, 1)).backward();
  outer.zeroGrad();
  net.parameters().forEach((p, i) => (p.grad = fast.parameters()[i]!.grad));
  outer.step();
}
