/**
 * Which names of a program are given values where, and which of those a name that is read may hold: those before it in the
 * text, of the nearest function that has the name. Blocks are not told apart.
 */
import type { AnyNode, ArrowFunctionExpression, ForOfStatement, FunctionDeclaration, FunctionExpression } from "acorn";
import { childrenOf, functionName, functionTypes } from "./syntaxTree.ts";

/** A name that is given a value. */
export interface Binding {
  readonly kind: "variable" | "parameter" | "loop";
  /** The name, or `this.x`. */
  readonly target: AnyNode;
  /** What it is given; none where it is one of several that a pattern takes apart, or comes from outside. */
  readonly value: AnyNode | undefined;
  /** What it is computed from. */
  readonly source: AnyNode | undefined;
  /** The block that begins with the value, or the statement in a list that ends with it; none where nothing can be put there. */
  readonly inside: AnyNode | undefined;
  readonly behind: AnyNode | undefined;
  /** Of a parameter: what its function is called. */
  readonly functionName: string | undefined;
}

export interface Bindings {
  readonly all: readonly Binding[];
  /** Names that are read and what was given to them before. */
  readonly reads: ReadonlyMap<AnyNode, readonly Binding[]>;
  /** What a name that is read there may hold. */
  of(read: AnyNode): readonly Binding[];
}

type FunctionNode = FunctionDeclaration | FunctionExpression | ArrowFunctionExpression;

interface Scope {
  readonly outer: Scope | undefined;
  readonly names: Map<string, Binding[]>;
  readonly isClass: boolean;
}

export function findBindings(tree: AnyNode): Bindings {
  const finder = new Finder();
  finder.visit(tree, null, { outer: undefined, names: new Map(), isClass: true });
  return { all: finder.all, reads: finder.reads, of: (read) => finder.reads.get(read) ?? [] };
}

/** Of a name or `this.x`; `undefined` for everything else. */
export function nameOf(node: AnyNode): string | undefined {
  if (node.type === "Identifier") return node.name;
  if (node.type !== "MemberExpression" || node.computed || node.object.type !== "ThisExpression") return undefined;
  return node.property.type === "PrivateIdentifier"
    ? `this.#${node.property.name}`
    : node.property.type === "Identifier"
      ? `this.${node.property.name}`
      : undefined;
}

class Finder {
  readonly all: Binding[] = [];
  readonly reads = new Map<AnyNode, readonly Binding[]>();
  /** Statements behind which something can be put. */
  readonly #listed = new Set<AnyNode>();

  visit(node: AnyNode, parent: AnyNode | null, scope: Scope): void {
    if (functionTypes.has(node.type)) return this.#visitFunction(node as FunctionNode, parent, scope);
    switch (node.type) {
      case "ClassBody":
        return this.#visitAll(childrenOf(node), node, { outer: scope, names: new Map(), isClass: true });
      case "VariableDeclaration":
        for (const { id, init } of node.declarations) {
          if (init) this.visit(init, node, scope);
          if (init) this.#bindAll(id, { kind: "variable", value: init, source: init, behind: isInList(parent) ? node : undefined }, scope);
        }
        return;
      case "AssignmentExpression":
        this.visit(node.right, node, scope);
        if (node.operator !== "=") return this.visit(node.left, node, scope);
        return this.#bindAll(
          node.left,
          { kind: "variable", value: node.right, source: node.right, behind: parent && this.#listed.has(parent) ? parent : undefined },
          scope,
        );
      case "ExpressionStatement":
        if (isInList(parent)) this.#listed.add(node);
        return this.visit(node.expression, node, scope);
      case "ForOfStatement":
        return this.#visitLoop(node, scope);
      case "MemberExpression": {
        const name = nameOf(node);
        if (name !== undefined) this.#read(node, name, scope);
        this.visit(node.object, node, scope);
        if (node.computed) this.visit(node.property, node, scope);
        return;
      }
      case "Property":
      case "MethodDefinition":
      case "PropertyDefinition":
        if (node.computed) this.visit(node.key, node, scope);
        if (node.value) this.visit(node.value, node, scope);
        return;
      case "Identifier":
        return this.#read(node, node.name, scope);
      default:
        this.#visitAll(childrenOf(node), node, scope);
    }
  }

  #read(node: AnyNode, name: string, scope: Scope): void {
    const given = lookUp(name, scope)?.names.get(name);
    if (given) this.reads.set(node, [...given]);
  }

  #visitAll(nodes: readonly AnyNode[], parent: AnyNode, scope: Scope): void {
    for (const child of nodes) this.visit(child, parent, scope);
  }

  #visitFunction(node: FunctionNode, parent: AnyNode | null, scope: Scope): void {
    const own: Scope = { outer: scope, names: new Map(), isClass: false };
    const inside = node.body.type === "BlockStatement" ? node.body : undefined;
    for (const parameter of node.params) {
      if (parameter.type === "AssignmentPattern") this.visit(parameter.right, node, own);
      this.#bindAll(parameter, { kind: "parameter", inside, functionName: functionName(node, parent) }, own);
    }
    this.visit(node.body, node, own);
  }

  #visitLoop(node: ForOfStatement, scope: Scope): void {
    this.visit(node.right, node, scope);
    const target = node.left.type === "VariableDeclaration" ? node.left.declarations[0]!.id : node.left;
    this.#bindAll(target, { kind: "loop", source: node.right, inside: node.body.type === "BlockStatement" ? node.body : undefined }, scope);
    this.visit(node.body, node, scope);
  }

  #bindAll(target: AnyNode, how: Partial<Binding> & Pick<Binding, "kind">, scope: Scope): void {
    const { kind, value, source, inside, behind, functionName: called } = how;
    const isWhole = nameOf(target) !== undefined;
    for (const one of isWhole ? [target] : targetsIn(target)) {
      const name = nameOf(one)!;
      const binding: Binding = {
        kind,
        target: one,
        value: isWhole ? value : undefined,
        source,
        inside,
        behind: isWhole ? undefined : behind,
        functionName: called,
      };
      this.all.push(binding);
      const home = kind === "parameter" ? scope : (lookUp(name, scope) ?? (name.startsWith("this.") ? classOf(scope) : scope));
      const known = home.names.get(name);
      if (known) known.push(binding);
      else home.names.set(name, [binding]);
    }
  }
}

function lookUp(name: string, scope: Scope): Scope | undefined {
  for (let at: Scope | undefined = scope; at; at = at.outer) if (at.names.has(name)) return at;
  return undefined;
}

function classOf(scope: Scope): Scope {
  let at = scope;
  while (!at.isClass && at.outer) at = at.outer;
  return at;
}

/** Whether something can be put behind a statement there. */
function isInList(parent: AnyNode | null): boolean {
  return parent !== null && /^(?:Program|BlockStatement|StaticBlock|SwitchCase|ExportNamedDeclaration)$/.test(parent.type);
}

/** The names in a pattern, but for those that take a rest. */
function targetsIn(pattern: AnyNode): AnyNode[] {
  switch (pattern.type) {
    case "ArrayPattern":
      return pattern.elements.flatMap((element) => (element ? targetsIn(element) : []));
    case "ObjectPattern":
      return pattern.properties.flatMap((property) => (property.type === "Property" ? targetsIn(property.value) : []));
    case "AssignmentPattern":
      return targetsIn(pattern.left);
    default:
      return nameOf(pattern) === undefined ? [] : [pattern];
  }
}
