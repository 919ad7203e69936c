/** Printing, character for character as PyTorch prints a tensor. */
import type { DType } from "../dtype.ts";
import type { Tensor } from "../tensor.ts";
import { shapeText } from "../shape.ts";
import { toTypedArray } from "./reading.ts";

const PRECISION = 4;
const LINE_WIDTH = 80;
const THRESHOLD = 1000;
const EDGE_ITEMS = 3;

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
  if (tensor.numel() === 0 && tensor.dtype === "int32") suffixes.push("dtype=torch.int64");
  if (tensor.dtype === "uint8") suffixes.push("dtype=torch.uint8");
  if (tensor.gradFn !== null) suffixes.push(`grad_fn=<${tensor.gradFn.name}>`);
  else if (tensor.requiresGrad) suffixes.push("requires_grad=True");
  return suffixes;
}

function addSuffixes(text: string, suffixes: readonly string[], indent: number): string {
  let lastLine = text.length - text.lastIndexOf("\n") + 1;
  for (const suffix of suffixes) {
    if (lastLine + suffix.length + 2 > LINE_WIDTH) {
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
  const summarize = values.length > THRESHOLD;
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
    const perLine = Math.max(1, Math.floor((LINE_WIDTH - indent) / (format.width + 2)));
    const items = this.positions(this.shape.length - 1).map((i) => (i < 0 ? " ..." : format.print(this.values[start + i]!)));
    const lines: string[] = [];
    for (let i = 0; i < items.length; i += perLine) lines.push(items.slice(i, i + perLine).join(", "));
    return `[${lines.join(`,\n${" ".repeat(indent + 1)}`)}]`;
  }

  /** Indices to print along a dimension; -1 stands for what is left out. */
  private positions(dim: number): number[] {
    const size = this.shape[dim]!;
    const all = Array.from({ length: size }, (_, i) => i);
    if (!this.summarize || size <= 2 * EDGE_ITEMS) return all;
    return [...all.slice(0, EDGE_ITEMS), -1, ...all.slice(size - EDGE_ITEMS)];
  }

  private step(dim: number): number {
    return this.shape.slice(dim + 1).reduce((product, size) => product * size, 1);
  }
}

interface NumberFormat {
  readonly width: number;
  print(value: number): string;
}

function numberFormat(values: readonly number[], dtype: DType): NumberFormat {
  const plain = dtype === "float32" ? floatText(values) : dtype === "bool" ? booleanText : integerText;
  const scalarWidth = Math.max(1, ...values.map((value) => plain.measure(value)));
  return { width: scalarWidth, print: (value) => plain.text(value).padStart(scalarWidth) };
}

interface Style {
  text(value: number): string;
  /** Characters that the value claims when the common width is chosen. */
  measure(value: number): number;
}

const integerText: Style = { text: String, measure: (value) => String(value).length };
const booleanText: Style = {
  text: (value) => (value ? "True" : "False"),
  measure: (value) => (value ? 4 : 5),
};

function floatText(values: readonly number[]): Style {
  const finite = values.filter((value) => Number.isFinite(value) && value !== 0);
  let smallest = Infinity;
  let largest = 0;
  for (const value of finite) {
    smallest = Math.min(smallest, Math.abs(value));
    largest = Math.max(largest, Math.abs(value));
  }
  const whole = finite.every((value) => Number.isInteger(value));
  const wide = finite.length > 0 && (largest / smallest > 1000 || largest > 1e8);
  const scientific = wide || (!whole && smallest < 1e-4);
  const text = scientific ? scientificText : whole ? wholeText : fixedText;
  // PyTorch measures only finite values that aren't zero.
  const measure = (value: number): number => (Number.isFinite(value) && value !== 0 ? text(value).length : 1);
  return { text: (value) => (Number.isFinite(value) ? text(value) : nonFiniteText(value)), measure };
}

function nonFiniteText(value: number): string {
  return Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

function wholeText(value: number): string {
  return `${fixed(value, 0)}.`;
}

function fixedText(value: number): string {
  return fixed(value, PRECISION);
}

function scientificText(value: number): string {
  const [mantissa, exponent] = value.toExponential(PRECISION).split("e") as [string, string];
  const digits = exponent.slice(1).padStart(2, "0");
  return `${mantissa}e${exponent[0]}${digits}`;
}

/** Python's `"{:.nf}"`: like `toFixed`, but an exact half goes to the even neighbour and minus zero keeps its sign. */
export function fixed(value: number, digits: number): string {
  const scaled = Math.abs(value) * 10 ** digits;
  const down = Math.floor(scaled);
  const text = scaled - down === 0.5 && down % 2 === 0 ? (down / 10 ** digits).toFixed(digits) : Math.abs(value).toFixed(digits);
  return value < 0 || Object.is(value, -0) ? `-${text}` : text;
}

/** `torch.Size([2, 3])` */
export function sizeText(shape: readonly number[]): string {
  return `torch.Size(${shapeText(shape)})`;
}
