/** The calls in a program, with what each is given as it is written. */
import type { AnyNode, CallExpression, NewExpression } from "acorn";
import { nameOf, type Bindings } from "./bindings.ts";
import type { CallSite, Operand } from "./declarations.ts";
import type { SourceText } from "./sourceText.ts";
import { walk } from "./syntaxTree.ts";

export function callSites(tree: AnyNode, bindings: Bindings, text: SourceText): CallSite[] {
  const calls: CallSite[] = [];

  function operandOf(node: AnyNode, parameter: number | string): Operand[] {
    if (node.type === "ObjectExpression") {
      return node.properties.flatMap((property) =>
        property.type === "Property" && property.key.type === "Identifier" && !property.computed ? operandOf(property.value, property.key.name) : [],
      );
    }
    const constant = constantOf(node);
    if (node.type === "ArrayExpression" && constant === undefined) return node.elements.flatMap((element) => (element ? operandOf(element, parameter) : []));
    const range = text.rangeOf(node);
    if (!range) return [];
    const from = nameOf(node) === undefined ? [] : bindings.of(node).flatMap(({ target }) => text.rangeOf(target) ?? []);
    return [{ ...range, text: text.textOf(range), parameter, ...(constant !== undefined && { constant }), ...(from.length > 0 && { from }) }];
  }

  function visit(node: CallExpression | NewExpression): void {
    const range = text.rangeOf(node);
    const position = range && text.positionOf(calledAt(node));
    const callee = text.rangeOf(node.callee as AnyNode);
    if (!range || !position) return;
    const owner = node.callee.type === "MemberExpression" ? (node.callee.object as AnyNode) : undefined;
    const [receiver] = owner && nameOf(owner) !== undefined ? operandOf(owner, -1) : [];
    const operands = node.arguments.flatMap((argument, index) => operandOf(argument, index));
    calls.push({ position, end: range.end, callee: callee ? text.textOf(callee) : "", ...(receiver && { receiver }), operands });
  }

  walk(tree, null, (node) => {
    if (node.type === "CallExpression" || node.type === "NewExpression") visit(node);
  });
  return calls;
}

/** Where V8 says that a call is: `new` itself, the last name of what is called, or else the bracket behind it. */
function calledAt(node: CallExpression | NewExpression): number {
  if (node.type === "NewExpression") return node.start;
  const { callee } = node;
  if (callee.type === "Identifier" || callee.type === "Super") return callee.start;
  if (callee.type === "MemberExpression" && !callee.computed) return callee.property.start;
  return callee.end;
}

/** The number, or the list of numbers, that is written there; sums and products of numbers are one. */
function constantOf(node: AnyNode): number | number[] | undefined {
  if (node.type !== "ArrayExpression") return numberOf(node);
  const numbers = node.elements.map((element) => (element ? numberOf(element) : undefined));
  return numbers.length > 0 && numbers.every((number) => number !== undefined) ? numbers : undefined;
}

function numberOf(node: AnyNode): number | undefined {
  if (node.type === "Literal") return typeof node.value === "number" ? node.value : undefined;
  if (node.type !== "BinaryExpression") return undefined;
  const [left, right] = [numberOf(node.left as AnyNode), numberOf(node.right)];
  if (left === undefined || right === undefined) return undefined;
  switch (node.operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    default:
      return undefined;
  }
}
