/** Python's `x[…]`: elements by numbers, slices, lists of positions and masks. */
import { shownAs } from "../autograd/node.ts";
import { ArgumentError, IndexError } from "../errors.ts";
import { tellReading } from "../instrument.ts";
import { broadcastShapes, numelOf, shapeText, type Shape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { clone, contiguous } from "./conversion.ts";
import { fromTypedArray } from "./creation.ts";
import { flatPositions, indexSelect, nonzero } from "./indexing.ts";
import { positions } from "./internal/positions.ts";
import { valuesOf } from "./reading.ts";
import type { Index } from "./types.ts";
import { expand, permute, reshape, select, slice, unsqueeze } from "./views.ts";

/**
 * The elements where `mask` (broadcast) holds, as a vector (a copy).
 * @see https://pytorch.org/docs/stable/generated/torch.masked_select.html
 * @api torch.maskedSelect Tensor.maskedSelect
 */
export function maskedSelect(input: Tensor, mask: Tensor): Tensor {
  tellReading("maskedSelect", mask);
  const shape = broadcastShapes(input.shape, mask.shape);
  return shownAs("MaskedSelectBackward0", index(expand(input, shape), [expand(mask, shape)]));
}

/**
 * PyTorch's advanced indexing, `x[[a, b]]`: each entry indexes one dimension (a mask as many as it has), `null` keeps
 * one. Index tensors broadcast against each other. Always a copy.
 * @see https://pytorch.org/docs/stable/tensor_view.html
 * @api Tensor.index
 */
export function index(input: Tensor, indices: Index | readonly (Index | null)[]): Tensor {
  const entries =
    indices instanceof Tensor || typeof indices === "number" || isNumberList(indices) ? [indices as Index] : (indices as readonly (Index | null)[]);
  const places = entries.map((entry) =>
    Array.isArray(entry) ? fromTypedArray(new Int32Array(entry as readonly number[]), [entry.length]) : (entry as Tensor | number | null),
  );
  const { window, listed } = lookThrough(input, places);
  return listed.length === 0 ? clone(window) : elementsAt(window, listed);
}

/** What stands for one dimension: a number picks, `null` keeps, `[start, end, step]` slices, a tensor lists positions or is a mask. `"..."` keeps all that the others leave. */
export type Place = number | null | "..." | readonly (number | null)[] | Tensor;

/**
 * Python's `x[…]`. Numbers and slices give a view, index tensors and masks a copy, in which the dimensions that they index
 * become those of the index tensors (broadcast against each other): in their place if they are neighbours, else in front.
 * @api Tensor.at
 */
export function at(input: Tensor, ...places: readonly Place[]): Tensor {
  const { window, listed } = lookThrough(input, places);
  return listed.length === 0 ? window : elementsAt(window, listed);
}

/** A view of what numbers and slices leave, and for its dimensions the positions that tensors list, if any do. */
export function lookThrough(input: Tensor, places: readonly Place[]): { window: Tensor; listed: (Tensor | null)[] } {
  places.forEach(checkPlace);
  const left = input.shape.length - places.reduce<number>((count, place) => count + dimensionsOf(place), 0);
  if (left < 0) throw tooManyIndices(input);
  if (places.filter((place) => place === "...").length > 1) throw new IndexError("an index can only have a single ellipsis ('...')");
  let window = input;
  let dim = 0;
  const listed: (Tensor | null)[] = [];
  const list = (positions: readonly Tensor[]): void => {
    while (listed.length < dim) listed.push(null);
    listed.push(...positions);
    dim += positions.length;
  };
  places.forEach((place, i) => {
    if (place === "...") dim += left;
    else if (place === null) dim++;
    else if (typeof place === "number") window = picked(window, dim, place, i);
    else if (!(place instanceof Tensor)) window = slice(window, dim++, place[0], place[1], place[2] ?? 1);
    else if (isMask(place)) {
      // A truth value on its own indexes a dimension that is put there for it.
      if (place.shape.length === 0) window = unsqueeze(window, dim);
      list(maskPositions(window, place.shape.length === 0 ? reshape(place, [1]) : place, dim));
    } else if (place.shape.length === 0) window = picked(window, dim, valuesOf(asPositions(place), "at(position)")[0]!, i);
    else list([asPositions(place)]);
  });
  return { window, listed };
}

function checkPlace(place: unknown): void {
  const isSlice = Array.isArray(place) && place.length <= 3 && place.every((bound) => bound === null || bound === undefined || Number.isInteger(bound));
  if (place === null || place === "..." || Number.isInteger(place) || place instanceof Tensor || isSlice) return;
  const got = Array.isArray(place) ? `[${place.join(", ")}]` : String(place);
  throw new ArgumentError(
    `a place is a whole number, null, "...", a slice [start, end, step], a tensor of positions or a mask, but got ${got}; positions stand in a tensor: tensor([0, 2])`,
    "TypeError",
  );
}

function dimensionsOf(place: Place): number {
  if (place === "...") return 0;
  return place instanceof Tensor && isMask(place) ? place.shape.length : 1;
}

function tooManyIndices(input: Tensor): IndexError {
  if (input.shape.length > 0) return new IndexError(`too many indices for tensor of dimension ${input.shape.length}`);
  return new IndexError("invalid index of a 0-dim tensor. Use `tensor.item()` to convert a 0-dim tensor to a number");
}

const isMask = (tensor: Tensor): boolean => tensor.dtype === "bool" || tensor.dtype === "uint8";

function picked(input: Tensor, dim: number, position: number, place: number): Tensor {
  const size = input.shape[dim]!;
  if (position < -size || position >= size) throw new IndexError(`index ${position} is out of bounds for dimension ${place} with size ${size}`);
  return select(input, dim, position);
}

const asPositions = (place: Tensor): Tensor => positions(place, "tensors used as indices must be long, int, byte or bool tensors", IndexError);

/** @param list for each dimension positions in it, or `null`; those at the end may be left out */
function elementsAt(input: Tensor, list: readonly (Tensor | null)[]): Tensor {
  const used = list.flatMap((entry, i) => (entry === null ? [] : [i]));
  // The indexed dimensions go to the front, become one, and rows of it are selected.
  const rest = input.shape.map((_, i) => i).filter((i) => !used.includes(i));
  const front = permute(input, [...used, ...rest]);
  const sizes = used.map((i) => input.shape[i]!);
  const restShape = rest.map((i) => input.shape[i]!);
  const shape = broadcastIndices(used.map((i) => list[i]!.shape));
  const flat = flatPositions(
    used.map((i) => expand(list[i]!, shape)),
    sizes,
    used,
  );
  const rows = indexSelect(reshape(front, [numelOf(sizes), ...restShape]), 0, flat);
  const result = reshape(rows, [...shape, ...restShape]);
  const adjacent = used.every((dim, i) => i === 0 || dim === used[i - 1]! + 1);
  if (!adjacent || used[0] === 0) return result;
  // Neighbouring index dimensions stay where they were.
  const lead = used[0]!;
  const order = [
    ...Array.from({ length: lead }, (_, i) => shape.length + i),
    ...shape.map((_, i) => i),
    ...Array.from({ length: restShape.length - lead }, (_, i) => shape.length + lead + i),
  ];
  return permute(result, order);
}

function broadcastIndices(shapes: readonly Shape[]): Shape {
  try {
    return shapes.reduce(broadcastShapes);
  } catch {
    throw new IndexError(`shape mismatch: indexing tensors could not be broadcast together with shapes ${shapes.map(shapeText).join(", ")}`);
  }
}

function isNumberList(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === "number");
}

function maskPositions(input: Tensor, mask: Tensor, dim: number): Tensor[] {
  mask.shape.forEach((size, i) => {
    const own = input.shape[dim + i];
    if (size !== own) {
      throw new IndexError(
        `The shape of the mask ${shapeText(mask.shape)} at index ${i} does not match the shape of the indexed tensor ${shapeText(input.shape)} at index ${dim + i}`,
      );
    }
  });
  tellReading("at(mask)", mask);
  const places = nonzero(mask);
  return mask.shape.map((_, i) => contiguous(select(places, 1, i)));
}
