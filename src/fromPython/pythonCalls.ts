/** What functions of Python's libraries give. */
import { apiCall } from "./apiCalls.ts";
import { builtinCall } from "./builtinCalls.ts";
import { logger } from "./logging.ts";
import { kindlingPath } from "./names.ts";
import { numpyCall, numpyElements, withNamedDtype } from "./numpyTypes.ts";
import { path as pathClass } from "./paths.ts";
import { patternCallResult } from "./patternTypes.ts";
import type { Argument, Parameter, Call } from "./syntax.ts";
import {
  any,
  bool,
  elementsOfNumpy,
  fieldsOf,
  findMethod,
  float,
  floats,
  int,
  isBelow,
  isClass,
  itemOf,
  join,
  listOf,
  none,
  nothingAround,
  signed,
  string,
  tensor,
  tupleOf,
  unknown,
  type DictType,
  type FunctionInfo,
  type Type,
} from "./types.ts";
import type { Walk } from "./walk.ts";

export function pythonCall(walk: Walk, path: string, types: readonly Type[], expression: Call): Type {
  if (path.startsWith("builtins.")) return builtinCall(walk, path.slice("builtins.".length), types, expression);
  const api = kindlingPath(path);
  if (api !== undefined) return apiCall(walk, api, path, types, expression);
  if (/^torch\.jit\.is_\w+$/.test(path)) return bool;
  if (path.startsWith("torch.") && /\.[a-z_]+$/.test(path)) return floats;
  if (path === "torch.autograd.Variable" || path === "torch.Tensor") return path === "torch.Tensor" ? floats : (types[0] ?? tensor);
  if (path === "numpy.finfo") return { kind: "python", path: "numpy.finfo()" };
  if (path.startsWith("numpy.")) {
    const call = withNamedDtype(path.slice("numpy.".length), expression);
    const result = numpyCall(path.slice("numpy.".length), types, call);
    if (result.kind !== "tensor") return result;
    const numpy = numpyElements(call, result, types);
    const isAsked = numpy !== "" && call.arguments.some(({ name }) => name === "dtype");
    return { ...result, ...(isAsked && { elements: elementsOfNumpy(numpy) }), numpy };
  }
  if (path.startsWith("logging.")) return path === "logging.getLogger" ? { kind: "object", of: logger } : any;
  if (path.startsWith("pathlib.")) return { kind: "object", of: pathClass };
  if (path.startsWith("math.")) return mathResult(path, types);
  if (path.startsWith("random.")) {
    if (path === "random.Random") return { kind: "object", of: path };
    if (/\.(randint|randrange)$/.test(path)) return signed(int, types.length > 1 && isBelow(types[0]!));
    if (/\.(seed|shuffle)$/.test(path)) return none;
    if (path.endsWith(".choice")) return itemOf(types[0] ?? unknown);
    if (/\.(sample|choices)$/.test(path)) return listOf(itemOf(types[0] ?? unknown));
    return signed(float, path === "random.uniform" ? types.some(isBelow) : !path.endsWith(".random"));
  }
  if (path.startsWith("statistics.")) return float;
  if (path.startsWith("time.")) return path === "time.strftime" ? string : float;
  if (/^tqdm(?:\.\w+)*$/.test(path)) return path.endsWith("trange") ? { kind: "iterator", of: int } : (types[0] ?? unknown);
  if (path === "collections.OrderedDict") {
    const made = builtinCall(walk, "dict", types, expression);
    return made.kind === "dict" ? Object.assign(made, { made: "OrderedDict" }) : made;
  }
  if (path === "collections.defaultdict") return defaultDict(walk, types, expression);
  if (path === "collections.Counter")
    return walk.container(
      expression,
      () => ({ kind: "dict", key: walk.items(types[0] ?? unknown), value: int, map: true, made: "Counter" }),
      (counts) => void ((counts as DictType).key = join((counts as DictType).key, walk.items(types[0] ?? unknown))),
    );
  if (path === "collections.deque")
    return walk.container(
      expression,
      () => ({ ...listOf(walk.items(types[0] ?? unknown)), made: "deque" }),
      () => {},
    );
  if (path === "collections.namedtuple") return any;
  if (path === "enum.auto") return int;
  if (path === "inspect.isfunction") return bool;
  if (path === "functools.reduce") {
    const item = walk.items(types[1] ?? unknown);
    const start = types[2] ?? item;
    return types[0]?.kind === "function" ? join(start, walk.invoke(types[0].of, [start, item])) : start;
  }
  if (path === "itertools.chain") return { kind: "iterator", of: types.map((type) => walk.items(type)).reduce(join, unknown) };
  if (path === "itertools.chain.from_iterable") return { kind: "iterator", of: itemOf(walk.items(types[0] ?? unknown)) };
  if (path === "itertools.product") {
    const items = types.flatMap((type, at) => (expression.arguments[at]?.name ? [] : [walk.items(type)]));
    if (items.length < types.length || expression.arguments.some(({ star }) => star))
      return { kind: "iterator", of: { kind: "list", of: items.reduce(join, unknown), tuple: true } };
    return { kind: "iterator", of: tupleOf(...items) };
  }
  if (path === "itertools.accumulate") {
    const of = walk.items(types[0] ?? unknown);
    return { kind: "iterator", of: types[1]?.kind === "function" ? walk.invoke(types[1].of, [of, of]) : of };
  }
  if (path === "itertools.groupby") {
    const of = walk.items(types[0] ?? unknown);
    const key = types[1]?.kind === "function" ? walk.invoke(types[1].of, [of]) : types[1] ? any : of;
    return { kind: "iterator", of: tupleOf(key, listOf(of)) };
  }
  if (path === "itertools.repeat") return { kind: "iterator", of: types[0] ?? unknown };
  if (/^itertools\.(take|drop)while$/.test(path)) {
    if (types[0]?.kind === "function") walk.invoke(types[0].of, [walk.items(types[1] ?? unknown)]);
    return { kind: "iterator", of: walk.items(types[1] ?? unknown) };
  }
  if (path === "itertools.pairwise") return { kind: "iterator", of: tupleOf(walk.items(types[0] ?? unknown), walk.items(types[0] ?? unknown)) };
  if (/^itertools\.(cycle|islice)$/.test(path)) return { kind: "iterator", of: walk.items(types[0] ?? unknown) };
  if (/^itertools\.(combinations|permutations)$/.test(path))
    return { kind: "iterator", of: { kind: "list", of: walk.items(types[0] ?? unknown), tuple: true } };
  if (path === "itertools.zip_longest") return { kind: "iterator", of: { kind: "list", of: any, tuple: true } };
  if (path === "itertools.count") return { kind: "iterator", of: int };
  if (path === "os.path.splitext") return tupleOf(string, string);
  if (path === "os.listdir") return listOf(string);
  if (path === "tempfile.TemporaryDirectory") return { kind: "python", path: `${path}()` };
  if (path.startsWith("os.path") || path.startsWith("tempfile.") || path === "os.getcwd") return /exists|isfile|isdir/.test(path) ? bool : string;
  if (path === "argparse.ArgumentParser") return { kind: "object", of: "argparse" };
  if (path === "dataclasses.field") return fieldDefault(types, expression);
  if (path === "dataclasses.replace") return types[0] ?? any;
  if (path === "dataclasses.asdict") return fieldsOf(types[0] ?? unknown);
  if (path === "contextlib.nullcontext" || /^torch\.(\w+\.)*autocast$/.test(path)) return nothingAround;
  if (path === "typing.cast") return types[1] ?? any;
  if (path === "os.environ.get" || path === "os.getenv") return types[1] ? join(string, types[1]) : join(string, none);
  if (/^heapq\.n(larg|small)est$/.test(path)) {
    for (const type of types.slice(2)) if (type.kind === "function") walk.invoke(type.of, [walk.items(types[1]!)]);
    return listOf(walk.items(types[1] ?? unknown));
  }
  if (path === "heapq.heappush" && types[0]?.kind === "list") walk.append(types[0], types[1] ?? unknown);
  if (path.startsWith("heapq.")) return path === "heapq.heappop" ? itemOf(types[0] ?? unknown) : none;
  if (/^unicodedata\.(normalize|category|name)$/.test(path)) return string;
  if (path === "json.dumps") return string;
  if (path === "dataclasses.fields") return listOf({ kind: "dict", key: string, value: string, fields: new Map([["name", string]]) });
  if (path === "json.load") return { kind: "any", loaded: true };
  if (path === "json.loads") return { kind: "any", loaded: true };
  if (path.startsWith("re.")) return patternCallResult(walk, path.slice("re.".length), types, expression);
  if (path === "functools.cmp_to_key") return types[0] ?? any;
  if (path === "functools.partial") return partial(walk, types, expression);
  return { kind: "python", path: `${path}()` };
}

/** What a function of `math` gives; some give less than zero whatever they are given. */
function mathResult(path: string, types: readonly Type[]): Type {
  if (/\.is/.test(path)) return bool;
  const isWhole = /\.(floor|ceil|trunc|gcd|lcm|perm|comb|factorial|isqrt|prod)$/.test(path);
  const goesBelow = /\.(a?sinh?|a?cos|a?tanh?|atan2|log\w*|expm1)$/.test(path);
  return signed(isWhole ? int : float, goesBelow || (types.some(isBelow) && !/\.(sqrt|fabs|exp|hypot|cosh|dist)$/.test(path)));
}

/** A function or a class of which some arguments are given already. */
function partial(walk: Walk, [first = unknown, ...types]: readonly Type[], expression: Call): Type {
  if (first.kind === "python" && isClass(first)) return { kind: "constructor", of: [first] };
  const of = first.kind === "function" ? first.of : first.kind === "class" ? findMethod(first.of, "__init__") : undefined;
  if (!of) return any;
  const given = expression.arguments.slice(1);
  walk.invoke(of, types, given, first.kind === "function" ? first.self : undefined);
  const known = walk.partials.get(expression);
  if (known) return known;
  const made: Type | undefined = first.kind === "class" ? { kind: "instance", of: first.of } : undefined;
  const info = {
    ...of,
    node: { ...of.node, parameters: remaining(of, given) },
    bound: undefined,
    get returns() {
      return made ?? of.returns;
    },
  };
  const partial: Type = { kind: "function", of: info };
  walk.partials.set(expression, partial);
  return partial;
}

function defaultDict(walk: Walk, types: readonly Type[], expression: Call): Type {
  const factory = types[0];
  const value =
    factory?.kind === "python"
      ? (({ "builtins.list": listOf(unknown), "builtins.int": int, "builtins.float": float } as Record<string, Type>)[factory.path] ?? unknown)
      : factory?.kind === "function"
        ? factory.of.returns
        : unknown;
  return walk.container(
    expression,
    () => ({ kind: "dict", key: unknown, value, map: true, made: `defaultdict(${factoryText(factory)}, ` }),
    (dict) => void ((dict as DictType).value = join((dict as DictType).value, value)),
  );
}

/** How Python shows what makes the values. */
function factoryText(factory: Type | undefined): string {
  if (!factory || factory.kind === "none") return "None";
  const name = factory.kind === "python" ? factory.path.replace(/^builtins\./, "") : factory.kind === "class" ? `__main__.${factory.of.name}` : undefined;
  return name ? `<class '${name}'>` : "<function>";
}

/** What a field of a dataclass holds where nothing is given. */
function fieldDefault(types: readonly Type[], { arguments: given }: Call): Type {
  const at = given.findIndex(({ name }) => name === "default" || name === "default_factory");
  const type = types[at];
  if (given[at]?.name === "default") return type!;
  return type?.kind === "function" ? type.of.returns : type?.kind === "class" ? { kind: "instance", of: type.of } : unknown;
}

/** The parameters that are left where some arguments are given: those given by name have that for their default. */
function remaining({ node, bound }: FunctionInfo, given: readonly Argument[]): Parameter[] {
  const positional = given.filter(({ name }) => name === undefined).length;
  return node.parameters.slice((bound ? 1 : 0) + positional).map((parameter) => {
    const value = given.find(({ name }) => name === parameter.name)?.value;
    return value ? { ...parameter, default: value } : parameter;
  });
}
