import { nn, noGrad, ones, optim, randn, zeros, type Tensor } from "kindling";
class Gan {
  readonly G = new nn.Sequential(new nn.Linear(4, 16), new nn.ReLU(), new nn.Linear(16, 2));
  readonly D = new nn.Sequential(new nn.Linear(2, 16), new nn.LeakyReLU(0.2), new nn.Linear(16, 1));
  readonly optG = new optim.Adam(this.G.parameters(), { betas: [0.5, 0.999] });
  readonly optD = new optim.Adam(this.D.parameters(), { betas: [0.5, 0.999] });
  readonly bce = new nn.BCEWithLogitsLoss();
  trainD(real: Tensor): void {
    const fake = noGrad(() => this.G(randn(16, 4)));
    this.optD.zeroGrad();
    this.bce(this.D(real), ones(16, 1))
      .add(this.bce(this.D(fake), zeros(16, 1)))
      .backward();
    this.optD.step();
  }
  trainG(): void {
    this.optG.zeroGrad();
    this.bce(this.D(this.G(randn(16, 4))), ones(16, 1)).backward();
    this.optG.step();
  }
}
const gan = new Gan();
for (let i = 0; i < 8; i++) {
  gan.trainD(randn(16, 2));
  gan.trainG();
}
