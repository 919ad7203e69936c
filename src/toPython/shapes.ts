/** Values as they were in Python, before a list stood for a tuple and a whole number for a float: what `repr` and `json` are told of them. */
import type { Context } from "./context.ts";
import { expression } from "./grammar.ts";
import { access, quoted, receiver, type Code } from "./python.ts";
import { bare, keyName, type Node } from "./syntax.ts";
import { either, elementOf, unknown, type Type } from "./types.ts";

/** The value in its shape. @param kind what isn't said by the value itself: `decimal`, `{ tuple: true, of: […] }`, `{ each: decimal }` */
export function shaped(context: Context, node: Node, kind: Node | undefined): string {
  return literal(context, bare(node), kind) ?? shapedCode(context, expression(context, node), kind);
}

const fieldsOf = (node: Node | undefined): ReadonlyMap<string, Node> =>
  new Map(
    node?.type === "ObjectExpression" ? node.properties.flatMap((one) => (one.type === "ObjectProperty" ? [[keyName(one.key) ?? "", one.value]] : [])) : [],
  );

/** What is written out is written out again, each entry in its own shape. */
function literal(context: Context, node: Node, kind: Node | undefined): string | undefined {
  const fields = fieldsOf(kind && bare(kind));
  const [of, each] = [fields.get("of"), fields.get("each")];
  if (fields.size === 0) return undefined;
  if (node.type === "ArrayExpression" && node.elements.every((one) => one && one.type !== "SpreadElement")) {
    const kinds = of?.type === "ArrayExpression" ? of.elements : [];
    const items = node.elements.map((one, i) => shaped(context, one!, kinds[i] ?? each));
    return fields.has("tuple") ? `(${items.join(", ")}${items.length === 1 ? "," : ""})` : `[${items.join(", ")}]`;
  }
  if (node.type !== "ObjectExpression" || !node.properties.every((one) => one.type === "ObjectProperty" && !one.computed)) return undefined;
  const kinds = fieldsOf(of);
  const items = [...fieldsOf(node)].map(([key, value]) => `${quoted(key)}: ${shaped(context, value, kinds.get(key) ?? each)}`);
  return `{${items.join(", ")}}`;
}

/** The same of what has been translated already. */
export function shapedCode(context: Context, value: Code, kind: Node | undefined): string {
  const node = kind && bare(kind);
  if (node?.type === "Identifier") return context.pythonsOwn.get(node.name) === "decimal" ? asFloat(value) : value.text;
  if (node?.type === "ArrowFunctionExpression") return shownBy(context, value, node);
  const fields = fieldsOf(node);
  const [of, each] = [fields.get("of"), fields.get("each")];
  if (of?.type === "ArrayExpression") {
    return named(value, (name) => {
      const items = of.elements.map((one, i) => shapedCode(context, access(`${name}[${i}]`, partOf(value.type, i)), one ?? undefined));
      return `(${items.join(", ")}${items.length === 1 ? "," : ""})`;
    });
  }
  if (of?.type === "ObjectExpression") return shapedFields(context, value, fieldsOf(of), each);
  const inner = each && shapedCode(context, access("one", innerOf(value.type)), each);
  if (fields.has("tuple")) return `tuple(${inner === undefined ? value.text : `${inner} for one in ${value.text}`})`;
  if (inner === undefined || inner === "one") return value.text;
  switch (value.type.kind) {
    case "map":
    case "object":
      return `{key: ${inner} for key, one in ${receiver(value)}.items()}`;
    case "list":
    case "tuple":
      return `[${inner} for one in ${value.text}]`;
    case "set":
      return `{${inner} for one in ${value.text}}`;
    default:
      return `${context.help("each_as")}(lambda one: ${inner}, ${value.text})`;
  }
}

/** What a function writes that comes along: an array, the type of its elements. */
function shownBy(context: Context, value: Code, { body, params }: Extract<Node, { type: "ArrowFunctionExpression" }>): string {
  const [one] = params;
  if (context.callOfPythons("fieldsText", body) && one?.type === "Identifier")
    return context.inScope(() => {
      context.scope.bindings.set(one.name, { python: value.text, owner: context.definition, loop: undefined, isSet: true, type: () => value.type });
      return `${context.help("as_shown")}(${expression(context, body).text})`;
    });
  const type = body.type === "StringLiteral" ? /^dtype\('(\w+)'\)$/.exec(body.value)?.[1] : undefined;
  if (type !== undefined) {
    context.use("import numpy as np");
    return `np.dtype("${type}")`;
  }
  const shown = context.callOfPythons("arrayText", body);
  if (!shown) return value.text;
  const [, dtype] = shown.arguments;
  return `${receiver(value)}${dtype?.type === "StringLiteral" && dtype.value === "float64" ? ".double()" : ""}.numpy()`;
}

const asFloat = ({ text, type }: Code): string =>
  type.kind === "none" || type.kind === "boolean" || (type.kind === "number" && type.whole === false) ? text : `float(${text})`;

const partOf = (type: Type, i: number): Type => (type.kind === "tuple" ? (type.of[i] ?? unknown) : elementOf(type));

function innerOf(type: Type): Type {
  if (type.kind === "map") return type.value;
  if (type.kind === "object") return type.rest ?? [...type.fields.values()].reduce(either, unknown);
  return elementOf(type);
}

/** What is made of a value that has a name, so that it is worked out once. */
const named = (value: Code, make: (name: string) => string): string =>
  /^[\w.]+$/.test(value.text) ? make(value.text) : `(lambda value: ${make("value")})(${value.text})`;

function shapedFields(context: Context, value: Code, fields: ReadonlyMap<string, Node>, each: Node | undefined): string {
  const kindOf = (kind: Node): string => context.source.slice(kind.start!, kind.end!);
  const typeOf = (key: string): Type => (value.type.kind === "object" ? (value.type.fields.get(key) ?? value.type.rest ?? unknown) : unknown);
  const others = [...fields].filter(([, kind]) => !each || kindOf(kind) !== kindOf(each));
  return named(value, (name) => {
    const items = others.flatMap(([key, kind]) => {
      const own = access(`${name}[${quoted(key)}]`, typeOf(key));
      const text = shapedCode(context, own, kind);
      return text === own.text && !each ? [] : [`${quoted(key)}: ${text}`];
    });
    const all = each ? `{key: ${shapedCode(context, access("one", innerOf(value.type)), each)} for key, one in ${name}.items()}` : name;
    return items.length > 0 ? `{**${all}, ${items.join(", ")}}` : all;
  });
}
