/** Losses that are one operation of the engine's; the others are put together from what they consist of. */
import { inType, type Call, type Form, type Forms } from "../graph.ts";

interface ClassLoss {
  readonly ignoreIndex: number;
  readonly smoothing: number;
  readonly reduction: "none" | "mean" | "sum";
  /** Whether the softmax belongs to it. */
  readonly ofLogits: boolean;
}

/** Each row's loss is its class's weight times −ln p of that class, and what is smoothed the same of all classes. */
const classLoss: Form = (call) => {
  const { graph, inputs, data } = call;
  const { ignoreIndex, smoothing, reduction, ofLogits } = data as ClassLoss;
  const [x, , , target, weight] = inputs as [Call["inputs"][0], unknown, unknown, Call["inputs"][0], Call["inputs"][0]?];
  const axis = x.shape.length === 1 ? 0 : 1;
  const logs = ofLogits ? graph.op("LogSoftmax", [x.value], { axis }) : x.value;
  const isIn = graph.op("Not", [graph.op("Equal", [target.value, graph.scalar(ignoreIndex, "int32")])]);
  const classes = graph.op("Where", [isIn, target.value, graph.scalar(0, "int32")]);
  const column = graph.op("Unsqueeze", [classes, graph.integers([axis])]);
  const found = graph.op("Squeeze", [graph.op("GatherElements", [logs, column], { axis }), graph.integers([axis])]);
  const weights = graph.op("Where", [isIn, weight ? graph.op("Gather", [weight.value, classes], { axis: 0 }) : graph.scalar(1), graph.scalar(0)]);
  let losses = graph.op("Neg", [graph.op("Mul", [weights, found])]);
  if (smoothing > 0) losses = graph.op("Add", [graph.op("Mul", [losses, graph.scalar(1 - smoothing)]), smoothed()]);
  if (reduction === "none") return losses;
  const sum = graph.op("ReduceSum", [losses], { keepdims: 0 });
  return reduction === "sum" ? sum : graph.op("Div", [sum, graph.op("ReduceSum", [weights], { keepdims: 0 })]);

  function smoothed(): string {
    const shape = x.shape.map((size, i) => (i === axis ? size : 1));
    const weighted = weight ? graph.op("Mul", [logs, graph.reshape(weight.value, shape)]) : logs;
    const all = graph.op("ReduceSum", [weighted, graph.integers([axis])], { keepdims: 0 });
    const share = graph.scalar(-smoothing / (x.shape[axis] as number));
    return graph.op("Where", [isIn, graph.op("Mul", [all, share]), graph.scalar(0)]);
  }
};

/** (y − 1)·ln(1 − p) − y·ln p, no logarithm below −100. */
const binary: Form = (call) => {
  const { graph } = call;
  const [p, y] = call.inputs.map((input) => inType(call, input, "float32")) as [string, string];
  const log = (value: string): string => graph.op("Clip", [graph.op("Log", [value]), graph.scalar(-100)]);
  const one = graph.scalar(1);
  const ofNone = graph.op("Mul", [graph.op("Sub", [y, one]), log(graph.op("Sub", [one, p]))]);
  return graph.op("Sub", [ofNone, graph.op("Mul", [y, log(p)])]);
};

export const losses: Forms = {
  NllLossBackward0: classLoss,
  BinaryCrossEntropyBackward0: binary,
};
