/** What is gone through, and what stands one after another. */
import { breakTo, type Context } from "./context.ts";
import { expression } from "./grammar.ts";
import { access, receiver, type Code } from "./python.ts";
import { startLine, type Node } from "./syntax.ts";
import { groupsOf, isMatch } from "./regularExpressions.ts";
import { elementOf, list, string, tuple, unknown } from "./types.ts";

/**
 * What stands between brackets, broken over lines where the source is.
 * @param open with its bracket
 */
export function listed(open: string, close: string, items: readonly { readonly text: string; readonly node: Node }[], openLine: number): string {
  const [first] = items;
  if (!first || startLine(first.node) <= openLine) return `${open}${items.map(({ text }) => text).join(", ")}${close}`;
  let text = open;
  let line = openLine;
  items.forEach(({ text: item, node }, i) => {
    const own = startLine(node);
    text += own > line ? `${breakTo(own)}    ` : i > 0 ? " " : "";
    text += `${item.replace(/\n(\uE000\d+\uE001)?/g, (each) => `${each}    `)},`;
    line = node.loc?.end.line ?? own;
  });
  return `${text}${breakTo(line + 1)}${close}`;
}

/** A list where Python has an iterator that can be gone through once only. */
export function materialized(made: Code): Code {
  return made.type.kind === "list" && made.type.once === true ? access(`list(${made.text})`, list(made.type.of)) : made;
}

/** What a loop goes through: a map's pairs, a set in its order. */
export function iterable(context: Context, node: Node): Code {
  return iterated(context, expression(context, node));
}

export function iterated(context: Context, made: Code): Code {
  if (made.type.kind === "map" || (made.type.kind === "object" && made.type.rest)) {
    const { type } = made;
    return access(`${receiver(made)}.items()`, list(type.kind === "map" ? tuple(type.key, type.value) : tuple(string, unknown), true));
  }
  if (made.type.kind === "set") context.orderedSets = true;
  return isMatch(made.type) ? groupsOf(context, made) : made;
}

/** The same where each is taken apart: matches of a regular expression have to be lists for that. */
export function takenApart(context: Context, made: Code, pattern: Node | undefined): Code {
  const isApart = pattern?.type === "ArrayPattern" && isMatch(elementOf(made.type));
  return isApart ? access(`map(${context.help("groups_of")}, ${made.text})`, list(list(string), true)) : made;
}
