/** Which declaration a name in a file means. */
import type * as t from "@babel/types";
import { childrenOf } from "./children.ts";
import { isClass, isFunction, isLoop, parentOf, setParent, type Node } from "./tree.ts";

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

/** A piece of the text that declares names of its own; most declare none. */
interface Scope {
  readonly outer: Scope | undefined;
  names?: Map<string, Binding>;
}

export class Scopes {
  readonly bindings: Binding[] = [];
  /** Names, and beside each where it stands: what they mean is known when all that is declared is. */
  readonly #names: t.Identifier[] = [];
  readonly #places: Scope[] = [];
  readonly #resolved = new Map<t.Identifier, Binding>();

  /** @param visit sees each node but names, before those in it */
  constructor(program: t.Program, visit: (node: Node) => void) {
    const outermost: Scope = { outer: undefined };
    this.#walk(program, outermost, outermost, visit);
    this.#names.forEach((name, i) => this.#refer(name, this.#places[i]!));
  }

  bindingOf(name: t.Identifier): Binding | undefined {
    return this.#resolved.get(name);
  }

  /**
   * @param block where `const`, `let`, `class` and `function` are declared
   * @param body where `var` is
   */
  #walk(node: Node, block: Scope, body: Scope, visit: (node: Node) => void): void {
    if (node.type === "Identifier") {
      this.#names.push(node);
      this.#places.push(block);
      return;
    }
    visit(node);
    this.#declare(node, block, body);
    const inner = opensScope(node) ? { outer: block } : block;
    if (inner !== block) this.#declareOwn(node, inner);
    const innerBody = isFunction(node) ? inner : body;
    for (const child of childrenOf(node)) {
      setParent(child, node);
      this.#walk(child, inner, innerBody, visit);
    }
  }

  /** What stands in the head of a function, a class or a `catch`. */
  #declareOwn(node: Node, scope: Scope): void {
    if (isFunction(node)) for (const parameter of node.params) this.#declarePattern(parameter, "parameter", scope, node);
    if (node.type === "CatchClause" && node.param) this.#declarePattern(node.param, "parameter", scope, node);
    if ((node.type === "FunctionExpression" || node.type === "ClassExpression") && node.id) {
      this.#add(scope, { kind: isClass(node) ? "class" : "function", node: node.id, declaration: node });
    }
  }

  #declare(node: Node, block: Scope, body: Scope): void {
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

  #declarePattern(pattern: Node, kind: Binding["kind"], scope: Scope, declaration: Node): void {
    for (const node of patternNames(pattern)) this.#add(scope, { kind, node, declaration });
  }

  #add(scope: Scope, { kind, node, declaration }: Pick<Binding, "kind" | "node" | "declaration">): void {
    const own = (scope.names ??= new Map());
    if (own.has(node.name)) return;
    const binding: Binding = { name: node.name, kind, node, declaration, references: [], writes: [] };
    own.set(node.name, binding);
    this.bindings.push(binding);
  }

  #refer(name: t.Identifier, place: Scope): void {
    const parent = parentOf(name);
    if (!parent || !isReference(name, parent)) return;
    const binding = find(name.name, place);
    if (!binding) return;
    this.#resolved.set(name, binding);
    if (binding.node === name) return;
    binding.references.push(name);
    if (isWritten(name)) binding.writes.push(name);
  }
}

function find(name: string, place: Scope): Binding | undefined {
  for (let scope: Scope | undefined = place; scope; scope = scope.outer) {
    const binding = scope.names?.get(name);
    if (binding) return binding;
  }
  return undefined;
}

function opensScope(node: Node): boolean {
  return isFunction(node) || isLoop(node) || isClass(node) || node.type === "BlockStatement" || node.type === "CatchClause" || node.type === "SwitchStatement";
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
function isWritten(name: t.Identifier): boolean {
  let [node, parent]: [Node, Node | undefined] = [name, parentOf(name)];
  while (parent && (parent.type === "ArrayPattern" || parent.type === "ObjectPattern" || parent.type === "RestElement" || isPatternPart(node, parent))) {
    [node, parent] = [parent, parentOf(parent)];
  }
  if (parent?.type === "AssignmentExpression" || parent?.type === "ForOfStatement" || parent?.type === "ForInStatement") return parent.left === node;
  return parent?.type === "UpdateExpression";
}

function isPatternPart(node: Node, parent: Node): boolean {
  return (parent.type === "AssignmentPattern" && parent.left === node) || (parent.type === "ObjectProperty" && parent.value === node);
}
