/** What JavaScript and Node have by themselves: Math, console, Object, JSON, paths and files. */
import { iterable, iterated, listed, materialized } from "./sequences.ts";
import { expression, wholeExpression } from "./grammar.ts";
import type { CallNode } from "./calls.ts";
import type { Context } from "./context.ts";
import { isElementType, numberText } from "./formats.ts";
import { isCallback } from "./functions.ts";
import { arrayMethod, keyOf } from "./arrays.ts";
import { access, atom, binds, code, infix, quoted, receiver, within, type Code } from "./python.ts";
import { bare, keyName, startLine, type Node } from "./syntax.ts";
import { allFitted, isTypedArray, typedArray } from "./typedArrays.ts";
import { boolean, either, elementOf, float, functionOf, list, none, noParameters, number, parsed, string, tuple, unknown, whole, type Type } from "./types.ts";

const constants: Readonly<Record<string, readonly [string, string, Type]>> = {
  "Infinity": ["math", "math.inf", float],
  "NaN": ["math", "math.nan", float],
  "Math.PI": ["math", "math.pi", float],
  "Math.E": ["math", "math.e", float],
  "Math.LN2": ["math", "math.log(2)", float],
  "Math.LN10": ["math", "math.log(10)", float],
  "Math.LOG2E": ["math", "math.log2(math.e)", float],
  "Math.LOG10E": ["math", "math.log10(math.e)", float],
  "Math.SQRT2": ["math", "math.sqrt(2)", float],
  "Math.SQRT1_2": ["math", "math.sqrt(0.5)", float],
  "Number.POSITIVE_INFINITY": ["math", "math.inf", float],
  "Number.NEGATIVE_INFINITY": ["math", "-math.inf", float],
  "Number.NaN": ["math", "math.nan", float],
  "Number.MAX_VALUE": ["sys", "sys.float_info.max", float],
  "Number.EPSILON": ["sys", "sys.float_info.epsilon", float],
  "Number.MAX_SAFE_INTEGER": ["", "9007199254740991", whole],
  "process.stdout": ["sys", "sys.stdout", unknown],
  "process.stderr": ["sys", "sys.stderr", unknown],
  "process.argv": ["sys", '["python", *sys.argv]', list(string)],
  "process.env": ["os", "os.environ", { kind: "object", fields: new Map(), rest: string }],
  "process.platform": ["sys", "sys.platform", string],
};

/** Functions of JavaScript's that have a name of their own in Python, also where nobody calls them. */
const asValues: Readonly<Record<string, readonly [string, Type]>> = {
  "Math.max": ["max", functionOf(number, { ...noParameters, rest: true })],
  "Math.min": ["min", functionOf(number, { ...noParameters, rest: true })],
  "Math.abs": ["abs", unary(number)],
  "Math.floor": ["math.floor", unary(whole)],
  "Number.isInteger": ["lambda x: float(x).is_integer()", unary(boolean)],
};

function unary(returns: Type): Type {
  return functionOf(returns, { types: [number], names: [], options: -1, rest: false });
}

function functionAsValue(context: Context, name: string): Code | undefined {
  const own = /^(Math|Number)\.|^is(NaN|Finite)$/.test(name) && Object.hasOwn(functions, name) ? functions[name]! : undefined;
  const found = asValues[name] ?? (own && ([own[0], unary(own[1])] as const));
  if (!found) return undefined;
  if (found[0].startsWith("lambda")) return code(found[0], binds.lambda, found[1]);
  const [module, member] = found[0].split(".");
  if (member) context.use(`import ${module}`);
  return access(...found);
}

export function globalConstant(context: Context, name: string): Code | undefined {
  const found = constants[name];
  if (!found) return functionAsValue(context, name);
  const [module, text, type] = found;
  if (module !== "") context.use(`import ${module}`);
  return access(text, type);
}

/** Functions that differ by their name only. */
const functions: Readonly<Record<string, readonly [string, Type]>> = {
  "Math.sqrt": ["math.sqrt", float],
  "Math.exp": ["math.exp", float],
  "Math.expm1": ["math.expm1", float],
  "Math.log": ["math.log", float],
  "Math.log2": ["math.log2", float],
  "Math.log10": ["math.log10", float],
  "Math.log1p": ["math.log1p", float],
  "Math.sin": ["math.sin", float],
  "Math.cos": ["math.cos", float],
  "Math.tan": ["math.tan", float],
  "Math.asin": ["math.asin", float],
  "Math.acos": ["math.acos", float],
  "Math.atan": ["math.atan", float],
  "Math.atan2": ["math.atan2", float],
  "Math.sinh": ["math.sinh", float],
  "Math.cosh": ["math.cosh", float],
  "Math.tanh": ["math.tanh", float],
  "Math.hypot": ["math.hypot", float],
  "Math.ceil": ["math.ceil", whole],
  "Math.trunc": ["math.trunc", whole],
  "Math.random": ["random.random", float],
  "isNaN": ["math.isnan", boolean],
  "Number.isNaN": ["math.isnan", boolean],
  "Number.isFinite": ["math.isfinite", boolean],
  "isFinite": ["math.isfinite", boolean],
  "Boolean": ["bool", boolean],
  "BigInt": ["int", whole],
  "structuredClone": ["copy.deepcopy", unknown],
  "JSON.stringify": ["json.dumps", string],
  "JSON.parse": ["json.loads", parsed],
  "existsSync": ["os.path.exists", boolean],
  "fs.existsSync": ["os.path.exists", boolean],
  "resolve": ["os.path.abspath", string],
  "dirname": ["os.path.dirname", string],
  "path.dirname": ["os.path.dirname", string],
  "basename": ["os.path.basename", string],
  "path.basename": ["os.path.basename", string],
  "readdirSync": ["os.listdir", list(string)],
  "fs.readdirSync": ["os.listdir", list(string)],
  "tmpdir": ["tempfile.gettempdir", string],
  "os.tmpdir": ["tempfile.gettempdir", string],
  "unlinkSync": ["os.remove", none],
  "fs.unlinkSync": ["os.remove", none],
  "Object.keys": ["list", list(string)],
};

/** What an object of a class of the program's holds, by name. */
export const asDictionary = (context: Context, made: Code): Code =>
  made.type.kind === "module" && made.type.path === "enum" && [...(made.type.members?.values() ?? [])].every(({ kind }) => kind === "string")
    ? access(`${context.help("members_of")}(${made.text})`, { kind: "object", fields: made.type.members ?? new Map() })
    : fieldsOf(made);

const fieldsOf = (made: Code): Code =>
  made.type.kind === "object of" ? access(`vars(${made.text})`, { kind: "object", fields: new Map(), rest: unknown }) : made;

/** A call of something that JavaScript or Node has; `undefined` where it has no such thing. */
export function standardCall(context: Context, node: CallNode, name: string): Code | undefined {
  const { arguments: nodes } = node;
  const [first, second] = nodes;
  const value = (each: Node): Code => expression(context, each);
  switch (name) {
    case "console.log":
    case "console.info":
    case "console.debug":
      return printed(context, node, "");
    case "console.error":
    case "console.warn":
      context.use("import sys");
      return printed(context, node, "file=sys.stderr");
    case "process.stdout.write":
      return access(`print(${value(first!).text}, end="")`, none);
    case "process.exit":
      context.use("import sys");
      return access(`sys.exit(${first ? value(first).text : ""})`, none);
    case "Math.max":
    case "Math.min":
      return extreme(context, node, name.slice(5));
    case "Math.abs":
      return access(`abs(${value(first!).text})`, value(first!).type);
    case "Math.pow":
      return code(`${within(value(first!), binds.access)} ** ${within(value(second!), binds.sign)}`, binds.power, number);
    case "Math.floor":
      return floored(context, first!);
    case "Math.round":
      context.use("import math");
      return access(`math.floor(${infix(value(first!), "+", atom("0.5"), binds.sum, float).text})`, whole);
    case "Math.sign":
      return code(`(${value(first!).text} > 0) - (${value(first!).text} < 0)`, binds.sum, whole);
    case "Math.cbrt":
      return access(`${context.help("cbrt")}(${value(first!).text})`, float);
    case "Math.imul":
      context.help("int32");
      return access(`${context.help("imul")}(${value(first!).text}, ${value(second!).text})`, whole);
    case "Number":
      return numberOf(context, value(first!));
    case "parseFloat":
    case "Number.parseFloat":
      return value(first!).type.kind === "number" ? value(first!) : access(`${context.help("leading_number")}(${value(first!).text})`, number);
    case "parseInt":
    case "Number.parseInt":
      return value(first!).type.kind === "number"
        ? access(`int(${value(first!).text})`, whole)
        : access(`${context.help("leading_integer")}(${nodes.map((each) => value(each).text).join(", ")})`, whole);
    case "String.fromCharCode":
    case "String.fromCodePoint": {
      if (nodes.length === 1 && first!.type !== "SpreadElement") return access(`chr(${value(first!).text})`, string);
      const codes = nodes.map((each) => (each.type === "SpreadElement" ? `*${iterable(context, each.argument).text}` : value(each).text));
      return access(`"".join(map(chr, [${codes.join(", ")}]))`, string);
    }
    case "join":
    case "path.join":
      return joinedPath(context, nodes);
    case "Number.isInteger":
      return access(`float(${value(first!).text}).is_integer()`, boolean);
    case "String": {
      const made = value(first!);
      if (made.type.kind === "string") return made;
      return made.type.kind === "boolean" || isElementType(made.type) ? numberText(made) : access(`str(${made.text})`, string);
    }
    case "Array":
      return standardConstruction(context, { ...node, type: "NewExpression" } as never, "Array");
    case "Array.from":
      return arrayFrom(context, node);
    case "Array.isArray":
      return access(`isinstance(${value(first!).text}, (list, tuple))`, boolean);
    case "Array.of":
      return atom(`[${nodes.map((each) => value(each).text).join(", ")}]`, list(value(first!).type));
    case "Object.entries":
    case "Object.values":
      return entries(asDictionary(context, value(first!)), name.slice(7));
    case "Object.fromEntries":
      return fromEntries(context, first!);
    case "Object.assign": {
      const made = value(first!);
      const filled = made.type.kind === "object of" ? `vars(${made.text})` : receiver(made);
      return access(`${filled}.update(${value(second!).text})`, none);
    }
    case "Object.freeze":
      return value(first!);
    case "Promise.all":
      return value(first!);
    case "Promise.resolve":
      return first ? value(first) : atom("None", none);
    case "Object.create":
      return first?.type === "NullLiteral" ? atom("{}", { kind: "object", fields: new Map(), rest: unknown }) : context.refuse(node, name);
    case "Date.now":
    case "performance.now":
      context.use("import time");
      return code(name === "Date.now" ? "time.time() * 1000" : "time.perf_counter() * 1000", binds.product, float);
    case "mkdtempSync":
    case "fs.mkdtempSync":
      return temporaryFolder(context, first!);
    case "mkdirSync":
    case "fs.mkdirSync":
      context.use("import os");
      return access(`os.makedirs(${fileName(context, first!).text}, exist_ok=True)`, none);
    case "rmSync":
    case "fs.rmSync":
      context.use("import shutil");
      return access(`shutil.rmtree(${fileName(context, first!).text}, ignore_errors=True)`, none);
    case "readFileSync":
    case "fs.readFileSync":
    case "readFile":
    case "fs.readFile":
      return second ? textOfFile(context, first!) : context.refuse(node, `${name} without an encoding`, `read text with ${name}(name, "utf8")`);
    case "writeFileSync":
    case "fs.writeFileSync":
    case "writeFile":
    case "fs.writeFile":
      context.use("from pathlib import Path");
      return access(`Path(${fileName(context, first!).text}).write_text(${value(second!).text})`, none);
    case "extname":
    case "path.extname":
      context.use("import os");
      return access(`os.path.splitext(${value(first!).text})[1]`, string);
    case "fileURLToPath":
    case "pathToFileURL":
      return fileName(context, first!);
    case "JSON.stringify":
      context.use("import json");
      return access(`json.dumps(${value(first!).text}, ${nodes[2] ? `indent=${value(nodes[2]).text}` : 'separators=(",", ":")'}, ensure_ascii=False)`, string);
    case "Object.keys": {
      const made = asDictionary(context, value(first!));
      return access(`list(${made.text})`, list(string));
    }
  }
  const [typed = "", from] = name.split(".");
  if (isTypedArray(typed) && (from === "from" || from === "of")) return allFitted(context, typedArray(typed), standardCall(context, node, `Array.${from}`)!);
  const known = functions[name];
  if (!known) return undefined;
  const [text, type] = known;
  const module = text.includes(".") ? text.slice(0, text.indexOf(".")) : "";
  if (module !== "" && !text.startsWith("os.path")) context.use(`import ${module}`);
  if (text.startsWith("os.")) context.use("import os");
  return access(
    `${text}(${nodes.map((each) => (each.type === "SpreadElement" ? `*${iterable(context, each.argument).text}` : value(each).text)).join(", ")})`,
    text === "copy.deepcopy" ? value(first!).type : type,
  );
}

function textOfFile(context: Context, node: Node): Code {
  context.use("from pathlib import Path");
  return access(`Path(${fileName(context, node).text}).read_text(encoding="utf-8")`, string);
}

/** A path of parts; one that goes up or round about is made straight. */
function joinedPath(context: Context, nodes: readonly Node[]): Code {
  context.use("import os");
  const parts = nodes.map((each) => (each.type === "SpreadElement" ? `*${iterable(context, each.argument).text}` : expression(context, each).text));
  const joined = `os.path.join(${parts.join(", ")})`;
  const isStraight = !nodes.some((each) => each.type === "StringLiteral" && /^\.|\/\.|\/\//.test(each.value));
  return access(isStraight ? joined : `os.path.normpath(${joined})`, string);
}

/** Text as JavaScript reads it: whole where it has no fraction. */
function numberOf(context: Context, made: Code): Code {
  if (made.type.kind === "number") return made;
  return made.type.kind === "boolean" ? access(`int(${made.text})`, whole) : access(`${context.help("number")}(${made.text})`, number);
}

function printed(context: Context, node: CallNode, last: string): Code {
  const items = node.arguments.map((each) => {
    if (each.type === "SpreadElement") return { text: `*${iterable(context, each.argument).text}`, node: each as Node };
    const made = materialized(expression(context, each));
    return {
      text: made.type.kind === "boolean" || isElementType(made.type) ? numberText(made).text : made.tight === binds.lambda ? `(${made.text})` : made.text,
      node: each as Node,
    };
  });
  return access(
    listed("print(", ")", last === "" ? items : [...items, { text: last, node: node.arguments.at(-1) ?? node }], node.callee.loc?.end.line ?? startLine(node)),
    none,
  );
}

function extreme(context: Context, node: CallNode, name: string): Code {
  const [only] = node.arguments;
  if (node.arguments.length === 1 && only?.type === "SpreadElement") {
    const made = iterable(context, only.argument);
    const inner = /^\[(.* for .*)\]$/s.exec(made.text);
    const of = elementOf(made.type);
    return access(`${name}(${inner ? inner[1] : made.text})`, of.kind === "number" ? of : number);
  }
  const parts = node.arguments.map((each) =>
    each.type === "SpreadElement" ? code(`*${within(iterable(context, each.argument), binds.bitOr)}`, binds.sign, number) : expression(context, each),
  );
  return access(`${name}(${parts.map(({ text }) => text).join(", ")})`, parts.map(({ type }) => type).reduce(either, none));
}

/** `Math.floor(a / b)` of whole numbers is `a // b`. */
function floored(context: Context, node: Node): Code {
  const inner = bare(node);
  if (inner.type === "BinaryExpression" && inner.operator === "/") {
    const [left, right] = [expression(context, inner.left), expression(context, inner.right)];
    if ([left, right].every(({ type }) => type.kind === "number" && type.whole)) return infix(left, "//", right, binds.product, whole);
  }
  context.use("import math");
  return access(`math.floor(${expression(context, node).text})`, whole);
}

/** `Array.from({ length: n }, (_, i) => …)`, `Array.from(values, f)` */
function arrayFrom(context: Context, node: CallNode): Code {
  const [first, second] = node.arguments;
  const inner = bare(first!);
  const counted =
    inner.type === "ObjectExpression" &&
    inner.properties.length === 1 &&
    inner.properties[0]?.type === "ObjectProperty" &&
    keyName(inner.properties[0].key) === "length"
      ? inner.properties[0].value
      : undefined;
  if (!counted) {
    const made = iterable(context, first!);
    return second ? arrayMethod(context, { ...node, arguments: [second] } as CallNode, made, "map")! : access(`list(${made.text})`, list(elementOf(made.type)));
  }
  const length = wholeExpression(context, counted);
  if (!second) return infix(atom("[None]"), "*", length, binds.product, list(unknown));
  const turns = access(`range(${length.text})`, list(none));
  const mapped = arrayMethod(context, { ...node, arguments: [second] } as CallNode, turns, "map")!;
  if (isCallback(bare(second)))
    return { ...mapped, text: mapped.text.replace(/^\[(\w+)\(item, i\) for i, item in enumerate\(range\((.*)\)\)\]$/, "[$1(None, i) for i in range($2)]") };
  return mapped;
}

function entries(made: Code, name: string): Code {
  const { type } = made;
  const value: Type = type.kind === "object" ? (type.rest ?? [...type.fields.values()].reduce(either, none)) : type.kind === "list" ? type.of : unknown;
  if (type.kind === "instance" && type.path === "IncompatibleKeys" && name === "values") return access(made.text, tuple(list(string), list(string)));
  if (type.kind === "list") return name === "values" ? made : access(`enumerate(${made.text})`, list(tuple(whole, value), true));
  return access(`${receiver(made)}.${name === "entries" ? "items" : "values"}()`, list(name === "entries" ? tuple(string, value) : value, true));
}

/** A dictionary of pairs; a comprehension where they come from one. */
function fromEntries(context: Context, node: Node): Code {
  const made = expression(context, node);
  const pairs = /^\[\[(.*)\] for (.*)\]$/s.exec(made.text) ?? /^\[\((.*)\) for (.*)\]$/s.exec(made.text);
  const of = elementOf(made.type);
  const value = of.kind === "tuple" ? (of.of[1] ?? unknown) : of.kind === "list" ? of.of : unknown;
  const type: Type = { kind: "object", fields: new Map(), rest: value };
  const comma = pairs ? firstComma(pairs[1]!) : -1;
  if (pairs && comma > 0) return atom(`{${pairs[1]!.slice(0, comma)}: ${pairs[1]!.slice(comma + 2)} for ${pairs[2]}}`, type);
  return access(`dict(${made.text})`, type);
}

/** Where the first comma outside of brackets is. */
function firstComma(text: string): number {
  let depth = 0;
  for (const [i, letter] of [...text].entries()) {
    if ("([{".includes(letter)) depth++;
    if (")]}".includes(letter)) depth--;
    if (letter === "," && depth === 0) return i;
  }
  return -1;
}

function temporaryFolder(context: Context, node: Node): Code {
  context.use("import tempfile");
  const inner = bare(node);
  const name = inner.type === "CallExpression" ? inner.arguments.at(-1) : inner;
  return access(`tempfile.mkdtemp(prefix=${name ? expression(context, name).text : '""'})`, string);
}

/** A file's name: `new URL("./a.csv", import.meta.url)` is a path beside the program. */
export function fileName(context: Context, node: Node): Code {
  const inner = bare(node);
  if (inner.type === "NewExpression" && inner.callee.type === "Identifier" && inner.callee.name === "URL") {
    const [name] = inner.arguments;
    context.use("from pathlib import Path");
    const text = name?.type === "StringLiteral" ? quoted(name.value.replace(/^\.\//, "")) : name ? expression(context, name).text : '""';
    return code(`Path(__file__).parent / ${text}`, binds.product, string);
  }
  return expression(context, node);
}

/** `new Map()`, `new Set(…)`, `new Array(n)`, `new Error(…)` */
export function standardConstruction(context: Context, node: Extract<Node, { type: "NewExpression" }>, name: string): Code | undefined {
  const [first] = node.arguments;
  switch (name) {
    case "Map":
      return newMap(context, node, first);
    case "Set":
      return newSet(context, first && iterated(context, expression(context, first)));
    case "WeakMap":
    case "WeakSet":
      return weak(context, node, name);
    case "Array":
      if (!first) return atom("[]", list(unknown));
      return infix(atom("[None]"), "*", wholeExpression(context, first), binds.product, list(unknown));
    case "Error":
      return access(`RuntimeError(${first ? expression(context, first).text : ""})`, { kind: "instance", path: "Error" });
    case "RangeError":
      return access(`ValueError(${first ? expression(context, first).text : ""})`, { kind: "instance", path: "Error" });
    case "TypeError":
      return access(`TypeError(${first ? expression(context, first).text : ""})`, { kind: "instance", path: "Error" });
    case "URL":
      return fileName(context, node);
    case "Date":
      context.use("import datetime");
      return access("datetime.datetime.now()");
    default:
      return isTypedArray(name) ? newTypedArray(context, name, first) : undefined;
  }
}

function newTypedArray(context: Context, name: string, first: Node | undefined): Code {
  const type = typedArray(name);
  if (!first) return atom("[]", type);
  const made = expression(context, first);
  if (made.type.kind !== "number" && made.type.kind !== "unknown")
    return allFitted(context, type, /^\[.*\]$/s.test(made.text) ? made : access(`list(${iterated(context, made).text})`));
  return infix(atom(name.startsWith("Float") ? "[0.0]" : "[0]"), "*", wholeExpression(context, first), binds.product, type);
}

/** What is kept beside objects for as long as they are there. */
function weak(context: Context, node: Extract<Node, { type: "NewExpression" }>, name: "WeakMap" | "WeakSet"): Code {
  if (node.arguments.length > 0) return context.refuse(node, `new ${name}(…) of what is there already`, "put each in with a line of its own");
  context.use("import weakref");
  const type: Type = name === "WeakMap" ? newMap(context, node, undefined).type : { kind: "set", of: unknown };
  const isDictionary = name === "WeakMap" || context.orderedSets;
  return access(isDictionary ? "weakref.WeakKeyDictionary()" : "weakref.WeakSet()", type);
}

function newMap(context: Context, node: Extract<Node, { type: "NewExpression" }>, first: Node | undefined): Code {
  const [keyNode, valueNode] = node.typeParameters && "params" in node.typeParameters ? node.typeParameters.params : [];
  return mapOf(context, first, keyNode && valueNode ? context.mapType(keyNode, valueNode) : undefined);
}

/** A dictionary with any keys. */
export function mapOf(context: Context, first: Node | undefined, stated?: Type): Code {
  if (!first) return atom("{}", stated ?? { kind: "map", key: unknown, value: unknown });
  const inner = bare(first);
  if (inner.type === "ArrayExpression" && inner.elements.every((element) => element?.type === "ArrayExpression" && element.elements.length === 2)) {
    const pairs = inner.elements.map((element) => {
      const [key, value] = (element as Extract<Node, { type: "ArrayExpression" }>).elements;
      return { key: keyOf(context, key!), value: materialized(expression(context, value!)), node: element! };
    });
    const items = pairs.map(({ key, value, node: from }) => ({ text: `${key.text}: ${value.text}`, node: from }));
    return atom(
      listed("{", "}", items, startLine(inner)),
      stated ?? { kind: "map", key: pairs[0]?.key.type ?? unknown, value: pairs.map(({ value }) => value.type).reduce(either, none) },
    );
  }
  const made = fromEntries(context, first);
  const source = context.dry(() => expression(context, first).type);
  const pair = source.kind === "map" ? tuple(source.key, source.value) : elementOf(source);
  const type: Type =
    stated ??
    (pair.kind === "tuple"
      ? { kind: "map", key: pair.of[0] ?? unknown, value: pair.of[1] ?? unknown }
      : { kind: "map", key: unknown, value: made.type.kind === "object" ? (made.type.rest ?? unknown) : unknown });
  return { ...made, type };
}

export function newSet(context: Context, made: Code | undefined): Code {
  if (!made) return context.orderedSets ? atom("{}", { kind: "set", of: unknown }) : access("set()", { kind: "set", of: unknown });
  return access(`${context.orderedSets ? "dict.fromkeys" : "set"}(${made.text})`, { kind: "set", of: elementOf(made.type) });
}
