import { nn, ones, optim, randn, zeros } from "kindling";
const [G, D] = [new nn.Linear(2, 4), new nn.Sequential(new nn.Linear(4, 1), new nn.Sigmoid())];
const [optG, optD] = [new optim.Adam(G.parameters()), new optim.Adam(D.parameters())];
const bce = new nn.BCELoss();
for (let step = 0; step < 5; step++) {
  optD.zeroGrad();
  const fake = G(randn(8, 2));
  bce(D(randn(8, 4)), ones(8, 1)).add(bce(D(fake.detach()), zeros(8, 1))).backward();
  optD.step();
  bce(D(fake), ones(8, 1)).backward();
  optG.step(); // read: zero-grad-missing
}
