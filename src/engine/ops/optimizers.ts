/** One optimizer step for one parameter, in place. Gradients and state never enter the graph. */
import { kernels } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous, denseCopy } from "./copy.ts";
import { fill_ } from "./inplace.ts";
import { at, makeResident } from "./make.ts";

/** Zeros of the parameter's shape, in memory that stays. */
export function optimizerState(parameter: Tensor): Tensor {
  return fill_(makeResident(parameter.shape), 0);
}

export interface SgdStep {
  readonly lr: number;
  readonly momentum: number;
  readonly dampening: number;
  readonly weightDecay: number;
  readonly nesterov: boolean;
  readonly maximize: boolean;
}

/**
 * g ← ±gradient + weightDecay·p; buffer ← momentum·buffer + (1 − dampening)·g (g itself at first);
 * p ← p − lr·(buffer, or g + momentum·buffer for Nesterov).
 * @param buffer `null` without momentum
 */
export function sgdStep(parameter: Tensor, gradient: Tensor, buffer: Tensor | null, first: boolean, step: SgdStep): void {
  update(parameter, gradient, (p, g, n) => {
    const { lr, momentum, dampening, weightDecay, nesterov, maximize } = step;
    const momentumBuffer = buffer ? changing(buffer) : 0;
    kernels.sgd(p, g, momentumBuffer, n, lr, momentum, dampening, weightDecay, Number(nesterov), Number(maximize), Number(first));
  });
}

export interface AdamStep {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly maximize: boolean;
  /** Number of this step, from 1. */
  readonly step: number;
  /** AdamW: decay shrinks the parameter itself instead of joining the gradient. */
  readonly decoupled: boolean;
}

export interface AdamMoments {
  readonly expAvg: Tensor;
  readonly expAvgSq: Tensor;
  /** AMSGrad only. */
  readonly maxExpAvgSq?: Tensor;
}

/** p ← p − lr·m̂ / (√v̂ + eps), with bias-corrected running means m̂ of the gradient and v̂ of its square. */
export function adamStep(parameter: Tensor, gradient: Tensor, moments: AdamMoments, options: AdamStep): void {
  update(parameter, gradient, (p, g, n) => {
    const { lr, betas, eps, weightDecay, maximize, step, decoupled } = options;
    const m = changing(moments.expAvg);
    const v = changing(moments.expAvgSq);
    const maximum = moments.maxExpAvgSq ? changing(moments.maxExpAvgSq) : 0;
    const corrections = [1 - betas[0] ** step, 1 - betas[1] ** step] as const;
    kernels.adam(p, g, m, v, maximum, n, lr, betas[0], betas[1], eps, weightDecay, ...corrections, Number(decoupled), Number(maximize));
  });
}

/** Address of state that is about to change. */
function changing(tensor: Tensor): number {
  tensor.storage.version++;
  return at(tensor);
}

/** Runs a kernel on dense memory of parameter and gradient. */
function update(parameter: Tensor, gradient: Tensor, run: (p: number, g: number, n: number) => void): void {
  const dense = parameter.dense ? parameter : denseCopy(parameter);
  const denseGradient = contiguous(gradient);
  run(changing(dense), at(denseGradient), dense.numel());
  if (dense !== parameter) parameter.copy_(dense);
}
