/** `optim.swaUtils`: averages of weights over a training. https://arxiv.org/abs/1803.05407 */
import { noGrad } from "../autograd/gradMode.ts";
import { deepcopy } from "../nn/deepcopy.ts";
import { Module, type AnyModule } from "../nn/module.ts";
import { tensor } from "../ops/index.ts";
import { Tensor } from "../tensor.ts";
import { ArgumentError } from "../errors.ts";
import { LRScheduler, type AnyOptimizer, type SchedulerOptions } from "./lrScheduler/base.ts";

/** The new average of the old one, the model's value, and how many values are in it. */
export type AverageFunction = (averaged: Tensor, value: Tensor, count: number) => Tensor;

export interface AveragedModelOptions {
  /** Default: all values alike. */
  avgFn?: AverageFunction | null;
  /** Whether buffers are averaged as well. Default false: they are the model's. */
  useBuffers?: boolean;
}

const equally: AverageFunction = (averaged, value, count) => averaged.add(value.sub(averaged).div(count + 1));

/** For `avgFn`: the average forgets by `decay` at each update. */
export function getEmaAvgFn(decay = 0.999): AverageFunction {
  return (averaged, value) => averaged.mul(decay).add(value, { alpha: 1 - decay });
}

/** A copy of a model whose parameters are the averages of those it was shown with `updateParameters(model)`. */
export class AveragedModel<M extends AnyModule = AnyModule> extends Module<never[], unknown> {
  static override readonly stateNames: Readonly<Record<string, string>> = { nAveraged: "n_averaged" };
  readonly module: M;
  declare nAveraged: Tensor;
  readonly #average: AverageFunction;
  readonly #useBuffers: boolean;

  constructor(model: M, { avgFn = null, useBuffers = false }: AveragedModelOptions = {}) {
    super();
    this.module = deepcopy(model);
    this.registerBuffer("nAveraged", tensor(0, { dtype: "int32" }));
    this.#average = avgFn ?? equally;
    this.#useBuffers = useBuffers;
  }

  override forward(...args: never[]): unknown {
    return (this.module as unknown as (...values: never[]) => unknown)(...args);
  }

  updateParameters(model: M): void {
    const values = (module: AnyModule): Tensor[] => [...module.parameters(), ...(this.#useBuffers ? module.buffers() : [])];
    noGrad(() => {
      const count = this.nAveraged.item();
      const shown = values(model);
      values(this.module).forEach((averaged, i) => {
        const value = shown[i]!;
        averaged.copy_(count === 0 || averaged.dtype !== "float32" ? value : this.#average(averaged, value, count));
      });
      const buffers = model.buffers();
      if (!this.#useBuffers) this.module.buffers().forEach((buffer, i) => buffer.copy_(buffers[i]!));
      this.nAveraged.add_(1);
    });
  }
}

/** Batch-norm layers as far as their statistics are made anew. */
interface Tracking {
  momentum: number | null;
  resetRunningStats(): void;
}

/** Makes the running statistics of batch normalisation anew from one pass over a loader. */
export function updateBn(loader: Iterable<unknown>, model: AnyModule): void {
  const layers = [...model.modules()].filter((module) => "runningMean" in module && "resetRunningStats" in module) as unknown as Tracking[];
  if (layers.length === 0) return;
  const momenta = layers.map((layer) => layer.momentum);
  const wasTraining = model.training;
  model.train();
  for (const layer of layers) {
    layer.resetRunningStats();
    layer.momentum = null;
  }
  noGrad(() => {
    for (const batch of loader) {
      const input = Array.isArray(batch) ? batch[0] : batch;
      if (!(input instanceof Tensor)) throw new ArgumentError("updateBn expects batches that are tensors, or lists that begin with one", "TypeError");
      (model as unknown as (x: Tensor) => unknown)(input);
    }
  });
  layers.forEach((layer, i) => (layer.momentum = momenta[i]!));
  model.train(wasTraining);
}

export interface SWALROptions extends SchedulerOptions {
  /** Epochs until the rate is reached. Default 10. */
  annealEpochs?: number;
  /** Default "cos". */
  annealStrategy?: "cos" | "linear";
}

/** From the present rates to fixed ones, `swaLr`. */
export class SWALR extends LRScheduler {
  readonly annealEpochs: number;
  readonly annealStrategy: "cos" | "linear";

  constructor(optimizer: AnyOptimizer, swaLr: number | readonly number[], { annealEpochs = 10, annealStrategy = "cos", ...options }: SWALROptions = {}) {
    optimizer.paramGroups.forEach((group, i) => Object.assign(group, { swaLr: typeof swaLr === "number" ? swaLr : swaLr[i] }));
    super(optimizer, options);
    if (!(Number.isInteger(annealEpochs) && annealEpochs >= 0)) throw new ArgumentError(`anneal_epochs must be equal or greater than 0, got ${annealEpochs}`);
    this.annealEpochs = annealEpochs;
    this.annealStrategy = annealStrategy;
    this.step();
  }

  override getLr(): number[] {
    const share = (epoch: number): number => {
      const t = Math.max(0, Math.min(1, epoch / Math.max(1, this.annealEpochs)));
      return this.annealStrategy === "cos" ? (1 - Math.cos(Math.PI * t)) / 2 : t;
    };
    const step = this.annealEpochs === 0 ? Math.max(1, this.lastEpoch) : this.lastEpoch;
    const [before, now] = [share(step - 1), share(step)];
    return this.groups.map((group) => {
      const target = (group as unknown as { swaLr: number }).swaLr;
      // The rate from which the last step came.
      const start = before === 1 ? target : (group.lr - before * target) / (1 - before);
      return target * now + start * (1 - now);
    });
  }
}
