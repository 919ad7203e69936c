/** Regular expressions: what Python's `re` calls otherwise, and what is found in a text. */
import type { CallNode } from "./calls.ts";
import type { Context } from "./context.ts";
import { functionValue, isCallback } from "./functions.ts";
import { expression } from "./grammar.ts";
import { access, binds, code, comparison, quoted, rawPattern, receiver, within, type Code } from "./python.ts";
import { bare, type Node } from "./syntax.ts";
import { boolean, list, string, whole, type Type } from "./types.ts";

type Literal = Extract<Node, { type: "RegExpLiteral" }>;

/** What was found, and its groups. */
const matchType: Type = { kind: "instance", path: "Match", of: string };
export const isMatch = (type: Type): boolean => type.kind === "instance" && type.path === "Match";

const flagNames: Readonly<Record<string, string>> = { i: "re.IGNORECASE", m: "re.MULTILINE", s: "re.DOTALL" };

/** `(?<name>…)` is `(?P<name>…)` in Python, and `\k<name>` `(?P=name)`. */
const pythonPattern = (pattern: string): string => pattern.replace(/\(\?<(?=[A-Za-z_])/g, "(?P<").replace(/\\k<(\w+)>/g, "(?P=$1)");

/** What Python has no such sign for. */
function checked(context: Context, node: Literal): string {
  if (/y/.test(node.flags)) context.refuse(node, `/…/${node.flags}`, "look for it with slice and startsWith");
  return pythonPattern(node.pattern);
}

export function compiled(context: Context, node: Literal): Code {
  context.use("import re");
  const flags = [...node.flags].flatMap((flag) => flagNames[flag] ?? []);
  const text = `re.compile(${[rawPattern(checked(context, node)), flags.join(" | ")].filter(Boolean).join(", ")})`;
  return access(text, { kind: "instance", path: /g/.test(node.flags) ? "RegExp.global" : "RegExp" });
}

/** What stands first in `re.search(…)`. */
export function pattern(context: Context, node: Node): string {
  context.use("import re");
  const inner = bare(node);
  if (inner.type !== "RegExpLiteral") return expression(context, node).text;
  const flags = [...inner.flags].filter((flag) => flag in flagNames).join("");
  return rawPattern(`${flags && `(?${flags})`}${checked(context, inner)}`);
}

const isGlobal = (context: Context, node: Node): boolean => {
  const { type } = context.dry(() => expression(context, node));
  return type.kind === "instance" && type.path === "RegExp.global";
};

/** `text.match(…)`: the first that is found, with `g` the texts of all. */
export function matched(context: Context, text: Code, node: Node): Code {
  if (!isGlobal(context, node)) return access(`re.search(${pattern(context, node)}, ${text.text})`, matchType);
  const inner = bare(node);
  const hasGroups = inner.type !== "RegExpLiteral" || /\((?!\?[:=!]|\?<[=!])/.test(inner.pattern.replace(/\\./g, ""));
  const all = hasGroups
    ? `[match[0] for match in re.finditer(${pattern(context, node)}, ${text.text})]`
    : `re.findall(${pattern(context, node)}, ${text.text})`;
  context.use("import re");
  return code(`${all} or None`, binds.or, list(string));
}

export const matchedAll = (context: Context, text: Code, node: Node): Code =>
  access(`re.finditer(${pattern(context, node)}, ${text.text})`, list(matchType, true));

export const searched = (context: Context, text: Code, node: Node): Code =>
  access(`next((match.start() for match in re.finditer(${pattern(context, node)}, ${text.text})), -1)`, whole);

/** A method of a regular expression. */
export function expressionMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const [first] = node.arguments;
  if (!first) return undefined;
  const { text } = expression(context, first);
  const own = node.callee.type === "MemberExpression" ? bare(node.callee.object) : undefined;
  // One that stands there is told at once what to look through.
  const search = own?.type === "RegExpLiteral" ? `re.search(${pattern(context, own)}, ${text})` : `${made.text}.search(${text})`;
  switch (name) {
    case "test":
      return comparison(access(search), "is not", access("None"), boolean);
    case "exec":
      if (made.type.kind === "instance" && made.type.path === "RegExp.global")
        return context.refuse(node, "exec with the flag g", "go through text.matchAll(…)");
      return access(search, matchType);
    default:
      return undefined;
  }
}

/** `match.index`, `match.groups` */
export function matchProperty(made: Code, name: string): Code | undefined {
  switch (name) {
    case "index":
      return access(`${receiver(made)}.start()`, whole);
    case "input":
      return access(`${receiver(made)}.string`, string);
    case "groups":
      return access(`${receiver(made)}.groupdict()`, { kind: "object", fields: new Map(), rest: string });
    default:
      return undefined;
  }
}

/** A match as the list that it is in JavaScript. */
export const groupsOf = (context: Context, made: Code): Code => access(`${context.help("groups_of")}(${made.text})`, list(string));

/** `text.replace(…)`, `text.replaceAll(…)` */
export function replaced(context: Context, made: Code, name: string, from: Node, to: Node): Code {
  const { type } = context.dry(() => expression(context, from));
  const target = bare(to);
  if (type.kind !== "instance" || !type.path.startsWith("RegExp")) {
    if (isCallback(target)) return context.refuse(to, `${name} with a function for a plain text`, "give it a regular expression");
    return access(`${receiver(made)}.replace(${expression(context, from).text}, ${expression(context, to).text}${name === "replace" ? ", 1" : ""})`, string);
  }
  const count = type.path === "RegExp.global" ? "" : ", count=1";
  return access(`re.sub(${pattern(context, from)}, ${replacement(context, target)}, ${made.text}${count})`, string);
}

/** JavaScript gives the texts that were found, Python the match. */
function replacement(context: Context, node: Node): string {
  if (node.type === "StringLiteral")
    return quoted(
      node.value
        .replaceAll("\\", "\\\\")
        .replace(/\$(\d)/g, "\\g<$1>")
        .replace(/\$<(\w+)>/g, "\\g<$1>")
        .replaceAll("$&", "\\g<0>"),
    );
  if (!isCallback(node)) return `lambda _: ${within(expression(context, node), binds.conditional)}`;
  const made = functionValue(context, node, [string, string, string], Math.max(1, node.params.length), "replacement");
  return node.params.length > 1 ? `lambda match: ${receiver(made)}(*${context.help("groups_of")}(match))` : `lambda match: ${receiver(made)}(match[0])`;
}

/** `text.split(/…/)` */
export const splitBy = (context: Context, text: Code, node: Node): Code => access(`re.split(${pattern(context, node)}, ${text.text})`, list(string));

export const isExpression = (type: Type): boolean => type.kind === "instance" && type.path.startsWith("RegExp");
