// Layers take their options by name also where a class has its constructor from another. `npm run typecheck` checks this file; it doesn't run.
import { nn, type Tensor } from "kindling";

export const layers: readonly nn.Module[] = [
  new nn.ReLU({ inplace: true }),
  new nn.ReLU6({ inplace: true }),
  new nn.Dropout({ p: 0.1 }),
  new nn.Dropout2d(0.1, { inplace: true }),
  new nn.AlphaDropout({ p: 0.2 }),
  new nn.MaxPool2d({ kernelSize: 2 }),
  new nn.AdaptiveAvgPool2d({ outputSize: 1 }),
  new nn.BatchNorm1d({ numFeatures: 3, momentum: 0.2 }),
  new nn.InstanceNorm2d(3, { affine: true }),
  new nn.Conv1d(1, 2, 3, { padding: 1 }),
  new nn.ZeroPad2d({ padding: 1 }),
  new nn.LSTM({ inputSize: 2, hiddenSize: 3, batchFirst: true }),
  new nn.GRUCell(2, { hiddenSize: 3 }),
  new nn.MSELoss({ reduction: "sum" }),
  new nn.BCEWithLogitsLoss({ reduction: "none" }),
];
// @ts-expect-error a slip in an option
export const slip = new nn.ReLU({ inplce: true });
// @ts-expect-error one too many
export const many = new nn.Dropout(0.1, true, 3);

// Lists and dictionaries are called where a subclass says what that is, and not else.
class DenseBlock extends nn.ModuleDict {
  override forward(initial: Tensor) {
    const features = [initial];
    for (const layer of this.values()) features.push(layer(features));
    return features.at(-1)!;
  }
}
class Chain extends nn.ModuleList<nn.Linear> {
  override forward(x: Tensor, depth?: number): [Tensor, number] {
    return [this.at(0)(x), depth ?? this.length];
  }
}
class Scales extends nn.ParameterList {
  override forward(x: Tensor) {
    return x.mul(this.at(0));
  }
}
declare const x: Tensor;
export const called: readonly Tensor[] = [new DenseBlock({ a: new nn.Linear(2, 2) })(x), new Chain([])(x, 2)[0], new Scales()(x)];
export const depth: number = new Chain([])(x)[1];
export const modules: readonly nn.Module[] = [new DenseBlock(), new Chain(), new Scales()];
export const network = new nn.Sequential(new DenseBlock(), new nn.ReLU());
// @ts-expect-error text instead of a tensor
new DenseBlock()("x");
// @ts-expect-error what comes out are two
export const two: Tensor = new Chain()(x);
// @ts-expect-error a list isn't called
new nn.ModuleList([new nn.ReLU()])(x);
// @ts-expect-error nor is a dictionary
new nn.ModuleDict()(x);
