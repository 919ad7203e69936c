/** Optimizers and schedules beside PyTorch's: the small problem of families/optimizer.py. */
import assert from "node:assert/strict";
import * as kindling from "../../src/engine/index.ts";
import { ones, sin, tensor, zeros, type Tensor } from "../../src/engine/index.ts";
import { assertClose } from "../fixtures/closeTo.ts";
import { camel, find } from "./calls.ts";
import type { EncodedTensor, OptimizerCase, SchedulerCase } from "./cases.ts";

interface AnyOptimizer {
  paramGroups: { lr: number; momentum?: number; betas?: readonly number[] }[];
  zeroGrad(): void;
  step(closure?: () => unknown): unknown;
  stateDict(): { state: Map<number, Record<string, unknown>> };
}

type Make<T> = new (...values: unknown[]) => T;

const camelOptions = (options: object): Record<string, unknown> => Object.fromEntries(Object.entries(options).map(([name, value]) => [camel(name), value]));

function problem(a: Tensor, b: Tensor): Tensor {
  const valley = a
    .sub(0.3)
    .square()
    .mul(tensor([1, 2, 0.5]))
    .sum();
  return valley
    .add(a.select(0, 0).mul(a.select(0, 1)).sum().mul(0.3))
    .add(sin(a).sum().mul(0.2))
    .add(b.sum().mul(0));
}

export function checkOptimizer(each: OptimizerCase): void {
  const a = tensor([
    [0.5, -1.2, 0.3],
    [1.5, 0.7, -0.4],
  ]).requiresGrad_();
  const b = tensor([0.9, -0.6]).requiresGrad_();
  const params = each.groups ? [{ params: [a] }, { params: [b], lr: 0.05 }] : [a, b];
  const optimizer = new (find(each.target) as unknown as Make<AnyOptimizer>)(params, camelOptions(each.options));
  assert.equal(String(optimizer).split("\n")[0], each.shown.split("\n")[0]);
  const losses = each.losses.map((_, step) => {
    const evaluate = (): Tensor => {
      optimizer.zeroGrad();
      const own = step % 5 !== 4;
      const loss = own
        ? problem(a, b).add(
            b
              .square()
              .mul(tensor([3, 0.5]))
              .sum(),
          )
        : problem(a, b.detach());
      loss.backward();
      return loss;
    };
    if (each.closure) return (optimizer.step(evaluate) as Tensor).item();
    const loss = evaluate().item();
    optimizer.step();
    return loss;
  });
  const tolerance = { atol: each.atol ?? 1e-5, rtol: each.rtol ?? 1e-4 };
  assertClose(losses, each.losses, tolerance, "losses");
  [a, b].forEach((parameter, i) => assertClose([...parameter.toTypedArray()], each.params[i]!.tensor, tolerance, `parameter ${i}`));
  const { state } = optimizer.stateDict();
  for (const [number, own] of Object.entries(each.state)) {
    for (const [name, value] of Object.entries(own)) compareState(state.get(Number(number))![name], value, `${number}.${name}`);
  }
}

function compareState(actual: unknown, expected: EncodedTensor, path: string): void {
  assert.ok(actual instanceof kindling.Tensor, path);
  assertClose([...actual.toTypedArray()], expected.tensor, { atol: 1e-5, rtol: 1e-3 }, path);
}

export function checkScheduler(each: SchedulerCase): void {
  const [a, b] = [zeros(2).requiresGrad_(), zeros(3).requiresGrad_()];
  const settings = each.base === "SGD" ? { lr: 0.1, momentum: 0.9 } : { lr: 0.1 };
  const optimizer = new (kindling.optim[each.base] as unknown as Make<AnyOptimizer>)([{ params: [a] }, { params: [b], lr: 0.05 }], settings);
  const options = Object.keys(each.options).length > 0 ? [camelOptions(each.options)] : [];
  const made =
    each.js !== undefined
      ? (new Function(`return ${each.js}`)() as (...values: unknown[]) => { step(value?: number): void })(kindling, optimizer)
      : new (find(each.target) as unknown as Make<{ step(value?: number): void }>)(optimizer, ...each.args, ...options);
  each.rates.forEach((rates, epoch) => {
    assertClose(
      optimizer.paramGroups.map((group) => group.lr),
      rates,
      { rtol: 1e-6, atol: 1e-12 },
      `rates of epoch ${epoch}`,
    );
    const momenta = optimizer.paramGroups.map((group) => group.momentum ?? group.betas![0]);
    assertClose(momenta, each.momenta[epoch]!, { rtol: 1e-6 }, `momenta of epoch ${epoch}`);
    [a, b].forEach((parameter) => (parameter.grad = ones(parameter.shape)));
    optimizer.step();
    made.step(...(each.values.length > 0 ? [each.values[epoch]!] : []));
  });
}
