/** What NumPy's functions give, and of what elements tensors and arrays are. */
import type { Argument, Call, Expression } from "./syntax.ts";
import { bool, float, floats, int, ints, isNumber, isSequence, itemOf, likeNumpy, none, unknown, usualNumpy, type Type } from "./types.ts";

export function isTensorArgument(argument: Argument): boolean {
  return argument.value.type?.kind === "tensor";
}

export function tensorElements(type: Type): Type | undefined {
  return type.kind === "tensor" ? { kind: "tensor", elements: type.elements } : undefined;
}

export function elementsOf(type: Type): "float" | "int" | "bool" | undefined {
  const deep = isSequence(type) ? itemOf(type) : type;
  if (isSequence(deep)) return elementsOf(deep);
  if (deep.kind === "tensor") return deep.elements;
  return deep.kind === "float" || deep.kind === "int" || deep.kind === "bool" ? deep.kind : undefined;
}

export function dtypeElements(type: Type | undefined): "float" | "int" | "bool" | undefined {
  if (type?.kind !== "python") return undefined;
  if (/\.(long|int|int64|int32|int16|int8|uint8|short)$/.test(type.path)) return "int";
  return /\.bool_?$/.test(type.path) ? "bool" : "float";
}

/** What NumPy calls the type of elements that is asked for: `np.float32`, `float`, `"int64"`. */
export function numpyName(asked: Expression): string | undefined {
  const name = asked.kind === "string" ? asked.value : asked.type?.kind === "python" ? asked.type.path.replace(/^.*\./, "").replace(/_$/, "") : "";
  const usual: Readonly<Record<string, string>> = { float: "float64", double: "float64", int: "int64", long: "int64", bool: "bool" };
  return usual[name] ?? (/^(float|u?int)\d+$/.test(name) ? name : undefined);
}

/** The call with `dtype` by its name, which NumPy takes by its place as well. */
export function withNamedDtype(name: string, call: Call): Call {
  const place = name === "full" ? 2 : /^(zeros|ones|empty|array|asarray)$/.test(name) ? 1 : -1;
  const given = call.arguments[place];
  if (!given || given.name !== undefined || given.star) return call;
  return { ...call, arguments: call.arguments.map((argument, at) => (at === place ? { ...argument, name: "dtype" } : argument)) };
}

/** The type of elements of what NumPy makes: the one that is asked for, that of the arrays that it is made of, or NumPy's own. */
export function numpyElements(expression: Call, result: Type & { kind: "tensor" }, types: readonly Type[]): string {
  const asked = expression.arguments.find(({ name }) => name === "dtype")?.value;
  if (asked) return numpyName(asked) ?? "";
  const made = likeNumpy(result, ...types.flatMap((type) => (isSequence(type) ? [itemOf(type)] : [type])));
  return (made.kind === "tensor" ? made.numpy : undefined) ?? usualNumpy(result.elements);
}

/** `array.astype(type)` */
export function castArray(expression: Call, object: Type & { kind: "tensor" }): Type {
  const [asked] = expression.arguments;
  const numpy = asked && numpyName(asked.value);
  if (!numpy) return likeNumpy(castResult(expression, object), object);
  return { kind: "tensor", elements: numpy === "bool" ? "bool" : numpy.startsWith("float") ? "float" : "int", numpy };
}

export function castResult(expression: Call, object: Type): Type {
  for (const argument of expression.arguments) {
    const type = argument.value.type;
    if (type?.kind === "python" && /\.(float\d*|double|half|long|int\d*|bool_?|uint8|bfloat16)$/.test(type.path))
      return { kind: "tensor", elements: dtypeElements(type) };
  }
  return object;
}

export function numpyResult(name: string, types: readonly Type[]): Type {
  const sized =
    types.length > (name === "rand" || name === "randn" || name === "random" ? 0 : name === "randint" || name === "uniform" || name === "normal" ? 2 : 1);
  const whole = name === "randint" || name === "permutation" || name === "choice";
  if (name === "shuffle" || name === "seed") return none;
  if (name === "permutation") return ints;
  return sized ? (whole ? ints : floats) : whole ? int : float;
}

export function numpyCall(name: string, types: readonly Type[], expression: Call): Type {
  const sized = expression.arguments.some((argument) => argument.name === "size");
  if (name.startsWith("random.")) {
    const last = name.slice("random.".length);
    if (last === "RandomState" || last === "default_rng") return { kind: "object", of: "numpyRandom" };
    const plain = numpyResult(last, types);
    return sized ? { kind: "tensor", elements: plain.kind === "int" ? "int" : "float" } : plain;
  }
  const first = types[0] ?? unknown;
  if (/^(float|int)\d*_?$/.test(name) && isNumber(first)) return name.startsWith("float") ? float : int;
  if (["array", "asarray"].includes(name)) return { kind: "tensor", elements: elementsOf(first) };
  if (/^(mean|sum|std|var|max|min|median|prod|dot|sqrt|exp|log|sin|cos|abs|tanh|round|floor)$/.test(name)) {
    if (isNumber(first)) return float;
    if (isSequence(first)) return itemOf(first).kind === "tensor" || name === "median" ? floats : float;
    return expression.arguments.length > 1 || /^(sqrt|exp|log|sin|cos|abs|tanh|round|floor|dot)$/.test(name) ? floats : floats;
  }
  if (/^(isnan|isfinite)$/.test(name) && isNumber(first)) return bool;
  if (/^(where|nonzero)$/.test(name) && types.length === 1) return { kind: "list", of: { kind: "tensor", elements: "int", numpy: "int64" }, tuple: true };
  if (name === "array_split") return { kind: "list", of: types[0] ?? floats };
  if (name === "arange" && types.every((type) => type.kind === "int")) return ints;
  if (/^arg(max|min|sort)$/.test(name)) return isSequence(first) && name !== "argsort" ? int : ints;
  return floats;
}
