/** Knowledge distillation: a student learns from a frozen teacher's soft outputs and from the labels. */
import { data, manualSeed, nn, noGrad, optim, randint, randn } from "kindling";

manualSeed(18);
const teacher = new nn.Sequential(new nn.Linear(10, 64), new nn.ReLU(), new nn.Dropout(0.2), new nn.Linear(64, 4));
const student = new nn.Sequential(new nn.Linear(10, 8), new nn.ReLU(), new nn.Linear(8, 4));
teacher.eval();
teacher.requiresGrad_(false);

const optimizer = new optim.RMSprop(student.parameters(), { lr: 1e-3 });
const kl = new nn.KLDivLoss({ reduction: "batchmean" });
const ce = new nn.CrossEntropyLoss();
const temperature = 2;
const loader = new data.DataLoader(new data.TensorDataset(randn(128, 10), randint(0, 4, [128])), { batchSize: 16, shuffle: true });

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, y] of loader) {
    const soft = noGrad(() => teacher(x!).div(temperature).softmax(1));
    const logits = student(x!);
    const distilled = kl(logits.div(temperature).logSoftmax(1), soft).mul(temperature ** 2);
    const loss = distilled.mul(0.7).add(ce(logits, y!).mul(0.3));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}
