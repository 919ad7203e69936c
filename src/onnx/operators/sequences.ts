/** Recurrent layers and attention. */
import type { Attributes, Call, Form, Forms, Graph, Operand } from "../graph.ts";
import { drawnAnew, Refusal } from "../refusal.ts";
import { sameSize, type Size } from "../sizes.ts";

/** See the engine's `Form` of a recurrent operation. */
interface RecurrentData {
  readonly steps: readonly { readonly row: Size; readonly count: Size }[];
  readonly states: number;
  readonly biases: number;
}

interface Kind {
  readonly type: "LSTM" | "GRU" | "RNN";
  /** The engine's gates in the order in which ONNX has them. */
  readonly gates: readonly number[];
  readonly attributes?: Attributes;
}

const kinds: Readonly<Record<string, Kind>> = {
  // i, f, g, o → i, o, f, c
  LstmBackward0: { type: "LSTM", gates: [0, 3, 1, 2] },
  // r, z, n → z, r, h; the candidate's bias is added before the reset.
  GruBackward0: { type: "GRU", gates: [1, 0, 2], attributes: { linear_before_reset: 1 } },
  RnnTanhBackward0: { type: "RNN", gates: [0] },
  RnnReluBackward0: { type: "RNN", gates: [0], attributes: { activations: { texts: ["Relu"] } } },
};

/** One direction of one layer: rows of all steps → rows of all steps, and the last state. */
function recurrent({ type, gates, attributes = {} }: Kind): Form {
  return ({ graph, inputs, outputs, data }: Call) => {
    const { steps, states, biases } = data as RecurrentData;
    const [x, ih, hh, ...rest] = inputs as [Operand, Operand, Operand, ...Operand[]];
    const batch = steps[0]!.count;
    if (steps.some(({ count }) => !sameSize(count, batch))) throw new Refusal("of packed sequences has no ONNX form; give it padded ones of one length");
    const hidden = (hh.shape[0] as number) / gates.length;
    if (rest.length > states + biases) return projected(graph, { steps, hidden, batch }, inputs, biases);
    const isReverse = steps.length > 1 && rowAt(steps[0]!.row) > rowAt(steps[1]!.row);
    const initial = rest.slice(0, states).map(({ value, shape }) => graph.reshape(value, [1, ...shape]));
    const both = rest.slice(states).map(({ value }) => inOrder(value, [gates.length * hidden]));
    /** ONNX has a dimension for directions, and its gates in another order. */
    function inOrder(value: string, shape: readonly number[]): string {
      if (gates.length === 1) return graph.reshape(value, [1, ...shape]);
      const places = gates.flatMap((gate) => Array.from({ length: hidden }, (_, i) => gate * hidden + i));
      return graph.reshape(graph.op("Gather", [value, graph.integers(places)], { axis: 0 }), [1, ...shape]);
    }
    const results = graph.ops(
      type,
      [
        graph.reshape(x.value, [steps.length, batch, x.shape[1]!]),
        inOrder(ih.value, ih.shape as number[]),
        inOrder(hh.value, hh.shape as number[]),
        both.length > 0 ? graph.op("Concat", both, { axis: 1 }) : "",
        "",
        ...initial,
      ],
      { hidden_size: hidden, direction: isReverse ? "reverse" : "forward", ...attributes },
      1 + states,
    );
    return results.map((value, i) => graph.reshape(value, outputs[i]!.shape));
  };
}

interface Walk {
  readonly steps: readonly { readonly row: Size }[];
  readonly hidden: number;
  readonly batch: Size;
}

/** An LSTM whose hidden state is projected, step by step: ONNX's own has no projection. */
function projected(graph: Graph, { steps, hidden, batch }: Walk, inputs: readonly Operand[], biases: number): readonly string[] {
  const [x, ih, hh, h0, c0, ...rest] = inputs.map(({ value }) => value) as [string, string, string, string, string, ...string[]];
  const turned = (weight: string): string => graph.transpose(weight, [1, 0]);
  const [fromHidden, projection] = [turned(hh), turned(rest[biases]!)];
  const bias = biases > 0 ? rest.slice(0, biases).reduce((a, b) => graph.op("Add", [a, b])) : undefined;
  const products = graph.op("MatMul", [x, turned(ih)]);
  const fromInput = graph.reshape(bias === undefined ? products : graph.op("Add", [products, bias]), [steps.length, batch, 4 * hidden]);
  // Steps in the order in which their rows stand.
  const inOrder = steps.map((step) => steps.filter(({ row }) => rowAt(row) < rowAt(step.row)).length);
  const outputs = new Map<number, string>();
  let [h, c] = [h0, c0];
  for (const place of inOrder) {
    const given = graph.op("Gather", [fromInput, graph.scalar(place, "int64")], { axis: 0 });
    const gates = graph.op("Add", [given, graph.op("MatMul", [h, fromHidden])]);
    const [i, f, g, o] = graph.ops("Split", [gates], { axis: 1 }, 4) as [string, string, string, string];
    const [input, forget, output] = [i, f, o].map((gate) => graph.op("Sigmoid", [gate])) as [string, string, string];
    c = graph.op("Add", [graph.op("Mul", [forget, c]), graph.op("Mul", [input, graph.op("Tanh", [g])])]);
    h = graph.op("MatMul", [graph.op("Mul", [output, graph.op("Tanh", [c])]), projection]);
    outputs.set(place, h);
  }
  return [
    graph.op(
      "Concat",
      steps.map((_, place) => outputs.get(place)!),
      { axis: 0 },
    ),
    h,
    c,
  ];
}

/** With some batch: only the order matters. */
const rowAt = (row: Size): number => (typeof row === "number" ? row : row.times + row.plus);

const attention: Form = ({ graph, inputs: [query, key, value, mask], outputs, data }) => {
  const { isCausal, scale, dropoutP, order } = data as { isCausal: boolean; scale: number; dropoutP: number; order: readonly number[] };
  if (dropoutP > 0) throw drawnAnew;
  const scores = graph.op("MatMul", [graph.op("Mul", [query!.value, graph.scalar(scale)]), graph.transpose(key!.value, [0, 1, 3, 2])]);
  const masked = mask ? graph.op("Add", [scores, mask.value]) : scores;
  const [targets, sources] = outputs[1]!.shape.slice(2) as [Size, Size];
  const seen = isCausal ? graph.op("Add", [masked, causal(targets, sources)]) : masked;
  const weights = graph.op("Softmax", [seen], { axis: -1 });
  const heads = graph.op("MatMul", [weights, value!.value]);
  return [graph.reshape(graph.transpose(heads, order), outputs[0]!.shape), weights];

  function causal(rows: Size, cols: Size): string {
    if (typeof rows !== "number" || typeof cols !== "number") throw new Refusal("along the batch has no ONNX form");
    const values = Array.from({ length: rows * cols }, (_, i) => (i % cols > Math.floor(i / cols) ? -Infinity : 0));
    return graph.constant(values, [rows, cols], "float32");
  }
};

export const sequences: Forms = {
  ...Object.fromEntries(Object.entries(kinds).map(([name, kind]) => [name, recurrent(kind)])),
  ScaledDotProductAttentionBackward0: attention,
};
