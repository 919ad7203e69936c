/** Exercise 2: does the size of activations stay the same through many residual blocks? */
import { data, manualSeed, nn, optim, randint, randn, relu, type Tensor } from "kindling";
import { parameterCount, ResidualBlock } from "./networks.ts";
import { thousands } from "./printing.ts";

manualSeed(0);

class DeepResNet extends nn.Module {
  input_layer: nn.Linear;
  blocks: nn.ModuleList<ResidualBlock>;
  output_layer: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number, { nBlocks }: { nBlocks: number }) {
    super();
    this.input_layer = new nn.Linear(inputDim, hiddenDim);
    this.blocks = new nn.ModuleList(Array.from({ length: nBlocks }, () => new ResidualBlock(hiddenDim)));
    this.output_layer = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor): Tensor {
    x = relu(this.input_layer(x));
    for (const block of this.blocks) {
      x = block(x);
    }
    return this.output_layer(x);
  }
}

const xTrain = randn(2000, 20);
const yTrain = randint(0, 10, [2000]);
const trainLoader = new data.DataLoader(new data.TensorDataset(xTrain, yTrain), { batchSize: 64, shuffle: true });

const model = new DeepResNet(20, 64, 10, { nBlocks: 6 });
console.log(`Model: ${thousands(parameterCount(model))} parameters`);

const magnitudes = new Map<string, number>();

function record(name: string): nn.ForwardHook {
  return (_module, _input, output) => {
    magnitudes.set(name, (output as Tensor).detach().abs().mean().item());
  };
}

for (const [i, block] of [...model.blocks].entries()) {
  block.registerForwardHook(record(`block ${i}`));
}

const optimizer = new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.01 });
const lossFn = new nn.CrossEntropyLoss();

for (let epoch = 0; epoch < 20; epoch++) {
  let totalLoss = 0;
  for (const [xB, yB] of trainLoader) {
    const loss = lossFn(model(xB!), yB!);
    optimizer.zeroGrad();
    loss.backward();
    optimizer.step();
    totalLoss += loss.item();
  }
  console.log(`Epoch ${String(epoch).padStart(2)}: train_loss=${(totalLoss / trainLoader.length).toFixed(6)}`);
}

console.log("Mean activation magnitude at the last step:");
for (const [name, magnitude] of magnitudes) {
  console.log(`  ${name}: ${magnitude.toFixed(4)}`);
}
