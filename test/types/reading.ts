// What a program reads from a tensor has types that need no casts. `npm run typecheck` checks this file; it doesn't run.
import { distributions, linalg, nn, ones, type Tensor } from "kindling";

declare const x: Tensor;
declare const weight: nn.Parameter;

/** Lists are as deep as the program says. */
export function lists(): unknown[] {
  const scalar: number = x.tolist();
  const flat: number[] = x.tolist();
  const rows: number[][] = x.tolist();
  const mask: boolean[] = x.gt(0).tolist();
  const named = x.tolist<number[][]>().map((row) => row.length);
  const text = x
    .tolist<number[][]>()[0]!
    .map((value) => value.toFixed(2))
    .join();
  return [scalar, flat, rows, mask, named, text];
}

/** Where it says nothing, a list of anything. */
export function listsUnsaid(): unknown[] {
  let total = 0;
  for (const value of x.tolist()) total += value;
  for (const [a, b] of x.tolist()) total += a * b;
  const largest: number = Math.max(...x.tolist());
  const firsts = x.tolist().map((row) => row[0]);
  const sum: number = x.tolist().reduce((a, b) => a + b);
  const [first, second] = x.tolist();
  const third: number = x.tolist()[2];
  const classes: Set<number> = new Set(x.tolist());
  const copy: number[] = [...x.tolist()];
  const bytes = new Float32Array(x.tolist());
  // @ts-expect-error a list has no such member
  const typo = x.tolist().lenght;
  return [total, largest, firsts, sum, first, second, third, classes, copy, bytes, typo];
}

/** The sizes of a shape are numbers, also under `noUncheckedIndexedAccess`. */
export function shapes(): unknown[] {
  const [batch, steps] = x.shape;
  const [count, ...rest] = x.size();
  const pair: [number, number] = x.shape;
  const [height, width]: readonly [number, number] = x.shape;
  const old = x.shape as [number, number, number];
  const list: readonly number[] = x.shape;
  const half: number = x.shape[0] / 2;
  const rank: number = x.shape.length;
  const named = new nn.Linear(x.shape[1], 2);
  const sampled = new distributions.Normal(0, 1).sample(x.shape);
  const made = [x.reshape(batch, steps), x.reshape(batch * steps, -1), x.reshape(count, ...rest), x.reshape(x.shape), ones(x.shape), ones(batch, steps)];
  // @ts-expect-error a shape can't be changed
  x.shape[0] = 5;
  // @ts-expect-error
  x.shape.push(1);
  // @ts-expect-error
  x.shape = [1];
  return [pair, height, width, old, list, half, rank, named, sampled, made, x.shape.map((size) => size * 2), x.shape.slice(1).at(-1)];
}

/** Every way to say where. */
export const places = (): Tensor[] => [x.at("...", 0), x.at(0, "..."), x.at(null, [1, -1]), x.at(x.gt(0)), x.at(0, null, "...", [null, null, 2])];

/** What is changed in place comes back as what it is. */
export const sameType = (): nn.Parameter[] => [
  weight.add_(1),
  weight.zero_(),
  weight.normal_(0, 0.1),
  weight.clamp_(0, 1),
  weight.clampMin_(0),
  weight.sin_(),
  weight.round_(),
  weight.exponential_(),
  weight.random_(),
  weight.requiresGrad_(),
  weight.fillDiagonal_(1),
  weight.tril_(),
  weight.cumsum_(0),
  weight.squeeze_(),
  weight.setAt([0], 1),
];

/** What comes as several results is read by name and by place. */
export function results(): unknown[] {
  let { values } = x.max(1);
  values = values.add(x.sort().indices);
  const [low, high] = x.aminmax();
  const range: Tensor = high.sub(low).add(x.aminmax().max);
  const [sign] = linalg.slogdet(x);
  const rows: Tensor[] = [...x.topk(2)];
  const count: number = x.unique().numel();
  const [found, counts] = x.unique({ returnCounts: true });
  // @ts-expect-error no result has this name
  const typo = x.max(1).indeces;
  return [values, range, sign, rows, count, found, counts, typo];
}
