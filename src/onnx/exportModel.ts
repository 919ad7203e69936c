/**
 * A model as an ONNX file: its forward pass is run with several sizes of the batch, what it consists of is written down each
 * time (`Recorder`), and what is the same in all of them but for the batch becomes the graph.
 */
import { noGrad } from "../engine/autograd/gradMode.ts";
import type { DType } from "../engine/dtype.ts";
import { Module } from "../engine/nn/module.ts";
import { fromTypedArray } from "../engine/ops/creation.ts";
import { toTypedArray } from "../engine/ops/reading.ts";
import { sameShape, type Shape } from "../engine/shape.ts";
import { Tensor } from "../engine/tensor.ts";
import { operationName } from "../observe/graph/operationNames.ts";
import { constantValue } from "./constants.ts";
import { encodeModel, type Port } from "./format.ts";
import { Graph, type BatchSource, type Forms, type Operand } from "./graph.ts";
import { linalg } from "./operators/linalg.ts";
import { losses } from "./operators/losses.ts";
import { scans } from "./operators/scans.ts";
import { layers } from "./operators/layers.ts";
import { orders } from "./operators/orders.ts";
import { pointwise } from "./operators/pointwise.ts";
import { reductions } from "./operators/reductions.ts";
import { sequences } from "./operators/sequences.ts";
import { shapes } from "./operators/shapes.ts";
import { Recorder, type Constant, type Seen, type Step } from "./recorder.ts";
import { Refusal } from "./refusal.ts";
import { batches, isGrowing, sizesWith, unify, Uneven, type Size } from "./sizes.ts";

const forms: Forms = { ...pointwise, ...shapes, ...reductions, ...orders, ...scans, ...layers, ...linalg, ...losses, ...sequences };

export interface ExportOptions {
  /** Of the model. */
  readonly name: string;
  /** Of Kindling. */
  readonly version: string;
  /** Calls the model. */
  readonly call: (...args: readonly unknown[]) => unknown;
  /** What it was called with; tensors among them, and in lists, become the inputs. */
  readonly args: readonly unknown[];
  /** What its `forward` calls them. */
  readonly names?: readonly string[];
  /** Parameters and buffers by their names. */
  readonly state?: ReadonlyMap<string, Tensor>;
  /** Which dimension of the first input is the batch. Default: the first, or the second where recurrent layers or attention say so. */
  readonly batchDimension?: number;
  /** Tells where the program is, for what is refused. */
  readonly mark?: () => unknown;
}

/** Values of one tensor. */
export interface Values {
  readonly name: string;
  readonly values: ArrayLike<number>;
  readonly shape: Shape;
  readonly dtype: DType;
}

/** What the model gave for some inputs: what a runtime has to give as well. */
export interface Sample {
  readonly inputs: readonly Values[];
  readonly outputs: readonly Values[];
}

export interface ExportedModel {
  readonly bytes: Uint8Array;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** With batches of several sizes. */
  readonly samples: readonly Sample[];
}

/** @throws Refusal for what has no ONNX form */
export function exportModel(asked: ExportOptions): ExportedModel {
  // A tensor that was given twice is two inputs.
  const options = { ...asked, args: asked.args.map((arg) => mapTensors(arg, (tensor) => tensor.detach())) };
  const inputs = tensorsIn(options.args, options.names ?? []);
  if (inputs.length === 0) throw new Refusal("the model is called without a tensor, so there is nothing that could be an input");
  const wanted = options.batchDimension;
  const { length } = inputs[0]!.tensor.shape;
  if (wanted !== undefined && wanted >= length) {
    throw new Refusal(
      `\`--batch-dimension ${wanted}\` is no dimension of the first input, which has ${length}, counted from 0; \`none\`: all sizes stay as they are`,
    );
  }
  if (wanted !== undefined) return exportAlong(options, inputs, wanted);
  try {
    return exportAlong(options, inputs, 0);
  } catch (error) {
    if (!(error instanceof BatchElsewhere) || inputs[0]!.tensor.shape.length < 2) throw error;
    return exportAlong(options, inputs, 1);
  }
}

/** What was taken for the batch is something else. */
class BatchElsewhere extends Error {}

interface NamedTensor {
  readonly name: string;
  readonly tensor: Tensor;
}

function exportAlong(options: ExportOptions, inputs: readonly NamedTensor[], dimension: number): ExportedModel {
  const [first] = inputs as [NamedTensor];
  const size = first.tensor.shape[dimension];
  const dims = inputs.map(({ tensor }, i) => (i === 0 ? (size === undefined ? -1 : dimension) : batchDimensionOf(tensor.shape, size, dimension)));
  const passes = batches.map((batch, i) => passOf(options, inputs, dims, batch, i));
  if (options.batchDimension === undefined && dimension === 0 && isTime(passes.map(({ steps }) => steps))) throw new BatchElsewhere();
  const failed = passes.filter((pass): pass is FailedPass => "error" in pass).sort((a, b) => a.steps.length - b.steps.length)[0];
  if (failed) throw whyFailed(failed);
  const runs = passes as Pass[];
  const made = written(options, runs, align(runs), dims);
  const samples = [...made.samples, ...moreSamples(options, inputs, dims, made.results)];
  // It may have decided something that no tensor tells.
  const drawn = runs.find((run) => run.drawn)?.drawn;
  if (drawn)
    throw new Refusal("forward draws random numbers here, and a file does the same each time: draw them outside and give them as an input", drawn.mark);
  return { ...made, samples };
}

/** What the program threw, which it did not with the batch that it came with. */
function whyFailed({ error, batch }: FailedPass): Refusal {
  if (error instanceof Refusal) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new Refusal(
    `with a batch of ${batch} forward fails: ${reason.replace(/[.\s]*$/, "")}. Sizes have to come from the input: \`x.size(0)\`, or -1; where there is no batch, say --batch-dimension none`,
    undefined,
    error,
  );
}

/** Which dimension of a further input is the batch: one that is as large, -1 where none is. */
function batchDimensionOf(shape: Shape, size: number | undefined, dimension: number): number {
  if (size === undefined) return -1;
  return shape[dimension] === size ? dimension : shape.indexOf(size);
}

// --- passes ---------------------------------------------------------------------------------------------------------

interface Pass {
  readonly inputs: readonly NamedTensor[];
  /** What they held: the program may write into them. */
  readonly given: readonly Values[];
  readonly outputs: readonly { readonly name: string; readonly tensor: Tensor; readonly seen: Seen }[];
  readonly steps: readonly Step[];
  /** Where a random number was drawn, if one was. */
  readonly drawn: { readonly mark: unknown } | undefined;
}

interface FailedPass {
  readonly error: unknown;
  readonly batch: number;
  readonly steps: readonly Step[];
}

function passOf(
  { call, args, state, mark = () => undefined }: ExportOptions,
  inputs: readonly NamedTensor[],
  dims: readonly number[],
  batch: number,
  turn: number,
): Pass | FailedPass {
  const recorder = new Recorder(state ?? new Map(), mark);
  try {
    return noGrad(() => {
      const random = numbersFrom(turn + 1);
      const made = new Map(inputs.map(({ tensor }, i) => [tensor, sampled(tensor, dims[i]!, batch, random)]));
      for (const tensor of made.values()) recorder.input(tensor);
      const own = inputs.map(({ name, tensor }) => ({ name, tensor: made.get(tensor)! }));
      const given = own.map(valuesOf);
      const values = mapTensors(args, (tensor) => made.get(tensor));
      const result = recorder.run(() => call(...(values as unknown[])));
      const outputs = tensorsIn([result], ["output"]).map(({ name, tensor }) => ({ name, tensor, seen: recorder.seen(tensor) }));
      if (outputs.length === 0) throw new Refusal("the model gives no tensor, so there is nothing that could be an output");
      return { inputs: own, given, outputs, steps: recorder.steps, drawn: recorder.drawn };
    });
  } catch (error) {
    return { error, batch, steps: recorder.steps };
  }
}

/** What the model gives for batches that it wasn't recorded with: one alone, and as many as it came with. */
function moreSamples(options: ExportOptions, inputs: readonly NamedTensor[], dims: readonly number[], outputs: readonly CommonTensor[]): Sample[] {
  const size = inputs[0]!.tensor.shape[dims[0]!];
  if (size === undefined) return [];
  const others = [1, size].filter((batch, i, all) => all.indexOf(batch) === i && !batches.some((each) => each === batch));
  return others.flatMap((batch) => {
    const pass = passOf(options, inputs, dims, batch, batches.length + batch);
    // Statistics of a batch need more than one; `squeeze()` takes away a batch of one, which a file doesn't.
    const isLikeOthers = !("error" in pass) && outputs.every(({ shape }, i) => sameShape(sizesWith(batch, shape), pass.outputs[i]?.tensor.shape ?? []));
    if (isLikeOthers) return [sampleOf(pass)];
    if (batch === 1) return [];
    if ("error" in pass) throw whyFailed(pass);
    throw new Refusal(`with a batch of ${batch} an output has another shape than with others: what is done has to be the same for every size of the batch`);
  });
}

/** A batch of another size, with values that the input has, in another order: what is computed from them is then seen to be. */
function sampled(input: Tensor, dim: number, batch: number, random: (count: number) => number): Tensor {
  const shape = input.shape.map((size, i) => (i === dim ? batch : size));
  const values = toTypedArray(input.detach());
  const out = new (values.constructor as new (length: number) => typeof values)(shape.reduce((a, b) => a * b, 1));
  for (let i = 0; i < out.length; i++) out[i] = values[random(values.length)]!;
  return fromTypedArray(out, shape, { dtype: input.dtype });
}

/** Whole numbers below a bound; not the program's own random numbers. */
function numbersFrom(seed: number): (count: number) => number {
  let state = seed * 0x9e3779b9;
  return (count) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x297a2d39) | 0;
    return (state >>> 1) % count;
  };
}

type Container = Readonly<Record<string, unknown>>;

const isContainer = (value: unknown): value is Container =>
  typeof value === "object" && value !== null && (Object.getPrototypeOf(value) === Object.prototype || Array.isArray(value));

/** Whether an object of some class has tensors, which then are neither inputs nor outputs. */
const holdsTensors = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof Module) && Object.values(value).some((each) => each instanceof Tensor);

function tensorsIn(values: readonly unknown[], names: readonly string[]): NamedTensor[] {
  const found: NamedTensor[] = [];
  const visit = (value: unknown, name: string): void => {
    if (value instanceof Tensor) found.push({ name, tensor: value });
    else if (Array.isArray(value)) value.forEach((each, i) => visit(each, `${name}_${i}`));
    else if (value instanceof Map) for (const [key, each] of value) visit(each, String(key));
    else if (isContainer(value)) for (const [key, each] of Object.entries(value)) visit(each, key);
    else if (holdsTensors(value))
      throw new Refusal(`\`${name}\` has its tensors in a \`${value.constructor.name}\`: give tensors themselves, or in lists, plain objects and maps`);
  };
  values.forEach((value, i) => visit(value, names[i] ?? `input${values.length > 1 ? `_${i}` : ""}`));
  const taken = new Set<string>();
  return found.map(({ name, tensor }) => {
    let free = name;
    for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
    taken.add(free);
    return { name: free, tensor };
  });
}

/** The value with other tensors in the place of its own, also of those in lists, maps and plain objects. */
export function mapTensors(value: unknown, map: (tensor: Tensor) => unknown): unknown {
  if (value instanceof Tensor) return map(value);
  if (Array.isArray(value)) return value.map((each) => mapTensors(each, map));
  if (value instanceof Map) return new Map([...value].map(([key, each]) => [key, mapTensors(each, map)]));
  if (!isContainer(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, mapTensors(each, map)]));
}

// --- what all passes have in common ---------------------------------------------------------------------------------

interface CommonTensor {
  /** Which operand it is, or the constants that it was in each pass. */
  readonly from: number | readonly Constant[];
  readonly shape: readonly Size[];
  readonly dtype: DType;
}

interface CommonStep {
  readonly name: string;
  readonly data: unknown;
  readonly inputs: readonly CommonTensor[];
  readonly outputs: readonly { readonly shape: readonly Size[]; readonly dtype: DType }[];
  readonly first: number;
  readonly mark: unknown;
}

function align(passes: readonly Pass[]): CommonStep[] {
  const [shortest, ...others] = [...passes].sort((a, b) => a.steps.length - b.steps.length) as [Pass, ...Pass[]];
  const { steps } = shortest;
  const more = others.at(-1)!.steps[steps.length];
  const aligned = steps.map((step, i) => {
    const all = passes.map((pass) => pass.steps[i]);
    if (all.some((other) => other?.name !== step.name || other.inputs.length !== step.inputs.length)) throw anotherCourse(step);
    try {
      return common(all as Step[]);
    } catch (error) {
      if (error instanceof Uneven) throw anotherCourse(step);
      throw error;
    }
  });
  if (more) throw anotherCourse(more);
  return aligned;
}

function anotherCourse({ name, mark }: Step): Refusal {
  return new Refusal(
    `${spelt(name)} depends on the size of the batch, or on the values in it, in a way that ONNX can't follow: sizes have to come from the input (\`x.size(0)\`, or -1), and what is done has to be the same for every input`,
    mark,
  );
}

const spelt = (name: string): string => `\`${operationName(name)}\``;

function common(steps: readonly Step[]): CommonStep {
  const [step] = steps as [Step, ...Step[]];
  return {
    ...step,
    data: unify(steps.map(({ data }) => data)),
    inputs: step.inputs.map((_, i) => commonTensor(steps.map(({ inputs }) => inputs[i]!))),
    outputs: step.outputs.map(({ dtype }, i) => ({ dtype, shape: unify(steps.map(({ outputs }) => outputs[i]!.shape)) as Size[] })),
  };
}

function commonTensor(all: readonly Seen[]): CommonTensor {
  const [{ from, dtype }] = all as [Seen, ...Seen[]];
  const shape = unify(all.map((each) => each.shape)) as Size[];
  if (typeof from !== "number") {
    if (all.some((each) => typeof each.from === "number")) throw new Uneven();
    return { from: all.map((each) => each.from as Constant), shape, dtype };
  }
  if (all.some((each) => each.from !== from)) throw new Uneven();
  return { from, shape, dtype };
}

function commonResult(passes: readonly Pass[], output: number): CommonTensor {
  try {
    return commonTensor(passes.map(({ outputs }) => outputs[output]!.seen));
  } catch (error) {
    if (!(error instanceof Uneven)) throw error;
    const { seen } = passes[0]!.outputs[output]!;
    const step = passes[0]!.steps.findLast(({ first }) => typeof seen.from === "number" && first <= seen.from);
    throw new Refusal("how large an output is depends on the values in the input, which ONNX can't follow", step?.mark);
  }
}

/** Whether sequences became longer, or their queries did, while there were as many of them: then they are the other dimension. */
function isTime(passes: readonly (readonly Step[])[]): boolean {
  const sequences = passes.map((steps) => steps.flatMap(sequencesOf)[0]);
  const [first] = sequences;
  if (!first || sequences.includes(undefined)) return false;
  return sequences.every((each) => each!.count === first.count) && sequences.some((each) => each!.length !== first.length);
}

function sequencesOf({ name, data, inputs }: Step): { readonly count: number; readonly length: number }[] {
  if (/^(Lstm|Gru|Rnn)/.test(name)) {
    const { steps } = data as { readonly steps: readonly { readonly count: number }[] };
    return [{ count: steps[0]!.count, length: steps.length }];
  }
  if (!name.startsWith("ScaledDotProduct")) return [];
  const [count, , length] = inputs[0]!.shape as [number, number, number];
  return [{ count, length }];
}

// --- writing --------------------------------------------------------------------------------------------------------

function written(
  { name, version }: ExportOptions,
  passes: readonly Pass[],
  steps: readonly CommonStep[],
  dims: readonly number[],
): ExportedModel & { readonly results: readonly CommonTensor[] } {
  const [pass] = passes as [Pass, ...Pass[]];
  const source = dims.findIndex((dim) => dim >= 0);
  const batch: BatchSource | undefined = source < 0 ? undefined : { input: pass.inputs[source]!.name, dimension: dims[source]! };
  const graph = new Graph(batch);
  const values: (string | undefined)[] = pass.inputs.map((input) => input.name);
  const constants = new Map<Constant, string>();
  const owners: (CommonStep | undefined)[] = pass.inputs.map(() => undefined);
  const results = pass.outputs.map((_, i) => commonResult(passes, i));
  const { needed, wanted } = neededSteps(steps, results);
  const operand = (tensor: CommonTensor, step: CommonStep | undefined): Operand => {
    const { from, shape, dtype } = tensor;
    const find = (): string => {
      if (typeof from !== "number") {
        const [constant] = from as [Constant];
        const made = constants.get(constant) ?? constantOf(graph, from, tensor, step);
        constants.set(constant, made);
        return made;
      }
      const value = values[from];
      if (value === undefined) throw new Refusal(`${spelt(owners[from]?.name ?? "")} gives something here that has no ONNX form`, owners[from]?.mark);
      return value;
    };
    let value: string | undefined;
    // Not all that an operation is told to read is needed.
    return {
      shape,
      dtype,
      get value() {
        return (value ??= find());
      },
    };
  };
  for (const step of steps) {
    for (let i = 0; i < step.outputs.length; i++) owners[step.first + i] = step;
    if (!needed.has(step)) continue;
    const used = step.outputs.map((_, i) => wanted.has(step.first + i));
    const made = formed(
      graph,
      step,
      step.inputs.map((input) => operand(input, step)),
      used,
    );
    made.forEach((value, i) => (values[step.first + i] = value));
  }
  results.forEach((result, i) => graph.rename(operand(result, undefined).value, pass.outputs[i]!.name));
  const port = (portName: string, dtype: DType, shape: readonly Size[]): Port => ({ name: portName, dtype, shape: shape.map(sizeName) });
  const inputs = pass.inputs.map(({ name: portName, tensor }, i) =>
    port(
      portName,
      tensor.dtype,
      tensor.shape.map((size, k): Size => (k === dims[i] ? { times: 1, plus: 0 } : size)),
    ),
  );
  const outputs = results.map(({ dtype, shape }, i) => port(pass.outputs[i]!.name, dtype, shape));
  const bytes = encodeModel({ name, version, nodes: graph.nodes, initializers: graph.initializers, inputs, outputs });
  return { bytes, inputs, outputs, samples: passes.map(sampleOf), results };
}

/** What is needed for the results, from the last step back. */
function neededSteps(
  steps: readonly CommonStep[],
  results: readonly CommonTensor[],
): { readonly needed: ReadonlySet<CommonStep>; readonly wanted: ReadonlySet<number> } {
  const wanted = new Set<number>();
  const want = (tensors: readonly CommonTensor[]): void => {
    for (const { from } of tensors) if (typeof from === "number") wanted.add(from);
  };
  want(results);
  const needed = new Set<CommonStep>();
  for (const step of steps.toReversed()) {
    if (!step.outputs.some((_, i) => wanted.has(step.first + i))) continue;
    needed.add(step);
    want(step.inputs);
  }
  return { needed, wanted };
}

function formed(graph: Graph, step: CommonStep, inputs: readonly Operand[], used: readonly boolean[]): readonly (string | undefined)[] {
  const form = forms[step.name];
  if (!form) throw new Refusal(`${spelt(step.name)} has no ONNX form`, step.mark);
  try {
    const made = form({ graph, inputs, outputs: step.outputs, used, data: step.data });
    return typeof made === "string" ? [made] : made;
  } catch (error) {
    if (error instanceof Uneven) throw anotherCourse(step as unknown as Step);
    if (error instanceof Refusal && error.mark === undefined)
      throw new Refusal(error.message.startsWith("`") ? error.message : `${spelt(step.name)} ${error.message}`, step.mark);
    throw error;
  }
}

function constantOf(graph: Graph, constants: readonly Constant[], { shape, dtype }: CommonTensor, step: CommonStep | undefined): string {
  const trouble = constants.find((constant) => constant.trouble !== undefined)?.trouble;
  if (trouble !== undefined) throw new Refusal(`the program ${trouble}`, step?.mark);
  const value = constantValue(graph, constants, shape, dtype);
  if (value !== undefined) return value;
  const { name } = constants[0]!;
  if (name !== undefined)
    throw new Refusal(`\`${name}\` is another from call to call, and a file remembers nothing: make it an input and an output of forward`, step?.mark);
  const where = step ? `${spelt(step.name)} gets a tensor` : "an output is a tensor";
  throw new Refusal(
    `${where} that is another each time: random numbers, or computed from the input by something that has no ONNX form, such as a value that \`item()\` read`,
    step?.mark,
  );
}

function sizeName(size: Size): number | string {
  if (!isGrowing(size)) return size;
  const scaled = size.times === 1 ? "batch" : `${size.times} * batch`;
  return size.plus === 0 ? scaled : `${scaled} + ${size.plus}`;
}

function sampleOf({ given, outputs }: Pass): Sample {
  return { inputs: given, outputs: outputs.map(valuesOf) };
}

function valuesOf({ name, tensor }: NamedTensor): Values {
  return { name, values: toTypedArray(tensor.detach()).slice(), shape: [...tensor.shape], dtype: tensor.dtype };
}
