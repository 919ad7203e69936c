/** What the translation of one file has at hand: scopes, the lines written so far, imports, problems. */
import type { Problem } from "../protocol/index.ts";
import { access, pythonName, type Code } from "./python.ts";
import type { Signs } from "./signs.ts";
import { bare, boundNames, endLine, keyName, startLine, walk, type Comment, type Node } from "./syntax.ts";
import { annotated, unknown, type Parameters, type Type, type TypeNames } from "./types.ts";
import type { Additions } from "./additions.ts";
import type { HelperName } from "./helpers.ts";

/** A line of Python and the line of TypeScript that it says, counted from 1; 0 where it says none. */
export interface Line {
  readonly text: string;
  readonly source: number;
}

export interface Binding {
  readonly python: string;
  readonly owner: Definition;
  /** The innermost loop that makes it anew at each turn. */
  readonly loop: Node | undefined;
  /** Whether its declaration has been translated already. */
  isSet: boolean;
  /** The type once it is known; found when first asked for. */
  type: () => Type;
}

/** A function of Python's, or the module. */
export class Definition {
  readonly parent: Definition | undefined;
  readonly names = new Set<string>();
  readonly outside = new Set<string>();
  readonly returns: Type[] = [];
  /** What its annotation says that it returns. */
  wanted: Type = unknown;
  /** Whether it says that there may be nothing to return. */
  mayGiveNone = false;
  /** Loops around what is being translated, innermost last, with what `continue` has to do first. */
  readonly loops: { readonly node: Node; readonly beforeContinue: (() => void) | undefined }[] = [];

  /** Loops by their label, and the flags that are raised to leave them or to go on with them. */
  readonly labels = new Map<string, { readonly loop: Node; readonly flags: Map<string, string> }>();

  constructor(parent?: Definition) {
    this.parent = parent;
  }
}

export class Scope {
  readonly bindings = new Map<string, Binding>();
  readonly parent: Scope | undefined;
  readonly owner: Definition;

  constructor(parent: Scope | undefined, owner: Definition) {
    this.parent = parent;
    this.owner = owner;
  }

  find(name: string): Binding | undefined {
    return this.bindings.get(name) ?? this.parent?.find(name);
  }
}

/** Marks a line break inside an expression: what follows says another line of the source. */
export const breakTo = (source: number): string => `\n\uE000${source}\uE001`;

/** Reads a file of the program's own; `undefined` where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** What the files of a program share. */
export interface Surroundings {
  readonly read: ReadFile;
  /** The folder of the program that is run. */
  readonly root: string;
  readonly modules: Map<string, Context>;
}

export class Context implements TypeNames {
  readonly file: string;
  readonly source: string;
  readonly problems: Problem[] = [];
  readonly comments: Comment[];
  readonly imports = new Set<string>();
  readonly imported = new Map<string, Set<string>>();
  readonly helpers = new Set<HelperName>();
  readonly aliases = new Map<string, Node>();
  /** Names that the program itself binds or declares as members, anywhere. */
  readonly ownNames = new Set<string>();
  /** Names of fields of plain objects, and of members of classes, anywhere in the program. */
  readonly objectFields = new Set<string>();
  readonly classMembers = new Set<string>();
  /** Methods that an interface asks for: who calls them knows the interface alone. */
  readonly interfaceMethods = new Map<string, Extract<Node, { type: "TSMethodSignature" }>>();
  /** Members that are surely there: something is asked of them, or they get a value. */
  readonly certain = new WeakSet<Node>();
  /** Values that are compared or kept: of a place in a list it may matter that there is none. */
  readonly lookedAt = new WeakSet<Node>();
  /** Expressions that stand there for what they do: what they give is asked for nowhere. */
  readonly forEffect = new WeakSet<Node>();
  /** What the places of functions ask of them. */
  readonly wantedOf = new WeakMap<Node, Parameters>();
  /** Names whose value goes where only an integer can stand. */
  readonly wholeNames = new Set<string>();
  /** Whether the order of a set's values matters somewhere, which Python's own sets don't keep. */
  orderedSets = false;
  /** The program's names for Python's own functions, which it brought along. */
  pythonsOwn: ReadonlyMap<string, string> = new Map();
  /** Which of the program's numbers can't be negative. */
  signs: Signs | undefined;
  /** What a project's file says beside the program. */
  additions: Additions | undefined;
  scope: Scope;
  out: Line[] = [];
  /** What has to stand before the statement that is being translated. */
  before: Line[] = [];
  indentation = 0;
  /** Loops of the source around what is being translated, function borders or not. */
  loop: Node | undefined;
  #comment = 0;

  /** What a derived class' constructor does right after its base's. */
  afterSuper: (() => void) | undefined;
  readonly read: ReadFile;
  readonly root: string;
  /** The files of the program that were looked into, by path. */
  readonly modules: Map<string, Context>;

  constructor(file: string, source: string, comments: Comment[], shared: Surroundings) {
    this.file = file;
    this.source = source;
    this.comments = comments;
    this.read = shared.read;
    this.root = shared.root;
    this.modules = shared.modules;
    this.scope = new Scope(undefined, new Definition());
  }

  get definition(): Definition {
    return this.scope.owner;
  }

  /** The call, where it is one of that function of Python's which the program brought along. */
  callOfPythons(helper: string, node: Node): Extract<Node, { type: "CallExpression" }> | undefined {
    const isCalled = node.type === "CallExpression" && node.callee.type === "Identifier" && this.pythonsOwn.get(node.callee.name) === helper;
    return isCalled ? node : undefined;
  }

  // Names

  /** Binds a name in the current scope. A name that an outer block of the same function has already gets a number. */
  declare(name: string, type: (() => Type) | Type = unknown): Binding {
    const own = this.scope.bindings.get(name);
    const known = typeof type === "function" ? once(type) : (): Type => type;
    if (own) {
      own.type = known;
      own.isSet = true;
      return own;
    }
    const wanted = pythonName(name);
    const outer = this.scope.parent?.find(name);
    const python = outer?.owner === this.definition && outer.python === wanted ? this.fresh(wanted) : wanted;
    this.definition.names.add(python);
    const binding = { python, owner: this.definition, loop: this.loop, isSet: true, type: known };
    this.scope.bindings.set(name, binding);
    return binding;
  }

  /** Binds a name whose declaration comes later. */
  announce(name: string, type: () => Type): void {
    this.declare(name, type).isSet = false;
  }

  /** A name that the current function doesn't use yet. */
  fresh(wanted: string): string {
    const isTaken = (name: string): boolean => this.ownNames.has(name) || this.definition.names.has(name);
    let name = wanted;
    for (let i = 2; isTaken(name); i++) name = `${wanted}${i}`;
    this.definition.names.add(name);
    return name;
  }

  /** Says that the current function gives a new value to a variable of a function around it. */
  assigns(binding: Binding): void {
    if (binding.owner !== this.definition) this.definition.outside.add(`${binding.owner.parent ? "nonlocal" : "global"} ${binding.python}`);
  }

  /** The same for whatever names the pattern binds. */
  assignsAll(pattern: Node): void {
    for (const name of boundNames(pattern)) {
      const binding = this.scope.find(name);
      if (binding) this.assigns(binding);
    }
  }

  alias(name: string): Node | undefined {
    return this.aliases.get(name);
  }

  value(name: string): Type {
    return this.scope.find(name)?.type() ?? unknown;
  }

  /** What `this` stands for in the current scope. */
  bindThis(type: Type, python: string): void {
    this.scope.bindings.set("this", { python, owner: this.definition, loop: undefined, isSet: true, type: () => type });
  }

  takeAfterSuper(): (() => void) | undefined {
    const { afterSuper } = this;
    this.afterSuper = undefined;
    return afterSuper;
  }

  /** Finds a type later, as it is found here. */
  later(find: () => Type): () => Type {
    const { scope } = this;
    return () => this.inScopeOf(scope, () => this.dry(find));
  }

  /** Runs something where another scope's names hold. */
  inScopeOf<T>(scope: Scope, run: () => T): T {
    const outer = this.scope;
    this.scope = scope;
    try {
      return run();
    } finally {
      this.scope = outer;
    }
  }

  /** A type of `Map<key, value>`. */
  mapType(key: Node, value: Node): Type {
    return { kind: "map", key: annotated(key, this), value: annotated(value, this) };
  }

  /** What another file gets by a name. */
  exported(name: string): Binding | undefined {
    return this.scope.bindings.get(name);
  }

  inScope<T>(run: () => T, owner = this.definition): T {
    const outer = this.scope;
    this.scope = new Scope(outer, owner);
    try {
      return run();
    } finally {
      this.scope = outer;
    }
  }

  inLoop<T>(loop: Node, run: () => T): T {
    const outer = this.loop;
    this.loop = loop;
    try {
      return run();
    } finally {
      this.loop = outer;
    }
  }

  // Lines

  /** Writes a line; line breaks inside say where they come from. */
  line(text: string, source = 0): void {
    const indent = "    ".repeat(this.indentation);
    for (const [i, part] of text.split("\n").entries()) {
      const marked = /^(\s*)\uE000(\d+)\uE001/.exec(part);
      const plain = part.replace(/\uE000\d+\uE001/g, "");
      this.out.push({ text: plain === "" ? "" : indent + plain, source: marked ? Number(marked[2]) : i === 0 ? source : (this.out.at(-1)?.source ?? source) });
    }
  }

  indented(run: () => void): void {
    this.indentation++;
    const length = this.out.length;
    run();
    if (!this.out.slice(length).some(({ text }) => text.trim() !== "" && !text.trimStart().startsWith("#"))) this.line("pass");
    this.indentation--;
  }

  /** Two empty lines before what stands by itself in a module. */
  apart(): void {
    if (this.indentation > 0 || this.definition.parent) return;
    const comment = this.out.findLastIndex(({ text }) => !text.startsWith("#"));
    const at = comment + 1;
    if (at === 0) return;
    let blank = 0;
    while (at - 1 - blank >= 0 && this.out[at - 1 - blank]!.text === "") blank++;
    if (at - blank > 0) this.out.splice(at - blank, blank, { text: "", source: 0 }, { text: "", source: 0 });
  }

  /** What `run` writes, instead of writing it. */
  captured(run: () => void): Line[] {
    const { out } = this;
    this.out = [];
    try {
      run();
      return this.out;
    } finally {
      this.out = out;
    }
  }

  /** Writes one statement: what it needs first, then the text itself. Comments before and inside it come before it. */
  statement(node: Node, make: () => string | undefined): void {
    const outer = this.before;
    this.before = [];
    const text = make();
    this.commentsBefore(node.end ?? 0, node);
    this.out.push(...this.before);
    this.before = outer;
    if (text !== undefined) this.line(text, startLine(node));
    this.commentBehind(node);
  }

  /** Whether what is being translated may not be reached: a branch of an expression. */
  isBranch = false;

  inBranch<T>(run: () => T): T {
    return this.#withBranch(true, run);
  }

  /** The body of a function, whose statements stand in it. */
  outsideBranch<T>(run: () => T): T {
    return this.#withBranch(false, run);
  }

  #withBranch<T>(is: boolean, run: () => T): T {
    const outer = this.isBranch;
    this.isBranch = is;
    try {
      return run();
    } finally {
      this.isBranch = outer;
    }
  }

  /** A change that has to be made before the statement that is being translated. */
  change(node: Node, ...texts: readonly string[]): void {
    const lines = this.isBranch ? [this.refuse(node, "a change in a branch of an expression", "write an if").text] : texts;
    for (const text of lines) this.before.push({ text: `${"    ".repeat(this.indentation)}${text}`, source: startLine(node) });
  }

  /** Runs something whose text isn't kept, for what it tells of types. */
  dry<T>(run: () => T): T {
    const { out, before, imports, helpers, problems, definition, indentation } = this;
    const kept = {
      imports: [...imports],
      helpers: [...helpers],
      problems: problems.length,
      comment: this.#comment,
      outside: [...definition.outside],
      names: [...definition.names],
      imported: [...this.imported].map(([from, names]) => [from, new Set(names)] as const),
    };
    this.out = [];
    this.before = [];
    try {
      return run();
    } finally {
      this.out = out;
      this.before = before;
      this.indentation = indentation;
      problems.length = kept.problems;
      this.#comment = kept.comment;
      restore(imports, kept.imports);
      restore(helpers, kept.helpers);
      restore(definition.outside, kept.outside);
      restore(definition.names, kept.names);
      this.imported.clear();
      for (const [from, names] of kept.imported) this.imported.set(from, names);
    }
  }

  // Comments

  /** Leaves a statement out, with the comments on and in it and the one behind it. */
  leaveOut(node: Node): void {
    this.captured(() => {
      this.commentsBefore(node.end!);
      this.line("");
      this.commentBehind(node);
    });
  }

  /** Leaves the next comment out. */
  passComment(): void {
    this.#comment++;
  }

  /** Writes the comments that stand before `end` and aren't written yet; not the one behind the node on its last line. */
  commentsBefore(end: number, node?: Node): void {
    for (let comment = this.comments[this.#comment]; comment && comment.start! < end; comment = this.comments[++this.#comment]) {
      if (node && comment.start! >= node.end! && startLine(comment) === endLine(node)) return;
      for (const text of commentLines(comment)) this.line(text === "" ? "#" : `# ${text}`, startLine(comment));
    }
  }

  /** Puts the comment that stands behind a statement behind its last line. */
  commentBehind(node: Node): void {
    const comment = this.comments[this.#comment];
    if (!comment || comment.start! < node.end! || startLine(comment) !== endLine(node) || startLine(comment) !== endLine(comment)) return;
    const between = this.source.slice(node.end!, comment.start!);
    if (/[^\s;,]/.test(between)) return;
    const last = this.out.pop();
    if (last === undefined) return;
    this.out.push({ ...last, text: `${last.text}  # ${commentLines(comment).join(" ")}` });
    this.#comment++;
  }

  /** Takes the JSDoc comment right before the node, to be its docstring; what stands before it is written. */
  docComment(node: Node): string[] | undefined {
    const before = this.comments.filter((comment) => comment.end! <= node.start!);
    const doc = before.at(-1);
    const at = doc ? this.comments.indexOf(doc) : -1;
    if (!doc || at < this.#comment || doc.type !== "CommentBlock" || !doc.value.startsWith("*") || /\S/.test(this.source.slice(doc.end!, node.start!)))
      return undefined;
    this.commentsBefore(doc.start!);
    this.#comment = at + 1;
    return commentLines(doc);
  }

  // What is imported, and what has no twin

  use(line: string): void {
    this.imports.add(line);
  }

  /** A name from a module of Python's; by its full path where the program has that name itself. */
  useFrom(module: string, name: string): string {
    if (this.ownNames.has(name)) {
      this.use(`import ${module}`);
      return `${module}.${name}`;
    }
    const names = this.imported.get(module) ?? new Set();
    this.imported.set(module, names.add(name));
    return name;
  }

  help(name: HelperName): string {
    this.helpers.add(name);
    return name;
  }

  /** Says that something has no twin in Python, and stands for it so that Python stops there. */
  refuse(node: Node, what: string, instead = ""): Code {
    const message = `\`${what}\` has no twin in PyTorch${instead && `: ${instead}`}`;
    const { start, end } = node.loc!;
    if (!this.problems.some((problem) => problem.position?.line === start.line && problem.message === message)) {
      this.problems.push({
        severity: "error",
        code: "noTwin",
        message,
        position: { file: this.file, line: start.line, column: start.column + 1 },
        end: { line: end.line, column: end.column + 1 },
      });
    }
    return access(`${this.help("no_twin")}(${JSON.stringify(what)})`);
  }
}

function once(find: () => Type): () => Type {
  let found: Type | undefined;
  let isLooking = false;
  return () => {
    if (found) return found;
    if (isLooking) return unknown;
    isLooking = true;
    try {
      return (found = find());
    } finally {
      isLooking = false;
    }
  };
}

function restore<T>(set: Set<T>, values: readonly T[]): void {
  set.clear();
  for (const value of values) set.add(value);
}

/** A comment's text without its signs. */
export function commentLines(comment: Comment): string[] {
  if (comment.type === "CommentLine") return [comment.value.trim()];
  const lines = comment.value
    .replace(/^\*+/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\*? ?/, "").trimEnd());
  while (lines[0]?.trim() === "") lines.shift();
  while (lines.at(-1)?.trim() === "") lines.pop();
  return lines;
}

function noteEffect(context: Context, node: Node): void {
  const inner = bare(node);
  context.forEffect.add(inner);
  if (inner.type === "LogicalExpression") noteEffect(context, inner.right);
  if (inner.type === "ConditionalExpression") [inner.consequent, inner.alternate].forEach((each) => noteEffect(context, each));
  if (inner.type === "SequenceExpression") inner.expressions.forEach((each) => noteEffect(context, each));
  if (inner.type === "UnaryExpression" && inner.operator === "void") noteEffect(context, inner.argument);
}

/** Looks through a program for the names that it has itself. */
export function collectNames(context: Context, program: Node): void {
  const options = new Set<Node | undefined>();
  walk(program, (node) => {
    switch (node.type) {
      case "BinaryExpression":
        if (/[<>=]/.test(node.operator)) for (const side of [node.left, node.right]) context.lookedAt.add(bare(side));
        break;
      case "VariableDeclarator":
        if (node.init) context.lookedAt.add(bare(node.init));
        for (const name of boundNames(node.id)) context.ownNames.add(name);
        break;
      case "FunctionDeclaration":
      case "ClassDeclaration":
        if (node.id) for (const name of boundNames(node.id)) context.ownNames.add(name);
        break;
      case "ImportSpecifier":
      case "ImportNamespaceSpecifier":
      case "ImportDefaultSpecifier":
        context.ownNames.add(`import ${node.local.name}`);
        break;
      case "ExpressionStatement":
        noteEffect(context, node.expression);
        break;
      case "ForStatement":
        if (node.update) noteEffect(context, node.update);
        break;
      case "CallExpression": {
        const [callback] = node.callee.type === "MemberExpression" && keyName(node.callee.property) === "forEach" ? node.arguments : [];
        if (callback?.type === "ArrowFunctionExpression") noteEffect(context, callback.body);
        break;
      }
      case "MemberExpression":
        context.certain.add(bare(node.object));
        break;
      case "TSNonNullExpression":
        context.certain.add(bare(node.expression));
        break;
      case "UpdateExpression":
        context.certain.add(bare(node.argument));
        break;
      case "NewExpression":
        // Kindling's options are no fields of the program's.
        if (node.callee.type === "MemberExpression") options.add(node.arguments.at(-1));
        break;
      case "ObjectExpression":
        if (options.has(node)) break;
        for (const property of node.properties)
          if (property.type === "ObjectProperty" && property.key.type === "Identifier" && !property.computed) context.objectFields.add(property.key.name);
        break;
      case "TSPropertySignature":
        if (node.key.type === "Identifier" && !node.computed) context.objectFields.add(node.key.name);
        break;
      case "ClassProperty":
      case "ClassMethod":
      case "TSDeclareMethod":
        if (node.key.type === "Identifier") context.classMembers.add(node.key.name);
        break;
      case "AssignmentExpression":
        walk(node.left, (each) => void context.certain.add(each));
        if (node.left.type === "MemberExpression" && node.left.object.type === "ThisExpression" && node.left.property.type === "Identifier")
          context.classMembers.add(node.left.property.name);
        break;
      case "TSParameterProperty":
        for (const name of boundNames(node.parameter)) context.classMembers.add(name);
        break;
      case "TSInterfaceDeclaration":
      case "TSTypeAliasDeclaration":
        context.aliases.set(node.id.name, node);
        break;
      case "TSMethodSignature":
        if (node.key.type === "Identifier") context.interfaceMethods.set(node.key.name, node);
        break;
      case "TSTypeParameter":
        // Of what extends something as much is known; of two with one name nothing.
        if (node.constraint) context.aliases.set(node.name, context.aliases.has(node.name) ? node : node.constraint);
        break;
    }
    if ("params" in node && Array.isArray(node.params))
      for (const parameter of node.params as Node[]) for (const name of boundNames(parameter)) context.ownNames.add(name);
  });
}
