/** What an argument may be, told by its value, and how a message calls it. */
import { isDtypeName } from "../dtype.ts";
import { Device } from "../device.ts";
import { Tensor } from "../tensor.ts";

type Check = (value: unknown) => boolean;

const isWhole: Check = (value) => Number.isInteger(value);
const isNumber: Check = (value) => typeof value === "number";
const isBoolean: Check = (value) => typeof value === "boolean";
const isString: Check = (value) => typeof value === "string";
const isTensorValue: Check = (value) => value instanceof Tensor;
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

/** `{ … }` as it is written down, not an instance of a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}

/** A value with a class: modules are functions to JavaScript. */
const isInstance: Check = (value) =>
  ((typeof value === "object" && value !== null) || typeof value === "function") &&
  !Array.isArray(value) &&
  !isPlainObject(value) &&
  !(value instanceof Tensor);

const isObject: Check = (value) => typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Tensor);

/** Whether one of a value's classes has this name. */
function isNamed(value: unknown, name: string): boolean {
  for (let type: unknown = Object(value); type; type = Object.getPrototypeOf(type)) if ((type as object).constructor?.name === name) return true;
  return false;
}

const checks: Readonly<Record<string, Check>> = {
  any: (value) => value !== undefined,
  null: (value) => value === null,
  processor: (value) => value === "cpu" || value === "cpu:0" || (value instanceof Device && value.type === "cpu"),
  number: isNumber,
  // Truth values count as 0 and 1, as in Python.
  Scalar: (value) => typeof value === "number" || typeof value === "boolean",
  bigint: (value) => typeof value === "bigint",
  Int: isWhole,
  boolean: isBoolean,
  string: isString,
  DType: (value) => typeof value === "string" && isDtypeName(value),
  Tensor: isTensorValue,
  function: (value) => typeof value === "function",
  object: isObject,
  record: isObject,
  list: (value) => Array.isArray(value) || (typeof value === "object" && value !== null && Symbol.iterator in value && !(value instanceof Tensor)),
  // Tensors are iterable, too: what wants several says itself what one tensor isn't.
  iterable: (value) => typeof value === "object" && value !== null && Symbol.iterator in value,
  "Int[]": listOf(isWhole),
  "number[]": listOf(isNumber),
  "boolean[]": listOf(isBoolean),
  "string[]": listOf(isString),
  "Tensor[]": listOf(isTensorValue),
};

/** Whether `value` is of one of the kinds. */
export function isOfKind(value: unknown, kinds: readonly string[]): boolean {
  return kinds.some((kind) => isOf(value, kind));
}

function isOf(value: unknown, kind: string): boolean {
  const check = checks[kind];
  if (check) return check(value);
  if (kind.startsWith('"')) return value === JSON.parse(kind);
  if (kind.endsWith("[]")) return Array.isArray(value) && value.every((each) => isOf(each, kind.slice(0, -2)));
  if (kind.startsWith("@")) return isInstance(value) && isNamed(value, kind.slice(1));
  const [, element = "", count = ""] = /^(Int|number|Tensor)\[(\d+)\]$/.exec(kind) ?? [];
  return Array.isArray(value) && value.length === Number(count) && value.every(checks[element] ?? isNumber);
}

const WORDS: Readonly<Record<string, string>> = {
  null: "null",
  processor: 'the one device there is, "cpu"',
  number: "a number",
  Scalar: "a number",
  Int: "a whole number",
  bigint: "a bigint",
  boolean: "true or false",
  string: "a string",
  DType: 'a dtype ("float32", "int32", "bool", "uint8" or PyTorch\'s names for them)',
  Tensor: "a tensor",
  function: "a function",
  object: "an object",
  record: "an object",
  list: "a list",
  iterable: "something to iterate over",
  "Int[]": "a list of whole numbers",
  "number[]": "a list of numbers",
  "boolean[]": "a list of booleans",
  "string[]": "a list of strings",
  "Tensor[]": "a list of tensors",
  "function[]": "a list of functions",
};

/** "a tensor, a number or null" */
export function kindsInWords(kinds: readonly string[]): string {
  const words = kinds
    .map((kind) => {
      if (kind.startsWith("@") && kind.endsWith("[]")) return `a list of ${kind.slice(1, -2)}s`;
      if (kind.startsWith("@")) return `${/^@(?!U[A-Z])[AEIOU]/.test(kind) ? "an" : "a"} ${kind.slice(1)}`;
      const [, element, count] = /^(Int|number|Tensor)\[(\d+)\]$/.exec(kind) ?? [];
      if (count !== undefined) return (WORDS[`${element!}[]`] ?? "").replace("of ", `of ${count} `);
      return WORDS[kind] ?? kind;
    })
    .filter((each, i, all) => all.indexOf(each) === i);
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** A value as a message shows it: `"fro"`, `2.5`, `a tensor [2, 3]`, `a Linear`. */
export function valueInWords(value: unknown): string {
  if (value instanceof Tensor) return `a tensor [${value.shape.join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  if (Array.isArray(value)) return value.every(isSimple) && value.length <= 8 ? `[${value.map(valueInWords).join(", ")}]` : "a list";
  // Modules are functions to JavaScript.
  if (typeof value === "function" && isClass(value)) return `the class ${value.name}`;
  if (typeof value === "function" && Object.getPrototypeOf(value) !== Function.prototype) return `a ${value.constructor.name}`;
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (isPlainObject(value)) return `{ ${Object.keys(value).slice(0, 4).join(", ")} }`;
  if (typeof value === "object" && value !== null) return `a ${value.constructor.name}`;
  return String(value);
}

const isSimple: Check = (value) => value === null || (typeof value !== "object" && typeof value !== "function");

/** Users' classes, and those that take their arguments in every form, whose prototype is some class's. */
const isClass = (value: object): boolean =>
  Function.prototype.toString.call(value).startsWith("class") || (Object.hasOwn(value, "prototype") && Object.getPrototypeOf(value) !== Function.prototype);
