// How optimizers, schedules and loaders are written needs no casts, and what isn't so is underlined. `npm run typecheck` checks this file; it doesn't run.
import { arange, autograd, data, nn, optim, tensor, type Tensor } from "kindling";

declare const model: nn.Linear;
declare const samples: data.TensorDataset<[Tensor, Tensor]>;

/** Each form, and the options of a group afterwards. */
export function optimizers(): number {
  const sgd = new optim.SGD(model.parameters(), 0.1, 0.9);
  const named = new optim.SGD({ params: model.parameters(), lr: 0.1, momentum: 0.9 });
  const groups = new optim.AdamW(
    [
      { params: [model.weight], lr: 1e-4 },
      { params: [model.weight], weightDecay: 0 },
    ],
    { lr: 1e-3 },
  );
  // @ts-expect-error in Python's spelling
  new optim.SGD(model.parameters(), { weight_decay: 1 });
  // @ts-expect-error one too many
  new optim.SGD(model.parameters(), 0.1, 0.9, 0, 0, true, true);
  // @ts-expect-error a slip in a group
  new optim.AdamW([{ params: [model.weight], weigthDecay: 1 }]);
  sgd.zeroGrad({ setToNone: false });
  const loss: number = named.step(() => 3);
  const nothing: undefined = sgd.step();
  const [beta]: readonly [number, number] = groups.paramGroups[0]!.betas;
  for (const group of groups.paramGroups) group.lr *= 0.5;
  return [loss, nothing ?? 0, beta, sgd.paramGroups[0]!.momentum].length;
}

export function schedules(optimizer: optim.Adam): number[] {
  const step = new optim.lrScheduler.StepLR(optimizer, { stepSize: 3 });
  const lambda = new optim.lrScheduler.LambdaLR(optimizer, { lrLambda: (epoch) => 0.9 ** epoch });
  const plateau = new optim.lrScheduler.ReduceLROnPlateau(optimizer, "min", { patience: 2 });
  // @ts-expect-error no such strategy
  new optim.lrScheduler.OneCycleLR(optimizer, 0.1, 10, { annealStrategy: "cosine" });
  // @ts-expect-error a model is no optimizer
  new optim.lrScheduler.ExponentialLR(model, 0.9);
  plateau.step(tensor(3));
  plateau.step({ metrics: 3 });
  return [...step.getLastLr(), ...lambda.getLastLr()];
}

/** A loader is a type without saying of what. */
export function count(loader: data.DataLoader): number {
  let total = 0;
  for (const [x, y] of loader) total += x.shape[0] + y.dim();
  return total;
}

export function loaders(): number {
  const loader = new data.DataLoader(samples, 32, true);
  for (const [x, y] of loader) total(x, y);
  for (const [x, y] of new data.DataLoader({ dataset: samples, batchSize: 4, numWorkers: 2, pinMemory: true })) total(x, y);
  const lengths: number[] = [...new data.DataLoader(samples, { batchSize: 4, collateFn: (items) => items.length })];
  for (const batch of new data.DataLoader([{ x: tensor([1]), name: "a" }], 1)) total(batch.x, tensor(batch.name.length));
  // @ts-expect-error in Python's spelling
  new data.DataLoader(samples, { batch_size: 4 });
  const pair: data.TensorDataset<[Tensor, Tensor]> = new data.TensorDataset(arange(3), arange(3));
  const [train, test] = data.randomSplit(pair, [0.8, 0.2]);
  const sampler = new data.RandomSampler(train, { replacement: true, numSamples: 5 });
  return count(loader) + count(new data.DataLoader(test, { sampler })) + lengths.length;
}

declare function total(x: Tensor, y: Tensor): void;

/** As many gradients as inputs were written down; an averaged model is called as the model is. */
export function gradients(loss: Tensor, inputs: Tensor[]): Tensor[] {
  const [weight, bias] = autograd.grad(loss, [model.weight, model.bias], { createGraph: true });
  const [one] = autograd.grad({ outputs: loss, inputs: model.weight });
  const several: Tensor[] = autograd.grad(loss, inputs);
  const averaged = new optim.swaUtils.AveragedModel(model);
  return [weight, bias, one, averaged(loss), averaged.module.weight, ...several];
}
