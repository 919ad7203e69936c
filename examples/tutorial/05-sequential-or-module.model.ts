/** Sequential or a module of one's own. */
import { manualSeed, nn, randn, relu, setPrintoptions, type Tensor } from "kindling";
import { parameterCount, ResidualBlock } from "./networks.ts";
import { thousands } from "./printing.ts";

manualSeed(0);
const simple = new nn.Sequential(
  new nn.Linear(20, 64), new nn.ReLU(), new nn.Dropout(0.3),
  new nn.Linear(64, 32), new nn.ReLU(), new nn.Dropout(0.3),
  new nn.Linear(32, 3),
);

class ConditionalNet extends nn.Module<[x: Tensor, options?: { useBranchA?: boolean }]> {
  shared: nn.Linear;
  branch_a: nn.Linear;
  branch_b: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number) {
    super();
    this.shared = new nn.Linear(inputDim, hiddenDim);
    this.branch_a = new nn.Linear(hiddenDim, outputDim);
    this.branch_b = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor, { useBranchA = true } = {}): Tensor {
    const h = relu(this.shared(x));
    if (useBranchA) {
      return this.branch_a(h);
    }
    return this.branch_b(h);
  }
}

console.log(`Simple (Sequential): ${thousands(parameterCount(simple))} params`);
const resblock = new ResidualBlock(64);
console.log(`ResidualBlock:       ${thousands(parameterCount(resblock))} params`);
const cond = new ConditionalNet(20, 64, 3);
console.log(`ConditionalNet:      ${thousands(parameterCount(cond))} params`);

const x = randn(2, 20);
setPrintoptions({ precision: 3, sciMode: false });
console.log(String(cond(x)));
console.log(String(cond(x, { useBranchA: false })));
