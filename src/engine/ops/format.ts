/** Printing, character for character as PyTorch prints a tensor. */
import type { DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { shapeText } from "../shape.ts";
import { fixed, scientific } from "./numberText.ts";
import { printOptions } from "./printOptions.ts";
import { toTypedArray } from "./reading.ts";

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

function formatValues(tensor: Tensor, indent: number): string {
  const values = toTypedArray(tensor);
  const summarize = values.length > printOptions().threshold;
  const printer = new Printer(values, tensor.shape, summarize);
  return printer.print(numberFormat(printer.shown(), tensor.dtype), indent);
}

/** Walks the nested brackets, leaving out the middle of long dimensions. */
class Printer {
  private readonly values: ArrayLike<number>;
  private readonly shape: readonly number[];
  private readonly summarize: boolean;

  constructor(values: ArrayLike<number>, shape: readonly number[], summarize: boolean) {
    this.values = values;
    this.shape = shape;
    this.summarize = summarize;
  }

  /** The values that will be printed; they decide the common width. */
  shown(): number[] {
    const shown: number[] = [];
    const visit = (dim: number, start: number): void => {
      if (dim === this.shape.length) shown.push(this.values[start]!);
      else for (const i of this.positions(dim)) if (i >= 0) visit(dim + 1, start + i * this.step(dim));
    };
    visit(0, 0);
    return shown;
  }

  print(format: NumberFormat, indent: number, dim = 0, start = 0): string {
    if (this.shape.length === 0) return format.print(this.values[0]!);
    if (dim === this.shape.length - 1) return this.printVector(format, indent, start);
    const slices = this.positions(dim).map((i) =>
      i < 0 ? "..." : this.print(format, indent + 1, dim + 1, start + i * this.step(dim)),
    );
    const separator = `,${"\n".repeat(this.shape.length - dim - 1)}${" ".repeat(indent + 1)}`;
    return `[${slices.join(separator)}]`;
  }

  private printVector(format: NumberFormat, indent: number, start: number): string {
    const perLine = Math.max(1, Math.floor((printOptions().linewidth - indent) / (format.width + 2)));
    const items = this.positions(this.shape.length - 1).map((i) => (i < 0 ? " ..." : format.print(this.values[start + i]!)));
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  }

  /** Indices to print along a dimension; -1 stands for what is left out. */
  private positions(dim: number): number[] {
    const size = this.shape[dim]!;
    const all = Array.from({ length: size }, (_, i) => i);
    const { edgeitems } = printOptions();
    if (!this.summarize || size <= 2 * edgeitems) return all;
    return [...all.slice(0, edgeitems), -1, ...all.slice(size - edgeitems)];
  }

  private step(dim: number): number {
    return this.shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  }
}

/** How one element is written; all are as wide as the widest that was measured. */
interface NumberFormat {
  readonly width: number;
  print(value: number): string;
}

function numberFormat(values: readonly number[], dtype: DType): NumberFormat {
  if (dtype === "float32") return floatFormat(values);
  const text = dtype === "bool" ? booleanText : String;
  return aligned(text, text, values);
}

type NumberText = (value: number) => string;

const booleanText: NumberText = (value) => (value ? "True" : "False");

function aligned(text: NumberText, measured: NumberText, values: readonly number[]): NumberFormat {
  const width = values.reduce((most, value) => Math.max(most, measured(value).length), 1);
  return { width, print: (value) => text(value).padStart(width) };
}

/** Only finite values that aren't zero decide how all are written. */
function floatFormat(values: readonly number[]): NumberFormat {
  const { precision, sciMode } = printOptions();
  const decisive = values.filter((value) => Number.isFinite(value) && value !== 0);
  const plain: NumberText = decisive.every(Number.isInteger) ? wholeText : (value) => fixed(value, precision);
  const exponential: NumberText = (value) => scientific(value, precision);
  const chosen = wantsExponent(decisive) ? exponential : plain;
  // The width comes from what PyTorch would have chosen itself, whatever `sciMode` says.
  const forced = decisive.length > 0 && sciMode !== null;
  return aligned(forced ? (sciMode ? exponential : plain) : chosen, chosen, decisive);
}

function wantsExponent(values: readonly number[]): boolean {
  if (values.length === 0) return false;
  const sizes = values.map(Math.abs);
  const smallest = sizes.reduce((a, b) => Math.min(a, b));
  const largest = sizes.reduce((a, b) => Math.max(a, b));
  const small = smallest < 1e-4 && !values.every(Number.isInteger);
  return largest / smallest > 1000 || largest > 1e8 || small;
}

function wholeText(value: number): string {
  return Number.isFinite(value) ? `${fixed(value, 0)}.` : fixed(value, 0);
}

/** `torch.Size([2, 3])` */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size(${shapeText(shape)})`;
}
