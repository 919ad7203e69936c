/** The same elements in another arrangement, and parts of them. */
import { inType, inWholes, type Call, type Form, type Forms, type Graph, type Operand } from "../graph.ts";
import { Refusal } from "../refusal.ts";
import { isGrowing, minus, plus, sameSize, times, type Size } from "../sizes.ts";

const reshaped: Form = ({ graph, inputs, outputs }) => graph.reshape(inputs[0]!.value, outputs[0]!.shape);
const reordered: Form = ({ graph, inputs, data }) => graph.transpose(inputs[0]!.value, data as number[]);
const same: Form = ({ inputs }) => inputs[0]!.value;

const expanded: Form = ({ graph, inputs, outputs }) => {
  const [from, to] = [inputs[0]!.shape, outputs[0]!.shape];
  if (from.length === to.length && from.every((size, i) => sameSize(size, to[i]!))) return inputs[0]!.value;
  return graph.expand(inputs[0]!.value, from, to);
};

const sliced: Form = ({ graph, inputs, data }) => {
  const { dim, start, step, length } = data as { dim: number; start: Size; step: number; length: Size };
  return graph.slice(inputs[0]!.value, dim, start, plus(start, times(length, step)), step);
};

const selected: Form = ({ graph, inputs, data }) => {
  const { dim, index } = data as { dim: number; index: Size };
  return graph.op("Gather", [inputs[0]!.value, graph.number(index, "int64")], { axis: dim });
};

const flipped: Form = ({ graph, inputs, data }) => {
  const dims = data as number[];
  const all = (value: number): string => graph.integers(dims.map(() => value));
  return graph.op("Slice", [inputs[0]!.value, all(-1), all(-(2 ** 31)), graph.integers(dims), all(-1)]);
};

const joined: Form = (call) => {
  const { dim, sizes } = call.data as { dim: number; sizes: readonly (Size | null)[] };
  const parts = call.inputs.filter((_, i) => sizes[i] !== null).map((input) => inType(call, input, call.outputs[0]!.dtype));
  return parts.length === 1 ? parts[0]! : call.graph.op("Concat", parts, { axis: dim });
};

const padded: Form = ({ graph, inputs, outputs, data }) => {
  const [{ value, shape }] = inputs as [Call["inputs"][0]];
  const borders = data as readonly { dim: number; before: Size; size: Size; filler: number }[];
  const [before, after] = [shape.map((): Size => 0), shape.map((): Size => 0)];
  for (const border of borders) {
    before[border.dim] = border.before;
    after[border.dim] = minus(minus(outputs[0]!.shape[border.dim]!, border.size), border.before);
  }
  return graph.op("Pad", [value, graph.sizes([...before, ...after]), graph.scalar(borders[0]?.filler ?? 0, outputs[0]!.dtype)], { mode: "constant" });
};

/** Windows along a dimension, which go to the end. */
const unfolded: Form = ({ graph, inputs, outputs, data }) => {
  const { dim, step } = data as { dim: number; step: number };
  const [count, size] = [fixed(outputs[0]!.shape[dim]!), fixed(outputs[0]!.shape.at(-1)!)];
  const places = Array.from({ length: count * size }, (_, i) => Math.floor(i / size) * step + (i % size));
  const windows = graph.op("Gather", [inputs[0]!.value, graph.constant(places, [count, size], "int64")], { axis: dim });
  const order = Array.from({ length: outputs[0]!.shape.length }, (_, i) => i).filter((i) => i !== dim + 1);
  return graph.transpose(windows, [...order, dim + 1]);
};

const diagonal: Form = ({ graph, inputs, outputs, data }) => {
  const { shape, offset, dims } = data as { shape: readonly Size[]; offset: number; dims: readonly [number, number] };
  const [rows, cols] = dims.map((dim) => fixed(shape[dim]!)) as [number, number];
  const rest = shape.map((_, i) => i).filter((i) => !dims.includes(i));
  const flat = graph.reshape(graph.transpose(inputs[0]!.value, [...rest, ...dims]), [...rest.map((i) => shape[i]!), rows * cols]);
  const first = offset >= 0 ? offset : -offset * cols;
  const places = Array.from({ length: fixed(outputs[0]!.shape.at(-1)!) }, (_, i) => first + i * (cols + 1));
  return graph.op("Gather", [flat, graph.integers(places)], { axis: rest.length });
};

function fixed(size: Size): number {
  if (isGrowing(size)) throw new Refusal("can't be along the batch in ONNX");
  return size;
}

const triangle =
  (upper: number): Form =>
  (call) => {
    const input = call.inputs[0]!;
    const result = call.graph.op("Trilu", [inType(call, input, "float32"), call.graph.scalar(call.data as number, "int64")], { upper });
    return input.dtype === "float32" ? result : call.graph.cast(result, input.dtype);
  };

// --- by index -------------------------------------------------------------------------------------------------------

const picked: Form = ({ graph, inputs: [input, index], outputs, data }) => {
  const found = graph.op("Gather", [input!.value, index!.value], { axis: (data as { dim: number }).dim });
  return index!.shape.length === 0 ? graph.reshape(found, outputs[0]!.shape) : found;
};

const gathered: Form = ({ graph, inputs: [input, index], data }) =>
  graph.op("GatherElements", [input!.value, index!.value], { axis: (data as { dim: number }).dim });

const scattered: Form = ({ graph, inputs, data }) => {
  const { dim, filler } = data as { dim: number; filler: Size | null };
  const [input, places] = [inputs[0]!, inputs.at(-1)!];
  const source = filler === null ? inputs[1]!.value : graph.expand(graph.number(filler, "float32"), [], places.shape);
  return graph.op("ScatterElements", [input.value, places.value, source], { axis: dim });
};

const added: Form = ({ graph, inputs: [input, part, places], data }) =>
  graph.op("ScatterElements", [input!.value, places!.value, part!.value], { axis: data as number, reduction: "add" });

const joinedAt: Form = (call) => {
  const { dim, reduce, includeSelf } = call.data as { dim: number; reduce: string; includeSelf: boolean };
  const reduction = { sum: "add", prod: "mul" }[reduce];
  if (reduction === undefined || !includeSelf) throw new Refusal(`has no ONNX form with "${reduce}"${includeSelf ? "" : " and without its own values"}`);
  const [input, places, part] = call.inputs as [Operand, Operand, Operand];
  return inWholes(call, (dtype) =>
    call.graph.op("ScatterElements", [inType(call, input, dtype), places.value, inType(call, part, dtype)], { axis: dim, reduction }),
  );
};

type PlacesAlong = readonly { start: Size; step: Size; length: Size; picked: boolean }[];

interface DiagonalOf {
  readonly dims: readonly [number, number];
  readonly offset: number;
}

/** A part put in its place in the whole: spread out as far as that reaches, and chosen where it is. */
const placed: Form = (call) => {
  const { graph, inputs } = call;
  const { places, diagonal } = (call.data ?? {}) as { places?: PlacesAlong; diagonal?: DiagonalOf };
  if (!places && !diagonal) throw new Refusal("writes across dimensions, which has no ONNX form");
  return inWholes(call, (dtype) => {
    const [whole, part] = inputs.map((input) => inType(call, input, dtype)) as [string, string];
    const { shape } = inputs[0]!;
    const { spread, mask } = places ? spreadAlong(graph, shape, part, places) : spreadAcross(graph, shape, part, diagonal!);
    return mask === undefined ? spread : graph.op("Where", [mask, spread, whole]);
  });
};

interface Spread {
  readonly spread: string;
  /** Where it is the part, unless it is so everywhere. */
  readonly mask: string | undefined;
}

/** Along each dimension by itself. */
function spreadAlong(graph: Graph, shape: readonly Size[], part: string, places: PlacesAlong): Spread {
  let spread = graph.reshape(
    part,
    places.map(({ length }) => length),
  );
  let mask: string | undefined;
  places.forEach(({ start, step, length, picked }, dim) => {
    if (!picked && start === 0 && step === 1 && sameSize(length, shape[dim]!)) return;
    const [size, first, by, count] = [shape[dim]!, start, step, length].map(fixed) as [number, number, number, number];
    const sources = Array.from({ length: size }, (_, i) => (i - first) / by);
    const isIn = (source: number): boolean => Number.isInteger(source) && source >= 0 && source < count;
    spread = graph.op("Gather", [spread, graph.integers(sources.map((source) => (isIn(source) ? source : 0)))], { axis: dim });
    const along = graph.constant(
      sources.map((source) => Number(isIn(source))),
      shape.map((_, i) => (i === dim ? size : 1)),
      "bool",
    );
    mask = mask === undefined ? along : graph.op("And", [mask, along]);
  });
  return { spread, mask };
}

/** Along a diagonal of two dimensions, which is the last dimension of the part. */
function spreadAcross(graph: Graph, shape: readonly Size[], part: string, { dims, offset }: DiagonalOf): Spread {
  const [rows, cols] = dims.map((dim) => fixed(shape[dim]!)) as [number, number];
  const rowOf = (i: number): number => Math.floor(i / cols);
  const isOn = Array.from({ length: rows * cols }, (_, i) => (i % cols) - rowOf(i) === offset);
  const sources = isOn.map((on, i) => (on ? rowOf(i) + Math.min(offset, 0) : 0));
  const planes = graph.op("Gather", [part, graph.constant(sources, [rows, cols], "int64")], { axis: shape.length - 2 });
  const order = [...shape.map((_, i) => i).filter((i) => !dims.includes(i)), ...dims];
  const spread = graph.transpose(
    planes,
    shape.map((_, i) => order.indexOf(i)),
  );
  const mask = graph.constant(
    isOn.map(Number),
    shape.map((_, i) => (i === dims[0] ? rows : i === dims[1] ? cols : 1)),
    "bool",
  );
  return { spread, mask };
}

/** One position in the merged dimension for several indices, which may count from the end. */
const positions: Form = ({ graph, inputs, data }) => {
  const { sizes } = data as { sizes: readonly Size[] };
  const places = inputs.map(({ value }, i) => {
    const size = graph.number(sizes[i]!, "int32");
    return graph.op("Where", [graph.op("Less", [value, graph.scalar(0, "int32")]), graph.op("Add", [value, size]), value]);
  });
  const one = places.reduce((all, place, i) => graph.op("Add", [graph.op("Mul", [all, graph.number(sizes[i]!, "int32")]), place]));
  return graph.op("Reshape", [one, graph.integers([-1])]);
};

const oneHot: Form = ({ graph, inputs: [input], data }) => {
  const { classes } = data as { classes: number };
  const all = graph.constant(
    Array.from({ length: classes }, (_, i) => i),
    [classes],
    "int32",
  );
  const each = graph.op("Unsqueeze", [input!.value, graph.integers([-1])]);
  return graph.cast(graph.op("Equal", [each, all]), "int32");
};

/** Bags of one size: rows of the table, folded along the second dimension without those of the padding. */
const bagged: Form = ({ graph, inputs: [index, table, weights], data }) => {
  const { mode, padding } = data as { mode: "sum" | "mean" | "max"; padding: number | null };
  const rows = graph.op("Gather", [table!.value, index!.value], { axis: 0 });
  const column = (value: string): string => graph.op("Unsqueeze", [value, graph.integers([-1])]);
  const along = (type: string, value: string): string =>
    type === "ReduceSum" ? graph.op(type, [value, graph.integers([1])], { keepdims: 0 }) : graph.op(type, [value], { axes: [1], keepdims: 0 });
  const weighted = weights ? graph.op("Mul", [rows, column(weights.value)]) : rows;
  if (padding === null) return along(mode === "max" ? "ReduceMax" : mode === "mean" ? "ReduceMean" : "ReduceSum", weighted);
  const isReal = column(graph.op("Not", [graph.op("Equal", [index!.value, graph.scalar(padding, "int32")])]));
  const count = along("ReduceSum", graph.cast(isReal, "float32"));
  const kept = graph.op("Where", [isReal, weighted, graph.scalar(mode === "max" ? -Infinity : 0)]);
  if (mode === "max") return graph.op("Where", [graph.op("Greater", [count, graph.scalar(0)]), along("ReduceMax", kept), graph.scalar(0)]);
  const sums = along("ReduceSum", kept);
  return mode === "sum" ? sums : graph.op("Div", [sums, graph.op("Max", [count, graph.scalar(1)])]);
};

/** What a byte doesn't hold begins anew at 256; what runtimes make of a float beyond it is their own. */
const converted: Form = (call) => {
  const [input, { dtype }] = [call.inputs[0]!, call.outputs[0]!];
  return dtype === "uint8" ? inWholes(call, () => inType(call, input, "int32")) : call.graph.cast(input.value, dtype);
};

export const shapes: Forms = {
  ViewBackward0: reshaped,
  SqueezeBackward0: reshaped,
  SqueezeBackward1: reshaped,
  UnsqueezeBackward0: reshaped,
  PermuteBackward0: reordered,
  TransposeBackward0: reordered,
  TBackward0: reordered,
  ExpandBackward0: expanded,
  SliceBackward0: sliced,
  SelectBackward0: selected,
  FlipBackward0: flipped,
  CatBackward0: joined,
  cat: joined,
  ConstantPadNdBackward0: padded,
  UnfoldBackward0: unfolded,
  DiagonalBackward0: diagonal,
  TrilBackward0: triangle(0),
  TriuBackward0: triangle(1),
  CloneBackward0: same,
  copy_: (call) => expanded({ ...call, inputs: [{ ...call.inputs[0]!, value: inType(call, call.inputs[0]!, call.outputs[0]!.dtype) }] }),
  to: converted,
  IndexSelectBackward0: picked,
  GatherBackward0: gathered,
  ScatterBackward0: scattered,
  ScatterAddBackward0: added,
  scatterReduce: joinedAt,
  ScatterViewBackward0: placed,
  positions,
  oneHot,
  embeddingBag: bagged,
};
