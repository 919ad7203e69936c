/** Methods of tensors and of Python's own lists, dictionaries, sets and texts. */
import { argumentsOf, numpyNames } from "./calls.ts";
import { callable } from "./builtins.ts";
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { listed, memberText, type Doc } from "./layout.ts";
import { tensorMembers } from "./apiNames.ts";
import { argumentName, camelCase, memberName } from "./names.ts";
import type { Argument, Attribute, Call, Expression } from "./syntax.ts";
import { formatMethod } from "./text.ts";
import { isMap, isNumber, isSequence, itemOf, present, type Type } from "./types.ts";

export function tensorMethod(to: Expressions, { object, name }: Attribute, call: Call): Code {
  const [first] = call.arguments;
  const receiver = to.receiver(object);
  switch (name) {
    case "numpy":
    case "cuda":
    case "cpu":
      if (name !== "cpu") return to.expression(object);
      break;
    case "astype":
    case "type": {
      const dtype = first && dtypeName(to.context.pathOf(first.value) ?? (first.value.kind === "string" ? `numpy.${first.value.value}` : ""));
      if (dtype) return primary(receiver, dtype === "float32" ? ".float()" : dtype === "bool" ? ".bool()" : dtype === "uint8" ? ".byte()" : ".long()");
      break;
    }
    case "copy":
      return primary(receiver, ".clone()");
    case "size":
      if (!first) return primary(receiver, ".shape");
      break;
    case "__len__":
      return primary(receiver, ".length");
    case "tolist":
      if (present(to.typeOf(object)).kind === "tensor") break;
      break;
    default:
      break;
  }
  const asText = ofTexts.test(name)
    ? stringMethod(
        to,
        { object, name } as Attribute,
        call,
        call.arguments.map(({ value }) => value),
      )
    : undefined;
  if (asText) return asText;
  const type = present(to.typeOf(object));
  if (type.kind === "tensor" && type.numpy !== undefined && /^(mean|std|var)$/.test(name)) return numpyMoment(to, name, object, call.arguments);
  // NumPy gives the values alone, PyTorch their places as well.
  const values = type.kind === "tensor" && type.numpy !== undefined && first && { max: "amax", min: "amin" }[name];
  const camel = values || camelCase(name);
  // NumPy's takes the number of decimals by its place.
  if (name === "round" && call.arguments.length === 1 && !call.arguments[0]!.name)
    return primary(receiver, ".round({ decimals: ", to.doc(call.arguments[0]!.value), " })");
  // NumPy's run through all there is.
  if (type.kind === "tensor" && type.numpy !== undefined && !first && /^cum(sum|prod)$/.test(name)) return primary(receiver, `.flatten().${name}(0)`);
  if (!tensorMembers.has(camel)) throw new NoTwin(`Tensors have no \`${name}\` here`, call.from);
  return primary(receiver, `.${camel}`, argumentsOf(to, { ...call, arguments: call.arguments.map(numpyNames) }));
}

/** Methods that only texts have, whatever else a value was taken for. */
const ofTexts = /^(lower|upper|swapcase|capitalize|title|startswith|endswith|[lr]?strip|splitlines|zfill|rfind|isdigit|isalpha|isspace)$/;

/** NumPy's `mean`, `std` and `var`, which give floats of whole numbers and of truth values as well. */
export function numpyMoment(to: Expressions, name: string, array: Expression, given: readonly Argument[]): Code {
  const type = present(to.typeOf(array));
  const maker = isSequence(type) && present(itemOf(type)).kind === "tensor" ? "stack" : "asTensor";
  const receiver: Doc = type.kind === "tensor" ? to.receiver(array) : [to.context.api(maker), "(", to.doc(array), ")"];
  const floats = type.kind === "tensor" && type.elements !== "float" ? [receiver, ".float()"] : receiver;
  const named = given.map((argument): Doc => {
    const { name: option = "dim" } = numpyNames(argument);
    return [argumentName(option), ": ", to.argument(argument.value)];
  });
  // NumPy divides by all there are, PyTorch by one less.
  if (name !== "mean") named.push("unbiased: false");
  return primary(floats, `.${name}`, named.length > 0 ? ["(", listed("{", named, "}", { spaced: true }), ")"] : "()");
}

/** The type of elements that a Python path names. */
export function dtypeName(path: string): "float32" | "int64" | "uint8" | "bool" | undefined {
  if (/(Float|Double|Half)Tensor$|\.(float|float16|float32|float64|double|half|bfloat16)$/.test(path)) return "float32";
  if (/(Long|Int|Short)Tensor$|\.(int|int8|int16|int32|int64|long|short)$/.test(path)) return "int64";
  if (/ByteTensor$|\.uint8$/.test(path)) return "uint8";
  return /BoolTensor$|\.bool_?$/.test(path) ? "bool" : undefined;
}

export function containerMethod(to: Expressions, type: Type, callee: Attribute, call: Call): Code | undefined {
  const values = call.arguments.map(({ value }) => value);
  switch (type.kind) {
    case "string":
      return stringMethod(to, callee, call, values);
    case "list":
    case "tuple":
    case "size":
      return listMethod(to, callee, call, values);
    case "set":
      return setMethod(to, type, callee, call, values);
    case "dict":
      return dictMethod(to, type, callee, call, values);
    case "int":
    case "float":
    case "number":
    case "bool":
      if (callee.name === "is_integer") return primary("Number.isInteger(", to.doc(callee.object), ")");
      // NumPy's numbers are tensors to some.
      return callee.name === "item" ? to.expression(callee.object) : undefined;
    default:
      return looseMethod(to, callee, call, values);
  }
}

/** A method of something unknown: only names that say what it is are put into other words. */
function looseMethod(to: Expressions, { object, name }: Attribute, call: Call, values: readonly Expression[]): Code | undefined {
  if (to.ownMembers.has(name)) return undefined;
  if (ofTexts.test(name)) return stringMethod(to, { object, name } as Attribute, call, values);
  if (name === "group" || name === "groups" || name === "groupdict") return groupsOf(to, object, name, values);
  if (name === "get" && values.length > 0 && call.arguments.every((argument) => !argument.name && !argument.star)) {
    const found: Doc = [to.context.helper("getItem"), "(", to.doc(object), ", ", to.doc(values[0]!), ")"];
    return { doc: ["(", found, " ?? ", values[1] ? to.operand(values[1], level.primary) : "null", ")"], level: level.primary };
  }
  if (name === "append" && values.length === 1) return primary(to.receiver(object), ".push(", to.doc(values[0]!), ")");
  if (name === "items" && values.length === 0) return primary("Object.entries(", to.doc(object), ")");
  if (name === "keys" && values.length === 0) return primary(to.context.helper("list"), "(", to.doc(object), ")");
  if (name === "values" && values.length === 0) return primary("Object.values(", to.doc(object), ")");
  if (name === "numpy" && values.length === 0) return to.expression(object);
  const member = memberName(name);
  return primary(to.receiver(object), memberText(member), argumentsOf(to, { ...call, arguments: call.arguments.map(numpyNames) }, { rename: true }));
}

/** What a pattern has found: the whole, and its groups behind it. */
function groupsOf(to: Expressions, object: Expression, name: string, [first, second]: readonly Expression[]): Code {
  const receiver = to.receiver(object);
  if (name === "groups") return primary(receiver, ".slice(1)");
  if (name === "groupdict") return primary(receiver, ".groups");
  if (second) throw new NoTwin("Several groups at once have no twin here: ask for one after the other", object.from);
  if (first?.kind === "string") return primary(receiver, ".groups.", first.value);
  return primary(receiver, "[", first ? to.doc(first) : "0", "]");
}

function listMethod(to: Expressions, { object, name }: Attribute, call: Call, values: readonly Expression[]): Code | undefined {
  const receiver = to.receiver(object);
  const [first, second] = values;
  switch (name) {
    case "append":
      return primary(receiver, ".push(", to.operand(to.valueAmong(first!, itemOf(present(to.typeOf(object)))), level.assignment), ")");
    case "extend":
      return primary(receiver, ".push(...", to.spread(first!), ")");
    case "insert":
      return primary(receiver, ".splice(", to.doc(first!), ", 0, ", to.doc(second!), ")");
    case "appendleft":
      return primary(receiver, ".unshift(", to.doc(first!), ")");
    case "popleft":
      return primary(receiver, ".shift()!");
    case "pop":
      if (!first) return primary(receiver, ".pop()!");
      return first.kind === "number" && first.text === "0" ? primary(receiver, ".shift()!") : primary(receiver, ".splice(", to.doc(first), ", 1)[0]!");
    case "remove":
      // At place -1 `splice` would take the last one.
      return primary(receiver, ".splice(", to.context.helper("found"), "(", placeOf(to, receiver, first!), ', "list.remove(x): x not in list"), 1)');
    case "index":
      return primary(found(to, placeOf(to, receiver, first!), '"the value is not in list"'));
    case "count":
      return primary(receiver, ".filter((entry) => entry === ", to.operand(first!, level.equality), ").length");
    case "copy":
      return primary("[...", to.doc(object), "]");
    case "clear":
      return primary(receiver, ".splice(0)");
    case "reverse":
      return primary(receiver, ".reverse()");
    case "sort": {
      const key = call.arguments.find((argument) => argument.name === "key")?.value;
      const reverse = call.arguments.find((argument) => argument.name === "reverse")?.value;
      if (!key && !reverse && isNumber(itemOf(present(to.typeOf(object))))) return primary(receiver, ".sort((a, b) => a - b)");
      const further: Doc[] = key || reverse ? [", ", key ? callable(to, key) : "undefined", ...(reverse ? [", ", to.doc(reverse)] : [])] : [];
      return primary(receiver, ".splice(0, Infinity, ...", to.context.helper("sorted"), "(", receiver, further, "))");
    }
    case "numel":
      return primary(receiver, ".reduce((product, size) => product * size, 1)");
    case "rotate":
      return primary(to.context.helper("rotate"), "(", to.doc(object), first ? [", ", to.doc(first)] : "", ")");
    case "extendleft":
      throw new NoTwin(`\`deque.${name}\` has no twin here`, call.from);
    default:
      return undefined;
  }
}

/** Where a list has a value, or -1. */
function placeOf(to: Expressions, receiver: Doc, value: Expression): Doc {
  return isSequence(present(to.typeOf(value)))
    ? [receiver, ".findIndex((entry) => ", to.context.helper("equals"), "(entry, ", to.doc(value), "))"]
    : [receiver, ".indexOf(", to.doc(value), ")"];
}

/** A place that there has to be, where the program asks by name for what Python raises otherwise. */
function found(to: Expressions, place: Doc, message: string): Doc {
  return to.context.errors.has("ValueError") ? [to.context.helper("found"), "(", place, ", ", message, ")"] : place;
}

function asSet(to: Expressions, value: Expression): Doc {
  return present(to.typeOf(value)).kind === "set" ? to.receiver(value) : ["new Set(", to.doc(value), ")"];
}

function setMethod(to: Expressions, type: Type, { object, name }: Attribute, call: Call, values: readonly Expression[]): Code | undefined {
  const receiver = to.receiver(object);
  switch (name) {
    case "remove":
      if (to.context.errors.has("KeyError")) return primary(to.context.helper("removed"), "(", to.doc(object), ", ", to.doc(values[0]!), ")");
      return primary(receiver, ".delete(", to.doc(values[0]!), ")");
    case "discard":
      return primary(receiver, ".delete(", to.doc(values[0]!), ")");
    case "copy":
      return primary(`new ${to.collection(type)}(`, to.doc(object), ")");
    case "update":
      return primary("for (const entry of ", to.spread(values[0]!), ") ", receiver, ".add(entry)");
    case "union":
      return to.sets("|", object, asSet(to, values[0]!));
    case "intersection":
      return to.sets("&", object, asSet(to, values[0]!));
    case "difference":
      return to.sets("-", object, asSet(to, values[0]!));
    case "symmetric_difference":
      return to.sets("^", object, asSet(to, values[0]!));
    case "issubset":
      return primary("[...", to.doc(object), "].every((entry) => ", asSet(to, values[0]!), ".has(entry))");
    case "issuperset":
      return primary(to.array(values[0]!), ".every((entry) => ", receiver, ".has(entry))");
    case "isdisjoint":
      return primary(to.array(values[0]!), ".every((entry) => !", receiver, ".has(entry))");
    case "difference_update":
    case "intersection_update":
    case "pop":
    case "symmetric_difference_update":
      throw new NoTwin(`\`set.${name}\` has no twin here`, call.from);
    default:
      return undefined;
  }
}

function dictMethod(to: Expressions, type: Type & { kind: "dict" }, { object, name }: Attribute, call: Call, values: readonly Expression[]): Code | undefined {
  const map = isMap(type);
  const receiver = to.receiver(object);
  const [key, fallback] = values;
  const entry = (): Doc =>
    map ? [receiver, ".get(", to.doc(key!), ")"] : key!.kind === "string" ? [receiver, memberText(key.value)] : [receiver, "[", to.doc(key!), "]"];
  switch (name) {
    case "items":
      if (map) return primary(receiver, ".entries()");
      // Of what a call gives TypeScript may know nothing.
      return primary("Object.entries", object.kind === "call" && !type.fields ? `<${to.typeName(type.value)}>` : "", "(", to.doc(object), ")");
    case "keys":
      return map ? primary(receiver, ".keys()") : primary("Object.keys(", to.doc(object), ")");
    case "values":
      return map ? primary(receiver, ".values()") : primary("Object.values(", to.doc(object), ")");
    case "get":
      return { doc: [entry(), " ?? ", fallback ? to.operand(fallback, level.primary) : "null"], level: level.conditional };
    case "update":
    case "subtract":
      return updated(to, type, object, call);
    case "total":
      return primary("[...", receiver, ".values()].reduce((total, count) => total + count, 0)");
    case "elements":
      return primary("[...", receiver, "].flatMap(([value, count]) => Array.from({ length: count }, () => value))");
    case "clear":
      return map ? primary(receiver, ".clear()") : primary("for (const key in ", to.doc(object), ") delete ", receiver, "[key]");
    case "copy":
      if (type.made === "Counter") return primary(to.context.helper("counted"), "(", to.doc(object), ")");
      return map ? primary(`new ${to.collection(type)}(`, to.doc(object), ")") : primary("{ ...", to.doc(object), " }");
    case "pop":
      return primary(
        "((value) => (",
        map ? [receiver, ".delete(", to.doc(key!), ")"] : ["delete ", entry()],
        ", value))(",
        !fallback && to.context.errors.has("KeyError")
          ? [to.context.helper("lookup"), "(", to.doc(object), ", ", to.doc(key!), ")"]
          : [entry(), fallback ? [" ?? ", to.doc(fallback)] : map ? "!" : ""],
        ")",
      );
    case "setdefault":
      return map
        ? primary("(", receiver, ".has(", to.doc(key!), ") || ", receiver, ".set(", to.doc(key!), ", ", to.doc(fallback!), "), ", entry(), "!)")
        : primary("(", entry(), " ??= ", to.doc(fallback!), ")");
    case "most_common":
      return primary(to.context.helper("sorted"), "(", receiver, ", ([, count]: any) => -count)", key ? [".slice(0, ", to.doc(key), ")"] : "");
    case "popitem":
    case "move_to_end":
      return primary(
        to.context.helper(name === "popitem" ? "popItem" : "moveToEnd"),
        "(",
        [{ value: object }, ...call.arguments].map(({ value }, at) => [at > 0 ? ", " : "", to.doc(value)]),
        ")",
      );
    case "fromkeys":
      throw new NoTwin(`\`dict.${name}\` has no twin here`, call.from);
    default:
      return undefined;
  }
}

/** `update` of a dictionary, by another one, by pairs or by names; of counts, by what is counted. */
function updated(to: Expressions, type: Type & { kind: "dict" }, object: Expression, call: Call): Code {
  const receiver = to.receiver(object);
  const [first] = call.arguments;
  const isNamed = call.arguments.some(({ name, star }) => name !== undefined || star);
  const isCounter = type.made === "Counter";
  const subtracts = call.callee.kind === "attribute" && call.callee.name === "subtract";
  if (isCounter && !isNamed)
    return primary(to.context.helper("countIn"), "(", to.doc(object), ", ", to.spreadOfCounts(first!.value), subtracts ? ", -1" : "", ")");
  if (isCounter || (isMap(type) && isNamed)) throw new NoTwin("`update` by names has a twin only of a dictionary of texts", call.from);
  const given = isNamed ? undefined : present(to.typeOf(first!.value));
  const pairs = given && (isSequence(given) || given.kind === "iterator");
  if (!isMap(type) && pairs) return primary("Object.assign(", to.doc(object), ", Object.fromEntries(", to.spread(first!.value), "))");
  if (!isMap(type)) return primary("Object.assign", argumentsOf(to, { ...call, arguments: [{ value: object }, ...call.arguments] }, { rename: false }));
  if (!pairs && !(given?.kind === "dict" && !isMap(given)))
    return primary(to.operand(first!.value, level.primary), ".forEach((value: any, key: any) => ", receiver, ".set(key, value))");
  const entries: Doc = pairs ? ["[...", to.spread(first!.value), "]"] : ["Object.entries(", to.doc(first!.value), ")"];
  return primary(entries, ".forEach(([key, value]: any) => ", receiver, ".set(key, value))");
}

/** `map(str, sizes)` of whole numbers or texts: joining makes texts of them anyway. */
function withoutText(to: Expressions, value: Expression): Expression {
  const [of, values, ...more] = value.kind === "call" && to.context.pathOf(value.callee) === "builtins.map" ? value.arguments : [];
  if (!of || !values || more.length > 0 || to.context.pathOf(of.value) !== "builtins.str") return value;
  const type = present(to.typeOf(values.value));
  const isPlain = type.kind === "size" || ((type.kind === "list" || type.kind === "tuple") && /^(int|string)$/.test(present(itemOf(type)).kind));
  return isPlain ? values.value : value;
}

function stringMethod(to: Expressions, { object, name }: Attribute, call: Call, values: readonly Expression[]): Code | undefined {
  const receiver = to.receiver(object);
  const [first, second] = values;
  const plain = (method: string) => primary(receiver, `.${method}`, argumentsOf(to, call));
  switch (name) {
    case "format":
      if (object.kind !== "string" || call.arguments.some(({ star }) => star)) return formatOf(to, object, call);
      return formatMethod(to, object.value, call);
    case "join":
      return primary(to.array(withoutText(to, first!)), ".join(", to.doc(object), ")");
    case "split":
    case "rsplit":
      return splitText(to, object, name === "rsplit", call);
    case "partition":
    case "rpartition":
      return primary(to.context.helper("partition"), "(", to.doc(object), ", ", to.doc(first!), name === "partition" ? "" : ", true", ")");
    case "removeprefix":
      return primary(to.receiver(object), ".replace(new RegExp(`^${", patternText(to, first!), "}`), ", '"")');
    case "removesuffix":
      return primary(to.receiver(object), ".replace(new RegExp(`${", patternText(to, first!), "}$`), ", '"")');
    case "swapcase":
      return primary(receiver, ".replaceAll(/./gs, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))");
    case "rfind":
      return plain("lastIndexOf");
    case "splitlines":
      return primary(to.context.helper("splitlines"), "(", to.doc(object), ")");
    case "strip":
      return first ? primary(receiver, ".replace(", stripPattern(first, "both"), ', "")') : primary(receiver, ".trim()");
    case "lstrip":
      return first ? primary(receiver, ".replace(", stripPattern(first, "start"), ', "")') : primary(receiver, ".trimStart()");
    case "rstrip":
      return first ? primary(receiver, ".replace(", stripPattern(first, "end"), ', "")') : primary(receiver, ".trimEnd()");
    case "upper":
      return primary(receiver, ".toUpperCase()");
    case "lower":
      return primary(receiver, ".toLowerCase()");
    case "casefold":
      return primary(receiver, ".toLowerCase()");
    case "capitalize":
      return primary(receiver, ".toLowerCase().replace(/^./, (letter) => letter.toUpperCase())");
    case "title":
      return primary(receiver, ".toLowerCase().replaceAll(/\\b[a-z]/g, (letter) => letter.toUpperCase())");
    case "replace": {
      if (values[2])
        return primary(to.context.helper("splitAt"), "(", to.doc(object), ", ", to.doc(first!), ", ", to.doc(values[2]), ").join(", to.doc(second!), ")");
      // A `$` means something to JavaScript.
      const isPlain = second!.kind === "string" && !second!.value.includes("$");
      return primary(receiver, ".replaceAll(", to.doc(first!), ", ", isPlain ? "" : "() => ", to.doc(second!), ")");
    }
    case "startswith":
    case "endswith": {
      const method = name === "startswith" ? "startsWith" : "endsWith";
      if (!isSequence(present(to.typeOf(first!)))) return plain(method);
      return primary(to.receiver(first!), ".some((part) => ", receiver, `.${method}(part))`);
    }
    case "find":
      return plain("indexOf");
    case "index": {
      const at = plain("indexOf");
      return at && primary(found(to, at.doc, '"substring not found"'));
    }
    case "count":
      return { doc: [receiver, ".split(", to.doc(first!), ").length - 1"], level: level.plus };
    case "zfill":
      return primary(receiver, ".padStart(", to.doc(first!), ', "0")');
    case "ljust":
      return primary(receiver, ".padEnd(", to.doc(first!), second ? [", ", to.doc(second)] : "", ")");
    case "rjust":
      return primary(receiver, ".padStart(", to.doc(first!), second ? [", ", to.doc(second)] : "", ")");
    case "center":
      return primary(to.context.helper("format"), "(", to.doc(object), ", `", second?.kind === "string" ? second.value : "", "^${", to.doc(first!), "}`)");
    case "isdigit":
      return primary("/^\\d+$/.test(", to.doc(object), ")");
    case "isalpha":
      return primary("/^\\p{L}+$/u.test(", to.doc(object), ")");
    case "isalnum":
      return primary("/^[\\p{L}\\p{N}]+$/u.test(", to.doc(object), ")");
    case "isnumeric":
    case "isdecimal":
      return primary("/^\\p{N}+$/u.test(", to.doc(object), ")");
    case "isupper":
      return primary("/^\\P{Ll}*\\p{Lu}\\P{Ll}*$/u.test(", to.doc(object), ")");
    case "islower":
      return primary("/^\\P{Lu}*\\p{Ll}\\P{Lu}*$/u.test(", to.doc(object), ")");
    case "isspace":
      return primary("/^\\s+$/.test(", to.doc(object), ")");
    default:
      throw new NoTwin(`\`str.${name}\` has no twin here`, call.from);
  }
}

/** `split`, which may take so many parts off at most. */
function splitText(to: Expressions, object: Expression, fromEnd: boolean, call: Call): Code {
  const named = (name: string, at: number) => call.arguments.find((argument, place) => argument.name === name || (!argument.name && place === at))?.value;
  const [separator, most] = [named("sep", 0), named("maxsplit", 1)];
  const isBlank = !separator || (separator.kind === "constant" && separator.value === "None");
  if (isBlank && most) throw new NoTwin("`split` at blanks takes all parts here: say the separator", call.from);
  if (isBlank) return primary(to.receiver(object), ".split(/\\s+/).filter(Boolean)");
  if (!most) return primary(to.receiver(object), ".split(", to.doc(separator), ")");
  const values = [to.doc(object), to.doc(separator), to.doc(most), ...(fromEnd ? ["true"] : [])];
  return primary(to.context.helper("splitAt"), listed("(", values, ")"));
}

/** A text inside a pattern: what means something there stands for itself. */
function patternText(to: Expressions, value: Expression): Doc {
  return [to.operand(value, level.primary), '.replaceAll(/[^\\w]/g, "\\\\$&")'];
}

/** `format` of a text that is only known when the program runs. */
function formatOf(to: Expressions, text: Expression, call: Call): Code {
  const values = call.arguments.filter(({ name, star }) => !name && star !== "**").map(({ value, star }): Doc => [star ? "..." : "", to.doc(value)]);
  const named = call.arguments
    .filter(({ name, star }) => name || star === "**")
    .map(({ name, value }): Doc => (name ? [name, ": ", to.doc(value)] : ["...", to.operand(value, level.primary)]));
  return primary(to.context.helper("filled"), listed("(", [to.doc(text), listed("[", values, "]"), listed("{", named, "}", { spaced: true })], ")"));
}

function stripPattern(characters: Expression, where: "both" | "start" | "end"): string {
  if (characters.kind !== "string") throw new NoTwin("What is stripped has to stand there as text", characters.from);
  const set = `[${characters.value
    .replaceAll(/[\\\]^-]/g, "\\$&")
    .replaceAll("\n", "\\n")
    .replaceAll("/", "\\/")}]+`;
  return where === "start" ? `/^${set}/` : where === "end" ? `/${set}$/` : `/^${set}|${set}$/g`;
}
