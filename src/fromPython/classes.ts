/** Python's classes in TypeScript: fields with types, a constructor, methods. */
import { tellsItself } from "./annotations.ts";
import { errorName } from "./builtins.ts";
import { level, NoTwin } from "./context.ts";
import { commentLine, docComment } from "./comments.ts";
import { decoratorName, isGiven, isShared, withoutSubscript } from "./syntaxQueries.ts";
import { schedule } from "./inference.ts";
import { ofClass } from "./expressions.ts";
import { layOut, memberText, quoted, type Doc } from "./layout.ts";
import type { Block, Call, Expression, FunctionStatement, Statement } from "./syntax.ts";
import type { Statements } from "./statements.ts";
import { mentionsName } from "./syntax.ts";
import { any, findMethod, isTensor, lineage, unknown, type ClassInfo, type FunctionInfo, type Type } from "./types.ts";
import { methodName } from "./words.ts";

/** The API's own methods that a class may say anew. */
const overridable = new Set(["forward", "extraRepr", "toString", "step", "zeroGrad", "parameters", "train", "eval", "getLr"]);

export function writeClass(to: Statements, info: ClassInfo, margin: number): string[] {
  const { node } = info;
  const metaclass = node.bases.find(({ name }) => name === "metaclass")?.value;
  if (metaclass && to.context.pathOf(metaclass) !== "abc.ABCMeta")
    to.context.report(metaclass.from, "A metaclass has no twin here: the class is made without it");
  const pad = " ".repeat(margin);
  const wrappers = node.decorators.filter((decorator) => !to.checkDecorator(decorator));
  const inner = members(to, info, margin + 2);
  const exported = to.exports && margin === 0 ? "export " : "";
  return [
    ...(node.doc === undefined ? [] : docComment(node.doc, margin)),
    `${pad}${exported}class ${to.context.own(node.name)}${heritage(to, info)} {`,
    ...inner,
    `${pad}}`,
    // What a class's decorator gives is the class itself, most of the time.
    ...wrappers.map((decorator) => `${pad}${layOut([to.to.operand(decorator, level.primary), `(${to.context.own(node.name)});`], margin)}`),
  ];
}

function heritage(to: Statements, info: ClassInfo): string {
  if (info.isEnum) return "";
  const bases = info.node.bases.filter(({ name }) => !name).map(({ value }) => withoutSubscript(value));
  const base = bases.find((value) => !isLeftOut(to.context.pathOf(value)));
  if (!base) return "";
  const path = to.context.pathOf(base);
  if (path?.startsWith("builtins.") && /(Error|Exception)$/.test(path)) return ` extends ${errorName(to.context, path.slice("builtins.".length))}`;
  const text = layOut(to.to.doc(base));
  return ` extends ${text}${path && info.root ? generics(to, info, info.root) : ""}`;
}

/** Bases that say nothing here. */
function isLeftOut(path: string | undefined): boolean {
  return path !== undefined && /^(builtins\.(object|NamedTuple)|abc\.|typing\.|enum\.)/.test(path);
}

/** What a module takes and gives, what a dataset's sample is, where that isn't the usual. */
function generics(to: Statements, info: ClassInfo, root: string): string {
  // Its groups hold options of its own.
  if (root === "optim.Optimizer") return `<${to.context.api("optim")}.OptimizerOptions & Record<string, any>>`;
  if (root === "nn.Module") {
    const forward = info.methods.get("forward");
    // What others make of it takes and gives what they say.
    if (!forward) return isBase(to, info) ? "<any, any>" : "";
    const parameters = forward.node.parameters.slice(1);
    if (parameters.some(({ star }) => star)) return "<any, any>";
    const single = parameters.length === 1 && isTensor(forward.parameters.get(parameters[0]!.name) ?? unknown);
    const out = forward.returns.kind === "none" ? "void" : to.to.typeName(forward.returns);
    if (single && out === "Tensor") return "";
    const entries = parameters.map(
      (parameter) => `${to.context.own(parameter.name)}${parameter.default ? "?" : ""}: ${to.to.typeName(forward.parameters.get(parameter.name) ?? any)}`,
    );
    return `<[${entries.join(", ")}]${out === "Tensor" ? "" : `, ${out}`}>`;
  }
  if (root === "data.Dataset" || root === "data.IterableDataset") {
    const item = info.methods.get("__getitem__")?.returns ?? (info.methods.has("__iter__") ? any : undefined);
    return item ? `<${to.to.typeName(item)}>` : "<any>";
  }
  return "";
}

/** Whether classes of the program that say what they take and give come from it. */
function isBase(to: Statements, info: ClassInfo): boolean {
  return [...to.knowledge.classes.values()].some((one) => one !== info && lineage(one).includes(info) && one.methods.has("forward"));
}

function members(to: Statements, info: ClassInfo, margin: number): string[] {
  const { node } = info;
  const pad = " ".repeat(margin);
  const groups: string[][] = info.isEnum ? enumMembers(to, info, pad) : [];
  const statics = node.body.statements.flatMap((statement) =>
    statement.kind === "assign" && (!info.dataclass || isShared(statement)) && !info.isEnum ? staticField(to, info, statement, margin) : [],
  );
  if (statics.length > 0) groups.push(statics);
  const fields = info.isEnum ? [] : fieldLines(to, info, pad);
  if (fields.length > 0) groups.push(fields);
  if (info.dataclass && !info.methods.has("__init__")) groups.push(dataclassConstructor(to, info, margin));
  if (isOrdered(info)) groups.push(orderMethod(to, info, margin));
  if (info.isTuple) groups.push([`${pad}*[Symbol.iterator](): IterableIterator<any> {`, `${pad}  yield* Object.values(this);`, `${pad}}`]);
  for (const statement of node.body.statements) {
    if (statement.kind === "function")
      groups.push([...statement.comments.before.map((text) => commentLine(text, margin)), ...methodOrReason(to, info, statement, margin)]);
    else if (!["assign", "pass", "expression"].includes(statement.kind)) to.context.report(statement.from, "This has no twin inside a class");
  }
  return groups.filter((group) => group.length > 0).flatMap((group, at) => (at === 0 ? group : ["", ...group]));
}

/** The values of an enumeration, which can be gone through. */
function enumMembers(to: Statements, info: ClassInfo, pad: string): string[][] {
  const own = to.context.own(info.name);
  const values = info.node.body.statements.flatMap((statement) => {
    const target = statement.kind === "assign" ? statement.targets[0]! : undefined;
    if (statement.kind !== "assign" || target?.kind !== "name" || !statement.value) return [];
    const path = statement.value.kind === "call" ? to.context.pathOf(statement.value.callee) : undefined;
    return [{ name: target.name, value: path === "enum.auto" ? undefined : layOut(to.to.doc(statement.value)) }];
  });
  const value = to.to.typeName(info.fields.get("value") ?? any);
  return [
    values.map(({ name, value: text }, at) => `${pad}static readonly ${name} = new ${own}(${quoted(name)}, ${text ?? at + 1});`),
    [`${pad}constructor(`, `${pad}  readonly name: string,`, `${pad}  readonly value: ${value},`, `${pad}) {}`],
    ...(findMethod(info, "__str__") ? [] : [[`${pad}toString(): string {`, `${pad}  return ${enumText(info, own)};`, `${pad}}`]]),
    [`${pad}static *[Symbol.iterator](): IterableIterator<${own}> {`, `${pad}  yield* [${values.map(({ name }) => `${own}.${name}`).join(", ")}];`, `${pad}}`],
  ];
}

function enumText(info: ClassInfo, own: string): string {
  const isNumber = info.bases.some((base) => base.kind === "python" && /^enum\.(Int|Str)/.test(base.path));
  return isNumber ? "String(this.value)" : `\`${own}.\${this.name}\``;
}

function staticField(to: Statements, info: ClassInfo, statement: Statement & { kind: "assign" }, margin: number): string[] {
  const [target] = statement.targets;
  if (target!.kind !== "name" || !statement.value) return [];
  const comments = statement.comments.before.map((text) => commentLine(text, margin));
  const type = info.statics.get(target!.name);
  // Asked for what only the run names, it is a dictionary to TypeScript, too.
  const isAnew = lineage(info)
    .slice(1)
    .some(({ statics }) => statics.has(target!.name));
  const says = !tellsItself(statement.value) || (type?.kind === "dict" && type.open);
  const annotation = type && type.kind !== "unknown" && says ? `: ${to.to.typeName(type)}` : "";
  return [
    ...comments,
    `${" ".repeat(margin)}${to.to.isStatic(info, target!.name) ? "static " : ""}${isAnew ? "override " : ""}${to.context.own(target!.name)}${annotation} = ${layOut(to.to.doc(ofClass(statement.value, info)), margin)};`,
  ];
}

function fieldLines(to: Statements, info: ClassInfo, pad: string): string[] {
  const initializer = info.methods.get("__init__");
  const assigned = new Set<string>();
  if (initializer && "statements" in initializer.body) collectAssigned(initializer.body, initializer.node.parameters[0]?.name ?? "self", assigned, false);
  const lines: string[] = [];
  for (const [name, type] of info.fields) {
    if (
      lineage(info)
        .slice(1)
        .some((base) => base.fields.has(name)) ||
      info.statics.has(name) ||
      (info.root === "optim.Optimizer" && /^(param_groups|state|defaults)$/.test(name))
    )
      continue;
    const certain = (info.dataclass && isDeclared(info, name) && isGiven(defaultOf(info, name))) || assigned.has(name);
    const vague = type.kind === "none" || type.kind === "unknown";
    lines.push(`${pad}${memberName(name)}${certain || vague ? "" : "!"}: ${vague ? "any" : fieldType(to, type)};`);
  }
  return lines;
}

function isDeclared({ node }: ClassInfo, name: string): boolean {
  return node.body.statements.some((one) => one.kind === "assign" && one.targets.some((target) => target.kind === "name" && target.name === name));
}

/** What a dataclass says of a field where it is declared. */
function defaultOf(info: ClassInfo, name: string): Expression | undefined {
  const own = info.node.body.statements.find((one) => one.kind === "assign" && one.targets[0]!.kind === "name" && one.targets[0]!.name === name);
  return own?.kind === "assign" ? own.value : undefined;
}

function fieldType(to: Statements, type: Type): string {
  return to.to.typeName(type);
}

function memberName(name: string): string {
  return methodName(name);
}

/** The fields that a constructor surely sets. */
function collectAssigned(block: Block, self: string, names: Set<string>, inner: boolean): void {
  for (const statement of block.statements) {
    if (statement.kind === "assign" && statement.value && !inner) {
      for (const target of statement.targets.flatMap((one) => (one.kind === "tuple" ? one.entries : [one]))) {
        if (target.kind === "attribute" && target.object.kind === "name" && target.object.name === self) names.add(target.name);
      }
    }
  }
}

/** `@dataclass(order=True)` */
function isOrdered({ node }: ClassInfo): boolean {
  const isTrue = (value: Expression): boolean => value.kind === "constant" && value.value === "True";
  return node.decorators.some(
    (one) => one.kind === "call" && decoratorName(one) === "dataclass" && one.arguments.some(({ name, value }) => name === "order" && isTrue(value)),
  );
}

/** Which of two objects comes first: by their fields, one after the other. */
function orderMethod(to: Statements, info: ClassInfo, margin: number): string[] {
  const pad = " ".repeat(margin);
  const isLeftOut = (name: string): boolean => {
    const value = defaultOf(info, name);
    return (
      value?.kind === "call" &&
      value.arguments.some(({ name: option, value: said }) => option === "compare" && said.kind === "constant" && said.value === "False")
    );
  };
  const fields = [...info.fields.keys()].filter((name) => !isLeftOut(name)).map((name) => memberText(to.context.own(name)));
  const of = (object: string): string => `[${fields.map((field) => object + field).join(", ")}]`;
  const test = `${to.context.helper("order")}(${of("this")}, ${of("other")}) < 0`;
  return [`${pad}lt(other: ${to.context.own(info.name)}): boolean {`, `${pad}  return ${test};`, `${pad}}`];
}

function dataclassConstructor(to: Statements, info: ClassInfo, margin: number): string[] {
  const pad = " ".repeat(margin);
  const parameters: string[] = [];
  const lines: string[] = [];
  for (const statement of info.node.body.statements) {
    if (statement.kind !== "assign" || statement.targets[0]!.kind !== "name" || isShared(statement)) continue;
    if (
      statement.value?.kind === "call" &&
      statement.value.arguments.some(({ name: option, value }) => option === "repr" && value.kind === "constant" && value.value === "False")
    )
      to.context.report(statement.from, "A field that isn't printed (`repr=False`) has no twin here: it is");
    const { name } = statement.targets[0];
    const given = isGiven(statement.value);
    if (given || hasDefault(statement.value)) lines.push(`this.${name} = ${given ? to.context.own(name) : defaultValue(to, statement)};`);
    if (!given) continue;
    const type = to.to.typeName(info.fields.get(name) ?? any);
    parameters.push(`${to.context.own(name)}: ${type}${statement.value ? ` = ${defaultValue(to, statement)}` : ""}`);
  }
  if (findMethod(info, "__post_init__")) lines.push(`this.${methodName("__post_init__")}();`);
  return [`${pad}constructor(${parameters.join(", ")}) {`, ...lines.map((text) => `${pad}  ${text}`), `${pad}}`];
}

function hasDefault(value: Expression | undefined): boolean {
  return value?.kind !== "call" || value.arguments.some(({ name }) => name?.startsWith("default"));
}

/** `field(default_factory=list)` makes a value for each object. */
function defaultValue(to: Statements, statement: Statement & { kind: "assign" }): string {
  const { value } = statement;
  if (value?.kind === "call" && /(^|\.)field$/.test(to.context.pathOf(value.callee) ?? "")) {
    const factory = value.arguments.find(({ name }) => name === "default_factory")?.value;
    const fallback = value.arguments.find(({ name }) => name === "default")?.value;
    if (fallback) return layOut(to.to.doc(fallback));
    const path = factory && to.context.pathOf(factory);
    if (path === "builtins.list") return "[]";
    if (path === "builtins.dict") return "{}";
    if (factory?.kind === "lambda") return layOut(to.to.doc(factory.body));
    return factory
      ? layOut(to.to.doc({ kind: "call", callee: factory, arguments: [], from: factory.from, to: factory.to, type: to.to.typeOf(value) }))
      : "undefined as any";
  }
  return layOut(to.to.doc(value!));
}

/** The method, or why it has no twin: the others come along without it. */
function methodOrReason(to: Statements, info: ClassInfo, statement: FunctionStatement, margin: number): string[] {
  try {
    return method(to, info, statement, margin);
  } catch (error) {
    if (!(error instanceof NoTwin)) throw error;
    to.context.report(error.from, error.message);
    return to.untranslated(statement, margin, error.message);
  }
}

function method(to: Statements, info: ClassInfo, statement: FunctionStatement, margin: number): string[] {
  const own = to.knowledge.functions.get(statement)!;
  const pad = " ".repeat(margin);
  const decorators = statement.decorators.map(decoratorName);
  for (const decorator of statement.decorators) {
    if (!to.checkDecorator(decorator))
      to.context.report(decorator.from, `The decorator \`@${decoratorName(decorator)}\` has no twin here: the method stays as it is`);
  }
  const doc = statement.doc === undefined ? [] : docComment(statement.doc, margin);
  if (statement.name === "__init__") return [...doc, ...constructor(to, info, own, statement, margin)];
  if (
    /^__(del|hash|ne|new|setattr|getattr|reversed|bool|iadd|isub|imul|itruediv|getstate|setstate|init_subclass|class_getitem|set_name|get|set|delete|missing|format|index)__$/.test(
      statement.name,
    )
  ) {
    throw new NoTwin(`\`${statement.name}\` has no twin here`, statement.from);
  }
  const dataset = info.root?.startsWith("data.");
  let name = methodName(statement.name);
  if (statement.name === "__iter__") name = own.generator ? "*[Symbol.iterator]" : "[Symbol.iterator]";
  else if (statement.name === "__exit__") name = "[Symbol.dispose]";
  else if (own.generator) name = `*${name}`;
  const getter = statement.name === "__len__" || (own.property && !decorators.some((one) => one.endsWith(".setter")));
  const setter = decorators.some((one) => one.endsWith(".setter"));
  const shared = own.bound !== "self" ? "static " : "";
  const inherited = info.bases.some((base) => base.kind === "class" && findMethod(base.of, statement.name));
  const fromApi =
    info.root !== undefined && info.root !== "autograd.Function" && overridable.has(name) && !(name === "forward" && !info.root.startsWith("nn."));
  const ofFunction = info.root === "autograd.Function" && /^(forward|backward)$/.test(name);
  const isLength = statement.name === "__len__" && info.root?.startsWith("nn.");
  const isOverride =
    ofFunction ||
    isLength ||
    inherited ||
    // Every class has it from the start.
    (name === "toString" && heritage(to, info) !== "") ||
    fromApi ||
    (dataset && (statement.name === "__len__" || statement.name === "__getitem__") && info.root === "data.Dataset");
  const overrides = isOverride && (ofFunction || !shared) ? "override " : "";
  // A layer of the API gives a tensor: what gives something else in its place can't say so.
  const isOther = name === "forward" && info.root?.startsWith("nn.") && info.root !== "nn.Module" && !isTensor(own.returns);
  // A module's own `train` gives the module, whatever class it is of.
  const isItself = /^(train|eval)$/.test(statement.name) && info.root?.startsWith("nn.") && own.returns.kind === "instance";
  const returns = isItself ? ": this" : statement.name === "__iter__" || isOther ? ": any" : setter ? "" : to.returnType(own);
  const head = `${shared}${overrides}${getter ? "get " : setter ? "set " : ""}${name}`;
  if (statement.name === "__iter__" && !own.generator && findMethod(info, "__next__")) {
    name = "*[Symbol.iterator]";
    return [...doc, `${pad}${name}(): any {`, ...steps(to, own, statement, margin + 2), `${pad}}`];
  }
  const lines = decorators.includes("cached_property") ? cachedLines(to, own, statement, name, margin + 2) : to.functionBody(own, statement, margin + 2);
  if (isAbstract(statement)) lines.push(`${" ".repeat(margin + 2)}throw new Error("not implemented");`);
  return [
    ...doc,
    `${pad}${head}${layOut(["(", statement.name === "__exit__" ? "" : to.to.parameters(own, statement.parameters), ")"], margin)}${returns} {`,
    ...lines,
    `${pad}}`,
  ];
}

/** A property that is found out once. */
function cachedLines(to: Statements, own: FunctionInfo, statement: FunctionStatement, name: string, margin: number): string[] {
  const pad = " ".repeat(margin);
  return [
    `${pad}const value = (() => {`,
    ...to.functionBody(own, statement, margin + 2),
    `${pad}})();`,
    `${pad}Object.defineProperty(this, ${quoted(name)}, { value });`,
    `${pad}return value;`,
  ];
}

/** What `__next__` gives, one after the other, until it says that there is no more. */
function steps(to: Statements, own: FunctionInfo, statement: FunctionStatement, margin: number): string[] {
  const pad = " ".repeat(margin);
  const { statements, tail } = statement.body;
  const ready = statements.filter(({ kind }) => kind !== "return");
  return [
    ...to.functionBody({ ...own, returns: { kind: "none" } }, statement, margin, { statements: ready, tail }),
    `${pad}for (;;) {`,
    `${pad}  try {`,
    `${pad}    yield this.__next__();`,
    `${pad}  } catch (error) {`,
    `${pad}    if (error instanceof ${to.context.helper("StopIteration")}) return;`,
    `${pad}    throw error;`,
    `${pad}  }`,
    `${pad}}`,
  ];
}

function isAbstract(statement: FunctionStatement): boolean {
  return (
    statement.decorators.some((decorator) => decoratorName(decorator) === "abstractmethod") &&
    statement.body.statements.every(({ kind }) => kind === "pass" || kind === "expression")
  );
}

function constructor(to: Statements, info: ClassInfo, own: FunctionInfo, statement: FunctionStatement, margin: number): string[] {
  const pad = " ".repeat(margin);
  const self = statement.parameters[0]?.name ?? "self";
  const derived = heritage(to, info) !== "";
  const at = statement.body.statements.findIndex((one) => superCallOf(to, one) !== undefined);
  const call = at >= 0 ? superCallOf(to, statement.body.statements[at]!)! : undefined;
  const before = at > 0 ? statement.body.statements.slice(0, at) : [];
  const after = statement.body.statements.slice(at + 1);
  // Nothing may say `this` before `super`; what is made ready for it may stand there.
  const early = before.length > 0 && !before.some((one) => usesName(withoutShared(one, self, info), self));
  if (before.length > 0 && !early && derivedCallsItself(info))
    to.context.report(
      before[0]!.from,
      `What \`${info.name}\` sets in front of \`super().__init__()\` is set behind it here, and its base calls its methods before that: give it to the base, or let the base set it`,
    );
  const rest: Block = { statements: early ? after : [...before, ...after], tail: statement.body.tail };
  const lines: string[] = [];
  if (early) {
    const whole = to.functionBody(own, statement, margin + 2, { statements: [...before, ...after], tail: rest.tail });
    const head = to.functionBody(own, statement, margin + 2, { statements: before, tail: [] });
    lines.push(...head, ...superLines(to, info, call, margin + 2), ...whole.slice(head.length));
  } else {
    if (derived) lines.push(...superLines(to, info, call, margin + 2));
    lines.push(...to.functionBody(own, statement, margin + 2, rest));
  }
  // PyTorch's schedules set the first rate when they are made.
  if (info.root === schedule && !info.bases.some(({ kind }) => kind === "class")) lines.push(`${pad}  this.step();`);
  return [`${pad}constructor${layOut(["(", to.to.parameters(own, statement.parameters), ")"], margin)} {`, ...lines, `${pad}}`];
}

/** Whether a base of the program's own calls methods of the object while it is made. */
function derivedCallsItself(info: ClassInfo): boolean {
  return lineage(info)
    .slice(1)
    .some(({ methods }) => {
      const made = methods.get("__init__");
      const self = made?.node.parameters[0]?.name;
      return made !== undefined && self !== undefined && "statements" in made.body && callsMethodOf(made.body, self);
    });
}

function callsMethodOf(node: unknown, self: string): boolean {
  if (node === null || typeof node !== "object") return false;
  const { kind, callee } = node as { kind?: string; callee?: Expression };
  if (kind === "call" && callee?.kind === "attribute" && callee.object.kind === "name" && callee.object.name === self) return true;
  return Object.entries(node).some(([key, value]) => key !== "type" && key !== "comments" && callsMethodOf(value, self));
}

function superLines(to: Statements, info: ClassInfo, call: Call | undefined, margin: number): string[] {
  const doc: Doc = call ? to.superCall(call, info) : "super()";
  return `${" ".repeat(margin)}${layOut([doc, ";"], margin)}`.split("\n");
}

/** `super().__init__(…)`, `super(Net, self).__init__(…)` or `nn.Module.__init__(self, …)`. */
function superCallOf(to: Statements, statement: Statement): Call | undefined {
  if (statement.kind !== "expression" || statement.value.kind !== "call") return undefined;
  const { callee } = statement.value;
  if (callee.kind !== "attribute" || callee.name !== "__init__") return undefined;
  if (callee.object.kind === "call") return to.context.pathOf(callee.object.callee) === "builtins.super" ? statement.value : undefined;
  return statement.value;
}

/** The statement without what it takes from the class by way of `self`. */
function withoutShared<T>(node: T, self: string, info: ClassInfo): T {
  if (node === null || typeof node !== "object") return node;
  const { kind, object, name } = node as unknown as { kind?: string; object?: { kind: string; name?: string }; name?: string };
  const method = kind === "attribute" && object?.kind === "name" && object.name === self ? findMethod(info, name!) : undefined;
  if (method && method.bound !== "self") return { ...node, object: { ...object, name: info.name } };
  if (Array.isArray(node)) return node.map((one: unknown) => withoutShared(one, self, info)) as T;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, key === "type" ? value : withoutShared(value as unknown, self, info)])) as T;
}

function usesName(statement: Statement, name: string): boolean {
  return mentionsName({ statements: [statement], tail: [] }, name);
}
