/** A small model file whose numbers are known by hand. */

/** Linear(2, 16), frozen: 48. BatchNorm1d(16): 32. Linear(16, 2): 34. */
export const moons = {
  name: "moons.model.ts",
  counts: { total: 114, trainable: 66, frozen: 48 },
  batch: 40,
  hidden: 16,
  steps: 30 * 25,
  text: `import { data, manualSeed, nn, optim, tensor, type Tensor } from "kindling";

manualSeed(0);

class Moons extends nn.Module {
  hidden = new nn.Linear(2, 16);
  norm = new nn.BatchNorm1d(16);
  output = new nn.Linear(16, 2);
  relu = new nn.ReLU();

  override forward(x: Tensor): Tensor {
    return this.output(this.relu(this.norm(this.hidden(x))));
  }
}

const points: number[][] = [];
const labels: number[] = [];
for (let i = 0; i < 1000; i++) {
  const angle = (Math.PI * i) / 1000;
  const upper = i % 2 === 0;
  points.push(upper ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)]);
  labels.push(upper ? 0 : 1);
}
const dataset = new data.TensorDataset(tensor(points), tensor(labels, { dtype: "int32" }));
const loader = new data.DataLoader(dataset, { batchSize: 40, shuffle: true });

const model = new Moons();
model.hidden.requiresGrad_(false);
const optimizer = new optim.Adam(model.parameters().filter((p) => p.requiresGrad), { lr: 0.02 });
const lossFn = new nn.CrossEntropyLoss();

for (let epoch = 0; epoch < 30; epoch++) {
  for (const [x, y] of loader) {
    const loss = lossFn(model(x), y);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}
`,
} as const;
