/** ModuleDict: one backbone, a head for each task. */
import { manualSeed, nn, randn, type Tensor } from "kindling";
import { parameterCount } from "./networks.ts";
import { size, thousands } from "./printing.ts";

manualSeed(0);

class MultiTaskNet extends nn.Module<[x: Tensor, taskName: string]> {
  backbone: nn.Sequential;
  heads: nn.ModuleDict<nn.Linear>;

  constructor(inputDim: number, hiddenDim: number, taskOutputs: Record<string, number>) {
    super();
    this.backbone = new nn.Sequential(
      new nn.Linear(inputDim, hiddenDim), new nn.ReLU(),
      new nn.Linear(hiddenDim, hiddenDim), new nn.ReLU(),
    );
    this.heads = new nn.ModuleDict(
      Object.fromEntries(Object.entries(taskOutputs).map(([name, outDim]) => [name, new nn.Linear(hiddenDim, outDim)])),
    );
  }

  override forward(x: Tensor, taskName: string): Tensor {
    const features = this.backbone(x);
    return this.heads.get(taskName)(features);
  }
}

const multi = new MultiTaskNet(20, 64, { classify: 3, regress: 1, embed: 16 });
const x = randn(8, 20);

for (const task of multi.heads) {
  const out = multi(x, task);
  console.log(`Task '${task}': output shape = ${size(out)}, sum = ${out.sum().item().toFixed(6)}`);
}

console.log(`\nTotal params: ${thousands(parameterCount(multi))}`);
console.log(String(multi));
