/** Tensors that don't come from the input. They may be as large as the batch is, and have to be made for any. */
import type { DType } from "../engine/dtype.ts";
import type { Graph } from "./graph.ts";
import type { Constant } from "./recorder.ts";
import { batches, isGrowing, unifyNumbers, Uneven, type Size } from "./sizes.ts";

/**
 * The value of what was a constant in each pass; `undefined` where it was another each time and no rule makes it.
 * @param shape with sizes that grow
 */
export function constantValue(graph: Graph, constants: readonly Constant[], shape: readonly Size[], dtype: DType): string | undefined {
  const [first] = constants as [Constant, ...Constant[]];
  if (!shape.some(isGrowing)) {
    if (constants.every(({ values }) => sameValues(values, first.values))) return graph.constant(first.values, first.shape, dtype, first.name);
    return first.values.length === 1 ? sizeAsTensor(graph, constants, dtype) : undefined;
  }
  return repeated(graph, constants, shape, dtype) ?? counted(graph, constants, shape, dtype);
}

function sameValues(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}

/** A number that the program made of the size of the batch. */
function sizeAsTensor(graph: Graph, constants: readonly Constant[], dtype: DType): string | undefined {
  try {
    return graph.reshape(graph.number(unifyNumbers(constants.map(({ values }) => values[0]!)), dtype), constants[0]!.shape);
  } catch (error) {
    if (error instanceof Uneven) return undefined;
    throw error;
  }
}

/** The same part again and again along the dimensions that grow: zeros, or statistics that are repeated for each sample. */
function repeated(graph: Graph, constants: readonly Constant[], shape: readonly Size[], dtype: DType): string | undefined {
  if (shape.some((size) => isGrowing(size) && size.plus !== 0)) return undefined;
  const part = shape.map((size) => (isGrowing(size) ? size.times : size));
  const parts = constants.map((constant) => partOf(constant, part));
  if (!parts.every((values) => values !== undefined && sameValues(values, parts[0]!))) return undefined;
  const counts = graph.sizes(shape.map((size) => (isGrowing(size) ? { times: 1, plus: 0 } : 1)));
  return graph.op("Tile", [graph.constant(parts[0]!, part, dtype), counts]);
}

/** What comes first, if the rest repeats it. */
function partOf({ values, shape }: Constant, part: readonly number[]): number[] | undefined {
  const out = new Array<number>(part.reduce((a, b) => a * b, 1));
  const known = new Array<boolean>(out.length).fill(false);
  for (let i = 0; i < values.length; i++) {
    let [rest, place, step] = [i, 0, 1];
    for (let dim = shape.length - 1; dim >= 0; dim--) {
      place += ((rest % shape[dim]!) % part[dim]!) * step;
      step *= part[dim]!;
      rest = Math.floor(rest / shape[dim]!);
    }
    if (known[place] && !Object.is(out[place], values[i])) return undefined;
    out[place] = values[i]!;
    known[place] = true;
  }
  return out;
}

/** start, start + step, start + 2·step, … along the batch: `arange(x.size(0))`. */
function counted(graph: Graph, constants: readonly Constant[], shape: readonly Size[], dtype: DType): string | undefined {
  if (shape.filter((size) => size !== 1).length !== 1 || (dtype !== "int32" && dtype !== "float32")) return undefined;
  const { values } = constants[0]!;
  const [start, step] = [values[0]!, values[1]! - values[0]!];
  const isCounted = constants.every((constant) => Array.from(constant.values).every((value, i) => value === start + i * step));
  if (!isCounted || constants[0]!.values.length < batches[0]) return undefined;
  const length = graph.number(shape.find(isGrowing)!, "int32");
  const places = graph.op("Range", [graph.scalar(0, "int32"), length, graph.scalar(1, "int32")]);
  const typed = dtype === "int32" ? places : graph.cast(places, dtype);
  const scaled = step === 1 ? typed : graph.op("Mul", [typed, graph.scalar(step, dtype)]);
  return graph.reshape(start === 0 ? scaled : graph.op("Add", [scaled, graph.scalar(start, dtype)]), shape);
}
