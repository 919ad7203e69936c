/** Making a batch of a list of samples. */
import { ArgumentError, KindlingError } from "../errors.ts";
import { isPlainObject } from "../forms/kinds.ts";
import { tensor } from "../ops/creation.ts";
import { stack } from "../ops/join.ts";
import type { TypedArray } from "../dtype.ts";
import { Tensor } from "../tensor.ts";

/**
 * The batch of samples of type `T`: numbers and tensors become tensors, tuples and objects keep their form.
 * @api data.Collated
 */
// oxlint-disable-next-line no-explicit-any
export type Collated<T> = 0 extends 1 & T
  ? any
  : T extends Tensor | number | boolean | TypedArray
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
 * @param batch the samples
 * @throws ArgumentError (TypeError) for samples of another kind, KindlingError for lists of different lengths
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.default_collate
 * @api data.defaultCollate
 */
export function defaultCollate<T>(batch: readonly T[]): Collated<T> {
  return collate(batch) as Collated<T>;
}

/**
 * One sample as it would be in a batch, without the batch: numbers and typed arrays become tensors.
 * @param data the sample
 * @see https://pytorch.org/docs/stable/data.html#torch.utils.data.default_convert
 * @api data.defaultConvert
 */
export function defaultConvert(data: unknown): unknown {
  if (data instanceof Tensor || typeof data === "string") return data;
  if (ArrayBuffer.isView(data)) return tensor(data as TypedArray);
  if (Array.isArray(data)) return data.map(defaultConvert);
  if (isPlainObject(data)) return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, defaultConvert(value)]));
  return data;
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
    return new Map([...first.keys()].map((key) => [key, collate((samples as Map<unknown, unknown>[]).map((sample) => present(sample.get(key), key)))]));
  }
  if (Array.isArray(first)) return collateLists(samples as unknown[][]);
  if (first instanceof Promise) {
    throw new ArgumentError(
      "default_collate: the samples are promises, as those of an `async get`. Load what it needs before the loop, or give the loader " +
        "`collateFn: async (samples) => data.defaultCollate(await Promise.all(samples))` and take its batches with `for await`",
      "TypeError",
    );
  }
  if (typeof first === "object" && first !== null) {
    return Object.fromEntries(
      Object.keys(first).map((key) => [key, collate((samples as Record<string, unknown>[]).map((sample) => present(sample[key], key)))]),
    );
  }
  throw new ArgumentError(
    `default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found ${first === null ? "null" : typeof first}`,
    "TypeError",
  );
}

/** @throws ArgumentError (KeyError) for what only the first sample has */
function present(value: unknown, key: unknown): unknown {
  if (value === undefined) throw new ArgumentError(`default_collate: '${String(key)}' is missing in one of the samples of a batch`, "KeyError");
  return value;
}

function collateLists(samples: readonly unknown[][]): unknown[] {
  const { length } = samples[0]!;
  if (samples.some((sample) => sample.length !== length)) {
    throw new KindlingError("each element in list of batch should be of equal size");
  }
  return samples[0]!.map((_, i) => collate(samples.map((sample) => sample[i])));
}
