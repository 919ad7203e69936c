import { nn, optim, randn, type Tensor } from "kindling";
class Trainer {
  net = new nn.Linear(4, 1);
  optimizer = new optim.Adam(this.net.parameters());
  loss(x: Tensor, y: Tensor): Tensor {
    const error = this.net(x).sub(y); // run: accidental-broadcast
    return error.square().mean();
  }
}
const t = new Trainer();
for (let i = 0; i < 3; i++) {
  t.optimizer.zeroGrad();
  t.loss(randn(16, 4), randn(16)).backward();
  t.optimizer.step();
}
