/** Tables of numbers from CSV files. */
import Papa from "papaparse";
import { ArgumentError, KindlingError } from "../errors.ts";
import { nameOf, readTextFile } from "../io/files.ts";
import { fromTypedArray } from "../ops/creation.ts";
import type { Tensor } from "../tensor.ts";

/** @api data.CsvOptions */
export interface CsvOptions {
  /** Whether the first line names the columns. Default true; without, they are named "0", "1", … */
  header?: boolean;
  /** Default ",". */
  delimiter?: string;
}

/** @api data.ColumnOptions */
export interface ColumnOptions {
  /** Default `"float32"`; `"int32"` insists on whole numbers. */
  dtype?: "float32" | "int32";
  /** What stands for an empty cell, for example `NaN`; without, an empty cell is an error. */
  missing?: number;
}

/** One line of the table and where it is in the file. */
interface Row {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file.
 * @throws KindlingError that names file, line and column where the file is damaged
 * @api data.readCsv
 */
export function readCsv(path: string | URL, options: CsvOptions = {}): CsvTable {
  return parseCsv(readTextFile(path), { ...options, name: nameOf(path) });
}

/**
 * Reads CSV text.
 * @param options also `name`, which stands for the file in messages
 * @throws KindlingError that names line and column where the text is damaged
 * @api data.parseCsv
 */
export function parseCsv(text: string, { header = true, delimiter = ",", name = "CSV" }: CsvOptions & { name?: string } = {}): CsvTable {
  if (!/^[^"\r\n\uFEFF]+$/.test(delimiter)) throw new ArgumentError(`${name}: delimiter is a text such as "," or ";", but got ${JSON.stringify(delimiter)}`);
  checkAmount(text, delimiter, name);
  const parsed = Papa.parse<string[]>(text, { delimiter, header: false });
  const rows = numberedRows(parsed.data);
  const [error] = parsed.errors;
  if (error) {
    const line = rows.at(error.row ?? 0)?.line ?? 1;
    throw new KindlingError(`${name}, line ${line}: ${error.message}`);
  }
  const filled = rows.filter(({ cells }) => cells.length > 1 || cells[0]!.trim() !== "");
  const first = filled[0];
  if (first === undefined) throw new KindlingError(`${name} is empty`);
  const columns = header ? distinct(first.cells.map((cell) => cell.trim())) : first.cells.map((_, i) => String(i));
  return new CsvTable(name, columns, header ? filled.slice(1) : filled);
}

/** Bytes that a table's texts take in memory at most; JavaScript ends the process where they are more than it has. */
const MOST_BYTES = 2 ** 31;
/** What a cell and a row take there, about. */
const [CELL, ROW] = [48, 120];
/** Shorter texts aren't counted. */
const SHORT = 2 ** 24;

function checkAmount(text: string, delimiter: string, name: string): void {
  if (text.length < SHORT) return;
  const [separator, end] = [delimiter.charCodeAt(0), 10];
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === separator) bytes += CELL;
    else if (code === end) bytes += CELL + ROW;
  }
  if (bytes > MOST_BYTES)
    throw new KindlingError(
      `${name} has more values than can be read at once, about ${Math.round(bytes / CELL / 1e6)} million; split it into several files, or save its numbers as .npy`,
    );
}

/** Column names as pandas tells them apart: a second `a` is `a.1`. */
function distinct(names: readonly string[]): string[] {
  const taken = new Set(names);
  const seen = new Map<string, number>();
  return names.map((name) => {
    let count = seen.get(name) ?? 0;
    if (count === 0) {
      seen.set(name, 1);
      return name;
    }
    while (taken.has(`${name}.${count}`)) count++;
    seen.set(name, count + 1);
    taken.add(`${name}.${count}`);
    return `${name}.${count}`;
  });
}

/** Lines count from 1; a quoted cell may span several. */
function numberedRows(data: readonly (readonly string[])[]): Row[] {
  let line = 1;
  return data.map((cells) => {
    const row = { line, cells };
    line += 1 + cells.reduce((breaks, cell) => breaks + cell.split("\n").length - 1, 0);
    return row;
  });
}

/**
 * A CSV file in memory. Numbers are parsed when a column is asked for, so that columns of text do no harm.
 * @api data.CsvTable
 * @base
 */
export class CsvTable {
  /** Names of the columns. */
  readonly columns: readonly string[];
  readonly #name: string;
  readonly #rows: readonly Row[];

  /** @internal */
  constructor(name: string, columns: readonly string[], rows: readonly Row[]) {
    this.#name = name;
    this.columns = columns;
    this.#rows = rows;
    const odd = rows.find(({ cells }) => cells.length !== columns.length);
    if (odd !== undefined) {
      throw new KindlingError(`${name}, line ${odd.line}: expected ${columns.length} values, but found ${odd.cells.length}`);
    }
  }

  /** Number of rows, without the header. */
  get length(): number {
    return this.#rows.length;
  }

  /** One column as a tensor `[length]`. */
  column(name: string, options: ColumnOptions = {}): Tensor {
    return this.tensor([name], options).reshape(this.length);
  }

  /** Some columns (default all) as a tensor `[length, columns]`. */
  tensor(names: readonly string[] = this.columns, { dtype = "float32", missing }: ColumnOptions = {}): Tensor {
    const places = names.map((name) => this.#place(name));
    const count = this.length * places.length;
    const values = dtype === "int32" ? new Int32Array(count) : new Float32Array(count);
    this.#rows.forEach((row, i) => {
      places.forEach((place, j) => (values[i * places.length + j] = this.#number(row, place, dtype, missing)));
    });
    return fromTypedArray(values, [this.length, places.length]);
  }

  /** One column as it stands in the file. */
  text(name: string): string[] {
    const place = this.#place(name);
    return this.#rows.map(({ cells }) => cells[place]!);
  }

  #place(name: string): number {
    const place = this.columns.indexOf(name);
    if (place < 0) throw new ArgumentError(`${this.#name} has no column "${name}"; it has ${this.columns.join(", ")}`, "KeyError");
    return place;
  }

  #number(row: Row, place: number, dtype: ColumnOptions["dtype"], missing?: number): number {
    const text = row.cells[place]!.trim();
    if (text === "" && missing !== undefined) return missing;
    const value = numberIn(text);
    const where = `${this.#name}, line ${row.line}, column ${place + 1} ("${this.columns[place]}")`;
    if (text === "") throw new KindlingError(`${where}: the value is missing; give what stands for it, such as { missing: NaN }`);
    if (value === null) throw new KindlingError(`${where}: "${text}" is not a number`);
    if (dtype === "int32" && value !== (value | 0)) throw new KindlingError(`${where}: ${text} is not a whole number of 32 bits`);
    return value;
  }
}

/** A decimal number, `nan` or `inf`, as pandas reads them; `null` for what else JavaScript takes for a number, such as 0x10. */
function numberIn(text: string): number | null {
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return NaN;
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  return null;
}
