/** Random search stops early: labelled loops, a queue, the best of all. */
import { manualSeed, nn, noGrad, optim, randn } from "kindling";

interface Trial {
  readonly lr: number;
  readonly width: number;
  score: number;
}

manualSeed(2);
const x = randn(24, 2);
const y = x.select(1, 0).sub(x.select(1, 1)).unsqueeze(1);
const trials: Trial[] = [];
const queue = [0.001, 0.01, 0.1].flatMap((lr) => [4, 8].map((width) => ({ lr, width })));
let budget = 70;

search: while (queue.length > 0) {
  const { lr, width } = queue.shift()!;
  const model = new nn.Sequential(new nn.Linear(2, width), new nn.Tanh(), new nn.Linear(width, 1));
  const optimizer = new optim.SGD(model.parameters(), { lr, momentum: 0.9 });
  let previous = Infinity;
  for (let step = 0; step < 15; step++) {
    if (budget-- <= 0) break search;
    const loss = nn.functional.mseLoss(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    if (step > 3 && loss.item() > previous * 0.999) {
      console.log(`lr ${lr} width ${width}: slow at step ${step}`);
      continue search;
    }
    previous = loss.item();
  }
  trials.push({ lr, width, score: noGrad(() => nn.functional.mseLoss(model(x), y)).item() });
  console.log(`lr ${lr} width ${width}: ${trials.at(-1)!.score.toFixed(4)}`);
}
rows: for (const row of [
  [1, 2, 3],
  [4, -1, 6],
  [7, 8, 9],
]) {
  for (const value of row) if (value < 0) continue rows;
  console.log(row.join(" "));
}
trials.sort((a, b) => a.score - b.score);
const [best, ...others] = trials;
console.log(best?.lr, others.length, queue.length, budget);
