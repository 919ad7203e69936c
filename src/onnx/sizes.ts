/**
 * Sizes that follow from the size of the batch. A forward pass is seen with several sizes of the batch: a number that is the
 * same each time is a number, one that grows with the batch is `times · batch + plus`.
 */
import { Tensor } from "../engine/tensor.ts";

/** The batches that a model is tried with; more than two, so that what grows otherwise than along a line is seen. */
export const batches = [2, 3, 5, 7] as const;

export interface Growing {
  readonly times: number;
  readonly plus: number;
}

export type Size = number | Growing;

/** What is neither the same each time nor grows evenly. */
export class Uneven extends Error {}

export const isGrowing = (size: Size): size is Growing => typeof size !== "number";

export function unifyNumbers(values: readonly number[]): Size {
  const [first, second] = values as [number, number];
  if (values.every((value) => Object.is(value, first))) return first;
  const times = (second - first) / (batches[1] - batches[0]);
  const plus = first - times * batches[0];
  if (!values.every((value, i) => Number.isInteger(value) && value === times * batches[i]! + plus)) throw new Uneven();
  return { times, plus };
}

/** Several times the same structure, as one whose numbers are sizes. Functions and tensors are left out. */
export function unify(values: readonly unknown[]): unknown {
  const [first] = values;
  if (typeof first === "number") return unifyNumbers(values as number[]);
  if (Array.isArray(first)) {
    if (values.some((value) => (value as unknown[]).length !== first.length)) throw new Uneven();
    return first.map((_, i) => unify(values.map((value) => (value as unknown[])[i])));
  }
  if (typeof first === "object" && first !== null && !(first instanceof Tensor)) {
    return Object.fromEntries(Object.keys(first).map((key) => [key, unify(values.map((value) => (value as Record<string, unknown>)[key]))]));
  }
  if (typeof first === "function" || first instanceof Tensor) return undefined;
  if (values.some((value) => value !== first)) throw new Uneven();
  return first;
}

/** The sizes with a batch of this size. */
export function sizesWith(batch: number, sizes: readonly Size[]): number[] {
  return sizes.map((each) => (isGrowing(each) ? each.times * batch + each.plus : each));
}

export function sameSize(a: Size, b: Size): boolean {
  if (typeof a === "number" || typeof b === "number") return a === b;
  return a.times === b.times && a.plus === b.plus;
}

export function plus(a: Size, b: Size): Size {
  return combined(partsOf(a), partsOf(b), 1);
}

export function minus(a: Size, b: Size): Size {
  return combined(partsOf(a), partsOf(b), -1);
}

export function times(a: Size, factor: number): Size {
  const { times, plus } = partsOf(a);
  return size(times * factor, plus * factor);
}

const partsOf = (a: Size): Growing => (typeof a === "number" ? { times: 0, plus: a } : a);
const combined = (a: Growing, b: Growing, sign: number): Size => size(a.times + sign * b.times, a.plus + sign * b.plus);
const size = (times: number, plus: number): Size => (times === 0 ? plus : { times, plus });

/** The product, where at most one of them grows. */
export function product(sizes: readonly Size[]): Size {
  const growing = sizes.filter(isGrowing);
  const factor = sizes.reduce<number>((all, each) => (isGrowing(each) ? all : all * each), 1);
  if (growing.length === 0) return factor;
  if (growing.length > 1) throw new Uneven();
  return times(growing[0]!, factor);
}
