/** Python's own functions in TypeScript, for what that has no short form of: a program that comes from Python brings those that it uses. */

import { loggingHelper } from "./pythonsLogging.ts";

export interface Helper {
  readonly code: string;
  /** Further helpers that it calls. */
  readonly needs?: readonly string[];
  /** What it imports from `kindling`. */
  readonly imports?: readonly string[];
  /** What it imports from Node's modules. */
  readonly node?: readonly (readonly [module: string, name: string])[];
}

/** Exceptions that a program raises and tells apart. */
export const errors: ReadonlySet<string> = new Set(
  (
    "ArithmeticError AssertionError AttributeError EOFError FileExistsError FileNotFoundError FloatingPointError ImportError IndexError KeyError LookupError MemoryError " +
    "NameError NotImplementedError OSError OverflowError PermissionError RuntimeError StopIteration TimeoutError UnicodeDecodeError ValueError ZeroDivisionError"
  ).split(" "),
);

export const helpers: Readonly<Record<string, Helper>> = {
  ...Object.fromEntries(Array.from(errors, (name) => [name, { code: `class ${name} extends Error {}` }])),
  KeyError: {
    code: `/** There is no such key: its text is the key as Python shows it. */
class KeyError extends Error {
  constructor(readonly key?: unknown) {
    super(key === undefined ? "" : repr(key, { tuple: true }));
  }
}`,
    needs: ["repr"],
  },
  logging: loggingHelper,
  range: {
    code: `function range(start: number, stop?: number, step = 1): number[] {
  if (stop === undefined) [start, stop] = [0, start];
  return Array.from({ length: Math.max(0, Math.ceil((stop - start) / step)) }, (_, i) => start + i * step);
}`,
  },
  enumerate: {
    code: `function* enumerate<T>(values: Iterable<T>, start = 0): IterableIterator<[number, T]> {
  for (const value of values) yield [start++, value];
}`,
  },
  zip: {
    code: `function* zip<T extends unknown[]>(...values: { [K in keyof T]: Iterable<T[K]> }): IterableIterator<T> {
  const iterators = values.map((one) => one[Symbol.iterator]());
  for (;;) {
    const steps = iterators.map((iterator) => iterator.next());
    if (steps.length === 0 || steps.some((step) => step.done)) return;
    yield steps.map((step) => step.value) as T;
  }
}`,
  },
  zipLongest: {
    code: `/** The entries of several lists side by side, to the end of the longest. */
function zipLongest(missing: any, ...values: Iterable<any>[]): any[][] {
  const lists = values.map((one) => [...one]);
  const most = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: most }, (_, at) => lists.map((list) => (at < list.length ? list[at] : missing)));
}`,
  },
  unzip: {
    code: `/** The columns of rows. */
function unzip<T extends readonly unknown[]>(rows: Iterable<T>): { -readonly [K in keyof T]: T[K][] } {
  const [first, ...rest] = [...rows];
  return (first ?? []).map((entry, at) => [entry, ...rest.map((row) => row[at])]) as { -readonly [K in keyof T]: T[K][] };
}`,
  },
  decimal: {
    code: `/** A float as Python writes it: 1.0, 1e-05. */
function decimal(x: number): string {
  if (Number.isNaN(x)) return "nan";
  if (!Number.isFinite(x)) return x < 0 ? "-inf" : "inf";
  const size = Math.abs(x);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) return x.toExponential().replace(/e([+-])(\\d)$/, "e$10$2");
  return Number.isInteger(x) ? \`\${Object.is(x, -0) ? "-0" : x}.0\` : String(x);
}`,
  },
  fixed: {
    code: `/** A number with so many digits behind the point as Python writes it: where two are equally near, the even one. */
function fixed(x: number, digits: number): string {
  if (!(Math.abs(x) < 1e21)) return decimal(x);
  const rounded = x.toFixed(digits);
  const exact = x.toFixed(digits + 25);
  const isHalf = exact.endsWith("5".padEnd(25, "0"));
  const text = isHalf && /[13579]$/.test(rounded) ? exact.slice(0, -25).replace(/\\.$/, "") : rounded;
  return Object.is(x, -0) ? \`-\${text}\` : text;
}`,
    needs: ["decimal"],
  },
  repr: {
    code: `/** A value as Python shows it in a list. @param kind what it doesn't say itself: how it, or what it holds, is written */
function repr(value: any, kind?: any): string {
  if (value === null || value === undefined) return "None";
  if (typeof kind === "function") return kind(value);
  const entry = (one: any, at: any) => repr(one, kind?.of?.[at] ?? kind?.each);
  if (typeof value === "string") {
    const text = value.replaceAll("\\\\", "\\\\\\\\").replaceAll("\\n", "\\\\n").replaceAll("\\t", "\\\\t");
    return text.includes("'") && !text.includes('"') ? \`"\${text}"\` : \`'\${text.replaceAll("'", "\\\\'")}'\`;
  }
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "number") return Number.isInteger(value) ? String(value) : decimal(value);
  if (Array.isArray(value)) {
    const texts = value.map(entry);
    return !kind?.tuple ? \`[\${texts.join(", ")}]\` : \`(\${texts.join(", ")}\${texts.length === 1 ? "," : ""})\`;
  }
  if (Object.hasOwn(value, "toString")) return String(value);
  if (value instanceof Set) return value.size === 0 ? "set()" : \`{\${[...value].map(entry).join(", ")}}\`;
  const entries = value instanceof Map ? [...value] : Object.getPrototypeOf(value) === Object.prototype ? Object.entries(value) : undefined;
  return entries ? \`{\${entries.map(([key, one]) => \`\${repr(key, kind?.keys)}: \${entry(one, key)}\`).join(", ")}}\` : String(value);
}`,
    needs: ["decimal"],
  },
  floatsText: {
    code: `/** A float, or lists of floats, as Python prints them. */
function floatsText(values: any): string {
  return Array.isArray(values) ? \`[\${values.map(floatsText).join(", ")}]\` : typeof values === "number" ? decimal(values) : repr(values);
}`,
    needs: ["decimal", "repr"],
  },
  fieldsText: {
    code: `/** An object as Python shows those of dataclasses: by its fields. @param kind what they don't say themselves */
function fieldsText(of: any, kind?: any, name = of.constructor.name, names = Object.keys(of)): string {
  return \`\${name}(\${names.map((field: string) => [field, of[field]] as const).map(([field, value]) => \`\${field}=\${repr(value, kind?.of?.[field])}\`).join(", ")})\`;
}`,
    needs: ["repr", "decimal"],
  },
  check: {
    code: `/** PyTorch's own \`assert\`. */
function check(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Error(message);
}`,
  },
  str: {
    code: `/** A value as Python prints it. */
function str(value: any): string {
  if (value instanceof Error && value.toString === Error.prototype.toString) return value.message;
  return typeof value === "string" ? value : repr(value);
}`,
    needs: ["repr"],
  },
  json: {
    code: `/** Python's \`json.dumps\`. @param kind what the value doesn't say itself: which numbers are floats */
function json(value: any, kind?: any, options: { indent?: any; sort_keys?: boolean; ensure_ascii?: boolean; separators?: any; default?: any } = {}): string {
  const { indent = null, sort_keys = false, ensure_ascii = true, separators = null, default: other } = options;
  const [between, colon] = separators ?? [indent === null ? ", " : ",", ": "];
  const step = typeof indent === "number" ? " ".repeat(indent) : indent;
  const text = (one: string) =>
    JSON.stringify(one).replaceAll(/[\\u007f-\\uffff]/g, (letter) =>
      ensure_ascii ? \`\\\\u\${letter.charCodeAt(0).toString(16).padStart(4, "0")}\` : letter,
    );
  const enclosed = (brackets: string, entries: string[], margin: string) => {
    if (entries.length === 0 || indent === null) return brackets[0] + entries.join(between) + brackets[1];
    return \`\${brackets[0]}\${margin}\${step}\${entries.join(between + margin + step)}\${margin}\${brackets[1]}\`;
  };
  const written = (one: any, kind: any, margin: string): string => {
    if (one === null || one === undefined || typeof one === "boolean") return String(one ?? null);
    if (typeof one === "string") return text(one);
    if (typeof one === "number") {
      if (!Number.isFinite(one)) return Number.isNaN(one) ? "NaN" : one < 0 ? "-Infinity" : "Infinity";
      return typeof kind === "function" ? kind(one) : repr(one);
    }
    const entry = (inner: any, at: any) => written(inner, kind?.of?.[at] ?? kind?.each, margin + (step ?? ""));
    if (Array.isArray(one)) return enclosed("[]", one.map(entry), margin);
    const entries: [any, any][] | undefined =
      one instanceof Map ? [...one] : Object.getPrototypeOf(one) === Object.prototype ? Object.entries(one) : undefined;
    if (!entries && other) return written(other(one), undefined, margin);
    if (!entries) throw new TypeError(\`Object of type \${one.constructor.name} is not JSON serializable\`);
    if (sort_keys) entries.sort(([a], [b]) => (a < b ? -1 : 1));
    const name = (key: any) => text(typeof key === "string" ? key : written(key, kind?.keys, ""));
    return enclosed("{}", entries.map(([key, inner]) => name(key) + colon + entry(inner, key)), margin);
  };
  return written(value, kind, "\\n");
}`,
    needs: ["repr", "decimal"],
  },
  arrayText: {
    code: `/** An array as NumPy prints it, or as it shows it in a list: \`array(…)\` with the type of its elements where that isn't the usual one. */
function arrayText(array: Tensor, dtype?: string): string {
  const whole = array.tolist() as any;
  const cut = array.numel() > 1000;
  const shown = (value: any): any =>
    Array.isArray(value) ? (cut && value.length > 6 ? [...value.slice(0, 3), "...", ...value.slice(-3)] : value).map(shown) : value;
  const values = shown(whole);
  if (!Array.isArray(values)) return array.dtype === "float32" ? decimal(shortest(values)) : repr(values);
  const written = numpyTexts(values.flat(Infinity).filter((value) => value !== "..."), array.dtype);
  const [separator, margin, width] = dtype === undefined ? [" ", " ", 75] : [", ", " ".repeat(7), 74];
  const rows = (entries: any[], margin: string, width: number): string => {
    const inner = entries.map((entry) => (entry === "..." ? entry : Array.isArray(entry) ? rows(entry, margin + " ", width - 1) : written(entry)));
    const depth = array.dim() - (margin.length - (dtype === undefined ? 1 : 7));
    if (depth > 1) return \`[\${inner.join(separator.trim() + "\\n".repeat(depth - 1) + margin)}]\`;
    const lines = [margin];
    for (const [at, text] of inner.entries()) {
      const line = lines.at(-1)!;
      const wraps = line.length > margin.length && line.length + text.length > width - 1;
      if (wraps) lines.splice(-1, 1, line.trimEnd(), margin);
      lines[lines.length - 1] += text + (at < inner.length - 1 ? separator : "");
    }
    return \`[\${lines.join("\\n").slice(margin.length)}]\`;
  };
  const text = rows(values, margin, width);
  return dtype === undefined ? text : \`array(\${text}\${/^(float64|int64|bool|)$/.test(dtype) ? "" : \`, dtype=\${dtype}\`})\`;
}

/** The number with the fewest digits that is the same float32. */
function shortest(x: number): number {
  for (let digits = 1; digits < 9; digits++) if (Math.fround(Number(x.toPrecision(digits))) === x) return Number(x.toPrecision(digits));
  return x;
}

/** How NumPy writes these values, all equally wide. */
function numpyTexts(values: any[], dtype: string): (value: any) => string {
  if (dtype === "bool") return (value) => (value ? "True" : "False").padStart(5);
  if (dtype !== "float32") {
    const width = Math.max(...values.map((value) => String(value).length));
    return (value) => String(value).padStart(width);
  }
  const sizes = values.filter((value) => Number.isFinite(value) && value !== 0).map((value) => Math.abs(value));
  const [least, most] = [Math.min(...sizes), Math.max(...sizes)];
  const exponents = sizes.length > 0 && (most >= 1e8 || least < 1e-4 || most / least > 1000);
  const parts = (value: number): [string, string, string] => {
    if (!Number.isFinite(value)) return [decimal(value), "", ""];
    const [, head, tail, power = ""] = /^(-?\\d+)\\.(\\d+?)0*(e.*)?$/.exec(exponents ? shortest(value).toExponential(8) : shortest(value).toFixed(8))!;
    return [(Object.is(value, -0) ? "-" : "") + head, tail === "0" ? "" : tail!, power.replace(/e([+-])(\\d)$/, "e$10$2")];
  };
  const finite = values.filter(Number.isFinite).map(parts);
  const after = Math.max(0, ...finite.map(([, tail]) => tail.length));
  const power = Math.max(0, ...finite.map(([, , end]) => end.length));
  const special = Math.max(0, ...values.filter((value) => !Number.isFinite(value)).map((value) => decimal(value).length - after - 1 - power));
  const before = Math.max(special, ...finite.map(([head]) => head.length));
  return (value) => {
    const [head, tail, end] = parts(value);
    if (!Number.isFinite(value)) return head.padStart(before + 1 + after + power);
    return \`\${head.padStart(before)}.\${exponents ? tail.padEnd(after, "0") + end : tail.padEnd(after)}\`;
  };
}`,
    needs: ["decimal", "repr"],
    imports: ["Tensor"],
  },
  dtypeText: {
    code: `/** A type of elements as PyTorch shows it, whose whole numbers are of 64 bits. */
function dtypeText(dtype: string): string {
  return \`torch.\${dtype === "int32" ? "int64" : dtype}\`;
}`,
  },
  format: {
    code: `/** A value as Python's f-strings write it. */
function format(value: any, spec = ""): string {
  if (value instanceof Tensor) {
    if (value.dim() > 0) return String(value);
    const single = value.item();
    return spec === "" && value.dtype === "float32" ? decimal(single) : format(value.dtype === "bool" ? single !== 0 : single, spec);
  }
  const [, fill = " ", align, sign, alternate, zero, width, comma, digits, type] =
    /^(?:(.)?([<>^=]))?([+ -])?(#)?(0)?(\\d+)?([,_])?(?:\\.(\\d+))?([a-zA-Z%])?$/.exec(spec) ?? [];
  let text = typeof value === "number" ? numberText(value, type, digits, comma) : str(value);
  if (alternate && /^[xbo]$/.test(type ?? "")) text = text.replace(/^-?/, (sign) => \`\${sign}0\${type}\`);
  if (typeof value !== "number" && digits !== undefined) text = text.slice(0, Number(digits));
  if (typeof value === "number" && (sign === "+" || sign === " ") && value >= 0) text = sign + text;
  const missing = Math.max(0, Number(width ?? 0) - text.length);
  const side = align ?? (zero ? "=" : typeof value === "number" ? ">" : "<");
  const padding = zero && !align ? "0" : fill;
  if (side === "=") return text.replace(/^[+-]?(?:0[xbo])?/, (sign) => sign + padding.repeat(missing));
  if (side === "^") return padding.repeat(Math.floor(missing / 2)) + text + padding.repeat(Math.ceil(missing / 2));
  return side === ">" ? padding.repeat(missing) + text : text + padding.repeat(missing);
}

function numberText(value: number, type: string | undefined, digits: string | undefined, comma: string | undefined): string {
  const places = digits === undefined ? 6 : Number(digits);
  if (!Number.isFinite(value)) return decimal(value);
  const twoDigits = (text: string) => text.replace(/e([+-])(\\d)$/, "e$10$2");
  const grouped = (text: string) => (comma ? text.replace(/\\B(?=(\\d{3})+(?!\\d))(?<!\\.\\d*)/g, comma) : text);
  switch (type) {
    case "f":
    case "F":
      return grouped(fixed(value, places));
    case "%":
      return \`\${fixed(value * 100, places)}%\`;
    case "e":
    case "E":
      return twoDigits(value.toExponential(places));
    case "x":
      return value.toString(16);
    case "o":
      return value.toString(8);
    case "b":
      return value.toString(2);
    case "g":
    case "G":
      return general(value, places);
    default:
      if (digits !== undefined && type === undefined) return general(value, places);
      return grouped(Number.isInteger(value) ? String(value) : decimal(value));
  }
}

function general(value: number, places: number): string {
  const exponent = value === 0 ? 0 : Number(value.toExponential(Math.max(0, places - 1)).split("e")[1]);
  if (exponent < -4 || exponent >= Math.max(1, places)) {
    const [mantissa, power] = value.toExponential(Math.max(0, places - 1)).split("e");
    return \`\${mantissa!.includes(".") ? mantissa!.replace(/\\.?0+$/, "") : mantissa}e\${power!.replace(/^([+-])(\\d)$/, "$10$2")}\`;
  }
  const fixed = value.toFixed(Math.max(0, Math.max(1, places) - 1 - exponent));
  return fixed.includes(".") ? fixed.replace(/\\.?0+$/, "") : fixed;
}`,
    needs: ["decimal", "fixed", "str", "repr"],
    imports: ["Tensor"],
  },
  size: {
    code: `/** A shape as Python prints it. */
function size(shape: readonly number[]): string {
  return \`torch.Size([\${shape.join(", ")}])\`;
}`,
  },
  calculate: {
    code: `/** An operator between values of which only the run tells whether they are numbers, lists or tensors. */
function calculate(left: any, operator: "add" | "sub" | "mul" | "div" | "pow" | "floorDivide" | "remainder" | "matmul", right: any): any {
  if (left instanceof Tensor) return (left as any)[operator](right);
  if (right instanceof Tensor) return operator === "add" ? right.add(left) : operator === "mul" ? right.mul(left) : (fullLike(right, left) as any)[operator](right);
  if (Array.isArray(left)) return operator === "add" ? [...left, ...right] : Array.from({ length: right }, () => left).flat();
  if (typeof left === "string" && operator === "mul") return left.repeat(right);
  if (typeof left === "object" && left !== null && operator in left) return left[operator](right);
  if (typeof right === "object" && right !== null && \`r\${operator}\` in right) return right[\`r\${operator}\`](left);
  switch (operator) {
    case "add":
      return left + right;
    case "sub":
      return left - right;
    case "mul":
      return left * right;
    case "div":
      return left / right;
    case "pow":
      return left ** right;
    case "floorDivide":
      return Math.floor(left / right);
    default:
      return ((left % right) + right) % right;
  }
}`,
    imports: ["Tensor", "fullLike"],
  },
  compare: {
    code: `/** A comparison between values of which only the run tells whether they are numbers or tensors; of lists entry by entry, of sets by what they hold. */
function compare(left: any, operator: "eq" | "ne" | "lt" | "le" | "gt" | "ge", right: any): any {
  if (left instanceof Tensor && right !== null) return left[operator](right);
  if (right instanceof Tensor && left !== null) return right[({ eq: "eq", ne: "ne", lt: "gt", le: "ge", gt: "lt", ge: "le" } as const)[operator]](left);
  if (operator === "eq" || operator === "ne") return equals(left, right) === (operator === "eq");
  if (left instanceof Set && right instanceof Set) {
    const [less, more] = operator.startsWith("l") ? [left, right] : [right, left];
    return [...less].every((value) => more.has(value)) && (operator.endsWith("e") || less.size < more.size);
  }
  if (typeof left?.[operator] === "function") return left[operator](right);
  if (typeof left?.lt === "function" || (Array.isArray(left) && Array.isArray(right))) [left, right] = [order(left, right), 0];
  switch (operator) {
    case "lt":
      return left < right;
    case "le":
      return left <= right;
    case "gt":
      return left > right;
    default:
      return left >= right;
  }
}`,
    needs: ["equals", "order"],
    imports: ["Tensor"],
  },
  equals: {
    code: `/** Whether lists, sets or dictionaries hold the same. */
function equals(left: any, right: any): boolean {
  if (left === right || Object(left) !== left || Object(right) !== right) return left === right;
  if (Array.isArray(left)) return Array.isArray(right) && left.length === right.length && left.every((value, i) => equals(value, right[i]));
  if (left instanceof Set) return right instanceof Set && left.size === right.size && [...left].every((value) => right.has(value));
  const entries = (of: any) => (of instanceof Map ? of : Object.getPrototypeOf(of) === Object.prototype ? new Map(Object.entries(of)) : undefined);
  const [ours, theirs] = [entries(left), entries(right)];
  return ours !== undefined && ours.size === theirs?.size && [...ours].every(([key, value]) => theirs.has(key) && equals(value, theirs.get(key)));
}`,
  },
  either: {
    code: `/** Python's \`value or other\`: what is empty counts as nothing. */
function either<A, B>(value: A | null | undefined, other: () => B): A | B {
  return truth(value) ? value! : other();
}`,
    needs: ["truth"],
  },
  truth: {
    code: `/** Whether Python takes a value for true. */
function truth(value: any): boolean {
  if (value instanceof Tensor) return Boolean(value.item());
  if (typeof value !== "object" || value === null) return Boolean(value);
  if (value instanceof Map || value instanceof Set) return value.size > 0;
  return Object.getPrototypeOf(value) === Object.prototype ? Object.keys(value).length > 0 : value.length !== 0;
}`,
    imports: ["Tensor"],
  },
  getItem: {
    code: `/** \`values[key]\` of whatever has entries. */
function getItem(values: any, key: any): any {
  if (values instanceof Tensor) return values.at(key);
  if (values instanceof Map) return values.get(key);
  if (typeof key === "number" && typeof values.at === "function") return values.at(key);
  if (typeof values.get === "function") return values.get(key);
  return values[key];
}`,
    imports: ["Tensor"],
  },
  part: {
    code: `/** \`values[start:stop]\` of a list, a text or a tensor. */
function part(values: any, start?: number, stop?: number): any {
  return values instanceof Tensor ? values.at([start ?? null, stop ?? null]) : values.slice(start, stop);
}`,
    imports: ["Tensor"],
  },
  setItem: {
    code: `/** \`values[key] = value\` of whatever has entries. */
function setItem(values: any, key: any, value: any): void {
  if (values instanceof Tensor) values.setAt(key, value);
  else if (Array.isArray(values) && key < 0) values[values.length + key] = value;
  else if (values instanceof Map || typeof values.set === "function") values.set(key, value);
  else values[key] = value;
}`,
    imports: ["Tensor"],
  },
  camelKeys: {
    code: `/** Arguments by name, as Kindling calls them: batch_size is batchSize. */
function camelKeys(named: Record<string, any>): any {
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name.replaceAll(/_([a-z\\d])/g, (_, letter: string) => letter.toUpperCase()), value]));
}`,
  },
  list: {
    code: `/** The entries of a value, a dictionary's keys. */
function list(values: any): any[] {
  if (values instanceof Map) return [...values.keys()];
  return Symbol.iterator in values ? [...values] : Object.keys(values);
}`,
  },
  invoke: {
    code: `/** Calls a function, or an object that can be called. */
function invoke(called: any, ...values: any[]): any {
  return typeof called === "function" ? called(...values) : called.call(...values);
}`,
  },
  make: {
    code: `/** Makes something: of a class an object, of a function what it gives. */
function make(of: any, ...values: any[]): any {
  return "prototype" in of ? new of(...values) : of(...values);
}`,
  },
  makeByName: {
    code: `/** Makes an object of a class that only the run tells. @param places of the program's classes, what they take, in its order */
function makeByName(of: any, values: any[], named: Record<string, any>, places: Map<any, string[]>): any {
  const names = places.get(of);
  if (!names) return new of(...values, camelKeys(named));
  const others = () => Object.fromEntries(Object.entries(named).filter(([name]) => !names.includes(name)));
  return new of(...values, ...names.slice(values.length).map((name) => (name.startsWith("**") ? others() : named[name])));
}`,
    needs: ["camelKeys"],
  },
  partial: {
    code: `/** The class, with some of what it is made of given already. */
function partial(of: any, fixed: any[], options: Record<string, any>): any {
  return function (...values: any[]) {
    const named = values.length > 0 && Object.getPrototypeOf(Object(values.at(-1))) === Object.prototype ? values.pop() : {};
    return new of(...fixed, ...values, { ...options, ...named });
  };
}`,
  },
  byName: {
    code: `/** What is given by name, in the order of the names. */
function byName(named: Record<string, any>, names: readonly string[]): any {
  const other = Object.keys(named).find((name) => !names.includes(name));
  if (other !== undefined) throw new TypeError(\`got an unexpected keyword argument '\${other}'\`);
  return names.map((name) => named[name]);
}`,
  },
  samples: {
    code: `/** The samples of a dataset, one after the other. */
function* samples<T>(dataset: { readonly length: number; get(at: number): T }): IterableIterator<T> {
  for (let at = 0; at < dataset.length; at++) yield dataset.get(at);
}`,
  },
  advance: {
    code: `/** The next entry; Python says so where there is none. */
function advance<T>(iterator: Iterator<T>): T {
  const step = iterator.next();
  if (step.done) throw new StopIteration();
  return step.value;
}`,
    needs: ["StopIteration"],
  },
  isDictionary: {
    code: `/** Whether it is a dictionary, and no object of a class but a \`Map\`. */
function isDictionary<T>(value: T): value is Extract<T, Record<string, unknown> | ReadonlyMap<any, any>> {
  return value instanceof Map || (typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype);
}`,
  },
  asDictionary: {
    code: `/** An object's fields by name, and those of the objects in it. */
function asDictionary(of: any, names?: readonly string[]): any {
  if (names) return Object.fromEntries(names.map((name) => [name, asDictionary(of[name])]));
  if (Array.isArray(of)) return of.map((one) => asDictionary(one));
  if (typeof of !== "object" || of === null || of instanceof Tensor || of instanceof Map) return of;
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, asDictionary(value)]));
}`,
    imports: ["Tensor"],
  },
  copied: {
    code: `/** A copy of an object, and of all that is in it. */
function copied<T>(value: T): T {
  if (typeof value !== "object" || value === null || value instanceof Tensor || value instanceof nn.Module) return deepcopy(value);
  if (Array.isArray(value)) return value.map(copied) as T;
  if (value instanceof Map) return new Map(Array.from(value, ([key, one]) => [key, copied(one)])) as T;
  if (value instanceof Set) return new Set(Array.from(value, copied)) as T;
  const entries = Object.entries(value).map(([name, one]) => [name, copied(one)]);
  return Object.assign(Object.create(Object.getPrototypeOf(value)), Object.fromEntries(entries));
}`,
    imports: ["Tensor", "deepcopy", "nn"],
  },
  splitlines: {
    code: `/** A text's lines, without their ends. */
function splitlines(text: string): string[] {
  const lines = text.split(/\\r\\n|\\n|\\r/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}`,
  },
  replaced: {
    code: `/** The object again, with some of its fields changed. */
function replaced<T extends object>(of: T, changes: Record<string, any>): T {
  const made = Object.assign(Object.create(Object.getPrototypeOf(of)), of, changes);
  made.postInit?.();
  return made;
}`,
  },
  count: {
    code: `function* count(start = 0, step = 1): IterableIterator<number> {
  for (let number = start; ; number += step) yield number;
}`,
  },
  filled: {
    code: `/** A text with values where its braces are. */
function filled(text: string, values: any[], named: Record<string, any>): string {
  let next = 0;
  return text.replaceAll(/\\{\\{|\\}\\}|\\{(\\w*)(?::([^{}]*))?\\}/g, (whole, name?: string, spec?: string) => {
    if (name === undefined) return whole[0]!;
    return format(name === "" ? values[next++] : /^\\d+$/.test(name) ? values[Number(name)] : named[name], spec);
  });
}`,
    needs: ["format"],
  },
  OpenFile: {
    code: `/** A text that is open, to be read or written. */
class OpenFile {
  #text = "";

  constructor(
    readonly path: string,
    mode = "r",
  ) {
    if (mode.startsWith("r")) this.#text = readFileSync(path, "utf8");
    else writeFileSync(path, "", { flag: mode.startsWith("x") ? "wx" : mode[0]! });
  }

  read(): string {
    const text = this.#text;
    this.#text = "";
    return text;
  }

  readline(): string {
    const [line = ""] = /^.*\\n?/.exec(this.#text) ?? [];
    this.#text = this.#text.slice(line.length);
    return line;
  }

  readlines(): string[] {
    return [...this];
  }

  *[Symbol.iterator](): IterableIterator<string> {
    for (let line = this.readline(); line !== ""; line = this.readline()) yield line;
  }

  write(text: string): number {
    writeFileSync(this.path, text, { flag: "a" });
    return text.length;
  }

  writelines(lines: Iterable<string>): void {
    this.write([...lines].join(""));
  }

  flush(): void {}

  close(): void {}

  [Symbol.dispose](): void {}
}`,
    node: [
      ["node:fs", "readFileSync"],
      ["node:fs", "writeFileSync"],
    ],
  },
  substituted: {
    code: `/** The text with something else where the pattern finds something. */
function substituted(text: string, pattern: RegExp, by: (match: RegExpExecArray) => string): string {
  let [result, at] = ["", 0];
  for (const match of text.matchAll(pattern)) {
    result += text.slice(at, match.index) + by(match);
    at = match.index + match[0].length;
  }
  return result + text.slice(at);
}`,
  },
  splitAt: {
    code: `/** The parts of a text, of which so many are taken off at most: from its beginning, or from its end. */
function splitAt(text: string, separator: string, most: number, fromEnd = false): string[] {
  const parts = text.split(separator);
  if (most < 0 || parts.length <= most + 1) return parts;
  const left = fromEnd ? parts.splice(0, parts.length - most) : parts.splice(most);
  return fromEnd ? [left.join(separator), ...parts] : [...parts, left.join(separator)];
}`,
  },
  partition: {
    code: `/** What stands before a separator, the separator, and what stands behind it. */
function partition(text: string, separator: string, last = false): [string, string, string] {
  const at = last ? text.lastIndexOf(separator) : text.indexOf(separator);
  if (at < 0) return last ? ["", "", text] : [text, "", ""];
  return [text.slice(0, at), separator, text.slice(at + separator.length)];
}`,
  },
  madeText: {
    code: `/** A dictionary or a list as Python shows what it was made with. @param kind what it doesn't say itself */
function madeText(of: any, made: string, kind?: any): string {
  if (made === "deque") return \`deque(\${repr([...of], kind)}\${"maxlen" in of ? \`, maxlen=\${of.maxlen}\` : ""})\`;
  const entries: [any, any][] = of instanceof Map ? [...of] : Object.entries(of);
  if (made.startsWith("defaultdict")) return \`\${made}\${repr(new Map(entries), kind)})\`;
  if (entries.length === 0) return \`\${made}()\`;
  if (made === "Counter") return \`Counter(\${repr(new Map(entries.sort(([, a], [, b]) => b - a)), kind)})\`;
  return \`OrderedDict([\${entries.map(([key, value]) => \`(\${repr(key, kind?.keys)}, \${repr(value, kind?.of?.[key] ?? kind?.each)})\`).join(", ")}])\`;
}`,
    needs: ["repr"],
  },
  errorText: {
    code: `/** An error as Python shows it in a list. */
function errorText(error: unknown): string {
  const { constructor, message, key } = error as Error & { key?: unknown };
  return \`\${constructor.name === "Error" ? "Exception" : constructor.name}(\${message === "" ? "" : repr(key ?? message)})\`;
}`,
    needs: ["repr"],
  },
  temporaryFolder: {
    code: `/** A folder for the length of a block. */
function temporaryFolder(): { readonly value: string; [Symbol.dispose](): void } {
  const value = mkdtempSync(join(tmpdir(), "kindling-"));
  return { value, [Symbol.dispose]: () => rmSync(value, { recursive: true, force: true }) };
}`,
    node: [
      ["node:fs", "mkdtempSync"],
      ["node:fs", "rmSync"],
      ["node:os", "tmpdir"],
      ["node:path", "join"],
    ],
  },
  firstOf: {
    code: `/** The first of the values that fits; undefined where none does. */
function firstOf<T>(values: Iterable<T>, fits: (value: T) => any): T | undefined {
  for (const value of values) if (fits(value)) return value;
  return undefined;
}`,
  },
  splitext: {
    code: `/** A path without its ending, and the ending. */
function splitext(path: string): [string, string] {
  const [ending] = /(?<=[^/])\\.[^./]*$/.exec(path) ?? [""];
  return [path.slice(0, path.length - ending.length), ending];
}`,
  },
  entered: {
    code: `/** What a generator yields; the rest of it runs at the end of the block. */
function entered<T>(steps: Iterable<T>): { readonly value: T; [Symbol.dispose](): void } {
  const iterator = steps[Symbol.iterator]();
  const { value } = iterator.next();
  return { value, [Symbol.dispose]: () => void iterator.next() };
}`,
  },
  len: {
    code: `/** How many entries a value has. */
function len(values: any): number {
  return values.length ?? values.size ?? Object.keys(values).length;
}`,
  },
  popItem: {
    code: `/** Takes the entry out that was put in last, or first. */
function popItem<V>(dictionary: Map<any, V> | Record<any, V>, last = true): [any, V] {
  const entry = [...(dictionary instanceof Map ? dictionary : Object.entries(dictionary))].at(last ? -1 : 0);
  if (!entry) throw new KeyError("popitem(): dictionary is empty");
  if (dictionary instanceof Map) dictionary.delete(entry[0]);
  else delete dictionary[entry[0]];
  return entry;
}`,
    needs: ["KeyError"],
  },
  moveToEnd: {
    code: `/** Puts an entry behind all others, or before them. */
function moveToEnd<V>(dictionary: Map<any, V> | Record<any, V>, key: any, last = true): void {
  const moved = lookup(dictionary, key);
  const entries = [...(dictionary instanceof Map ? dictionary : Object.entries(dictionary))].filter(([other]) => other !== key);
  entries.splice(last ? entries.length : 0, 0, [key, moved]);
  for (const [other, value] of entries) {
    if (dictionary instanceof Map) dictionary.delete(other), dictionary.set(other, value);
    else delete dictionary[other], (dictionary[other] = value);
  }
}`,
    needs: ["lookup"],
  },
  argsOf: {
    code: `/** What an error was made with. */
function argsOf(error: unknown): any[] {
  return [error instanceof KeyError ? error.key : (error as Error).message];
}`,
    needs: ["KeyError"],
  },
  removed: {
    code: `/** Takes a value out of a set; Python says so where it isn't there. */
function removed<T>(set: Set<T>, value: T): void {
  if (!set.delete(value)) throw new KeyError(value);
}`,
    needs: ["KeyError"],
  },
  found: {
    code: `/** A value's place; Python says so where it isn't there. */
function found(place: number, message: string): number {
  if (place < 0) throw new ValueError(message);
  return place;
}`,
    needs: ["ValueError"],
  },
  lookup: {
    code: `/** What a dictionary has for a key; Python says so where it has nothing. */
function lookup<V>(dictionary: Map<any, V> | Record<any, V>, key: any): V {
  const value = dictionary instanceof Map ? dictionary.get(key) : dictionary[key];
  if (value === undefined && !(dictionary instanceof Map ? dictionary.has(key) : Object.hasOwn(dictionary, key))) throw new KeyError(key);
  return value!;
}`,
    needs: ["KeyError"],
  },
  entry: {
    code: `/** A list's entry, or a text's letter; Python says so where there is none. */
function entry<T = any>(values: ArrayLike<T>, at: number): T {
  const place = at < 0 ? at + values.length : at;
  if (!(place >= 0 && place < values.length)) throw new IndexError(\`\${typeof values === "string" ? "string" : "list"} index out of range\`);
  return values[place]!;
}`,
    imports: ["IndexError"],
  },
  int: {
    code: `/** A whole number, or the one that a text says. */
function int(value: any, base = 10): number {
  if (typeof value !== "string") return Math.trunc(Number(value));
  const [, sign, digits = ""] = /^([+-]?)(\\w+)$/.exec(value.trim()) ?? [];
  const known = digits.replace(base === 16 ? /^0x/i : base === 2 ? /^0b/i : "", "").replaceAll(/(?<=[^_])_(?=[^_])/g, "");
  if (known === "" || [...known].some((digit) => !(Number.parseInt(digit, 36) < base)))
    throw new ValueError(\`invalid literal for int() with base \${base}: \${repr(value)}\`);
  return Number.parseInt(sign + known, base);
}`,
    needs: ["ValueError", "repr"],
  },
  float: {
    code: `/** A number, or the one that a text says. */
function float(value: any): number {
  if (typeof value !== "string") return Number(value);
  const text = value.trim().toLowerCase().replaceAll(/(?<=\\d)_(?=\\d)/g, "");
  const [, sign, word] = /^([+-]?)(inf|infinity|nan)$/.exec(text) ?? [];
  if (word) return word === "nan" ? NaN : sign === "-" ? -Infinity : Infinity;
  if (!/^[+-]?(\\d+\\.?\\d*|\\.\\d+)(e[+-]?\\d+)?$/.test(text)) throw new ValueError(\`could not convert string to float: \${repr(value)}\`);
  return Number(text);
}`,
    needs: ["ValueError", "repr"],
  },
  category: {
    code: `/** What kind of letter it is, as Unicode calls it: "Lu", "Nd", "Mn". */
function category(letter: string): string {
  const all = "Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn".split(" ");
  return all.find((name) => new RegExp(\`^\\\\p{\${name}}$\`, "u").test(letter))!;
}`,
  },
  percent: {
    code: `/** Python's \`text % values\`. */
function percent(text: string, ...values: any[]): string {
  return text.replaceAll(/%([-+0 ]*)(\\d*)(?:\\.(\\d+))?([a-zA-Z%])/g, (_, flags: string, width: string, digits: string | undefined, type: string) => {
    if (type === "%") return "%";
    const value = values.shift();
    const side = flags.includes("-") ? "<" : typeof value === "number" ? "" : ">";
    const padding = (flags.includes("+") ? "+" : "") + (flags.includes("0") && side === "" ? "0" : "") + width;
    if (type === "d" || type === "i") return format(Math.trunc(value), side + padding);
    if (type === "r" || type === "s") return format(type === "r" ? repr(value) : str(value), (side || ">") + width);
    return format(value, side + padding + (digits === undefined ? "" : \`.\${digits}\`) + type);
  });
}`,
    needs: ["format", "str", "repr"],
  },
  mod: {
    code: `/** The remainder with the divisor's sign. */
function mod(a: number, b: number): number {
  return ((a % b) + b) % b;
}`,
  },
  roundTo: {
    code: `/** Python's round: halves go to the even neighbour. */
function roundTo(x: number, digits = 0): number {
  if (digits > 0) return Number(fixed(x, digits));
  const scale = 10 ** -digits;
  const low = Math.floor(x / scale);
  const rest = x / scale - low;
  return (rest > 0.5 || (rest === 0.5 && low % 2 !== 0) ? low + 1 : low) * scale;
}`,
    needs: ["fixed"],
  },
  every: {
    code: `/** Each nth entry, from start to stop: Python's \`values[start:stop:step]\`. */
function every<T>(values: readonly T[], start: number | null, stop: number | null, step: number): T[] {
  const found: T[] = [];
  const place = (at: number | null, other: number) => (at === null ? other : at < 0 ? at + values.length : Math.min(at, values.length));
  if (step > 0) for (let i = Math.max(0, place(start, 0)); i < place(stop, values.length); i += step) found.push(values[i]!);
  else for (let i = Math.min(values.length - 1, place(start, values.length - 1)); i > place(stop, -1); i += step) found.push(values[i]!);
  return found;
}`,
  },
  order: {
    code: `/** Which of two comes first: lists by their first entries that differ, objects as they say. */
function order(a: any, b: any): number {
  if (typeof a?.lt === "function") {
    const isLess = (one: any, other: any) => Boolean(Number(one.lt(other)));
    return isLess(a, b) ? -1 : isLess(b, a) ? 1 : 0;
  }
  if (!Array.isArray(a)) return a < b ? -1 : a > b ? 1 : 0;
  const at = a.findIndex((entry, i) => order(entry, b[i]) !== 0);
  return at < 0 ? a.length - b.length : order(a[at], b[at]);
}`,
  },
  compared: {
    code: `/** A key by which a function tells which of two comes first. */
function compared(compare: (a: any, b: any) => number): (value: any) => any {
  return (value) => ({ value, lt: (other: { value: any }) => compare(value, other.value) < 0 });
}`,
  },
  member: {
    code: `/** A value of an enumeration as Python shows it in a list. */
function member(one: { readonly name: string; readonly value: unknown }): string {
  return \`<\${one.constructor.name}.\${one.name}: \${repr(one.value)}>\`;
}`,
    needs: ["repr"],
  },
  sorted: {
    code: `/** A sorted copy. */
function sorted<T>(values: Iterable<T>, key: (value: T) => any = (value) => value, reverse = false): T[] {
  return [...values].sort((a, b) => (reverse ? order(key(b), key(a)) : order(key(a), key(b))));
}`,
    needs: ["order"],
  },
  heapify: {
    code: `/** Puts a list into the order of a heap: here it is sorted. */
function heapify<T>(values: T[]): void {
  values.sort(order);
}`,
    needs: ["order"],
  },
  heappush: {
    code: `/** Puts a value into a heap, behind all that are no larger. */
function heappush<T>(heap: T[], value: T): void {
  const at = heap.findIndex((one) => order(value, one) < 0);
  heap.splice(at < 0 ? heap.length : at, 0, value);
}`,
    needs: ["order"],
  },
  heappop: {
    code: `/** Takes the smallest value. */
function heappop<T>(heap: T[]): T {
  return heap.shift()!;
}`,
  },
  best: {
    code: `/** The entry with the largest (or, with sign −1, the smallest) key. @param usual where there are no entries */
function best<T>(values: Iterable<T>, key: (value: T) => any = (value) => value, sign = 1, ...usual: T[]): T {
  const [first, ...others] = [...values];
  if (first === undefined && usual.length > 0) return usual[0]!;
  return others.reduce((found, value) => (sign * order(key(value), key(found)) > 0 ? value : found), first!);
}`,
    needs: ["order"],
  },
  numbers: {
    code: `/** Numbers, some of which may be an array's. */
function numbers(values: Iterable<any>): number[] {
  return Array.from(values, (value) => (value instanceof Tensor ? value.item() : Number(value)));
}`,
    imports: ["Tensor"],
  },
  contains: {
    code: `/** Whether a list or a text holds a value, or a dictionary a key. */
function contains(values: any, value: any): boolean {
  if (typeof values === "string" || Array.isArray(values)) return values.includes(value);
  return Object.hasOwn(values, value);
}`,
  },
  statistics: {
    code: `/** Python's \`statistics\`, as far as the program needs it. */
const statistics = {
  median(values: readonly number[]): number {
    const sorted = values.toSorted((a, b) => a - b);
    const at = sorted.length / 2;
    return (sorted[Math.ceil(at) - 1]! + sorted[Math.floor(at)]!) / 2;
  },
  pvariance(values: readonly number[], less = 0): number {
    const mean = values.reduce((total, value) => total + value, 0) / values.length;
    return values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - less);
  },
  variance: (values: readonly number[]): number => statistics.pvariance(values, 1),
  stdev: (values: readonly number[]): number => Math.sqrt(statistics.variance(values)),
  pstdev: (values: readonly number[]): number => Math.sqrt(statistics.pvariance(values)),
};`,
  },
  mean: {
    code: `/** The mean of numbers. */
function mean(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length;
}`,
  },
  product: {
    code: `/** All combinations of one entry of each. */
function product(...values: Iterable<any>[]): any[][] {
  return values.reduce<any[][]>((found, one) => found.flatMap((head) => [...one].map((entry) => [...head, entry])), [[]]);
}`,
  },
  accumulate: {
    code: `/** What each entry makes of all before it. */
function accumulate<T>(values: Iterable<T>, join: (all: T, next: T) => T = (all: any, next: any) => all + next): T[] {
  const found: T[] = [];
  for (const value of values) found.push(found.length === 0 ? value : join(found.at(-1)!, value));
  return found;
}`,
  },
  stacked: {
    code: `/** Numbers, or arrays of one shape, as one array. */
function stacked(values: Iterable<any>): Tensor {
  const list = [...values];
  return list[0] instanceof Tensor ? stack(list) : tensor(list);
}`,
    imports: ["Tensor", "stack", "tensor"],
  },
  groupBy: {
    code: `/** Runs of entries that have the same key. */
function groupBy<T>(values: Iterable<T>, key: (value: T) => any = (value) => value): [any, T[]][] {
  const runs: [any, T[]][] = [];
  for (const value of values) {
    const of = key(value);
    const last = runs.at(-1);
    if (last && order(last[0], of) === 0) last[1].push(value);
    else runs.push([of, [value]]);
  }
  return runs;
}`,
    needs: ["order"],
  },
  remembered: {
    code: `/** What an optimizer remembers of a parameter: nothing yet where it is new. */
function remembered(state: Map<any, any>, parameter: any): Record<string, any> {
  if (!state.has(parameter)) state.set(parameter, {});
  return state.get(parameter);
}`,
  },
  combinations: {
    code: `/** All ways to choose so many entries, in their order. */
function combinations<T>(values: readonly T[], count: number): T[][] {
  if (count === 0) return [[]];
  return values.flatMap((value, i) => combinations(values.slice(i + 1), count - 1).map((rest) => [value, ...rest]));
}`,
  },
  permutations: {
    code: `/** All orders of so many of the entries. */
function permutations<T>(values: readonly T[], count = values.length): T[][] {
  if (count === 0) return [[]];
  return values.flatMap((value, i) => permutations([...values.slice(0, i), ...values.slice(i + 1)], count - 1).map((rest) => [value, ...rest]));
}`,
  },
  islice: {
    code: `/** The entries from one place to another, each nth of them. */
function* islice<T>(values: Iterable<T>, start: number | null, stop: number | null, step = 1): IterableIterator<T> {
  let at = 0;
  if (stop !== null && stop <= 0) return;
  for (const value of values) {
    if (at >= (start ?? 0) && (at - (start ?? 0)) % step === 0) yield value;
    at++;
    if (stop !== null && at >= stop) return;
  }
}`,
  },
  takewhile: {
    code: `/** The entries before the first that doesn't fit. */
function* takewhile<T>(fits: (value: T) => any, values: Iterable<T>): IterableIterator<T> {
  for (const value of values) {
    if (!fits(value)) return;
    yield value;
  }
}`,
  },
  dropwhile: {
    code: `/** The entries from the first that doesn't fit. */
function* dropwhile<T>(fits: (value: T) => any, values: Iterable<T>): IterableIterator<T> {
  let begins = false;
  for (const value of values) if ((begins ||= !fits(value))) yield value;
}`,
  },
  rotate: {
    code: `/** Moves the entries on by so many places, from the end to the beginning. */
function rotate(values: any[], by = 1): void {
  const at = values.length === 0 ? 0 : ((by % values.length) + values.length) % values.length;
  values.unshift(...values.splice(values.length - at));
}`,
  },
  cycle: {
    code: `/** The entries again and again. */
function* cycle<T>(values: Iterable<T>): IterableIterator<T> {
  const seen = [...values];
  for (;;) yield* seen;
}`,
  },
  Deque: {
    code: `/** A list that holds so many entries at most: the oldest go. */
class Deque<T> extends Array<T> {
  constructor(
    readonly maxlen: number,
    values: Iterable<T> = [],
  ) {
    super();
    this.push(...values);
  }

  override push(...values: T[]): number {
    super.push(...values);
    this.splice(0, this.length - this.maxlen);
    return this.length;
  }

  override unshift(...values: T[]): number {
    super.unshift(...values);
    this.splice(this.maxlen);
    return this.length;
  }

  /** What is made of it is a plain list. */
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}`,
  },
  sameKey: {
    code: `/** Of lists that hold the same, the one that \`known\` has. */
function sameKey<K>(known: Map<string, K>, key: K): K {
  if (!Array.isArray(key)) return key;
  const text = JSON.stringify(key);
  if (!known.has(text)) known.set(text, key);
  return known.get(text)!;
}`,
  },
  KeyMap: {
    code: `/** A Map for which lists that hold the same are one key, as tuples are to a dictionary. */
class KeyMap<K, V> extends Map<K, V> {
  readonly #known = new Map<string, K>();

  constructor(entries: Iterable<readonly [K, V]> = []) {
    super();
    for (const [key, value] of entries) this.set(key, value);
  }

  override get(key: K): V | undefined {
    return super.get(this.#same(key));
  }

  override has(key: K): boolean {
    return super.has(this.#same(key));
  }

  override set(key: K, value: V): this {
    return super.set(this.#same(key), value);
  }

  override delete(key: K): boolean {
    return super.delete(this.#same(key));
  }

  #same(key: K): K {
    return sameKey(this.#known, key);
  }
}`,
    needs: ["sameKey"],
  },
  KeySet: {
    code: `/** A Set for which lists that hold the same are one entry, as tuples are. */
class KeySet<T> extends Set<T> {
  readonly #known = new Map<string, T>();

  constructor(entries: Iterable<T> = []) {
    super();
    for (const entry of entries) this.add(entry);
  }

  override has(entry: T): boolean {
    return super.has(sameKey(this.#known, entry));
  }

  override add(entry: T): this {
    return super.add(sameKey(this.#known, entry));
  }

  override delete(entry: T): boolean {
    return super.delete(sameKey(this.#known, entry));
  }
}`,
    needs: ["sameKey"],
  },
  DefaultMap: {
    code: `/** A Map that makes the values it doesn't have. */
class DefaultMap<K, V> extends KeyMap<K, V> {
  constructor(private readonly make: () => V) {
    super();
  }

  override get(key: K): V {
    if (!this.has(key)) this.set(key, this.make());
    return super.get(key)!;
  }
}`,
    needs: ["KeyMap"],
  },
  Counts: {
    code: `/** How often what comes: what doesn't come, not at all. */
class Counts<T> extends KeyMap<T, number> {
  override get(key: T): number {
    return super.get(key) ?? 0;
  }
}`,
    needs: ["KeyMap"],
  },
  counted: {
    code: `/** How often each value comes. */
function counted<T>(values: Iterable<T> | ReadonlyMap<T, number>): Map<T, number> {
  return countIn(new Counts<T>(), values);
}`,
    needs: ["Counts", "countIn"],
  },
  countIn: {
    code: `/** Counts further values, or adds other counts. */
function countIn<T>(counts: Map<T, number>, values: Iterable<T> | ReadonlyMap<T, number>, sign = 1): Map<T, number> {
  if (values instanceof Map) for (const [key, count] of values) counts.set(key, counts.get(key)! + sign * count);
  else for (const value of values as Iterable<T>) counts.set(value, counts.get(value)! + sign);
  return counts;
}`,
  },
  summed: {
    code: `/** Counts and other counts together, or without them: those that are left. */
function summed<T>(counts: Map<T, number>, others: Map<T, number>, sign = 1): Map<T, number> {
  const all = countIn(counted(counts), others, sign);
  for (const [key, count] of all) if (count <= 0) all.delete(key);
  return all;
}`,
    needs: ["counted", "countIn"],
  },
  seeded: {
    code: `/** Python's \`random.Random\`: numbers of its own. */
function seeded(seed?: number): typeof random {
  const own = { ...random, state: new Uint32Array(624), index: 625 };
  if (seed !== undefined) own.seed(seed);
  return own;
}`,
    needs: ["random"],
  },
  random: {
    code: `/** Python's \`random\`: the same numbers from the same seed. */
const random = {
  state: new Uint32Array(624),
  index: 625,
  spare: null as number | null,
  seed(seed = 0): void {
    const key: number[] = [];
    for (let rest = Math.abs(Math.trunc(seed)); rest > 0 || key.length === 0; rest = Math.floor(rest / 2 ** 32)) key.push(rest % 2 ** 32);
    const mt = this.state;
    mt[0] = 19650218;
    for (let i = 1; i < 624; i++) mt[i] = Math.imul(1812433253, mt[i - 1]! ^ (mt[i - 1]! >>> 30)) + i;
    let i = 1;
    for (let k = 0; k < 624; k++) {
      mt[i] = (mt[i]! ^ Math.imul(mt[i - 1]! ^ (mt[i - 1]! >>> 30), 1664525)) + key[k % key.length]! + (k % key.length);
      if (++i >= 624) (mt[0] = mt[623]!), (i = 1);
    }
    for (let k = 0; k < 623; k++) {
      mt[i] = (mt[i]! ^ Math.imul(mt[i - 1]! ^ (mt[i - 1]! >>> 30), 1566083941)) - i;
      if (++i >= 624) (mt[0] = mt[623]!), (i = 1);
    }
    mt[0] = 0x80000000;
    this.index = 624;
    this.spare = null;
  },
  bits(): number {
    if (this.index > 624) this.seed(Date.now());
    const mt = this.state;
    if (this.index === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (mt[i]! & 0x80000000) | (mt[(i + 1) % 624]! & 0x7fffffff);
        mt[i] = mt[(i + 397) % 624]! ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.index = 0;
    }
    let y = mt[this.index++]!;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  },
  random(): number {
    return ((this.bits() >>> 5) * 67108864 + (this.bits() >>> 6)) / 9007199254740992;
  },
  /** A whole number below n. */
  below(n: number): number {
    const bits = 32 - Math.clz32(n);
    for (;;) {
      const value = this.bits() >>> (32 - bits);
      if (value < n) return value;
    }
  },
  uniform(a: number, b: number): number {
    return a + (b - a) * this.random();
  },
  randint(a: number, b: number): number {
    return a + this.below(b - a + 1);
  },
  randrange(start: number, stop?: number): number {
    return stop === undefined ? this.below(start) : start + this.below(stop - start);
  },
  choice<T>(values: ArrayLike<T>): T {
    return values[this.below(values.length)]!;
  },
  choices<T>(values: readonly T[], { weights, k = 1 }: { weights?: readonly number[]; k?: number } = {}): T[] {
    if (!weights) return Array.from({ length: k }, () => values[Math.floor(this.random() * values.length)]!);
    let total = 0;
    const sums = weights.map((weight) => (total += weight));
    return Array.from({ length: k }, () => {
      const drawn = this.random() * total;
      return values[Math.min(sums.filter((sum) => sum <= drawn).length, values.length - 1)]!;
    });
  },
  shuffle(values: unknown[]): void {
    for (let i = values.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      [values[i], values[j]] = [values[j], values[i]];
    }
  },
  sample<T>(values: readonly T[], k: number): T[] {
    const n = values.length;
    if (n <= (k > 5 ? 21 + 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 21)) {
      const pool = [...values];
      return Array.from({ length: k }, (_, i) => {
        const j = this.below(n - i);
        const found = pool[j]!;
        pool[j] = pool[n - i - 1]!;
        return found;
      });
    }
    const taken = new Set<number>();
    return Array.from({ length: k }, () => {
      let j = this.below(n);
      while (taken.has(j)) j = this.below(n);
      taken.add(j);
      return values[j]!;
    });
  },
  gauss(mu = 0, sigma = 1): number {
    if (this.spare !== null) {
      const z = this.spare;
      this.spare = null;
      return mu + z * sigma;
    }
    const angle = this.random() * 2 * Math.PI;
    const radius = Math.sqrt(-2 * Math.log(1 - this.random()));
    this.spare = Math.sin(angle) * radius;
    return mu + Math.cos(angle) * radius * sigma;
  },
};`,
  },
};
