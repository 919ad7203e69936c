/**
 * Holds an operation to a naive float64 twin: its result, and its gradients to the twin's central differences.
 */
import assert from "node:assert/strict";
import { autograd, fromTypedArray, type Tensor } from "../../src/engine/index.ts";
import { assertClose } from "../fixtures/closeTo.ts";
import { Nd } from "./nd.ts";

export interface GradientCheck {
  /** Shapes of the inputs that want gradients. */
  readonly shapes: readonly (readonly number[])[];
  readonly operation: (...inputs: Tensor[]) => Tensor;
  readonly twin: (...inputs: Nd[]) => Nd;
  /** Range of the inputs' values. Default −2 … 2. Keep kinks and poles out of it. */
  readonly low?: number;
  readonly high?: number;
  /** Tolerances relative to the largest gradient. Default 1e-3. */
  readonly rtol?: number;
  readonly seed?: number;
  /** Whether the second derivative (the gradient of a weighted sum of gradients) is held to differences too. Default false. */
  readonly twice?: boolean;
}

const STEP = 1e-5;

/** Declares a test named `name`. */
export function gradcheck(name: string, check: GradientCheck): void {
  it(name, () => run(check));
}

function run({ shapes, operation, twin, low = -2, high = 2, rtol = 1e-3, seed = 1, twice = false }: GradientCheck): void {
  const random = mulberry(seed);
  // Values that float32 holds exactly, so that both sides start from the same.
  const exact = shapes.map((shape) => Nd.build(shape, () => Math.fround(low + (high - low) * random())));
  const inputs = exact.map((value) => fromTypedArray(Float32Array.from(value.data), value.shape).requiresGrad_());
  const output = operation(...inputs);
  const expected = twin(...exact);
  assert.deepEqual([...output.shape], [...expected.shape], "shape");
  assertClose([...output.toTypedArray()], [...expected.data], { atol: 1e-5, rtol: 1e-4 }, "result");
  const weights = Float64Array.from(expected.data, () => Math.fround(2 * random() - 1));
  const total = (...values: Nd[]) => twin(...values).data.reduce((sum, value, i) => sum + value * weights[i]!, 0);
  const loss = output.mul(fromTypedArray(Float32Array.from(weights), expected.shape)).sum();
  const gradients = autograd.grad(loss, inputs, { createGraph: twice, allowUnused: true });
  const numeric = differences(total, exact);
  compare(gradients, numeric, rtol, "gradient");
  if (twice) checkSecond(gradients, inputs, total, exact, random, rtol);
}

function checkSecond(
  gradients: readonly (Tensor | null)[],
  inputs: readonly Tensor[],
  total: (...values: Nd[]) => number,
  exact: readonly Nd[],
  random: () => number,
  rtol: number,
): void {
  const weights = exact.map((value) => value.map(() => Math.fround(2 * random() - 1)));
  const terms = gradients.map((gradient, i) =>
    gradient?.requiresGrad ? gradient.mul(fromTypedArray(Float32Array.from(weights[i]!.data), weights[i]!.shape)).sum() : null,
  );
  const present = terms.filter((term) => term !== null);
  if (present.length === 0) return;
  const second = autograd.grad(
    present.reduce((a, b) => a.add(b)),
    [...inputs],
    { allowUnused: true },
  );
  // The directional derivative along the weights, differentiated once more. A wider step: differences of differences.
  const directional = (...values: Nd[]) => {
    const ahead = values.map((value, i) => value.zip(weights[i]!, (x, w) => x + 1e-4 * w));
    const behind = values.map((value, i) => value.zip(weights[i]!, (x, w) => x - 1e-4 * w));
    return (total(...ahead) - total(...behind)) / 2e-4;
  };
  compare(second, differences(directional, exact, 1e-4), Math.max(rtol, 2e-3), "second derivative");
}

/** Central differences of a function of several arrays. */
function differences(total: (...values: Nd[]) => number, inputs: readonly Nd[], step = STEP): Nd[] {
  return inputs.map((input, which) => {
    const slopes = Array.from(input.data, (_, i) => {
      const moved = (by: number) =>
        inputs.map((value, k) =>
          k === which
            ? new Nd(
                value.shape,
                value.data.map((x, j) => (j === i ? x + by : x)),
              )
            : value,
        );
      return (total(...moved(step)) - total(...moved(-step))) / (2 * step);
    });
    return new Nd(input.shape, slopes);
  });
}

function compare(actual: readonly (Tensor | null)[], expected: readonly Nd[], rtol: number, path: string): void {
  expected.forEach((numeric, i) => {
    const scale = Math.max(1e-2, ...numeric.data.map(Math.abs));
    const found = actual[i] ? [...actual[i].toTypedArray()] : Array.from(numeric.data, () => 0);
    assertClose(found, [...numeric.data], { atol: rtol * scale, rtol }, `${path} ${i}`);
  });
}

/** A small seeded generator (Tommy Ettinger's mulberry32), apart from the engine's own. */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
