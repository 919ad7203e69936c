/**
 * When two programs are the same but for wording: their syntax trees without types, and without what Python has one form
 * for and TypeScript several.
 */
import { parseProgram, type Node } from "../../src/toPython/syntax.ts";

/** What only TypeScript's checker reads, and what says where things stand in the text. */
const untold = new Set(
  (
    "start end loc range extra leadingComments trailingComments innerComments comments tokens errors typeAnnotation returnType typeParameters typeArguments " +
    "superTypeParameters implements accessibility override readonly optional definite declare exportKind importKind attributes interpreter directives predicate"
  ).split(" "),
);

const typesOnly = /^TS(InterfaceDeclaration|TypeAliasDeclaration|DeclareFunction|DeclareMethod)$/;
const transparent = /^(TSAsExpression|TSSatisfiesExpression|TSNonNullExpression|TSTypeAssertion|TSInstantiationExpression|ParenthesizedExpression)$/;

type Plain = { readonly [key: string]: unknown; readonly type: string };

/** The program's tree, comparable. */
export function wording(source: string): unknown {
  const { program } = parseProgram(source);
  return plainList(program.body);
}

/** The program's comments, in their order, without what formatting changes. */
export const commentsOf = (source: string): string[] =>
  (parseProgram(source).comments ?? []).map(({ value }) =>
    value
      .replaceAll(/^\s*\*?|\*$/gm, "")
      .replaceAll(/\s+/g, " ")
      .trim(),
  );

function plainList(nodes: readonly unknown[]): unknown[] {
  return namedWhereAsked(
    nodes.flatMap((node) => {
      if (!isNode(node)) return [plain(node)];
      if (typesOnly.test(node.type)) return [];
      // A program imports what it uses.
      if (node.type === "ImportDeclaration") return [];
      // A field without a value is there for its type.
      if (node.type === "ClassProperty" && !node.value) return [];
      return [plain(node)];
    }),
  );
}

/** A function that is named for the statement behind it alone stands in that statement: Python's `lambda` holds an expression only. */
function namedWhereAsked(statements: unknown[]): unknown[] {
  const left = [...statements];
  for (let at = left.length - 2; at >= 0; at--) {
    const { type, id, made } = left[at] as { type?: string; id?: unknown; made?: unknown };
    if (type !== "function") continue;
    const name = JSON.stringify(id);
    const isUsedOnce = JSON.stringify(left).split(name).length === 3;
    const next = JSON.stringify(left[at + 1]);
    if (isUsedOnce && next.includes(name)) left.splice(at, 2, JSON.parse(next.replace(name, () => JSON.stringify(made))));
  }
  return left;
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return plainList(value);
  if (!isNode(value)) return value;
  if (transparent.test(value.type)) return plain((value as unknown as { expression: Node }).expression);
  switch (value.type) {
    case "ExportNamedDeclaration":
      if (value.declaration) return plain(value.declaration);
      break;
    case "IfStatement":
      return { ...fields(value), consequent: inBlock(value.consequent), alternate: value.alternate ? inBlock(value.alternate) : null };
    case "ForStatement":
    case "ForOfStatement":
    case "ForInStatement":
    case "WhileStatement":
      return { ...fields(value), body: inBlock(value.body) };
    case "FunctionDeclaration":
      return constant(value.id!, { type: "ArrowFunctionExpression", params: value.params, body: value.body, async: value.async, generator: value.generator });
    case "VariableDeclaration": {
      const [only] = value.declarations;
      if (value.declarations.length === 1 && only?.init?.type === "ArrowFunctionExpression" && only.id.type === "Identifier")
        return constant(only.id, only.init);
      break;
    }
    case "ArrowFunctionExpression":
      return arrow(value);
    case "Identifier":
      // Python keeps some words to itself.
      return { type: "name", name: value.name.replace(/(?<=[a-z])_$/, "") };
    case "MemberExpression":
      return { ...fields(value), ...(!value.computed && value.property.type === "Identifier" && { property: value.property.name }) };
    case "BinaryExpression":
      // `range` ends before its end.
      if (value.operator === "<=" && value.right.type === "NumericLiteral" && Number.isInteger(value.right.value))
        return { ...fields(value), operator: "<", right: { type: "number", value: value.right.value + 1 } };
      break;
    case "CallExpression":
      return calledPlainly(value);
    case "TemplateLiteral":
      return { type: "template", texts: plainList(value.quasis), values: value.expressions.map((each) => plain(insideText(each))) };
    case "NumericLiteral":
      return { type: "number", value: value.value };
    case "StringLiteral":
      return { type: "string", value: value.value === "int32" ? "int64" : value.value };
    case "TemplateElement":
      return { type: "text", value: value.value.cooked };
    case "ObjectProperty":
      return { type: "property", key: plain(value.key), value: plain(value.value), computed: value.computed };
  }
  return fields(value);
}

const constant = (id: Node, made: unknown): unknown => ({ type: "function", id: plain(id), made: arrow(made as never) });

function arrow(node: { readonly params: readonly unknown[]; readonly body: Node; readonly async?: boolean; readonly generator?: boolean | null }): unknown {
  const { body } = node;
  const [only] = body.type === "BlockStatement" && body.body.length === 1 ? body.body : [];
  const given = only?.type === "ReturnStatement" && only.argument ? only.argument : only?.type === "ExpressionStatement" ? only.expression : body;
  return { type: "arrow", params: plainList(node.params), body: plain(given), async: Boolean(node.async), generator: Boolean(node.generator) };
}

/** `${String(x)}` is `${x}`. */
const insideText = (node: Node): Node =>
  node.type === "CallExpression" && node.callee.type === "Identifier" && node.callee.name === "String" && node.arguments.length === 1
    ? node.arguments[0]!
    : node;

/** Of calls that Python has one form for. */
function calledPlainly(node: Extract<Node, { type: "CallExpression" }>): unknown {
  const { callee } = node;
  const name = callee.type === "MemberExpression" && callee.property.type === "Identifier" ? callee.property.name : "";
  const [first] = node.arguments;
  // `x.select(0, i)` is `x[i]`, as `x.at(i)` is.
  if (name === "select" && first?.type === "NumericLiteral" && first.value === 0)
    return calledPlainly({ ...node, callee: { ...callee, property: { type: "Identifier", name: "at" } } as never, arguments: node.arguments.slice(1) });
  // `sum(…)` gives no name to what has been summed so far, and goes through anything.
  if (name === "reduce" && first?.type === "ArrowFunctionExpression" && first.params[0]?.type === "Identifier") {
    const made = JSON.parse(JSON.stringify(fields(node)).replaceAll(`"name":"${first.params[0].name.replace(/_$/, "")}"`, '"name":"sum so far"')) as {
      callee: { object: unknown };
    };
    const { object } = made.callee;
    return { ...made, callee: { ...made.callee, object: spreadOnly(object) } };
  }
  return fields(node);
}

/** What is spread into a list of nothing else. */
function spreadOnly(made: unknown): unknown {
  const { type, elements = [] } = made as { type: string; elements?: { type: string; argument: unknown }[] };
  return type === "ArrayExpression" && elements.length === 1 && elements[0]!.type === "SpreadElement" ? elements[0]!.argument : made;
}

/** A statement of its own is a block of one. */
const inBlock = (node: Node): unknown => (node.type === "BlockStatement" ? plain(node) : { type: "BlockStatement", body: plainList([node]) });

function fields(node: Node): Plain {
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key, value]) => !untold.has(key) && value !== undefined)
      .map(([key, value]) => [key, plain(value)]),
  ) as Plain;
}

const isNode = (value: unknown): value is Node => typeof value === "object" && value !== null && typeof (value as { type?: unknown }).type === "string";
