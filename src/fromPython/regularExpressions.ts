/** `re`: patterns that stand in the program as text, compiled or not, and what they find. */
import { callable } from "./builtins.ts";
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { listed, memberText, type Doc } from "./layout.ts";
import type { Argument, Attribute, Call, Expression } from "./syntax.ts";
import { groupCount } from "./patternTypes.ts";

/** A pattern, written with the flags that a use of it needs. */
interface Pattern {
  readonly groups: number;
  with(flags: string, around?: (source: string) => string): Doc;
}

function literal(text: string, given: string): Pattern {
  const inline = /^\(\?([ims]+)\)/.exec(text);
  const source = text
    .slice(inline?.[0].length ?? 0)
    .replaceAll("(?P<", "(?<")
    .replaceAll(/\(\?P=(\w+)\)/g, "\\k<$1>")
    .replaceAll(/\\([AZ])/g, (_, letter: string) => (letter === "A" ? "^" : "$"))
    .replaceAll(/(?<!\\)\//g, "\\/")
    .replaceAll("\n", "\\n")
    .replaceAll("\t", "\\t");
  const usual = [...new Set(given + (inline?.[1] ?? ""))].join("");
  return { groups: groupCount(text), with: (flags, around = (inner) => inner) => `/${around(source) || "(?:)"}/${usual}${flags}` };
}

function compiled(to: Expressions, value: Expression): Pattern {
  const type = to.typeOf(value);
  const groups = type.kind === "object" && type.item?.kind === "list" ? 2 : 1;
  const doc = to.operand(value, level.primary);
  return {
    groups,
    with: (flags, around) => {
      if (flags === "" && !around) return doc;
      const source: Doc = around ? ["`", around("${PATTERN}").split("PATTERN")[0]!, doc, ".source", around("${PATTERN}").split("PATTERN")[1]!, "`"] : doc;
      return ["new RegExp(", source, ", ", doc, `.flags${flags ? ` + "${flags}"` : ""})`];
    },
  };
}

/** The letters of `re.IGNORECASE | re.DOTALL`. */
function flagsOf(to: Expressions, value: Expression | undefined): string {
  if (!value) return "";
  if (value.kind === "binary" && value.operator === "|") return flagsOf(to, value.left) + flagsOf(to, value.right);
  const name = to.context.pathOf(value)?.slice("re.".length) ?? "";
  const flag = { I: "i", IGNORECASE: "i", M: "m", MULTILINE: "m", S: "s", DOTALL: "s", U: "", UNICODE: "", A: "", ASCII: "" }[name];
  if (flag === undefined) throw new NoTwin(name ? `\`re.${name}\` has no twin here` : "A pattern's flags have to stand there", value.from);
  return flag;
}

/** `re.…(pattern, …)` */
export function patternCall(to: Expressions, name: string, call: Call): Code {
  const flags = call.arguments.find((argument) => argument.name === "flags");
  const [first, ...given] = call.arguments.filter((argument) => argument !== flags);
  if (name === "escape") return primary(to.operand(first!.value, level.primary), '.replaceAll(/[^\\w]/g, "\\\\$&")');
  const type = first && to.typeOf(first.value);
  if (type?.kind === "object" && type.of === "re.Pattern") return use(to, compiled(to, first!.value), name, given, call);
  if (first?.value.kind !== "string") throw new NoTwin("A pattern has to stand there as text", call.from);
  const places: Readonly<Record<string, number>> = { compile: 0, sub: 3, split: 2 };
  const at = places[name] ?? 1;
  const letters = flagsOf(to, flags?.value ?? given[at]?.value);
  const pattern = literal(first.value.value, letters);
  return name === "compile" ? primary(pattern.with("")) : use(to, pattern, name, flags ? given : given.slice(0, at), call);
}

function use(to: Expressions, pattern: Pattern, name: string, given: readonly Argument[], call: Call): Code {
  const [first, second, third] = given.map(({ value }) => value);
  const text = (value: Expression | undefined): Doc => to.operand(value!, level.primary);
  switch (name) {
    case "search":
      return primary(pattern.with(""), ".exec(", to.doc(first!), ")");
    case "match":
      return primary(
        pattern.with("", (source) => `^(?:${source})`),
        ".exec(",
        to.doc(first!),
        ")",
      );
    case "fullmatch":
      return primary(
        pattern.with("", (source) => `^(?:${source})$`),
        ".exec(",
        to.doc(first!),
        ")",
      );
    case "finditer":
      return primary(text(first), ".matchAll(", pattern.with("g"), ")");
    case "findall": {
      const picked = pattern.groups < 2 ? "match.at(-1)!" : 'match.slice(1).map((text) => text ?? "")';
      return primary("[...", text(first), ".matchAll(", pattern.with("g"), `)].map((match) => ${picked})`);
    }
    case "split":
      if (second) throw new NoTwin("`re.split` splits at all places here", call.from);
      return primary(text(first), ".split(", pattern.with(""), ")");
    case "sub":
      return substitution(to, pattern, first!, second!, third, call);
    default:
      throw new NoTwin(`\`re.${name}\` has no twin here`, call.from);
  }
}

function substitution(to: Expressions, pattern: Pattern, by: Expression, text: Expression, count: Expression | undefined, call: Call): Code {
  const once = count?.kind === "number" && count.text === "1";
  if (count && !once && !(count.kind === "number" && count.text === "0")) throw new NoTwin("`re.sub` puts its text in once or everywhere here", call.from);
  const flags = once ? "" : "g";
  if (by.kind !== "string") {
    if (to.typeOf(by).kind === "string")
      return primary(to.operand(text, level.primary), once ? ".replace(" : ".replaceAll(", pattern.with(flags), ", () => ", to.doc(by), ")");
    if (once) throw new NoTwin("`re.sub` with a function puts its texts in everywhere here", call.from);
    return primary(to.context.helper("substituted"), listed("(", [to.doc(text), pattern.with("g"), callable(to, by)], ")"));
  }
  const value = by.value
    .replaceAll("$", "$$$$")
    .replaceAll(/\\g<(\w+)>/g, (_, name: string) => (/^\d+$/.test(name) ? `$${name}` : `$<${name}>`))
    .replaceAll(/\\(\d)/g, "$$$1");
  return primary(to.operand(text, level.primary), once ? ".replace(" : ".replaceAll(", pattern.with(flags), ", ", to.doc({ ...by, value }), ")");
}

/** A method of a compiled pattern, or of what one found. */
export function patternMethod(to: Expressions, { object, name }: Attribute, call: Call): Code {
  const type = to.typeOf(object);
  const whole = type.kind === "nullable" ? type.of : type;
  if (whole.kind === "object" && whole.of === "re.Pattern") return use(to, compiled(to, object), name, call.arguments, call);
  const receiver = to.receiver(object);
  const places = call.arguments.map(({ value }) => groupAt(to, receiver, value));
  if (name === "group" && places.length < 2) return primary(places[0] ?? [receiver, "[0]"]);
  if (name === "group") return primary(listed("[", places, "]"));
  if (name === "groups" && places.length === 0) return primary(receiver, ".slice(1)");
  if (name === "groupdict" && places.length === 0) return primary("{ ...", receiver, ".groups }");
  if (places.length === 0 && name === "start") return primary(receiver, ".index");
  const end: Doc = [receiver, ".index + ", receiver, "[0].length"];
  if (places.length === 0 && name === "end") return { doc: end, level: level.plus };
  if (places.length === 0 && name === "span") return primary("[", receiver, ".index, ", end, "]");
  throw new NoTwin(`What a pattern found has no \`${name}\` here`, call.from);
}

/** One of the groups that were found, by its number or its name. */
export function groupAt(to: Expressions, receiver: Doc, place: Expression): Doc {
  if (place.kind === "string") return [receiver, ".groups!", memberText(place.value), "!"];
  return [receiver, "[", to.doc(place), "]", place.kind === "number" && place.text === "0" ? "" : "!"];
}
