/** Points in the plane, inside a circle or outside of it. */
import { data, noGrad, numpyRandom, type Tensor } from "kindling";

export class CircleDataset extends data.Dataset<[Tensor, Tensor]> {
  X: Tensor;
  y: Tensor;

  constructor(nSamples = 1000) {
    super();
    this.X = numpyRandom(42).randn(nSamples, 2);
    this.y = this.X.square().sum(1).lt(1.5).float();
  }

  override get length(): number {
    return this.X.length;
  }

  override get(index: number): [Tensor, Tensor] {
    return [this.X.select(0, index), this.y.select(0, index)];
  }
}

export function accuracy(model: { eval(): unknown; (x: Tensor): Tensor }, loader: Iterable<[Tensor, Tensor]>): number {
  model.eval();
  let [correct, total] = [0, 0];
  noGrad(() => {
    for (const [xB, yB] of loader) {
      const p = model(xB).squeeze();
      correct += p.gt(0.5).eq(yB).sum().item();
      total += yB.length;
    }
  });
  return correct / total;
}
