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
    walk(node, (each) => {
      // A list that numbers are pushed into.
      if (each.type === "CallExpression" && each.callee.type === "MemberExpression" && each.callee.object.type === "Identifier" && each.arguments.some((argument) => isDrawn(argument, drawn)))
        drawn.add(each.callee.object.name);
      return true;
    });
    if (node.type !== "VariableDeclaration") continue;
    for (const { id, init } of node.declarations) {
      if (id.type !== "Identifier" || !init || !isDrawn(init, drawn)) continue;
      drawn.add(id.name);
      const type = translated.typeOf(init);
      if (type.kind === "tensor" && node.kind === "const") found.push({ name: id.name, line: id.loc!.start.line, value: init, isWhole: type.dtype === "int" });
    }
  }
  return found;
}

const isDrawn = (node: Node, drawn: ReadonlySet<string>): boolean => draws(node) || [...freeNames(node)].some((name) => drawn.has(name));
