/** Calls and constructions. */
import { iterable, listed, materialized } from "./sequences.ts";
import { apiDictionary, expression, wholeExpression } from "./grammar.ts";
import {
  apiResult,
  callbackArity,
  dtypeName,
  indexModules,
  indexPlaces,
  instanceType,
  isDtype,
  methodResult,
  moduleResult,
  noTwinOf,
  pythonPath,
  takesShape,
  tensorResult,
} from "./api.ts";
import { arrayMethod, arrayMethods, mapMethod, setMethod } from "./arrays.ts";
import type { Context } from "./context.ts";
import { define, functionValue, isCallback, wantsWholes } from "./functions.ts";
import { access, action, atom, attributeName, binds, code, comparison, infix, pythonName, quoted, receiver, snake, within, type Code } from "./python.ts";
import { givenByName, homeCall, homeConstruction } from "./homecoming.ts";
import { expressionMethod, groupsOf, isExpression, isMatch } from "./regularExpressions.ts";
import { fileName, standardCall, standardConstruction } from "./standard.ts";
import { stringMethod, stringMethods } from "./strings.ts";
import { bare, keyName, startLine, type FunctionNode, type Node } from "./syntax.ts";
import { want } from "./wanted.ts";
import {
  boolean,
  bools,
  floats,
  backwardHookType,
  hookType,
  list,
  none,
  number,
  noParameters,
  parsed,
  tensor,
  unknown,
  whole,
  type ClassInfo,
  type Parameters,
  type Type,
  memberOf,
} from "./types.ts";

export type CallNode = Extract<Node, { type: "CallExpression" }>;
type NewNode = Extract<Node, { type: "NewExpression" }>;

interface Argument {
  readonly text: string;
  readonly node: Node;
  readonly type: Type;
}

export function call(context: Context, node: CallNode): Code {
  const callee = bare(node.callee);
  if (callee.type === "Super") {
    const own = context.scope.find("this")?.type();
    if (own?.kind === "object of" && own.of.base.kind === "instance" && own.of.base.path === "Error") return superOfError(context, node.arguments);
    const given = ownArguments(context, node.arguments, superParameters(context)).map(({ text }) => text);
    return access(`super().__init__(${own?.kind === "object of" ? baseArguments(own.of, given) : given.join(", ")})`, none);
  }
  if (callee.type === "Import") return context.refuse(node, "import(…)", "import it at the top of the file");
  if (callee.type === "Identifier" && !context.scope.find(callee.name)) {
    return homeCall(context, callee.name, node.arguments) ?? standardCall(context, node, callee.name) ?? context.refuse(node, `${callee.name}(…)`);
  }
  if (callee.type === "MemberExpression") {
    const name = keyName(callee.property, callee.computed);
    const object = bare(callee.object);
    if (name !== undefined) {
      if (object.type === "Super")
        return access(
          `super().${name === "call" ? "__call__" : methodName(context, unknown, name)}(${ownArguments(context, node.arguments, noParameters)
            .map(({ text }) => text)
            .join(", ")})`,
          name === "forward" ? tensor : unknown,
        );
      const global = globalPath(context, callee);
      const standard = global && (homeCall(context, global, node.arguments) ?? standardCall(context, node, global));
      if (standard) return standard;
      const made = expression(context, callee.object);
      if (made.type.kind === "api") return apiCall(context, node, [made.type.path, name].filter(Boolean).join("."));
      return methodCall(context, node, made, name);
    }
  }
  return callOf(context, node, expression(context, callee));
}

/** What Python's exceptions are given is their text; what caused them is a field. */
function superOfError(context: Context, [message, options]: readonly Node[]): Code {
  const after = context.afterSuper;
  const inner = options && bare(options);
  const field =
    inner?.type === "ObjectExpression" ? inner.properties.find((each) => each.type === "ObjectProperty" && keyName(each.key) === "cause") : undefined;
  if (inner)
    context.afterSuper = () => {
      const cause = field?.type === "ObjectProperty" ? expression(context, field.value).text : `(${expression(context, inner).text} or {}).get("cause")`;
      context.line(`self.__cause__ = ${cause}`, startLine(inner));
      after?.();
    };
  return access(`super().__init__(${message ? expression(context, message).text : ""})`, none);
}

/** `Math.max`, `process.stdout.write`: a path of names none of which is the program's own. */
function globalPath(context: Context, node: Node): string | undefined {
  if (node.type === "Identifier") {
    const binding = context.scope.find(node.name);
    if (!binding) return node.name;
    const type = binding.type();
    return type.kind === "module" && type.path.startsWith("node:") ? type.path.slice(5) : undefined;
  }
  if (node.type !== "MemberExpression" || node.computed) return undefined;
  const before = globalPath(context, bare(node.object));
  return before === undefined ? undefined : `${before}.${keyName(node.property) ?? ""}`;
}

/** A call of a value: a function, a module, something of Kindling's. */
function callOf(context: Context, node: CallNode, made: Code): Code {
  const { type } = made;
  switch (type.kind) {
    case "api":
      return apiCall(context, node, type.path);
    case "some api":
      return finished(receiver(made), apiArguments(context, node, `${type.path}.*`).given, node, unknown);
    case "module":
      if (type.path.startsWith("node:")) return standardCall(context, node, type.path.slice(5)) ?? context.refuse(node, `${type.path.slice(5)}(…)`);
      break;
    case "function":
      return finished(receiver(made), ownArguments(context, node.arguments, type.parameters), node, type.returns);
    case "object of":
      return finished(
        receiver(made),
        ownArguments(context, node.arguments, forwardOf(type.of)?.parameters ?? noParameters),
        node,
        forwardOf(type.of)?.returns ?? resultOfBase(type.of),
      );
    case "instance": {
      const given = ownArguments(context, node.arguments, noParameters, type.path.startsWith("nn.") && type.path !== "nn.Module");
      return finished(
        receiver(made),
        asIndices(given, indexModules[type.path]),
        node,
        moduleResult(
          type.path,
          given.map((each) => each.type),
        ),
      );
    }
  }
  return finished(receiver(made), ownArguments(context, node.arguments, noParameters), node, unknown);
}

function forwardOf(info: ClassInfo): (Type & { kind: "function" }) | undefined {
  return info.methods.get("forward") ?? (info.base.kind === "class" ? forwardOf(info.base.of) : undefined);
}

const resultOfBase = (info: ClassInfo): Type =>
  info.base.kind === "class" ? resultOfBase(info.base.of) : info.base.kind === "instance" ? moduleResult(info.base.path, []) : tensor;

function superParameters(context: Context): Parameters {
  const own = context.scope.find("this")?.type();
  return own?.kind === "object of" && own.of.base.kind === "class" ? own.of.base.of.constructorParameters : noParameters;
}

/** PyTorch's Sampler asks for what it draws from, though it makes nothing of it. */
export const baseArguments = (info: ClassInfo, given: readonly string[]): string =>
  given.length === 0 && info.base.kind === "instance" && info.base.path === "data.Sampler" ? "None" : given.join(", ");

const finished = (callee: string, given: readonly Argument[], node: CallNode | NewNode, type: Type): Code =>
  access(listed(`${callee}(`, ")", given, node.callee.loc?.end.line ?? startLine(node)), type);

// Arguments

/** Arguments of a function of the program's own. */
export function ownArguments(context: Context, nodes: readonly Node[], parameters: Parameters, isApi = false): Argument[] {
  // Behind one that isn't given the others are given by name: `None` would be a value.
  const hole = nodes.findIndex((node, i) => isNothing(context, node) && Boolean(parameters.names[i]));
  const isNamed = (i: number): boolean => hole >= 0 && i > hole && Boolean(parameters.names[i]) && i !== parameters.options;
  const given = nodes.flatMap((node, i): Argument[] => {
    const inner = bare(node);
    if (i >= hole && hole >= 0 && isNothing(context, node) && parameters.names[i]) return [];
    if (inner.type === "ObjectExpression" && (i === parameters.options || (isApi && i === nodes.length - 1))) return keywords(context, inner, isApi);
    if (inner.type === "ObjectExpression" && hasApiNames(context, inner)) return keywords(context, inner, true);
    if (node.type === "SpreadElement") {
      const named = givenByName(context, node.argument);
      if (named) return [{ text: `**${within(named, binds.bitOr)}`, node, type: named.type }];
      const made = iterable(context, node.argument);
      return [{ text: `*${within(made, binds.bitOr)}`, node, type: made.type }];
    }
    if (i === parameters.options) return spreadOptions(expression(context, node), node, parameters.optionNames ?? []);
    const wanted = parameters.types[i];
    if (wanted) want(context, node, wanted);
    const made = isCallback(inner) ? callback(context, inner, wanted) : argument(context, node, parameters.names[i]);
    return [{ text: isNamed(i) ? `${pythonName(parameters.names[i]!)}=${made.text}` : made.text, node, type: made.type }];
  });
  while (given.at(-1)?.text === "None" && nodes.at(-1)?.type === "Identifier") given.pop();
  return given;
}

/** `{ ...camelKeys(options) }`: options for something of Kindling's, also where only the run tells for what. */
const hasApiNames = (context: Context, { properties }: Extract<Node, { type: "ObjectExpression" }>): boolean =>
  properties.some((each) => each.type === "SpreadElement" && context.callOfPythons("camelKeys", each.argument) !== undefined);

const isNothing = (context: Context, node: Node): boolean => node.type === "Identifier" && node.name === "undefined" && !context.scope.find(node.name);

/** An object that is taken apart into keyword arguments; one that has more than is asked for gives what is. */
function spreadOptions(made: Code, node: Node, names: readonly string[]): Argument[] {
  if (made.type.kind === "none") return [];
  const { type } = made;
  const hasMore = type.kind === "object" && [...type.fields.keys()].some((name) => !names.includes(name));
  const given = type.kind === "object" && type.orNone ? `(${within(made, binds.or)} or {})` : within(made, binds.bitOr);
  if (!hasMore) return [{ text: `**${given}`, node, type }];
  const wanted = names.filter((name) => type.fields.has(name));
  const isSure = (name: string): boolean => !type.optional?.has(name);
  const texts = wanted.filter(isSure).map((name) => `${pythonName(name)}=${receiver(made)}[${quoted(name)}]`);
  const others = wanted.filter((name) => !isSure(name));
  return [...texts, ...(others.length > 0 ? [fieldsThere(receiver(made), others)] : [])].map((text) => ({ text, node, type: unknown }));
}

/** Those of the fields that the dictionary has, by name. */
function fieldsThere(object: string, names: readonly string[]): string {
  const isRenamed = names.some((name) => pythonName(name) !== name);
  if (!isRenamed) return `**{key: ${object}[key] for key in (${names.map(quoted).join(", ")}${names.length === 1 ? "," : ""}) if key in ${object}}`;
  const renamed = names.map((name) => `${quoted(name)}: ${quoted(pythonName(name))}`).join(", ");
  return `**{name: ${object}[key] for key, name in {${renamed}}.items() if key in ${object}}`;
}

function argument(context: Context, node: Node, name: string | undefined): Code {
  return materialized(name !== undefined && context.wholeNames.has(name) ? wholeExpression(context, node) : expression(context, node));
}

function callback(context: Context, node: FunctionNode, wanted: Type | undefined): Code {
  if (wanted?.kind !== "function") return functionValue(context, node, [], undefined, "function");
  return functionValue(context, node, wanted.parameters.types, wanted.parameters.rest ? undefined : wanted.parameters.types.length, "function");
}

/** A trailing object's fields as keyword arguments. */
function keywords(context: Context, node: Extract<Node, { type: "ObjectExpression" }>, isApi: boolean, path = ""): Argument[] {
  return node.properties.map((property) => {
    if (property.type === "SpreadElement") {
      const made = expression(context, property.argument);
      if (isApi && made.type.kind === "object" && [...made.type.fields.keys()].some((name) => snake(name) !== name)) {
        const { text, type } = made;
        const items = [...type.fields.keys()].map((name) => `${snake(name)}=${receiver({ text, tight: made.tight, type })}[${quoted(name)}]`);
        return { text: items.join(", "), node: property, type: unknown };
      }
      return { text: `**${within(made, binds.bitOr)}`, node: property, type: made.type };
    }
    const key = keyName(property.key, property.computed) ?? "";
    const name = isApi ? (key === "t0" && path.endsWith("WarmRestarts") ? "T_0" : key === "t0" ? "t0" : snake(key)) : pythonName(key);
    const value = property.type === "ObjectMethod" ? property : property.value;
    const made = isApi
      ? apiValue(context, value, key, path)
      : materialized(isCallback(value) ? callback(context, value, undefined) : argument(context, value, key));
    return { text: `${name}=${made.text}`, node: property, type: made.type };
  });
}

/** The value of an argument of Kindling's that is given by name. */
function apiValue(context: Context, node: Node, name: string, path: string): Code {
  const inner = bare(node);
  if (/dtype$/i.test(name) && inner.type === "StringLiteral" && isDtype(inner.value)) {
    context.use("import torch");
    return access(dtypeName(inner.value));
  }
  if (isCallback(inner)) return functionValue(context, inner, [], callbackArity[path.split(".").at(-1)!], snake(name));
  if (inner.type === "ArrayExpression" && isNumbers(context, inner) && !/milestones|patience/.test(name)) return tupleOf(context, inner);
  const made = expression(context, node);
  return /^(params|modules)$/.test(name) ? made : wantsWhole(name) ? wholeExpression(context, node) : made;
}

const wantsWhole = (name: string): boolean =>
  /(size|features|channels|dim|heads|layers|groups|padding|stride|steps|epochs|tMax|totalSteps|stepSize|length)$/i.test(name);

const isNumbers = (context: Context, node: Extract<Node, { type: "ArrayExpression" }>): boolean =>
  node.elements.length > 0 &&
  node.elements.every(
    (element) => element !== null && element.type !== "SpreadElement" && context.dry(() => expression(context, element).type.kind) === "number",
  );

/** A list of numbers as a tuple: a kernel's size, a shape. */
function tupleOf(context: Context, node: Extract<Node, { type: "ArrayExpression" }>): Code {
  const texts = node.elements.map((element) => wholeExpression(context, element!).text);
  return atom(`(${texts.join(", ")}${texts.length === 1 ? "," : ""})`, list(whole));
}

interface ApiArguments {
  readonly given: readonly Argument[];
  /** Of those by position. */
  readonly types: readonly Type[];
  readonly dtype: string | undefined;
}

/** Arguments of something of Kindling's. @param path or a method's name */
function apiArguments(context: Context, node: CallNode | NewNode, path: string, parameters: "options" | "dictionary" = "options"): ApiArguments {
  const last = path.split(".").at(-1)!;
  const wantsTuples = node.type === "NewExpression" || takesShape.has(last);
  let dtype: string | undefined;
  const types: Type[] = [];
  const given = node.arguments.flatMap((each, i): Argument[] => {
    const inner = bare(each);
    if (inner.type === "ObjectExpression" && i === node.arguments.length - 1 && parameters === "options") {
      for (const property of inner.properties)
        if (property.type === "ObjectProperty" && keyName(property.key) === "dtype")
          dtype = property.value.type === "StringLiteral" ? property.value.value : (keyName(property.value) ?? dtype);
      return keywords(context, inner, true, path);
    }
    const made = apiArgument(context, each, { last, path, wantsTuples, isWhole: wantsWholes(node) && !(last === "full" && i > 0), place: i });
    if (each.type !== "SpreadElement") types.push(made.type);
    else types.push(unknown, unknown);
    if (inner.type === "StringLiteral" && isDtype(inner.value) && takesDtype.test(last)) dtype = inner.value;
    return [{ text: made.text, node: each, type: made.type }];
  });
  return { given: asIndices(given, indexPlaces[path] ?? indexPlaces[last]), types, dtype };
}

/** What is told a type of elements by its place. */
const takesDtype = /^(to|type|finfo|iinfo)$/;

interface Place {
  readonly last: string;
  readonly path: string;
  readonly wantsTuples: boolean;
  readonly isWhole: boolean;
  readonly place: number;
}

function apiArgument(context: Context, node: Node, { last, path, wantsTuples, isWhole, place }: Place): Code {
  const inner = bare(node);
  if (node.type === "SpreadElement") {
    const made = iterable(context, node.argument);
    return code(`*${within(made, binds.bitOr)}`, binds.sign, made.type);
  }
  if (isCallback(inner)) return functionValue(context, inner, callbackTypes(last), callbackArity[last], callbackNames[last] ?? "function");
  if (inner.type === "ArrayExpression") {
    if (path.startsWith("optim.") || last === "addParamGroup") return groups(context, inner);
    if (wantsTuples && path !== "data.randomSplit" && !/List$|Dataset$|StepLR$/.test(last) && isNumbers(context, inner)) return tupleOf(context, inner);
  }
  if (inner.type === "ObjectExpression" && last === "addParamGroup") return apiDictionary(context, inner);
  if (inner.type === "StringLiteral" && isDtype(inner.value) && takesDtype.test(last)) {
    context.use("import torch");
    return access(dtypeName(inner.value));
  }
  // A range may well go to a half, or in quarters.
  if (last === "arange" && inner.type === "BinaryExpression" && inner.operator === "/")
    return access(`${context.help("number")}(${expression(context, inner).text})`, number);
  const made = isWhole ? wholeExpression(context, node) : expression(context, node);
  const takesIterator =
    path.startsWith("optim.") || /clipGrad|parametersToVector|vectorToParameters|extend/.test(last) || (last === "Sequential" && place === 0);
  return takesIterator ? made : materialized(made);
}

const callbackNames: Readonly<Record<string, string>> = {
  registerForwardHook: "hook",
  registerForwardPreHook: "hook",
  registerFullBackwardHook: "hook",
  registerHook: "hook",
  LambdaLR: "factor",
  step: "closure",
};

function callbackTypes(name: string): readonly Type[] {
  if (name === "registerHook") return [tensor];
  if (name === "apply") return [{ kind: "instance", path: "nn.Module" }];
  if (name === "LambdaLR" || name === "MultiplicativeLR") return [whole];
  if (name.startsWith("registerFullBackward")) return backwardHookType.parameters.types;
  return /^register.*Hook$/.test(name) ? hookType.parameters.types : [];
}

/** Groups of parameters: dictionaries with PyTorch's names. */
function groups(context: Context, node: Extract<Node, { type: "ArrayExpression" }>): Code {
  const items = node.elements.map((element) => {
    const inner = bare(element!);
    const made =
      inner.type === "ObjectExpression"
        ? apiDictionary(context, inner)
        : inner.type === "SpreadElement"
          ? code(`*${within(iterable(context, inner.argument), binds.bitOr)}`, binds.sign)
          : expression(context, element!);
    return { text: made.text, node: element! };
  });
  return atom(listed("[", "]", items, startLine(node)), list(unknown));
}

/** Whole numbers that are kept as float32 become integers where PyTorch asks for them. */
function asIndices(given: readonly Argument[], places: readonly number[] | undefined): readonly Argument[] {
  if (!places) return given;
  return given.map((each, i) =>
    places.includes(i) &&
    each.type.kind === "tensor" &&
    each.type.dtype === "float" &&
    /^[\w.]+(\[.*\])?$|^torch\.tensor/.test(each.text) &&
    isFloatTensor(each)
      ? { ...each, text: `${each.text}.long()` }
      : each,
  );
}

const isFloatTensor = (_each: Argument): boolean => true;

// Kindling's functions

const contexts = /^(noGrad|enableGrad|inferenceMode)$/;
const operators: Readonly<Record<string, readonly [string, number]>> = {
  add: ["+", binds.sum],
  sub: ["-", binds.sum],
  subtract: ["-", binds.sum],
  mul: ["*", binds.product],
  multiply: ["*", binds.product],
  div: ["/", binds.product],
  divide: ["/", binds.product],
  matmul: ["@", binds.product],
};
const tests: Readonly<Record<string, string>> = { eq: "==", ne: "!=", lt: "<", le: "<=", gt: ">", ge: ">=" };

/** A call of something of Kindling's. */
export function apiCall(context: Context, node: CallNode, path: string): Code {
  const refused = noTwinOf(path);
  if (refused !== undefined) return context.refuse(node, path, refused);
  const [first, second] = node.arguments;
  if (contexts.test(path) && first) return decorated(context, node, path);
  switch (path) {
    case "log": {
      context.help("log");
      const given = first ? expression(context, first) : atom("{}");
      return access(`log(${given.text})`, none);
    }
    case "tensor":
    case "asTensor":
      return tensorOf(context, node, path);
    case "load":
      return loaded(context, node, first!);
    case "save":
      return saved(context, node);
    case "data.readCsv":
      context.help("read_csv");
      return named(context, node, "read_csv", [fileName(context, first!)], { kind: "instance", path: "data.CsvTable" });
    case "data.readNpy":
      context.use("import numpy as np");
      context.use("import torch");
      return access(`torch.from_numpy(np.load(${fileName(context, first!).text}))`, tensor);
    case "slice":
      return tensorMethod(context, { ...node, arguments: node.arguments.slice(1) }, expression(context, first!), "slice");
    case "fromTypedArray":
      return context.refuse(node, path, "make the tensor with tensor([…])");
    case "setGradEnabled":
      return access(`torch.set_grad_enabled(${expression(context, first!).text})`);
  }
  const infixed = operators[path];
  if (infixed && second && node.arguments.length === 2 && bare(second).type !== "ObjectExpression")
    return infix(expression(context, first!), infixed[0], expression(context, second), infixed[1], tensor);
  const { given, types, dtype } = apiArguments(context, node, path, path === "autograd.grad" ? "options" : "options");
  return finished(pythonPath(context, path), given, node, apiResult(path, types, dtype));
}

function named(context: Context, node: CallNode, callee: string, first: readonly Code[], type: Type): Code {
  const options = bare(node.arguments[1] ?? node);
  const given = options.type === "ObjectExpression" ? keywords(context, options, true).map(({ text }) => text) : [];
  return access(`${callee}(${[...first.map(({ text }) => text), ...given].join(", ")})`, type);
}

/** `noGrad(() => …)` amid an expression: a function that is decorated so, and called. */
function decorated(context: Context, node: CallNode, path: string): Code {
  const inner = bare(node.arguments[0]!);
  const { text } = { text: `${pythonPath(context, path)}()` };
  if (!isCallback(inner)) {
    const made = expression(context, inner);
    return access(`${text}(${made.text})()`, made.type.kind === "function" ? made.type.returns : unknown);
  }
  const name = context.fresh(
    `without_${path === "noGrad" ? "gradients" : "tracking"}`.replace("without_tracking", path === "enableGrad" ? "with_gradients" : "inferred"),
  );
  const type = context.dry(() => functionValue(context, inner).type);
  context.before.push(...context.captured(() => define(context, name, inner, { decorators: [`@${text}`] })));
  return access(`${name}()`, type.kind === "function" ? type.returns : unknown);
}

/** Numbers become float32 unless something else is asked for, also whole ones. */
function tensorOf(context: Context, call: CallNode, path: string): Code {
  const node = { ...call, arguments: call.arguments.map((each) => withNumbers(context, each)) } as CallNode;
  const { given, types, dtype } = apiArguments(context, node, path);
  const hasDtype = dtype !== undefined || given.some(({ text }) => text.startsWith("dtype="));
  const [first] = node.arguments;
  const isFloat = first && surelyFloats(context, first);
  const isBool = first && surelyBools(first);
  const kept = types[0]?.kind === "tensor" ? types[0] : undefined;
  const all = hasDtype || isFloat || isBool || kept ? given : [...given, { text: "dtype=torch.float32", node: node.arguments.at(-1)!, type: unknown }];
  return finished(pythonPath(context, path), all, node, kept ?? (isBool ? bools : apiResult(path, types, dtype)));
}

/** `[0, ...tensor]`: its numbers, which PyTorch doesn't take one by one as tensors. */
function withNumbers(context: Context, node: Node): Node {
  if (node.type !== "ArrayExpression") return node;
  const elements = node.elements.map((each) => {
    if (each?.type !== "SpreadElement" || context.dry(() => expression(context, each.argument).type.kind) !== "tensor") return each;
    const { start, end, loc, argument } = each;
    const property = { type: "Identifier", name: "tolist", start, end, loc };
    const callee = { type: "MemberExpression", object: argument, property, computed: false, start, end, loc };
    return { ...each, argument: { type: "CallExpression", callee, arguments: [], start, end, loc } };
  });
  return { ...node, elements } as Node;
}

function surelyBools(node: Node): boolean {
  const inner = bare(node);
  return (
    inner.type === "BooleanLiteral" ||
    (inner.type === "ArrayExpression" && inner.elements.length > 0 && inner.elements.every((element) => element && surelyBools(element)))
  );
}

/** Whether Python would make floats of it, too: one of the numbers is written with a point. */
function surelyFloats(context: Context, node: Node): boolean {
  const inner = bare(node);
  if (inner.type === "ArrayExpression")
    return inner.elements.some((element) => element !== null && element.type !== "SpreadElement" && surelyFloats(context, element));
  const { type } = context.dry(() => expression(context, inner));
  return type.kind === "number" && type.whole === false && (inner.type !== "NumericLiteral" || /[.e]/i.test(inner.extra?.["raw"] as string));
}

function loaded(context: Context, node: CallNode, first: Node): Code {
  context.use("import torch");
  const name = fileName(context, first);
  const type: Type = { kind: "map", key: { kind: "string" }, value: unknown };
  if (/\.safetensors["')]*$/.test(name.text)) return access(`${context.help("load_safetensors")}(${name.text})`, type);
  return named(context, node, "torch.load", [name], unknown);
}

function saved(context: Context, node: CallNode): Code {
  context.use("import torch");
  const [value, file] = node.arguments;
  const name = fileName(context, file!);
  if (/\.safetensors["')]*$/.test(name.text)) return context.refuse(node, "save to a .safetensors file", "save to a .pt file");
  return finished(
    "torch.save",
    [value!, file!].map((each, i) => ({ text: i === 0 ? expression(context, each).text : name.text, node: each, type: unknown })),
    node,
    none,
  );
}

// Methods

/** The name of a method in Python: the program's own as it is, one of Kindling's as PyTorch has it. */
export function methodName(context: Context, type: Type, name: string): string {
  if (type.kind === "object of") return memberOf(type.of, name) ? attributeName(name) : snake(name);
  return context.classMembers.has(name) && type.kind === "unknown" ? attributeName(name) : snake(name);
}

function methodCall(context: Context, node: CallNode, made: Code, name: string): Code {
  const { type } = made;
  if (made.isStatement) return context.refuse(node, `.${name}(…) of what a change gives`, "give each change a line of its own");
  switch (type.kind) {
    case "module":
      return callOf(context, node, access(`${made.text}.${pythonName(name)}`, type.members?.get(name) ?? unknown));
    case "tensor":
      return tensorMethod(context, node, made, name);
    case "string":
    case "number":
    case "boolean":
      return stringMethod(context, node, made, name) ?? noSuchMethod(context, node, made, name);
    case "list":
    case "tuple":
      return arrayMethod(context, node, made, name) ?? noSuchMethod(context, node, made, name);
    case "map":
      return mapMethod(context, node, made, name) ?? noSuchMethod(context, node, made, name);
    case "set":
      return setMethod(context, node, made, name) ?? noSuchMethod(context, node, made, name);
    case "object": {
      const field = type.fields.get(name) ?? type.rest;
      if (field) return callOf(context, node, access(`${receiver(made)}[${quoted(name)}]`, field));
      break;
    }
    case "class": {
      const own = type.of.statics.get(name);
      const parameters = own?.kind === "function" ? own.parameters : noParameters;
      return finished(
        `${made.text}.${own ? attributeName(name) : snake(name)}`,
        ownArguments(context, node.arguments, parameters),
        node,
        own?.kind === "function" ? own.returns : name === "apply" ? tensor : unknown,
      );
    }
    case "object of":
      return ownMethod(context, node, made, type.of, name);
    case "instance":
      if (type === parsed) break;
      return instanceMethod(context, node, made, type, name);
    case "function":
      if (name === "call") return finished(made.text, ownArguments(context, node.arguments.slice(1), type.parameters), node, type.returns);
      if (name === "bind") return made;
      break;
  }
  return unknownMethod(context, node, made, name);
}

/** Those of newer JavaScripts. */
const newMethods = new Set("union intersection difference symmetricDifference isSubsetOf isSupersetOf isDisjointFrom getOrInsert toSpliced".split(" "));

const prototypes: Partial<Record<Type["kind"], object>> = {
  string: String.prototype,
  number: Number.prototype,
  boolean: Boolean.prototype,
  list: Array.prototype,
  tuple: Array.prototype,
  map: Map.prototype,
  set: Set.prototype,
};

/** A method of JavaScript's that has no rule has no Python; what isn't one of those belongs to another value than the types had it. */
function noSuchMethod(context: Context, node: CallNode, made: Code, name: string): Code {
  const isJavaScripts = name in (prototypes[made.type.kind] ?? {}) || newMethods.has(name);
  return isJavaScripts ? context.refuse(node, `.${name}(…)`, "write it as a loop or a function") : generic(context, node, made, name);
}

function ownMethod(context: Context, node: CallNode, made: Code, info: ClassInfo, name: string): Code {
  const own = memberOf(info, name);
  const [first] = node.arguments;
  if (name === "get" && isDataset(info))
    return access(`${receiver(made)}[${expression(context, first!).text}]`, own?.kind === "function" ? own.returns : unknown);
  if (own?.kind === "function")
    return finished(
      name === "call" ? receiver(made) : `${receiver(made)}.${attributeName(name)}`,
      ownArguments(context, node.arguments, own.parameters),
      node,
      own.returns,
    );
  if (own) return callOf(context, node, access(`${receiver(made)}.${attributeName(name)}`, own));
  const base = baseOf(info);
  if (name === "toString") return access(`str(${made.text})`, { kind: "string" });
  return instanceMethod(context, node, made, { kind: "instance", path: base, of: unknown }, name);
}

export function isDataset(info: ClassInfo): boolean {
  return /^data\.(Iterable)?Dataset$/.test(baseOf(info));
}

/** The class of Kindling's that a class comes from in the end. */
export function baseOf(info: ClassInfo): string {
  if (info.base.kind === "class") return baseOf(info.base.of);
  return info.base.kind === "instance" ? info.base.path : "";
}

const containers = /^nn\.(ModuleList|Sequential|ParameterList)$/;
const dictionaries = /^nn\.(ModuleDict|ParameterDict)$/;

/** Questions that Python's texts answer themselves. */
const textTests: Readonly<Record<string, string>> = {
  [String.raw`re.compile(r"^\d+$")`]: "isdigit",
  [String.raw`re.compile(r"^\p{L}+$")`]: "isalpha",
  [String.raw`re.compile(r"^\s+$")`]: "isspace",
};

function instanceMethod(context: Context, node: CallNode, made: Code, type: Type & { kind: "instance" }, name: string): Code {
  const [first] = node.arguments;
  const { path } = type;
  if (containers.test(path) && (name === "at" || name === "slice" || (arrayMethods.has(name) && !/^(append|extend|insert|pop)$/.test(name)))) {
    const result = arrayMethod(context, node, { ...made, type: list(type.of ?? unknown) }, name);
    if (result) return name === "slice" ? { ...result, type } : result;
  }
  if (dictionaries.test(path)) {
    if (name === "get" && first) return access(`${receiver(made)}[${expression(context, first).text}]`, type.of ?? unknown);
    if (name === "has" && first) return comparison(expression(context, first), "in", made, boolean);
    if (name === "set") return action(`${receiver(made)}[${expression(context, first!).text}] = ${expression(context, node.arguments[1]!).text}`);
    if (name === "entries") return access(`${receiver(made)}.items()`, list({ kind: "tuple", of: [{ kind: "string" }, type.of ?? unknown] }, true));
    if (name === "keys" || name === "values")
      return access(`${receiver(made)}.${name}()`, list(name === "keys" ? { kind: "string" } : (type.of ?? unknown), true));
  }
  if (path.startsWith("data.") && name === "get" && first) return access(`${receiver(made)}[${expression(context, first).text}]`, type.of ?? unknown);
  if (path === "NumpyRandom") {
    const { given } = apiArguments(context, node, name);
    return access(
      `${context.help("float_tensor")}(${finished(`${receiver(made)}.${snake(name)}`, given, node, unknown).text})`,
      methodResult(path, name, undefined),
    );
  }
  const asked = name === "test" ? textTests[made.text] : undefined;
  if (asked) return access(`${receiver(expression(context, first!))}.${asked}()`, boolean);
  if (isExpression(type)) return expressionMethod(context, node, made, name) ?? context.refuse(node, `${name} of a regular expression`);
  if (isMatch(type) && arrayMethods.has(name)) return methodCall(context, node, groupsOf(context, made), name);
  if (name === "toString") return access(`str(${made.text})`, { kind: "string" });
  if (path.startsWith("logging.")) return finished(`${receiver(made)}.${name}`, ownArguments(context, node.arguments, noParameters), node, unknown);
  if (context.classMembers.has(name) && snake(name) !== name && path === "nn.Module")
    return finished(`${receiver(made)}.${attributeName(name)}`, ownArguments(context, node.arguments, noParameters), node, unknown);
  const isDictionary = /^(loadStateDict|addParamGroup|update)$/.test(name) && node.arguments.length === 1;
  const { given } = apiArguments(context, node, name, isDictionary ? "dictionary" : "options");
  const result = methodResult(path, name, type.of);
  return finished(`${receiver(made)}.${snake(name)}`, given, node, result.kind === "instance" && result.path === path ? type : result);
}

const tensorNames =
  /^(item|add|sub|mul|div|pow|neg|matmul|mm|bmm|eq|ne|lt|le|gt|ge|mean|sum|std|var|detach|clone|backward|view|reshape|squeeze|unsqueeze|flatten|argmax|float|long|abs|exp|log|softmax|sigmoid|relu|tanh|norm|size|permute|transpose|expand|narrow|select|tolist|max|min|numel|square|sqrt|gather|masked_?[fF]ill|clamp|to|cpu|dim)$/;
const mapNames = /^(get|set|has|keys|values|delete|clear)$/;

/** Of a value about which nothing is known the method's name has to tell. */
function unknownMethod(context: Context, node: CallNode, made: Code, name: string): Code {
  const isOwn = context.classMembers.has(name);
  if (!isOwn && tensorNames.test(name) && !(name === "add" && isStatement(context, node))) return tensorMethod(context, node, made, name);
  // Only a tensor has places of several dimensions.
  if (!isOwn && (/^(setAt|index|toTypedArray)$/.test(name) || (name === "at" && (node.arguments.length > 1 || node.arguments[0]?.type === "ArrayExpression"))))
    return tensorMethod(context, node, made, name);
  if (!isOwn && name === "add") return setMethod(context, node, made, name)!;
  if (!isOwn && name === "at") return arrayMethod(context, node, made, name)!;
  if (!isOwn && mapNames.test(name)) return mapMethod(context, node, made, name) ?? generic(context, node, made, name);
  if (!isOwn && stringMethods.has(name) && !arrayMethods.has(name)) return stringMethod(context, node, made, name) ?? generic(context, node, made, name);
  if (!isOwn && arrayMethods.has(name) && !/^(append|extend|insert)$/.test(name))
    return arrayMethod(context, node, made, name) ?? generic(context, node, made, name);
  return generic(context, node, made, name);
}

const isStatement = (context: Context, node: Node): boolean =>
  /^\s*(;|$|\/\/)/m.test(context.source.slice(node.end!, node.end! + 2)) && /(^|[;{}\n])\s*$/.test(context.source.slice(0, node.start!));

function generic(context: Context, node: CallNode, made: Code, name: string): Code {
  const isOwn = context.classMembers.has(name) || made.type.kind === "object";
  if (isOwn && name === "call" && made.type.kind === "unknown")
    return finished(receiver(made), ownArguments(context, node.arguments, noParameters), node, unknown);
  if (made.type.kind === "unknown" && !isOwn) {
    const { given } = apiArguments(context, node, name);
    return finished(`${receiver(made)}.${snake(name)}`, given, node, methodResult("nn.Module", name, undefined));
  }
  return finished(`${receiver(made)}.${isOwn ? attributeName(name) : snake(name)}`, ownArguments(context, node.arguments, noParameters), node, unknown);
}

/** A method of a tensor; an operator where Python has one. */
function tensorMethod(context: Context, node: CallNode, made: Code, name: string): Code {
  const { arguments: nodes } = node;
  const [first] = nodes;
  const isOne = nodes.length === 1 && first!.type !== "SpreadElement" && bare(first!).type !== "ObjectExpression";
  const infixed = operators[name];
  const result = (dtype?: string): Type => tensorResult(name, made.type, nodes.length, dtype);
  if (infixed && isOne)
    return infix(made, infixed[0], expression(context, first!), infixed[1], name === "matmul" ? tensor : combined(context, made, first!, name));
  if (tests[name] && isOne) return comparison(made, tests[name], expression(context, first!), bools);
  if (name === "pow" && isOne) return code(`${within(made, binds.access)} ** ${within(expression(context, first!), binds.sign)}`, binds.power, made.type);
  if (name === "neg" && nodes.length === 0) return code(`-${within(made, binds.sign)}`, binds.sign, made.type);
  if (name === "toTypedArray") return access(`${receiver(made)}.detach().numpy().ravel()`);
  if (name === "toString") return access(`str(${made.text})`, { kind: "string" });
  if (name === "at" || name === "index")
    return access(
      `${receiver(made)}[${indexText(context, name === "index" && first?.type === "ArrayExpression" ? (first.elements as Node[]) : nodes)}]`,
      made.type,
    );
  if (name === "setAt") {
    const places = bare(first!);
    const index = indexText(context, places.type === "ArrayExpression" ? (places.elements as Node[]) : [first!]);
    return action(`${receiver(made)}[${index}] = ${expression(context, nodes[1]!).text}`);
  }
  if (name === "select" && nodes.length === 2 && first!.type === "NumericLiteral" && first!.value === 0)
    return access(`${receiver(made)}[${wholeExpression(context, nodes[1]!).text}]`, made.type);
  if (name === "slice" && first?.type === "NumericLiteral" && first.value >= 0) {
    const [start, end, step] = nodes.slice(1).map((each) => wholeExpression(context, each).text.replace(/^None$/, ""));
    return access(`${receiver(made)}[${":, ".repeat(first.value)}${start ?? ""}:${end ?? ""}${step ? `:${step}` : ""}]`, made.type);
  }
  if ((name === "int" || name === "double") && nodes.length === 0)
    return access(`${receiver(made)}.${name === "int" ? "long" : "float"}()`, name === "int" ? { kind: "tensor", dtype: "int" } : floats);
  const { given, dtype } = apiArguments(context, node, name);
  return finished(`${receiver(made)}.${snake(name)}`, given, node, result(dtype));
}

/** Whole numbers with whole numbers stay whole, but for a division. */
function combined(context: Context, made: Code, other: Node, name: string): Type {
  if (made.type.kind !== "tensor" || name === "div" || name === "divide") return floats;
  const { type } = context.dry(() => expression(context, other));
  if (type.kind === "tensor") return type.dtype === made.type.dtype ? made.type : type.dtype === "float" || made.type.dtype === "float" ? floats : tensor;
  return type.kind === "number" && type.whole ? made.type : made.type.dtype === "float" ? floats : tensor;
}

/** What stands between the brackets of `x[…]`. */
function indexText(context: Context, nodes: readonly Node[]): string {
  return nodes
    .map((node) => {
      const inner = bare(node);
      if (inner.type === "NullLiteral") return ":";
      if (inner.type === "StringLiteral" && inner.value === "...") return "...";
      if (inner.type === "SpreadElement") return `*${expression(context, inner.argument).text}`;
      if (inner.type === "ArrayExpression") {
        const [start, end, step] = inner.elements.map((element) => (element ? wholeExpression(context, element).text.replace(/^None$/, "") : ""));
        return `${start ?? ""}:${end ?? ""}${step ? `:${step}` : ""}`;
      }
      const made = wholeExpression(context, node);
      return made.type.kind === "list" || made.type.kind === "tuple" ? `slice(*${made.text})` : made.text;
    })
    .join(", ");
}

// new

export function construction(context: Context, node: NewNode): Code {
  const callee = bare(node.callee);
  if (callee.type === "Identifier" && !context.scope.find(callee.name))
    return (
      homeConstruction(context, callee.name, node.arguments) ??
      standardConstruction(context, node, callee.name) ??
      context.refuse(node, `new ${callee.name}(…)`)
    );
  const made = expression(context, callee);
  switch (made.type.kind) {
    case "api":
      return apiConstruction(context, node, made.type.path);
    case "some api": {
      const { path } = made.type;
      return finished(receiver(made), apiArguments(context, node, `${path}.*`).given, node, { kind: "instance", path: path === "nn" ? "nn.Module" : path });
    }
    case "class":
      return finished(made.text, argumentsOfClass(context, node, constructorOf(made.type.of)), node, { kind: "object of", of: made.type.of });
    case "function":
      return finished(receiver(made), ownArguments(context, node.arguments, made.type.parameters), node, made.type.returns);
    default:
      return finished(receiver(made), [...constructorArguments(context, node)], node, unknown);
  }
}

function argumentsOfClass(context: Context, node: NewNode, parameters: Parameters): Argument[] {
  const isByName = node.arguments.some((each, i) => missableField(context, each) !== undefined && missableField(context, each)!.name === parameters.names[i]);
  return isByName ? constructorArguments(context, node, parameters) : ownArguments(context, node.arguments, parameters);
}

/** Arguments for a class of which nothing is known: what a dictionary may not have goes by name, and is left out where it hasn't. */
function constructorArguments(context: Context, node: NewNode, parameters = noParameters): Argument[] {
  const maybe = node.arguments.map((each) => missableField(context, each));
  const first = maybe.findIndex((each, i) => each !== undefined && maybe.slice(i).every((other) => other?.object === each.object));
  if (first < 0 || maybe.length - first < 2) return ownArguments(context, node.arguments, parameters);
  const { object } = maybe[first]!;
  const text = fieldsThere(
    object,
    maybe.slice(first).map((each) => each!.name),
  );
  return [...ownArguments(context, node.arguments.slice(0, first), parameters), { text, node: node.arguments[first]!, type: unknown }];
}

/** `options.scale` of a dictionary with any names. */
function missableField(context: Context, node: Node): { readonly object: string; readonly name: string } | undefined {
  const inner = bare(node);
  if (inner.type !== "MemberExpression" || inner.computed || inner.object.type !== "Identifier" || !context.scope.find(inner.object.name)) return undefined;
  const { text, type } = expression(context, inner.object);
  const name = keyName(inner.property) ?? "";
  return type.kind === "object" && type.rest && !type.fields.has(name) ? { object: text, name } : undefined;
}

/** Of what is given by name, the types. */
function optionTypes(context: Context, { arguments: nodes }: NewNode): Map<string, Type> {
  const last = bare(nodes.at(-1) ?? ({ type: "NullLiteral" } as Node));
  const fields = last.type === "ObjectExpression" ? last.properties : [];
  return new Map(
    fields.flatMap((one) => (one.type === "ObjectProperty" ? [[keyName(one.key) ?? "", context.dry(() => expression(context, one.value).type)]] : [])),
  );
}

function constructorOf(info: ClassInfo): Parameters {
  return info.constructorParameters === noParameters && info.base.kind === "class" ? constructorOf(info.base.of) : info.constructorParameters;
}

function apiConstruction(context: Context, node: NewNode, path: string): Code {
  const [first] = node.arguments;
  const refused = noTwinOf(path);
  if (refused !== undefined) return context.refuse(node, path, refused);
  const object = first && bare(first);
  if (object?.type === "ObjectExpression" && node.arguments.length === 1) {
    if (path === "nn.Sequential") {
      context.use("from collections import OrderedDict");
      const items = object.properties.map((property) => {
        const { key, value } = property as Extract<Node, { type: "ObjectProperty" }>;
        return { text: `(${quoted(keyName(key) ?? "")}, ${expression(context, value).text})`, node: property };
      });
      return access(`${pythonPath(context, path)}(OrderedDict(${listed("[", "]", items, startLine(object))}))`, instanceType(path, []));
    }
    if (dictionaries.test(path)) {
      const made = expression(context, object);
      return access(`${pythonPath(context, path)}(${made.text})`, instanceType(path, [made.type]));
    }
  }
  const { given, types } = apiArguments(context, node, path);
  if (path === "nn.Sequential" && types.length === 1 && types[0]!.kind === "object") {
    context.use("from collections import OrderedDict");
    return access(`${pythonPath(context, path)}(OrderedDict(${given[0]!.text}))`, instanceType(path, []));
  }
  return finished(pythonPath(context, path), given, node, instanceType(path, types, optionTypes(context, node)));
}
