/** Methods of strings and numbers. */
import { expression, wholeExpression } from "./grammar.ts";
import { range } from "./arrays.ts";
import type { CallNode } from "./calls.ts";
import type { Context } from "./context.ts";
import { formattedCall, numberText } from "./formats.ts";
import { isExpression, matched, matchedAll, replaced, searched, splitBy } from "./regularExpressions.ts";
import { access, binds, comparison, infix, quoted, receiver, type Code } from "./python.ts";
import { bare, type Node } from "./syntax.ts";
import { boolean, list, string, whole } from "./types.ts";

export const stringMethods: ReadonlySet<string> = new Set(
  "split padStart padEnd repeat toUpperCase toLowerCase trim trimStart trimEnd startsWith endsWith charAt charCodeAt codePointAt substring replace replaceAll match matchAll search test normalize localeCompare toFixed toExponential toPrecision toLocaleString at includes indexOf slice concat lastIndexOf toString".split(
    " ",
  ),
);

const renamed: ReadonlyMap<string, string> = new Map([
  ["toUpperCase", "upper"],
  ["toLowerCase", "lower"],
  ["trim", "strip"],
  ["trimStart", "lstrip"],
  ["trimEnd", "rstrip"],
  ["startsWith", "startswith"],
  ["endsWith", "endswith"],
  ["indexOf", "find"],
  ["lastIndexOf", "rfind"],
]);

export function stringMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const formatted = formattedCall(context, node);
  if (formatted) return formatted;
  const { arguments: nodes } = node;
  const [first, second] = nodes;
  const value = (each: Node): Code => expression(context, each);
  const plain = renamed.get(name);
  const bounded = second && withPlace(context, made, name, value(first!), second);
  if (bounded) return bounded;
  if (plain)
    return access(
      `${receiver(made)}.${plain}(${nodes.map((each) => value(each).text).join(", ")})`,
      name.endsWith("With") ? boolean : name.endsWith("ndexOf") ? whole : string,
    );
  switch (name) {
    case "split":
      return second ? firstOf(context, split(context, made, first), second) : split(context, made, first);
    case "padStart":
    case "padEnd":
      return access(
        `${receiver(made)}.${name === "padStart" ? "rjust" : "ljust"}(${nodes.map((each) => wholeExpression(context, each).text).join(", ")})`,
        string,
      );
    case "repeat":
      return infix(made, "*", wholeExpression(context, first!), binds.product, string);
    case "charAt":
    case "at":
      return access(`${receiver(made)}[${wholeExpression(context, first!).text}]`, string);
    case "charCodeAt":
    case "codePointAt":
      return access(`ord(${receiver(made)}[${first ? wholeExpression(context, first).text : "0"}])`, whole);
    case "substring":
      return access(
        `${receiver(made)}[${range(
          context,
          nodes.map((each) => atLeastZero(context, each)),
        )}]`,
        string,
      );
    case "slice":
      return access(`${receiver(made)}[${range(context, nodes)}]`, string);
    case "includes":
      return comparison(value(first!), "in", made, boolean);
    case "concat":
      return nodes.reduce((sum, each) => infix(sum, "+", value(each), binds.sum, string), made);
    case "replace":
    case "replaceAll":
      return replaced(context, made, name, first!, second!);
    case "match":
      return matched(context, made, first!);
    case "matchAll":
      return matchedAll(context, made, first!);
    case "search":
      return searched(context, made, first!);
    case "localeCompare":
      if (nodes.length > 2) return context.refuse(node, "localeCompare with options", "compare what the options make of the texts");
      return access(`${context.help("locale_compare")}(${made.text}, ${value(first!).text})`, whole);
    case "toString":
      return first ? inBase(context, node, made, first) : made.type.kind === "string" ? made : numberText(made);
    case "normalize":
      context.use("import unicodedata");
      return access(`unicodedata.normalize(${first ? value(first).text : '"NFC"'}, ${made.text})`, string);
    default:
      return undefined;
  }
}

/** A method that is told where to look, where Python counts otherwise. */
function withPlace(context: Context, made: Code, name: string, sought: Code, place: Node): Code | undefined {
  const at = wholeExpression(context, place);
  switch (name) {
    case "endsWith":
      return access(`${receiver(made)}[:${at.text}].endswith(${sought.text})`, boolean);
    case "includes":
      return comparison(sought, "in", access(`${receiver(made)}[${at.text}:]`, string), boolean);
    case "lastIndexOf":
      return access(`${receiver(made)}.rfind(${sought.text}, 0, ${infix(at, "+", access(`len(${sought.text})`, whole), binds.sum, whole).text})`, whole);
    default:
      return undefined;
  }
}

const firstOf = (context: Context, parts: Code, count: Node): Code => access(`${receiver(parts)}[:${wholeExpression(context, count).text}]`, parts.type);

/** `Math.max(0, place)`, which is what `substring` makes of a place. */
function atLeastZero(context: Context, place: Node): Node {
  if (context.signs?.isPositive(place)) return place;
  const { start, end, loc } = place;
  const name = (text: string): Node => ({ type: "Identifier", name: text, start, end, loc }) as Node;
  const callee = { type: "MemberExpression", object: name("Math"), property: name("max"), computed: false, start, end, loc };
  const zero = { type: "NumericLiteral", value: 0, extra: { raw: "0" }, start, end, loc };
  return { type: "CallExpression", callee, arguments: [zero, place], start, end, loc } as unknown as Node;
}

function split(context: Context, made: Code, separator: Node | undefined): Code {
  const inner = separator && bare(separator);
  if (!inner) return access(`[${made.text}]`, list(string));
  if (inner.type === "StringLiteral" && inner.value === "") return access(`list(${made.text})`, list(string));
  if (isExpression(context.dry(() => expression(context, inner).type))) return splitBy(context, made, inner);
  return access(`${receiver(made)}.split(${expression(context, inner).text})`, list(string));
}

const bases: ReadonlyMap<string, string> = new Map([
  ["2", "b"],
  ["8", "o"],
  ["10", "d"],
  ["16", "x"],
]);

/** `x.toString(2)` of a whole number. */
function inBase(context: Context, node: CallNode, made: Code, base: Node): Code {
  const sign = base.type === "NumericLiteral" ? bases.get(String(base.value)) : undefined;
  if (sign === undefined) return context.refuse(node, "toString in this base", "Python has those of 2, 8, 10 and 16");
  return access(`format(${made.text}, ${quoted(sign)})`, string);
}
