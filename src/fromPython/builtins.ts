/** Python's own functions: `len`, `range`, `sum`, `print` … */
import { argumentsOf } from "./calls.ts";
import { level, NoTwin, primary, within, type Code, type Context } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { opened } from "./files.ts";
import { memberText, type Doc } from "./layout.ts";
import { kindlingPath, memberName } from "./names.ts";
import type { Argument, Call, Comprehension, Expression } from "./syntax.ts";
import { entriesByName } from "./syntaxQueries.ts";
import { printed, reprOf, strOf, formatted } from "./text.ts";
import { findMethod, isMap, isNumber, itemOf, lineage, present } from "./types.ts";
import { arrowBody, methodName } from "./words.ts";

export function builtinCall(to: Expressions, name: string, call: Call): Code {
  const positional = call.arguments.filter((argument) => !argument.name).map(({ value }) => value);
  const named = (key: string) => call.arguments.find((argument) => argument.name === key)?.value;
  const [first, second] = positional;
  const helper = (helperName: string) => primary(to.context.helper(helperName), argumentsOf(to, call, { rename: false }));
  switch (name) {
    case "print":
      return printed(to, call);
    case "len":
      return length(to, first!);
    case "range":
      return primary(to.context.helper("range"), argumentsOf(to, call));
    case "enumerate":
      return primary(
        to.context.helper("enumerate"),
        "(",
        to.spread(first!),
        (named("start") ?? second) ? [", ", to.doc((named("start") ?? second)!)] : "",
        ")",
      );
    case "zip":
      if (call.arguments.length === 1 && call.arguments[0]!.star && to.typeOf(call).kind === "tuple")
        return primary(to.context.helper("unzip"), "(", to.spread(first!), ")");
      return primary(
        to.context.helper("zip"),
        "(",
        call.arguments.flatMap((argument, at): Doc[] => [at > 0 ? ", " : "", zipped(to, argument)]),
        ")",
      );
    case "int":
      return integer(to, first, second ?? named("base"));
    case "float":
      return real(to, first);
    case "str":
      return first ? strOf(to, first) : primary('""');
    case "repr":
      return reprOf(to, first!);
    case "format":
      return second?.kind === "string" ? formatted(to, first!, [second.value]) : helper("format");
    case "bool":
      return first ? primary("Boolean(", to.truth(first).doc, ")") : primary("false");
    case "list":
      return first ? primary(copied(to, first)) : primary("[]");
    case "tuple":
      return first ? primary(to.array(first)) : primary("[]");
    case "set":
    case "frozenset":
      return primary(`new ${to.collection(to.typeOf(call), first !== undefined)}(`, first ? to.spread(first) : "", ")");
    case "dict":
      return dictionaryOf(to, call, first);
    case "sum":
      return sum(to, first!, second ?? named("start"));
    case "max":
    case "min":
      return extreme(to, name, call, positional);
    case "abs":
      return present(to.typeOf(first!)).kind === "tensor" ? primary(to.receiver(first!), ".abs()") : primary("Math.abs(", to.doc(first!), ")");
    case "pow":
      if (positional[2]) throw new NoTwin("`pow` takes two numbers here: put `% m` behind it", call.from);
      return to.binary("**", first!, second!);
    case "round":
      if (present(to.typeOf(first!)).kind === "tensor") return primary(to.receiver(first!), ".round()");
      return primary(to.context.helper("roundTo"), "(", to.doc(first!), (second ?? named("ndigits")) ? [", ", to.doc((second ?? named("ndigits"))!)] : "", ")");
    case "divmod":
      return primary("[", to.binary("//", first!, second!).doc, ", ", to.binary("%", first!, second!).doc, "]");
    case "sorted":
      return sorted(to, first!, named("key"), named("reverse"));
    case "reversed":
      return primary("[...", to.spread(first!), "].reverse()");
    case "map": {
      const type = to.typeOf(call);
      const code = mapped(to, positional);
      return type.kind === "tuple" ? primary("(", code.doc, ` as ${to.typeName(type)})`) : code;
    }
    case "filter":
      if (first!.kind === "constant") return primary(to.array(second!), ".filter(Boolean)");
      return primary(to.array(second!), ".filter(", callable(to, first!), ")");
    case "any":
    case "all":
      return quantified(to, name, first!);
    case "isinstance":
      return instanceOf(to, first!, second!);
    case "issubclass":
      return { doc: [to.operand(first!, level.primary), ".prototype instanceof ", to.operand(second!, level.primary)], level: level.relation };
    case "hasattr":
      if (second!.kind === "string" && /^__(len|iter|getitem)__$/.test(second!.value)) {
        const asked = second!.value === "__len__" ? '"length"' : "Symbol.iterator";
        return { doc: [asked, " in Object(", to.doc(first!), ")"], level: level.relation };
      }
      if (second!.kind === "string" && to.attached.has(second!.value))
        return { doc: ["(", to.doc(first!), " as any)", memberText(second!.value), " !== undefined"], level: level.equality };
      // Of a module of which nothing is known TypeScript lets everything be read, but not after an `in`.
      if (isAnyModule(to, first!) || hasField(to, first!, second!))
        return { doc: [to.receiver(first!), accessor(to, second!), " !== undefined"], level: level.equality };
      return { doc: [to.doc(attributeName(second!)), " in ", to.operand(first!, level.relation)], level: level.relation };
    case "getattr":
      return getAttribute(to, first!, second!, positional[2]);
    case "setattr":
      return { doc: [primaryAny(to, first!), accessor(to, second!), " = ", to.doc(positional[2]!)], level: level.assignment };
    case "callable":
      return { doc: ["typeof ", to.operand(first!, level.unary), ' === "function"'], level: level.equality };
    case "type":
      return primary(to.operand(first!, level.primary), ".constructor");
    case "iter":
      return primary(isCollectionOfKeys(to, first!) ? to.spread(first!) : to.operand(first!, level.primary), "[Symbol.iterator]()");
    case "next":
      return next(to, first!, second);
    case "ord":
      return primary(to.operand(first!, level.primary), ".charCodeAt(0)");
    case "bin":
    case "hex":
    case "oct":
      return primary(to.context.helper("format"), "(", to.doc(first!), `, "#${{ bin: "b", hex: "x", oct: "o" }[name]}")`);
    case "chr":
      return primary("String.fromCharCode(", to.doc(first!), ")");
    case "vars":
      if (!first) throw new NoTwin("`vars` has a twin only of an object", call.from);
      return primary("{ ...", to.operand(first, level.assignment), " }");
    case "id":
    case "hash":
    case "input":
    case "open":
      return opened(to, to.doc(first!), call, 1);
    case "eval":
    case "exec":
    case "globals":
    case "locals":
    case "dir":
    case "object":
    case "slice":
    case "memoryview":
    case "bytes":
      throw new NoTwin(`\`${name}\` has no twin here`, call.from);
    case "exit":
    case "quit":
      return primary("process.exit", argumentsOf(to, call));
    case "super":
      return primary("super");
    default:
      if (/(Error|Exception|Interrupt)$|^StopIteration$/.test(name))
        return primary(
          "new ",
          errorName(to.context, name),
          "(",
          first ? (name === "KeyError" && to.context.errors.has(name) ? to.doc(first) : strOf(to, first).doc) : "",
          ")",
        );
      if (/^[a-z_]/.test(name) && to.context.taken.has(name)) break;
      // A name that nothing in the file gives a meaning: perhaps it stands above what was pasted.
      return primary(to.context.own(name), argumentsOf(to, call, { rename: false }));
  }
  return primary(to.context.own(name), argumentsOf(to, call, { rename: false }));
}

/** One of the lists that `zip` goes through, or several of them: none is missing, though TypeScript may not know. */
function zipped(to: Expressions, { value, star }: Argument): Doc {
  if (!star) return to.typeOf(value).kind === "nullable" && value.kind !== "call" ? to.receiver(value) : to.spread(value);
  return itemOf(to.typeOf(value)).kind === "nullable" ? ["...(", to.spread(value), " as Iterable<any>[])"] : ["...", to.spread(value)];
}

/** TypeScript's name of an exception. */
export function errorName(context: Context, name: string): string {
  // Tensors raise it, too.
  if (name === "IndexError") return context.api(name);
  if (context.errors.has(name)) return context.helper(name);
  return name === "TypeError" ? name : "Error";
}

function length(to: Expressions, value: Expression): Code {
  const type = present(to.typeOf(value));
  switch (type.kind) {
    case "class":
      return primary(to.array(value), ".length");
    case "dict":
      return isMap(type) ? primary(to.receiver(value), ".size") : primary("Object.keys(", to.doc(value), ").length");
    case "set":
      return primary(to.receiver(value), ".size");
    case "iterator":
      return primary(to.array(value), ".length");
    case "object":
      // A loader's dataset may be a stream to TypeScript.
      if (type.of === "data.Dataset") return primary("(", to.doc(value), " as ", to.context.api("data.Dataset"), ").length");
      return primary(to.receiver(value), ".length");
    case "any":
    case "unknown":
      return primary(to.context.helper("len"), "(", to.doc(value), ")");
    default:
      return primary(to.receiver(value), ".length");
  }
}

function integer(to: Expressions, given: Expression | undefined, base: Expression | undefined): Code {
  if (!given) return primary("0");
  const value = to.value(given);
  const type = present(to.typeOf(value));
  switch (type.kind) {
    case "int":
      return to.expression(value);
    case "bool":
      return primary("Number(", to.doc(value), ")");
    case "string":
      return primary(to.context.helper("int"), "(", to.doc(value), base ? [", ", to.doc(base)] : "", ")");
    case "tensor":
      if (type.elements === "bool") return primary("Number(", to.receiver(value), ".item())");
      return type.elements === "int" ? primary(to.receiver(value), ".item()") : primary("Math.trunc(", to.receiver(value), ".item())");
    case "any":
    case "unknown":
      return primary(to.context.helper("int"), "(", to.doc(value), base ? [", ", to.doc(base)] : "", ")");
    default:
      if (value.kind === "binary" && value.operator === "/") return { doc: ["Math.trunc(", to.doc(value), ")"], level: level.primary };
      return primary("Math.trunc(", to.doc(value), ")");
  }
}

function real(to: Expressions, value: Expression | undefined): Code {
  if (!value) return primary("0");
  const type = present(to.typeOf(value));
  if (value.kind === "string") {
    const special = { inf: "Infinity", "-inf": "-Infinity", "+inf": "Infinity", infinity: "Infinity", nan: "NaN" }[value.value.toLowerCase()];
    if (special) return special.startsWith("-") ? { doc: special, level: level.unary } : primary(special);
  }
  if (type.kind === "tensor") return primary(to.receiver(value), ".item()");
  if (isNumber(type)) return type.kind === "bool" ? primary("Number(", to.doc(value), ")") : to.expression(value);
  return primary(to.context.helper("float"), "(", to.doc(value), ")");
}

/** A copy as a list. */
function copied(to: Expressions, value: Expression): Doc {
  const type = present(to.typeOf(value));
  if (type.kind === "list" || type.kind === "tuple" || type.kind === "size") return ["[...", to.doc(value), "]"];
  // Of what isn't known, a dictionary gives its keys.
  if (type.kind === "any") return [to.context.helper("list"), "(", to.doc(value), ")"];
  return to.array(value);
}

function dictionaryOf(to: Expressions, call: Call, first: Expression | undefined): Code {
  const type = to.typeOf(call);
  const entries = entriesByName(call);
  if (entries) return to.dictionary({ kind: "dict", from: call.from, to: call.to, type, entries });
  if (!first) return primary(type.kind === "dict" && isMap(type) ? `new ${to.collection(type)}()` : "{}");
  const given = present(to.typeOf(first));
  if (given.kind === "dict") return isMap(given) ? primary(`new ${to.collection(given)}(`, to.doc(first), ")") : primary("{ ...", to.doc(first), " }");
  return type.kind === "dict" && isMap(type)
    ? primary(`new ${to.collection(type)}(`, to.spread(first), ")")
    : primary(`Object.fromEntries${isVague(first) ? "<any>" : ""}(`, to.spread(first), ")");
}

/** Whether TypeScript doesn't know what pairs these are. */
function isVague(pairs: Expression): boolean {
  return pairs.kind === "call" && pairs.arguments.some(({ value }) => ["any", "unknown"].includes(value.type?.kind ?? "unknown"));
}

function sum(to: Expressions, value: Expression, start: Expression | undefined): Code {
  const type = present(to.typeOf(value));
  if (type.kind === "tensor") return primary(to.receiver(value), ".sum(0)");
  const item = present(itemOf(type));
  if (item.kind === "tensor") {
    const begin = start ? [", ", to.doc(start)] : [];
    return primary(to.array(value), ".reduce((total, term) => total.add(term)", begin, ")");
  }
  const begin = start ? to.doc(start) : "0";
  // `sum(f(x) for x in xs)` adds as it goes.
  if (
    value.kind === "comprehension" &&
    value.clauses.length === 1 &&
    value.of !== "dict" &&
    value.of !== "set" &&
    value.clauses[0]!.target.kind === "name" &&
    isNumber(item)
  ) {
    const only = value.clauses[0]!;
    const { name } = only.target as { name: string };
    if (value.value.kind === "number" && value.value.text === "1" && only.conditions.length > 0) return primary(filtered(to, value), ".length");
    const total = name === "total" ? "sum" : "total";
    const term = item.kind === "bool" ? primary("Number(", to.doc(value.value), ")") : to.expression(value.value);
    return primary(filtered(to, value), `.reduce((${total}, ${to.context.own(name)}) => ${total} + `, within(term, level.plus + 1), ", ", begin, ")");
  }
  if (isNumber(item)) return primary(to.array(value), ".reduce((total, term) => total + ", item.kind === "bool" ? "Number(term)" : "term", ", ", begin, ")");
  return primary(to.array(value), ".reduce((total: any, term: any) => ", to.context.helper("calculate"), '(total, "add", term), ', begin, ")");
}

/** What a comprehension goes through, without its value. */
function filtered(to: Expressions, { clauses: [clause] }: Comprehension): Doc {
  let doc = to.array(clause!.iterable);
  for (const condition of clause!.conditions) doc = [doc, ".filter((", to.pattern(clause!.target), ") => ", arrowBody(to.truth(condition)), ")"];
  return doc;
}

function extreme(to: Expressions, name: "max" | "min", call: Call, positional: readonly Expression[]): Code {
  const key = call.arguments.find((argument) => argument.name === "key")?.value;
  const fallback = call.arguments.find((argument) => argument.name === "default")?.value;
  const [first] = positional;
  const types = positional.map((one) => present(to.typeOf(one)));
  if (positional.length === 1 && !key && types[0]!.kind === "tensor") return primary(to.receiver(first!), `.${name}()`);
  const items = positional.length === 1 ? [present(itemOf(types[0]!))] : types;
  if (!key && items.every((type) => isNumber(type) || type.kind === "unknown") && !fallback)
    return positional.length === 1 ? primary(`Math.${name}(...`, to.spread(first!), ")") : primary(`Math.${name}`, argumentsOf(to, call));
  if (!key && positional.length === 1 && items[0]!.kind === "tensor")
    return primary(to.array(first!), `.reduce((a, b) => (a.${name === "max" ? "ge" : "le"}(b).item() ? a : b))`);
  if (!key && items.some((type) => type.kind === "tensor")) return largerOf(to, name, positional as [Expression, Expression]);
  const values: Doc = positional.length > 1 ? ["[", positional.flatMap((one, at) => [at > 0 ? ", " : "", to.doc(one)]), "]"] : to.spread(first!);
  const options: Doc[] = [key ? callable(to, key) : "undefined", name === "min" ? "-1" : "1", ...(fallback ? [to.doc(fallback)] : [])];
  while (options.at(-1) === "1" || options.at(-1) === "undefined") options.pop();
  return primary(
    to.context.helper("best"),
    "(",
    [values, ...options].flatMap((one, at) => (at > 0 ? [", ", one] : [one])),
    ")",
  );
}

/** Whether Python goes through its keys. */
function isCollectionOfKeys(to: Expressions, value: Expression): boolean {
  const type = present(to.typeOf(value));
  return type.kind === "dict" || (type.kind === "any" && type.loaded === true);
}

/** The larger, or the smaller, of a tensor's number and another. */
function largerOf(to: Expressions, name: "max" | "min", [left, right]: readonly [Expression, Expression]): Code {
  const asNumber = (side: Expression): Doc =>
    present(to.typeOf(side)).kind === "tensor" ? [to.receiver(side), ".item()"] : to.operand(side, level.relation + 1);
  const test = [asNumber(left), name === "max" ? " >= " : " <= ", asNumber(right)];
  return primary("(", test, " ? ", to.doc(left), " : ", to.doc(right), ")");
}

function sorted(to: Expressions, value: Expression, key: Expression | undefined, reverse: Expression | undefined): Code {
  const further: Doc[] = [];
  if (key || reverse) further.push(", ", key ? callable(to, key) : "undefined");
  if (reverse) further.push(", ", to.doc(reverse));
  return primary(to.context.helper("sorted"), "(", present(to.typeOf(value)).kind === "any" ? copied(to, value) : to.spread(value), further, ")");
}

/** `x for x in …` */
function isSameValue({ clauses: [clause], value }: Comprehension): boolean {
  return value.kind === "name" && clause!.target.kind === "name" && clause!.target.name === value.name;
}

/** A function as a value: Python's own get arrows around them. */
export function callable(to: Expressions, value: Expression): Doc {
  return to.context.pathOf(value)?.startsWith("builtins.") ? calling(to, value, ["value"]) : to.argument(value);
}

/** A function that makes one of two: what else JavaScript would hand it, Python doesn't. */
export function joining(to: Expressions, value: Expression): Doc {
  const path = to.context.pathOf(value);
  const isKnown = path !== undefined && (path.startsWith("builtins.") || kindlingPath(path) !== undefined);
  return isKnown ? calling(to, value, ["total", "entry"]) : to.argument(value);
}

/** `(value: any) => …(value)` */
export function calling(
  to: Expressions,
  callee: Expression,
  parameters: readonly string[],
  given: { before?: readonly Argument[]; after?: readonly Argument[] } = {},
): Doc {
  const place = { from: callee.from, to: callee.to };
  const open = parameters.map((name) => ({ value: { kind: "name", name, ...place, type: { kind: "any" } } as Expression }));
  const call = to.expression({ kind: "call", callee, arguments: [...(given.before ?? []), ...open, ...(given.after ?? [])], ...place, type: { kind: "any" } });
  return [`(${parameters.map((name) => `${name}: any`).join(", ")}) => `, arrowBody(call)];
}

function mapped(to: Expressions, [fn, ...values]: readonly Expression[]): Code {
  if (values.length === 1) {
    const path = to.context.pathOf(fn!);
    const item = present(itemOf(to.typeOf(values[0]!)));
    if (path === "builtins.float" && isNumber(item)) return primary(to.array(values[0]!), ".map(Number)");
    if (path === "builtins.int" && isNumber(item)) return primary(to.array(values[0]!), ".map(Math.trunc)");
    if (path === "builtins.int" || path === "builtins.float")
      return primary(to.array(values[0]!), ".map((value) => ", to.context.helper(path.slice("builtins.".length)), "(value))");
    const doc = callable(to, fn!);
    return primary(to.array(values[0]!), ".map(", fn!.kind === "lambda" || path?.startsWith("builtins.") ? doc : ["(value) => ", doc, "(value)"], ")");
  }
  return primary(
    "[...",
    to.context.helper("zip"),
    "(",
    values.flatMap((value, at) => [at > 0 ? ", " : "", to.spread(value)]),
    ")].map((values) => (",
    callable(to, fn!),
    ")(...values))",
  );
}

function quantified(to: Expressions, name: string, value: Expression): Code {
  const method = name === "any" ? ".some(" : ".every(";
  if (value.kind === "comprehension" && value.clauses.length === 1 && value.of !== "dict") {
    return primary(filtered(to, value), method, "(", to.pattern(value.clauses[0]!.target), ") => ", arrowBody(to.truth(value.value)), ")");
  }
  if (present(to.typeOf(value)).kind === "tensor") return primary("Boolean(", to.receiver(value), `.${name}().item())`);
  return primary(to.array(value), method, "Boolean)");
}

function instanceOf(to: Expressions, value: Expression, of: Expression): Code {
  const classes = of.kind === "tuple" ? of.entries : [of];
  const asked = (name: string) => classes.find((one) => to.context.pathOf(one) === `builtins.${name}`);
  const [whole, float] = [asked("int"), asked("float")];
  const others = classes.filter((one) => one !== whole && one !== float && !(whole && one === asked("bool")));
  const texts = [...(whole || float ? numberTests(to, value, whole, float) : []), ...others.map((one) => instanceTest(to, value, one))];
  const unique = [...new Map(texts.map((code) => [JSON.stringify(code.doc), code])).values()];
  if (unique.length === 1) return unique[0]!;
  return { doc: unique.flatMap((code, at) => [at > 0 ? " || " : "", within(code, level.or + 1)]), level: level.or };
}

/** Whether it is an `int`, which `True` is as well, or a `float`: where only the value tells, a float without a fraction is whole. */
function numberTests(to: Expressions, value: Expression, whole: Expression | undefined, float: Expression | undefined): Code[] {
  const type = present(to.typeOf(value));
  const { kind } = type;
  const isVague = !isNumber(type);
  const typeOf = (text: string): Code => ({ doc: ["typeof ", to.operand(value, level.unary), ` === "${text}"`], level: level.equality });
  const truths = whole && (isVague || kind === "bool") ? [typeOf("boolean")] : [];
  if (kind === "bool") return whole ? truths : [primary("false")];
  if ((whole && float) || (whole && kind === "int") || (float && kind === "float")) return [typeOf("number"), ...truths];
  if (kind === "int" || kind === "float") return [primary("false")];
  const name = whole ? "int" : "float";
  to.context.report(
    value.from,
    `\`isinstance(…, ${name})\` goes by the value here: a float without a fraction, such as 2.0, counts as an int. Where the two mean different things, tell them apart by a name`,
  );
  const isWhole: Doc = [whole ? "" : "!", "Number.isInteger(", to.doc(value), ")"];
  return [{ doc: [typeOf("number").doc, " && ", isWhole], level: level.and }, ...truths];
}

function instanceTest(to: Expressions, value: Expression, of: Expression): Code {
  const path = to.context.pathOf(of);
  const builtin = path?.startsWith("builtins.") ? path.slice("builtins.".length) : undefined;
  const typeTest = (text: string): Code => ({ doc: ["typeof ", to.operand(value, level.unary), ` === "${text}"`], level: level.equality });
  if (builtin === "str") return typeTest("string");
  if (builtin === "bool") return typeTest("boolean");
  if (builtin === "list" || builtin === "tuple" || /^(typing|collections\.abc)\.(Sequence|List|Tuple)$/.test(path ?? ""))
    return primary("Array.isArray(", to.doc(value), ")");
  if (builtin === "dict" || /\.(Mapping|MutableMapping|Dict)$/.test(path ?? "")) return primary(to.context.helper("isDictionary"), "(", to.doc(value), ")");
  if (/^(typing|collections\.abc)\.Iterable$/.test(path ?? "")) return { doc: ["Symbol.iterator in Object(", to.doc(value), ")"], level: level.relation };
  if (/^(typing|collections\.abc)\.Callable$/.test(path ?? "")) return typeTest("function");
  const name = path && kindlingPath(path) === "Tensor" ? to.context.api("Tensor") : to.operand(of, level.primary);
  const type = present(to.typeOf(value));
  // Of what is known to be nothing else, TypeScript takes the other way for one that never comes.
  const isAnyway = type.kind === "object" && path !== undefined && kindlingPath(path) === type.of;
  return { doc: [isAnyway ? primaryAny(to, value) : to.operand(value, level.relation), " instanceof ", name], level: level.relation };
}

/** Whether it is a field that TypeScript knows of: it may not have a value yet. */
function hasField(to: Expressions, value: Expression, name: Expression): boolean {
  const type = present(to.typeOf(value));
  return type.kind === "instance" && name.kind === "string" && lineage(type.of).some((one) => one.fields.has(name.value));
}

function isAnyModule(to: Expressions, value: Expression): boolean {
  const type = present(to.typeOf(value));
  return type.kind === "object" && type.of === "nn.Module";
}

/** The name of an attribute that a program says as text. */
function attributeName(value: Expression): Expression {
  return value.kind === "string" ? { ...value, value: methodName(memberName(value.value)) } : value;
}

function accessor(to: Expressions, name: Expression): Doc {
  const known = attributeName(name);
  if (known.kind === "string" && /^[A-Za-z_]\w*$/.test(known.value)) return `.${known.value}`;
  return ["[", to.doc(known), "]"];
}

/** An object whose properties are named at run time. */
function primaryAny(to: Expressions, value: Expression): Doc {
  return ["(", to.doc(value), " as any)"];
}

function getAttribute(to: Expressions, object: Expression, name: Expression, fallback: Expression | undefined): Code {
  const path = to.context.apiPathOf(object);
  const base: Doc = path !== undefined ? ["(", to.doc(object), " as any)"] : primaryAny(to, object);
  const code: Doc = [base, accessor(to, name)];
  return fallback ? { doc: [code, " ?? ", to.operand(fallback, level.primary)], level: level.conditional } : primary(code);
}

function next(to: Expressions, value: Expression, fallback: Expression | undefined): Code {
  const only = value.kind === "comprehension" && value.clauses.length === 1 ? value.clauses[0]! : undefined;
  // What is gone through may have no end.
  if (only && isSameValue(value as Comprehension) && present(to.typeOf(only.iterable)).kind === "iterator" && !to.isArray(only.iterable)) {
    const fits = only.conditions.map((one) => within(to.truth(one), level.and)).flatMap((one, at): Doc[] => (at > 0 ? [" && ", one] : [one]));
    const found: Doc = [
      to.context.helper("firstOf"),
      "(",
      to.spread(only.iterable),
      ", (",
      to.pattern(only.target),
      ") => ",
      fits.length > 0 ? fits : "true",
      ")",
    ];
    return fallback ? { doc: [found, " ?? ", to.operand(fallback, level.primary)], level: level.conditional } : primary(found, "!");
  }
  if (fallback) {
    const given = value.kind === "comprehension" ? [to.doc(value), "[0]"] : [to.operand(value, level.primary), ".next().value"];
    return { doc: [given, " ?? ", to.operand(fallback, level.primary)], level: level.conditional };
  }
  const type = present(to.typeOf(value));
  if (type.kind === "instance" && findMethod(type.of, "__next__")) return primary(to.receiver(value), ".__next__()");
  if (to.context.errors.has("StopIteration")) return primary(to.context.helper("advance"), "(", to.doc(value), ")");
  if (value.kind === "call" && to.context.pathOf(value.callee) === "builtins.iter") {
    const [through] = value.arguments;
    const values = isCollectionOfKeys(to, through!.value) ? to.spread(through!.value) : to.operand(through!.value, level.primary);
    return primary(values, "[Symbol.iterator]().next().value!");
  }
  if (value.kind === "comprehension") return primary(to.doc(value), "[0]!");
  if (present(to.typeOf(value)).kind === "iterator" && value.kind === "call" && value.callee.kind === "attribute" && value.callee.name.endsWith("parameters")) {
    return primary(to.doc(value), "[0]!");
  }
  // A field is declared as what can be gone through.
  const held = value.kind === "attribute" && type.kind === "iterator" ? ["(", to.doc(value), ` as IterableIterator<${to.typeName(type.of)}>)`] : undefined;
  return primary(held ?? to.operand(value, level.primary), ".next().value!");
}
