/** Methods of arrays, maps and sets: comprehensions, dictionaries, Python's own functions. */
import { iterable, iterated, materialized, takenApart } from "./sequences.ts";
import { condition, expression, wholeExpression } from "./grammar.ts";
import type { CallNode } from "./calls.ts";
import type { Context } from "./context.ts";
import { functionValue, isCallback, pureExpression } from "./functions.ts";
import { declareParts, declarePattern, isLoopPattern, patternText } from "./patterns.ts";
import { access, action, atom, binds, code, comparison, infix, receiver, within, type Code } from "./python.ts";
import { bare, isFunction, mentions, type FunctionNode, type Node } from "./syntax.ts";
import { allFitted, fitted, isTyped } from "./typedArrays.ts";
import { boolean, either, elementOf, list, none, number, string, tuple, unknown, whole, type Type } from "./types.ts";

/** `array.set(values, place)`, `array.subarray(start)` */
function typedMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const [values, place] = node.arguments;
  if (name === "subarray") return context.refuse(node, ".subarray(…)", "take a copy with slice(…)");
  if (name !== "set" || !values) return undefined;
  const given = allFitted(context, made.type, iterable(context, values)).text;
  const start = place ? wholeExpression(context, place).text : "0";
  return action(`${receiver(made)}[${start}:${start === "0" ? "" : `${start} + `}len(${given})] = ${given}`);
}

export const arrayMethods: ReadonlySet<string> = new Set(
  "map filter reduce forEach flatMap flat join some every find findIndex findLast findLastIndex reduceRight includes indexOf lastIndexOf push pop shift unshift slice splice concat reverse toReversed sort toSorted fill at entries keys values with toString".split(
    " ",
  ),
);

export function arrayMethod(context: Context, node: CallNode, values: Code, name: string): Code | undefined {
  const { arguments: nodes } = node;
  const [first, second] = nodes;
  const made = asksForAll(first, name) ? withName(context, node, values) : values;
  const of = elementOf(made.type);
  const value = (each: Node): Code => expression(context, each);
  const here = (): Code => materialized(made);
  const typed = isTyped(made.type) ? typedMethod(context, node, made, name) : undefined;
  if (typed) return typed;
  switch (name) {
    case "map":
      return mapped(context, made, first!);
    case "filter":
      return filtered(context, made, first!);
    case "flatMap":
      return flatMapped(context, made, first!);
    case "reduce":
      return reduced(context, made, first!, second);
    case "forEach":
      return forEach(context, made, first!);
    case "some":
    case "every":
      return access(`${name === "some" ? "any" : "all"}(${generator(context, made, first!, true).text})`, boolean);
    case "find":
    case "findLast":
    case "findIndex":
    case "findLastIndex":
      return found(context, made, first!, name);
    case "reduceRight":
      return reduced(context, access(`reversed(${here().text})`, list(of)), first!, second);
    case "flat":
      return atom(`[item for part in ${within(made, binds.or)} for item in part]`, list(elementOf(of)));
    case "join":
      return joined(context, made, first);
    case "includes":
      return comparison(value(first!), "in", made, boolean);
    case "indexOf":
      return context.lookedAt.has(node)
        ? access(`${context.help("index_of")}(${here().text}, ${value(first!).text})`, whole)
        : access(`${receiver(here())}.index(${value(first!).text})`, whole);
    case "lastIndexOf":
      return access(`${context.help("last_index_of")}(${here().text}, ${value(first!).text})`, whole);
    case "push":
      return context.forEffect.has(node) ? pushed(context, made, nodes) : lengthened(context, node, made, pushed(context, made, nodes));
    case "pop":
      return access(`${receiver(made)}.pop()`, of);
    case "shift":
      return access(`${receiver(made)}.pop(0)`, of);
    case "unshift":
      return access(`${receiver(made)}.insert(0, ${value(first!).text})`, none);
    case "slice":
      return nodes.length === 0
        ? access(`list(${made.text})`, list(of))
        : access(`${receiver(here())}[${range(context, nodes)}]`, made.type.kind === "tuple" ? list(of) : list(of));
    case "splice":
      return spliced(context, node, made);
    case "concat":
      return nodes.reduce((sum, each) => infix(sum, "+", asList(value(each)), binds.sum, list(of)), here());
    case "toReversed":
      return access(`${receiver(here())}[::-1]`, list(of));
    case "reverse":
      return reversed(context, node, made);
    case "toSorted":
    case "sort":
      return sorted(context, node, made, name);
    case "with":
      return access(
        `${context.help("with_item")}(${[here(), ...nodes.map((each, i) => (i === 0 ? wholeExpression(context, each) : value(each)))].map(({ text }) => text).join(", ")})`,
        list(of),
      );
    case "fill":
      return filled(made, fitted(context, made.type, value(first!)));
    case "at":
      return access(`${receiver(here())}[${wholeExpression(context, first!).text}]`, of);
    case "entries":
      return access(`enumerate(${made.text})`, list(tuple(whole, of), true));
    case "keys":
      return access(`range(len(${made.text}))`, list(whole, true));
    case "values":
      return made;
    case "toString":
      return joined(context, made, undefined);
    case "next":
      return access(`${context.help("next_step")}(${made.text})`, {
        kind: "object",
        fields: new Map([
          ["value", of],
          ["done", boolean],
        ]),
      });
    default:
      return undefined;
  }
}

/** Whether a callback is given the array itself, too. */
const asksForAll = (callback: Node | undefined, name: string): boolean => {
  const inner = callback && bare(callback);
  return inner !== undefined && isFunction(inner) && inner.params.length > 2 && !name.startsWith("reduce");
};

function withName(context: Context, node: Node, made: Code): Code {
  if (/^[\w.]+$/.test(made.text)) return made;
  const name = context.fresh("values");
  context.change(node, `${name} = ${materialized(made).text}`);
  return access(name, materialized(made).type);
}

/** `new Array(n).fill(0)` is `[0] * n`. */
function filled(made: Code, value: Code): Code {
  const empty = /^\[(?:None|0|0\.0)\] \* (.*)$/s.exec(made.text);
  const type = isTyped(made.type) ? made.type : list(value.type);
  return code(`[${value.text}] * ${empty ? empty[1] : `len(${made.text})`}`, binds.product, type);
}

/** One thing after another, and which names stand for it. */
interface Turns {
  /** `x in xs`, `i, x in enumerate(xs)` */
  readonly clause: string;
}

/** Opens the parameters of a callback as the variables of a comprehension. @param keepsItem whether the item itself is asked for, too */
function turns(context: Context, made: Code, node: FunctionNode, keepsItem = false): Turns {
  const [item, index, all] = node.params;
  const source = takenApart(context, iterated(context, made), item);
  const of = elementOf(source.type);
  if (all) wholeArray(context, made, all);
  const names = [item, index].map((each, i) => {
    if (!each) return undefined;
    const pattern = each.type === "AssignmentPattern" ? each.left : each;
    if (!isLoopPattern(pattern) || (i === 0 && isPartial(pattern, of)) || (keepsItem && pattern.type === "ArrayPattern")) {
      declareParts(context, pattern, access("item", of));
      return "item";
    }
    declarePattern(context, pattern, i === 0 ? of : whole);
    return patternText(context, pattern, i === 0 ? of : whole);
  });
  const usesIndex = index !== undefined;
  const usesItem = item !== undefined && !(item.type === "Identifier" && item.name.startsWith("_") && !mentions(node.body, item.name));
  // An iterator needn't become a list to be gone through once.
  const text = within(source, binds.or).replace(/^list\(([\w.]+\.(?:named_)?(?:parameters|buffers|children|modules)\(\)|itertools\.groupby\(.*\))\)$/s, "$1");
  if (!usesIndex) return { clause: `${names[0] ?? "_"} in ${text}` };
  const length = /^range\((.*)\)$/.exec(text);
  if (!usesItem) return { clause: length && !length[1]!.includes(",") ? `${names[1]} in ${text}` : `${names[1]} in range(len(${text}))` };
  return { clause: `${names[1]}, ${names[0]!.includes(",") ? `(${names[0]})` : names[0]} in enumerate(${text})` };
}

/** Whether it names only some of the entries, whose number nothing tells: those are asked for by their place. */
const isPartial = (pattern: Node, of: Type): boolean =>
  pattern.type === "ArrayPattern" && of.kind !== "tuple" && (pattern.elements.length === 1 || pattern.elements.includes(null));

/** The third parameter of a callback is the array itself, which needs a name in Python. */
function wholeArray(context: Context, made: Code, parameter: Node): void {
  const isNamed = parameter.type === "Identifier" && /^[\w.]+$/.test(made.text);
  const python = isNamed ? made.text : context.refuse(parameter, "the array as the third parameter", "give the array a name").text;
  if (parameter.type === "Identifier")
    context.scope.bindings.set(parameter.name, { python, owner: context.definition, loop: undefined, isSet: true, type: () => made.type });
}

/** `body for x in xs` with the callback's body, `undefined` where it takes more than an expression. */
function comprehension(
  context: Context,
  made: Code,
  callback: Node,
  isTest = false,
  give = (body: Code, clause: string): string => `${within(body, binds.conditional)} for ${clause}`,
): Code | undefined {
  const inner = bare(callback);
  if (!isFunction(inner)) return undefined;
  const body = inner.body.type === "BlockStatement" ? soleReturn(inner.body) : inner.body;
  if (!body) return undefined;
  const attempt = (): Code | undefined =>
    context.inScope(() => {
      const { clause } = turns(context, made, inner, isTest);
      const pure = isTest ? pureCondition(context, body) : pureExpression(context, body);
      if (!pure) return undefined;
      const kept = materialized(pure);
      return code(give(kept, clause), binds.lambda, kept.type);
    });
  return context.dry(attempt) ? attempt() : undefined;
}

function pureCondition(context: Context, node: Node): Code | undefined {
  return pureExpression(context, node) && condition(context, node);
}

function soleReturn(block: Extract<Node, { type: "BlockStatement" }>): Node | undefined {
  const [only] = block.body;
  return block.body.length === 1 && only?.type === "ReturnStatement" ? (only.argument ?? undefined) : undefined;
}

/** `f(x) for x in xs` */
function generator(context: Context, made: Code, callback: Node, isTest = false): Code {
  const short = comprehension(context, made, callback, isTest);
  if (short) return short;
  const { of, called } = applied(context, made, callback);
  const name = itemName(context, made);
  const source = iterated(context, made);
  if (called.arity >= 2) return code(`${called.text(`${name}, i`)} for i, ${name} in enumerate(${source.text})`, binds.lambda, of);
  return code(`${called.text(name)} for ${name} in ${within(source, binds.or)}`, binds.lambda, of);
}

const itemName = (context: Context, made: Code): string => {
  const plural = /(?:^|\.)(\w+)s$/.exec(made.text)?.[1];
  return plural && /^[a-z]\w*$/.test(plural) && !context.ownNames.has(plural) ? `${plural}` : "item";
};

interface Applied {
  readonly of: Type;
  readonly called: { readonly arity: number; readonly text: (given: string) => string };
}

/** A function that is called with each item. */
function applied(context: Context, made: Code, callback: Node): Applied {
  const inner = bare(callback);
  const of = elementOf(iterated(context, made).type);
  const standard =
    inner.type === "Identifier" && !context.scope.find(inner.name)
      ? { String: "str", Number: "number", Boolean: "bool", parseFloat: "leading_number", parseInt: "leading_integer" }[inner.name]
      : undefined;
  if (standard === "number" || standard === "leading_number" || standard === "leading_integer") context.help(standard);
  if (standard) return { of: standard === "str" ? string : number, called: { arity: 1, text: (given) => `${standard}(${given})` } };
  if (isFunction(inner) && inner.params.length > 2) context.refuse(inner.params[2]!, "the array as the third parameter", "use its name");
  const value = isCallback(inner) ? functionValue(context, inner, [of, whole], undefined, "convert") : expression(context, callback);
  const { type } = value;
  const arity = type.kind === "function" ? (type.parameters.rest ? 1 : type.parameters.types.length) : 1;
  const unpacks = isCallback(inner) && false;
  return {
    of: type.kind === "function" ? type.returns : unknown,
    called: { arity, text: (given) => `${receiver(value)}(${unpacks ? "*" : ""}${arity === 0 ? "" : given})` },
  };
}

function mapped(context: Context, made: Code, callback: Node): Code {
  const body = generator(context, made, callback);
  const values = atom(`[${body.text}]`, list(body.type));
  return isTyped(made.type) ? allFitted(context, made.type, values) : values;
}

function filtered(context: Context, made: Code, callback: Node): Code {
  const of = elementOf(iterated(context, made).type);
  const inner = bare(callback);
  if (isFunction(inner)) {
    const short = comprehension(context, made, callback, true, (test, clause) => {
      const [item] = inner.params;
      const name = item ? (item.type === "Identifier" ? patternText(context, item, of) : "item") : "_";
      return `${name} for ${clause} if ${within(test, binds.or)}`;
    });
    // The item is asked for, also where only its index decides.
    if (short) return atom(`[${/^_\w* for/.test(short.text) || /for (\w+) in range\(len/.test(short.text) ? withItem(short.text) : short.text}]`, list(of));
  }
  if (inner.type === "Identifier" && inner.name === "Boolean") return atom(`[item for item in ${within(made, binds.or)} if item]`, list(of));
  const { called } = applied(context, made, callback);
  const name = itemName(context, made);
  return atom(`[${name} for ${name} in ${within(iterated(context, made), binds.or)} if ${called.text(name)}]`, list(of));
}

/** `_ for i in range(len(xs)) if …` → `_ for i, _ in enumerate(xs) if …` */
const withItem = (text: string): string => text.replace(/^(\w+) for (\w+) in range\(len\((.*?)\)\)/, "$1 for $2, $1 in enumerate($3)");

function flatMapped(context: Context, made: Code, callback: Node): Code {
  const short = comprehension(context, made, callback, false, (body, clause) => `value for ${clause} for value in ${within(body, binds.or)}`);
  if (short) return atom(`[${short.text}]`, list(elementOf(short.type)));
  const body = generator(context, made, callback);
  const { text } = body;
  const at = splitAtFor(text);
  return atom(`[value ${`for ${text.slice(at + 5)}`} for value in ${text.slice(0, at)}]`, list(elementOf(body.type)));
}

/** Where the first ` for ` outside of brackets and strings is. */
function splitAtFor(text: string): number {
  let depth = 0;
  let quote = "";
  for (let i = 0; i < text.length; i++) {
    const letter = text[i]!;
    if (quote !== "") {
      if (letter === "\\") i++;
      else if (letter === quote) quote = "";
    } else if (letter === '"' || letter === "'") quote = letter;
    else if ("([{".includes(letter)) depth++;
    else if (")]}".includes(letter)) depth--;
    else if (depth === 0 && text.startsWith(" for ", i)) return i;
  }
  return -1;
}

/** Sums are `sum(…)`; everything else is folded. */
function reduced(context: Context, made: Code, callback: Node, initial: Node | undefined): Code {
  const inner = bare(callback);
  const sum = isFunction(inner) && initial ? summed(context, made, inner, initial) : undefined;
  if (sum) return sum;
  context.use("import functools");
  const start = initial ? expression(context, initial) : undefined;
  const of = elementOf(iterated(context, made).type);
  const sumType = start?.type ?? of;
  const counts = isFunction(inner) && inner.params.length > 2;
  // Without a first sum the count begins at 1.
  if (counts && (!start || inner.params.length > 3)) return context.refuse(callback, "reduce with an index", "write it as a loop");
  const folding = isFunction(inner) ? functionValue(context, inner, [sumType, of, whole], counts ? 3 : 2, "fold") : expression(context, callback);
  const type = folding.type.kind === "function" ? either(folding.type.returns, sumType) : sumType;
  const values = iterated(context, made).text;
  const given = counts ? [`lambda total, item: ${receiver(folding)}(total, item[1], item[0])`, `enumerate(${values})`] : [folding.text, values];
  return access(`functools.reduce(${[...given, ...(start ? [start.text] : [])].join(", ")})`, type);
}

function summed(context: Context, made: Code, node: FunctionNode, initial: Node): Code | undefined {
  const [total, item] = node.params;
  if (node.params.length !== 2 || total?.type !== "Identifier" || !item || node.body.type !== "BinaryExpression" || node.body.operator !== "+")
    return undefined;
  const { left, right } = node.body;
  if (left.type !== "Identifier" || left.name !== total.name || mentions(right, total.name)) return undefined;
  const start = expression(context, initial);
  if (start.type.kind !== "number") return undefined;
  const each = comprehension(context, made, { ...node, type: "ArrowFunctionExpression", params: [item], body: right } as unknown as Node);
  if (!each) return undefined;
  if (each.type.kind === "string") return undefined;
  const source = /^(\w+) for \1 in ([\w.]+(?:\([\w., ]*\))?)$/.exec(each.text);
  const values = source ? source[2]! : each.text;
  return access(
    start.text === "0" ? `sum(${values})` : `sum(${source ? values : `(${values})`}, ${start.text})`,
    each.type.kind === "number" && each.type.whole ? whole : each.type,
  );
}

/** A loop of its own before the statement. */
function forEach(context: Context, made: Code, callback: Node): Code {
  const value = generator(context, made, callback);
  const at = splitAtFor(value.text);
  return action(`for ${value.text.slice(at + 5)}: ${value.text.slice(0, at)}`);
}

function found(context: Context, made: Code, callback: Node, name: string): Code {
  if (name === "findLastIndex") {
    const { called } = applied(context, made, callback);
    const each = `reversed(range(len(${made.text})))`;
    return access(`next((i for i in ${each} if ${called.text(`${receiver(made)}[i]`)}), -1)`, whole);
  }
  const of = elementOf(made.type);
  const inner = bare(callback);
  const source: Code = name === "findLast" ? access(`reversed(${made.text})`, made.type) : made;
  if (isFunction(inner)) {
    const short = comprehension(context, source, callback, true, (test, clause) => {
      const item = inner.params[0]?.type === "Identifier" ? (context.scope.find(inner.params[0].name)?.python ?? "_") : "item";
      if (name === "findIndex" && inner.params.length < 2) return `i for i, ${clause.replace(/ in (.*)$/s, " in enumerate($1)")} if ${within(test, binds.or)}`;
      return `${name === "findIndex" ? clause.split(",")[0]! : item} for ${clause} if ${within(test, binds.or)}`;
    });
    if (short) return access(`next((${short.text}), ${name === "findIndex" ? "-1" : "None"})`, name === "findIndex" ? whole : of);
  }
  const { called } = applied(context, made, callback);
  return name === "findIndex"
    ? access(`next((i for i, item in enumerate(${source.text}) if ${called.text("item")}), -1)`, whole)
    : access(`next((item for item in ${within(source, binds.or)} if ${called.text("item")}), None)`, of);
}

function joined(context: Context, made: Code, separator: Node | undefined): Code {
  const between = separator ? expression(context, separator) : atom('","', string);
  const of = elementOf(made.type);
  const inner = /^\[(.* for .*)\]$/s.exec(made.text);
  if (of.kind === "string") return access(`${receiver(between)}.join(${inner && made.tight === binds.atom ? inner[1] : made.text})`, string);
  return access(`${receiver(between)}.join(map(str, ${made.text}))`, string);
}

/** `values.push(value)` where its value is asked for: how many there are then. */
function lengthened(context: Context, node: CallNode, made: Code, { text }: Code): Code {
  if (context.isBranch) return access(`(${text}, len(${made.text}))[1]`, whole);
  context.change(node, text);
  return access(`len(${made.text})`, whole);
}

function pushed(context: Context, made: Code, nodes: readonly Node[]): Code {
  const [first] = nodes;
  if (nodes.length === 1 && first!.type === "SpreadElement") return access(`${receiver(made)}.extend(${iterable(context, first!.argument).text})`, none);
  if (nodes.length === 1) {
    const item = materialized(expression(context, first!));
    learn(context, made, item.type);
    return access(`${receiver(made)}.append(${item.text})`, none);
  }
  const items = nodes.map((node) =>
    node.type === "SpreadElement" ? `*${within(iterable(context, node.argument), binds.bitOr)}` : materialized(expression(context, node)).text,
  );
  return access(`${receiver(made)}.extend([${items.join(", ")}])`, none);
}

/** What an empty list holds is known once something is put into it. */
function learn(context: Context, made: Code, type: Type): void {
  if (made.type.kind !== "list" || made.type.of.kind !== "unknown") return;
  for (let scope: Context["scope"] | undefined = context.scope; scope; scope = scope.parent) {
    for (const binding of scope.bindings.values()) if (binding.python === made.text) binding.type = () => list(type);
  }
}

/** `start:end` */
export function range(context: Context, nodes: readonly Node[]): string {
  const [start, end] = nodes.map((node) => wholeExpression(context, node).text.replace(/^None$/, ""));
  return `${start === "0" ? "" : (start ?? "")}:${end ?? ""}`;
}

const asList = (made: Code): Code =>
  made.type.kind === "list" || made.type.kind === "tuple" || made.type.kind === "unknown" ? made : atom(`[${made.text}]`, list(made.type));

function spliced(context: Context, node: CallNode, made: Code): Code {
  const { arguments: nodes } = node;
  const isAll = nodes[0]?.type === "NumericLiteral" && nodes[0].value === 0 && nodes[1]?.type === "Identifier" && nodes[1].name === "Infinity";
  if (isAll && nodes[2]?.type === "SpreadElement" && nodes.length === 3) return action(`${receiver(made)}[:] = ${iterable(context, nodes[2].argument).text}`);
  const [start, count, ...items] = nodes.map((node) =>
    node.type === "SpreadElement" ? `*${within(iterable(context, node.argument), binds.bitOr)}` : wholeExpression(context, node).text,
  );
  if (start === undefined) return context.refuse(node, "splice without a place");
  if (!isStatement(context, node) || start.startsWith("-")) {
    const given = [made.text, start, ...(count === undefined ? [] : [count]), ...items];
    return access(`${context.help("splice")}(${given.join(", ")})`, list(elementOf(made.type)));
  }
  const end = count === undefined ? "" : /^\d+$/.test(start) && /^\d+$/.test(count) ? String(Number(start) + Number(count)) : `${start} + ${count}`;
  return action(`${receiver(made)}[${start}:${end}] = [${items.join(", ")}]`);
}

const isFresh = (made: Code): boolean => /^(\[|list\(|sorted\(|dict\.fromkeys\()/.test(made.text) || /\[[^\]]*:[^\]]*\]$/.test(made.text);

const isStatement = (context: Context, node: Node): boolean => {
  const before = context.source.slice(0, node.start!).trimEnd();
  return before === "" || /[;{}]$/.test(before) || /\n\s*$/.test(context.source.slice(0, node.start!));
};

function reversed(context: Context, node: CallNode, made: Code): Code {
  if (isStatement(context, node) && !isFresh(made)) return access(`${receiver(made)}.reverse()`, none);
  return access(`${receiver(materialized(made))}[::-1]`, list(elementOf(made.type)));
}

function sorted(context: Context, node: CallNode, made: Code, name: string): Code {
  const [first] = node.arguments;
  const of = elementOf(iterated(context, made).type);
  const isPlain = of.kind === "string" || of.kind === "unknown" || isTyped(made.type);
  const order = first ? ordering(context, bare(first), of) : isPlain ? "" : "key=str";
  const source = /^list\((.*)\)$/.exec(made.text)?.[1] ?? made.text;
  if (name === "sort" && isStatement(context, node) && !isFresh(made)) return access(`${receiver(made)}.sort(${order})`, none);
  return access(`sorted(${[source.replace(/^dict\.fromkeys\(/, "set("), order].filter(Boolean).join(", ")})`, isTyped(made.type) ? made.type : list(of));
}

/** `(a, b) => a - b` and its like say by what to sort; anything else compares. */
function ordering(context: Context, node: Node, of: Type): string {
  if (isFunction(node) && node.params.length === 2 && node.body.type === "BinaryExpression" && node.body.operator === "-") {
    const [a, b] = node.params;
    const { left, right } = node.body;
    const keyed = key(context, a!, left, of);
    const isSame = keyed !== undefined && keyed === key(context, b!, right, of, a!);
    if (isSame) return keyed === "" ? "" : `key=${keyed}`;
    const back = key(context, b!, left, of);
    if (back !== undefined && back === key(context, a!, right, of, b!)) return back === "" ? "reverse=True" : `key=${back}, reverse=True`;
  }
  context.use("import functools");
  const compare = isCallback(node) ? functionValue(context, node, [of, of], 2, "compare") : expression(context, node);
  return `key=functools.cmp_to_key(${compare.text})`;
}

/** `lambda a: …` of what the expression makes of the parameter; nothing where it is the parameter itself. */
function key(context: Context, parameter: Node, node: Node, of: Type, as: Node = parameter): string | undefined {
  if (node.type === "Identifier" && parameter.type === "Identifier" && node.name === parameter.name) return "";
  return context.dry(() =>
    context.inScope(() => {
      declarePattern(context, parameter, of);
      const text = parameter.type === "Identifier" ? parameter.name : "item";
      const wanted = as.type === "Identifier" ? as.name : "item";
      if (parameter.type === "ArrayPattern") {
        const names = parameter.elements.map((element) => (element?.type === "Identifier" ? element.name : ""));
        const at = node.type === "Identifier" ? names.indexOf(node.name) : -1;
        return at < 0 ? undefined : `lambda item: item[${at}]`;
      }
      const made = pureExpression(context, node);
      return made && mentions(node, text) ? `lambda ${wanted}: ${made.text.replace(new RegExp(`\\b${text}\\b`, "g"), wanted)}` : undefined;
    }),
  );
}

// Maps and sets

/** What a dictionary's or a set's entry is found by: Python takes tuples, and no lists. */
export function keyOf(context: Context, node: Node, wanted: Type = unknown): Code {
  const made = materialized(expression(context, node));
  const inner = bare(node);
  const type = made.type.kind === "unknown" ? wanted : made.type;
  if (type.kind !== "list" && type.kind !== "tuple") return made;
  if (inner.type !== "ArrayExpression" || inner.elements.some((each) => each?.type === "SpreadElement")) return access(`tuple(${made.text})`, type);
  return atom(`(${made.text.slice(1, -1)}${inner.elements.length === 1 ? "," : ""})`, type);
}

/** Entries that are looked up by what they hold, each as it is found. */
export function keysOf(context: Context, values: Code): Code {
  const of = elementOf(values.type);
  if (of.kind === "list" || of.kind === "tuple") return access(`map(tuple, ${values.text})`, list(of, true));
  return of.kind === "unknown" ? access(`map(${context.help("as_key")}, ${values.text})`, list(of, true)) : values;
}

export function mapMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const [first, second] = node.arguments;
  const { type } = made;
  const key = (): Code => keyOf(context, first!, type.kind === "map" ? type.key : unknown);
  const [keyType, valueType] = type.kind === "map" ? [type.key, type.value] : [unknown, unknown];
  switch (name) {
    case "get":
      return access(isCertain(context, node) ? `${receiver(made)}[${key().text}]` : `${receiver(made)}.get(${key().text})`, valueType);
    case "set": {
      const value = materialized(expression(context, second!));
      learnMap(context, made, key().type, value.type);
      if (context.isBranch && !context.forEffect.has(node))
        return access(`(${receiver(made)}.update({${key().text}: ${value.text}}), ${made.text})[1]`, made.type);
      return changed(context, node, made, (of) => `${of}[${key().text}] = ${value.text}`);
    }
    case "has":
      return comparison(key(), "in", made, boolean);
    case "delete":
      return context.forEffect.has(node) ? access(`${receiver(made)}.pop(${key().text}, None)`, boolean) : takenOut(context, made, key());
    case "clear":
      return access(`${receiver(made)}.clear()`, none);
    case "keys":
      return access(`${receiver(made)}.keys()`, list(keyType, true));
    case "values":
      return access(`${receiver(made)}.values()`, list(valueType, true));
    case "entries":
      return access(`${receiver(made)}.items()`, list(tuple(keyType, valueType), true));
    case "forEach": {
      const inner = bare(first!);
      if (!isFunction(inner)) return undefined;
      const [value, own] = inner.params;
      const swapped = {
        ...inner,
        params: [{ type: "ArrayPattern", elements: [own ?? { type: "Identifier", name: "_", start: 0, end: 0 }, value], start: value!.start, end: value!.end }],
      } as unknown as Node;
      return forEach(context, made, swapped);
    }
    default:
      return undefined;
  }
}

/** A change of a map or a set, which gives the map or the set. */
function changed(context: Context, node: CallNode, made: Code, change: (of: string) => string): Code {
  if (context.forEffect.has(node)) return action(change(receiver(made)));
  const isNamed = /^[\w.]+$/.test(made.text);
  const name = isNamed ? made.text : context.fresh(made.type.kind === "set" ? "bag" : "table");
  context.change(node, ...(isNamed ? [] : [`${name} = ${made.text}`]), change(name));
  return atom(name, made.type);
}

/** Whether there was something to take out. */
const takenOut = (context: Context, made: Code, key: Code): Code =>
  access(`${context.help(made.type.kind === "set" && !context.orderedSets ? "take_away" : "take_out")}(${made.text}, ${key.text})`, boolean);

/** `map.get(key)!` */
const isCertain = (context: Context, node: Node): boolean => context.source.slice(node.end!, node.end! + 1) === "!" && context.source[node.end! + 1] !== "=";

function learnMap(context: Context, made: Code, key: Type, value: Type): void {
  if (made.type.kind !== "map" || made.type.value.kind !== "unknown") return;
  for (let scope: Context["scope"] | undefined = context.scope; scope; scope = scope.parent) {
    for (const binding of scope.bindings.values()) if (binding.python === made.text) binding.type = () => ({ kind: "map", key, value });
  }
}

export function setMethod(context: Context, node: CallNode, made: Code, name: string): Code | undefined {
  const [first] = node.arguments;
  const key = (): Code => keyOf(context, first!, made.type.kind === "set" ? made.type.of : unknown);
  const item = (): string => key().text;
  switch (name) {
    case "add":
      if (context.isBranch && !context.forEffect.has(node))
        return access(`(${receiver(made)}.${context.orderedSets ? `setdefault(${item()}, None)` : `add(${item()})`}, ${made.text})[1]`, made.type);
      return changed(context, node, made, (of) => (context.orderedSets ? `${of}[${item()}] = None` : `${of}.add(${item()})`));
    case "has":
      return comparison(key(), "in", made, boolean);
    case "delete":
      if (!context.forEffect.has(node)) return takenOut(context, made, key());
      return access(context.orderedSets ? `${receiver(made)}.pop(${item()}, None)` : `${receiver(made)}.discard(${item()})`, none);
    case "clear":
      return access(`${receiver(made)}.clear()`, none);
    case "forEach":
      return forEach(context, made, first!);
    case "values":
    case "keys":
      return made;
    default:
      return undefined;
  }
}
