import { nn, type Tensor, type optim } from "kindling";
export function update(model: (x: Tensor) => Tensor, optimizer: optim.Optimizer, x: Tensor, y: Tensor): void {
  nn.functional.crossEntropy(model(x), y).backward();
  optimizer.step(); // run: zero-grad-missing
}
