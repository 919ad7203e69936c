/** `optim.swaUtils`: averages of weights over a training. https://arxiv.org/abs/1803.05407 */
import { noGrad } from "../autograd/gradMode.ts";
import { deepcopy } from "../nn/deepcopy.ts";
import { Module, type AnyModule } from "../nn/module.ts";
import { add, mul, sub } from "../ops/binary.ts";
import { tensor } from "../ops/creation.ts";
import type { Int } from "../ops/types.ts";
import { Tensor } from "../tensor.ts";
import { ArgumentError } from "../errors.ts";
import { LRScheduler, type AnyOptimizer } from "./lrScheduler/base.ts";
import { perGroup, type PerGroup } from "./lrScheduler/perGroup.ts";

/**
 * The new average of the old one, the model's value, and how many values are in it.
 * @api optim.swaUtils.AverageFunction
 */
export type AverageFunction = (averaged: Tensor, value: Tensor, count: number) => Tensor;

/**
 * Writes the new averages of all values over the old ones.
 * @api optim.swaUtils.MultiAverageFunction
 */
export type MultiAverageFunction = (averaged: readonly Tensor[], values: readonly Tensor[], count: number) => void;

const equally: AverageFunction = (averaged, value, count) => add(averaged, sub(value, averaged).div(count + 1));

/**
 * For `avgFn`: the average forgets by `decay` at each update.
 * @throws ArgumentError where `decay` isn't between 0 and 1
 * @see https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.get_ema_avg_fn.html
 * @api optim.swaUtils.getEmaAvgFn
 */
export function getEmaAvgFn(decay = 0.999): AverageFunction {
  if (!(decay >= 0 && decay <= 1)) throw new ArgumentError(`Invalid decay value ${decay} provided. Please provide a value in [0,1] range.`);
  return (averaged, value) => add(mul(averaged, decay), value, { alpha: 1 - decay });
}

/** What a model is called with. */
type InputsOf<M extends AnyModule> = M extends Module<infer Inputs, infer _> ? Inputs : never;
/** What a model gives. */
type OutputOf<M extends AnyModule> = M extends Module<infer _, infer Output> ? Output : never;

/**
 * A copy of a model whose parameters are the averages of those it was shown with `updateParameters(model)`.
 * @param avgFn the average of one value at a time; all shown count alike without
 * @param multiAvgFn the averages of all values at once, in place of `avgFn`
 * @param useBuffers whether buffers are averaged as well; else they are the model's
 * @see https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.AveragedModel.html
 * @api optim.swaUtils.AveragedModel
 */
export class AveragedModel<M extends AnyModule = AnyModule> extends Module<InputsOf<M>, OutputOf<M>> {
  static override readonly stateNames: Readonly<Record<string, string>> = { nAveraged: "n_averaged" };
  readonly module: M;
  declare nAveraged: Tensor;
  readonly #average: MultiAverageFunction;
  readonly #useBuffers: boolean;

  constructor(model: M, avgFn: AverageFunction | null = null, multiAvgFn: MultiAverageFunction | null = null, useBuffers = false) {
    super();
    if (avgFn && multiAvgFn) throw new ArgumentError("Only one of avg_fn and multi_avg_fn should be provided", "AssertionError");
    this.module = deepcopy(model);
    this.registerBuffer("nAveraged", tensor(0, { dtype: "int32" }));
    this.#average = multiAvgFn ?? oneByOne(avgFn ?? equally);
    this.#useBuffers = useBuffers;
  }

  override forward(...args: InputsOf<M>): OutputOf<M> {
    return (this.module as unknown as (...values: InputsOf<M>) => OutputOf<M>)(...args);
  }

  /** Takes the model's present values into the averages. */
  updateParameters(model: M): void {
    const values = (module: AnyModule): Tensor[] => [...module.parameters(), ...(this.#useBuffers ? module.buffers() : [])];
    noGrad(() => {
      const count = this.nAveraged.item();
      const [averaged, shown] = [values(this.module), values(model)];
      const isAveraged = (_: unknown, i: number): boolean => count > 0 && averaged[i]!.dtype === "float32";
      averaged.forEach((each, i) => isAveraged(each, i) || each.copy_(shown[i]!));
      this.#average(averaged.filter(isAveraged), shown.filter(isAveraged), count);
      const buffers = model.buffers();
      if (!this.#useBuffers) this.module.buffers().forEach((buffer, i) => buffer.copy_(buffers[i]!));
      this.nAveraged.add_(1);
    });
  }
}

function oneByOne(average: AverageFunction): MultiAverageFunction {
  return (averaged, values, count) => averaged.forEach((each, i) => each.copy_(average(each, values[i]!, count)));
}

/** Batch-norm layers as far as their statistics are made anew. */
interface Tracking {
  momentum: number | null;
  resetRunningStats(): void;
}

/**
 * Makes the running statistics of batch normalisation anew from one pass over a loader.
 * @param loader batches that are tensors, or lists that begin with one
 * @see https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.update_bn.html
 * @api optim.swaUtils.updateBn
 */
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

/**
 * From the present rates to fixed ones, `swaLr`.
 * @param swaLr the last rate: one, or one for each group
 * @param annealEpochs epochs until it is reached
 * @param annealStrategy in half a cosine or in a straight line
 * @param lastEpoch number of the last epoch, where a training is taken up again; −1 from the start
 * @throws ArgumentError for epochs below 0
 * @see https://pytorch.org/docs/stable/generated/torch.optim.swa_utils.SWALR.html
 * @api optim.swaUtils.SWALR
 */
export class SWALR extends LRScheduler {
  readonly annealEpochs: number;
  readonly annealStrategy: "cos" | "linear";

  constructor(optimizer: AnyOptimizer, swaLr: PerGroup, annealEpochs: Int = 10, annealStrategy: "cos" | "linear" = "cos", lastEpoch: Int = -1) {
    const rates = perGroup(optimizer, swaLr, "swa_lr");
    optimizer.paramGroups.forEach((group, i) => Object.assign(group, { swaLr: rates[i] }));
    super(optimizer, lastEpoch);
    if (!(annealEpochs >= 0)) throw new ArgumentError(`anneal_epochs must be equal or greater than 0, got ${annealEpochs}`);
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
