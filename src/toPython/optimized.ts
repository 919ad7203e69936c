/** Which models a program's optimizers get, as far as its text tells. */
import type { Additions } from "./additions.ts";
import { bare, childrenOf, walk, type Node } from "./syntax.ts";

export interface Optimized {
  /** `new optim.Adam(…)` */
  readonly construction: Node;
  /** `model`, `this.model`: whose parameters it gets, or whose part's; none where the text doesn't tell. */
  readonly models: readonly Node[];
}

/** @param translated what a translation of the program found */
export function optimizedModels(program: Node, translated: Additions): Optimized[] {
  const found: Optimized[] = [];
  walk(program, (node) => {
    if (node.type !== "NewExpression") return;
    const type = translated.typeOf(node);
    if (type.kind !== "instance" || !/^optim\.(?!lrScheduler|swaUtils)/.test(type.path)) return;
    const models = node.arguments[0] ? ownersIn(node.arguments[0], constants(program), 0) : [];
    const names = models.map(nameOf);
    found.push({ construction: node, models: models.filter((_, i) => names.indexOf(names[i]!) === i) });
  });
  return found;
}

/** The same for the same variable or property. */
export const nameOf = (node: Node): string =>
  node.type === "Identifier" ? node.name : node.type === "MemberExpression" && node.property.type === "Identifier" ? `this.${node.property.name}` : "this";

function constants(program: Node): Map<string, Node> {
  const found = new Map<string, Node>();
  walk(program, (node) => {
    if (node.type === "VariableDeclarator" && node.id.type === "Identifier" && node.init) found.set(node.id.name, node.init);
  });
  return found;
}

function ownersIn(node: Node, known: ReadonlyMap<string, Node>, depth: number): Node[] {
  if (node.type === "CallExpression") {
    const callee = bare(node.callee);
    if (callee.type === "MemberExpression" && callee.property.type === "Identifier" && /^(named)?[pP]arameters$/.test(callee.property.name)) {
      const owner = ownerOf(callee.object);
      return owner ? [owner] : [];
    }
  }
  // `const params = [...]; new optim.Adam(params)`
  if (node.type === "Identifier" && depth < 4) {
    const given = known.get(node.name);
    return given ? ownersIn(given, known, depth + 1) : [];
  }
  if (node.type === "MemberExpression") {
    // `model.fc.weight`
    const owner = ownerOf(node);
    const made = owner?.type === "Identifier" ? known.get(owner.name) : undefined;
    if (owner && made?.type === "NewExpression") return [owner];
  }
  return childrenOf(node).flatMap((child) => ownersIn(child, known, depth));
}

/** `net` of `net.features.at(0)`, `this.net` of `this.net.fc`. */
function ownerOf(node: Node): Node | undefined {
  const inner = bare(node);
  if (inner.type === "Identifier" || inner.type === "ThisExpression") return inner;
  if (inner.type === "CallExpression") return ownerOf(inner.callee as Node);
  if (inner.type !== "MemberExpression") return undefined;
  return bare(inner.object).type === "ThisExpression" && inner.property.type === "Identifier" ? inner : ownerOf(inner.object);
}
