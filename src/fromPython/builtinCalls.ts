/** What Python's built-in functions give. */
import { file } from "./files.ts";
import type { Call } from "./syntax.ts";
import { constantIndex, entriesByName } from "./syntaxQueries.ts";
import {
  any,
  bool,
  entryOf,
  fieldsOf,
  float,
  int,
  isBelow,
  isNumber,
  join,
  listOf,
  none,
  signed,
  string,
  tupleOf,
  unknown,
  type DictType,
  type FunctionInfo,
  type ListType,
  type SetType,
  type Type,
  ordered,
} from "./types.ts";
import type { Walk } from "./walk.ts";

export function builtinCall(walk: Walk, name: string, types: readonly Type[], expression: Call): Type {
  const first = types[0] ?? unknown;
  switch (name) {
    case "len":
    case "ord":
    case "hash":
    case "id":
      return int;
    case "int":
      return signed(int, isBelow(first));
    case "float":
      return signed(float, isBelow(first));
    case "round":
      return types.length > 1 || first.kind === "tensor" ? first : signed(int, isBelow(first));
    case "str":
    case "repr":
    case "chr":
    case "input":
    case "format":
    case "hex":
    case "bin":
      return string;
    case "bool":
    case "isinstance":
    case "issubclass":
    case "hasattr":
    case "callable":
    case "any":
    case "all":
      return bool;
    case "range":
      return { kind: "iterator", of: signed(int, countsBelow(types, expression)) };
    case "enumerate":
      return { kind: "iterator", of: tupleOf(int, walk.items(first)) };
    case "zip":
      if (expression.arguments.some(({ star }) => star)) {
        const row = walk.items(first);
        const column = (of: Type): Type => ({ ...listOf(of), tuple: true });
        if (row.kind === "tuple" && types.length === 1) return tupleOf(...row.entries.map(column));
        return { kind: "iterator", of: types.length === 1 && row.kind === "list" ? column(row.of) : any };
      }
      return { kind: "iterator", of: tupleOf(...types.map((type) => walk.items(type))) };
    case "list":
    case "sorted":
      for (const type of types.slice(1)) if (type.kind === "function") walk.invoke(type.of, ordered(type, walk.items(first)));
      return walk.container(
        expression,
        () => listOf(walk.items(first)),
        (list) => walk.append(list as ListType, walk.items(first)),
      );
    case "tuple":
      return first.kind === "tuple" ? first : { kind: "list", of: walk.items(first), tuple: true };
    case "set":
    case "frozenset":
      return walk.container(
        expression,
        () => ({ kind: "set", of: walk.items(first) }),
        (set) => walk.append(set as SetType, walk.items(first)),
      );
    case "dict": {
      const entries = entriesByName(expression);
      if (entries) return walk.dictionary(entries, expression);
      if (first.kind === "dict")
        return walk.container(
          expression,
          () => ({ ...first, made: undefined }),
          (copy) => void Object.assign(copy, join({ ...first, made: undefined }, copy), { made: undefined }),
        );
      return walk.container(
        expression,
        () => ({ kind: "dict", key: entryOf(walk.items(first), 0), value: entryOf(walk.items(first), 1) }),
        () => {},
      );
    }
    case "open":
      return { kind: "object", of: file };
    case "dict.fromkeys":
      return walk.container(
        expression,
        () => ({ kind: "dict", key: walk.items(first), value: types[1] ?? none }),
        (dict) => void Object.assign(dict, { key: join((dict as DictType).key, walk.items(first)), value: join((dict as DictType).value, types[1] ?? none) }),
      );
    case "reversed":
    case "iter":
      return { kind: "iterator", of: walk.items(first) };
    case "next":
      return walk.items(first);
    case "map": {
      const apart = types[1];
      if (first.kind === "python" && /^builtins\.(list|tuple|set)$/.test(first.path) && apart?.kind === "tuple" && types.length === 2)
        return tupleOf(...apart.entries.map((entry): Type => ({ ...listOf(walk.items(entry)), tuple: first.path.endsWith("tuple") })));
      const item =
        first.kind === "function"
          ? walk.invoke(
              first.of,
              types.slice(1).map((type) => walk.items(type)),
            )
          : first.kind === "python"
            ? walk.call(
                first.path,
                types.slice(1).map((type) => walk.items(type)),
                { ...expression, arguments: [] },
              )
            : any;
      return { kind: "iterator", of: item };
    }
    case "filter":
      if (first.kind === "function") walk.invoke(first.of, [walk.items(types[1] ?? unknown)]);
      return { kind: "iterator", of: walk.items(types[1] ?? unknown) };
    case "sum": {
      const item = walk.items(first);
      return item.kind === "bool" ? int : item.kind === "tensor" ? item : isNumber(item) && types[1] ? join(item, types[1]) : item;
    }
    case "max":
    case "min": {
      for (const [at, argument] of expression.arguments.entries())
        if (argument.name === "key" && types[at]!.kind === "function") walk.invoke((types[at] as { of: FunctionInfo }).of, [walk.items(first)]);
      const positional = types.filter((_, at) => !expression.arguments[at]?.name);
      if (positional.length === 1) return walk.items(first);
      const joined = positional.reduce(join);
      // The larger of two is below zero where both are.
      return isNumber(joined) ? signed(joined, name === "max" ? positional.every(isBelow) : isBelow(joined)) : joined;
    }
    case "abs":
      return signed(first, false);
    case "pow":
      return first;
    case "divmod": {
      const joined = types.reduce(join, unknown);
      return isNumber(joined) ? tupleOf(joined, signed(joined, isBelow(types[1]!))) : tupleOf(int, int);
    }
    case "super":
      return { kind: "python", path: "builtins.super" };
    case "vars":
      return fieldsOf(first);
    case "type":
      return any;
    case "getattr":
      return any;
    case "print":
    case "setattr":
    case "exit":
      return none;
    case "slice":
      return { kind: "slice" };
    case "ValueError":
    case "Exception":
      return { kind: "error" };
    default:
      return any;
  }
}

/** Whether a `range` comes below zero. */
function countsBelow(types: readonly Type[], { arguments: given }: Call): boolean {
  const [start, stop, step] = given.map(({ value }) => value);
  if (!start || !stop) return false;
  const isDown = step !== undefined && isBelow(types[2]!);
  return isDown ? isBelow(types[1]!) && constantIndex(stop) !== -1 : isBelow(types[0]!);
}
