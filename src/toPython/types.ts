/** What is known of a value before the program runs: as much as its translation depends on. */
import type { Node } from "./syntax.ts";

export type Type =
  | { readonly kind: "unknown" | "boolean" | "string" | "none" | "promise" }
  /** `whole`: true for an integer of Python's, false for a float, undefined where nothing tells. */
  | { readonly kind: "number"; readonly whole?: boolean }
  | { readonly kind: "tensor"; readonly dtype?: "float" | "int" | "bool" }
  /** `once`: an iterator of Python's, which can be gone through a single time; "there too" where it is one in TypeScript, which may have no end. */
  /** `typed`: which of JavaScript's typed arrays it is. */
  | { readonly kind: "list"; readonly of: Type; readonly once?: boolean | "there too"; readonly typed?: string }
  | { readonly kind: "tuple"; readonly of: readonly Type[] }
  | { readonly kind: "map"; readonly key: Type; readonly value: Type }
  | { readonly kind: "set"; readonly of: Type }
  /** A plain object, a dictionary in Python. */
  | {
      readonly kind: "object";
      readonly fields: ReadonlyMap<string, Type>;
      readonly rest?: Type;
      /** Fields that it may not have. */
      readonly optional?: ReadonlySet<string>;
      /** Whether there may be none at all. */
      readonly orNone?: boolean;
    }
  | { readonly kind: "function"; readonly parameters: Parameters; readonly returns: Type }
  /** Something of Kindling's by its path: `nn`, `nn.Linear`, `relu`. */
  | { readonly kind: "api"; readonly path: string }
  /** One of the classes or functions of a part of Kindling's, which only the run tells: `nn` of `nn[name]`. */
  | { readonly kind: "some api"; readonly path: string }
  /** An object of one of Kindling's classes; what it holds where it is a container or a loader. */
  | { readonly kind: "instance"; readonly path: string; readonly of?: Type }
  | { readonly kind: "class"; readonly of: ClassInfo }
  | { readonly kind: "object of"; readonly of: ClassInfo }
  /** A namespace of a module of the program's own or of Node's. */
  | { readonly kind: "module"; readonly path: string; readonly members?: ReadonlyMap<string, Type> };

/** What a call of a function has to know. */
export interface Parameters {
  readonly types: readonly Type[];
  readonly names: readonly string[];
  /** Place of the parameter that is taken apart into keyword arguments; -1 without. */
  readonly options: number;
  /** The names that it is taken apart into. */
  readonly optionNames?: readonly string[];
  readonly rest: boolean;
}

export interface ClassInfo {
  readonly name: string;
  readonly base: Type;
  readonly fields: Map<string, Type>;
  readonly methods: Map<string, Type & { kind: "function" }>;
  readonly getters: Set<string>;
  /** Getters of the class itself, which Python calls. */
  readonly staticGetters: Set<string>;
  /** Fields that are declared and that no constructor sets. */
  readonly late: Set<string>;
  readonly statics: Map<string, Type>;
  constructorParameters: Parameters;
}

export const unknown: Type = { kind: "unknown" };
export const boolean: Type = { kind: "boolean" };
export const string: Type = { kind: "string" };
/** A type of elements, as a tensor has it. */
export const elementType: Type = { kind: "instance", path: "dtype" };
/** What was read as JSON: dictionaries, lists, texts and numbers in one another. */
export const parsed: Type = {
  kind: "instance",
  path: "JSON",
  get of(): Type {
    return parsed;
  },
};
export const none: Type = { kind: "none" };
export const tensor: Type = { kind: "tensor" };
export const floats: Type = { kind: "tensor", dtype: "float" };
export const ints: Type = { kind: "tensor", dtype: "int" };
export const bools: Type = { kind: "tensor", dtype: "bool" };
export const number: Type = { kind: "number" };
export const whole: Type = { kind: "number", whole: true };
export const float: Type = { kind: "number", whole: false };
export const list = (of: Type, once: boolean | "there too" = false): Type => ({ kind: "list", of, ...(once && { once }) });
export const tuple = (...of: readonly Type[]): Type => ({ kind: "tuple", of });
export const noParameters: Parameters = { types: [], names: [], options: -1, rest: false };
export const functionOf = (returns: Type, parameters: Parameters = noParameters): Type & { kind: "function" } => ({ kind: "function", parameters, returns });

/** A group of parameters: its names are PyTorch's own in Python. */
export const paramGroup: Type = {
  kind: "object",
  fields: new Map<string, Type>([
    ["params", list(tensor)],
    ["lr", number],
    ["weightDecay", number],
    ["momentum", number],
    ["betas", tuple(number, number)],
    ["eps", number],
    ["initialLr", number],
  ]),
};

const ofGroups = new Set(
  "params lr weightDecay momentum dampening nesterov betas eps amsgrad alpha centered lambd rho initialLr initialAccumulatorValue lrDecay momentumDecay maximize name".split(
    " ",
  ),
);

/** Whether an object of these names is one, wherever it stands: parameters, and an option that PyTorch writes otherwise. */
export const isGroup = (names: readonly string[]): boolean =>
  names.includes("params") && names.every((name) => ofGroups.has(name)) && names.some((name) => /[a-z][A-Z]/.test(name));

/** What is iterated over in a value. */
export function elementOf(type: Type): Type {
  switch (type.kind) {
    case "list":
    case "set":
      return type.of;
    case "tuple":
      return type.of.length > 0 && type.of.every((each) => each.kind === type.of[0]!.kind) ? type.of[0]! : unknown;
    case "map":
      return tuple(type.key, type.value);
    case "tensor":
      return type;
    case "string":
      return string;
    case "instance":
      return type.of ?? unknown;
    case "object of":
      return iterated(type.of);
    default:
      return unknown;
  }
}

/** What a class of the user's gives one after another: a dataset its items. */
function iterated(info: ClassInfo): Type {
  const own = info.methods.get("__iter__") ?? info.methods.get("get");
  if (own) return own.returns.kind === "list" && info.methods.has("__iter__") ? own.returns.of : own.returns;
  if (info.base.kind === "class") return iterated(info.base.of);
  return info.base.kind === "instance" ? (info.base.of ?? unknown) : unknown;
}

/** One of two values. */
export function either(a: Type, b: Type): Type {
  if (a === b) return b;
  if (a.kind === "none") return b.kind === "object" ? { ...b, orNone: true } : b;
  if (b.kind === "none") return either(b, a);
  if (a.kind === "unknown" || b.kind === "unknown") return a.kind === "unknown" ? b : a;
  if (a.kind === "number" && b.kind === "number") return a.whole === b.whole ? a : number;
  if (a.kind === "tensor" && b.kind === "tensor") return a.dtype === b.dtype ? a : tensor;
  if (a.kind === "list" && b.kind === "list") return list(either(a.of, b.of));
  if (isApi(a) && isApi(b)) return a.kind === b.kind && a.path === b.path ? a : partOf(a) === partOf(b) ? { kind: "some api", path: partOf(a) } : unknown;
  // Objects of two classes have no more in common.
  if (a.kind === "instance") return b.kind === a.kind && a.path === b.path ? a : unknown;
  if (a.kind === "class" || a.kind === "object of") return b.kind === a.kind && a.of === b.of ? a : unknown;
  return a.kind === b.kind ? a : unknown;
}

type Api = Extract<Type, { kind: "api" | "some api" }>;
const isApi = (type: Type): type is Api => type.kind === "api" || type.kind === "some api";

/** The part of Kindling's that something is in: `nn` of `nn.Linear`. */
const partOf = ({ kind, path }: Api): string => (kind === "some api" ? path : path.split(".").slice(0, -1).join("."));

/** What is known of a value that may well be another function or class than the one it is first. */
export function orAnother(type: Type): Type {
  if (isApi(type)) return { kind: "some api", path: partOf(type) };
  return type.kind === "class" ? unknown : type;
}

export const isModuleLike = (type: Type): boolean => type.kind === "object of" || (type.kind === "instance" && type.path.startsWith("nn."));

/** The program's own names of types. */
export interface TypeNames {
  /** The declaration that an interface's or an alias' name stands for. */
  alias(name: string): Node | undefined;
  /** What a name of a value stands for: a class of the program's own, something of Kindling's. */
  value(name: string): Type;
}

/** What an annotation says. */
export function annotated(node: Node | null | undefined, names: TypeNames, depth = 0): Type {
  if (!node || depth > 12) return unknown;
  const inner = (each: Node | null | undefined): Type => annotated(each, names, depth + 1);
  switch (node.type) {
    case "TSTypeAnnotation":
    case "TSParenthesizedType":
    case "TSOptionalType":
      return inner(node.typeAnnotation);
    case "TSTypeOperator":
      return inner(node.typeAnnotation);
    case "TSNumberKeyword":
      return number;
    case "TSStringKeyword":
      return string;
    case "TSBooleanKeyword":
      return boolean;
    case "TSVoidKeyword":
    case "TSNullKeyword":
    case "TSUndefinedKeyword":
      return none;
    case "TSMappedType":
      return { kind: "object", fields: new Map(), rest: inner(node.typeAnnotation) };
    case "TSLiteralType":
      return node.literal.type === "StringLiteral" ? string : node.literal.type === "BooleanLiteral" ? boolean : number;
    case "TSArrayType":
      return list(inner(node.elementType));
    case "TSTupleType":
      if (node.elementTypes.some((each) => each.type === "TSRestType" || (each.type === "TSNamedTupleMember" && each.optional))) return list(unknown);
      return tuple(...node.elementTypes.map((each) => inner(each.type === "TSNamedTupleMember" ? each.elementType : each)));
    case "TSUnionType":
      return node.types.map(inner).reduce(either);
    case "TSIntersectionType":
      return inner(node.types[0]);
    case "TSFunctionType":
      return functionOf(inner(node.typeAnnotation), {
        types: node.parameters.map((each) => ("typeAnnotation" in each ? inner(each.typeAnnotation) : unknown)),
        names: node.parameters.map((each) => (each.type === "Identifier" ? each.name : "")),
        options: -1,
        rest: node.parameters.some((each) => each.type === "RestElement"),
      });
    case "TSTypeLiteral":
    case "TSInterfaceBody":
      return objectType(node.type === "TSTypeLiteral" ? node.members : node.body, inner);
    case "TSInterfaceDeclaration":
      return inner(node.body);
    case "TSTypeAliasDeclaration":
      return inner(node.typeAnnotation);
    case "TSTypeReference":
      return referenced(node, names, inner);
    default:
      return unknown;
  }
}

function objectType(members: readonly Node[], inner: (node: Node | null | undefined) => Type): Type {
  const call = members.find((member) => member.type === "TSCallSignatureDeclaration");
  if (call?.type === "TSCallSignatureDeclaration") return functionOf(inner(call.typeAnnotation));
  // A module by what it can do, not a plain object.
  if (members.some((member) => member.type === "TSMethodSignature")) return unknown;
  const fields = new Map<string, Type>();
  const optional = new Set<string>();
  let rest: Type | undefined;
  for (const member of members) {
    if (member.type === "TSPropertySignature" && member.key.type === "Identifier") {
      fields.set(member.key.name, inner(member.typeAnnotation));
      if (member.optional) optional.add(member.key.name);
    }
    if (member.type === "TSIndexSignature") rest = inner(member.typeAnnotation);
  }
  if (isGroup([...fields.keys()])) return paramGroup;
  return { kind: "object", fields, ...(rest && { rest }), ...(optional.size > 0 && { optional }) };
}

function referenced(node: Extract<Node, { type: "TSTypeReference" }>, names: TypeNames, inner: (node: Node | null | undefined) => Type): Type {
  const path = entityName(node.typeName);
  const given = node.typeParameters?.params ?? [];
  const first = (): Type => inner(given[0]);
  // A class of the program's own may well be called Generator.
  const own = names.value(path);
  if (own.kind === "class") return instanceOf(own, [], undefined);
  switch (path) {
    case "Tensor":
    case "torch.Tensor":
      return tensor;
    case "Array":
    case "ReadonlyArray":
    case "Iterable":
    case "ArrayLike":
    case "AsyncIterable":
      return list(first());
    case "Generator":
    case "IterableIterator":
    case "Iterator":
      return list(first(), "there too");
    case "Map":
    case "WeakMap":
    case "ReadonlyMap":
      return { kind: "map", key: first(), value: inner(given[1]) };
    case "Set":
    case "ReadonlySet":
      return { kind: "set", of: first() };
    case "Record":
      return { kind: "object", fields: new Map(), rest: inner(given[1]) };
    case "Partial": {
      const whole = first();
      return whole.kind === "object" ? { ...whole, optional: new Set(whole.fields.keys()) } : whole;
    }
    case "Promise":
    case "Readonly":
    case "Required":
    case "NonNullable":
    case "Pick":
    case "Omit":
    case "Extract":
    case "Exclude":
    case "Awaited":
      return first();
    case "ReturnType":
      return unknown;
  }
  if (/^(Float|Uint|Int)\d+Array$/.test(path)) return { kind: "list", of: number, typed: path };
  const declared = names.alias(path);
  if (declared) return inner(declared);
  const [head = "", ...members] = path.split(".");
  return instanceOf(names.value(head), members, given.length > 0 ? first() : undefined);
}

/** What the name of a class stands for where it is a type. */
function instanceOf(named: Type, members: readonly string[], of: Type | undefined): Type {
  if (named.kind === "class") return { kind: "object of", of: named.of };
  if (named.kind === "module" && named.path === "enum") return [...(named.members?.values() ?? [])].reduce(either, none);
  if (named.kind !== "api") return unknown;
  const path = [named.path, ...members].filter(Boolean).join(".");
  if (path === "Tensor" || path === "nn.Parameter" || path === "nn.Buffer") return tensor;
  if (path === "nn.StateDict") return { kind: "map", key: string, value: tensor };
  if (path === "nn.ForwardHook") return hookType;
  if (path === "nn.BackwardHook") return backwardHookType;
  if (path === "nn.ForwardPreHook")
    return functionOf(unknown, { types: [{ kind: "instance", path: "nn.Module" }, list(tensor)], names: [], options: -1, rest: false });
  return { kind: "instance", path, ...(of && { of }) };
}

const hookOf = (last: Type): Type & { kind: "function" } =>
  functionOf(unknown, { types: [{ kind: "instance", path: "nn.Module" }, list(tensor), last], names: [], options: -1, rest: false });

/** `(module, inputs, output)` */
export const hookType = hookOf(unknown);

/** `(module, gradInputs, gradOutputs)` */
export const backwardHookType = hookOf(list(tensor));

function entityName(node: Node): string {
  if (node.type === "TSQualifiedName") return `${entityName(node.left)}.${entityName(node.right)}`;
  return node.type === "Identifier" ? node.name : "";
}

/** Whether an object of the class may not have the field yet. */
export const isLate = (info: ClassInfo, name: string | undefined): boolean =>
  name !== undefined && (info.late.has(name) || (info.base.kind === "class" && !info.fields.has(name) && isLate(info.base.of, name)));

/** A member of a class, or of those that it comes from. */
export function memberOf(info: ClassInfo, name: string): Type | undefined {
  const own = info.fields.get(name) ?? info.methods.get(name);
  return own ?? (info.base.kind === "class" ? memberOf(info.base.of, name) : undefined);
}
