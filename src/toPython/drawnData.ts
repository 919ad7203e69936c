/** Data that a program draws by JavaScript's own generator, which no seed makes draw the same again. */
import type { Additions } from "./additions.ts";
import { contains, freeNames, walk, type Node } from "./syntax.ts";

/** A constant of the top level that is a tensor, and by its line. */
export interface DrawnData {
  readonly name: string;
  readonly line: number;
  readonly value: Node;
  readonly isWhole: boolean;
}

const draws = (node: Node): boolean =>
  contains(
    node,
    (each) =>
      each.type === "MemberExpression" &&
      each.object.type === "Identifier" &&
      each.object.name === "Math" &&
      each.property.type === "Identifier" &&
      each.property.name === "random",
  );

/** @param translated what a translation of the program found */
export function drawnData(program: Extract<Node, { type: "Program" }>, translated: Additions): DrawnData[] {
  if (!draws(program)) return [];
  const drawn = new Set<string>();
  const found: DrawnData[] = [];
  for (const statement of program.body) {
    const node = statement.type === "ExportNamedDeclaration" && statement.declaration ? statement.declaration : statement;
    if (node.type === "FunctionDeclaration" && node.id && isDrawn(node, drawn)) drawn.add(node.id.name);
    // A list that numbers are pushed into.
    walk(node, (each) => {
      if (
        each.type === "CallExpression" &&
        each.callee.type === "MemberExpression" &&
        each.callee.object.type === "Identifier" &&
        each.arguments.some((argument) => isDrawn(argument, drawn))
      )
        drawn.add(each.callee.object.name);
    });
    if (node.type !== "VariableDeclaration") continue;
    for (const { id, init } of node.declarations) {
      if (id.type !== "Identifier" || !init || !isDrawn(init, drawn)) continue;
      const type = translated.typeOf(init);
      // What is computed from data that comes along needs not to come along.
      if (type.kind !== "tensor" || node.kind !== "const") drawn.add(id.name);
      else found.push({ name: id.name, line: id.loc!.start.line, value: init, isWhole: type.dtype === "int" });
    }
  }
  return found;
}

const isDrawn = (node: Node, drawn: ReadonlySet<string>): boolean => draws(node) || [...freeNames(node)].some((name) => drawn.has(name));
