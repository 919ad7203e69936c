/** What is folded along a dimension so far. */
import { inType, inWholes, type Call, type Form, type Forms, type Graph } from "../graph.ts";
import { Refusal } from "../refusal.ts";
import { isGrowing } from "../sizes.ts";

const runningSum: Form = (call) =>
  inWholes(call, (dtype) => {
    const value = inType(call, call.inputs[0]!, dtype);
    return call.inputs[0]!.shape.length === 0 ? value : call.graph.op("CumSum", [value, call.graph.scalar(call.data as number, "int64")]);
  });

type Join = (graph: Graph, before: string, own: string) => string;

/**
 * In steps that double: each place takes in what is folded 1, 2, 4 … places before it.
 * @param neutral what stands before the first place
 */
function running(call: Call, dim: number, neutral: number, join: Join, dtype: "float32" | "int32" = "float32"): string {
  const { graph } = call;
  const [{ shape }] = call.inputs as [Call["inputs"][0]];
  const size = shape[dim] ?? 1;
  if (isGrowing(size)) throw new Refusal("can't be along the batch in ONNX");
  const border = (distance: number): string => graph.integers([...shape.map((_, i) => (i === dim ? distance : 0)), ...shape.map(() => 0)]);
  let result = inType(call, call.inputs[0]!, dtype);
  for (let distance = 1; distance < size; distance *= 2) {
    const kept = graph.slice(result, dim, 0, size - distance);
    result = join(graph, graph.op("Pad", [kept, border(distance), graph.scalar(neutral, dtype)]), result);
  }
  return result;
}

/** ln(eᵃ + eᵇ) = max + ln(1 + e^−|a − b|); where they are equal, infinities too, nothing is subtracted. */
const joinLogs: Join = (graph, before, own) => {
  const apart = graph.op("Where", [graph.op("Equal", [before, own]), graph.scalar(0), graph.op("Sub", [before, own])]);
  const more = graph.op("Log", [graph.op("Add", [graph.op("Exp", [graph.op("Neg", [graph.op("Abs", [apart])])]), graph.scalar(1)])]);
  return graph.op("Add", [graph.op("Max", [before, own]), more]);
};

/** The largest or the smallest so far; where it was has no ONNX form. */
const extreme: Form = (call) => {
  const { dim, sign } = call.data as { dim: number; sign: 1 | -1 };
  if (call.outputs[0]!.dtype !== "float32") throw new Refusal("of whole numbers has no ONNX form");
  const type = sign > 0 ? "Max" : "Min";
  return [running(call, dim, -sign * Infinity, (graph, before, own) => graph.op(type, [before, own])), undefined];
};

const runningProduct: Form = (call) =>
  inWholes(call, (dtype) => running(call, call.data as number, 1, (graph, before, own) => graph.op("Mul", [before, own]), dtype));

export const scans: Forms = {
  CumsumBackward0: runningSum,
  cumsum: runningSum,
  CumprodBackward0: runningProduct,
  cumprod: runningProduct,
  CummaxBackward0: extreme,
  LogcumsumexpBackward0: (call) => running(call, call.data as number, -Infinity, joinLogs),
};
