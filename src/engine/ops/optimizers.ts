/** One optimizer step for many parameters at once, in place. Gradients and state never enter the graph. */
import { f32, i32, kernels } from "../memory/linear.ts";
import { discard } from "../memory/nursery.ts";
import { Kind } from "../memory/storage.ts";
import type { Tensor } from "../tensor.ts";
import { contiguous } from "./conversion.ts";
import { denseCopy } from "./internal/copy.ts";
import { fill_ } from "./inplace.ts";
import { at, make, makeResident } from "./internal/make.ts";

/** Zeros of the parameter's shape, in memory that stays. */
export function optimizerState(parameter: Tensor): Tensor {
  const state = makeResident(parameter.shape);
  state.storage.kind = Kind.OptimizerState;
  return fill_(state, 0);
}

/** A parameter that has a gradient to be changed by. */
interface Update {
  readonly parameter: Tensor;
}

export interface SgdUpdate extends Update {
  /** `null` without momentum. */
  readonly buffer: Tensor | null;
  /** Whether the buffer is new. */
  readonly first: boolean;
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
 */
export function sgdStep(updates: readonly SgdUpdate[], options: SgdStep): void {
  const { lr, momentum, dampening, weightDecay, nesterov, maximize } = options;
  updateAll(
    updates,
    5,
    ({ buffer, first }, place) => {
      const bufferAt = buffer ? changing(buffer) : 0;
      i32[place] = bufferAt;
      i32[place + 1] = Number(first);
    },
    (table, count) => kernels.sgd(table, count, lr, momentum, dampening, weightDecay, Number(nesterov), Number(maximize)),
  );
}

export interface AdamUpdate extends Update {
  readonly state: {
    /** Number of this step, from 1. */
    readonly step: number;
    readonly expAvg: Tensor;
    readonly expAvgSq: Tensor;
    /** AMSGrad only. */
    readonly maxExpAvgSq?: Tensor;
  };
}

export interface AdamStep {
  readonly lr: number;
  readonly betas: readonly [number, number];
  readonly eps: number;
  readonly weightDecay: number;
  readonly maximize: boolean;
  /** Divide by the largest mean of squares so far, which the state then has. */
  readonly amsgrad?: boolean;
}

/**
 * p ← p − lr·m̂ / (√v̂ + eps), with bias-corrected running means m̂ of the gradient and v̂ of its square.
 * @param decoupled AdamW: decay shrinks the parameter itself instead of joining the gradient
 */
export function adamStep(updates: readonly AdamUpdate[], options: AdamStep, decoupled: boolean): void {
  const { lr, betas, eps, weightDecay, maximize, amsgrad } = options;
  updateAll(
    updates,
    8,
    ({ state }, place) => {
      const m = changing(state.expAvg);
      const v = changing(state.expAvgSq);
      const largest = amsgrad && state.maxExpAvgSq ? changing(state.maxExpAvgSq) : 0;
      i32[place] = m;
      i32[place + 1] = v;
      i32[place + 2] = largest;
      f32[place + 3] = -(lr / (1 - betas[0] ** state.step));
      f32[place + 4] = Math.sqrt(1 - betas[1] ** state.step);
    },
    (table, count) => kernels.adam(table, count, lr, betas[0], betas[1], eps, weightDecay, Number(decoupled), Number(maximize)),
  );
}

/** Address of what is about to change. */
function changing(tensor: Tensor): number {
  tensor.storage.changed();
  return at(tensor);
}

/**
 * Runs a kernel on a table with a row of `words` words for each update: the addresses of parameter and gradient, the
 * number of elements, and what `complete` writes from the place it is given.
 */
function updateAll<U extends Update>(
  updates: readonly U[],
  words: number,
  complete: (update: U, place: number) => void,
  run: (table: number, count: number) => void,
): void {
  const parameters = updates.map(({ parameter }) => (parameter.dense ? parameter : denseCopy(parameter)));
  const gradients = updates.map(({ parameter }) => contiguous(parameter.gradSlot!));
  const table = make([updates.length, words], "int32");
  // From here on nothing is allocated, so that addresses stay.
  const start = at(table);
  updates.forEach((update, i) => {
    const parameterAt = changing(parameters[i]!);
    const gradientAt = at(gradients[i]!);
    const row = (start >>> 2) + i * words;
    i32[row] = parameterAt;
    i32[row + 1] = gradientAt;
    i32[row + 2] = parameters[i]!.numel();
    complete(update, row + 3);
  });
  run(start, updates.length);
  discard(table.storage);
  updates.forEach(({ parameter }, i) => {
    if (!parameter.dense) parameter.copy_(parameters[i]!);
  });
}
