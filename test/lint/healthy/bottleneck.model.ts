import { nn, optim, rand } from "kindling";
const encoder = new nn.Sequential(new nn.Linear(16, 8), new nn.ReLU(), new nn.Linear(8, 2));
const decoder = new nn.Sequential(new nn.Linear(2, 8), new nn.ReLU(), new nn.Linear(8, 16), new nn.Sigmoid());
const optimizer = new optim.Adam([...encoder.parameters(), ...decoder.parameters()]);
for (let i = 0; i < 6; i++) {
  const x = rand(16, 16);
  const loss = nn.functional.mseLoss(decoder(encoder(x)), x);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
