import { nn, optim, randn } from "kindling";
const encoder = new nn.Linear(4, 2);
const decoder = new nn.Linear(2, 4);
const optimizer = new optim.Adam(decoder.parameters()); // run: parameter-not-in-optimizer
for (let i = 0; i < 4; i++) {
  const x = randn(8, 4);
  optimizer.zeroGrad();
  nn.functional.mseLoss(decoder(encoder(x).relu()), x).backward();
  optimizer.step();
}
