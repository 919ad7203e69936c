/** Several tasks on one body: heads in a ModuleDict, scales in a ParameterDict, losses by name in a plain object, metrics in a Map. */
import { data, manualSeed, nn, noGrad, ones, optim, randint, randn, type Tensor } from "kindling";

manualSeed(21);
type Task = "kind" | "size";

class MultiTask extends nn.Module<[x: Tensor, task: Task]> {
  body: nn.Sequential;
  heads: nn.ModuleDict<nn.Linear>;
  scales: nn.ParameterDict;
  activations: Record<string, Tensor> = {};
  seen = new Map<string, number>();
  widths = [12, 32, 16];

  constructor() {
    super();
    const layers: nn.Module[] = [];
    for (let i = 0; i + 1 < this.widths.length; i++) {
      layers.push(new nn.Linear(this.widths[i]!, this.widths[i + 1]!), new nn.ReLU());
    }
    this.body = new nn.Sequential(...layers);
    this.heads = new nn.ModuleDict({ kind: new nn.Linear(16, 3), size: new nn.Linear(16, 1) });
    this.scales = new nn.ParameterDict({ kind: ones(1), size: ones(1) });
  }

  override forward(x: Tensor, task: Task): Tensor {
    const h = this.body(x);
    this.activations[task] = h.detach();
    this.seen.set(task, (this.seen.get(task) ?? 0) + 1);
    return this.heads.get(task)(h).mul(this.scales.get(task));
  }
}

const model = new MultiTask();
const lossFns = { kind: new nn.CrossEntropyLoss(), size: new nn.MSELoss() };
const optimizer = new optim.NAdam(model.parameters(), { lr: 2e-3 });
const dataset = new data.TensorDataset(randn(120, 12), randint(0, 3, [120]), randn(120, 1));
const loader = new data.DataLoader(dataset, { batchSize: 24, shuffle: true });

for (let epoch = 0; epoch < 2; epoch++) {
  for (const [x, kind, size] of loader) {
    const loss = lossFns.kind(model(x!, "kind"), kind!).add(lossFns.size(model(x!, "size"), size!).mul(0.5));
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
  }
}
noGrad(() => console.log(model(randn(2, 12), "size").tolist()));
