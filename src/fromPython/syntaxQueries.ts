/** What the text alone says of a piece of a program. */
import { blocksOf, expressionsOf, partsOf, type Block, type Call, type Expression, type Parameter, type Statement } from "./syntax.ts";

/** Whether an f-string writes the value, or what is computed of it alone, as a number is written. */
export function isWrittenAsNumber(block: Block, name: string): boolean {
  const isComputed = (value: Expression): boolean =>
    value.kind === "name" ? value.name === name : value.kind === "binary" ? [value.left, value.right].some(isComputed) : false;
  const isWritten = (expression: Expression): boolean =>
    (expression.kind === "format" && expression.parts.some((part) => typeof part !== "string" && part.spec.length > 0 && isComputed(part.value))) ||
    partsOf(expression).some(isWritten);
  return block.statements.some((statement) => expressionsOf(statement).some(isWritten) || blocksOf(statement).some((inner) => isWrittenAsNumber(inner, name)));
}

/** `x is None` and its like. */
export function isNoneTest(test: Expression): test is Expression & { kind: "compare" } {
  const last = test.kind === "compare" && test.operators.length === 1 && /^(is|is not|==|!=)$/.test(test.operators[0]!) ? test.operands[1] : undefined;
  return last?.kind === "constant" && last.value === "None";
}

/** The entries of `dict(usual, lr=0.1, **others)`: what stands there without a name is taken whole. */
export function entriesByName(call: Call): readonly { key?: Expression; value: Expression }[] | undefined {
  if (!call.arguments.some(({ name, star }) => name || star === "**")) return undefined;
  return call.arguments.map(({ name, value }) => (name ? { key: { kind: "string", value: name, from: value.from, to: value.from }, value } : { value }));
}

/** What a function asks of its only parameter: `def exists(x): return x is not None`; `holds` where it is there. */
export function presenceAsked(parameters: readonly Parameter[], body: Block | Expression): { readonly holds: boolean } | undefined {
  const only = "statements" in body ? (body.statements.length === 1 ? body.statements[0] : undefined) : body;
  const test = only?.kind === "return" ? only.value : only;
  if (parameters.length !== 1 || !test || !("operands" in test) || !isNoneTest(test)) return undefined;
  const [asked] = test.operands;
  if (asked?.kind !== "name" || asked.name !== parameters[0]!.name) return undefined;
  return { holds: /^(is not|!=)$/.test(test.operators[0]!) };
}

/** `self.best.score`, where only names stand between the dots. */
export function pathOf(expression: Expression): string | undefined {
  if (expression.kind === "name") return expression.name;
  const object = expression.kind === "attribute" ? pathOf(expression.object) : undefined;
  return expression.kind === "attribute" && object !== undefined ? `${object}.${expression.name}` : undefined;
}

export function decoratorName(decorator: Expression): string {
  if (decorator.kind === "call") return decoratorName(decorator.callee);
  if (decorator.kind === "attribute")
    return decorator.object.kind === "name" && decorator.name === "setter" ? `${decorator.object.name}.setter` : decorator.name;
  return decorator.kind === "name" ? decorator.name : "";
}

/** Whether nothing behind the block is reached through it. */
export function leaves(block: Block): boolean {
  const last = block.statements.at(-1);
  if (!last) return false;
  if (["return", "raise", "continue", "break"].includes(last.kind)) return true;
  if (last.kind === "if") return last.otherwise !== undefined && [...last.branches.map(({ body }) => body), last.otherwise].every(leaves);
  if (last.kind === "with") return leaves(last.body);
  return false;
}

/** Whether a name is called as a function is. */
export function isCalled(node: unknown, name: string): boolean {
  if (Array.isArray(node)) return node.some((one) => isCalled(one, name));
  if (typeof node !== "object" || node === null) return false;
  const { kind, callee } = node as { kind?: string; callee?: Expression };
  if (kind === "call" && callee?.kind === "name" && callee.name === name) return true;
  return Object.entries(node).some(([key, value]) => key !== "type" && key !== "comments" && isCalled(value, name));
}

export function hasReturn(block: Block): boolean {
  return block.statements.some(
    (statement) => statement.kind === "return" || (statement.kind !== "function" && statement.kind !== "class" && blocksOf(statement).some(hasReturn)),
  );
}

export function yields(block: Block): boolean {
  return block.statements.some((statement) => {
    if (statement.kind === "function" || statement.kind === "class") return false;
    if ((statement.kind === "expression" || statement.kind === "assign") && statement.value?.kind === "yield") return true;
    return blocksOf(statement).some(yields);
  });
}

/** A class's base without what it is made for: `Dataset` of `Dataset[Tensor]`. */
export function withoutSubscript(base: Expression): Expression {
  return base.kind === "index" ? base.object : base;
}

/** Whether all objects of a dataclass share a value: `ClassVar`. */
export function isShared(statement: Statement): boolean {
  return statement.kind === "assign" && statement.annotation?.kind === "index" && decoratorName(statement.annotation.object) === "ClassVar";
}

/** Whether a dataclass is given a field when it is made: `field(init=False)` is not. */
export function isGiven(value: Expression | undefined): boolean {
  if (value?.kind !== "call" || decoratorName(value) !== "field") return true;
  return !value.arguments.some(({ name, value: said }) => name === "init" && said.kind === "constant" && said.value === "False");
}

/** A number that stands there as such. */
export function constantIndex(expression: Expression): number | undefined {
  if (expression.kind === "number") return Number(expression.text);
  if (expression.kind === "unary" && expression.operator === "-" && expression.operand.kind === "number") return -Number(expression.operand.text);
  return undefined;
}

/** `Union[A, B]`, `A | B`: what a type hint lets choose from. */
export function alternatives(hint: Expression): readonly Expression[] {
  if (hint.kind === "binary") return [...alternatives(hint.left), ...alternatives(hint.right)];
  if (hint.kind === "tuple") return hint.entries.flatMap(alternatives);
  const name = hint.kind === "index" ? decoratorName(hint.object) : "";
  return hint.kind === "index" && name === "Union" ? hint.subscripts.flatMap(alternatives) : [hint];
}
