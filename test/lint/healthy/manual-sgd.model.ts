import { noGrad, randn, zeros } from "kindling";
const w = randn(4, 1).requiresGrad_(true);
const b = zeros(1).requiresGrad_(true);
const x = randn(64, 4);
const y = x.sum(1, true);
for (let i = 0; i < 20; i++) {
  const loss = x.matmul(w).add(b).sub(y).square().mean();
  loss.backward();
  noGrad(() => {
    for (const p of [w, b]) {
      p.sub_(p.grad!.mul(0.1));
      p.grad!.zero_();
    }
  });
}
