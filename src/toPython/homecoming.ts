/** What a program brought along when it came from Python is Python's own again: `zip(…)`, `random.uniform(…)`, `new Deque(…)`. */
import { keyOf, keysOf } from "./arrays.ts";
import type { Context } from "./context.ts";
import { isElementType, numberText } from "./formats.ts";
import { functionValue, isCallback } from "./functions.ts";
import { expression } from "./grammar.ts";
import { access, action, atom, binds, code, comparison, infix, pythonName, quoted, receiver, snake, within, type Code } from "./python.ts";
import { errors, helpers } from "./pythonsOwn.ts";
import { iterable } from "./sequences.ts";
import { asDictionary, mapOf, newSet } from "./standard.ts";
import { shaped, shapedCode } from "./shapes.ts";
import { bare, keyName, parseProgram, type Comment, type Node } from "./syntax.ts";
import { boolean, elementOf, float, functionOf, list, none, number, string, tuple, unknown, whole, type Type } from "./types.ts";

type Program = Extract<Node, { type: "Program" }>;
type Nodes = readonly Node[];

/** What stands above them. */
const heading = "Python's own functions, as far as the program uses them.";

/** Without what formatting changes. */
const skeleton = (text: string): string => text.replaceAll(/[\s;,()]/g, "");

/** Takes Python's own functions out of the program, and says which of its names are theirs. */
export function withoutPythonsOwn(program: Program, comments: Comment[], source: string): Map<string, string> {
  const names = new Map<string, string>();
  const gone: { readonly start: number; readonly end: number }[] = [];
  program.body = program.body.filter((node) => {
    const name = declaredName(node);
    const helper = name === undefined ? undefined : helperOf(name, source.slice(node.start!, node.end!));
    if (helper === undefined) return true;
    names.set(name!, helper);
    gone.push({ start: node.start!, end: node.end! });
    return false;
  });
  if (names.size === 0) return names;
  const isTheirs = ({ start, end, value }: Comment): boolean =>
    value.trim() === heading ||
    gone.some((each) => start! < each.end && end! > each.start) ||
    gone.some((each) => /^\s*$/.test(source.slice(end!, each.start)));
  comments.splice(0, comments.length, ...comments.filter((comment) => !isTheirs(comment)));
  return names;
}

function declaredName(node: Node): string | undefined {
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") return node.id?.name;
  const [first] = node.type === "VariableDeclaration" ? node.declarations : [];
  return first?.id.type === "Identifier" ? first.id.name : undefined;
}

/** Without the `_` that keeps a name apart from one of the program's own: `format_`. */
const plain = (text: string): string => text.replaceAll(/(?<=\w)_(?!\w)/g, "");

/** What each of the functions that come along declares, by name. */
let declarations: ReadonlyMap<string, string> | undefined;

function declaredTexts(): ReadonlyMap<string, string> {
  const all = Object.values(helpers).flatMap(({ code: text }) =>
    parseProgram(text).program.body.map((node) => [declaredName(node)!, skeleton(plain(text.slice(node.start!, node.end!)))] as const),
  );
  return new Map(all);
}

/** The one that a declaration is. */
function helperOf(name: string, text: string): string | undefined {
  declarations ??= declaredTexts();
  const own = skeleton(plain(text));
  return [name, plain(name)].find((each) => declarations!.get(each) === own);
}

/** Python's `logging`, as far as it comes along. */
const logging: Type = {
  kind: "module",
  path: "logging",
  members: new Map<string, Type>([
    ["basicConfig", functionOf(none, { types: [unknown], names: ["options"], options: 0, rest: false })],
    ["root", { kind: "instance", path: "logging.Logger" }],
    ["getLogger", makes("Logger", "name")],
    ["Formatter", makes("Formatter", "fmt", "datefmt", "style")],
    ["StreamHandler", makes("StreamHandler", "stream")],
    ["FileHandler", makes("FileHandler", "filename", "mode")],
  ]),
};

function makes(name: string, ...names: readonly string[]): Type {
  return functionOf({ kind: "instance", path: `logging.${name}` }, { types: [], names, options: -1, rest: false });
}

/** What is given by name, where TypeScript puts it in order: `new Config(...byName(options, ["width", "depth"]))`. */
export function givenByName(context: Context, node: Node): Code | undefined {
  const given = context.callOfPythons("byName", bare(node));
  if (!given) return undefined;
  const [options, names] = given.arguments;
  const all = names?.type === "ArrayExpression" ? names.elements.flatMap((one) => (one?.type === "StringLiteral" ? [one.value] : [])) : [];
  const renamed = all.filter((name) => pythonName(name) !== name).map((name) => `${quoted(name)}: ${quoted(pythonName(name))}`);
  const made = expression(context, options!);
  // Parameters that Python can't call so have another name there.
  return renamed.length === 0 ? made : atom(`{{${renamed.join(", ")}}.get(key, key): value for key, value in ${receiver(made)}.items()}`, made.type);
}

/** A call of one of them. */
export function homeCall(context: Context, path: string, nodes: Nodes): Code | undefined {
  const [name = "", member] = path.split(".");
  const helper = context.pythonsOwn.get(name);
  if (helper === undefined) return undefined;
  if (helper === "random" && member) return randomCall(context, member, nodes);
  return member ? undefined : calls[helper]?.(context, nodes);
}

/** One of them as a value: `values.map(decimal)`. */
export function homeValue(context: Context, name: string): Code | undefined {
  const helper = context.pythonsOwn.get(name);
  if (helper === undefined) return undefined;
  if (helper === "decimal") return code("lambda x: str(float(x))", binds.lambda);
  if (helper === "random") return used(context, "random", access("random"));
  if (helper === "logging") return used(context, "logging", access("logging", logging));
  return access(/^(size|arrayText|floatsText)$/.test(helper) ? "str" : helper);
}

const used = (context: Context, module: string, made: Code): Code => {
  context.use(`import ${module}`);
  return made;
};

const isNothing = (node: Node | undefined): boolean => !node || (node.type === "Identifier" && node.name === "undefined");

/** Arguments as they are, a list's entries where they are spread. */
function texts(context: Context, nodes: Nodes): string[] {
  return nodes
    .filter((node) => !isNothing(node))
    .map((node) => (node.type === "SpreadElement" ? `*${within(iterable(context, node.argument), binds.bitOr)}` : valueOf(context, node).text));
}

function valueOf(context: Context, node: Node, item: Type = unknown): Code {
  const inner = bare(node);
  return isCallback(inner) ? functionValue(context, inner, [item], inner.params.length, "function") : expression(context, node);
}

const items = (context: Context, node: Node | undefined): Type => (node && node.type !== "SpreadElement" ? elementOf(expression(context, node).type) : unknown);

/** A function of the same name, with what it takes in the same places. */
const same =
  (name: string, type: (context: Context, nodes: Nodes) => Type = () => unknown, most = Infinity) =>
  (context: Context, nodes: Nodes): Code => {
    const [module] = name.includes(".") ? name.split(".") : [];
    if (module) context.use(`import ${module}`);
    return access(`${name}(${texts(context, nodes.slice(0, most)).join(", ")})`, type(context, nodes));
  };

const symbols: Readonly<Record<string, readonly [string, number]>> = {
  add: ["+", binds.sum],
  sub: ["-", binds.sum],
  mul: ["*", binds.product],
  div: ["/", binds.product],
  floorDivide: ["//", binds.product],
  remainder: ["%", binds.product],
  matmul: ["@", binds.product],
  pow: ["**", binds.power],
  eq: ["==", binds.comparison],
  ne: ["!=", binds.comparison],
  lt: ["<", binds.comparison],
  le: ["<=", binds.comparison],
  gt: [">", binds.comparison],
  ge: [">=", binds.comparison],
};

const keys = (made: Code): Code => access(`${receiver(made)}.keys()`);

function operated(context: Context, [left, operator, right]: Nodes): Code {
  const [symbol, tight] = symbols[operator?.type === "StringLiteral" ? operator.value : "add"]!;
  const [a, b] = [expression(context, left!), expression(context, right!)];
  // Sets are dictionaries, whose order is that of a `Set`.
  if (a.type.kind === "set" && b.type.kind === "set" && /^[<>]/.test(symbol)) return infix(keys(a), symbol, keys(b), tight, boolean);
  if (tight === binds.comparison) return comparison(a, symbol, b, unknown);
  return tight === binds.power ? code(`${within(a, binds.access)} ** ${within(b, binds.sign)}`, tight) : infix(a, symbol, b, tight, unknown);
}

function written(name: "repr" | "str") {
  return (context: Context, [value, kind]: Nodes): Code => {
    const made = expression(context, value!);
    if (made.type.kind === "set") return access(`${name}(set(${made.text}))`, string);
    return name === "str" && isElementType(made.type) ? numberText(made) : access(`${name}(${shaped(context, value!, kind)})`, string);
  };
}

/** What Python writes as text only, it was asked to write as text: `{flag!s:>6}`. */
function formatted(context: Context, [value, spec]: Nodes): Code {
  const made = expression(context, value!);
  if (!spec) return access(`${/^(tensor|unknown)$/.test(made.type.kind) ? "format" : "str"}(${made.text})`, string);
  const isText = ["boolean", "none", "list", "tuple", "map", "set", "object"].includes(made.type.kind);
  return access(`format(${isText ? `str(${made.text})` : made.text}, ${expression(context, spec).text})`, string);
}

function ordered(context: Context, [values, key, reverse]: Nodes): Code {
  const made = iterable(context, values!);
  const item = elementOf(made.type);
  const options = [isNothing(key) ? [] : [`key=${valueOf(context, key!, item).text}`], reverse ? [`reverse=${expression(context, reverse).text}`] : []].flat();
  return access(`sorted(${[made.text, ...options].join(", ")})`, list(item));
}

function named(context: Context, node: Node | undefined, nameOf = (name: string): string => name): string {
  const inner = node && bare(node);
  if (inner?.type !== "ObjectExpression") return node ? `**${within(expression(context, node), binds.bitOr)}` : "";
  return inner.properties
    .map((one) => {
      if (one.type === "SpreadElement") return `**${within(asDictionary(context, expression(context, one.argument)), binds.bitOr)}`;
      return one.type === "ObjectProperty" ? `${nameOf(keyName(one.key) ?? "")}=${valueOf(context, one.value).text}` : "";
    })
    .join(", ");
}

const given = (...parts: readonly string[]): string => parts.filter((part) => part !== "").join(", ");

function positional(context: Context, node: Node | undefined): string {
  const inner = node && bare(node);
  return inner?.type === "ArrayExpression"
    ? texts(context, inner.elements as Nodes).join(", ")
    : node
      ? `*${within(expression(context, node), binds.bitOr)}`
      : "";
}

/** What an object holds, by name. */
const fieldsOf = (made: Code): Code =>
  access(`vars(${made.text})`, { kind: "object", fields: made.type.kind === "object of" ? made.type.of.fields : new Map<string, Type>() });

/** The same, and what those hold in turn. */
function dictionaryOf(type: Type): Type {
  if (type.kind === "list") return list(dictionaryOf(type.of));
  if (type.kind !== "object of") return type;
  return { kind: "object", fields: new Map(Array.from(type.of.fields.keys(), (name) => [name, dictionaryOf(type.of.fields.get(name) ?? unknown)])) };
}

const entryOf = (context: Context, [values, key]: Nodes): Code => {
  const made = expression(context, values!);
  return access(
    `${receiver(made)}[${keyOf(context, key!, made.type.kind === "map" ? made.type.key : unknown).text}]`,
    made.type.kind === "map" ? made.type.value : elementOf(made.type),
  );
};

const calls: Readonly<Record<string, (context: Context, nodes: Nodes) => Code>> = {
  range: (context, nodes) => access(`list(range(${texts(context, nodes).join(", ")}))`, list(whole)),
  enumerate: (context, [values, start]) => {
    const made = iterable(context, values!);
    return access(`enumerate(${given(made.text, start ? expression(context, start).text : "")})`, list(tuple(whole, elementOf(made.type)), true));
  },
  zip: (context, nodes) => access(`zip(${zipped(context, nodes).join(", ")})`, list(tuple(...nodes.map((node) => items(context, node))), true)),
  zipLongest: (context, [missing, ...nodes]) => {
    context.use("import itertools");
    const rows = list(list(unknown), true);
    return access(`itertools.zip_longest(${given(...zipped(context, nodes), `fillvalue=${expression(context, missing!).text}`)})`, rows);
  },
  unzip: (context, [rows]) => access(`zip(*${within(iterable(context, rows!), binds.bitOr)})`, list(list(unknown), true)),
  format: formatted,
  repr: written("repr"),
  str: written("str"),
  decimal: (context, [value]) => access(`str(float(${expression(context, value!).text}))`, string),
  size: same("str", () => string),
  floatsText: same("str", () => string),
  dtypeText: same("str", () => string, 1),
  arrayText: (context, [value]) => access(`str(${receiver(expression(context, value!))}.numpy())`, string),
  calculate: operated,
  compare: operated,
  equals: (context, [left, right]) => comparison(expression(context, left!), "==", expression(context, right!), boolean),
  truth: same("bool", () => boolean),
  getItem: entryOf,
  check: (context, nodes) => access(`torch._assert(${texts(context, nodes).join(", ")})`, none),
  setItem: (context, [values, key, value]) =>
    action(`${receiver(expression(context, values!))}[${expression(context, key!).text}] = ${expression(context, value!).text}`),
  samples: (context, [dataset]) => {
    const { text, type } = expression(context, dataset!);
    return access(text, list(elementOf(type)));
  },
  advance: same("next", (context, nodes) => items(context, nodes[0])),
  asDictionary: (context, [of]) => {
    const made = expression(context, of!);
    return access(`${context.help("as_dictionary")}(${made.text})`, dictionaryOf(made.type));
  },
  isDictionary: (context, [value]) => access(`isinstance(${expression(context, value!).text}, dict)`, boolean),
  camelKeys: (context, [value]) => expression(context, value!),
  list: same("list", (context, nodes) => list(items(context, nodes[0]))),
  len: same("len", () => whole),
  invoke: (context, [called, ...nodes]) => access(`${receiver(expression(context, called!))}(${texts(context, nodes).join(", ")})`),
  make: (context, [of, ...nodes]) => access(`${receiver(expression(context, of!))}(${texts(context, nodes).join(", ")})`),
  makeByName: (context, [of, values, options]) =>
    access(`${receiver(expression(context, of!))}(${given(positional(context, values), named(context, options))})`),
  partial: (context, [of, fixed, options]) => {
    context.use("import functools");
    const made = expression(context, of!);
    const names = made.type.kind === "api" ? snake : undefined;
    return access(`functools.partial(${given(made.text, positional(context, fixed), named(context, options, names))})`);
  },
  count: same("itertools.count", () => list(whole, true)),
  filled: (context, [text, values, options]) =>
    access(`${receiver(expression(context, text!))}.format(${given(positional(context, values), named(context, options))})`, string),
  popItem: (context, nodes) => {
    const { type } = expression(context, nodes[0]!);
    return access(`${context.help("pop_item")}(${texts(context, nodes).join(", ")})`, tuple(type.kind === "map" ? type.key : string, elementOf(type)));
  },
  moveToEnd: (context, [dictionary, key, ...last]) => {
    const made = expression(context, dictionary!);
    const place = keyOf(context, key!, made.type.kind === "map" ? made.type.key : unknown).text;
    return action(`${context.help("move_to_end")}(${[made.text, place, ...texts(context, last)].join(", ")})`);
  },
  argsOf: (context, [error]) => access(`${receiver(expression(context, error!))}.args`, list(string)),
  removed: (context, [set, value]) => action(`${receiver(expression(context, set!))}.pop(${expression(context, value!).text})`),
  lookup: entryOf,
  entry: entryOf,
  found: (context, [place]) => {
    const call = place!.type === "CallExpression" ? place : undefined;
    if (call?.callee.type !== "MemberExpression") return expression(context, place!);
    const [sought] = call.arguments;
    const equal = sought?.type === "ArrowFunctionExpression" && sought.body.type === "CallExpression" ? sought.body.arguments[1] : sought;
    return access(`${receiver(expression(context, call.callee.object))}.index(${expression(context, equal as Node).text})`, whole);
  },
  int: same("int", () => whole),
  float: same("float", () => float),
  fixed: (context, [x, digits]) => access(`format(${expression(context, x!).text}, ".${expression(context, digits!).text}f")`, string),
  percent: (context, [text, ...values]) =>
    infix(expression(context, text!), "%", atom(`(${given(...texts(context, values))},)`, unknown), binds.product, string),
  mod: (context, [a, b]) => infix(expression(context, a!), "%", expression(context, b!), binds.product, number),
  roundTo: same("round", (_, nodes) => (nodes.length > 1 ? float : whole)),
  every: (context, [values, ...bounds]) => {
    const made = expression(context, values!);
    const place = (node: Node | undefined): string => (!node || node.type === "NullLiteral" ? "" : expression(context, node).text);
    return access(`${receiver(made)}[${bounds.map(place).join(":")}]`, made.type);
  },
  sorted: ordered,
  best: (context, [values, key, sign, usual]) => {
    const made = iterable(context, values!);
    const name = sign && expression(context, sign).text === "-1" ? "min" : "max";
    const by = isNothing(key) ? "" : `key=${valueOf(context, key!, elementOf(made.type)).text}`;
    return access(`${name}(${given(made.text, by, usual ? `default=${expression(context, usual).text}` : "")})`, elementOf(made.type));
  },
  either: (context, [value, other]) => {
    const made = expression(context, value!);
    const inner = bare(other!);
    const instead = inner.type === "ArrowFunctionExpression" && inner.body.type !== "BlockStatement" ? expression(context, inner.body).text : "None";
    return access(`(${made.text} or ${instead})`, made.type);
  },
  compared: same("functools.cmp_to_key"),
  copied: same("copy.deepcopy", (context, nodes) => expression(context, nodes[0]!).type),
  splitlines: (context, [text]) => access(`${receiver(expression(context, text!))}.splitlines()`, list(string)),
  splitAt: (context, [text, separator, most, fromEnd]) => {
    const [by, count] = [expression(context, separator!).text, expression(context, most!).text];
    return access(`${receiver(expression(context, text!))}.${fromEnd ? "rsplit" : "split"}(${by}, ${count})`, list(string));
  },
  partition: (context, [text, separator, last]) =>
    access(
      `${receiver(expression(context, text!))}.${last ? "rpartition" : "partition"}(${expression(context, separator!).text})`,
      tuple(string, string, string),
    ),
  errorText: same("repr", () => string),
  member: same("repr", () => string),
  madeText: same("str", () => string, 1),
  numbers: (context, [values]) => access(`[float(value) for value in ${iterable(context, values!).text}]`, list(float)),
  contains: (context, [values, value]) => infix(expression(context, value!), "in", expression(context, values!), binds.comparison, boolean),
  takewhile: same("itertools.takewhile", (context, nodes) => list(items(context, nodes[1]), true)),
  dropwhile: same("itertools.dropwhile", (context, nodes) => list(items(context, nodes[1]), true)),
  rotate: (context, [values, by]) => action(`${receiver(expression(context, values!))}.rotate(${by ? expression(context, by).text : ""})`),
  part: (context, [values, ...bounds]) =>
    access(`${receiver(expression(context, values!))}[${[0, 1].map((at) => (bounds[at] ? expression(context, bounds[at]).text : "")).join(":")}]`),
  firstOf: (context, [values, fits]) => {
    const made = iterable(context, values!);
    return access(`next(filter(${valueOf(context, fits!, elementOf(made.type)).text}, ${made.text}), None)`, elementOf(made.type));
  },
  countIn: (context, [counts, values, sign]) =>
    action(`${receiver(expression(context, counts!))}.${sign ? "subtract" : "update"}(${iterable(context, values!).text})`),
  summed: (context, [counts, others, sign]) => {
    const made = expression(context, counts!);
    return infix(made, sign ? "-" : "+", expression(context, others!), binds.sum, made.type);
  },
  mean: (context, [values]) => {
    context.use("import numpy as np");
    return access(`np.mean(${expression(context, values!).text})`, float);
  },
  product: (context, nodes) => {
    context.use("import itertools");
    return access(`itertools.product(${zipped(context, nodes).join(", ")})`, list(tuple(...nodes.map((node) => items(context, node))), true));
  },
  accumulate: same("itertools.accumulate", (context, nodes) => list(items(context, nodes[0]), true)),
  stacked: (context, [values]) => {
    context.use("import numpy as np");
    return access(`torch.as_tensor(np.stack(${iterable(context, values!).text}))`);
  },
  groupBy: same("itertools.groupby", (context, nodes) => list(tuple(unknown, list(items(context, nodes[0]))), true)),
  remembered: (context, [state, parameter]) =>
    access(`${receiver(expression(context, state!))}[${expression(context, parameter!).text}]`, { kind: "object", fields: new Map(), rest: unknown }),
  permutations: same("itertools.permutations", (context, nodes) => list(list(items(context, nodes[0])), true)),
  combinations: same("itertools.combinations", (context, nodes) => list(list(items(context, nodes[0])), true)),
  islice: same("itertools.islice", (context, nodes) => list(items(context, nodes[0]), true)),
  cycle: same("itertools.cycle", (context, nodes) => list(items(context, nodes[0]), true)),
  counted: (context, nodes) => {
    context.use("import collections");
    const made = iterable(context, nodes[0]!);
    const isPlain = ["string", "unknown"].includes(elementOf(made.type).kind);
    return access(`collections.Counter(${(isPlain ? made : keysOf(context, made)).text})`, { kind: "map", key: elementOf(made.type), value: whole });
  },
  entered: (context, nodes) => access(`${context.help("entered")}(${texts(context, nodes).join(", ")})`),
  fieldsText: (context, [value, kinds, name]) => {
    const made = expression(context, value!);
    const isPlain = name !== undefined;
    const fields = shapedCode(context, isPlain ? made : fieldsOf(made), kinds);
    return access(`${context.help("fields_text")}(${isPlain ? expression(context, name).text : `type(${made.text}).__name__`}, ${fields})`, string);
  },
  replaced: (context, [of, changes]) => {
    const made = expression(context, of!);
    return access(`${context.help("replaced")}(${given(made.text, named(context, changes))})`, made.type);
  },
  category: same("unicodedata.category", () => string),
  seeded: same("random.Random"),
  splitext: same("os.path.splitext", () => tuple(string, string)),
  heapify: same("heapq.heapify", () => none),
  heappush: same("heapq.heappush", () => none),
  heappop: same("heapq.heappop", (context, nodes) => items(context, nodes[0])),
  json: (context, [value, kind, options]) => {
    context.use("import json");
    const last = kind && !options && bare(kind).type === "ObjectExpression" && isSetting(bare(kind)) ? kind : options;
    return access(`json.dumps(${given(shaped(context, value!, last === kind ? undefined : kind), last ? named(context, last) : "")})`, string);
  },
};

function isSetting(node: Node): boolean {
  const [first] = node.type === "ObjectExpression" ? node.properties : [];
  return first?.type === "ObjectProperty" && /^(indent|sort_keys|ensure_ascii|separators|default)$/.test(keyName(first.key) ?? "");
}

const zipped = (context: Context, nodes: Nodes): string[] =>
  nodes.map((node) => (node.type === "SpreadElement" ? `*${within(expression(context, node.argument), binds.bitOr)}` : iterable(context, node).text));

/** `random.choices(values, { k: 3 })` */
function randomCall(context: Context, name: string, nodes: Nodes): Code {
  context.use("import random");
  const last = nodes.at(-1) && bare(nodes.at(-1)!);
  const options = last?.type === "ObjectExpression" ? named(context, last) : "";
  const plain = options === "" ? nodes : nodes.slice(0, -1);
  const item = items(context, nodes[0]);
  const type = { randint: whole, randrange: whole, choice: item, choices: list(item), sample: list(item), seed: none, shuffle: none }[name] ?? float;
  return access(`random.${name}(${given(texts(context, plain).join(", "), options)})`, type);
}

/** `new Deque(…)`, `new DefaultMap(…)` */
export function homeConstruction(context: Context, name: string, nodes: Nodes): Code | undefined {
  const helper = context.pythonsOwn.get(name);
  if (helper === undefined) return undefined;
  if (errors.has(helper)) return access(`${helper}(${texts(context, nodes).join(", ")})`, { kind: "instance", path: "Error" });
  const [first, second] = nodes;
  if (helper === "KeyMap" || helper === "KeySet") {
    if (helper === "KeyMap") return mapOf(context, first);
    const made = first && iterable(context, first);
    return newSet(context, made && keysOf(context, made));
  }
  if (helper === "OpenFile") return access(`open(${texts(context, nodes).join(", ")})`);
  context.use("import collections");
  if (helper === "DefaultMap") {
    const make = valueOf(context, first!);
    return access(`collections.defaultdict(${make.text})`, { kind: "map", key: unknown, value: make.type.kind === "function" ? make.type.returns : unknown });
  }
  const item = items(context, second);
  return access(`collections.deque(${second ? iterable(context, second).text : "[]"}, maxlen=${expression(context, first!).text})`, list(item));
}
