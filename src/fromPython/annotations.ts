/** Where TypeScript has to be told a variable's type, for what stands there says less, or something else. */
import type { Expression } from "./syntax.ts";
import { isMap, itemOf, typeText, unknown } from "./types.ts";

/** Whether TypeScript takes from the expression itself what it is. */
export function tellsItself(value: Expression): boolean {
  switch (value.kind) {
    case "list":
      return value.entries.length > 0 && value.entries.every((entry) => tellsItself(entry) && fits(entry, value));
    case "set":
      return value.entries.every((entry) => entry.kind !== "starred" && tellsItself(entry));
    case "tuple":
      // TypeScript takes it for a list.
      return false;
    case "dict":
      return value.entries.length > 0 && isPlain(value) && value.entries.every((entry) => tellsItself(entry.value) && entry.value.kind !== "constant");
    case "comprehension":
      return value.of === "dict" ? isPlain(value) : tellsItself(value.value);
    case "binary":
      return tellsItself(value.left) && tellsItself(value.right);
    case "conditional":
      return (
        typeText(value.whenTrue.type ?? unknown) === typeText(value.otherwise.type ?? unknown) || !/Optimizer|LRScheduler/.test(typeText(value.type ?? unknown))
      );
    case "call":
      if (value.type?.kind === "dict" && value.callee.kind === "name" && !isMap(value.type)) return isPlain(value);
      return value.arguments.length > 0 || !["list", "dict", "set"].includes(value.type?.kind ?? "");
    default:
      return true;
  }
}

/** Whether a list's entry is all that the list ever holds. */
function fits(entry: Expression, list: Expression): boolean {
  return entry.kind === "starred" || typeText(entry.type ?? { kind: "unknown" }) === typeText(itemOf(list.type ?? { kind: "unknown" }));
}

/** Whether a dictionary keeps the form that it has where it is made. */
function isPlain({ type }: Expression): boolean {
  return type?.kind !== "dict" || isMap(type) || (type.fields !== undefined && !type.open);
}
