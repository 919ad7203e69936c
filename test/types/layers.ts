// Layers take their options by name also where a class has its constructor from another. `npm run typecheck` checks this file; it doesn't run.
import { nn } from "kindling";

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
