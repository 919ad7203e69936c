/** Which declaration a name in a file means. */
import type * as t from "@babel/types";
import { childrenOf, isClass, isFunction, isLoop, type Node } from "./tree.ts";

export interface Binding {
  readonly name: string;
  readonly kind: "import" | "const" | "let" | "parameter" | "function" | "class";
  /** The name where it is declared. */
  readonly node: t.Identifier;
  /** The import specifier, the declarator, the function or the class. */
  readonly declaration: Node;
  /** Where the name is used, apart from its declaration. */
  readonly references: t.Identifier[];
  /** Those that give it another value. */
  readonly writes: t.Identifier[];
}

type Scope = Map<string, Binding>;

export class Scopes {
  readonly parents = new Map<Node, Node>();
  readonly bindings: Binding[] = [];
  readonly #scopes = new Map<Node, Scope>();
  readonly #names: t.Identifier[] = [];
  readonly #resolved = new Map<t.Identifier, Binding>();

  /** @param visit sees each node before those in it */
  constructor(program: t.Program, visit: (node: Node) => void) {
    this.#scopes.set(program, new Map());
    this.#walk(program, program, program, visit);
    for (const name of this.#names) this.#refer(name);
  }

  bindingOf(name: t.Identifier): Binding | undefined {
    return this.#resolved.get(name);
  }

  /**
   * @param block where `const`, `let`, `class` and `function` are declared
   * @param body where `var` is
   */
  #walk(node: Node, block: Node, body: Node, visit: (node: Node) => void): void {
    visit(node);
    this.#declare(node, block, body);
    if (node.type === "Identifier") this.#names.push(node);
    const opens =
      isFunction(node) || isLoop(node) || isClass(node) || node.type === "BlockStatement" || node.type === "CatchClause" || node.type === "SwitchStatement";
    if (opens) this.#scopes.set(node, new Map());
    if (isFunction(node)) for (const parameter of node.params) this.#declarePattern(parameter, "parameter", node, node);
    if (node.type === "CatchClause" && node.param) this.#declarePattern(node.param, "parameter", node, node);
    if ((node.type === "FunctionExpression" || node.type === "ClassExpression") && node.id) {
      this.#add(node, { kind: isClass(node) ? "class" : "function", node: node.id, declaration: node });
    }
    const inner = opens ? node : block;
    for (const child of childrenOf(node)) {
      this.parents.set(child, node);
      this.#walk(child, inner, isFunction(node) ? node : body, visit);
    }
  }

  #declare(node: Node, block: Node, body: Node): void {
    switch (node.type) {
      case "ImportDeclaration":
        for (const specifier of node.specifiers) this.#add(block, { kind: "import", node: specifier.local, declaration: specifier });
        break;
      case "VariableDeclaration": {
        const kind = node.kind === "let" || node.kind === "var" ? "let" : "const";
        for (const declarator of node.declarations) this.#declarePattern(declarator.id, kind, node.kind === "var" ? body : block, declarator);
        break;
      }
      case "FunctionDeclaration":
        if (node.id) this.#add(block, { kind: "function", node: node.id, declaration: node });
        break;
      case "ClassDeclaration":
        if (node.id) this.#add(block, { kind: "class", node: node.id, declaration: node });
        break;
      default:
    }
  }

  #declarePattern(pattern: Node, kind: Binding["kind"], scope: Node, declaration: Node): void {
    for (const node of patternNames(pattern)) this.#add(scope, { kind, node, declaration });
  }

  #add(scope: Node, { kind, node, declaration }: Pick<Binding, "kind" | "node" | "declaration">): void {
    const own = this.#scopes.get(scope);
    if (!own || own.has(node.name)) return;
    const binding: Binding = { name: node.name, kind, node, declaration, references: [], writes: [] };
    own.set(node.name, binding);
    this.bindings.push(binding);
  }

  #refer(name: t.Identifier): void {
    const parent = this.parents.get(name);
    if (!parent || !isReference(name, parent)) return;
    const binding = this.#find(name);
    if (!binding) return;
    this.#resolved.set(name, binding);
    if (binding.node === name) return;
    binding.references.push(name);
    if (isWritten(name, this.parents)) binding.writes.push(name);
  }

  #find(name: t.Identifier): Binding | undefined {
    for (let node: Node | undefined = name; node; node = this.parents.get(node)) {
      const binding = this.#scopes.get(node)?.get(name.name);
      if (binding) return binding;
    }
    return undefined;
  }
}

/** The names that a pattern declares: `a`, `{ a, b: c }`, `[d, ...e]`, `f = 1`. */
export function patternNames(pattern: Node): t.Identifier[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern];
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => patternNames(property.type === "RestElement" ? property.argument : property.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? patternNames(element) : []));
    case "AssignmentPattern":
      return patternNames(pattern.left);
    case "RestElement":
      return patternNames(pattern.argument);
    case "TSParameterProperty":
      return patternNames(pattern.parameter);
    default:
      return [];
  }
}

function isReference(name: t.Identifier, parent: Node): boolean {
  switch (parent.type) {
    case "MemberExpression":
    case "OptionalMemberExpression":
      return parent.object === name || parent.computed;
    case "ObjectProperty":
    case "ClassProperty":
      return parent.value === name || parent.computed;
    case "ObjectMethod":
    case "ClassMethod":
      return parent.key !== name || parent.computed;
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "ImportSpecifier":
    case "PrivateName":
      return false;
    case "ExportSpecifier":
      return parent.local === name;
    default:
      return true;
  }
}

/** Whether the name stands where a value is given to it: `x = 1`, `[x] = pair`, `x++`, `for (x of all)`. */
function isWritten(name: t.Identifier, parents: ReadonlyMap<Node, Node>): boolean {
  let [node, parent]: [Node, Node | undefined] = [name, parents.get(name)];
  while (parent && (parent.type === "ArrayPattern" || parent.type === "ObjectPattern" || parent.type === "RestElement" || isPatternPart(node, parent))) {
    [node, parent] = [parent, parents.get(parent)];
  }
  if (parent?.type === "AssignmentExpression" || parent?.type === "ForOfStatement" || parent?.type === "ForInStatement") return parent.left === node;
  return parent?.type === "UpdateExpression";
}

function isPatternPart(node: Node, parent: Node): boolean {
  return (parent.type === "AssignmentPattern" && parent.left === node) || (parent.type === "ObjectProperty" && parent.value === node);
}
