/** What is folded along dimensions, and what is found along them. */
import { inType, inWholes, type Call, type Form, type Forms } from "../graph.ts";
import { minus, product, type Size } from "../sizes.ts";

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
    inWholes(call, (dtype) => reduced(type, call, inType(call, call.inputs[0]!, dtype)));

const truth =
  (type: string): Form =>
  (call) => {
    const { graph, inputs, outputs } = call;
    const zerosAndOnes = graph.cast(inType(call, inputs[0]!, "bool"), "int32");
    const all = graph.cast(reduced(type, call, zerosAndOnes), "bool");
    return outputs[0]!.dtype === "bool" ? all : graph.cast(all, outputs[0]!.dtype);
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
    const [input] = inputs as [Call["inputs"][0]];
    const [dim] = dimsOf(call);
    if (input.shape.length === 0 || dim === undefined) return [input.value, graph.scalar(0, "int32")];
    let places = "";
    const values = inWholes(call, (dtype) => {
      const value = inType(call, input, dtype);
      places = graph.op(place, [value], { axis: dim, keepdims: keeps(call) });
      return reduced(fold, call, value);
    });
    return [values, graph.cast(places, "int32")];
  };

/** Of all elements, or along a dimension with the places. */
const extremeOfWholes =
  (type: string, place: string): Form =>
  (call) =>
    (call.outputs.length === 1 ? fold(type) : extremeAlong(type, place))(call);

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
  max: extremeOfWholes("ReduceMax", "ArgMax"),
  min: extremeOfWholes("ReduceMin", "ArgMin"),
  any: truth("ReduceSum"),
  all: truth("ReduceMin"),
  argmax: arg("ArgMax"),
  argmin: arg("ArgMin"),
  MaxBackward0: extremeAlong("ReduceMax", "ArgMax"),
  MinBackward0: extremeAlong("ReduceMin", "ArgMin"),
  VarBackward0: variance,
  StdBackward0: (call) => call.graph.op("Sqrt", [variance(call)]),
  NormBackward0: norm,
  CdistBackward0: ({ graph, inputs: [differences] }) =>
    graph.op("ReduceMax", [graph.op("Abs", [differences!.value])], { axes: [differences!.shape.length - 1], keepdims: 0 }),
  SoftmaxBackward0: softmax("Softmax"),
  LogSoftmaxBackward0: softmax("LogSoftmax"),
};
