/** Kindling as a peer; bundled with the built engine by engineSteps.ts. */
import { fromTypedArray, nn, noGrad, optim, relu, type Tensor } from "kindling";
import { fill, labels } from "./lcg.ts";
import { programs, type Program } from "./peer.ts";

class ResidualBlock extends nn.Module {
  block = new nn.Sequential(new nn.Linear(64, 64), new nn.BatchNorm1d(64), new nn.ReLU(), new nn.Linear(64, 64), new nn.BatchNorm1d(64));

  override forward(x: Tensor): Tensor {
    return relu(this.block(x).add(x));
  }
}

class ResNet extends nn.Module {
  inputLayer = new nn.Linear(20, 64);
  blocks = new nn.Sequential(new ResidualBlock(), new ResidualBlock(), new ResidualBlock());
  outputLayer = new nn.Linear(64, 10);

  override forward(x: Tensor): Tensor {
    return this.outputLayer(this.blocks(relu(this.inputLayer(x))));
  }
}

function perceptron(dims: readonly number[]): nn.Module {
  const layers = dims.slice(1).flatMap((width, i) => [new nn.Linear(dims[i]!, width), new nn.ReLU()]);
  return new nn.Sequential(...layers.slice(0, -1));
}

function convolutional(): nn.Module {
  return new nn.Sequential(
    new nn.Conv2d(1, 32, 3), new nn.ReLU(), new nn.MaxPool2d(2),
    new nn.Conv2d(32, 64, 3), new nn.ReLU(), new nn.MaxPool2d(2),
    new nn.Flatten(), new nn.Linear(1600, 128), new nn.ReLU(), new nn.Linear(128, 10),
  );
}

function build(name: string, { dims, parameters }: Program): nn.Module {
  const model = dims ? perceptron(dims) : name === "cnn" ? convolutional() : new ResNet();
  noGrad(() => {
    [...model.parameters()].forEach((parameter, i) => {
      const values = parameters[i];
      if (values) parameter.copy_(fromTypedArray(fill(values[0], values[1], 1 / Math.sqrt(values[2])), parameter.shape));
    });
  });
  return model;
}

function optimizerFor(name: string, model: nn.Module): optim.Optimizer {
  if (name === "SGD") return new optim.SGD(model.parameters(), { lr: 0.01 });
  if (name === "Adam") return new optim.Adam(model.parameters(), { lr: 1e-3 });
  return new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.01 });
}

function main(name: string, optimizerName: string, duration: number): void {
  const program = programs[name]!;
  const batch = program.input[0]!;
  const x = fromTypedArray(fill(1, program.input.reduce((size, length) => size * length, 1)), program.input);
  const y = fromTypedArray(labels(2, batch, program.classes), [batch]);
  const model = build(name, program);
  const optimizer = optimizerFor(optimizerName, model);
  const lossFn = new nn.CrossEntropyLoss();
  const step = (): number => {
    optimizer.zeroGrad();
    const loss = lossFn(model(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
  const losses = Array.from({ length: 5 }, step);
  const warm = performance.now() + duration / 4;
  while (performance.now() < warm) step();
  const times: number[] = [];
  for (const end = performance.now() + duration; performance.now() < end || times.length < 5;) {
    const begin = performance.now();
    step();
    times.push(performance.now() - begin);
  }
  console.log(JSON.stringify({ losses, times }));
}

const [program, optimizer, duration] = process.argv.slice(2);
if (program === "--version") console.log("Kindling");
else main(program!, optimizer!, Number(duration));
