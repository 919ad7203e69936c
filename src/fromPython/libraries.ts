/** What programs use beside PyTorch: `math`, `random`, `numpy`, `time`, `os.path`, `collections`, `itertools`, `tqdm` … */
import { apiNames, tensorMembers } from "./apiNames.ts";
import { builtinCall, callable, calling, errorName, joining } from "./builtins.ts";
import { argumentsOf, numpyNames } from "./calls.ts";
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { allOf } from "./files.ts";
import { givenFields } from "./fields.ts";
import { listed, memberText, quoted, type Doc } from "./layout.ts";
import { helpers } from "../toPython/pythonsOwn.ts";
import { loggingCall, loggingValue } from "./logging.ts";
import { pathCall } from "./paths.ts";
import { patternCall } from "./regularExpressions.ts";
import { dtypeName, numpyMoment } from "./methods.ts";
import { argumentName, camelCase, kindlingPath } from "./names.ts";
import { withNamedDtype } from "./numpyTypes.ts";
import { partsOf, type Argument, type Call, type Expression } from "./syntax.ts";
import { jsonText } from "./text.ts";
import { isMap, isNumber, isSequence, itemOf, present, unknown, type Type } from "./types.ts";

const values: Readonly<Record<string, string>> = {
  "math.pi": "Math.PI",
  "math.e": "Math.E",
  "math.inf": "Infinity",
  "math.nan": "NaN",
  "math.tau": "(2 * Math.PI)",
  "numpy.pi": "Math.PI",
  "numpy.e": "Math.E",
  "numpy.inf": "Infinity",
  "numpy.nan": "NaN",
  "numpy.newaxis": "null",
  "numpy.Inf": "Infinity",
  "torch.inf": "Infinity",
  "torch.pi": "Math.PI",
  "torch.nan": "NaN",
  "sys.maxsize": "Number.MAX_SAFE_INTEGER",
  "sys.argv": "process.argv.slice(1)",
  "sys.stdout": "process.stdout",
  "sys.stderr": "process.stderr",
  "os.sep": '"/"',
  "string.ascii_lowercase": '"abcdefghijklmnopqrstuvwxyz"',
  "string.ascii_uppercase": '"ABCDEFGHIJKLMNOPQRSTUVWXYZ"',
  "string.ascii_letters": '"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"',
  "string.digits": '"0123456789"',
  "string.punctuation": String.raw`"!\"#$%&'()*+,-./:;<=>?@[\\]^_\`{|}~"`,
  "operator.add": "(a: number, b: number) => a + b",
  "operator.sub": "(a: number, b: number) => a - b",
  "operator.mul": "(a: number, b: number) => a * b",
  "operator.truediv": "(a: number, b: number) => a / b",
  "builtins.__name__": '"__main__"',
  "builtins.__file__": "import.meta.filename",
  "builtins.NotImplemented": "null",
  "builtins.Ellipsis": "undefined",
};

/** What a name of a library is as a value. */
export function libraryValue(to: Expressions, path: string, expression: Expression): Code {
  const known = values[path] ?? (path.startsWith("logging.") ? loggingValue(path.slice("logging.".length)) : undefined);
  if (known) return primary(known);
  if (path.startsWith("builtins.")) {
    const name = path.slice("builtins.".length);
    if (name === "int" || name === "float") return primary("Number");
    if (name === "str") return primary("String");
    if (name === "bool") return primary("Boolean");
    if (/(Error|Exception)$|^StopIteration$/.test(name)) return primary(errorName(to.context, name));
    if (name === "len") return primary(to.context.helper("len"));
    if (/^(abs|round|sum|sorted|min|max|list|tuple|set|any|all|ord|chr|repr|bin|hex)$/.test(name)) return primary("(", calling(to, expression, ["value"]), ")");
    if (name === "print") return primary("console.log");
    return primary(to.context.own(name));
  }
  if (/^numpy\.(float(16|32|64)?|double)$/.test(path)) return primary('"float32"');
  if (/^numpy\.u?int(8|16|32|64)?(_|p)?$|^numpy\.int_$/.test(path)) return primary('"int64"');
  if (/^numpy\.bool_?$/.test(path)) return primary('"bool"');
  if (path === "numpy.ndarray") return primary(to.context.api("Tensor"));
  if (path.startsWith("math.")) return primary(mathName(path.slice("math.".length)) ?? missing(path, expression));
  if (/^numpy\.(stack|array|asarray)$/.test(path)) return primary(to.context.helper("stacked"));
  if (path.startsWith("numpy.")) {
    const name = camelCase(path.slice("numpy.".length));
    if (apiNames[""]!.has(name)) return primary(to.context.api(name));
  }
  if (path.startsWith("random.")) return primary(`${to.context.helper("random")}.${path.slice("random.".length)}`);
  if (path === "torch.backends.cudnn.deterministic" || path.startsWith("torch.backends.")) return primary("undefined");
  return primary(missing(path, expression));
}

function missing(path: string, expression: Expression): never {
  const clean = path.replaceAll("()", "");
  throw new NoTwin(clean.startsWith("torch.") ? `Kindling has no \`${clean}\`` : `\`${clean}\` has no twin here`, expression.from);
}

function mathName(name: string): string | undefined {
  const known: Readonly<Record<string, string>> = {
    fabs: "Math.abs",
    log1p: "Math.log1p",
    isnan: "Number.isNaN",
    isfinite: "Number.isFinite",
    pow: "Math.pow",
  };
  if (known[name]) return known[name];
  return /^(sqrt|exp|sin|cos|tan|asin|acos|atan|atan2|sinh|cosh|tanh|floor|ceil|trunc|log2|log10|expm1|hypot|cbrt)$/.test(name) ? `Math.${name}` : undefined;
}

export function libraryCall(to: Expressions, path: string, call: Call): Code {
  const [house] = path.split(".");
  const rest = path.slice(house!.length + 1);
  switch (house) {
    case "math":
      return mathCall(to, rest, call);
    case "numpy":
      return numpyCall(to, rest, call);
    case "random":
      if (/^(choice|choices|sample)$/.test(rest) && call.arguments[0] && present(to.typeOf(call.arguments[0].value)).kind === "string") {
        const letters: Argument = {
          value: { kind: "list", entries: [{ kind: "starred", value: call.arguments[0].value, ...placeOf(call) }], ...placeOf(call) },
        };
        return libraryCall(to, path, { ...call, arguments: [letters, ...call.arguments.slice(1)] });
      }
      if (rest === "Random") return primary(to.context.helper("seeded"), argumentsOf(to, call));
      if (!new RegExp(`\\b${rest}[<(]`).test(helpers.random!.code)) break;
      if (rest === "sample") {
        const values = [...call.arguments].sort((a, b) => Number(a.name !== undefined) - Number(b.name !== undefined)).map(({ value }) => to.argument(value));
        return primary(`${to.context.helper("random")}.sample`, listed("(", values, ")"));
      }
      return primary(`${to.context.helper("random")}.${rest}`, argumentsOf(to, /^(uniform|gauss)$/.test(rest) ? withNumbers(call) : call));
    case "heapq":
      return heapCall(to, rest, call);
    case "unicodedata":
      return unicodeCall(to, rest, call);
    case "contextlib":
      // What it does is nothing.
      if (rest === "nullcontext") return primary("null");
      break;
    case "operator":
      return getter(to, rest, call);
    case "logging":
      return loggingCall(to, rest, call);
    case "pathlib":
      return pathCall(to, rest, call);
    case "time":
      if (/^(time|perf_counter|monotonic|process_time)$/.test(rest)) return { doc: "performance.now() / 1000", level: level.times };
      break;
    case "os":
    case "shutil":
    case "tempfile":
      return fileCall(to, path, call);
    case "tqdm":
      return progress(to, path, call);
    case "collections":
      return collection(to, rest, call);
    case "itertools":
      return iterators(to, rest, call);
    case "functools":
      return functions(to, rest, call);
    case "inspect":
      if (rest === "isfunction") return { doc: ["typeof ", to.operand(call.arguments[0]!.value, level.unary), ' === "function"'], level: level.equality };
      break;
    case "copy":
      return copy(to, rest, call);
    case "torch":
      return torchCall(to, path, call);
    case "sys":
      if (rest === "exit") return primary("process.exit", argumentsOf(to, call));
      if (rest === "stdout.write" || rest === "stderr.write") return primary(`process.${rest}`, argumentsOf(to, call));
      break;
    case "dataclasses": {
      const [object] = call.arguments;
      if (rest === "fields") {
        const type = present(to.typeOf(object!.value));
        if (type.kind !== "class" && type.kind !== "instance") break;
        const names = [...type.of.fields.keys()].map((name): Doc => `{ name: ${quoted(name)} }`);
        return primary(listed("[", names, "]"));
      }
      if (rest === "asdict") return asDictionary(to, object!.value);
      if (rest === "replace") return primary(to.context.helper("replaced"), argumentsOf(to, call, { rename: false }));
      break;
    }
    case "typing":
      if (rest === "cast") return to.expression(call.arguments[1]!.value);
      break;
    case "re":
      return patternCall(to, rest, call);
    case "statistics":
      if (!/^(f?mean|median|p?stdev|p?variance)$/.test(rest)) break;
      return rest.endsWith("mean")
        ? primary(to.context.helper("mean"), "(", to.array(call.arguments[0]!.value), ")")
        : primary(to.context.helper("statistics"), `.${rest}(`, to.array(call.arguments[0]!.value), ")");
    case "warnings":
      if (rest === "warn") return primary("console.warn(", to.doc(call.arguments[0]!.value), ")");
      break;
    case "json":
      if (rest === "dumps") return jsonText(to, call);
      if (rest === "dump" && call.arguments.length >= 2) {
        const [value, into, ...options] = call.arguments;
        return primary(to.receiver(into!.value), ".write(", jsonText(to, { ...call, arguments: [value!, ...options] }).doc, ")");
      }
      if (rest === "load") return primary("JSON.parse(", allOf(to, call.arguments[0]!.value), ")");
      if (rest === "loads") return primary("JSON.parse(", to.doc(call.arguments[0]!.value), ")");
      break;
    default:
      break;
  }
  return missing(path, call);
}

/** `copy.copy`, which leaves what is inside as it is, and `copy.deepcopy`. */
function copy(to: Expressions, name: string, call: Call): Code {
  const [only] = call.arguments;
  const type = present(to.typeOf(only!.value));
  if (name === "copy" && isSequence(type)) return primary("[...", to.doc(only!.value), "]");
  if (name === "copy" && type.kind === "set") return primary(`new ${to.collection(type)}(`, to.doc(only!.value), ")");
  if (name === "copy" && type.kind === "dict")
    return isMap(type) ? primary(`new ${to.collection(type)}(`, to.doc(only!.value), ")") : primary("{ ...", to.doc(only!.value), " }");
  const isOwn = type.kind === "instance" && !type.of.root;
  if (name === "copy" && isOwn) {
    const value = to.operand(only!.value, level.assignment);
    return primary("Object.assign(Object.create(Object.getPrototypeOf(", value, ")), ", value, ` as ${to.typeName(type)})`);
  }
  return primary(holdsOwn(type) ? to.context.helper("copied") : to.context.api("deepcopy"), argumentsOf(to, call));
}

/** Whether it is, or holds, objects of the program's own classes, or sets. */
function holdsOwn(type: Type): boolean {
  if (type.kind === "instance") return !type.of.root;
  if (type.kind === "set") return true;
  if (type.kind === "tuple") return type.entries.some(holdsOwn);
  return type.kind === "list" || type.kind === "nullable" ? holdsOwn(type.of) : type.kind === "dict" && holdsOwn(type.value);
}

/** A dataclass's fields by name, and those of the dataclasses in it. */
function asDictionary(to: Expressions, object: Expression): Code {
  const type = present(to.typeOf(object));
  const declared = type.kind === "instance" ? givenFields(type.of, true) : [];
  if (type.kind === "instance" && [...type.of.fields.keys()].some((name) => !declared.includes(name)))
    return primary(to.context.helper("asDictionary"), listed("(", [to.doc(object), listed("[", declared.map(quoted), "]")], ")"));
  const isFlat = type.kind === "instance" && [...type.of.fields.values()].every((field) => isFlatField(present(field)));
  return isFlat ? primary("{ ...", to.operand(object, level.assignment), " }") : primary(to.context.helper("asDictionary"), "(", to.doc(object), ")");
}

function isFlatField(field: Type): boolean {
  if (isSequence(field)) return isFlatField(present(itemOf(field)));
  return field.kind === "dict" ? isFlatField(present(field.value)) : !["instance", "any", "unknown"].includes(field.kind);
}

function placeOf({ from, to }: Call): { from: number; to: number } {
  return { from, to };
}

/** The call with numbers where NumPy's are tensors. */
function withNumbers(call: Call): Call {
  const asNumber = (value: Expression): Expression =>
    present(value.type ?? unknown).kind === "tensor"
      ? {
          kind: "call",
          callee: { kind: "attribute", object: value, name: "item", from: value.from, to: value.to },
          arguments: [],
          from: value.from,
          to: value.to,
        }
      : value;
  return { ...call, arguments: call.arguments.map((argument) => ({ ...argument, value: asNumber(argument.value) })) };
}

/** `itemgetter(1)` and `attrgetter("name")`, as the functions that they are. */
function getter(to: Expressions, name: string, call: Call): Code {
  const values = call.arguments.map(({ value }) => value);
  const isAttribute = name === "attrgetter";
  if ((!isAttribute && name !== "itemgetter") || values.length === 0) return missing(`operator.${name}`, call);
  const parts = values.map((value): Doc => {
    if (!isAttribute) return [to.context.helper("getItem"), "(value, ", to.doc(value), ")"];
    if (value.kind !== "string") return missing("operator.attrgetter", call);
    return ["value", ...value.value.split(".").map((one) => memberText(to.ownMembers.has(one) ? one : camelCase(one)))];
  });
  return { doc: ["(value: any) => ", parts.length === 1 ? parts[0]! : listed("[", parts, "]")], level: level.assignment };
}

function unicodeCall(to: Expressions, name: string, call: Call): Code {
  const [first, second] = call.arguments.map(({ value }) => value);
  if (name === "normalize") return primary(to.receiver(second!), ".normalize(", to.doc(first!), ")");
  if (name === "category") return primary(to.context.helper("category"), "(", to.doc(first!), ")");
  return missing(`unicodedata.${name}`, call);
}

function heapCall(to: Expressions, name: string, call: Call): Code {
  const key = call.arguments.find((argument) => argument.name === "key")?.value;
  const [first, second] = call.arguments.map(({ value }) => value);
  switch (name) {
    case "nlargest":
    case "nsmallest": {
      const order = [key ? [", ", callable(to, key)] : name === "nlargest" ? ", undefined" : "", name === "nlargest" ? ", true" : ""];
      return primary(to.context.helper("sorted"), "(", to.spread(second!), order, ").slice(0, ", to.doc(first!), ")");
    }
    case "heappush":
    case "heappop":
    case "heapify":
      return primary(to.context.helper(name), argumentsOf(to, call));
    default:
      return missing(`heapq.${name}`, call);
  }
}

function mathCall(to: Expressions, name: string, call: Call): Code {
  const docs = call.arguments.map(({ value, star }) => {
    if (star) return ["...", to.spread(value)];
    return present(to.typeOf(value)).kind === "tensor" ? [to.receiver(value), ".item()"] : to.doc(value);
  });
  if (name === "log")
    return docs.length === 1 ? primary("Math.log(", docs[0]!, ")") : { doc: ["Math.log(", docs[0]!, ") / Math.log(", docs[1]!, ")"], level: level.times };
  if (name === "isinf") return { doc: ["Math.abs(", docs[0]!, ") === Infinity"], level: level.equality };
  if (name === "prod") return primary(to.array(call.arguments[0]!.value), ".reduce((product, value) => product * value, 1)");
  if (name === "radians") return { doc: ["(", docs[0]!, ") * Math.PI / 180"], level: level.times };
  if (name === "degrees") return { doc: ["(", docs[0]!, ") * 180 / Math.PI"], level: level.times };
  if (name === "isqrt") return primary("Math.floor(Math.sqrt(", docs[0]!, "))");
  if (name === "isclose")
    return {
      doc: ["Math.abs(", docs[0]!, " - (", docs[1]!, ")) <= 1e-9 * Math.max(Math.abs(", docs[0]!, "), Math.abs(", docs[1]!, "))"],
      level: level.relation,
    };
  // Both have the sign of what is divided.
  if (name === "fmod")
    return { doc: [to.operand(call.arguments[0]!.value, level.times), " % ", to.operand(call.arguments[1]!.value, level.primary)], level: level.times };
  const text = mathName(name) ?? missing(`math.${name}`, call);
  return primary(
    text,
    "(",
    docs.flatMap((doc, at) => [at > 0 ? ", " : "", doc]),
    ")",
  );
}

const numpyRenamed: Readonly<Record<string, string>> = {
  concatenate: "cat",
  array_split: "tensorSplit",
  array: "tensor",
  asarray: "asTensor",
  power: "pow",
  absolute: "abs",
  hstack: "hstack",
  clip: "clamp",
  matmul: "matmul",
  dot: "matmul",
  product: "prod",
  greater: "gt",
  less: "lt",
  expand_dims: "unsqueeze",
  random: "rand",
};

function numpyCall(to: Expressions, name: string, given: Call): Code {
  const call = withNamedDtype(name, given);
  if (name.startsWith("random.")) return numpyRandom(to, name.slice("random.".length), call);
  const [first, ...others] = call.arguments;
  const type = first ? present(to.typeOf(first.value)) : undefined;
  const dtypeless = {
    ...call,
    arguments: call.arguments
      .map((argument) => diagonalOf(name, numpyNames(argument)))
      .filter((argument) => argument.name !== "dtype" || !/float/.test(to.context.pathOf(argument.value) ?? "float")),
  };
  const made = dtypeName(`numpy.${name}`);
  if (made && first) {
    if (type && isNumber(type)) return made === "int64" && type.kind !== "int" ? primary("Math.trunc(", to.doc(first.value), ")") : to.expression(first.value);
    return primary(to.context.api("asTensor"), "(", to.doc(first.value), ", { dtype: ", quoted(made), " })");
  }
  if (type && isNumber(type)) {
    const math =
      mathName(name) ??
      (name === "log"
        ? "Math.log"
        : name === "abs"
          ? "Math.abs"
          : name === "maximum"
            ? "Math.max"
            : name === "minimum"
              ? "Math.min"
              : name === "round"
                ? to.context.helper("roundTo")
                : undefined);
    if (math) return primary(math, argumentsOf(to, call));
  }
  if (type && (isSequence(type) || type.kind === "iterator") && ["int", "float", "number", "bool", "any", "unknown"].includes(present(itemOf(type)).kind)) {
    // What isn't known may be an array's number.
    const isVague = /^(any|unknown)$/.test(present(itemOf(type)).kind);
    const numbers: Doc = isVague ? [to.context.helper("numbers"), "(", to.spread(first!.value), ")"] : to.array(first!.value);
    if (name === "mean" && others.length === 0) return primary(to.context.helper("mean"), "(", numbers, ")");
    if (name === "sum" && others.length === 0) return primary(numbers, ".reduce((total, value) => total + value, 0)");
    if ((name === "max" || name === "min") && others.length === 0) return primary(`Math.${name}(...`, isVague ? numbers : to.spread(first!.value), ")");
    if (name === "argmax" || name === "argmin")
      return primary(to.receiver(first!.value), ".indexOf(", `Math.${name.slice(3)}(...`, to.spread(first!.value), "))");
    if (name === "prod") return primary(to.array(first!.value), ".reduce((product, value) => product * value, 1)");
  }
  // Without an axis it goes through all entries, one after the other.
  if (/^cum(sum|prod)$/.test(name) && first && others.every((argument) => argument.name === "dtype"))
    return primary(to.context.api("asTensor"), "(", to.doc(first.value), `).flatten().${name}(0)`);
  if (name === "array" || name === "asarray") {
    if (type?.kind === "tensor") return primary(to.receiver(first!.value), ".clone()");
    if (type && present(itemOf(type)).kind === "tensor") return primary(to.context.api("stack"), "(", to.array(first!.value), ")");
    const elements = to.typeOf(call);
    const dtype = call.arguments.find((argument) => argument.name === "dtype");
    const whole = dtype ? !/float/.test(to.context.pathOf(dtype.value) ?? "") : elements.kind === "tensor" && elements.elements === "int";
    return primary(
      to.context.api("tensor"),
      "(",
      type && (isSequence(type) || type.kind === "iterator") ? to.array(first!.value) : to.doc(first!.value),
      whole ? ', { dtype: "int64" }' : "",
      ")",
    );
  }
  if (name === "round" && others[0] && type?.kind === "tensor")
    return primary(to.receiver(first!.value), ".round({ decimals: ", to.doc(others[0].value), " })");
  if (/^(mean|std|var)$/.test(name)) return numpyMoment(to, name, first!.value, others);
  if (/^(median|percentile|quantile)$/.test(name)) return quantile(to, name, call);
  if (name === "set_printoptions" && call.arguments.every((argument) => argument.name === "linewidth")) return primary("undefined");
  if (name === "set_printoptions") throw new NoTwin("NumPy's print options have no twin here: round, or format, what is printed", call.from);
  if (name === "full" && type && isNumber(type))
    return numpyCall(to, name, { ...call, arguments: [{ value: { kind: "tuple", entries: [first!.value], from: call.from, to: call.to } }, ...others] });
  if (name === "linspace" && call.arguments.some((argument) => argument.name === "endpoint"))
    throw new NoTwin("`numpy.linspace` has its end in it here: take `numpy.arange`", call.from);
  const camel = camelCase(numpyRenamed[name] ?? name);
  // NumPy's functions take lists as well.
  if (first && tensorMembers.has(camel) && !/^(cat|stack|where|zeros|ones)$/.test(camel)) {
    const whole = camel === "bincount" || (type && isSequence(type) && present(itemOf(type)).kind === "int") ? ', { dtype: "int64" }' : "";
    const receiver: Doc = type?.kind === "tensor" ? to.receiver(first.value) : [to.context.api("asTensor"), "(", to.doc(first.value), whole, ")"];
    const lists = dtypeless.arguments.map((argument, at) => (at === 1 && !argument.name && asArray(to, call, argument.value)) || argument);
    return primary(receiver, `.${camel}`, argumentsOf(to, { ...dtypeless, arguments: lists }, { from: 1 }));
  }
  if (!apiNames[""]!.has(camel)) missing(`numpy.${name}`, call);
  return primary(to.context.api(camel), argumentsOf(to, dtypeless));
}

/** `median`, and parts of a hundred: NumPy lies between the two in the middle, PyTorch takes the lower one. */
function quantile(to: Expressions, name: string, call: Call): Code {
  const [values, ...further] = call.arguments;
  const [share, ...options] = name === "median" ? [undefined, ...further] : further;
  const type = present(to.typeOf(values!.value));
  const array: Doc = type.kind === "tensor" ? to.receiver(values!.value) : [to.context.api("asTensor"), "(", to.doc(values!.value), ")"];
  const shares: Doc =
    share && isSequence(present(to.typeOf(share.value)))
      ? [to.context.api("tensor"), "(", to.doc(share.value), ")"]
      : share
        ? to.operand(share.value, level.power)
        : "0.5";
  const isList = share !== undefined && isSequence(present(to.typeOf(share.value)));
  const part: Doc = name === "percentile" ? (isList ? [shares, ".div(100)"] : [shares, " / 100"]) : shares;
  const named = options.flatMap((argument): Doc[] => (argument ? [[argumentName(numpyNames(argument).name ?? "dim"), ": ", to.argument(argument.value)]] : []));
  return primary(array, ".float().quantile", listed("(", [part, ...(named.length > 0 ? [listed("{", named, "}", { spaced: true })] : [])], ")"));
}

/** The second of two lists that NumPy works with entry by entry. */
function asArray(to: Expressions, { callee, from, to: end }: Call, value: Expression): Argument | undefined {
  const type = present(to.typeOf(value));
  const isPair =
    callee.kind === "attribute" &&
    /^(multiply|add|subtract|divide|true_divide|power|maximum|minimum|dot|matmul|outer|inner|equal|not_equal)$/.test(callee.name);
  if (!isPair || !isSequence(type)) return undefined;
  return { value: { kind: "call", callee: { ...callee, name: "asarray" }, arguments: [{ value }], from, to: end } };
}

/** NumPy's `k` of a triangle. */
function diagonalOf<T extends { readonly name?: string }>(of: string, argument: T): T {
  return argument.name === "k" && /^(triu|tril|diag)$/.test(of) ? { ...argument, name: "diagonal" } : argument;
}

function numpyRandom(to: Expressions, name: string, call: Call): Code {
  if (name === "RandomState") return primary(to.context.api("numpyRandom"), argumentsOf(to, call));
  if (name === "default_rng") {
    to.context.report(call.from, "`numpy.random.default_rng` draws other numbers here: Kindling has NumPy's `RandomState`");
    return primary(to.context.api("numpyRandom"), call.arguments.length > 0 ? argumentsOf(to, call) : "(0)");
  }
  to.context.api("numpyRandom");
  if (name === "seed") return { doc: ["npRandom = ", to.context.api("numpyRandom"), argumentsOf(to, call)], level: level.assignment };
  const known: Readonly<Record<string, string>> = { standard_normal: "normal", random_sample: "random", random_integers: "randint" };
  if (!/^(rand|randn|randint|uniform|normal|permutation|shuffle|choice|random|standard_normal|random_sample)$/.test(name))
    missing(`numpy.random.${name}`, call);
  const [drawn] = call.arguments;
  if (drawn && name === "choice" && present(itemOf(present(to.typeOf(drawn.value)))).kind === "string")
    throw new NoTwin("`numpy.random.choice` draws numbers here: draw places, and take the texts there", call.from);
  if (name === "standard_normal") return primary("npRandom.normal(0, 1, ", to.doc(call.arguments[0]!.value), ")");
  return primary(`npRandom.${known[name] ?? name}`, argumentsOf(to, call));
}

function fileCall(to: Expressions, path: string, call: Call): Code {
  const node = (module: string, name: string) => primary(to.context.fromNode(module, name), argumentsOf(to, call));
  switch (path) {
    case "os.environ.get":
    case "os.getenv": {
      const [key, usual] = call.arguments.map(({ value }) => value);
      return { doc: ["process.env[", to.doc(key!), "] ?? ", usual ? to.operand(usual, level.or) : "null"], level: level.conditional };
    }
    case "os.path.join":
      return node("node:path", "join");
    case "os.path.basename":
      return node("node:path", "basename");
    case "os.path.dirname":
      return node("node:path", "dirname");
    case "os.path.splitext":
      return primary(to.context.helper("splitext"), argumentsOf(to, call));
    case "os.path.exists":
    case "os.path.isfile":
    case "os.path.isdir":
      return node("node:fs", "existsSync");
    case "os.makedirs":
    case "os.mkdir":
      return primary(to.context.fromNode("node:fs", "mkdirSync"), "(", to.doc(call.arguments[0]!.value), ", { recursive: true })");
    case "os.remove":
    case "os.unlink":
      return node("node:fs", "unlinkSync");
    case "shutil.rmtree":
      return primary(to.context.fromNode("node:fs", "rmSync"), "(", to.doc(call.arguments[0]!.value), ", { recursive: true, force: true })");
    case "shutil.copy":
    case "shutil.copyfile":
      return node("node:fs", "copyFileSync");
    case "os.listdir":
      return node("node:fs", "readdirSync");
    case "os.getcwd":
      return primary("process.cwd()");
    case "tempfile.mkdtemp":
    case "tempfile.gettempdir": {
      const folder = [to.context.fromNode("node:os", "tmpdir"), "()"];
      if (path === "tempfile.gettempdir") return primary(folder);
      const prefix = call.arguments.find(({ name }) => name === "prefix");
      const begin = prefix ? to.doc(prefix.value) : quoted("kindling-");
      return primary(to.context.fromNode("node:fs", "mkdtempSync"), "(", to.context.fromNode("node:path", "join"), "(", folder, ", ", begin, "))");
    }
    default:
      return missing(path, call);
  }
}

/** A progress bar: Kindling shows how far a run is by itself. */
function progress(to: Expressions, path: string, call: Call): Code {
  const [first] = call.arguments;
  if (path.endsWith("trange")) return primary(to.context.helper("range"), "(", first ? to.doc(first.value) : "", ")");
  if (first && !first.name) return to.expression(first.value);
  return missing(path, call);
}

function collection(to: Expressions, name: string, call: Call): Code {
  const [first] = call.arguments;
  switch (name) {
    case "OrderedDict":
      return builtinCall(to, "dict", call);
    case "defaultdict": {
      const path = first ? to.context.pathOf(first.value) : undefined;
      const make =
        path === "builtins.list"
          ? "() => []"
          : path === "builtins.int" || path === "builtins.float"
            ? "() => 0"
            : path === "builtins.dict"
              ? "() => ({})"
              : path === "builtins.set"
                ? "() => new Set()"
                : first
                  ? to.doc(first.value)
                  : "() => null";
      const type = to.typeOf(call);
      const held = type.kind === "dict" ? [type.key, type.value].map((one) => to.typeName(one)) : ["any", "any"];
      return primary("new ", to.context.helper("DefaultMap"), `<${held.join(", ")}>(`, make, ")");
    }
    case "Counter":
      if (first?.name || first?.star) return missing("collections.Counter(**counts)", call);
      return primary(to.context.helper("counted"), "(", first ? to.spreadOfCounts(first.value) : "[]", ")");
    case "deque": {
      const most = call.arguments.find((argument, at) => argument.name === "maxlen" || (at === 1 && !argument.name))?.value;
      const entries = first && !first.name && !(first.value.kind === "list" && first.value.entries.length === 0) ? [", ", to.spread(first.value)] : "";
      if (most) return primary("new ", to.context.helper("Deque"), `<${to.typeName(itemOf(to.typeOf(call)))}>(`, to.doc(most), entries, ")");
      return primary(first && !first.name ? ["[...", to.spread(first.value), "]"] : "[]");
    }
    default:
      return missing(`collections.${name}`, call);
  }
}

function iterators(to: Expressions, name: string, call: Call): Code {
  const all = (separator: string): Doc =>
    call.arguments.flatMap(({ value, star }, at): Doc[] => [at > 0 ? separator : "", star ? "..." : "", to.spread(value)]);
  switch (name) {
    case "chain":
      return primary(
        "[",
        call.arguments.flatMap(({ value, star }, at): Doc[] => [at > 0 ? ", " : "", star ? ["...", to.array(value), ".flat()"] : ["...", to.spread(value)]]),
        "]",
      );
    case "chain.from_iterable":
      return primary(to.array(call.arguments[0]!.value), ".flat()");
    case "product": {
      const repeat = call.arguments.find((argument) => argument.name === "repeat");
      if (!repeat) return primary(to.context.helper("product"), "(", all(", "), ")");
      const values = call.arguments.filter((argument) => argument !== repeat).map(({ value, star }): Doc => [star ? "..." : "", to.spread(value)]);
      const repeated: Doc = ["...Array.from({ length: ", to.doc(repeat.value), " }, () => ", listed("[", values, "]"), ").flat()"];
      return primary(to.context.helper("product"), "(", repeated, ")");
    }
    case "accumulate":
      return primary(
        to.context.helper("accumulate"),
        listed(
          "(",
          call.arguments.map(({ value }, at) => (at === 0 ? to.spread(value) : joining(to, value))),
          ")",
        ),
      );
    case "groupby": {
      const [values, key] = call.arguments;
      return primary(to.context.helper("groupBy"), listed("(", [to.spread(values!.value), ...(key ? [to.doc(key.value)] : [])], ")"));
    }
    case "combinations":
      return primary(to.context.helper("combinations"), "(", to.array(call.arguments[0]!.value), ", ", to.doc(call.arguments[1]!.value), ")");
    case "permutations": {
      const [values, count] = call.arguments;
      return primary(to.context.helper("permutations"), "(", to.array(values!.value), count ? [", ", to.doc(count.value)] : "", ")");
    }
    case "count": {
      const values = ["start", "step"].map((key, at) => call.arguments.find((argument, place) => argument.name === key || (!argument.name && place === at)));
      const docs = values.map((argument) => (argument ? to.doc(argument.value) : "undefined"));
      while (docs.at(-1) === "undefined") docs.pop();
      return primary(to.context.helper("count"), listed("(", docs, ")"));
    }
    case "repeat": {
      const [value, times] = call.arguments.map((argument) => to.doc(argument.value));
      if (times === undefined) return missing("itertools.repeat", call);
      return primary("Array.from({ length: ", times, " }, () => ", value!, ")");
    }
    case "zip_longest": {
      const other = call.arguments.find((argument) => argument.name === "fillvalue");
      const lists = call.arguments.filter((argument) => argument.name === undefined).map(({ value, star }): Doc => [star ? "..." : "", to.spread(value)]);
      return primary(to.context.helper("zipLongest"), listed("(", [other ? to.doc(other.value) : "null", ...lists], ")"));
    }
    case "islice":
      // One number is where it ends.
      if (call.arguments.length === 2)
        return primary(
          to.context.helper(name),
          "(",
          call.arguments.flatMap(({ value }, at): Doc[] => (at > 0 ? [", 0, ", to.doc(value)] : [to.spread(value)])),
          ")",
        );
      return primary(to.context.helper(name), "(", all(", "), ")");
    case "takewhile":
    case "dropwhile":
      return primary(to.context.helper(name), "(", callable(to, call.arguments[0]!.value), ", ", to.spread(call.arguments[1]!.value), ")");
    case "starmap":
      return primary(to.array(call.arguments[1]!.value), ".map((values: any) => ((", joining(to, call.arguments[0]!.value), ") as any)(...values))");
    case "pairwise":
      return primary(
        to.array(call.arguments[0]!.value),
        ".slice(1).map((value, at, rest) => [at === 0 ? ",
        to.array(call.arguments[0]!.value),
        "[0]! : rest[at - 1]!, value])",
      );
    case "cycle":
      return primary(to.context.helper(name), "(", all(", "), ")");
    default:
      return missing(`itertools.${name}`, call);
  }
}

function functions(to: Expressions, name: string, call: Call): Code {
  if (name === "partial") return partial(to, call);
  if (name === "reduce") {
    const [fn, list, start] = call.arguments.map(({ value }) => value);
    return primary(to.array(list!), ".reduce(", joining(to, fn!), start ? [", ", to.doc(start)] : "", ")");
  }
  if (name === "cmp_to_key") return primary(to.context.helper("compared"), "(", callable(to, call.arguments[0]!.value), ")");
  return missing(`functools.${name}`, call);
}

/** `partial(made, …)`: of the program's own a function with the parameters that are left. */
/** What has to be worked out once, where the function is made: a call among what it is given. */
function partial(to: Expressions, call: Call): Code {
  const type = to.typeOf(call);
  const once = type.kind === "function" ? call.arguments.slice(1).filter(({ value }) => hasCall(value)) : [];
  if (once.length === 0 || type.kind !== "function") return partialOf(to, call, type);
  const names = once.map(({ value, name }, at): Expression => ({
    kind: "name",
    name: `given_${name ?? at}`,
    from: value.from,
    to: value.to,
    type: to.typeOf(value),
  }));
  const named = (value: Expression): Expression => names[once.findIndex((argument) => argument.value === value)] ?? value;
  const parameters = type.of.node.parameters.map((parameter) => (parameter.default ? { ...parameter, default: named(parameter.default) } : parameter));
  const inner = partialOf(
    to,
    { ...call, arguments: call.arguments.map((argument) => ({ ...argument, value: named(argument.value) })) },
    { ...type, of: { ...type.of, node: { ...type.of.node, parameters } } },
  );
  const texts = names.map((name): Doc => [to.doc(name), ": ", to.typeName(to.typeOf(name))]);
  return primary(
    "(",
    listed("(", texts, ")"),
    " => ",
    inner.doc,
    ")",
    listed(
      "(",
      once.map(({ value }) => to.doc(value)),
      ")",
    ),
  );
}

const hasCall = (expression: Expression): boolean => expression.kind === "call" || partsOf(expression).some(hasCall);

function partialOf(to: Expressions, call: Call, type: Type): Code {
  const [first, ...given] = call.arguments;
  const own = to.typeOf(first!.value);
  if (type.kind === "function") {
    const { node } = type.of;
    const fixed = given.filter(({ name }) => name === undefined).map(({ value }) => to.doc(value));
    const values: Doc[] = [...fixed, ...node.parameters.map(({ name }) => to.context.own(name))];
    const made: Doc = [own.kind === "class" ? "new " : "", to.operand(first!.value, level.primary), listed("(", values, ")")];
    return { doc: ["(", to.parameters(type.of, node.parameters), ") => ", made], level: level.assignment };
  }
  if (to.context.pathOf(first!.value)?.startsWith("builtins.")) {
    const isFixed = ({ name }: Argument): boolean => name === undefined;
    const doc = calling(to, first!.value, ["value"], { before: given.filter(isFixed), after: given.filter((one) => !isFixed(one)) });
    return { doc, level: level.assignment };
  }
  const positional = given.filter(({ name }) => name === undefined).map(({ value }) => to.doc(value));
  const options = given.filter(({ name }) => name !== undefined).map(({ name, value }): Doc => [argumentName(name!), ": ", to.doc(value)]);
  const named = listed("{", options, "}", { spaced: true });
  if (type.kind === "constructor") return primary(to.context.helper("partial"), listed("(", [to.doc(first!.value), listed("[", positional, "]"), named], ")"));
  const values = listed("(", [...positional, "...values", ...(options.length > 0 ? [named] : [])], ")");
  return { doc: ["(...values: any[]) => (", to.doc(first!.value), " as any)", values], level: level.assignment };
}

/** What PyTorch has and Kindling says in another way, or has no need of. */
function torchCall(to: Expressions, path: string, call: Call): Code {
  const [first] = call.arguments;
  switch (path) {
    case "torch.autograd.Variable":
      return to.expression(first!.value);
    case "torch.compile":
    case "torch.jit.script":
    case "torch.nn.DataParallel":
      return to.expression(first!.value);
    case "torch.from_numpy":
      return to.expression(first!.value);
    case "torch.jit.is_scripting":
    case "torch.jit.is_tracing":
      return primary("false");
    case "torch._assert": {
      const message = call.arguments[1] ? to.doc(call.arguments[1].value) : '""';
      return primary(to.context.helper("check"), "(", to.truth(first!.value).doc, ", ", message, ")");
    }
    // It saves memory and changes no number.
    case "torch.utils.checkpoint.checkpoint":
      return primary(to.receiver(first!.value), argumentsOf(to, call, { from: 1, skip: new Set(["use_reentrant", "preserve_rng_state"]) }));
    case "torch.random.manual_seed":
      return primary(to.context.api("manualSeed"), argumentsOf(to, call));
    case "torch.set_num_threads":
      return primary(to.context.api("setNumThreads"), argumentsOf(to, call));
    default:
      break;
  }
  const name = camelCase(path.slice(path.lastIndexOf(".") + 1));
  if (first && !first.name && tensorMembers.has(name) && /^torch\.\w+$/.test(path))
    return primary(to.receiver(first.value), memberText(name), argumentsOf(to, call, { from: 1 }));
  const api = kindlingPath(path);
  return api ? primary(to.context.api(api), argumentsOf(to, call)) : missing(path, call);
}
