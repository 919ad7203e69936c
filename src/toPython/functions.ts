/** Functions: parameters, bodies, lambdas, and what a call has to know of them. */
import { expression, valueFor, block, returned } from "./grammar.ts";
import type { Context } from "./context.ts";
import { Definition } from "./context.ts";
import { assignPattern, declarePattern } from "./patterns.ts";
import { attributeName, access, binds, code, pythonName, type Code } from "./python.ts";
import { boundNames, contains, freeNames, isAssignedIn, isFunction, keyName, startLine, walk, type FunctionNode, type Node } from "./syntax.ts";
import { annotated, either, list, none, number, orAnother, unknown, type Parameters, type Type } from "./types.ts";

/** What a call of the function has to know. */
export function parametersOf(context: Context, parameters: readonly Node[]): Parameters {
  const types = parameters.map((parameter) => parameterType(context, parameter));
  const last = parameters.at(-1);
  const pattern = last && withoutDefault(last);
  return {
    types,
    names: parameters.map((parameter) => boundNames(parameter)[0] ?? ""),
    options: pattern?.type === "ObjectPattern" ? parameters.length - 1 : -1,
    ...(pattern?.type === "ObjectPattern" && { optionNames: optionNames(pattern) }),
    rest: last?.type === "RestElement",
  };
}

const optionNames = (pattern: Extract<Node, { type: "ObjectPattern" }>): string[] =>
  pattern.properties.flatMap((property) => (property.type === "ObjectProperty" ? (keyName(property.key, property.computed) ?? []) : []));

const withoutDefault = (parameter: Node): Node =>
  parameter.type === "AssignmentPattern" ? parameter.left : parameter.type === "TSParameterProperty" ? withoutDefault(parameter.parameter) : parameter;

function parameterType(context: Context, parameter: Node): Type {
  const target = withoutDefault(parameter);
  const stated = "typeAnnotation" in target ? annotated(target.typeAnnotation as Node | null, context) : unknown;
  if (stated.kind !== "unknown") return stated;
  const given =
    parameter.type === "AssignmentPattern"
      ? parameter.right
      : parameter.type === "TSParameterProperty" && parameter.parameter.type === "AssignmentPattern"
        ? parameter.parameter.right
        : undefined;
  if (!given || target.type === "ObjectPattern") return stated;
  const type = context.dry(() => expression(context, given).type);
  // A default of 3 doesn't make every value whole, nor a default of one function or class every value that one.
  return type.kind === "number" ? number : orAnother(type);
}

/** A function's type: parameters now, what it returns when first asked for. */
export function functionType(context: Context, node: FunctionNode): Type & { kind: "function" } {
  const { scope } = context;
  const stated = "returnType" in node && node.returnType ? annotated(node.returnType, context) : unknown;
  const parameters = parametersOf(context, node.params);
  let found: Type | undefined = stated.kind === "unknown" ? undefined : node.generator && stated.kind === "list" ? list(stated.of, "there too") : stated;
  return {
    kind: "function",
    parameters,
    get returns(): Type {
      if (found) return found;
      found = unknown;
      return (found = context.inScopeOf(scope, () => context.dry(() => inferredReturn(context, node))));
    },
  };
}

/** The type of a function that others call: they give each argument its place. */
export function withoutOptions(type: Type & { kind: "function" }): Type & { kind: "function" } {
  const { types, names, rest } = type.parameters;
  return {
    kind: "function",
    parameters: { types, names, options: -1, rest },
    get returns(): Type {
      return type.returns;
    },
  };
}

function inferredReturn(context: Context, node: FunctionNode): Type {
  const definition = new Definition(context.definition);
  return context.inScope(() => {
    openParameters(context, node.params);
    functionBody(context, node);
    return definition.returns.length === 0 ? none : definition.returns.reduce(either);
  }, definition);
}

interface Opened {
  /** The parameters as Python writes them. */
  readonly texts: readonly string[];
  /** What the body begins with. */
  readonly first: () => void;
  /** Writes the fields that parameters of a constructor are at once. */
  readonly properties: () => void;
}

/** Binds the parameters in the current scope. */
export function openParameters(context: Context, parameters: readonly Node[], types: readonly Type[] = [], isCallback = false): Opened {
  const texts: string[] = [];
  const first: (() => void)[] = [];
  const properties: (() => void)[] = [];
  parameters.forEach((parameter, i) => {
    const isLast = i === parameters.length - 1;
    let target = parameter;
    let given: Node | undefined;
    if (target.type === "TSParameterProperty") {
      const [name = ""] = boundNames(target);
      properties.push(() => context.line(`self.${attributeName(name)} = ${context.scope.find(name)?.python ?? name}`, startLine(parameter)));
      target = target.parameter;
    }
    if (target.type === "AssignmentPattern") {
      given = target.right;
      target = target.left;
    }
    const stated = parameterType(context, parameter);
    const type = stated.kind === "unknown" ? (types[i] ?? unknown) : stated;
    if (target.type === "RestElement") {
      const [name = ""] = boundNames(target);
      texts.push(`*${context.declare(name, type.kind === "list" ? type : list(unknown)).python}`);
    } else if (target.type === "Identifier") {
      const { python } = context.declare(target.name, type);
      texts.push(withDefault(context, python, given ?? (target.optional ? "optional" : undefined), first));
    } else if (target.type === "ObjectPattern" && isLast && !isCallback) {
      texts.push("*", ...optionTexts(context, target, type, first, given !== undefined));
    } else {
      const name = context.fresh(given || target.type === "ObjectPattern" ? "options" : "item");
      texts.push(withDefault(context, name, given, first));
      const pattern = target;
      declarePattern(context, pattern, type);
      first.push(() => assignPattern(context, pattern, access(name, type), parameter));
    }
  });
  if (texts.at(-1) === "*") texts.pop();
  return { texts, first: () => first.forEach((write) => write()), properties: () => properties.forEach((write) => write()) };
}

/** The fields of an options object, each a keyword argument. @param isOptional whether the object may be missing, and each of its fields with it */
function optionTexts(context: Context, pattern: Extract<Node, { type: "ObjectPattern" }>, type: Type, first: (() => void)[], isOptional: boolean): string[] {
  return pattern.properties.flatMap((property) => {
    if (property.type === "RestElement")
      return [`**${context.declare(boundNames(property)[0] ?? "rest", { kind: "object", fields: new Map(), rest: unknown }).python}`];
    const key = property.key.type === "Identifier" ? property.key.name : "";
    const value = property.value;
    const fallback = value.type === "AssignmentPattern" ? value.right : undefined;
    const given = fallback ?? (isOptional ? "optional" : undefined);
    const target = value.type === "AssignmentPattern" ? value.left : value;
    const [name = key] = boundNames(target);
    const stated = type.kind === "object" ? (type.fields.get(key) ?? unknown) : unknown;
    const own = stated.kind === "unknown" && fallback ? context.dry(() => expression(context, fallback).type) : stated;
    const { python } = context.declare(name, own.kind === "number" ? number : own);
    if (name === key) return [withDefault(context, python, given, first)];
    // Callers know it by its key.
    first.push(() => context.line(`${python} = ${pythonName(key)}`));
    return [withDefault(context, pythonName(key), given, first)];
  });
}

/** A default that Python can work out once, or one that is worked out at each call as JavaScript does. */
function withDefault(context: Context, name: string, given: Node | "optional" | undefined, first: (() => void)[]): string {
  if (given === undefined) return name;
  if (given === "optional") return `${name}=None`;
  const isPlain = !contains(given, (node) =>
    /^(CallExpression|NewExpression|ArrayExpression|ObjectExpression|Identifier|MemberExpression|ArrowFunctionExpression|ThisExpression)$/.test(node.type),
  );

  if (isPlain) return `${name}=${valueFor(context, name, given).text}`;
  first.push(() => {
    context.line(`if ${name} is None:`, startLine(given));
    context.indented(() => context.statement(given, () => `${name} = ${valueFor(context, name, given).text}`));
  });
  return `${name}=None`;
}

export interface DefineOptions {
  /** `self`, `cls` or what a callback is given beyond its own parameters. */
  readonly leading?: readonly string[];
  readonly trailing?: readonly string[];
  readonly decorators?: readonly string[];
  readonly doc?: readonly string[] | undefined;
  readonly types?: readonly Type[];
  /** What `this` is, and Python's name for it. */
  readonly self?: Type;
  readonly selfName?: string;
  /** Lines at the beginning of the body. */
  readonly first?: () => void;
  /** Whether those lines wait for the call of the base's constructor. */
  readonly isDerivedConstructor?: boolean;
  /** Whether it is only called where it stands, so that it can't outlive a turn of a loop. */
  readonly isPassing?: boolean;
  /** Whether others call it, who know of no options by name. */
  readonly isCallback?: boolean;
}

/** `T | undefined` */
const isOrNone = (type: Node): boolean => type.type === "TSUnionType" && type.types.some((each) => /^TS(Undefined|Null)Keyword$/.test(each.type));

/** Writes a `def`. */
export function define(context: Context, name: string, node: FunctionNode, options: DefineOptions = {}): void {
  const {
    leading = [],
    trailing = [],
    decorators = [],
    doc,
    types = [],
    self,
    selfName = "self",
    first,
    isDerivedConstructor = false,
    isPassing = false,
    isCallback: takesPlaces = false,
  } = options;
  const definition = new Definition(context.definition);
  definition.wanted = "returnType" in node && node.returnType ? annotated(node.returnType, context) : unknown;
  definition.mayGiveNone = "returnType" in node && node.returnType?.type === "TSTypeAnnotation" && isOrNone(node.returnType.typeAnnotation);
  const { scope } = context;
  context.inScope(() => {
    const outerLoop = context.loop;
    if (self) context.bindThis(self, selfName);
    const opened = openParameters(context, node.params, types, takesPlaces);
    const kept = isPassing ? [] : captures(node, outerLoop, scope);
    context.loop = undefined;
    for (const decorator of decorators) context.line(decorator, startLine(node));
    const star = opened.texts.some((text) => text.startsWith("*")) || kept.length === 0 ? [] : ["*"];
    context.line(`def ${name}(${[...leading, ...opened.texts, ...trailing, ...star, ...kept].join(", ")}):`, startLine(node));
    context.indented(() => {
      if (doc) docstring(context, doc, startLine(node));
      const lines = context.captured(() => {
        opened.first();
        const begin = (): void => {
          opened.properties();
          first?.();
        };
        // Nothing of a module can be kept before its base is there.
        if (isDerivedConstructor) context.afterSuper = begin;
        else begin();
        functionBody(context, node);
      });
      for (const kind of ["global", "nonlocal"]) {
        const names = [...definition.outside].filter((entry) => entry.startsWith(`${kind} `)).map((entry) => entry.slice(kind.length + 1));
        if (names.length > 0) context.line(`${kind} ${names.sort().join(", ")}`);
      }
      context.out.push(...lines);
    });
    context.loop = outerLoop;
  }, definition);
}

/** Variables that each turn of a loop makes anew: a function that may outlive the turn keeps its own. */
function captures(node: FunctionNode, loop: Node | undefined, scope: Context["scope"]): string[] {
  if (!loop || node.type === "FunctionDeclaration") return [];
  const free = freeNames(node);
  const turn = "body" in loop ? (loop.body as Node) : loop;
  const found: string[] = [];
  for (let each: Context["scope"] | undefined = scope; each && each.owner === scope.owner; each = each.parent) {
    for (const [name, binding] of each.bindings) {
      const isKept = binding.loop !== undefined && binding.isSet && free.has(name) && /^\w+$/.test(binding.python);
      if (isKept && !found.includes(binding.python) && !isAssignedIn(turn, name)) found.push(binding.python);
    }
  }
  return found.map((name) => `${name}=${name}`);
}

function functionBody(context: Context, node: FunctionNode): void {
  context.outsideBranch(() => {
    if (node.body.type === "BlockStatement") block(context, node.body, false);
    else returned(context, node.body, node.body);
  });
}

export function docstring(context: Context, lines: readonly string[], source: number): void {
  const text = lines.map((line) => line.replaceAll("\\", "\\\\").replaceAll('"""', '\\"\\"\\"'));
  const end = text.at(-1)?.endsWith('"') ? " " : "";
  if (text.length === 1) return context.line(`"""${text[0]}${end}"""`, source);
  context.line(`"""${text[0] ?? ""}`, source);
  for (const line of text.slice(1)) context.line(line, source);
  context.line('"""', source);
}

/**
 * A function where a value is asked for: a lambda where one expression says it all, otherwise a `def` before the statement.
 * @param count how many arguments it will be called with; JavaScript ignores what is too much, Python doesn't
 */
export function functionValue(context: Context, node: FunctionNode, given: readonly Type[] = [], count?: number, wanted = "function"): Code {
  const place = context.wantedOf.get(node);
  const types = given.length > 0 ? given : (place?.types ?? []);
  const arity = count ?? (place?.rest ? undefined : place?.types.length);
  const type = withoutOptions(functionType(context, node));
  if (node.type === "ObjectMethod" && contains(node.body, (each) => each.type === "ThisExpression"))
    return context.refuse(node, "this in a method of a plain object", "make it a class");
  const surplus =
    arity === undefined || node.params.some((each) => each.type === "RestElement")
      ? []
      : Array.from({ length: Math.max(0, arity - node.params.length) }, (_, i) => `_${i + 1}`);
  const short = lambda(context, node, types, surplus);
  if (short) return code(short, binds.lambda, type);
  const name = context.fresh("id" in node && node.id ? pythonName(node.id.name) : wanted);
  const lines = context.captured(() => {
    const outer = context.before;
    context.before = [];
    define(context, name, node, { types, trailing: surplus, isCallback: true });
    context.before = outer;
  });
  context.before.push(...lines);
  return access(name, type);
}

function lambda(context: Context, node: FunctionNode, types: readonly Type[], surplus: readonly string[]): string | undefined {
  if (node.body.type === "BlockStatement" || node.generator || !node.params.every((each) => each.type === "Identifier" || each.type === "RestElement"))
    return undefined;
  const { body } = node;
  const definition = new Definition(context.definition);
  const { scope } = context;
  return context.dry(() =>
    context.inScope(() => {
      const { texts } = openParameters(context, node.params, types);
      const made = pureExpression(context, body, definition);
      if (made === undefined) return undefined;
      const kept = captures(node, context.loop, scope);
      return { made, parameters: [...texts, ...surplus, ...(kept.length > 0 && !texts.some((text) => text.startsWith("*")) ? ["*"] : []), ...kept] };
    }, definition),
  )
    ? context.inScope(() => {
        const { texts } = openParameters(context, node.params, types);
        const made = pureExpression(context, body, definition)!;
        const kept = captures(node, context.loop, scope);
        const all = [...texts, ...surplus, ...(kept.length > 0 && !texts.some((text) => text.startsWith("*")) ? ["*"] : []), ...kept];
        return `lambda${all.length > 0 ? ` ${all.join(", ")}` : ""}: ${made.text}`;
      }, definition)
    : undefined;
}

/** The expression where it needs no statement before it and gives no variable a new value; otherwise nothing. */
export function pureExpression(context: Context, node: Node, definition = context.definition): Code | undefined {
  if (contains(node, (each) => each.type === "AssignmentExpression" || each.type === "UpdateExpression" || isContextCall(each), false)) return undefined;
  const { before } = context;
  context.before = [];
  const outside = definition.outside.size;
  const made = expression(context, node);
  const isPure = !made.isStatement && context.before.length === 0 && definition.outside.size === outside;
  context.before = before;
  return isPure ? made : undefined;
}

/** `noGrad(() => …)` and the like become `with` statements. */
const isContextCall = (node: Node): boolean =>
  node.type === "CallExpression" &&
  /^(noGrad|enableGrad|inferenceMode)$/.test(
    node.callee.type === "Identifier"
      ? node.callee.name
      : node.callee.type === "MemberExpression" && node.callee.property.type === "Identifier"
        ? node.callee.property.name
        : "",
  );

/** Names of variables that hold what can only be an integer: a size of a layer, a length, a place. */
export function collectWholeNames(program: Node, found: Set<string>): void {
  const note = (node: Node): void => {
    if (node.type === "Identifier") found.add(node.name);
    if (node.type === "MemberExpression" && node.property.type === "Identifier") found.add(node.property.name);
    if (node.type === "BinaryExpression" && /^[-+*]$/.test(node.operator)) [node.left, node.right].forEach(note);
    if (node.type === "ArrayExpression") node.elements.forEach((element) => element && note(element));
    if (node.type === "ObjectProperty" && node.value.type === "Identifier") found.add(node.value.name);
  };
  walk(program, (node) => {
    if ((node.type === "CallExpression" || node.type === "NewExpression") && wantsWholes(node)) {
      for (const each of node.arguments) {
        if (each.type === "ObjectExpression") {
          for (const property of each.properties)
            if (property.type === "ObjectProperty" && property.key.type === "Identifier" && wholeOption.test(property.key.name)) note(property.value);
        } else note(each);
      }
    }
    if (node.type === "ObjectProperty" && node.key.type === "Identifier" && node.key.name === "length") note(node.value);
    if (node.type === "MemberExpression" && node.computed) note(node.property);
    return undefined;
  });
}

const wholeOption =
  /^(length|kernelSize|stride|padding|dilation|groups|batchSize|numLayers|hiddenSize|inputSize|inFeatures|outFeatures|inChannels|outChannels|dim|startDim|endDim|nhead|dimFeedforward|size|shape|numHeads|numEmbeddings|embeddingDim)$/;
const wholeCalls =
  /^(view|reshape|zeros|ones|randn|rand|full|empty|randint|randperm|arange|narrow|slice|select|expand|repeat|at|permute|unflatten|split|chunk|eye|from|fill|Array|unsqueeze|topk)$/;

/** Whether the arguments that are numbers have to be whole. */
export function wantsWholes(node: Extract<Node, { type: "CallExpression" | "NewExpression" }>): boolean {
  const { callee } = node;
  const name =
    callee.type === "Identifier" ? callee.name : callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : "";
  if (node.type === "NewExpression")
    return /^(Linear|Bilinear|Conv.*d|ConvTranspose.*d|Embedding|LSTM|GRU|RNN|LSTMCell|GRUCell|MultiheadAttention|Transformer.*|BatchNorm.*|LayerNorm|GroupNorm|.*Pool.*d|Array|.*[A-Z]\w*(Block|Layer|Head|Attention|Net|Encoder|Decoder))$/.test(
      name,
    );
  return wholeCalls.test(name);
}

export const isCallback = (node: Node): node is FunctionNode => isFunction(node);
