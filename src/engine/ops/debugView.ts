/**
 * A tensor as a debugger shows it: in one line, and opened. A debugger calls this in the program while it stands, and ends
 * the call at the first side effect. To it these are some: computing in a kernel, reading what another module exports (the
 * build makes one of `Number` and `String`, too), making a function that has a name, and private members. Calls are slow in its hands, so loops over elements make none.
 */
import { views } from "../memory/linear.ts";
import type { Tensor } from "../tensor.ts";

/** A name of this file's own. */
const linear = views;

/** Of more elements only so many are looked at, spread evenly. */
const MOST_MEASURED = 4096;
/** So many are shown in a line in full. */
const FEW = 6;
/** So many of a line's beginning are shown of more. */
const BEGINNING = 3;
/** So many along each dimension, and in all, are shown where the tensor is opened. */
const MOST_ALONG = 100;
const MOST_LISTED = 1000;
const GOLDEN = 0.618_033_988_749_894_9;

/** `Tensor[32, 64] float32 mean 0.02 std 1.1 [0.12, -1.3, 0.4, …]` */
export function describeTensor(tensor: Tensor): string {
  const { shape, dtype } = tensor;
  const name = tensor.isParameter ? "Parameter" : "Tensor";
  const summary = countOf(shape) > FEW ? ` ${summaryText(measure(tensor), dtype)}` : "";
  return `${name}[${shape.join(", ")}] ${dtype}${summary} ${valuesText(tensor)}`;
}

/** What a tensor that is opened has; names are the tensor's own, but for the measures. */
export function tensorDetails(tensor: Tensor): object {
  const { shape, dtype } = tensor;
  const { count, mean, std, least, most, zeros, nonFinite, isExact } = measure(tensor);
  const details: Record<string, unknown> = { shape, dtype, values: listed(tensor, elementsOf(tensor), 0, 0) };
  const about = isExact ? "" : " (about)";
  if (dtype !== "bool" && count > Math.max(1, nonFinite)) {
    details[`mean${about}`] = rounded(mean);
    details[`std${about}`] = rounded(std);
    details[`min${about}`] = rounded(least);
    details[`max${about}`] = rounded(most);
  }
  if (count > 1) details[`zeros${about}`] = percent(zeros, count);
  if (nonFinite > 0) details[`NaN or infinite${about}`] = percent(nonFinite, count);
  // A view's history may have to be made up first, which is the program's to do.
  if (tensor.base === null || tensor.base.rewrites === tensor.followed) {
    details["requiresGrad"] = tensor.requiresGrad;
    if (tensor.gradFn !== null) details["gradFn"] = tensor.gradFn.name;
  }
  details["grad"] = tensor.gradSlot;
  return details;
}

/** So many elements are in a picture, and so many along its height and width. */
const MOST_PICTURED = 65_536;
const MOST_HIGH = 256;

/**
 * The values of a tensor for a picture of it, as JSON: all of them, or of a large one the beginning along each dimension.
 * `part` is the shape of what there is; the values stand row after row in one text, NaN and infinities by their names.
 */
export function picturedTensor(tensor: Tensor): string {
  const { shape, dtype, isParameter } = tensor;
  const part = partOf(shape);
  const elements = elementsOf(tensor);
  const values: string[] = [];
  for (let i = 0, count = countOf(part); i < count; i++) values[i] = `${rounded(elementAt(tensor, elements, indexIn(shape, part, i)))}`;
  return JSON.stringify({ shape, dtype, isParameter, part, values: values.join(" ") });
}

/** Rows and columns are cut off where there are many, and of the rest so much of each dimension is taken as there is room for. */
function partOf(shape: readonly number[]): readonly number[] {
  const part = [...shape];
  let room = MOST_PICTURED;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    const isInPicture = shape.length > 1 && dim >= shape.length - 2;
    part[dim] = Math.min(shape[dim]!, Math.max(1, room), isInPicture && countOf(shape) > MOST_PICTURED ? MOST_HIGH : MOST_PICTURED);
    room = Math.floor(room / Math.max(1, part[dim]!));
  }
  return part;
}

/** The index in the whole, in row-major order, of an element of its part. */
function indexIn(shape: readonly number[], part: readonly number[], index: number): number {
  let [rest, whole, size] = [index, 0, 1];
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    whole += (rest % part[dim]!) * size;
    rest = Math.floor(rest / part[dim]!);
    size *= shape[dim]!;
  }
  return whole;
}

function countOf(shape: readonly number[]): number {
  let count = 1;
  for (let dim = 0; dim < shape.length; dim++) count *= shape[dim]!;
  return count;
}

/** Where the elements of a tensor lie. */
interface Elements {
  /** `null` where nothing was written yet: all are zero. */
  readonly values: { readonly [index: number]: number } | null;
  /** The index of the tensor's first. */
  readonly start: number;
}

function elementsOf({ storage, offset, dtype }: Tensor): Elements {
  const { pointer, backing, backingOffset } = storage;
  const isByte = dtype === "bool" || dtype === "uint8";
  if (pointer >= 0) {
    if (isByte) return { values: linear.u8, start: pointer + offset };
    return { values: dtype === "float32" ? linear.f32 : linear.i32, start: (pointer >>> 2) + offset };
  }
  if (backing === null) return { values: null, start: 0 };
  const from = backing.byteOffset + backingOffset;
  if (isByte) return { values: new Uint8Array(backing.buffer, from), start: offset };
  const length = storage.bytes >>> 2;
  return { values: dtype === "float32" ? new Float32Array(backing.buffer, from, length) : new Int32Array(backing.buffer, from, length), start: offset };
}

interface Measures {
  /** Number of elements that were looked at. */
  readonly count: number;
  /** Of those that are finite. */
  readonly mean: number;
  readonly std: number;
  readonly least: number;
  readonly most: number;
  readonly zeros: number;
  readonly nonFinite: number;
  readonly isExact: boolean;
}

function measure(tensor: Tensor): Measures {
  const { shape, strides, dense } = tensor;
  const { values, start } = elementsOf(tensor);
  const total = countOf(shape);
  const isExact = total <= MOST_MEASURED;
  const count = isExact ? total : MOST_MEASURED;
  let finite = 0;
  let first = 0;
  let sum = 0;
  let squares = 0;
  let least = Infinity;
  let most = -Infinity;
  let zeros = 0;
  for (let i = 0; i < count; i++) {
    // Steps of the golden ratio meet rows and columns alike.
    const index = isExact ? i : (((i * GOLDEN) % 1) * total) >>> 0;
    let place = start + index;
    if (!dense) {
      let rest = index;
      place = start;
      for (let dim = shape.length - 1; dim >= 0; dim--) {
        place += (rest % shape[dim]!) * strides[dim]!;
        rest = (rest / shape[dim]!) >>> 0;
      }
    }
    const value = values === null ? 0 : values[place]!;
    if (value === 0) zeros++;
    if (value - value !== 0) continue;
    if (finite++ === 0) first = value;
    // From the first value on, so that no digits are lost where all are alike.
    const difference = value - first;
    sum += difference;
    squares += difference * difference;
    if (value < least) least = value;
    if (value > most) most = value;
  }
  const variance = (squares - (sum * sum) / finite) / (finite - 1);
  return { count, mean: first + sum / finite, std: variance < 0 ? 0 : Math.sqrt(variance), least, most, zeros, nonFinite: count - finite, isExact };
}

function summaryText({ count, mean, std, least, most, zeros, nonFinite, isExact }: Measures, dtype: string): string {
  const about = isExact ? "" : "≈";
  if (nonFinite === count) return "all NaN or infinite";
  if (dtype === "bool") return `${about}${percent(count - zeros, count)} true`;
  if (dtype !== "float32") return `${about}${least} to ${about}${most}`;
  const lost = nonFinite === 0 ? "" : `, ${about}${percent(nonFinite, count)} NaN or infinite`;
  return `mean ${about}${numberText(mean)} std ${about}${numberText(std)}${lost}`;
}

function valuesText(tensor: Tensor): string {
  const { shape, dtype } = tensor;
  const count = countOf(shape);
  const elements = elementsOf(tensor);
  if (count === 0) return "[]";
  if (count <= FEW) return nestedText(tensor, elements, 0, 0);
  let beginning = "";
  for (let i = 0; i < BEGINNING; i++) beginning += `${valueText(elementAt(tensor, elements, i), dtype)}, `;
  return `[${beginning}…]`;
}

/** @param index of the slice, among those of its size */
function nestedText(tensor: Tensor, elements: Elements, dim: number, index: number): string {
  const { shape, dtype } = tensor;
  if (dim === shape.length) return valueText(elementAt(tensor, elements, index), dtype);
  let inside = "";
  for (let i = 0; i < shape[dim]!; i++) inside += (i === 0 ? "" : ", ") + nestedText(tensor, elements, dim + 1, index * shape[dim]! + i);
  return `[${inside}]`;
}

type Listed = number | boolean | string | Listed[];

/** Nested lists, cut off where they get long. */
function listed(tensor: Tensor, elements: Elements, dim: number, index: number): Listed {
  const { shape, dtype } = tensor;
  if (dim === shape.length) {
    const value = elementAt(tensor, elements, index);
    return dtype === "bool" ? value !== 0 : rounded(value);
  }
  const size = shape[dim]!;
  const most = Math.min(MOST_ALONG, Math.max(1, Math.floor(MOST_LISTED ** (1 / shape.length))));
  const shown = Math.min(size, most);
  const list: Listed[] = [];
  for (let i = 0; i < shown; i++) list[i] = listed(tensor, elements, dim + 1, index * size + i);
  if (shown < size) list[shown] = `… ${size - shown} more`;
  return list;
}

/** The element at that place in row-major order. */
function elementAt({ shape, strides }: Tensor, { values, start }: Elements, index: number): number {
  if (values === null) return 0;
  let rest = index;
  let place = start;
  for (let dim = shape.length - 1; dim >= 0; dim--) {
    place += (rest % shape[dim]!) * strides[dim]!;
    rest = Math.floor(rest / shape[dim]!);
  }
  return values[place]!;
}

function valueText(value: number, dtype: string): string {
  return dtype === "bool" ? `${value !== 0}` : numberText(value);
}

/** Three digits tell enough of one number among many. */
function numberText(value: number): string {
  return `${+value.toPrecision(3)}`;
}

/** About as many digits as a float32 has. */
function rounded(value: number): number {
  return +value.toPrecision(7);
}

function percent(part: number, count: number): string {
  return `${+((100 * part) / count).toPrecision(3)} %`;
}
