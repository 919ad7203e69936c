/** Calls of the API and of the program's own functions: by position, and by name in one object behind. */
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { keyText, listed, quoted, type Doc } from "./layout.ts";
import { argumentName, camelCase } from "./names.ts";
import { partsOf, takesAnything, takesList, type Argument, type Call, type Expression, type Parameter } from "./syntax.ts";
import { any, isMap, isNumber, isSequence, itemOf, present, type FunctionInfo, type Type } from "./types.ts";

/**
 * `(a, b, { name: c })`, as all of the API takes it.
 * @param options `needsFirst`: what is called does something to its first argument, which has to be there; `needsAll`: to all of them; `typed`: TypeScript
 * doesn't take the types of functions that are passed from what is called
 */
export function argumentsOf(
  to: Expressions,
  call: Call,
  { rename = true, skip = new Set<string>(), from = 0, needsFirst = false, needsAll = false, typed = false } = {},
): Doc {
  const docs: Doc[] = [];
  const named: Doc[] = [];
  const given = (value: Expression): Doc => (typed ? to.operand(value, level.assignment) : to.argument(to.value(value)));
  for (const argument of call.arguments.slice(from)) {
    if (isLeftOut(to, argument)) continue;
    if (argument.star === "**") {
      named.push(...spreadNamed(to, argument.value, rename));
    } else if (argument.name === undefined) {
      docs.push((needsAll || (needsFirst && docs.length === 0)) && !argument.star ? to.needed(argument.value) : positional(to, argument, given));
    } else if (!skip.has(argument.name)) {
      const name = keyText(rename ? argumentName(argument.name) : argument.name);
      const value = argument.name === "dtype" ? to.dtype(argument.value) : given(argument.value);
      named.push(to.commented(argument.value, value === name ? name : [name, ": ", value]));
    }
  }
  if (named.length > 0) docs.push(listed("{", named, "}", { spaced: true }));
  const broken = call.arguments.some(({ value }) => value.comments !== undefined);
  return hugged(docs) ?? listed("(", docs, ")", { broken });
}

/** `**kwargs` beside `*args` in a function that hands on what it is given. */
export function isLeftOut(to: Expressions, { star, value }: Argument): boolean {
  return star === "**" && value.kind === "name" && value.name === to.leftOut;
}

/** `**options`: the API's names are not Python's. */
function spreadNamed(to: Expressions, value: Expression, rename: boolean): Doc[] {
  const type = present(to.typeOf(value));
  const code = to.operand(value, level.primary);
  if (type.kind !== "dict" || !type.fields || type.open || !rename) return [["...", rename ? [to.context.helper("camelKeys"), "(", code, ")"] : code]];
  const names = [...type.fields.keys()];
  if (names.every((name) => argumentName(name) === name)) return [["...", code]];
  return names.map((name) => [argumentName(name), ": ", code, `.${name}`]);
}

/** A single list, object or function keeps its brackets at the call's. */
function hugged(docs: readonly Doc[]): Doc | undefined {
  if (docs.length !== 1) return undefined;
  const [only] = docs;
  if (typeof only !== "object" || !("group" in only) || !Array.isArray(only.group)) return undefined;
  return only.group[0] === "[" || only.group[0] === "{" ? ["(", only, ")"] : undefined;
}

function positional(to: Expressions, { value, star }: Argument, given = (one: Expression): Doc => to.argument(one)): Doc {
  return to.commented(value, star === "*" ? ["...", to.spread(value)] : given(value));
}

/** Arguments of a function of the program: what is given by name goes where the function has it. */
export function ownArguments(to: Expressions, call: Call, info: FunctionInfo | undefined): Doc {
  const parameters = info?.node.parameters.slice(info.bound ? 1 : 0) ?? [];
  if (info && takesAnything(parameters) && call.arguments.some((one) => one.name !== undefined))
    throw new NoTwin(`\`${info.name}\` hands on what it is given, and by name that has no twin here: give it by position`, call.from);
  const asList = takesList(parameters);
  const spreads = info && parameters.every(({ star }) => star !== "*");
  if (!info || (!asList && call.arguments.every(({ name, star }) => name === undefined && star !== "**" && !(spreads && star)))) {
    return argumentsOf(to, call, { rename: info === undefined, typed: true });
  }
  const rest = parameters.find(({ star }) => star === "**");
  const plain = parameters.filter(({ star }) => star !== "**" && (asList || !star));
  const list = asList ? plain.findIndex(({ star }) => star === "*") : Infinity;
  const entries: Doc[] = [];
  /** How many values more than documents there are: `...values` stands for several. */
  let more = 0;
  const docs: (Doc | undefined)[] = [];
  const further: Doc[] = [];
  for (const argument of asList || rest ? call.arguments.flatMap((one) => oneByOne(to, one)) : call.arguments) {
    if (isLeftOut(to, argument)) continue;
    if (asList && argument.star === "*" && docs.length < list)
      throw new NoTwin(
        `How many values \`*\` gives \`${info.name}\` isn't known here: give those in front of its \`*${plain[list]!.name}\` one by one`,
        call.from,
      );
    if (argument.star === "**") {
      const type = present(to.typeOf(argument.value));
      if (rest) further.push(["...", to.operand(argument.value, level.primary)]);
      else if (type.kind === "dict") spreadByName(to, argument.value, plain, docs);
      else throw new NoTwin("Arguments from a dictionary whose names aren't known have no twin", call.from);
      continue;
    }
    if (argument.name === undefined) {
      const left = spreads && argument.star ? plain.slice(docs.length + more) : undefined;
      if (left) more += countOf(to, argument.value, left) - 1;
      (docs.length < list ? docs : entries).push(left ? spreadTo(to, argument.value, left, info) : positional(to, argument));
      continue;
    }
    const place = plain.findIndex(({ name }) => name === argument.name);
    const value = to.operand(argument.value, level.assignment);
    if (place >= 0) docs[place - more] = value;
    else if (rest) further.push([keyText(argument.name), ": ", value]);
    else throw new NoTwin(`\`${info.name}\` has no parameter \`${argument.name}\``, call.from);
  }
  if (asList) docs[list] = listed("[", entries, "]");
  if (further.length > 0) docs[plain.length - more] = listed("{", further, "}", { spaced: true });
  return listed(
    "(",
    Array.from(docs, (doc) => doc ?? "undefined"),
    ")",
  );
}

/** The values of `*pair` and `**options`, where it is known what is in them. */
function oneByOne(to: Expressions, argument: Argument): readonly Argument[] {
  const { value, star } = argument;
  const type = present(to.typeOf(value));
  if (value.kind !== "name" || isLeftOut(to, argument)) return [argument];
  const place = { from: value.from, to: value.to };
  const entry = (subscript: Expression, of: Type): Expression => ({ kind: "index", object: value, subscripts: [subscript], ...place, type: of });
  if (star === "*" && type.kind === "tuple")
    return type.entries.map((of, at) => ({ value: entry({ kind: "number", text: String(at), ...place, type: { kind: "int" } }, of) }));
  if (star === "**" && type.kind === "dict" && type.fields && !type.open && !isMap(type))
    return Array.from(type.fields, ([name, of]) => ({ name, value: entry({ kind: "string", value: name, ...place }, of) }));
  return [argument];
}

/** How many parameters `*values` is for. */
function countOf(to: Expressions, value: Expression, left: readonly Parameter[]): number {
  const type = present(to.typeOf(value));
  if (type.kind === "tuple") return type.entries.length;
  return left.filter((parameter) => !parameter.default).length || left.length;
}

/** `*values` for a function that takes just so many. */
function spreadTo(to: Expressions, value: Expression, left: readonly Parameter[], { parameters }: FunctionInfo): Doc {
  if (present(to.typeOf(value)).kind === "tuple") return ["...", to.spread(value)];
  const wanted = left.filter((parameter) => !parameter.default);
  const types = (wanted.length > 0 ? wanted : left).map(({ name }) => to.typeName(parameters.get(name) ?? any));
  return ["...(", to.array(value), ` as [${types.join(", ")}])`];
}

function spreadByName(to: Expressions, value: Expression, plain: readonly { name: string }[], docs: (Doc | undefined)[]): void {
  const type = present(to.typeOf(value));
  const names = type.kind === "dict" && type.fields && !type.open ? [...type.fields.keys()] : undefined;
  for (const [at, { name }] of plain.entries()) {
    if (docs[at] === undefined && (!names || names.includes(name))) docs[at] = [to.operand(value, level.primary), `.${name}`];
  }
}

/** Arguments of a dataclass: its fields, in their order. */
export function fieldArguments(to: Expressions, call: Call, fields: readonly string[]): Doc {
  if (call.arguments.some(({ star }) => star === "**")) return fieldsByName(to, call, fields);
  const docs: (Doc | undefined)[] = [];
  for (const argument of call.arguments) {
    if (argument.star === "*") {
      docs.push(["...(", to.array(argument.value), ` as [${fields.map(() => "any").join(", ")}])`]);
      continue;
    }
    const place = argument.name === undefined ? docs.length : fields.indexOf(argument.name);
    if (place < 0) throw new NoTwin(`There is no field \`${argument.name}\``, call.from);
    docs[place] = to.operand(argument.value, level.assignment);
  }
  return listed(
    "(",
    Array.from(docs, (doc) => doc ?? "undefined"),
    ")",
  );
}

/** `Config(**values)`: each field finds its own. */
function fieldsByName(to: Expressions, call: Call, fields: readonly string[]): Doc {
  const positional = call.arguments.filter(({ name, star }) => name === undefined && star !== "**");
  if (positional.some(({ star }) => star)) throw new NoTwin("What is given from a list and from a dictionary at once has no twin here", call.from);
  const named = call.arguments
    .filter(({ name, star }) => name !== undefined || star === "**")
    .map(({ name, value }): Doc => (name === undefined ? ["...", to.operand(value, level.primary)] : [name, ": ", to.argument(value)]));
  const left = fields.slice(positional.length);
  const found: Doc = [to.context.helper("byName"), listed("(", [listed("{", named, "}", { spaced: true }), listed("[", left.map(quoted), "]")], ")")];
  const values: Doc = ["...(", found, ` as [${left.map(() => "any").join(", ")}])`];
  return listed("(", [...positional.map(({ value }) => to.argument(value)), values], ")");
}

/** A call of the API's function or class. @param path Python's, for what the API says in another way */
export function apiCall(to: Expressions, api: string, path: string, call: Call): Code {
  const last = api.slice(api.lastIndexOf(".") + 1);
  const [first] = call.arguments;
  switch (path) {
    case "torch.FloatTensor":
    case "torch.Tensor":
      if (call.arguments.length > 0 && call.arguments.every(({ value }) => to.typeOf(value).kind === "int"))
        return primary(to.context.api("empty"), argumentsOf(to, call));
      return primary(to.context.api("tensor"), argumentsOf(to, call));
    case "torch.DoubleTensor":
      return primary(to.context.api("tensor"), argumentsOf(to, call));
    case "torch.ByteTensor":
    case "torch.BoolTensor":
      return primary(to.context.api("tensor"), "(", to.doc(first!.value), path === "torch.BoolTensor" ? ', { dtype: "bool" })' : ', { dtype: "uint8" })');
    case "torch.IntTensor":
    case "torch.LongTensor":
      return primary(to.context.api("tensor"), "(", to.doc(first!.value), ', { dtype: "int64" })');
    default:
      break;
  }
  if (api === "arange" && call.arguments.some(({ value }) => to.typeOf(value).kind === "float") && !call.arguments.some(({ name }) => name === "dtype"))
    return primary(to.context.api(api), listed("(", [...call.arguments.map(({ value }) => to.doc(value)), '{ dtype: "float32" }'], ")"));
  if (api === "tensor" || api === "asTensor") return tensorCall(to, api, call);
  if (api === "fromNumpy") return to.expression(first!.value);
  if (api === "Tensor") return primary(to.context.api("tensor"), argumentsOf(to, call));
  // `log` puts values on the run's charts, and `var` is a word of TypeScript.
  if ((api === "log" && path !== "kindling.log") || api === "var") return primary(to.receiver(first!.value), `.${api}`, argumentsOf(to, call, { from: 1 }));
  if (api === "full" && call.arguments[1] && to.typeOf(call.arguments[1].value).kind === "int" && !call.arguments.some(({ name }) => name === "dtype")) {
    return primary(to.context.api(api), listed("(", [...call.arguments.map(({ value }) => to.doc(value)), '{ dtype: "int64" }'], ")"));
  }
  if (/^(cat|stack|concat|hstack|vstack)$/.test(last) && first && !first.name && !isSequence(present(to.typeOf(first.value)))) {
    const rest = call.arguments.slice(1).length > 0 ? [", ", unwrapped(argumentsOf(to, call, { from: 1 }))] : [];
    return primary(to.context.api(api), "(", to.array(first.value), rest, ")");
  }
  if (/^(cat|stack|concat|hstack|vstack)$/.test(last) && first && (first.value.kind === "list" || first.value.kind === "tuple")) {
    const tensors = first.value.entries.map((entry) => (entry.kind === "starred" ? to.doc(entry) : to.needed(entry)));
    const others = call.arguments
      .slice(1)
      .map(numpyNames)
      .map(({ name, value }): Doc => (name ? ["{ ", argumentName(name), ": ", to.doc(value), " }"] : to.doc(value)));
    if (first.value.entries.every(({ comments }) => !comments))
      return primary(functional(to, api, path) ?? to.context.api(api), listed("(", [listed("[", tensors, "]"), ...others], ")"));
  }
  if (api === "nn.Sequential" || api === "nn.ModuleDict") {
    const inner = first && !first.star && call.arguments.length === 1 ? orderedEntries(to, first.value) : undefined;
    if (inner) return primary("new ", to.context.api(api), "(", inner, ")");
  }
  // A tensor's samples are its rows.
  if (api === "data.DataLoader" && first && !first.name && present(to.typeOf(first.value)).kind === "tensor") {
    const rows: Doc = ["[...", to.doc(first.value), "]"];
    return primary("new ", to.context.api(api), "(", rows, call.arguments.length > 1 ? [", ", unwrapped(argumentsOf(to, call, { from: 1 }))] : "", ")");
  }
  if (api === "nn.ModuleList" && first && to.typeOf(first.value).kind === "iterator" && !first.star)
    return primary("new ", to.context.api(api), "(", to.array(first.value), ")");
  // The gradients of inputs are all that it ever gives.
  if (api === "autograd.grad") return primary(to.context.api(api), argumentsOf(to, call, { skip: new Set(["only_inputs"]) }));
  const text = functional(to, api, path) ?? to.context.api(api);
  // NumPy's names of arguments are PyTorch's as well.
  const plain = { ...call, arguments: call.arguments.map(numpyNames) };
  const constructs = /^[A-Z]/.test(last) && last !== "Tensor";
  // TypeScript takes no list of unknown length for so many arguments.
  const spread =
    constructs &&
    !/^(Sequential|TensorDataset)$/.test(last) &&
    call.arguments.some(({ star, value }) => star === "*" && present(to.typeOf(value)).kind === "list");
  return primary(
    constructs ? "new " : "",
    spread ? `(${text} as any)` : text,
    argumentsOf(to, plain, { needsFirst: !constructs, needsAll: takesTwo.test(last) }),
  );
}

/** What takes two tensors. */
const takesTwo = /^(cdist|matmul|mm|bmm|dot|outer|equal|allclose|maximum|minimum|where)$/;

/** NumPy's names of arguments. */
export function numpyNames<T extends { readonly name?: string }>(argument: T): T {
  const name = { axis: "dim", keepdims: "keepdim" }[argument.name ?? ""];
  return name ? { ...argument, name } : argument;
}

function functional(to: Expressions, api: string, path: string): string | undefined {
  const alias = path.startsWith("torch.nn.functional.") ? to.context.aliases.get("torch.nn.functional") : undefined;
  return alias && api.startsWith("nn.functional.") ? `${alias}.${api.slice("nn.functional.".length)}` : undefined;
}

/** Without its parentheses. */
function unwrapped(doc: Doc): Doc {
  if (Array.isArray(doc) && doc[0] === "(") return doc.slice(1, -1) as Doc;
  if (typeof doc === "object" && "group" in doc && Array.isArray(doc.group)) return (doc.group as readonly Doc[]).slice(1, -2);
  return doc;
}

/** `OrderedDict([("name", module), …])` → `{ name: module }`. */
function orderedEntries(to: Expressions, value: Expression): Doc | undefined {
  const list =
    value.kind === "call" && to.context.pathOf(value.callee) === "collections.OrderedDict" ? value.arguments.find(({ name }) => !name)?.value : value;
  if (list?.kind === "dict") return to.doc(list);
  // `OrderedDict(norm=…, up=…)`
  if (!list && value.kind === "call" && value.arguments.length > 0 && value.arguments.every(({ name }) => name !== undefined))
    return listed(
      "{",
      value.arguments.map((argument): Doc => [keyText(argument.name!), ": ", to.doc(argument.value)]),
      "}",
      { spaced: true },
    );
  if (list?.kind !== "list") return undefined;
  const entries: Doc[] = [];
  for (const entry of list.entries) {
    if ((entry.kind !== "tuple" && entry.kind !== "list") || entry.entries.length !== 2) return undefined;
    const [key, module] = entry.entries;
    entries.push([key!.kind === "string" ? keyText(key.value) : ["[", to.doc(key!), "]"], ": ", to.doc(module!)]);
  }
  return listed("{", entries, "}", { spaced: true });
}

/** `torch.tensor([1, 2])` holds integers there, floats here: the type is said. */
function tensorCall(to: Expressions, api: string, call: Call): Code {
  const [first] = call.arguments;
  const type = present(to.typeOf(first!.value));
  const explicit = call.arguments.some(({ name }) => name === "dtype");
  if (type.kind === "tensor" && call.arguments.length === 1) return primary(to.receiver(first!.value), api === "tensor" ? ".clone()" : "");
  if (isSequence(type) && present(itemOf(type)).kind === "tensor" && holdsWhole(first!.value))
    return primary(to.context.api("stack"), "(", to.array(first!.value), ")");
  const values = isSequence(type) || type.kind === "iterator" ? to.array(first!.value) : to.doc(first!.value);
  // Python would stumble over one that is missing, too.
  const value: Doc = isSequence(type) && itemOf(type).kind === "nullable" && isNumber(present(itemOf(type))) ? [values, " as number[]"] : values;
  // Numbers are float32 here unless something else is said.
  const isUsual = ({ name, value: given }: Argument): boolean => name === "dtype" && type.kind !== "tensor" && to.context.pathOf(given) === "torch.float32";
  const rest = call.arguments.slice(1).filter((argument) => !isUsual(argument));
  const named: Doc[] = rest.map(({ name = "dtype", value: given }) => [camelCase(name), ": ", name === "dtype" ? to.dtype(given) : to.doc(given)]);
  const result = to.typeOf(call);
  if (!explicit && result.kind === "tensor" && result.elements === "int") named.unshift('dtype: "int64"');
  const tensor = to.context.api(api);
  if (named.length === 0) return primary(tensor, listed("(", [value], ")"));
  return primary(tensor, listed("(", [value, listed("{", named, "}", { spaced: true })], ")"));
}

/** Whether the entries are tensors of more than one number, so far as that can be seen: single numbers come of `item`-like reductions. */
function holdsWhole(value: Expression): boolean {
  const last = partsOf(value).at(-1);
  return !(last?.kind === "call" && last.callee.kind === "attribute" && /^(sum|mean|max|min|norm|std)$/.test(last.callee.name));
}
