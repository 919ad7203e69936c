/** Making a batch of a list of samples. */
import { ArgumentError, KindlingError } from "../errors.ts";
import { stack, tensor } from "../ops/index.ts";
import type { TypedArray } from "../dtype.ts";
import { Tensor } from "../tensor.ts";

/** The batch of samples of type `T`: numbers and tensors become tensors, tuples and objects keep their form. */
export type Collated<T> = T extends Tensor | number | boolean | TypedArray
  ? Tensor
  : T extends string
    ? string[]
    : T extends readonly unknown[] | object
      ? { [K in keyof T]: Collated<T[K]> }
      : unknown;

/**
 * Samples to a batch, as PyTorch does: tensors are stacked along a new first dimension; numbers become a tensor
 * (`int32` if all are whole, else `float32`), booleans a `bool` one; strings stay a list; tuples and objects are
 * collated entry by entry.
 */
export function defaultCollate<T>(samples: readonly T[]): Collated<T> {
  return collate(samples) as Collated<T>;
}

/** One sample as it would be in a batch, without the batch: numbers and typed arrays become tensors. */
export function defaultConvert(sample: unknown): unknown {
  if (sample instanceof Tensor || typeof sample === "string") return sample;
  if (ArrayBuffer.isView(sample)) return tensor(sample as TypedArray);
  if (Array.isArray(sample)) return sample.map(defaultConvert);
  if (typeof sample === "object" && sample !== null && Object.getPrototypeOf(sample) === Object.prototype) {
    return Object.fromEntries(Object.entries(sample).map(([key, value]) => [key, defaultConvert(value)]));
  }
  return sample;
}

function collate(samples: readonly unknown[]): unknown {
  const first = samples[0];
  if (first instanceof Tensor) return stack(samples as Tensor[]);
  if (ArrayBuffer.isView(first)) return stack((samples as TypedArray[]).map((values) => tensor(values)));
  if (typeof first === "number") {
    const numbers = samples as number[];
    return tensor(numbers, { dtype: numbers.every(Number.isInteger) ? "int32" : "float32" });
  }
  if (typeof first === "boolean") return tensor(samples as boolean[]);
  if (typeof first === "string") return samples;
  if (first instanceof Map) {
    return new Map([...first.keys()].map((key) => [key, collate((samples as Map<unknown, unknown>[]).map((sample) => sample.get(key)))]));
  }
  if (Array.isArray(first)) return collateLists(samples as unknown[][]);
  if (typeof first === "object" && first !== null) {
    return Object.fromEntries(Object.keys(first).map((key) => [key, collate((samples as Record<string, unknown>[]).map((sample) => sample[key]))]));
  }
  throw new ArgumentError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${first === null ? "null" : typeof first}`,
    "TypeError",
  );
}

function collateLists(samples: readonly unknown[][]): unknown[] {
  const { length } = samples[0]!;
  if (samples.some((sample) => sample.length !== length)) {
    throw new KindlingError("each element in list of batch should be of equal size");
  }
  return samples[0]!.map((_, i) => collate(samples.map((sample) => sample[i])));
}
