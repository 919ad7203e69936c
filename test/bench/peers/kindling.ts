/** Kindling as a peer, with the garbage collector at hand as the runner has it; libraries.ts bundles it with the engine. */
import { fromTypedArray, manualSeed, nn, noGrad, optim, relu, type Tensor } from "kindling";
import { useCollector } from "../../../src/engine/memory/survey.ts";
import { garbageCollector } from "../../../src/runner/garbageCollector.ts";
import type { Layout } from "../layouts.ts";
import { fill, labels, parameterValues } from "./lcg.ts";
import type { Program } from "./peer.ts";
import { serve } from "./serving.ts";

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

class Recurrent extends nn.Module {
  lstm = new nn.LSTM(32, 64, { numLayers: 2, batchFirst: true });
  head = new nn.Linear(64, 10);

  override forward(x: Tensor): Tensor {
    const [output] = this.lstm(x);
    return this.head(output.select(1, -1));
  }
}

class Transformer extends nn.Module {
  layer: nn.TransformerEncoderLayer;
  head: nn.Linear;

  constructor(dropout: number) {
    super();
    this.layer = new nn.TransformerEncoderLayer(64, 4, { dropout, batchFirst: true });
    this.head = new nn.Linear(64, 10);
  }

  override forward(x: Tensor): Tensor {
    return this.head(this.layer(x).mean(1));
  }
}

function perceptron(dims: readonly number[]): nn.Module {
  const layers = dims.slice(1).flatMap((width, i) => [new nn.Linear(dims[i]!, width), new nn.ReLU()]);
  return new nn.Sequential(...layers.slice(0, -1));
}

function convolutional(): nn.Module {
  return new nn.Sequential(
    new nn.Conv2d(1, 32, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Conv2d(32, 64, 3),
    new nn.ReLU(),
    new nn.MaxPool2d(2),
    new nn.Flatten(),
    new nn.Linear(1600, 128),
    new nn.ReLU(),
    new nn.Linear(128, 10),
  );
}

const networks: Readonly<Record<Program["network"], (program: Program) => nn.Module>> = {
  perceptron: ({ dims }) => perceptron(dims!),
  cnn: () => convolutional(),
  resnet: () => new ResNet(),
  lstm: () => new Recurrent(),
  transformer: ({ dropout }) => new Transformer(dropout!),
};

function build(program: Program): nn.Module {
  const model = networks[program.network](program);
  noGrad(() => {
    [...model.parameters()].forEach((parameter, i) => {
      const values = program.parameters[i];
      if (values) parameter.copy_(fromTypedArray(parameterValues(values), parameter.shape));
    });
  });
  return model;
}

function optimizerFor(name: string, model: nn.Module): optim.Optimizer {
  if (name === "SGD") return new optim.SGD(model.parameters(), { lr: 0.01 });
  if (name === "Adam") return new optim.Adam(model.parameters(), { lr: 1e-3 });
  return new optim.AdamW(model.parameters(), { lr: 1e-3, weightDecay: 0.01 });
}

function train(program: Program, optimizerName: string): () => number {
  const batch = program.input[0]!;
  const x = fromTypedArray(
    fill(
      1,
      program.input.reduce((size, length) => size * length, 1),
    ),
    program.input,
  );
  const y = fromTypedArray(labels(2, batch, program.classes), [batch]);
  const model = build(program);
  const optimizer = optimizerFor(optimizerName, model);
  const lossFn = new nn.CrossEntropyLoss();
  // The masks of dropout begin here, as PyTorch's do.
  manualSeed(0);
  return function step() {
    optimizer.zeroGrad();
    const loss = lossFn(model(x), y);
    loss.backward();
    optimizer.step();
    return loss.item();
  };
}

function multiply(size: number, layout: Layout): { once(): void; values(): number[] } {
  const [a, b] = [1, 2].map((seed) => fromTypedArray(fill(seed, size * size), [size, size])) as [Tensor, Tensor];
  const [left, right] = [layout[0] === "T" ? a.t() : a, layout[1] === "T" ? b.t() : b];
  const once = (): Tensor => noGrad(() => left.matmul(right));
  return { once, values: () => [...(once().select(0, 0).narrow(0, 0, 4).tolist() as number[])] };
}

useCollector(garbageCollector() ?? null);
serve({ version: "Kindling", train, multiply });
