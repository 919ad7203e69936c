/** The networks of `make_modules.py`, line by line. */
import { nn, type Tensor } from "../../../src/engine/index.ts";

export class SimpleClassifier extends nn.Module {
  layer1: nn.Linear;
  bn1: nn.BatchNorm1d;
  relu: nn.ReLU;
  dropout: nn.Dropout;
  layer2: nn.Linear;
  bn2: nn.BatchNorm1d;
  output: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number) {
    super();
    this.layer1 = new nn.Linear(inputDim, hiddenDim);
    this.bn1 = new nn.BatchNorm1d(hiddenDim);
    this.relu = new nn.ReLU();
    this.dropout = new nn.Dropout(0.3);
    this.layer2 = new nn.Linear(hiddenDim, hiddenDim);
    this.bn2 = new nn.BatchNorm1d(hiddenDim);
    this.output = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor) {
    x = this.dropout(this.relu(this.bn1(this.layer1(x))));
    x = this.relu(this.bn2(this.layer2(x)));
    return this.output(x);
  }
}

export class ResidualBlock extends nn.Module {
  block: nn.Sequential;
  relu: nn.ReLU;

  constructor(dim: number) {
    super();
    this.block = new nn.Sequential(new nn.Linear(dim, dim), new nn.BatchNorm1d(dim), new nn.ReLU(), new nn.Linear(dim, dim), new nn.BatchNorm1d(dim));
    this.relu = new nn.ReLU();
  }

  override forward(x: Tensor) {
    return this.relu(this.block(x).add(x));
  }
}

export class ResNet extends nn.Module {
  input_layer: nn.Linear;
  blocks: nn.ModuleList<ResidualBlock>;
  output_layer: nn.Linear;

  constructor(inputDim: number, hiddenDim: number, outputDim: number, nBlocks: number) {
    super();
    this.input_layer = new nn.Linear(inputDim, hiddenDim);
    this.blocks = new nn.ModuleList(Array.from({ length: nBlocks }, () => new ResidualBlock(hiddenDim)));
    this.output_layer = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor) {
    x = this.input_layer(x);
    for (const block of this.blocks) x = block(x);
    return this.output_layer(x);
  }
}

export class Heads extends nn.Module {
  heads: nn.ModuleDict;

  constructor() {
    super();
    this.heads = new nn.ModuleDict({
      a: new nn.Linear(2, 3),
      b: new nn.Sequential(new nn.Tanh(), new nn.Linear(2, 1, { bias: false })),
    });
  }
}

export class Bare extends nn.Module {}
