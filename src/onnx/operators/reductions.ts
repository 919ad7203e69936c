/** What is folded along dimensions, and what is found along them. */
import { inType, type Call, type Form, type Forms } from "../graph.ts";
import { minus, product, type Size } from "../sizes.ts";
import { Refusal } from "../refusal.ts";

/** Whether the dimensions stay: no reduction says it, but its result shows it. */
function keeps({ inputs, outputs }: Call): number {
  return Number(outputs[0]!.shape.length === inputs[0]!.shape.length);
}

const dimsOf = ({ data }: Call): readonly number[] => (data as { dims: readonly number[] }).dims;

function reduced(type: string, call: Call, value: string, keepdims = keeps(call), dims = dimsOf(call)): string {
  const { graph } = call;
  if (dims.length === 0) return value;
  // Of all reductions only this one takes its axes as an input.
  if (type === "ReduceSum") return graph.op(type, [value, graph.integers(dims)], { keepdims });
  return graph.op(type, [value], { axes: dims, keepdims });
}

const fold =
  (type: string): Form =>
  (call) =>
    reduced(type, call, inType(call, call.inputs[0]!, call.outputs[0]!.dtype));

const truth =
  (type: string): Form =>
  (call) => {
    const { graph, inputs, outputs } = call;
    const zerosAndOnes = graph.cast(inType(call, inputs[0]!, "bool"), "int32");
    return graph.cast(reduced(type, call, zerosAndOnes), outputs[0]!.dtype);
  };

const arg =
  (type: string): Form =>
  (call) => {
    const { graph, inputs, outputs } = call;
    const { dim } = call.data as { dim: number | null };
    const [input] = inputs as [Call["inputs"][0]];
    const values = inType(call, input, input.dtype === "int32" ? "int32" : "float32");
    if (dim !== null && input.shape.length > 0) return graph.cast(graph.op(type, [values], { axis: dim, keepdims: keeps(call) }), "int32");
    const flat = graph.op("Reshape", [values, graph.integers([-1])]);
    const place = graph.cast(graph.op(type, [flat], { axis: 0, keepdims: 0 }), "int32");
    return outputs[0]!.shape.length === 0 ? place : graph.reshape(place, outputs[0]!.shape);
  };

/** Values and places. */
const extremeAlong =
  (fold: string, place: string): Form =>
  (call) => {
    const { graph, inputs } = call;
    const [{ value, shape }] = inputs as [Call["inputs"][0]];
    const [dim] = dimsOf(call);
    if (shape.length === 0 || dim === undefined) return [value, graph.scalar(0, "int32")];
    return [reduced(fold, call, value), graph.cast(graph.op(place, [value], { axis: dim, keepdims: keeps(call) }), "int32")];
  };

const sorted: Form = ({ graph, inputs: [input], outputs, data }) => {
  const { dim, descending } = data as { dim: number; descending?: boolean };
  if (descending === undefined) throw new Refusal("has no ONNX form");
  if (input!.shape.length === 0) return [input!.value, graph.scalar(0, "int32")];
  const count = graph.sizes([outputs[0]!.shape[dim]!]);
  const [values, places] = graph.ops("TopK", [input!.value, count], { axis: dim, largest: Number(descending), sorted: 1 }, 2);
  return [values, graph.cast(places!, "int32")];
};

// --- spread ---------------------------------------------------------------------------------------------------------

function variance(call: Call): string {
  const { graph, inputs } = call;
  const { dims, correction } = call.data as { dims: readonly number[]; correction: number };
  const [{ value, shape }] = inputs as [Call["inputs"][0]];
  const centred = graph.op("Sub", [value, reduced("ReduceMean", call, value, 1)]);
  const count: Size = minus(product(dims.map((dim) => shape[dim]!)), correction);
  return graph.op("Div", [reduced("ReduceSumSquare", call, centred), graph.number(count, "float32")]);
}

const norm: Form = (call) => {
  const { graph, inputs } = call;
  const { p } = call.data as { p: number };
  const { value } = inputs[0]!;
  if (p === 2) return reduced("ReduceL2", call, value);
  const absolute = graph.op("Abs", [value]);
  if (p === 0) return reduced("ReduceSum", call, graph.cast(graph.op("Greater", [absolute, graph.scalar(0)]), "float32"));
  return graph.op("Pow", [reduced("ReduceSum", call, graph.op("Pow", [absolute, graph.scalar(p)])), graph.scalar(1 / p)]);
};

// --- along a dimension ----------------------------------------------------------------------------------------------

const softmax =
  (type: string): Form =>
  ({ graph, inputs: [input], data }) => {
    if (input!.shape.length > 0) return graph.op(type, [input!.value], { axis: data as number });
    return graph.reshape(graph.op(type, [graph.reshape(input!.value, [1])], { axis: 0 }), []);
  };

const runningSum: Form = (call) =>
  call.graph.op("CumSum", [inType(call, call.inputs[0]!, call.outputs[0]!.dtype), call.graph.scalar(call.data as number, "int64")]);

const runningLogSum: Form = ({ graph, inputs: [input], data }) => {
  const axis = data as number;
  const high = graph.op("ReduceMax", [input!.value], { axes: [axis], keepdims: 1 });
  const sums = graph.op("CumSum", [graph.op("Exp", [graph.op("Sub", [input!.value, high])]), graph.scalar(axis, "int64")]);
  return graph.op("Add", [graph.op("Log", [sums]), high]);
};

export const reductions: Forms = {
  SumBackward0: fold("ReduceSum"),
  SumBackward1: fold("ReduceSum"),
  sum: fold("ReduceSum"),
  MeanBackward0: fold("ReduceMean"),
  MeanBackward1: fold("ReduceMean"),
  ProdBackward0: fold("ReduceProd"),
  ProdBackward1: fold("ReduceProd"),
  prod: fold("ReduceProd"),
  AmaxBackward0: fold("ReduceMax"),
  AminBackward0: fold("ReduceMin"),
  MaxBackward1: fold("ReduceMax"),
  MinBackward1: fold("ReduceMin"),
  amax: fold("ReduceMax"),
  amin: fold("ReduceMin"),
  max: fold("ReduceMax"),
  min: fold("ReduceMin"),
  logsumexp: fold("ReduceLogSumExp"),
  any: truth("ReduceMax"),
  all: truth("ReduceMin"),
  argmax: arg("ArgMax"),
  argmin: arg("ArgMin"),
  MaxBackward0: extremeAlong("ReduceMax", "ArgMax"),
  MinBackward0: extremeAlong("ReduceMin", "ArgMin"),
  SortBackward0: sorted,
  VarBackward0: variance,
  StdBackward0: (call) => call.graph.op("Sqrt", [variance(call)]),
  NormBackward0: norm,
  SoftmaxBackward0: softmax("Softmax"),
  LogSoftmaxBackward0: softmax("LogSoftmax"),
  CumsumBackward0: runningSum,
  cumsum: runningSum,
  LogcumsumexpBackward0: runningLogSum,
};
