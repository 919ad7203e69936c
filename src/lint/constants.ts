/** The constants at a file's top that a person may give other values: those with a literal. Pure. */
import type { GivenConstant } from "../protocol/index.ts";
import { parseProgram, type Node } from "./tree.ts";

export interface Constant {
  readonly name: string;
  readonly kind: "number" | "text" | "flag";
  /** The literal as it stands in the file, and where. */
  readonly text: string;
  readonly start: number;
}

/** What can't be given. The message says why, and what to do. */
export class NotGiven extends Error {}

export function literalConstants(text: string): Constant[] {
  return declared(text).flatMap(({ name, kind, isConst, value }) =>
    isConst && kind && value ? [{ name, kind, text: text.slice(value.start!, value.end!), start: value.start! }] : [],
  );
}

/**
 * What takes the place of a constant's literal.
 * @param values as a person writes them: `0.1`, `adam`, `true`
 * @throws NotGiven
 */
export function givenValues(text: string, name: string, values: readonly string[]): GivenConstant[] {
  const found = declared(text).filter((one) => one.name === name);
  const [only, another] = found;
  const constants = literalConstants(text).map((one) => `\`${one.name}\``);
  const others = constants.length > 0 ? ` Constants with one are ${constants.join(", ")}.` : "";
  if (!only) throw new NotGiven(`The file has no top-level \`const ${name}\`.${others}`);
  if (another) throw new NotGiven(`\`${name}\` is declared more than once.`);
  if (!only.isConst)
    throw new NotGiven(`\`${name}\` is no \`const\`: the program may change it, so it can't be given from outside. Declare it with \`const\`.`);
  const constant = literalConstants(text).find((one) => one.name === name);
  if (!constant) throw new NotGiven(`\`${name}\` is computed: only a number, a text, true or false that stands in the file can be replaced.${others}`);
  return values.map((value) => ({ name, start: constant.start, was: constant.text, value: literalOf(constant, value.trim()) }));
}

function literalOf({ name, kind }: Constant, value: string): string {
  if (kind === "number") {
    if (!/^[+-]?(\d[\d_]*\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value)) throw new NotGiven(`\`${name}\` is a number, and \`${value}\` is none.`);
    return value;
  }
  if (kind === "flag") {
    if (value !== "true" && value !== "false") throw new NotGiven(`\`${name}\` is true or false, not \`${value}\`.`);
    return value;
  }
  return JSON.stringify(value.replace(/^(["'])(.*)\1$/s, "$2"));
}

interface Declared {
  readonly name: string;
  readonly isConst: boolean;
  readonly kind: Constant["kind"] | undefined;
  readonly value: Node | undefined;
}

function declared(text: string): Declared[] {
  return (parseProgram(text)?.body ?? []).flatMap((statement) => {
    const declaration = statement.type === "ExportNamedDeclaration" ? statement.declaration : statement;
    if (declaration?.type !== "VariableDeclaration") return [];
    return declaration.declarations.flatMap(({ id, init }) => {
      if (id.type !== "Identifier") return [];
      const value = init ? bare(init) : undefined;
      return [{ name: id.name, isConst: declaration.kind === "const", kind: value && kindOf(value), value }];
    });
  });
}

/** Without what types say of it: `"adam" as const`. */
function bare(node: Node): Node {
  return node.type === "TSAsExpression" || node.type === "TSSatisfiesExpression" ? bare(node.expression) : node;
}

function kindOf(node: Node): Constant["kind"] | undefined {
  if (node.type === "UnaryExpression" && (node.operator === "-" || node.operator === "+")) return kindOf(node.argument) === "number" ? "number" : undefined;
  if (node.type === "NumericLiteral") return "number";
  if (node.type === "BooleanLiteral") return "flag";
  return node.type === "StringLiteral" || (node.type === "TemplateLiteral" && node.expressions.length === 0) ? "text" : undefined;
}
