import { enableGrad, noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import { cat } from "../ops/join.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Optimizer, type OptimizerOptions, type OptimizerParameters } from "./optimizer.ts";
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

interface Memory {
  funcEvals: number;
  nIter: number;
  direction: Tensor;
  t: number;
  oldDirections: Tensor[];
  oldSteps: Tensor[];
  ro: number[];
  scale: number;
  previousGradient: Tensor;
  previousLoss: number;
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
  #memory: Memory | null = null;

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

  #iterate(closure: () => unknown, firstLoss: number): void {
    const { lr, maxIter, maxEval, toleranceGrad, toleranceChange, historySize, lineSearchFn } = this.paramGroups[0]!;
    let [loss, evaluations, iterations] = [firstLoss, 1, 0];
    let gradient = this.#flatGradient();
    if (gradient.abs().max().item() <= toleranceGrad) return;
    const memory = (this.#memory ??= {
      funcEvals: 0,
      nIter: 0,
      direction: gradient.neg(),
      t: 0,
      oldDirections: [],
      oldSteps: [],
      ro: [],
      scale: 1,
      previousGradient: gradient,
      previousLoss: loss,
    });
    while (iterations < maxIter) {
      iterations++;
      memory.nIter++;
      if (memory.nIter === 1) memory.direction = gradient.neg();
      else remember(memory, gradient, historySize);
      memory.previousGradient = gradient.clone();
      memory.previousLoss = loss;
      memory.t = memory.nIter === 1 ? Math.min(1, 1 / gradient.abs().sum().item()) * lr : lr;
      const slope = gradient.mul(memory.direction).sum().item();
      if (slope > -toleranceChange) break;
      let spent = 1;
      if (lineSearchFn !== null) {
        const start = this.#parameters().map((parameter) => parameter.clone());
        const evaluate = (t: number): Evaluation => this.#evaluateAt(closure, start, t, memory.direction);
        const found = strongWolfe(evaluate, memory.t, memory.direction, loss, gradient, slope);
        [loss, gradient, memory.t, spent] = [found.loss, found.gradient, found.t, found.evaluations];
        this.#move(memory.t, memory.direction);
      } else {
        this.#move(memory.t, memory.direction);
        if (iterations !== maxIter) {
          loss = lossOf(enableGrad(closure));
          gradient = this.#flatGradient();
        }
      }
      evaluations += spent;
      memory.funcEvals += spent;
      if (iterations === maxIter || evaluations >= maxEval || gradient.abs().max().item() <= toleranceGrad) break;
      if (memory.direction.mul(memory.t).abs().max().item() <= toleranceChange) break;
      if (Math.abs(loss - memory.previousLoss) < toleranceChange) break;
    }
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

const lossOf = (value: unknown): number => (typeof value === "number" ? value : (value as Tensor).item());

/** Takes the last step into the memory and computes the next direction by the two loops. */
function remember(memory: Memory, gradient: Tensor, historySize: number): void {
  const y = gradient.sub(memory.previousGradient);
  const s = memory.direction.mul(memory.t);
  const ys = y.mul(s).sum().item();
  if (ys > 1e-10) {
    if (memory.oldDirections.length === historySize) {
      memory.oldDirections.shift();
      memory.oldSteps.shift();
      memory.ro.shift();
    }
    memory.oldDirections.push(y);
    memory.oldSteps.push(s);
    memory.ro.push(1 / ys);
    memory.scale = ys / y.mul(y).sum().item();
  }
  const count = memory.oldDirections.length;
  const weights = new Array<number>(count);
  let q = gradient.neg();
  for (let i = count - 1; i >= 0; i--) {
    weights[i] = memory.oldSteps[i]!.mul(q).sum().item() * memory.ro[i]!;
    q = q.add(memory.oldDirections[i]!, { alpha: -weights[i]! });
  }
  let r = q.mul(memory.scale);
  for (let i = 0; i < count; i++) {
    const weight = memory.oldDirections[i]!.mul(r).sum().item() * memory.ro[i]!;
    r = r.add(memory.oldSteps[i]!, { alpha: weights[i]! - weight });
  }
  memory.direction = r;
}
