/** What a program called its model with last, and its targets: the batch that can be looked at. */
import type { Module } from "../../engine/nn/module.ts";
import { Tensor } from "../../engine/tensor.ts";
import { shownPoints, shownSamples } from "../../protocol/index.ts";
import { firstOf, type LossInput } from "./lossInput.ts";
import type { KnownLoss } from "./meaning.ts";
import { rowsOf } from "./pieces.ts";

/** The loss that was computed of what the model returned. */
export interface SeenLoss extends KnownLoss {
  readonly way: LossInput;
}

/** Where in the run something happened. */
export interface Moment {
  readonly step: number;
  readonly epoch: number;
}

export interface SeenBatch {
  readonly inputs: readonly unknown[];
  /** Known from the `backward()` on. */
  moment: Moment | undefined;
  /** Sum of the inputs' versions when they were seen: the program may have written to them since. */
  readonly versions: number;
  loss: SeenLoss | undefined;
}

/** A batch as a look takes it: of large ones the first samples only. */
export interface LookedBatch {
  readonly inputs: readonly unknown[];
  /** The tensor that is shown. */
  readonly main: Tensor;
  /** Samples, and which dimension of the inputs counts them. */
  readonly count: number;
  readonly dimension: number;
  /** Of all samples. */
  readonly share: number;
  readonly moment: Moment;
  readonly loss: SeenLoss | undefined;
}

/** Batches with more bytes than this are cut. */
const largest = 2 ** 20;

export function tensorsIn(values: readonly unknown[]): Tensor[] {
  return values.flatMap((value) => (value instanceof Tensor ? [value] : Array.isArray(value) ? tensorsIn(value as unknown[]) : []));
}

function eachTensor(value: unknown, change: (tensor: Tensor) => Tensor): unknown {
  if (value instanceof Tensor) return change(value);
  return Array.isArray(value) ? value.map((one) => eachTensor(one, change)) : value;
}

/** Of all tensors in these values: the sum of their versions, which never fall. */
export function versionsOf(values: readonly unknown[]): number {
  let sum = 0;
  for (const value of values) {
    if (value instanceof Tensor) sum += value.storage.version;
    else if (Array.isArray(value)) sum += versionsOf(value as unknown[]);
  }
  return sum;
}

export function isIntact({ inputs, versions }: SeenBatch): boolean {
  return versionsOf(inputs) === versions;
}

/**
 * The batch with values of its own, which the program can't write to.
 * @param now where the run is, if the batch's own place isn't known yet
 * @returns `undefined` where there is nothing in it that could be shown sample by sample
 */
export function lookedBatch(root: Module, { inputs, loss, moment }: SeenBatch, now: Moment): LookedBatch | undefined {
  const seen = tensorsIn(inputs)[0];
  if (!seen || seen.dim() === 0) return undefined;
  const dimension = sampleDimension(root, seen, loss?.target);
  const total = seen.shape[dimension]!;
  if (total === 0) return undefined;
  const bytes = tensorsIn(inputs).reduce((sum, { nbytes }) => sum + nbytes, 0);
  const count = dimension === 0 && bytes > largest ? Math.min(total, mostShown(seen, dimension)) : total;
  const share = count / total;
  const first = (tensor: Tensor): Tensor => (share < 1 && tensor.shape[0] === total ? rowsOf(tensor, 0, count) : tensor).clone();
  const kept = inputs.map((input) => eachTensor(input, first));
  const known = loss && { ...loss, target: firstTargets(loss.target, share) };
  return { inputs: kept, main: tensorsIn(kept)[0]!, count, dimension, share, moment: moment ?? now, loss: known };
}

function firstTargets(target: Tensor, share: number): Tensor {
  return (share < 1 && target.dim() > 0 ? rowsOf(target, 0, firstOf(target.shape, share)[0]!) : target).clone();
}

/** How many samples are shown one by one. */
export function countShown({ main, count, dimension }: LookedBatch): number {
  return Math.min(count, mostShown(main, dimension));
}

/** Of points there may be more. */
function mostShown(main: Tensor, dimension: number): number {
  return dimension === 0 && main.dim() === 2 && main.shape[1] === 2 ? shownPoints : shownSamples;
}

/** The first, unless the model says otherwise or the targets fit the second. */
export function sampleDimension(root: Module, main: Tensor, target: Tensor | undefined): number {
  if (main.dim() < 2) return 0;
  const { batchFirst } = root as unknown as { batchFirst?: unknown };
  if (batchFirst === false && main.dim() === 3) return 1;
  const [first, second] = main.shape as unknown as [number, number];
  const targets = target?.shape[0];
  return targets !== undefined && targets !== first && targets % first !== 0 && targets === second ? 1 : 0;
}
