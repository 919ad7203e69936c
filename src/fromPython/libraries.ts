/** What programs use beside PyTorch: `math`, `random`, `numpy`, `time`, `os.path`, `collections`, `itertools`, `tqdm` … */
import { apiNames, tensorMembers } from "./apiNames.ts";
import { argumentsOf, numpyNames } from "./calls.ts";
import { level, NoTwin, primary, type Code } from "./context.ts";
import type { Expressions } from "./expressions.ts";
import { memberText, type Doc } from "./layout.ts";
import { camelCase, kindlingPath } from "./names.ts";
import type { Call, Expression } from "./syntax.ts";
import { isNumber, isSequence, itemOf, present } from "./types.ts";

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
  "os.sep": '"/"',
  "builtins.__name__": '"__main__"',
  "builtins.__file__": "import.meta.filename",
  "builtins.NotImplemented": "null",
  "builtins.Ellipsis": "undefined",
};

/** What a name of a library is as a value. */
export function libraryValue(to: Expressions, path: string, expression: Expression): Code {
  const known = values[path];
  if (known) return primary(known);
  if (path.startsWith("builtins.")) {
    const name = path.slice("builtins.".length);
    if (name === "int" || name === "float") return primary("Number");
    if (name === "str") return primary("String");
    if (name === "bool") return primary("Boolean");
    if (/(Error|Exception)$/.test(name)) return primary("Error");
    if (name === "len") return primary(to.context.helper("len"));
    if (name === "print") return primary("console.log");
    return primary(to.context.own(name));
  }
  if (/^numpy\.(float(16|32|64)?|double)$/.test(path)) return primary('"float32"');
  if (/^numpy\.u?int(8|16|32|64)?(_|p)?$|^numpy\.int_$/.test(path)) return primary('"int64"');
  if (/^numpy\.bool_?$/.test(path)) return primary('"bool"');
  if (path === "numpy.ndarray") return primary(to.context.api("Tensor"));
  if (path.startsWith("math.")) return primary(mathName(path.slice("math.".length)) ?? missing(path, expression));
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
      return primary(`${to.context.helper("random")}.${rest}`, argumentsOf(to, call));
    case "time":
      if (/^(time|perf_counter|monotonic|process_time)$/.test(rest)) return { doc: "performance.now() / 1000", level: level.times };
      break;
    case "os":
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
    case "copy":
      return primary(to.context.api("deepcopy"), argumentsOf(to, call));
    case "torch":
      return torchCall(to, path, call);
    case "sys":
      if (rest === "exit") return primary("process.exit", argumentsOf(to, call));
      if (rest === "stdout.write") return primary("process.stdout.write", argumentsOf(to, call));
      break;
    case "json":
      if (rest === "dumps") return primary("JSON.stringify(", to.doc(call.arguments[0]!.value), ")");
      if (rest === "loads") return primary("JSON.parse(", to.doc(call.arguments[0]!.value), ")");
      break;
    default:
      break;
  }
  return missing(path, call);
}

function mathCall(to: Expressions, name: string, call: Call): Code {
  const docs = call.arguments.map(({ value }) => (present(to.typeOf(value)).kind === "tensor" ? [to.receiver(value), ".item()"] : to.doc(value)));
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

function numpyCall(to: Expressions, name: string, call: Call): Code {
  if (name.startsWith("random.")) return numpyRandom(to, name.slice("random.".length), call);
  const [first, ...others] = call.arguments;
  const type = first ? present(to.typeOf(first.value)) : undefined;
  const dtypeless = {
    ...call,
    arguments: call.arguments.map(numpyNames).filter((argument) => argument.name !== "dtype" || !/float/.test(to.context.pathOf(argument.value) ?? "float")),
  };
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
    if (name === "mean" && others.length === 0) return primary(to.context.helper("mean"), "(", to.array(first!.value), ")");
    if (name === "sum" && others.length === 0) return primary(to.array(first!.value), ".reduce((total, value) => total + value, 0)");
    if ((name === "max" || name === "min") && others.length === 0) return primary(`Math.${name}(...`, to.spread(first!.value), ")");
    if (name === "argmax" || name === "argmin")
      return primary(to.receiver(first!.value), ".indexOf(", `Math.${name.slice(3)}(...`, to.spread(first!.value), "))");
    if (name === "prod") return primary(to.array(first!.value), ".reduce((product, value) => product * value, 1)");
  }
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
  if (/^(std|var)$/.test(name)) return primary(to.context.api("asTensor"), "(", to.doc(first!.value), `).${name}({ unbiased: false })`);
  const camel = camelCase(numpyRenamed[name] ?? name);
  // NumPy's functions take lists as well.
  if (first && tensorMembers.has(camel) && !/^(cat|stack|where|zeros|ones)$/.test(camel)) {
    const receiver: Doc = type?.kind === "tensor" ? to.receiver(first.value) : [to.context.api("asTensor"), "(", to.doc(first.value), ")"];
    return primary(receiver, `.${camel}`, argumentsOf(to, dtypeless, { from: 1 }));
  }
  if (!apiNames[""]!.has(camel)) missing(`numpy.${name}`, call);
  return primary(to.context.api(camel), argumentsOf(to, dtypeless));
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
  if (name === "standard_normal") return primary("npRandom.normal(0, 1, ", to.doc(call.arguments[0]!.value), ")");
  return primary(`npRandom.${known[name] ?? name}`, argumentsOf(to, call));
}

function fileCall(to: Expressions, path: string, call: Call): Code {
  const node = (module: string, name: string) => primary(to.context.fromNode(module, name), argumentsOf(to, call));
  switch (path) {
    case "os.path.join":
      return node("node:path", "join");
    case "os.path.basename":
      return node("node:path", "basename");
    case "os.path.dirname":
      return node("node:path", "dirname");
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
    case "os.getcwd":
      return primary("process.cwd()");
    case "tempfile.mkdtemp":
    case "tempfile.gettempdir": {
      const folder = [to.context.fromNode("node:os", "tmpdir"), "()"];
      if (path === "tempfile.gettempdir") return primary(folder);
      return primary(to.context.fromNode("node:fs", "mkdtempSync"), "(", to.context.fromNode("node:path", "join"), "(", folder, ', "kindling-"))');
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
      if (!first) {
        const type = to.typeOf(call);
        return primary(type.kind === "dict" && type.key.kind !== "string" && type.key.kind !== "unknown" ? "new Map()" : "{}");
      }
      return primary("Object.fromEntries(", to.doc(first.value), ")");
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
      return primary("new ", to.context.helper("DefaultMap"), "<any, any>(", make, ")");
    }
    case "Counter":
      return primary(to.context.helper("counted"), "(", first ? to.spread(first.value) : "[]", ")");
    case "deque": {
      const most = call.arguments.find((argument, at) => argument.name === "maxlen" || (at === 1 && !argument.name))?.value;
      const entries = first && !first.name && !(first.value.kind === "list" && first.value.entries.length === 0) ? [", ", to.spread(first.value)] : "";
      if (most) return primary("new ", to.context.helper("Deque"), "(", to.doc(most), entries, ")");
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
    case "product":
      return primary(to.context.helper("product"), "(", all(", "), ")");
    case "combinations":
      return primary(to.context.helper("combinations"), "(", to.array(call.arguments[0]!.value), ", ", to.doc(call.arguments[1]!.value), ")");
    case "islice":
    case "cycle":
      return primary(to.context.helper(name), "(", all(", "), ")");
    default:
      return missing(`itertools.${name}`, call);
  }
}

function functions(to: Expressions, name: string, call: Call): Code {
  const [first] = call.arguments;
  if (name === "partial") {
    const named = call.arguments.filter((argument) => argument.name);
    const positional = call.arguments.slice(1).filter((argument) => !argument.name);
    const constructs = to.context.apiPathOf(first!.value) ?? "";
    const fixed: Doc[] = [...positional.flatMap(({ value }): Doc[] => [to.doc(value), ", "]), "...values"];
    const object: Doc =
      named.length > 0 ? [", { ", named.flatMap(({ name: key, value }, at): Doc[] => [at > 0 ? ", " : "", camelCase(key!), ": ", to.doc(value)]), " }"] : "";
    return {
      doc: ["(...values: any[]) => ", /(^|\.)[A-Z]\w*$/.test(constructs) ? "new " : "", "(", to.doc(first!.value), " as any)(", fixed, object, ")"],
      level: level.assignment,
    };
  }
  if (name === "reduce") {
    const [fn, list, start] = call.arguments.map(({ value }) => value);
    return primary(to.array(list!), ".reduce(", to.doc(fn!), start ? [", ", to.doc(start)] : "", ")");
  }
  return missing(`functools.${name}`, call);
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
