/** Asks Kindling what PyTorch was asked, and compares the answers. */
import assert from "node:assert/strict";
import * as kindling from "../../src/engine/index.ts";
import { Tensor } from "../../src/engine/index.ts";
import type { AnyModule } from "../../src/engine/nn/module.ts";
import { assertClose, type Tolerance } from "../fixtures/closeTo.ts";
import type { Case, EncodedTensor, ErrorCase, ModuleCase, OpCase, ProgramCase, ShownCase } from "./cases.ts";
import { checkOptimizer, checkScheduler } from "./training.ts";
import { buildArguments, callOf, construct, Inputs } from "./calls.ts";

/** @throws where Kindling answers otherwise than PyTorch did */
export function check(each: Case): void {
  if (each.kind === "op") checkOp(each);
  else if (each.kind === "module") checkModule(each);
  else if (each.kind === "error") checkError(each);
  else if (each.kind === "program") checkProgram(each);
  else if (each.kind === "optimizer") checkOptimizer(each);
  else if (each.kind === "scheduler") checkScheduler(each);
  else checkShown(each);
}

const forwardTolerance = (each: Case): Tolerance => ({ atol: each.atol ?? 1e-6, rtol: each.rtol ?? 1e-4 });
const gradientTolerance = (each: Case): Tolerance => ({ atol: each.gradAtol ?? 1e-5, rtol: Math.max(each.rtol ?? 0, 1e-3) });

function checkOp(each: OpCase): void {
  const inputs = new Inputs();
  const call = callOf(each, inputs);
  if (each.seed !== undefined) kindling.manualSeed(each.seed);
  const result = call();
  compare(result, each.result, forwardTolerance(each), "result");
  if (each.gradients === undefined) return;
  const outputs = tensorsIn(result).filter((output) => output.requiresGrad);
  const createGraph = each.second !== undefined;
  const loss = weighted(each.curved ? outputs.map((output) => output.square()) : outputs);
  const first = kindling.autograd.grad(loss, inputs.differentiable, { createGraph, allowUnused: true });
  compareGradients(first, each.gradients, each, "gradients");
  if (each.second) checkSecond(first, inputs.differentiable, each.second, each);
}

/** The gradients of a weighted sum of gradients. */
function checkSecond(first: readonly (Tensor | null)[], wanted: readonly Tensor[], expected: readonly unknown[], each: Case): void {
  const reached = first.filter((gradient) => gradient?.requiresGrad) as Tensor[];
  const second = reached.length === 0 ? wanted.map(() => null) : kindling.autograd.grad(weighted(reached), wanted, { allowUnused: true });
  compareGradients(second, expected, each, "second");
}

function checkError(each: ErrorCase): void {
  assert.throws(
    () => callOf(each, new Inputs())(),
    (error: Error) => {
      assert.ok(error.message.includes(each.message), `expected “${each.message}”, got “${error.message}”`);
      return true;
    },
  );
}

function checkProgram(each: ProgramCase): void {
  const program = new Function("torch", "nn", each.js) as (...spaces: unknown[]) => unknown;
  const run = (): unknown => program(kindling, kindling.nn);
  if (each.message === undefined) compare(run(), each.result, forwardTolerance(each), "result");
  else
    assert.throws(run, (error: Error) => {
      assert.ok(error.message.includes(each.message!), `expected “${each.message}”, got “${error.message}”`);
      return true;
    });
}

function checkShown(each: ShownCase): void {
  assert.equal(String(callOf(each, new Inputs())()), each.text);
}

function checkModule(each: ModuleCase): void {
  kindling.manualSeed(0);
  const module = construct(each);
  assert.equal(String(module), each.shown);
  checkState(module, each.state, each);
  if (each.forward === undefined) return;
  module.train(each.train ?? true);
  kindling.manualSeed(1);
  let inputs = new Inputs();
  let result: unknown;
  for (let step = 0; step < (each.steps ?? 1); step++) {
    inputs = new Inputs();
    result = callModule(each, module, inputs);
  }
  compare(result, each.forward.result, forwardTolerance(each), "result");
  if (each.forward.inputGradients) checkModuleGradients(each, module, inputs, result);
  const buffers = new Map(module.namedBuffers());
  for (const [name, value] of Object.entries(each.forward.buffers ?? {})) compare(buffers.get(name), value, forwardTolerance(each), name);
  if (each.evaluated === undefined) return;
  module.eval();
  kindling.noGrad(() => compare(callModule(each, module, new Inputs()), each.evaluated, forwardTolerance(each), "evaluated"));
}

function callModule(each: ModuleCase, module: AnyModule, inputs: Inputs): unknown {
  const args = buildArguments(each.inputs ?? [], each.call ?? {}, inputs);
  if (each.jsCall !== undefined) return evaluate(each.jsCall)(kindling, module, ...args);
  return (module as unknown as (...values: unknown[]) => unknown)(...args);
}

function evaluate(text: string): (...values: unknown[]) => unknown {
  return new Function(`return ${text}`)() as (...values: unknown[]) => unknown;
}

function checkState(module: AnyModule, expected: Record<string, unknown>, each: Case): void {
  const state = module.stateDict();
  assert.deepEqual([...state.keys()], Object.keys(expected));
  for (const [key, value] of Object.entries(expected)) {
    if (Array.isArray(value)) assert.deepEqual([...state.get(key)!.shape], value, key);
    else compare(state.get(key), value, forwardTolerance(each), key);
  }
}

function checkModuleGradients(each: ModuleCase, module: AnyModule, inputs: Inputs, result: unknown): void {
  const named = [...module.namedParameters()].filter(([, parameter]) => parameter.requiresGrad);
  const wanted = [...inputs.differentiable, ...named.map(([, parameter]) => parameter)];
  const outputs = tensorsIn(result).filter((output) => output.requiresGrad);
  const { inputGradients, parameterGradients, second } = each.forward!;
  const loss = weighted(second ? outputs.map((output) => output.square()) : outputs);
  const found = kindling.autograd.grad(loss, wanted, { createGraph: second !== undefined, allowUnused: true });
  compareGradients(found.slice(0, inputs.differentiable.length), inputGradients!, each, "input gradients");
  assert.deepEqual(
    named.map(([name]) => name),
    Object.keys(parameterGradients!),
  );
  compareGradients(found.slice(inputs.differentiable.length), Object.values(parameterGradients!), each, "parameter gradients");
  if (second) checkSecond(found, wanted, second, each);
}

/** One number of all results: each element times −1, −0.8 … 1 in turn, as parity.py has it. */
function weighted(tensors: readonly Tensor[]): Tensor {
  const terms = tensors.map((tensor) => {
    const weights = Float32Array.from({ length: tensor.numel() }, (_, i) => (((i * 7) % 11) - 5) / 5);
    return tensor.mul(kindling.fromTypedArray(weights, tensor.shape)).sum();
  });
  return terms.reduce((a, b) => a.add(b));
}

function compareGradients(actual: readonly (Tensor | null)[], expected: readonly unknown[], each: Case, path: string): void {
  assert.equal(actual.length, expected.length, path);
  expected.forEach((value, i) => compareGradient(actual[i] ?? null, value, gradientTolerance(each), `${path}[${i}]`));
}

/** No gradient is as good as one of zeros: which of the two comes is PyTorch's inner affair. */
function compareGradient(actual: Tensor | null, expected: unknown, tolerance: Tolerance, path: string): void {
  const zeros = expected === null || (expected as EncodedTensor).tensor.every((value) => value === 0);
  if (actual === null && zeros) return;
  if (expected === null) assert.ok(actual!.eq(0).all().item(), `${path}: expected no gradient`);
  else compare(actual, expected, tolerance, path);
}

function tensorsIn(value: unknown): Tensor[] {
  if (value instanceof Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(tensorsIn) : [];
}

function compare(actual: unknown, expected: unknown, tolerance: Tolerance, path: string): void {
  if (Array.isArray(expected)) {
    const items = [...(actual as Iterable<unknown>)];
    assert.equal(items.length, expected.length, `${path}: how many`);
    expected.forEach((value, i) => compare(items[i], value, tolerance, `${path}[${i}]`));
  } else if (typeof expected === "object" && expected !== null && "fields" in expected) {
    for (const [name, value] of Object.entries(expected.fields as object))
      compare((actual as Record<string, unknown>)[name], value, tolerance, `${path}.${name}`);
  } else if (typeof expected === "object" && expected !== null) {
    compareTensor(actual, expected as EncodedTensor, tolerance, path);
  } else {
    assertClose(actual, typeof expected === "string" ? numberFrom(expected) : expected, tolerance, path);
  }
}

function compareTensor(actual: unknown, expected: EncodedTensor, tolerance: Tolerance, path: string): void {
  // Not `assert.ok`: to say what came, it would print each tensor.
  if (!(actual instanceof Tensor)) assert.fail(`${path}: expected a tensor, got ${String(actual)}`);
  assert.deepEqual([[...actual.shape], actual.dtype], [expected.shape, expected.dtype], path);
  const values = expected.tensor.map((value) => (typeof value === "string" ? numberFrom(value) : Number(value)));
  assertClose([...actual.toTypedArray()].map(Number), values, tolerance, path);
}

function numberFrom(text: string): number | string {
  return ({ inf: Infinity, "-inf": -Infinity, nan: NaN } as Record<string, number>)[text] ?? text;
}
