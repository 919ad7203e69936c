import { enableGrad, noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { isPlainObject } from "../forms/kinds.ts";
import { instrument } from "../instrument.ts";
import { cat } from "../ops/join.ts";
import type { Int } from "../ops/types.ts";
import { Tensor } from "../tensor.ts";
import { Optimizer, renamed, stateOf, type OptimizerOptions, type OptimizerParameters, type OptimizerStateDict, type ParameterState } from "./optimizer.ts";
import { camelCase, snakeCase } from "./stateNames.ts";
import { strongWolfe, type Evaluation } from "./strongWolfe.ts";

/** @api optim.LBFGSOptions */
export interface LBFGSOptions extends OptimizerOptions {
  /** Iterations of one step. Default 20. */
  maxIter: number;
  /** Evaluations of the closure in one step. Default 1.25 · maxIter. */
  maxEval: number;
  /** Stop where no gradient is larger. Default 1e-7. */
  toleranceGrad: number;
  /** Stop where loss and parameters change less. Default 1e-9. */
  toleranceChange: number;
  /** How many updates are remembered. Default 100. */
  historySize: number;
  /** `"strong_wolfe"`, or `null` (default) for steps of the learning rate. */
  lineSearchFn: "strong_wolfe" | null;
}

/** What is remembered of the steps so far, by PyTorch's names; kept as the first parameter's state. */
interface Memory {
  funcEvals: number;
  nIter: number;
  /** Direction and length of the last step. */
  d: Tensor;
  t: number;
  /** Differences of gradients, the steps they are of, and one over the product of both. */
  oldDirs: Tensor[];
  oldStps: Tensor[];
  ro: number[];
  /** Scale of the first guess of the inverse Hessian. */
  hDiag: number;
  prevFlatGrad: Tensor;
  prevLoss: number;
}

/**
 * Quasi-Newton steps from the last gradients. Needs a closure that computes the loss anew: `step(() => { … return loss; })`.
 * One parameter group only. Nocedal & Wright, Numerical Optimization, chapter 7.
 * @param params tensors
 * @param lr learning rate
 * @param maxIter iterations of one step
 * @param maxEval evaluations of the closure in one step; `null` for 1.25 · maxIter
 * @param toleranceGrad stop where no gradient is larger
 * @param toleranceChange stop where loss and parameters change less
 * @param historySize how many updates are remembered
 * @param lineSearchFn `null` for steps of the learning rate
 * @throws ArgumentError for parameter groups
 * @see https://pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
 * @api optim.LBFGS
 */
export class LBFGS extends Optimizer<LBFGSOptions> {
  constructor(
    params: OptimizerParameters<LBFGSOptions>,
    lr = 1,
    maxIter: Int = 20,
    maxEval: Int | null = null,
    toleranceGrad = 1e-7,
    toleranceChange = 1e-9,
    historySize: Int = 100,
    lineSearchFn: "strong_wolfe" | null = null,
  ) {
    super(params, { lr, maxIter, maxEval: maxEval ?? Math.floor((maxIter * 5) / 4), toleranceGrad, toleranceChange, historySize, lineSearchFn });
    if (this.paramGroups.length !== 1) throw new ArgumentError("LBFGS doesn't support per-parameter options (parameter groups)");
  }

  override step<T>(closure: () => T): T;
  override step(closure?: null): undefined;
  override step<T>(closure?: (() => T) | null): T | undefined {
    if (!closure) throw new ArgumentError("LBFGS.step() missing 1 required argument: 'closure'", "TypeError");
    const first = enableGrad(closure);
    const observer = instrument();
    observer?.beforeStep?.(this as unknown as Optimizer);
    noGrad(() => this.#iterate(closure as () => unknown, lossOf(first)));
    observer?.afterStep?.(this as unknown as Optimizer);
    return first;
  }

  override stateDict(): OptimizerStateDict {
    const memory = this.#memory;
    return { ...super.stateDict(), state: new Map(memory ? [[0, renamed(memory, snakeCase)]] : []) };
  }

  override loadStateDict(stateDict: OptimizerStateDict): void {
    super.loadStateDict({ ...stateDict, state: new Map() });
    const own = stateOf(stateDict, 0);
    if (own) this.#memory = renamed(copied(own) as object, camelCase) as unknown as Memory;
  }

  #iterate(closure: () => unknown, firstLoss: number): void {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = this.paramGroups[0]!;
    let [loss, evaluations, iterations] = [firstLoss, 1, 0];
    let gradient = this.#flatGradient();
    if (gradient.abs().max().item() <= toleranceGrad) return;
    const memory = (this.#memory ??= {
      funcEvals: 0,
      nIter: 0,
      d: gradient.neg(),
      t: 0,
      oldDirs: [],
      oldStps: [],
      ro: [],
      hDiag: 1,
      prevFlatGrad: gradient,
      prevLoss: loss,
    });
    while (iterations < maxIter) {
      iterations++;
      memory.nIter++;
      if (memory.nIter === 1) memory.d = gradient.neg();
      else remember(memory, gradient, historySize);
      memory.prevFlatGrad = gradient.clone();
      memory.prevLoss = loss;
      memory.t = memory.nIter === 1 ? Math.min(1, 1 / gradient.abs().sum().item()) * lr : lr;
      const slope = gradient.mul(memory.d).sum().item();
      if (slope > -toleranceChange) break;
      let spent = 1;
      if (lineSearchFn !== null) {
        const start = this.#parameters().map((parameter) => parameter.clone());
        const evaluate = (t: number): Evaluation => this.#evaluateAt(closure, start, t, memory.d);
        const found = strongWolfe(evaluate, memory.t, memory.d, loss, gradient, slope);
        [loss, gradient, memory.t, spent] = [found.loss, found.gradient, found.t, found.evaluations];
        this.#move(memory.t, memory.d);
      } else {
        this.#move(memory.t, memory.d);
        if (iterations !== maxIter) {
          loss = lossOf(enableGrad(closure));
          gradient = this.#flatGradient();
        }
      }
      evaluations += spent;
      memory.funcEvals += spent;
      if (iterations === maxIter || evaluations >= maxEval || gradient.abs().max().item() <= toleranceGrad) break;
      if (memory.d.mul(memory.t).abs().max().item() <= toleranceChange) break;
      if (Math.abs(loss - memory.prevLoss) < toleranceChange) break;
    }
  }

  get #memory(): Memory | undefined {
    return this.state.get(this.#parameters()[0]!) as unknown as Memory | undefined;
  }

  set #memory(memory: Memory) {
    this.state.set(this.#parameters()[0]!, memory as unknown as ParameterState);
  }

  #evaluateAt(closure: () => unknown, start: readonly Tensor[], t: number, direction: Tensor): Evaluation {
    this.#move(t, direction);
    const loss = lossOf(enableGrad(closure));
    const gradient = this.#flatGradient();
    this.#parameters().forEach((parameter, i) => parameter.copy_(start[i]!));
    return { loss, gradient };
  }

  #parameters(): Tensor[] {
    return this.paramGroups[0]!.params;
  }

  #flatGradient(): Tensor {
    return cat(
      this.#parameters().map((parameter) => (parameter.grad ?? parameter.mul(0)).reshape(-1)),
      0,
    );
  }

  #move(size: number, direction: Tensor): void {
    let offset = 0;
    for (const parameter of this.#parameters()) {
      parameter.add_(direction.narrow(0, offset, parameter.numel()).reshape(parameter.shape), { alpha: size });
      offset += parameter.numel();
    }
  }
}

/** Where PyTorch has a tensor of one number there is a number here. */
function copied(value: unknown): unknown {
  if (value instanceof Tensor) return value.dim() === 0 ? value.item() : value.detach().clone();
  if (Array.isArray(value)) return value.map(copied);
  return isPlainObject(value) ? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, copied(one)])) : value;
}

const lossOf = (value: unknown): number => (typeof value === "number" ? value : (value as Tensor).item());

/** Takes the last step into the memory and computes the next direction by the two loops. */
function remember(memory: Memory, gradient: Tensor, historySize: number): void {
  const y = gradient.sub(memory.prevFlatGrad);
  const s = memory.d.mul(memory.t);
  const ys = y.mul(s).sum().item();
  if (ys > 1e-10) {
    if (memory.oldDirs.length === historySize) {
      memory.oldDirs.shift();
      memory.oldStps.shift();
      memory.ro.shift();
    }
    memory.oldDirs.push(y);
    memory.oldStps.push(s);
    memory.ro.push(1 / ys);
    memory.hDiag = ys / y.mul(y).sum().item();
  }
  const count = memory.oldDirs.length;
  const weights = new Array<number>(count);
  let q = gradient.neg();
  for (let i = count - 1; i >= 0; i--) {
    weights[i] = memory.oldStps[i]!.mul(q).sum().item() * memory.ro[i]!;
    q = q.add(memory.oldDirs[i]!, { alpha: -weights[i]! });
  }
  let r = q.mul(memory.hDiag);
  for (let i = 0; i < count; i++) {
    const weight = memory.oldDirs[i]!.mul(r).sum().item() * memory.ro[i]!;
    r = r.add(memory.oldStps[i]!, { alpha: weights[i]! - weight });
  }
  memory.d = r;
}
