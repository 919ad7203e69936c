/** Runs a model that was written in the runtime that people run it with, and compares. */
import type { Sample, Values } from "./exportModel.ts";

/** What is needed of `onnxruntime-node` or `onnxruntime-web`: they have one API. */
export interface OnnxRuntime {
  readonly InferenceSession: {
    create(
      model: Uint8Array,
      options?: object,
    ): Promise<{
      run(feeds: Record<string, unknown>): Promise<Record<string, { readonly data: ArrayLike<number>; readonly dims: readonly number[] }>>;
      release(): Promise<void>;
    }>;
  };
  readonly Tensor: new (type: string, data: unknown, dims: readonly number[]) => unknown;
}

export interface Comparison {
  /** The largest difference of two values, as a share of the largest value that the model gave, or of 1 where that is less. */
  readonly difference: number;
  /** What is of another shape, if anything is. */
  readonly trouble?: string;
}

/** Runs the file with each sample. */
export async function compareWith({ InferenceSession, Tensor }: OnnxRuntime, model: Uint8Array, samples: readonly Sample[]): Promise<Comparison> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  let difference = 0;
  try {
    for (const { inputs, outputs } of samples) {
      const feeds = Object.fromEntries(inputs.map((input) => [input.name, new Tensor(input.dtype, typedOf(input), input.shape)]));
      const results = await session.run(feeds);
      for (const expected of outputs) {
        const { data, dims } = results[expected.name]!;
        if (dims.join() !== expected.shape.join()) {
          return { difference: Infinity, trouble: `${expected.name} is [${dims.join(", ")}] there and [${expected.shape.join(", ")}] here` };
        }
        difference = Math.max(difference, differenceOf(data, expected.values));
      }
    }
  } finally {
    await session.release();
  }
  return { difference };
}

function typedOf({ values, dtype }: Values): ArrayLike<number> {
  if (dtype === "float32") return Float32Array.from(values);
  return dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

function differenceOf(there: ArrayLike<number>, here: ArrayLike<number>): number {
  let [largest, scale] = [0, 1];
  for (let i = 0; i < here.length; i++) {
    const [a, b] = [Number(there[i]), Number(here[i])];
    if (Object.is(a, b) || a === b) continue;
    if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
    largest = Math.max(largest, Math.abs(a - b));
    scale = Math.max(scale, Math.abs(b));
  }
  return largest / scale;
}
