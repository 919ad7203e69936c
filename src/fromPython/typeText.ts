/** Types as texts, for comparisons. */
import { functionsOf, type Type } from "./types.ts";

/** A text that differs where types do; deep enough for the changes that matter. */
export function describe(type: Type, depth = 5): string {
  if (depth === 0) return "";
  switch (type.kind) {
    case "list":
    case "set":
    case "iterator":
    case "nullable":
      return `${type.kind}<${describe(type.of, depth - 1)}>`;
    case "tuple":
      return `(${type.entries.map((entry) => describe(entry, depth - 1)).join()})`;
    case "dict":
      return `{${describe(type.key, depth - 1)}:${describe(type.value, depth - 1)}:${type.fields ? [...type.fields].map(([name, field]) => `${name}=${describe(field, depth - 2)}`).join() : ""}${type.map ? "m" : ""}${type.open ? "o" : ""}}`;
    case "object":
      return `${type.of}<${type.item ? describe(type.item, depth - 1) : ""}>${type.entries ? `[${type.entries.map((entry) => describe(entry, depth - 1)).join()}]` : ""}`;
    case "instance":
    case "class":
      return `${type.kind} ${type.of.name}`;
    case "function":
      return `function ${functionsOf(type).length}`;
    case "python":
      return type.path;
    case "constructor":
      return `constructor<${type.of.map((one) => describe(one, depth - 1)).join()}>`;
    case "tensor":
      return `tensor ${type.elements ?? ""}${type.parameter ? "p" : ""}${type.numpy ?? ""}`;
    case "dtype":
      return `dtype ${type.of ?? ""}`;
    case "any":
      return type.floats ? "any floats" : "any";
    case "int":
    case "float":
    case "number":
      return type.below ? `-${type.kind}` : type.kind;
    default:
      return type.kind;
  }
}
