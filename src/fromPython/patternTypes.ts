/** What `re` gives: what a pattern found, and its groups. */
import type { Call } from "./syntax.ts";
import { any, int, listOf, none, string, tupleOf, type Type } from "./types.ts";
import type { Walk } from "./walk.ts";

/** What was found. */
const found: Type = { kind: "object", of: "re.Match" };

/** What a function of `re`, or a method of a compiled pattern, gives. @param texts what `findall` finds */
function patternResult(walk: Walk, name: string, texts: Type, types: readonly Type[]): Type {
  if (/^sub$/.test(name)) {
    for (const type of types) if (type.kind === "function") walk.invoke(type.of, [found]);
    return string;
  }
  if (/^(search|match|fullmatch)$/.test(name)) return { kind: "nullable", of: found };
  if (name === "finditer") return { kind: "iterator", of: found };
  if (name === "findall") return listOf(texts);
  if (name === "split") return listOf(string);
  return name === "escape" ? string : any;
}

export function patternCallResult(walk: Walk, name: string, types: readonly Type[], { arguments: given }: Call): Type {
  const [pattern] = given.map(({ value }) => value);
  const texts = pattern?.kind === "string" ? textsOf(pattern.value) : pattern?.type?.kind === "object" && pattern.type.item ? pattern.type.item : string;
  return name === "compile" ? { kind: "object", of: "re.Pattern", item: texts } : patternResult(walk, name, texts, types.slice(1));
}

/** What a method of a compiled pattern, or of what it found, gives. */
export function patternMethodResult(walk: Walk, of: Type & { kind: "object" }, name: string, types: readonly Type[]): Type {
  if (of.of === "re.Pattern") return patternResult(walk, name, of.item ?? string, types);
  if (name === "group") return types.length > 1 ? texts : string;
  if (name === "groups") return texts;
  if (name === "groupdict") return { kind: "dict", key: string, value: string };
  if (name === "span") return tupleOf(int, int);
  return /^(start|end)$/.test(name) ? int : none;
}

const texts: Type = { kind: "list", of: string, tuple: true };

/** What `findall` finds: the group, where there is one; all of them, where there are several. */
function textsOf(pattern: string): Type {
  return groupCount(pattern) > 1 ? texts : string;
}

/** How many groups a pattern has that are kept. */
export function groupCount(pattern: string): number {
  return (pattern.replaceAll(/\\.|\[\^?\]?[^\]]*\]/gs, "").match(/\((?!\?)|\(\?P</g) ?? []).length;
}
