/** Classes. */
import { block, expression, valueFor } from "./grammar.ts";
import type { Context } from "./context.ts";
import { define, docstring, functionType, withoutOptions, parametersOf } from "./functions.ts";
import { baseArguments, baseOf, isDataset } from "./calls.ts";
import { homeValue } from "./homecoming.ts";
import { attributeName, memberName, snake } from "./python.ts";
import { bare, boundNames, contains, isFunction, keyName, startLine, walk, type FunctionNode, type Node } from "./syntax.ts";
import { want } from "./wanted.ts";
import { annotated, noParameters, unknown, type ClassInfo, type Type } from "./types.ts";

type ClassNode = Extract<Node, { type: "ClassDeclaration" }>;
type Member = ClassNode["body"]["body"][number];
type Method = Extract<Member, { type: "ClassMethod" | "ClassPrivateMethod" }>;
type Property = Extract<Member, { type: "ClassProperty" | "ClassPrivateProperty" }>;

/** Types that are found when they are first asked for. */
class LaterTypes<T extends Type> extends Map<string, T> {
  readonly #later = new Map<string, () => T>();

  later(name: string, find: () => T): void {
    if (!this.#later.has(name)) this.#later.set(name, find);
  }

  override get(name: string): T | undefined {
    const known = super.get(name);
    const find = this.#later.get(name);
    if (known || !find) return known;
    this.#later.delete(name);
    const found = find();
    this.set(name, found);
    return found;
  }

  override has(name: string): boolean {
    return super.has(name) || this.#later.has(name);
  }
}

/** What the rest of the program can know of a class. */
export function classInfo(context: Context, node: ClassNode, name: string): ClassInfo {
  const fields = new LaterTypes<Type>();
  const methods = new LaterTypes<Type & { kind: "function" }>();
  const statics = new LaterTypes<Type>();
  const info: ClassInfo = {
    name,
    base: baseType(context, node),
    fields,
    methods,
    getters: new Set(),
    staticGetters: new Set(),
    late: lateFields(node),
    statics,
    constructorParameters: noParameters,
  };
  const self: Type = { kind: "object of", of: info };
  const inClass = <T>(find: () => T): (() => T) => {
    const { scope } = context;
    const inside = (): T =>
      context.inScope(() => {
        context.bindThis(self, "self");
        return find();
      });
    return () => context.inScopeOf(scope, () => context.dry(inside));
  };
  for (const member of node.body.body) {
    if (member.type === "ClassProperty" || member.type === "ClassPrivateProperty") declareField(context, member, member.static ? statics : fields, inClass);
    if (member.type === "ClassMethod" || member.type === "ClassPrivateMethod") declareMethod(context, member, info, { fields, methods, statics }, inClass);
  }
  return info;
}

/** What is declared without a value and not set by the constructor. */
function lateFields(node: ClassNode): Set<string> {
  const late = new Set<string>();
  const constructor = node.body.body.find((member) => member.type === "ClassMethod" && member.kind === "constructor");
  for (const member of node.body.body) {
    const name = member.type === "ClassProperty" && !member.static && !member.value && !member.declare ? keyName(member.key, member.computed) : undefined;
    if (name !== undefined && !beginsAsNone(member as Property) && !(constructor && setsField(constructor, name))) late.add(name);
  }
  return late;
}

/** A field that begins as `undefined` and is asked whether it still is. */
const beginsAsNone = (member: Property): boolean =>
  !member.static &&
  !member.value &&
  (member.type === "ClassPrivateProperty" ||
    Boolean(member.optional) ||
    (member.typeAnnotation?.type === "TSTypeAnnotation" &&
      member.typeAnnotation.typeAnnotation.type === "TSUnionType" &&
      member.typeAnnotation.typeAnnotation.types.some(({ type }) => type === "TSUndefinedKeyword")));

function isSetToNone(node: ClassNode, member: Property): boolean {
  const constructor = node.body.body.find((each) => each.type === "ClassMethod" && each.kind === "constructor");
  return beginsAsNone(member) && !(constructor && setsField(constructor, keyName(member.key) ?? ""));
}

const setsField = (node: Node, name: string): boolean =>
  contains(
    node,
    (each) =>
      each.type === "AssignmentExpression" &&
      contains(
        each.left,
        (part) => part.type === "MemberExpression" && part.object.type === "ThisExpression" && keyName(part.property, part.computed) === name,
      ),
  );

type InClass = <T>(find: () => T) => () => T;

function declareField(context: Context, member: Property, into: LaterTypes<Type>, inClass: InClass): void {
  const name = keyName(member.key, "computed" in member && member.computed);
  if (name === undefined) return;
  const { value } = member;
  into.later(
    name,
    inClass(() => {
      const stated = member.typeAnnotation ? annotated(member.typeAnnotation, context) : unknown;
      return stated.kind === "unknown" && value ? expression(context, value).type : stated;
    }),
  );
}

function declareMethod(
  context: Context,
  member: Method,
  info: ClassInfo,
  into: { fields: LaterTypes<Type>; methods: LaterTypes<Type & { kind: "function" }>; statics: LaterTypes<Type> },
  inClass: InClass,
): void {
  const name = methodKey(member);
  if (name === undefined) return;
  if (member.kind === "constructor") {
    info.constructorParameters = parametersOf(context, member.params);
    for (const parameter of member.params) {
      if (parameter.type !== "TSParameterProperty") continue;
      const { parameter: inner } = parameter;
      const own = inner.type === "AssignmentPattern" ? inner.left : inner;
      if (own.type === "Identifier")
        into.fields.later(
          own.name,
          inClass(() => parametersOf(context, [parameter]).types[0]!),
        );
    }
    walk(member.body, (each) => {
      if (each.type === "AssignmentExpression" && each.left.type === "MemberExpression" && each.left.object.type === "ThisExpression") {
        const field = keyName(each.left.property, each.left.computed);
        const { right } = each;
        if (field !== undefined) {
          into.fields.later(
            field,
            inClass(() => {
              parametersInto(context, member);
              return expression(context, right).type;
            }),
          );
        }
      }
      return undefined;
    });
    return;
  }
  if (member.kind === "get" && member.static) info.staticGetters.add(name);
  if (member.kind === "get" && !member.static) {
    info.getters.add(name);
    into.fields.later(
      name,
      inClass(() => functionType(context, member).returns),
    );
  } else if (member.static)
    into.statics.later(
      name,
      inClass(() => functionType(context, member)),
    );
  else if (member.kind === "method")
    into.methods.later(
      name,
      inClass(() => (context.interfaceMethods.has(name) ? withoutOptions(functionType(context, member)) : functionType(context, member))),
    );
}

function parametersInto(context: Context, member: Method): void {
  const { types, names } = parametersOf(context, member.params);
  names.forEach((name, i) => name !== "" && context.declare(name, types[i] ?? unknown));
}

/** `[Symbol.iterator]` is `__iter__`. */
function methodKey(member: Method): string | undefined {
  const { key } = member;
  if (key.type === "MemberExpression") return { iterator: "__iter__", asyncIterator: "__iter__", dispose: "__exit__" }[keyName(key.property) ?? ""];
  return keyName(key, "computed" in member && member.computed);
}

function baseType(context: Context, node: ClassNode): Type {
  if (!node.superClass) return unknown;
  const { superClass, superTypeParameters } = node;
  if (superClass.type === "Identifier" && !context.scope.find(superClass.name)) return { kind: "instance", path: superClass.name };
  const { type } = context.dry(() => expression(context, superClass));
  if (type.kind === "class") return type;
  const [first] = superTypeParameters && "params" in superTypeParameters ? superTypeParameters.params : [];
  const of = first ? annotated(first, context) : undefined;
  return type.kind === "api" ? { kind: "instance", path: type.path, ...(of && { of }) } : unknown;
}

/** A class that lists its own values by name: what `enum.Enum` is in Python. */
interface Listing {
  /** Each with its value. */
  readonly values: readonly { readonly member: Property; readonly value: Node }[];
  readonly base: "Enum" | "IntEnum" | "StrEnum";
  /** What Python's has by itself. */
  readonly usual: ReadonlySet<Node>;
}

function listingOf(node: ClassNode): Listing | undefined {
  const name = node.id?.name;
  const constructor = node.body.body.find((member) => member.type === "ClassMethod" && member.kind === "constructor");
  const fields = constructor?.type === "ClassMethod" ? constructor.params.map((each) => (each.type === "TSParameterProperty" ? boundNames(each)[0] : "")) : [];
  const statics = node.body.body.filter((member): member is Property => member.type === "ClassProperty" && member.static);
  const values = statics.flatMap((member) => {
    const made = member.value;
    const isOwn = made?.type === "NewExpression" && made.callee.type === "Identifier" && made.callee.name === name && made.arguments.length === 2;
    return isOwn && bare(made.arguments[0]!).type === "StringLiteral" ? [{ member, value: made.arguments[1] as Node }] : [];
  });
  if (!constructor || fields.join() !== "name,value" || values.length === 0 || values.length < statics.length) return undefined;
  const methods = node.body.body.filter((member): member is Method => member.type === "ClassMethod");
  const text = methods.find((member) => methodKey(member) === "toString");
  const iterator = methods.find((member) => methodKey(member) === "__iter__" && member.static);
  const first = text && bare(text.body.body[0] as Node);
  const isUsual = first?.type === "ReturnStatement" && first.argument ? bare(first.argument) : undefined;
  const countsAsValue = isUsual?.type === "CallExpression" && isUsual.callee.type === "Identifier" && isUsual.callee.name === "String";
  const usual = [constructor, iterator, ...(countsAsValue || isUsual?.type === "TemplateLiteral" ? [text] : [])].filter((member) => member !== undefined);
  const base = !countsAsValue ? "Enum" : values[0]!.value.type === "StringLiteral" ? "StrEnum" : "IntEnum";
  return { values, base, usual: new Set(usual) };
}

export function classDeclaration(context: Context, node: ClassNode): void {
  const name = node.id?.name ?? "Default";
  const listing = listingOf(node);
  const declared = context.scope.find(name);
  const type = declared?.type() ?? unknown;
  const info = type.kind === "class" ? type.of : classInfo(context, node, name);
  const exported = /(export\s+(default\s+)?(abstract\s+)?|abstract\s+)$/.exec(context.source.slice(0, node.start!));
  const doc = context.docComment({ ...node, start: node.start! - (exported?.[0].length ?? 0) } as Node);
  context.commentsBefore(node.start!);
  context.apart();
  if (listing) context.use("import enum");
  context.line(`class ${declared?.python ?? attributeName(name)}${listing ? `(enum.${listing.base})` : baseText(context, node)}:`, startLine(node));
  context.indented(() => {
    if (doc) docstring(context, doc, startLine(node));
    for (const { member, value } of listing?.values ?? []) context.statement(member, () => `${keyName(member.key)} = ${expression(context, value).text}`);
    members(context, node, info, doc !== undefined || listing !== undefined, listing);
  });
  const later = node.body.body.filter((member) => !listing?.values.some((each) => each.member === member) && isLaterStatic(node, member));
  if (later.length === 0) return;
  context.inScope(() => {
    const python = declared?.python ?? name;
    context.bindThis({ kind: "class", of: info }, python);
    for (const member of later) {
      if (member.type === "StaticBlock") block(context, { ...member, type: "BlockStatement", directives: [] });
      else context.statement(member, () => `${python}.${staticName(member as Property)} = ${expression(context, (member as Property).value!).text}`);
    }
  });
}

/** What speaks of the class itself, which Python has only once its body is done. */
const isLaterStatic = (node: ClassNode, member: Member): boolean =>
  member.type === "StaticBlock" ||
  ((member.type === "ClassProperty" || member.type === "ClassPrivateProperty") &&
    Boolean(member.static) &&
    member.value != null &&
    !isFunction(member.value) &&
    contains(member.value, (each) => each.type === "ThisExpression" || (each.type === "Identifier" && each.name === node.id?.name)));

const staticName = (member: Property): string => attributeName(keyName(member.key) ?? "");

function baseText(context: Context, node: ClassNode): string {
  if (!node.superClass) return "";
  const { superClass } = node;
  const own: Readonly<Record<string, string>> = {
    Error: "Exception",
    RangeError: "ValueError",
    TypeError: "TypeError",
    Map: "dict",
    Set: "set",
    Array: "list",
  };
  if (superClass.type === "Identifier" && !context.scope.find(superClass.name))
    return `(${own[superClass.name] ?? homeValue(context, superClass.name)?.text ?? context.refuse(superClass, superClass.name).text})`;
  return `(${expression(context, superClass).text})`;
}

function members(context: Context, node: ClassNode, info: ClassInfo, hasDoc: boolean, listing?: Listing): void {
  const listed = new Set<Node>(listing?.values.map(({ member }) => member));
  const all = node.body.body.filter((member) => !listed.has(member) && !listing?.usual.has(member));
  const fields = all.filter(
    (member): member is Property =>
      (member.type === "ClassProperty" || member.type === "ClassPrivateProperty") && !member.static && (Boolean(member.value) || isSetToNone(node, member)),
  );
  const statics = all.filter(
    (member): member is Property =>
      (member.type === "ClassProperty" || member.type === "ClassPrivateProperty") &&
      Boolean(member.static) &&
      Boolean(member.value) &&
      !isLaterStatic(node, member),
  );
  const methods = all.filter(
    (member): member is Method => (member.type === "ClassMethod" || member.type === "ClassPrivateMethod") && !("abstract" in member && member.abstract),
  );
  const abstract = all.filter((member) => member.type === "TSDeclareMethod" && member.abstract);
  let isFirst = !hasDoc;
  const gap = (): void => {
    if (!isFirst) context.line("");
    isFirst = false;
  };
  for (const member of statics) {
    context.statement(member, () => `${staticName(member)} = ${expression(context, member.value!).text}`);
    isFirst = false;
  }
  const self: Type = { kind: "object of", of: info };
  const initialize = (): void => context.inScope(() => fields.forEach((member) => fieldStatement(context, member, self)));
  const constructor = methods.find(({ kind }) => kind === "constructor");
  if (!constructor && fields.length > 0) {
    gap();
    implicitConstructor(context, node, info, initialize, startLine(fields[0]!));
  }
  for (const method of methods) {
    const lines = context.captured(() =>
      writeMethod(context, method, info, self, method === constructor && fields.length > 0 ? initialize : undefined, Boolean(node.superClass)),
    );
    gap();
    context.out.push(...lines);
    if (methodKey(method) === "__exit__") entering(context, method);
  }
  if ([...context.pythonsOwn.values()].includes("calculate")) operatorNames(context, methods);
  for (const method of abstract) {
    const name = method.type === "TSDeclareMethod" ? keyName(method.key) : undefined;
    if (name === undefined) continue;
    gap();
    context.line(`def ${attributeName(name)}(self, *args):`, startLine(method));
    context.indented(() => context.line("raise NotImplementedError", startLine(method)));
  }
  context.commentsBefore(node.end!);
}

/** What `calculate` calls by its name Python calls for an operator: `__add__`, and `__radd__` from the right. */
function operatorNames(context: Context, methods: readonly Method[]): void {
  for (const method of methods) {
    const key = method.kind === "method" && !method.static ? (methodKey(method) ?? "") : "";
    const [, right, name] = /^(r?)(add|sub|mul|div|pow|floorDivide|remainder|matmul)$/.exec(key) ?? [];
    if (name === undefined) continue;
    const python = { div: "truediv", floorDivide: "floordiv", remainder: "mod" }[name] ?? name;
    context.line(`__${right}${python}__ = ${attributeName(key)}`, startLine(method));
  }
}

/** What a `with` asks for besides the end: here it begins when it is made. */
function entering(context: Context, method: Method): void {
  context.line("");
  context.line("def __enter__(self):", startLine(method));
  context.indented(() => context.line("return self", startLine(method)));
}

function fieldStatement(context: Context, member: Property, self: Type): void {
  context.bindThis(self, "self");
  const name = keyName(member.key, "computed" in member && member.computed) ?? "";
  const { value } = member;
  if (value && member.typeAnnotation) want(context, value, annotated(member.typeAnnotation, context));
  context.statement(member, () => `self.${attributeName(name)} = ${value ? valueFor(context, name, value).text : "None"}`);
}

function implicitConstructor(context: Context, node: ClassNode, info: ClassInfo, initialize: () => void, source: number): void {
  const passes = node.superClass && info.base.kind === "class";
  context.line(`def __init__(self${passes ? ", *args, **kwargs" : ""}):`, source);
  context.indented(() => {
    if (node.superClass) context.line(`super().__init__(${passes ? "*args, **kwargs" : baseArguments(info, [])})`, source);
    initialize();
  });
}

/** The name and decorators of a method in Python. */
function pythonMethod(method: Method, info: ClassInfo): { readonly name: string; readonly decorators: string[] } {
  const key = methodKey(method) ?? "";
  if (method.kind === "constructor") return { name: "__init__", decorators: [] };
  if (method.kind === "get" && key === "length") return { name: "__len__", decorators: [] };
  if (key === "get" && isDataset(info)) return { name: "__getitem__", decorators: [] };
  if (key === "toString") return { name: "__str__", decorators: [] };
  if (method.kind === "method" && !method.static && memberName(info, key) !== attributeName(key)) return { name: memberName(info, key), decorators: [] };
  if (key === "__exit__") return { name: key, decorators: [] };
  if (info.base.kind !== "unknown" && /^(extraRepr|zeroGrad|getLr|setupContext)$/.test(key))
    return { name: snake(key), decorators: method.static ? ["@staticmethod"] : [] };
  const name = attributeName(key);
  if (method.kind === "get" && !method.static) return { name, decorators: ["@property"] };
  if (method.kind === "set") return { name, decorators: [`@${name}.setter`] };
  if (method.static) return { name, decorators: [contains(method.body, (each) => each.type === "ThisExpression") ? "@classmethod" : "@staticmethod"] };
  return { name, decorators: [] };
}

/**
 * The constructor of a schedule: PyTorch's base takes the first step itself, for which the fields have to be there;
 * here the constructor takes it at its end.
 */
function scheduleConstructor(method: Method): Method {
  const own = method.body.body;
  const isCall = (node: Node, test: (callee: Node) => boolean): boolean =>
    node.type === "ExpressionStatement" && node.expression.type === "CallExpression" && test(node.expression.callee);
  const base = own.find((node) => isCall(node, (callee) => callee.type === "Super"));
  const step = own.find((node) =>
    isCall(node, (callee) => callee.type === "MemberExpression" && callee.object.type === "ThisExpression" && keyName(callee.property) === "step"),
  );
  if (!base || !step) return method;
  const { start = null, end = null, loc = null } = step;
  const body = own.filter((node) => node !== base).map((node) => (node === step ? { ...base, start, end, loc } : node));
  return { ...method, body: { ...method.body, body } };
}

function writeMethod(context: Context, method: Method, info: ClassInfo, self: Type, initialize: (() => void) | undefined, isDerived: boolean): void {
  if (method.kind === "set" && method.static) return context.statement(method, () => context.refuse(method, "a static setter", "make it a method").text);
  const { name, decorators } = pythonMethod(method, info);
  const doc = context.docComment(method);
  context.commentsBefore(method.start!);
  const isClassMethod = decorators[0] === "@classmethod";
  const leading = decorators[0] === "@staticmethod" ? [] : isClassMethod ? ["cls"] : name === "__exit__" ? ["self", "*_"] : ["self"];
  const isSchedule = method.kind === "constructor" && baseOf(info) === "optim.lrScheduler.LRScheduler";
  define(context, name, (isSchedule ? scheduleConstructor(method) : method) as FunctionNode, {
    leading,
    decorators,
    doc,
    types: baseOf(info) === "autograd.Function" ? [{ kind: "instance", path: "autograd.FunctionCtx" }] : [],
    ...(initialize && { first: initialize }),
    isDerivedConstructor: method.kind === "constructor" && isDerived,
    isCallback: context.interfaceMethods.has(keyName(method.key) ?? ""),
    self: isClassMethod ? { kind: "class", of: info } : self,
    selfName: isClassMethod ? "cls" : "self",
  });
  context.afterSuper = undefined;
}
