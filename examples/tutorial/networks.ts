/** The networks that several listings share. Property names are the Python ones: they are the keys of state dicts. */
import { nn, relu, type Tensor } from "kindling";

export function parameterCount(module: { parameters(): Iterable<Tensor> }): number {
  return [...module.parameters()].reduce((count, p) => count + p.numel(), 0);
}

export class SimpleClassifier extends nn.Module {
  layer1: nn.Linear;
  bn1: nn.BatchNorm1d;
  layer2: nn.Linear;
  bn2: nn.BatchNorm1d;
  output: nn.Linear;
  relu: nn.ReLU;
  dropout: nn.Dropout;

  constructor(inputDim: number, hiddenDim: number, outputDim: number) {
    super();
    this.layer1 = new nn.Linear(inputDim, hiddenDim);
    this.bn1 = new nn.BatchNorm1d(hiddenDim);
    this.layer2 = new nn.Linear(hiddenDim, hiddenDim);
    this.bn2 = new nn.BatchNorm1d(hiddenDim);
    this.output = new nn.Linear(hiddenDim, outputDim);
    this.relu = new nn.ReLU();
    this.dropout = new nn.Dropout(0.3);
  }

  override forward(x: Tensor): Tensor {
    x = this.dropout(this.relu(this.bn1(this.layer1(x))));
    x = this.dropout(this.relu(this.bn2(this.layer2(x))));
    return this.output(x);
  }
}

export class ResidualBlock extends nn.Module {
  block: nn.Sequential;

  constructor(dim: number) {
    super();
    this.block = new nn.Sequential(
      new nn.Linear(dim, dim),
      new nn.BatchNorm1d(dim),
      new nn.ReLU(),
      new nn.Linear(dim, dim),
      new nn.BatchNorm1d(dim),
    );
  }

  override forward(x: Tensor): Tensor {
    return relu(this.block(x).add(x));
  }
}

export class ResNet extends nn.Module {
  input_layer: nn.Linear;
  blocks: nn.Sequential;
  output_layer: nn.Module;

  constructor(inputDim: number, hiddenDim: number, outputDim: number, { nBlocks = 3 } = {}) {
    super();
    this.input_layer = new nn.Linear(inputDim, hiddenDim);
    this.blocks = new nn.Sequential(...Array.from({ length: nBlocks }, () => new ResidualBlock(hiddenDim)));
    this.output_layer = new nn.Linear(hiddenDim, outputDim);
  }

  override forward(x: Tensor): Tensor {
    x = relu(this.input_layer(x));
    x = this.blocks(x);
    return this.output_layer(x);
  }
}

export function circleModel(): nn.Sequential {
  return new nn.Sequential(
    new nn.Linear(2, 32), new nn.ReLU(), new nn.Dropout(0.2),
    new nn.Linear(32, 16), new nn.ReLU(),
    new nn.Linear(16, 1), new nn.Sigmoid(),
  );
}
