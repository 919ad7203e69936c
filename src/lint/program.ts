/** A file as the rules see it: its tree, what its names mean, what of it is Kindling's. */
import type * as t from "@babel/types";
import type { SourceEnd, SourcePosition } from "../protocol/index.ts";
import { groupBy } from "../run/groupBy.ts";
import { Scopes, type Binding } from "./scopes.ts";
import {
  bare,
  isClass,
  isFunction,
  isLoop,
  keyName,
  memberName,
  objectOf,
  parentOf,
  parseProgram,
  type ClassNode,
  type FunctionNode,
  type LoopNode,
  type Node,
} from "./tree.ts";

export type Call = t.CallExpression | t.OptionalCallExpression;

/** What a class keeps under a name: `this.layers = …` anywhere in it, or `layers = …` in its body. */
export interface Field {
  readonly name: string;
  readonly owner: ClassNode;
  /** Where it is declared, with its type. */
  declaration?: t.ClassProperty | t.ClassPrivateProperty;
  /** What is assigned to it, in the order of the text. */
  readonly values: { readonly at: Node; readonly value: Node }[];
  /** Each `this.name`, assigned to or not. */
  readonly uses: Node[];
}

/** What was found of nodes, and those that are looked for. */
interface Finds<Found> {
  readonly found: Map<Node, Found | undefined>;
  readonly sought: Set<Node>;
}

/** What an expression makes or holds: a class of Kindling's, by its name, or one of this file. */
export interface Instance {
  readonly creation: t.NewExpression;
  readonly api?: string;
  readonly owner?: ClassNode;
}

/** How far names are followed. */
const depthLimit = 12;

export class Program {
  readonly file: string;
  readonly text: string;
  readonly body: t.Program;
  readonly scopes: Scopes;
  readonly classes: ClassNode[] = [];
  readonly loops: LoopNode[] = [];
  /** Expressions that stand alone, for what they do and not for their value. */
  readonly statements: t.ExpressionStatement[] = [];
  readonly calls: Call[] = [];
  readonly creations: t.NewExpression[] = [];
  /** `a === b`, `a !== b` */
  readonly comparisons: t.BinaryExpression[] = [];
  readonly #fields = new Map<ClassNode, Map<string, Field>>();
  readonly #modules = new Map<ClassNode, boolean>();
  readonly #arguments = new Map<Binding, Node | null>();
  /** Parameters whose argument is being looked for: meanwhile less is known than in the end, and nothing found is kept. */
  #looking = 0;
  readonly #functions: Finds<FunctionNode> = { found: new Map(), sought: new Set() };
  readonly #instances: Finds<Instance> = { found: new Map(), sought: new Set() };
  #callsByName: ReadonlyMap<string, readonly Call[]> | undefined;
  #callsByFunction: ReadonlyMap<FunctionNode | undefined, readonly Call[]> | undefined;

  constructor(file: string, text: string, body: t.Program) {
    this.file = file;
    this.text = text;
    this.body = body;
    const members: Node[] = [];
    this.scopes = new Scopes(body, (node) => {
      if (isClass(node)) this.classes.push(node);
      else if (isLoop(node)) this.loops.push(node);
      else if (node.type === "ExpressionStatement") this.statements.push(node);
      else if (node.type === "CallExpression" || node.type === "OptionalCallExpression") this.calls.push(node);
      else if (node.type === "NewExpression") this.creations.push(node);
      else if (node.type === "BinaryExpression" && /^[!=]==?$/.test(node.operator)) this.comparisons.push(node);
      else if (objectOf(node)?.type === "ThisExpression") members.push(node);
    });
    for (const owner of this.classes) this.#fields.set(owner, declaredFields(owner));
    for (const member of members) this.#addMember(member);
  }

  /** @returns undefined where the text can't be made sense of, as while somebody types */
  static read(file: string, text: string): Program | undefined {
    const body = parseProgram(text);
    return body && new Program(file, text, body);
  }

  parentOf(node: Node): Node | undefined {
    return parentOf(node);
  }

  bindingOf(node: Node | undefined): Binding | undefined {
    return node?.type === "Identifier" ? this.scopes.bindingOf(node) : undefined;
  }

  /** The nearest node around `node` (itself left out) that `accept` takes. */
  around<T extends Node>(node: Node, accept: (node: Node) => node is T, end?: Node): T | undefined;
  around(node: Node, accept: (node: Node) => boolean, end?: Node): Node | undefined;
  around(node: Node, accept: (node: Node) => boolean, end?: Node): Node | undefined {
    for (let outer = this.parentOf(node); outer && outer !== end; outer = this.parentOf(outer)) if (accept(outer)) return outer;
    return undefined;
  }

  functionAround(node: Node): FunctionNode | undefined {
    return this.around(node, isFunction);
  }

  /** The statement of its block that `node` is or is in. */
  statementOf(node: Node): { readonly statement: t.Statement; readonly block: readonly t.Statement[]; readonly index: number } | undefined {
    for (let inner: Node | undefined = node; inner; inner = this.parentOf(inner)) {
      const outer = this.parentOf(inner);
      if (outer?.type !== "BlockStatement" && outer?.type !== "Program") continue;
      const index = outer.body.indexOf(inner as t.Statement);
      return { statement: inner as t.Statement, block: outer.body, index };
    }
    return undefined;
  }

  /** Whether everything that the program does stands in this file. */
  get isWhole(): boolean {
    return this.body.body.every((statement) => statement.type !== "ImportDeclaration" || /^(?:kindling$|node:)/.test(statement.source.value));
  }

  // What is Kindling's

  /** The name by which Kindling's documentation calls an expression: `nn.Linear`, `optim.lrScheduler.StepLR`, `noGrad`. */
  apiOf(node: Node | undefined, depth = 0): string | undefined {
    const expression = node && bare(node);
    if (!expression || depth > depthLimit) return undefined;
    const name = memberName(expression);
    if (name !== undefined) {
      const outer = this.apiOf(objectOf(expression), depth + 1);
      return outer === undefined ? undefined : outer === "" ? name : `${outer}.${name}`;
    }
    const binding = this.bindingOf(expression);
    if (!binding || binding.writes.length > 0) return undefined;
    const { declaration } = binding;
    if (binding.kind === "import") return importedName(declaration, this.parentOf(declaration));
    if (declaration.type !== "VariableDeclarator" || !declaration.init) return undefined;
    const path = patternPath(declaration.id, binding.node);
    const outer = path && this.apiOf(declaration.init, depth + 1);
    return outer === undefined ? undefined : [outer, ...path!].filter((part) => part !== "").join(".");
  }

  /** How this file writes a name of Kindling's, `nn.ModuleList` perhaps; undefined where it doesn't know it. */
  written(api: string): string | undefined {
    for (const { kind, node, declaration } of this.scopes.bindings) {
      if (kind !== "import" || this.parentOf(declaration)?.type !== "ImportDeclaration") continue;
      const imported = importedName(declaration, this.parentOf(declaration));
      if (imported === undefined || isTypeOnly(declaration, this.parentOf(declaration))) continue;
      if (imported === "") return `${node.name}.${api}`;
      if (api === imported) return node.name;
      if (api.startsWith(`${imported}.`)) return node.name + api.slice(imported.length);
    }
    return undefined;
  }

  // What a name stands for

  /** What an expression is, through names that are given a value once: variables, and fields of the class around. */
  valueOf(node: Node, depth = 0): Node {
    const expression = bare(node);
    if (depth > depthLimit) return expression;
    const field = this.fieldOf(expression);
    if (field) return field.values.length === 1 ? this.valueOf(field.values[0]!.value, depth + 1) : expression;
    const binding = this.bindingOf(expression);
    const value = binding && (initialValue(binding) ?? this.argumentFor(binding));
    return value && binding.writes.length === 0 ? this.valueOf(value, depth + 1) : expression;
  }

  /** What a parameter always is: what the only call of its function gives it. */
  argumentFor(binding: Binding): Node | undefined {
    const own = binding.declaration;
    if (binding.kind !== "parameter" || !isFunction(own) || binding.writes.length > 0) return undefined;
    const known = this.#arguments.get(binding);
    if (known !== undefined) return known ?? undefined;
    // While it is looked for, it isn't known.
    this.#arguments.set(binding, null);
    const at = placeOfParameter(own, binding.node);
    this.#looking++;
    const [only, ...others] = at < 0 ? [] : this.#callersOf(own);
    this.#looking--;
    const argument = others.length === 0 ? only?.arguments[at] : undefined;
    if (argument && argument.type !== "SpreadElement") this.#arguments.set(binding, argument);
    return this.#arguments.get(binding) ?? undefined;
  }

  /** Who calls a function, or makes what a constructor constructs, if nobody else can. */
  #callersOf(own: FunctionNode): readonly (Call | t.NewExpression)[] {
    const parent = this.parentOf(own);
    if (isExported(parent)) return [];
    if (own.type === "ClassMethod" && own.kind === "constructor") {
      const owner = this.parentOf(parent!);
      return owner && isExported(this.parentOf(owner)) ? [] : this.creations.filter(({ callee }) => this.classOf(callee) === owner);
    }
    const name = nameOf(parent, own);
    return name === undefined ? [] : this.#callsNamed(name).filter(({ callee }) => this.functionOf(callee) === own);
  }

  #callsNamed(name: string): readonly Call[] {
    this.#callsByName ??= groupBy(this.calls, ({ callee }) => lastWord(callee) ?? "");
    return this.#callsByName.get(name) ?? [];
  }

  fieldOf(node: Node): Field | undefined {
    const expression = bare(node);
    const name = objectOf(expression)?.type === "ThisExpression" ? memberName(expression) : undefined;
    const owner = name === undefined ? undefined : this.#thisClass(expression);
    return owner && this.#fields.get(owner)?.get(name!);
  }

  fieldsOf(owner: ClassNode): readonly Field[] {
    return [...(this.#fields.get(owner)?.values() ?? [])];
  }

  methodOf(owner: ClassNode, name: string): FunctionNode | undefined {
    for (const member of owner.body.body) {
      if ((member.type === "ClassMethod" || member.type === "ClassPrivateMethod") && keyName(member.key) === name) return member;
      const isArrow = member.type === "ClassProperty" && keyName(member.key) === name && member.value && isFunction(member.value);
      if (isArrow) return member.value as FunctionNode;
    }
    return undefined;
  }

  /** The class whose instance `this` is there. */
  #thisClass(node: Node): ClassNode | undefined {
    const owner = this.around(node, (outer) => isClass(outer) || outer.type === "FunctionDeclaration" || outer.type === "FunctionExpression");
    return owner && isClass(owner) ? owner : undefined;
  }

  #addMember(member: Node): void {
    const [name, owner] = [memberName(member), this.#thisClass(member)];
    const fields = owner && this.#fields.get(owner);
    if (!fields || name === undefined) return;
    const field = fields.get(name) ?? { name, owner, values: [], uses: [] };
    fields.set(name, field);
    field.uses.push(member);
    const assignment = this.parentOf(member);
    if (assignment?.type === "AssignmentExpression" && assignment.left === member) field.values.push({ at: assignment, value: bare(assignment.right) });
  }

  // Modules

  /** Whether a class of this file is a module. */
  isModule(owner: ClassNode): boolean {
    const known = this.#modules.get(owner);
    if (known !== undefined) return known;
    this.#modules.set(owner, false);
    const base = owner.superClass ? bare(owner.superClass) : undefined;
    const own = base && this.classOf(base);
    const api = this.apiOf(base);
    const is = own ? this.isModule(own) : api !== undefined && /^nn\.[A-Z]/.test(api) && !isParameter(api);
    this.#modules.set(owner, is);
    return is;
  }

  /** The class of this file that an expression names. */
  classOf(node: Node): ClassNode | undefined {
    const value = this.valueOf(node);
    if (isClass(value)) return value;
    const declaration = this.bindingOf(value)?.declaration;
    return declaration && isClass(declaration) ? declaration : undefined;
  }

  /** Where a function of this file is called. */
  callsOf(own: FunctionNode): readonly Call[] {
    this.#callsByFunction ??= groupBy(this.calls, ({ callee }) => this.functionOf(callee));
    return this.#callsByFunction.get(own) ?? [];
  }

  /** What is found of a node, looked for once; while it is looked for, it isn't known: what a method gives may go through itself. */
  #kept<Found>({ found, sought }: Finds<Found>, node: Node, find: () => Found | undefined): Found | undefined {
    if (this.#looking === 0 && found.has(node)) return found.get(node);
    if (sought.has(node)) return undefined;
    sought.add(node);
    const value = find();
    sought.delete(node);
    if (this.#looking === 0) found.set(node, value);
    return value;
  }

  /** The function of this file that an expression names: declared, in a variable, or a method of `this`. */
  functionOf(node: Node): FunctionNode | undefined {
    return this.#kept(this.#functions, node, () => this.#findFunction(node));
  }

  #findFunction(node: Node): FunctionNode | undefined {
    const value = this.valueOf(node);
    if (isFunction(value)) return value;
    const binding = this.bindingOf(value);
    // A parameter is declared by the function that takes it, and isn't that function.
    if (binding) return binding.kind === "function" && isFunction(binding.declaration) ? binding.declaration : undefined;
    const name = memberName(value);
    const object = objectOf(value);
    if (name === undefined || !object) return undefined;
    const owner = object.type === "ThisExpression" ? this.#thisClass(value) : this.instanceOf(object)?.owner;
    return owner && this.methodOf(owner, name);
  }

  /** The `new` that an expression stands for. */
  instanceOf(node: Node): Instance | undefined {
    return this.#kept(this.#instances, node, () => this.#findInstance(node, 0));
  }

  #findInstance(node: Node, depth: number): Instance | undefined {
    const value = this.valueOf(node);
    if (value.type === "CallExpression" && depth < depthLimit) return this.#madeBy(value, depth);
    if (value.type !== "NewExpression") return undefined;
    const owner = this.classOf(value.callee);
    const api = owner ? undefined : this.apiOf(value.callee);
    return { creation: value, ...(owner && { owner }), ...(api !== undefined && { api }) };
  }

  /** What a function of this file returns always, or `deepcopy` copies, or methods that return their object. */
  #madeBy(call: Call, depth: number): Instance | undefined {
    const [argument] = call.arguments;
    if (this.apiOf(call.callee) === "deepcopy" && argument) return this.#findInstance(argument, depth + 1);
    const object = objectOf(call.callee);
    if (object && /^(?:to|eval|train|apply|requiresGrad_)$/.test(memberName(call.callee) ?? "")) return this.#findInstance(object, depth + 1);
    const results = this.#resultsOf(call.callee);
    return results?.length === 1 ? this.#findInstance(results[0]!, depth + 1) : undefined;
  }

  #resultsOf(callee: Node): readonly Node[] | undefined {
    const made = this.functionOf(callee);
    return made && this.resultsOf(made);
  }

  /** What a function returns, each `return` once. */
  resultsOf(made: FunctionNode): readonly Node[] {
    if (made.body.type !== "BlockStatement") return [bare(made.body)];
    const results: Node[] = [];
    const look = (node: Node): void => {
      if (node.type === "ReturnStatement" && node.argument) results.push(bare(node.argument));
      for (const child of statementsIn(node)) look(child);
    };
    look(made.body);
    return results;
  }

  /** What module an expression makes or holds, as far as the text tells: Kindling's by name, or of a class of this file. */
  moduleOf(node: Node): Instance | undefined {
    const made = this.instanceOf(node);
    if (!made) return undefined;
    if (made.owner) return this.isModule(made.owner) ? made : undefined;
    return made.api !== undefined && /^nn\.[A-Z]\w*$/.test(made.api) && !isParameter(made.api) ? made : undefined;
  }

  isParameter(node: Node): boolean {
    const api = this.instanceOf(node)?.api;
    return api !== undefined && isParameter(api);
  }

  // Places

  position(offset: number): SourcePosition {
    const { line, column } = this.#place(offset);
    return { file: this.file, line, column };
  }

  #place(offset: number): SourceEnd {
    const before = this.text.lastIndexOf("\n", offset - 1);
    return { line: this.#lineOf(offset), column: offset - before };
  }

  #starts: readonly number[] | undefined;

  #lineOf(offset: number): number {
    this.#starts ??= [0, ...[...this.text.matchAll(/\n/g)].map(({ index }) => index + 1)];
    let [low, high] = [0, this.#starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! <= offset) low = middle;
      else high = middle;
    }
    return low + 1;
  }

  place(node: Node): { readonly position: SourcePosition; readonly end: SourceEnd } {
    return { position: this.position(node.start!), end: this.#place(node.end!) };
  }

  textOf(node: Node): string {
    return this.text.slice(node.start!, node.end!);
  }

  callsIn(region: Node): readonly Call[] {
    return within(this.calls, region);
  }

  creationsIn(region: Node): readonly t.NewExpression[] {
    return within(this.creations, region);
  }
}

/** Those of `nodes`, which are in the order of the text, that are in a piece of it. */
function within<T extends Node>(nodes: readonly T[], region: Node): readonly T[] {
  return nodes.slice(firstFrom(nodes, region.start!), firstFrom(nodes, region.end!));
}

function firstFrom(nodes: readonly Node[], offset: number): number {
  let [low, high] = [0, nodes.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (nodes[middle]!.start! < offset) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isParameter(api: string): boolean {
  return api === "nn.Parameter" || api === "nn.parameter.Parameter";
}

function declaredFields(owner: ClassNode): Map<string, Field> {
  const fields = new Map<string, Field>();
  for (const member of owner.body.body) {
    if (member.type === "ClassMethod" && member.kind === "constructor") {
      for (const { name, at, value } of parameterFields(member)) fields.set(name, { name, owner, values: [{ at, value }], uses: [] });
    }
    if (member.type !== "ClassProperty" && member.type !== "ClassPrivateProperty") continue;
    const name = keyName(member.key);
    if (name === undefined || (member.type === "ClassProperty" && member.static)) continue;
    const values = member.value ? [{ at: member, value: bare(member.value) }] : [];
    fields.set(name, { name, owner, declaration: member, values, uses: [] });
  }
  return fields;
}

/** `constructor(readonly net: Net)` */
function parameterFields(constructor: t.ClassMethod): readonly { readonly name: string; readonly at: Node; readonly value: Node }[] {
  return constructor.params.flatMap((at) =>
    at.type === "TSParameterProperty" && at.parameter.type === "Identifier" ? [{ name: at.parameter.name, at, value: at.parameter }] : [],
  );
}

function nameOf(parent: Node | undefined, node: FunctionNode): string | undefined {
  if ("id" in node && node.id) return node.id.name;
  if ("key" in node) return keyName(node.key);
  return parent?.type === "VariableDeclarator" && parent.id.type === "Identifier" ? parent.id.name : undefined;
}

function lastWord(callee: Node): string | undefined {
  const expression = bare(callee);
  return expression.type === "Identifier" ? expression.name : memberName(expression);
}

function isExported(parent: Node | undefined): boolean {
  return parent?.type === "ExportNamedDeclaration" || parent?.type === "ExportDefaultDeclaration";
}

/** What a variable is given where it is declared: `a = x`, `[a, b] = [x, y]`. */
function initialValue({ declaration, node }: Binding): Node | undefined {
  if (declaration.type !== "VariableDeclarator" || !declaration.init) return undefined;
  const { id, init } = declaration;
  if (id === node) return init;
  if (id.type !== "ArrayPattern" || init.type !== "ArrayExpression") return undefined;
  const at = id.elements.indexOf(node);
  const isPlain = init.elements.slice(0, at + 1).every((element) => element !== null && element.type !== "SpreadElement");
  return at >= 0 && isPlain ? (init.elements[at] ?? undefined) : undefined;
}

/** Where a parameter stands; one that is a field at once, `constructor(readonly net: Net)`, too. */
function placeOfParameter(own: FunctionNode, name: Node): number {
  return own.params.findIndex((parameter) => parameter === name || (parameter.type === "TSParameterProperty" && parameter.parameter === name));
}

/** The way through `{ a: { b } }` to `b`; empty for a name that stands alone. */
function patternPath(pattern: Node, name: Node): readonly string[] | undefined {
  if (pattern === name) return [];
  if (pattern.type !== "ObjectPattern") return undefined;
  for (const property of pattern.properties) {
    if (property.type !== "ObjectProperty" || property.computed) continue;
    const [key, rest] = [keyName(property.key), patternPath(property.value, name)];
    if (key !== undefined && rest) return [key, ...rest];
  }
  return undefined;
}

function importedName(specifier: Node, parent: Node | undefined): string | undefined {
  if (parent?.type !== "ImportDeclaration" || parent.source.value !== "kindling") return undefined;
  return specifier.type === "ImportSpecifier" ? keyName(specifier.imported) : specifier.type === "ImportNamespaceSpecifier" ? "" : undefined;
}

function isTypeOnly(specifier: Node, parent: Node | undefined): boolean {
  return (specifier.type === "ImportSpecifier" && specifier.importKind === "type") || (parent?.type === "ImportDeclaration" && parent.importKind === "type");
}

/** The statements right below a node: through blocks, branches, loops; not into other functions or classes. */
function statementsIn(node: Node): Node[] {
  switch (node.type) {
    case "BlockStatement":
      return node.body;
    case "IfStatement":
      return [node.consequent, ...(node.alternate ? [node.alternate] : [])];
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
    case "DoWhileStatement":
    case "LabeledStatement":
      return [node.body];
    case "TryStatement":
      return [node.block, ...(node.handler ? [node.handler.body] : []), ...(node.finalizer ? [node.finalizer] : [])];
    case "SwitchStatement":
      return node.cases.flatMap((one) => one.consequent);
    default:
      return [];
  }
}
