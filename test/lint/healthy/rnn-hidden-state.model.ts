import { nn, optim, randn, zeros } from "kindling";
const rnn = new nn.GRU(3, 8, { batchFirst: true });
const out = new nn.Linear(8, 3);
const optimizer = new optim.Adam([...rnn.parameters(), ...out.parameters()]);
let hidden = zeros(1, 4, 8);
for (let i = 0; i < 6; i++) {
  const x = randn(4, 5, 3);
  const [h, last] = rnn(x, hidden);
  hidden = last.detach();
  const loss = nn.functional.mseLoss(out(h), x);
  optimizer.zeroGrad();
  loss.backward();
  optimizer.step();
}
