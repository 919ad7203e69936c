/** What is known of a Python value, so far as operators, indexing and printing depend on it. */
import { keyText } from "./layout.ts";
import { kindlingPath, ownName } from "./names.ts";
import type { Argument, Block, ClassStatement, Expression, FunctionStatement, Lambda } from "./syntax.ts";

/** Numbers of a tensor; unknown where nothing says. */
export type ElementType = "float" | "int" | "bool" | undefined;

export interface ListType {
  readonly kind: "list";
  of: Type;
  /** Nobody writes into it. */
  fixed?: boolean;
  /** It prints as a tuple: of how many entries isn't known. */
  tuple?: boolean;
  /** It prints as what Python made it with: a `deque`. */
  made?: string | undefined;
}
export interface SetType {
  readonly kind: "set";
  of: Type;
}
export interface DictType {
  readonly kind: "dict";
  key: Type;
  value: Type;
  /** Types by name where only names that stand in the source are keys. */
  fields?: Map<string, Type>;
  /** Keys are put into it, or it is asked for what isn't known by name. */
  open?: boolean;
  /** It prints as a `Namespace` of `argparse`. */
  readonly namespace?: boolean;
  /** It is a `Map` whatever its keys: the API made it. */
  map?: boolean;
  /** It prints as what Python made it with: a `Counter`, an `OrderedDict`. */
  made?: string | undefined;
}

export interface NumberType {
  readonly kind: "int" | "float" | "number";
  /** It may be below zero: what Python counts from the end, and divides in another way than JavaScript. */
  readonly below?: boolean;
}

export type Type =
  | { readonly kind: "unknown" | "none" | "bool" | "string" | "size" | "slice" | "error" }
  | NumberType
  /** Only a run tells what it is; `floats`: a float, or lists of floats; `loaded`: what a text of JSON holds. */
  | { readonly kind: "any"; readonly floats?: true; readonly loaded?: true }
  /** `mixed`: a number first, as in `loss = 0`; `numpy`: an array of NumPy's, by the name of its type of elements, "" where that isn't known. */
  | { readonly kind: "tensor"; readonly elements?: ElementType; readonly parameter?: boolean; readonly mixed?: boolean; readonly numpy?: string }
  /** A type of elements: PyTorch's, or NumPy's of that name. */
  | { readonly kind: "dtype"; readonly of?: string }
  | ListType
  | DictType
  | { readonly kind: "tuple"; readonly entries: readonly Type[] }
  | SetType
  | { readonly kind: "iterator"; readonly of: Type }
  | { readonly kind: "nullable"; readonly of: Type }
  /** `x.max(1)`: values and indices. */
  | { readonly kind: "pair" }
  /** A value of a class of this program. */
  | { readonly kind: "instance"; readonly of: ClassInfo }
  | { readonly kind: "class"; readonly of: ClassInfo }
  /** `others`: it may be one of these as well. */
  | { readonly kind: "function"; readonly of: FunctionInfo; readonly self?: Type; readonly others?: readonly FunctionInfo[] }
  /** One of several classes, or of functions that make something as a class does. */
  | { readonly kind: "constructor"; readonly of: readonly Type[] }
  /** A value of a class of the API: `nn.Linear`; what it hands out when gone through; `entries`: of an `nn.ModuleList([norm, attention])`, each for itself. */
  | {
      readonly kind: "object";
      readonly of: string;
      readonly item?: Type;
      readonly fields?: ReadonlyMap<string, Type>;
      readonly entries?: readonly Type[];
    }
  /** What an import gave, by its Python name: `torch.nn.Linear`, `math.sqrt`. */
  | { readonly kind: "python"; readonly path: string };

export interface FunctionInfo {
  readonly node: FunctionStatement | Lambda;
  readonly name: string;
  readonly body: Block | Expression;
  readonly scope: Scope;
  readonly parameters: Map<string, Type>;
  /** From a default, an annotation or the name; gives way to what callers pass. */
  returns: Type;
  readonly class?: ClassInfo;
  readonly generator: boolean;
  /** Whether `self` or `cls` comes first. */
  readonly bound: "self" | "class" | undefined;
  readonly property: boolean;
}

export interface ClassInfo {
  readonly node: ClassStatement;
  readonly name: string;
  bases: Type[];
  /** Whether it is a module, a dataset, …: the path of the API's class that it comes from. */
  root: string | undefined;
  readonly fields: Map<string, Type>;
  readonly methods: Map<string, FunctionInfo>;
  /** Names that stand in the class itself. */
  readonly statics: Map<string, Type>;
  readonly dataclass: boolean;
  /** Its fields can be taken apart as a tuple's. */
  readonly isTuple: boolean;
  /** It lists values by name. */
  readonly isEnum: boolean;
}

/** The names of a function, or of the whole program. */
export interface Scope {
  readonly parent?: Scope;
  /** All that is ever assigned to each name, joined. */
  readonly names: Map<string, Type>;
  /** Names of an outer scope that are assigned here. */
  readonly outer: Set<string>;
  /** What a name is given, one after the other. */
  readonly kinds: Map<string, Set<Type>>;
  /** Names of which it isn't known, at some place, which of their kinds they are. */
  readonly blurred: Set<string>;
}

export function newScope(parent?: Scope): Scope {
  return { ...(parent && { parent }), names: new Map(), outer: new Set(), kinds: new Map(), blurred: new Set() };
}

/** How TypeScript writes a variable's type: `Tensor[] | Tensor` where it is first one and then the other. */
export function variableText({ names, kinds, blurred }: Scope, name: string): string {
  const type = names.get(name) ?? unknown;
  if (type.kind !== "any" || blurred.has(name)) return typeText(type);
  const texts = [...new Set(Array.from(kinds.get(name) ?? [], typeText))];
  return texts.length === 0 || texts.some((text) => /\bany\b/.test(text))
    ? "any"
    : texts.map((text) => (text.startsWith("(") ? `(${text})` : text)).join(" | ");
}

export const unknown: Type = { kind: "unknown" };
export const any: Type = { kind: "any" };
/** What `tolist()` of floats gives: how deep it goes, only a run tells. */
export const nestedFloats: Type = { kind: "any", floats: true };
export const none: Type = { kind: "none" };
export const int: Type = { kind: "int" };
export const float: Type = { kind: "float" };
export const number: Type = { kind: "number" };
export const bool: Type = { kind: "bool" };
export const string: Type = { kind: "string" };
export const size: Type = { kind: "size" };
export const tensor: Type = { kind: "tensor" };
export const floats: Type = { kind: "tensor", elements: "float" };
export const ints: Type = { kind: "tensor", elements: "int" };
export const bools: Type = { kind: "tensor", elements: "bool" };
export const someModule: Type = { kind: "object", of: "nn.Module" };

export function listOf(of: Type): ListType {
  return { kind: "list", of };
}

export function tupleOf(...entries: Type[]): Type {
  return { kind: "tuple", entries };
}

export function isNumber(type: Type): boolean {
  return ["int", "float", "number", "bool"].includes(type.kind);
}

/** Whether a number may well be below zero. */
export function isBelow(type: Type): boolean {
  return "below" in type && type.below === true;
}

/** The number, which may be below zero or not. */
export function signed(type: Type, below: boolean): Type {
  const { kind } = type;
  return (kind === "int" || kind === "float" || kind === "number") && isBelow(type) !== below ? { kind, below } : type;
}

export function isTensor(type: Type): boolean {
  return type.kind === "tensor";
}

/** A number or a text. */
export function isPlain(type: Type): boolean {
  return isNumber(type) || type.kind === "string";
}

/** A result that is an array of NumPy's if what it is made of is one: of the same type of elements, if that goes. */
export function likeNumpy(result: Type, ...made: readonly Type[]): Type {
  const names = made.flatMap((one) => (one.kind === "tensor" && one.numpy !== undefined ? [one.numpy] : []));
  if (result.kind !== "tensor" || names.length === 0) return result;
  const fitting = names.filter((name) => result.elements === undefined || elementsOfNumpy(name) === result.elements);
  return { ...result, numpy: fitting.length > 0 ? fitting.reduce(widerNumpy) : usualNumpy(result.elements) };
}

/** The type of elements that NumPy takes by itself. */
export function usualNumpy(elements: ElementType): string {
  return elements === undefined ? "" : { float: "float64", int: "int64", bool: "bool" }[elements];
}

export function elementsOfNumpy(name: string): ElementType {
  return name === "bool" ? "bool" : name.includes("int") ? "int" : name.startsWith("float") ? "float" : undefined;
}

function widerNumpy(a: string, b: string): string {
  return a === b ? a : usualNumpy(elementsOfNumpy(a));
}

/** The type without a possible `None`. */
export function present(type: Type): Type {
  return type.kind === "nullable" ? type.of : type;
}

export function isModule(type: Type): boolean {
  if (type.kind === "instance") return type.of.root === "nn.Module" || (type.of.root?.startsWith("nn.") ?? false);
  return type.kind === "object" && /^nn\.[A-Z]/.test(type.of);
}

/** Whether a dictionary is a `Map` here: a plain object has only texts for keys. */
export function isMap(type: DictType): boolean {
  return type.map === true || !["string", "unknown"].includes(type.key.kind);
}

/** Whether it is a list that stands for a key by what it holds. */
export function isTupleLike(type: Type): boolean {
  const whole = present(type);
  return whole.kind === "tuple" || (whole.kind === "list" && whole.tuple === true);
}

/** What both may be. Lists and dictionaries that meet become one. */
export function join(a: Type, b: Type): Type {
  if (a === b || b.kind === "unknown") return a;
  if (a.kind === "unknown") return b;
  if (a.kind === "any" && b.kind === "any") return a.floats === b.floats && a.loaded === b.loaded ? a : any;
  if (a.kind === "none") return b.kind === "nullable" || b.kind === "none" || b.kind === "any" ? b : { kind: "nullable", of: b };
  if (b.kind === "none") return join(b, a);
  if (a.kind === "nullable" || b.kind === "nullable") {
    const of = join(present(a), present(b));
    return of.kind === "any" ? any : { kind: "nullable", of };
  }
  if (isNumber(a) && isNumber(b)) return joinNumbers(a, b);
  // Beside numbers and texts, an enumeration's values are what they count as.
  if ((isPlain(a) && countsAsValue(b)) || (countsAsValue(a) && isPlain(b))) return join(counted(a), counted(b));
  if (a.kind === "tensor" && b.kind === "tensor") {
    return {
      kind: "tensor",
      elements: a.elements === b.elements ? a.elements : undefined,
      parameter: Boolean(a.parameter && b.parameter),
      mixed: Boolean(a.mixed || b.mixed),
      ...(a.numpy !== undefined && b.numpy !== undefined && { numpy: a.numpy === b.numpy ? a.numpy : "" }),
    };
  }
  if (a.kind === "list" && b.kind === "list") {
    a.of = b.of = join(a.of, b.of);
    if (!a.tuple || !b.tuple) a.tuple = b.tuple = false;
    if (a.made !== b.made) a.made = b.made = undefined;
    return a;
  }
  if (a.kind === "dict" && b.kind === "dict") return joinDicts(a, b);
  if (a.kind === "tuple" && b.kind === "tuple") {
    if (a.entries.length === b.entries.length) return { kind: "tuple", entries: a.entries.map((entry, at) => join(entry, b.entries[at]!)) };
    return { ...listOf([...a.entries, ...b.entries].reduce(join, unknown)), tuple: true };
  }
  if (isSequence(a) && isSequence(b)) return { ...listOf(join(itemOf(a), itemOf(b))), ...(isTupleLike(a) && isTupleLike(b) && { tuple: true }) };
  if (a.kind === "set" && b.kind === "set") {
    a.of = b.of = join(a.of, b.of);
    return a;
  }
  if (a.kind === "iterator" && b.kind === "iterator") return { kind: a.kind, of: join(a.of, b.of) };
  if (a.kind === "instance" && b.kind === "instance") return joinInstances(a.of, b.of);
  if (a.kind === "object" && b.kind === "object" && a.of === b.of) {
    const item = a.item && b.item ? join(a.item, b.item) : (a.item ?? b.item);
    const fields = a.fields === b.fields ? a.fields : undefined;
    const entries = a.entries?.length === b.entries?.length ? a.entries?.map((entry, at) => join(entry, b.entries![at]!)) : undefined;
    return item ? { kind: "object", of: a.of, item, ...(fields && { fields }), ...(entries && { entries }) } : a;
  }
  if (isModule(a) && isModule(b)) return someModule;
  if (a.kind === "object" && b.kind === "object") {
    const house = a.of.split(".")[0]!;
    if (house !== b.of.split(".")[0]) return any;
    if (a.of.startsWith("optim.lrScheduler")) return { kind: "object", of: "optim.lrScheduler.LRScheduler" };
    if (house === "optim") return { kind: "object", of: "optim.Optimizer" };
    if (house === "distributions") return { kind: "object", of: "distributions.Distribution" };
    return any;
  }
  if (a.kind === b.kind && !["function", "class", "constructor", "python", "instance", "object"].includes(a.kind)) return a;
  if (a.kind === "function" && b.kind === "function") return joinFunctions(a, b);
  if (a.kind === "class" && b.kind === "class" && a.of === b.of) return a;
  if (a.kind === "python" && b.kind === "python" && a.path === b.path) return a;
  if ((isClass(a) && makes(b)) || (makes(a) && isClass(b))) return joinMakers([...makersOf(a), ...makersOf(b)]);
  return any;
}

/** Whether it is a class, of the program or of the API: called, it makes something. */
export function isClass(type: Type): boolean {
  return type.kind === "class" || type.kind === "constructor" || (type.kind === "python" && /(^|\.)[A-Z]\w*$/.test(kindlingPath(type.path) ?? ""));
}

function makes(type: Type): boolean {
  return isClass(type) || type.kind === "function";
}

/** All that may make something here. */
export function makersOf(type: Type): readonly Type[] {
  return type.kind === "constructor" ? type.of : [type];
}

/** Those of several makers that can take what is given; all of them where none can. */
export function takersOf(of: readonly Type[], given: readonly Argument[]): readonly Type[] {
  const takers = of.filter((maker) => takes(maker, given));
  return takers.length > 0 ? takers : of;
}

function takes(maker: Type, given: readonly Argument[]): boolean {
  const info = maker.kind === "class" ? findMethod(maker.of, "__init__") : maker.kind === "function" ? maker.of : undefined;
  if (!info) return true;
  const parameters = info.node.parameters.slice(info.bound ? 1 : 0);
  const plain = parameters.filter(({ star }) => !star);
  const positional = given.filter(({ name, star }) => name === undefined && !star).length;
  const open = given.some(({ star }) => star);
  const named = new Set(given.flatMap(({ name }) => (name === undefined ? [] : [name])));
  if (positional > plain.length && !parameters.some(({ star }) => star === "*")) return false;
  if ([...named].some((name) => !plain.some((one) => one.name === name)) && !parameters.some(({ star }) => star === "**")) return false;
  return open || plain.every((one, at) => at < positional || one.default !== undefined || named.has(one.name));
}

function joinMakers(all: readonly Type[]): Type {
  const same = (a: Type, b: Type): boolean =>
    a.kind === "python" ? b.kind === "python" && a.path === b.path : "of" in a && "of" in b && a.kind === b.kind && a.of === b.of;
  const distinct = all.filter((one, at) => all.findIndex((other) => same(one, other)) === at);
  // A type hint's `Callable[…, nn.Module]` says less than a class that comes in.
  const told = distinct.filter((one) => !(one.kind === "python" && kindlingPath(one.path) === "nn.Module"));
  return { kind: "constructor", of: told.length > 0 ? told : distinct };
}

function joinFunctions(a: Type & { kind: "function" }, b: Type & { kind: "function" }): Type {
  const all = new Set([...functionsOf(a), ...functionsOf(b)]);
  return all.size === functionsOf(a).length ? a : { ...a, others: [...all].slice(1) };
}

/** What a function is told by which things are put in order: one of them, or two, where it compares. */
export const ordered = ({ of }: Type & { kind: "function" }, item: Type): Type[] => Array.from(of.node.parameters, () => item);

/** All functions that it may be. */
export function functionsOf({ of, others = [] }: Type & { kind: "function" }): readonly FunctionInfo[] {
  return [of, ...others];
}

function joinNumbers(a: Type, b: Type): Type {
  if (a.kind === b.kind) return isBelow(a) ? a : b;
  const isOne = (kind: Type["kind"]): boolean => a.kind === kind || b.kind === kind;
  return signed(isOne("float") ? float : isOne("number") ? number : int, isBelow(a) || isBelow(b));
}

/** What `dict` as a type hint says. */
function saysNothing({ key, value, fields, map }: DictType): boolean {
  return key.kind === "unknown" && value.kind === "unknown" && !fields && !map;
}

function joinDicts(a: DictType, b: DictType): DictType {
  if (saysNothing(a)) return b;
  if (saysNothing(b)) return a;
  a.key = b.key = join(a.key, b.key);
  a.value = b.value = join(a.value, b.value);
  if (a.map || b.map) a.map = b.map = true;
  if (a.made !== b.made) a.made = b.made = undefined;
  if (a.open || b.open || !haveSameFields(a, b)) a.open = b.open = true;
  if (a.fields && b.fields) {
    for (const [name, type] of b.fields) a.fields.set(name, join(a.fields.get(name) ?? unknown, type));
    b.fields = a.fields;
  } else {
    delete a.fields;
    delete b.fields;
  }
  return a;
}

function haveSameFields({ fields: a }: DictType, { fields: b }: DictType): boolean {
  return a === b || (a !== undefined && b !== undefined && a.size === b.size && [...a.keys()].every((name) => b.has(name)));
}

function joinInstances(a: ClassInfo, b: ClassInfo): Type {
  for (const candidate of lineage(a)) {
    if (lineage(b).includes(candidate)) return { kind: "instance", of: candidate };
  }
  return a.root && a.root === b.root ? { kind: "object", of: a.root } : any;
}

/** Whether a value of an enumeration counts as the number, or the text, that it stands for. */
export function countsAsValue(type: Type): type is Type & { kind: "instance" } {
  if (type.kind !== "instance" || !type.of.isEnum) return false;
  return type.of.bases.some((base) => base.kind === "python" && /^(enum\.(Int|Str)\w+|builtins\.(int|str|float))$/.test(base.path));
}

/** What a value counts as in an operation. */
export function counted(type: Type): Type {
  const whole = present(type);
  return countsAsValue(whole) ? (whole.of.fields.get("value") ?? unknown) : whole;
}

/** A class and those of this program that it comes from. */
export function lineage(of: ClassInfo): ClassInfo[] {
  return [of, ...of.bases.flatMap((base) => (base.kind === "class" && base.of !== of ? lineage(base.of) : []))];
}

export function isSequence(type: Type): boolean {
  return ["list", "tuple", "size"].includes(type.kind);
}

/** Of what Python compares the entries, where JavaScript asks whether it is the same object. */
export function isCollection(type: Type): boolean {
  return isSequence(type) || type.kind === "set" || type.kind === "dict";
}

/** What comes out when a value is gone through. */
export function itemOf(type: Type): Type {
  switch (type.kind) {
    case "list":
    case "set":
    case "iterator":
      return type.of;
    case "nullable":
      return itemOf(type.of);
    case "tuple":
      return type.entries.reduce(join, unknown);
    case "size":
      return int;
    case "string":
      return string;
    case "tensor":
      return { kind: "tensor", elements: type.elements };
    case "pair":
      return tensor;
    case "dict":
      return type.key;
    case "object":
      if (type.of === "file") return string;
      if (type.of === "nn.ModuleDict" || type.of === "nn.ParameterDict") return string;
      if (type.item) return type.item;
      if (type.of === "nn.Sequential" || type.of === "nn.ModuleList") return someModule;
      return type.of === "nn.ParameterList" ? floats : unknown;
    case "class":
      return type.of.isEnum ? { kind: "instance", of: type.of } : unknown;
    case "instance": {
      if (type.of.isTuple) return [...type.of.fields.values()].reduce(join, unknown);
      for (const name of ["__iter__", "__getitem__"]) {
        const method = findMethod(type.of, name);
        if (!method) continue;
        // It may give itself, and one after the other by `__next__`.
        const isItself = method.returns.kind === "instance" && method.returns.of === type.of;
        if (name === "__iter__") return isItself ? (findMethod(type.of, "__next__")?.returns ?? unknown) : itemOf(method.returns);
        return method.returns;
      }
      return type.of.root === "nn.ModuleList" || type.of.root === "nn.Sequential" ? someModule : unknown;
    }
    default:
      return type.kind === "any" ? type : unknown;
  }
}

/** Whether it is of a class of exceptions that doesn't say itself how it prints: that is its message. */
export const isException = (type: Type): boolean =>
  type.kind === "instance" &&
  !findMethod(type.of, "__str__") &&
  lineage(type.of).some(({ bases }) => bases.some((base) => base.kind === "python" && /^builtins\.\w*(Error|Exception)$/.test(base.path)));

export function findMethod(of: ClassInfo, name: string): FunctionInfo | undefined {
  for (const one of lineage(of)) {
    const method = one.methods.get(name);
    if (method) return method;
  }
  return undefined;
}

/** How TypeScript writes a type; `any` where it can't be said. */
export function typeText(type: Type): string {
  switch (type.kind) {
    case "int":
    case "float":
    case "number":
      return "number";
    case "bool":
      return "boolean";
    case "string":
      return "string";
    case "none":
      return "null";
    case "size":
      return "number[]";
    case "tensor":
      return type.parameter ? "nn.Parameter" : "Tensor";
    case "list":
      return type.of.kind === "unknown" ? "any[]" : `${type.fixed ? "readonly " : ""}${bracketed(typeText(type.of))}[]`;
    case "tuple":
      return `[${type.entries.map(typeText).join(", ")}]`;
    case "set":
      return `Set<${typeText(type.of)}>`;
    case "iterator":
      return `Iterable<${typeText(type.of)}>`;
    case "dict":
      if (isMap(type)) return `Map<${typeText(type.key)}, ${typeText(type.value)}>`;
      // A group of an optimizer's parameters; what else it says differs from group to group.
      if (type.open && type.fields?.has("params")) return `{ params: ${typeText(type.fields.get("params")!)}; [option: string]: any }`;
      return type.fields && !type.open && type.fields.size > 0 ? fieldsText(type.fields) : `Record<string, ${valueText(type)}>`;
    case "nullable": {
      const of = typeText(type.of);
      return of === "any" ? of : `${of.startsWith("(") ? `(${of})` : of} | null`;
    }
    case "instance":
      return type.of.name;
    case "class":
      return `typeof ${type.of.name}`;
    case "object":
      return objectText(type.of, type.item);
    case "function":
      return functionText(type);
    default:
      return "any";
  }
}

function fieldsText(fields: ReadonlyMap<string, Type>): string {
  return `{ ${Array.from(fields, ([name, type]) => `${keyText(name)}: ${typeText(type)}`).join("; ")} }`;
}

/** Python's truth values are numbers to it, TypeScript's aren't. */
function valueText({ value, fields }: DictType): string {
  const texts = new Set(Array.from(fields?.values() ?? [], typeText));
  return isNumber(value) && texts.size > 1 ? "any" : typeText(value);
}

/** Functions that are being written: one that gives itself has no type that ends. */
const open = new Set<FunctionInfo>();

function functionText(type: Type & { kind: "function" }): string {
  const { of } = type;
  if (type.others || open.has(of) || of.node.parameters.some(({ star }) => star)) return "(...values: any[]) => any";
  open.add(of);
  const own = of.node.parameters.slice(of.bound ? 1 : 0);
  const parameters = own.map(({ name, default: usual }) => `${ownName(name)}${usual ? "?" : ""}: ${typeText(of.parameters.get(name) ?? unknown)}`);
  const returns = of.returns.kind === "none" ? "void" : typeText(of.returns);
  open.delete(of);
  return `(${parameters.join(", ")}) => ${returns}`;
}

function objectText(of: string, item: Type | undefined): string {
  // A class of the program may have that name.
  if (of === "Generator") return "torch.Generator";
  if (of === "pathlib.Path") return "string";
  if (of === "file") return "OpenFile";
  if (of === "re.Match") return "RegExpExecArray";
  if (of === "re.Pattern") return "RegExp";
  if (of === "nn.Module") return "nn.SomeModule";
  if (/^nn\.Module(List|Dict)$/.test(of)) return item && item.kind !== "any" && item.kind !== "unknown" ? `${of}<${typeText(item)}>` : of;
  if (of === "data.Dataset") return item ? `${of}<${typeText(item)}>` : "data.Dataset<any>";
  if (of === "data.Subset") return `${of}<any>`;
  if (of === "optim.Optimizer") return "optim.Optimizer<any>";
  if (of === "optim.lrScheduler.LRScheduler") return of;
  return /^(nn|optim|data|distributions|autograd)\./.test(of) ? of : "any";
}

function bracketed(text: string): string {
  return /[|&]|=>/.test(text) ? `(${text})` : text;
}

/** Whether Python lets a program hang names of its own on it, which TypeScript doesn't know. */
export function takesAttributes(type: Type): boolean {
  return type.kind === "function" || type.kind === "tensor" || (type.kind === "object" && /^(nn|optim|data)\./.test(type.of));
}

/** The type at a place of what is taken apart. */
export function entryOf(type: Type, at: number): Type {
  const whole = present(type);
  if (whole.kind === "tuple") return whole.entries[at] ?? unknown;
  if (whole.kind === "instance" && whole.of.isTuple) return [...whole.of.fields.values()][at] ?? unknown;
  if (whole.kind === "pair") return at === 1 ? ints : tensor;
  if (whole.kind === "python") return whole;
  if (whole.kind === "object" && whole.entries?.[at]) return whole.entries[at];
  return itemOf(whole);
}

/** An object's fields, or those of the command line's options, as a dictionary. */
export function fieldsOf(of: Type): Type {
  if (of.kind === "dict") return { ...of, namespace: false };
  const fields = of.kind === "instance" ? new Map(of.of.fields) : undefined;
  return { kind: "dict", key: string, value: [...(fields?.values() ?? [])].reduce(join, unknown), ...(fields && { fields }) };
}

/** A `with` that does nothing here. */
export const nothingAround: Type = { kind: "object", of: "contextlib.nullcontext" };
