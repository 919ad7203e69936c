/** Methods of strings and numbers. */
import { expression, wholeExpression } from "./grammar.ts";
import { range } from "./arrays.ts";
import type { CallNode } from "./calls.ts";
import type { Context } from "./context.ts";
import { formattedCall } from "./formats.ts";
import { functionValue, isCallback } from "./functions.ts";
import { access, binds, comparison, infix, quoted, receiver, type Code, rawPattern } from "./python.ts";
import { bare, type Node } from "./syntax.ts";
import { boolean, list, string, whole } from "./types.ts";

export const stringMethods: ReadonlySet<string> = new Set(
  "split padStart padEnd repeat toUpperCase toLowerCase trim trimStart trimEnd startsWith endsWith charAt charCodeAt codePointAt substring replace replaceAll match test localeCompare toFixed toExponential toPrecision toLocaleString at includes indexOf slice concat lastIndexOf toString".split(
    " ",
  ),
);

const renamed: Readonly<Record<string, string>> = {
  toUpperCase: "upper",
  toLowerCase: "lower",
  trim: "strip",
  trimStart: "lstrip",
  trimEnd: "rstrip",
  startsWith: "startswith",
  endsWith: "endswith",
  indexOf: "find",
  lastIndexOf: "rfind",
};

export function stringMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const formatted = formattedCall(context, node);
  if (formatted) return formatted;
  const { arguments: nodes } = node;
  const [first, second] = nodes;
  const value = (each: Node): Code => expression(context, each);
  const plain = renamed[name];
  if (plain)
    return access(
      `${receiver(made)}.${plain}(${nodes.map((each) => value(each).text).join(", ")})`,
      name.endsWith("With") ? boolean : name.endsWith("ndexOf") ? whole : string,
    );
  switch (name) {
    case "split":
      return split(context, made, first);
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
      context.use("import re");
      return access(`re.search(${pattern(context, first!)}, ${made.text})`);
    case "localeCompare":
      return access(`(${made.text} > ${value(first!).text}) - (${made.text} < ${value(first!).text})`, whole);
    case "toString":
      return access(`str(${made.text})`, string);
    case "normalize":
      context.use("import unicodedata");
      return access(`unicodedata.normalize(${first ? value(first).text : '"NFC"'}, ${made.text})`, string);
    default:
      return undefined;
  }
}

function pattern(context: Context, node: Node): string {
  const inner = bare(node);
  return inner.type === "RegExpLiteral" ? rawPattern(`${/i/.test(inner.flags) ? "(?i)" : ""}${inner.pattern}`) : expression(context, node).text;
}

function split(context: Context, made: Code, separator: Node | undefined): Code {
  const inner = separator && bare(separator);
  if (!inner) return access(`[${made.text}]`, list(string));
  if (inner.type === "StringLiteral" && inner.value === "") return access(`list(${made.text})`, list(string));
  if (inner.type === "RegExpLiteral") {
    context.use("import re");
    return access(`re.split(${pattern(context, inner)}, ${made.text})`, list(string));
  }
  return access(`${receiver(made)}.split(${expression(context, inner).text})`, list(string));
}

function replaced(context: Context, made: Code, name: string, from: Node, to: Node): Code {
  const inner = bare(from);
  const target = bare(to);
  if (inner.type === "RegExpLiteral") {
    context.use("import re");
    const text =
      target.type === "StringLiteral"
        ? quoted(target.value.replace(/\$(\d)/g, "\\$1").replaceAll("$&", "\\g<0>"))
        : isCallback(target)
          ? callbackOfMatch(context, target)
          : expression(context, to).text;
    return access(`re.sub(${pattern(context, inner)}, ${text}, ${made.text}${/g/.test(inner.flags) ? "" : ", count=1"})`, string);
  }
  return access(`${receiver(made)}.replace(${expression(context, from).text}, ${expression(context, to).text}${name === "replace" ? ", 1" : ""})`, string);
}

/** JavaScript gives the text that was found, Python the match. */
function callbackOfMatch(
  context: Context,
  node: Extract<Node, { type: "ArrowFunctionExpression" | "FunctionExpression" }> | Parameters<typeof functionValue>[1],
): string {
  const made = functionValue(context, node, [string], 1, "replacement");
  return `lambda match: ${receiver(made)}(match[0])`;
}
