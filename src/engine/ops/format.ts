/** Printing, character for character as PyTorch prints a tensor. */
import type { DType, TypedArray } from "../dtype.ts";
import { KindlingError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { shapeText } from "../shape.ts";
import { fixed, scientific } from "./numberText.ts";
import { printOptions } from "./printOptions.ts";
import { shownValues, valuesAt } from "./reading.ts";

/** `print(tensor)` */
export function formatTensor(tensor: Tensor): string {
  const prefix = "tensor(";
  const suffixes = suffixesOf(tensor);
  const body = tensor.numel() === 0 ? "[]" : formatValues(tensor, prefix.length);
  const text = addSuffixes(prefix + body, suffixes, prefix.length);
  return tensor.isParameter ? `Parameter containing:\n${text}` : text;
}

function suffixesOf(tensor: Tensor): string[] {
  const suffixes: string[] = [];
  if (tensor.numel() === 0 && tensor.shape.length !== 1) suffixes.push(`size=(${tensor.shape.join(", ")})`);
  // Without elements nothing tells the type. `int32` stands for PyTorch's int64, which goes without saying as float32 and bool do.
  if (tensor.dtype === "uint8") suffixes.push("dtype=torch.uint8");
  else if (tensor.numel() === 0 && tensor.dtype !== "float32") suffixes.push(`dtype=torch.${tensor.dtype === "int32" ? "int64" : "bool"}`);
  if (tensor.gradFn !== null) suffixes.push(`grad_fn=<${tensor.gradFn.name}>`);
  else if (tensor.requiresGrad) suffixes.push("requires_grad=True");
  return suffixes;
}

function addSuffixes(text: string, suffixes: readonly string[], indent: number): string {
  let lastLine = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lastLine + suffix.length + 2 > printOptions().linewidth) {
      text += `,\n${" ".repeat(indent)}${suffix}`;
      lastLine = indent + suffix.length;
    } else {
      text += `, ${suffix}`;
      lastLine += suffix.length + 2;
    }
  }
  return `${text})`;
}

/** More elements than this aren't printed in full: their text would be longer than a JavaScript string can be. */
const MOST_IN_FULL = 2 ** 24;

function formatValues(tensor: Tensor, indent: number): string {
  const { threshold, edgeitems } = printOptions();
  const count = tensor.numel();
  if (count > threshold) return new Printer(tensor, edgeitems).print(indent);
  if (count > MOST_IN_FULL) {
    throw new KindlingError(
      `${count} elements are too many to be printed in full; print a part of the tensor, or a summary after setPrintoptions({ threshold: 1000 })`,
    );
  }
  return new Printer(tensor, Infinity).print(indent);
}

/** Walks the nested brackets, leaving out the middle of long dimensions. */
class Printer {
  /** Indices to print along each dimension. */
  readonly #places: readonly (readonly number[])[];
  /** Before which of them something is left out, at most one in each dimension; -1 for none. */
  readonly #gaps: readonly number[];
  /** The values that are printed, in order. They decide the common width. */
  readonly #values: TypedArray;
  readonly #format: NumberFormat;
  #next = 0;

  constructor(tensor: Tensor, edgeitems: number) {
    const isLong = (size: number): boolean => size > 2 * edgeitems;
    this.#places = tensor.shape.map((size) =>
      Array.from({ length: isLong(size) ? 2 * edgeitems : size }, (_, i) => (isLong(size) && i >= edgeitems ? size - 2 * edgeitems + i : i)),
    );
    this.#gaps = tensor.shape.map((size) => (isLong(size) ? edgeitems : -1));
    this.#values = this.#gaps.every((gap) => gap < 0) ? shownValues(tensor) : valuesAt(tensor, this.#places);
    this.#format = numberFormat(this.#values, tensor.dtype);
  }

  print(indent: number, dim = 0): string {
    const rank = this.#places.length;
    if (rank === 0) return this.#format.print(this.#values[0]!);
    if (dim === rank - 1) return this.#printVector(indent);
    const slices = this.#withGap(dim, "...", () => this.print(indent + 1, dim + 1));
    const separator = `,${"\n".repeat(rank - dim - 1)}${" ".repeat(indent + 1)}`;
    return `[${slices.join(separator)}]`;
  }

  #printVector(indent: number): string {
    const perLine = Math.max(1, Math.floor((printOptions().linewidth - indent) / (this.#format.width + 2)));
    const items = this.#withGap(this.#places.length - 1, " ...", () => this.#format.print(this.#values[this.#next++]!));
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  }

  /** A text for each index along a dimension, and one for what is left out. */
  #withGap(dim: number, gapText: string, text: () => string): string[] {
    const texts: string[] = [];
    this.#places[dim]!.forEach((_, i) => {
      if (i === this.#gaps[dim]) texts.push(gapText);
      texts.push(text());
    });
    if (this.#gaps[dim] === texts.length) texts.push(gapText);
    return texts;
  }
}

/** How one element is written; all are as wide as the widest that was measured. */
interface NumberFormat {
  readonly width: number;
  print(value: number): string;
}

function numberFormat(values: TypedArray, dtype: DType): NumberFormat {
  if (dtype === "float32") return floatFormat(values as Float32Array);
  const text = dtype === "bool" ? booleanText : String;
  return aligned(text, text, values);
}

type NumberText = (value: number) => string;

const booleanText: NumberText = (value) => (value ? "True" : "False");

function aligned(text: NumberText, measured: NumberText, values: TypedArray): NumberFormat {
  let width = 1;
  for (const value of values) width = Math.max(width, measured(value).length);
  return { width, print: (value) => text(value).padStart(width) };
}

/** Only finite values that aren't zero decide how all are written. */
function floatFormat(values: Float32Array): NumberFormat {
  const { precision, sciMode } = printOptions();
  const decisive = new Float32Array(values.length);
  let count = 0;
  for (const value of values) if (Number.isFinite(value) && value !== 0) decisive[count++] = value;
  const shown = decisive.subarray(0, count);
  const areWhole = shown.every(Number.isInteger);
  const plain: NumberText = areWhole ? wholeText : (value) => fixed(value, precision);
  const exponential: NumberText = (value) => scientific(value, precision);
  const chosen = wantsExponent(shown, areWhole) ? exponential : plain;
  // The width comes from what PyTorch would have chosen itself, whatever `sciMode` says.
  const forced = count > 0 && sciMode !== null;
  return aligned(forced ? (sciMode ? exponential : plain) : chosen, chosen, shown);
}

function wantsExponent(values: Float32Array, areWhole: boolean): boolean {
  if (values.length === 0) return false;
  const smallest = values.reduce((least, value) => Math.min(least, Math.abs(value)), Infinity);
  const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return largest / smallest > 1000 || largest > 1e8 || (smallest < 1e-4 && !areWhole);
}

function wholeText(value: number): string {
  return Number.isFinite(value) ? `${fixed(value, 0)}.` : fixed(value, 0);
}

/** `torch.Size([2, 3])` */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size(${shapeText(shape)})`;
}
