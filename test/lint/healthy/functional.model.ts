/** Regression by hand: parameters as tensors, updated without an optimizer, and a functional inner loop as in meta-learning. */
import { autograd, manualSeed, noGrad, rand, randn, zeros, type Tensor } from "kindling";

manualSeed(19);
let weights: Tensor[] = [randn(1, 16).requiresGrad_(), zeros(16, { requiresGrad: true }), randn(16, 1).mul(0.1).requiresGrad_()];

function net(x: Tensor, [w1, b1, w2]: Tensor[]): Tensor {
  return x.matmul(w1!).add(b1!).tanh().matmul(w2!);
}

function task(): (x: Tensor) => Tensor {
  const phase = rand(1).item() * Math.PI;
  return (x) => x.add(phase).sin();
}

for (let iteration = 0; iteration < 5; iteration++) {
  const metaGradients = weights.map((w) => w.detach().mul(0));
  for (let i = 0; i < 3; i++) {
    const f = task();
    const support = rand(8, 1).mul(4).sub(2);
    const inner = net(support, weights).sub(f(support)).square().mean();
    const gradients = autograd.grad(inner, weights, { createGraph: true });
    const fast = weights.map((w, j) => w.sub(gradients[j]!.mul(0.01)));
    const query = rand(8, 1).mul(4).sub(2);
    const outer = net(query, fast).sub(f(query)).square().mean();
    for (const [j, g] of autograd.grad(outer, weights).entries()) metaGradients[j]!.add_(g!);
  }
  weights = noGrad(() => weights.map((w, j) => w.sub(metaGradients[j]!.mul(0.001)))).map((w) => w.detach().requiresGrad_());
}

const w = randn(3, 1, { requiresGrad: true });
const X = randn(50, 3);
const y = X.matmul(zeros(3, 1).add(2));
for (let step = 0; step < 20; step++) {
  const loss = X.matmul(w).sub(y).square().mean();
  loss.backward();
  noGrad(() => {
    w.sub_(w.grad!.mul(0.1));
    w.grad!.zero_();
  });
}
