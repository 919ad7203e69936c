/** What has a place in an order, or among others: sorting, medians, quantiles, what is searched for. */
import { inType, type Call, type Form, type Forms, type Graph, type Operand } from "../graph.ts";
import { Refusal } from "../refusal.ts";
import type { Size } from "../sizes.ts";

/** For runtimes NaN has no place in an order. Here it counts as the greatest, and among infinities as one of them. */
function withoutNaN(graph: Graph, { value, dtype }: Pick<Operand, "value" | "dtype">): string {
  return dtype === "float32" ? graph.op("Where", [graph.op("IsNaN", [value]), graph.scalar(Infinity), value]) : value;
}

const sorted: Form = ({ graph, inputs: [input], outputs, data }) => {
  const { dim, order } = data as { dim: number; order?: { readonly descending: boolean; readonly only?: number } };
  if (!order) throw new Refusal("has no ONNX form");
  const { value, shape, dtype } = input!;
  if (shape.length === 0) return [value, graph.scalar(0, "int32")];
  const { descending, only } = order;
  const count = only === undefined ? graph.sizes([outputs[0]!.shape[dim]!]) : graph.integers([only + 1]);
  const first = graph.ops("TopK", [withoutNaN(graph, input!), count], { axis: dim, largest: Number(descending), sorted: 1 }, 2);
  const [values, places] = only === undefined ? first : first.map((all) => graph.slice(all, dim, only, only + 1));
  return [dtype === "float32" ? graph.op("GatherElements", [value, places!], { axis: dim }) : values!, graph.cast(places!, "int32")];
};

// --- ranks ----------------------------------------------------------------------------------------------------------

/** As the engine tells it; a level that it doesn't tell is the second operand. */
interface Rank {
  readonly dim: number | null;
  readonly level: Size | null;
  readonly interpolation: "linear" | "lower" | "higher" | "midpoint" | "nearest";
  readonly ignoreNan: boolean;
}

const rounding = { linear: "Floor", midpoint: "Floor", lower: "Floor", higher: "Ceil", nearest: "Round" } as const;

/** What the ranks are taken of: lines along an axis, put in order. */
interface Lines {
  readonly axis: number;
  readonly rank: number;
  readonly inOrder: string;
  readonly places: string;
  /** 1 where an element is NaN. */
  readonly isNaN: string;
  /** How many elements a line has, and how many of them are NaN: one number for each line. */
  readonly all: string;
  readonly bad: string;
}

function linesOf({ graph }: Call, { value, shape, dtype }: Operand, dim: number | null): Lines {
  const isFlat = dim === null || shape.length === 0;
  const [axis, rank] = isFlat ? [0, 1] : [dim, shape.length];
  const x = isFlat ? graph.op("Reshape", [value, graph.integers([-1])]) : value;
  const size = graph.op("Shape", [x], { start: axis, end: axis + 1 });
  const [inOrder, places] = graph.ops("TopK", [withoutNaN(graph, { value: x, dtype }), size], { axis, largest: 0, sorted: 1 }, 2) as [string, string];
  const isNaN = graph.cast(graph.op("IsNaN", [dtype === "float32" ? x : graph.cast(x, "float32")]), "float32");
  const bad = graph.op("ReduceSum", [isNaN, graph.integers([axis])], { keepdims: 1 });
  const all = graph.op("Expand", [graph.cast(size, "float32"), graph.op("Shape", [bad])]);
  return { axis, rank, inOrder, places, isNaN, all, bad };
}

/** A line's quantile stands at `level` · (count − 1) in its order, or between two elements. */
const ranked: Form = (call) => {
  const { graph, inputs, outputs, data } = call;
  const { dim, level, interpolation, ignoreNan } = data as Rank;
  const [input, levels] = inputs as [Operand, Operand?];
  const lines = linesOf(call, input, dim);
  const { axis, all, bad } = lines;
  const count = ignoreNan ? graph.op("Sub", [all, bad]) : all;
  const last = graph.op("Max", [graph.op("Sub", [count, graph.scalar(1)]), graph.scalar(0)]);
  const place = graph.op("Mul", [last, levels ? alongLines(graph, levels, lines) : graph.number(level!, "float32")]);
  const low = graph.op(rounding[interpolation], [place]);
  const found = between(graph, lines, place, low, interpolation);
  // One NaN is too many, or all are NaN.
  const hasNone = ignoreNan ? graph.op("Equal", [bad, all]) : graph.op("Greater", [bad, graph.scalar(0)]);
  const result = input.dtype === "float32" ? graph.op("Where", [hasNone, graph.scalar(NaN), found]) : found;
  const values = graph.reshape(levels?.shape.length === 1 ? levelsFirst(graph, result, lines) : result, outputs[0]!.shape);
  if (outputs.length === 1) return values;
  const firstNaN = graph.op("ArgMax", [lines.isNaN], { axis, keepdims: 1 });
  const position = graph.op("Where", [hasNone, firstNaN, at(graph, lines, "places", low)]);
  return [values, graph.reshape(graph.cast(position, "int32"), outputs[1]!.shape)];
};

function at(graph: Graph, lines: Lines, what: "inOrder" | "places", where: string): string {
  return graph.op("GatherElements", [lines[what], graph.cast(where, "int64")], { axis: lines.axis });
}

function between(graph: Graph, lines: Lines, place: string, low: string, interpolation: Rank["interpolation"]): string {
  const lower = at(graph, lines, "inOrder", low);
  if (interpolation !== "linear" && interpolation !== "midpoint") return lower;
  const upper = at(graph, lines, "inOrder", graph.op("Ceil", [place]));
  const share = interpolation === "midpoint" ? graph.scalar(0.5) : graph.op("Sub", [place, low]);
  return graph.op("Add", [lower, graph.op("Mul", [graph.op("Sub", [upper, lower]), share])]);
}

/** Several levels stand where a line stood, and in the end before all else. */
function alongLines(graph: Graph, { value, shape }: Operand, { axis, rank }: Lines): string {
  return graph.reshape(value, [shape[0] ?? 1, ...new Array<Size>(rank - axis - 1).fill(1)]);
}

function levelsFirst(graph: Graph, result: string, { axis, rank }: Lines): string {
  const others = Array.from({ length: rank }, (_, i) => i).filter((i) => i !== axis);
  return graph.transpose(result, [axis, ...others]);
}

// --- places ---------------------------------------------------------------------------------------------------------

/** Both in a type that holds both. */
function inOneType(call: Call): readonly string[] {
  const dtype = call.inputs.every((input) => input.dtype !== "float32") ? "int32" : "float32";
  return call.inputs.map((input) => inType(call, input, dtype));
}

/** How many boundaries stand before the value. NaN is behind all of them. */
const searched: Form = (call) => {
  const { graph, inputs, data } = call;
  const [boundaries, value] = inOneType(call) as [string, string];
  const each = graph.op("Unsqueeze", [value, graph.integers([-1])]);
  const lines = inputs[0]!.shape.length > 1 ? graph.op("Unsqueeze", [boundaries, graph.integers([-2])]) : boundaries;
  const isBefore = graph.op((data as { right: boolean }).right ? "LessOrEqual" : "Less", [lines, each]);
  const isNaN = graph.op("Not", [graph.op("Equal", [each, each])]);
  return graph.op("ReduceSum", [graph.cast(graph.op("Or", [isBefore, isNaN]), "int32"), graph.integers([-1])], { keepdims: 0 });
};

/** Whether it equals any of the others. */
const among: Form = (call) => {
  const { graph, data } = call;
  const { value, invert } = data as { value: Size | null; invert: boolean };
  const isWhole = typeof value === "number" && Number.isInteger(value) && call.inputs[0]!.dtype !== "float32";
  const [x, others] =
    value === null ? inOneType(call) : [inType(call, call.inputs[0]!, isWhole ? "int32" : "float32"), graph.number(value, isWhole ? "int32" : "float32")];
  const all = graph.op("Reshape", [others!, graph.integers([-1])]);
  const isEqual = graph.cast(graph.op("Equal", [graph.op("Unsqueeze", [x!, graph.integers([-1])]), all]), "int32");
  const count = graph.op("ReduceSum", [isEqual, graph.integers([-1])], { keepdims: 0 });
  return graph.op(invert ? "Equal" : "Greater", [count, graph.scalar(0, "int32")]);
};

export const orders: Forms = {
  searchsorted: searched,
  isin: among,
  SortBackward0: sorted,
  median: ranked,
  nanmedian: ranked,
  quantile: ranked,
  nanquantile: ranked,
};
