import assert from "node:assert/strict";
import * as kindling from "../../src/engine/index.ts";
import { arange, data, nn, optim, randn, tensor } from "../../src/engine/index.ts";
import { declaredNames, formsOf } from "./declared.ts";

// Optimizers, schedules, samplers, loaders: what their form doesn't take is refused, and what must be given may be given by name.

const samples = (): data.TensorDataset => new data.TensorDataset(arange(10), arange(10));
const weights = (): nn.Parameter[] => [new nn.Parameter(tensor([1, 2]))];
const sgd = (): optim.SGD => new optim.SGD(weights(), 0.1, 0.9);

/** A value for each argument that must be given. */
const values: Readonly<Record<string, () => unknown>> = {
  params: weights,
  optimizer: sgd,
  dataset: samples,
  dataSource: samples,
  datasets: () => [samples()],
  model: () => new nn.Linear(1, 1),
  loader: () => [randn(3, 1)],
  schedulers: () => [],
  milestones: () => [1],
  lrLambda: () => () => 1,
  stepSize: () => 1,
  gamma: () => 0.5,
  tMax: () => 3,
  t0: () => 3,
  baseLr: () => 0.1,
  maxLr: () => 0.2,
  swaLr: () => 0.1,
  indices: () => [1],
  weights: () => [1, 2],
  numSamples: () => 2,
  sampler: () => [1, 2],
  batchSize: () => 2,
  dropLast: () => false,
  lengths: () => [7, 3],
  batch: () => [1, 2],
  data: () => 3,
  path: () => "no/such/file",
  text: () => "a\n1\n",
  tensors: () => tensor([1]),
  tensor: () => tensor([1]),
  root: () => "no/such/folder",
};

const find = (name: string): unknown => name.split(".").reduce<unknown>((space, part) => (space as Record<string, unknown> | undefined)?.[part], kindling);
/** Bases are extended, not called. */
const BASES = /\.(LRScheduler|Optimizer|SparseAdam|Sampler|Dataset|IterableDataset|CsvTable)$/;
const names = declaredNames.filter((name) => /^(optim|data)\./.test(name) && !BASES.test(name) && typeof find(name) === "function");

/** The message of the error that a call ends in, or none. */
function answer(name: string, ...given: unknown[]): string {
  const target = find(name) as new (...given: unknown[]) => unknown;
  const isClass = /\.[A-Z]\w*$/.test(name);
  try {
    if (isClass) new target(...given);
    else (target as unknown as (...given: unknown[]) => unknown)(...given);
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

describe("the forms of optim and data", () => {
  for (const name of names) {
    it(name, () => {
      const { parameters } = formsOf(name)![0]!;
      const needed = parameters.filter(({ optional }) => !optional);
      const given = needed.map((parameter) => values[parameter.name]!());
      const right = answer(name, ...given);
      assert.match(answer(name, ...given, { nonsense: 1 }), /unexpected keyword argument 'nonsense'|must be a tensor/);
      if (!parameters.at(-1)?.spread) assert.match(answer(name, ...given, ...new Array<number>(20).fill(1)), /takes (at most )?\d+ positional arguments?/);
      if (needed.length > 0) {
        assert.match(answer(name, ...given.slice(0, -1)), new RegExp(`missing 1 required argument: '${needed.at(-1)!.name}'`));
        assert.equal(answer(name, Object.fromEntries(needed.map((parameter, i) => [parameter.name, given[i]]))).slice(0, 30), right.slice(0, 30));
      }
      for (const { name: optional, kinds } of parameters.filter((parameter) => parameter.optional && !parameter.spread && !parameter.kinds.includes("any"))) {
        assert.match(answer(name, ...given, { [optional]: Symbol("wrong") }), new RegExp(`argument '${optional}' must be`), kinds.join());
      }
    });
  }
});
