/** What the place of a function asks of it: the types of its parameters, and with how many it is called. */
import type { Context } from "./context.ts";
import { bare, isFunction, keyName, type Node } from "./syntax.ts";
import { annotated, elementOf, unknown, type Type } from "./types.ts";

/** Says of the functions in a value what its stated type says of them. */
export function want(context: Context, node: Node, type: Type): void {
  const inner = bare(node);
  if (isFunction(inner)) {
    if (type.kind === "function") context.wantedOf.set(inner, type.parameters);
    return;
  }
  switch (inner.type) {
    case "ConditionalExpression":
      want(context, inner.consequent, type);
      return want(context, inner.alternate, type);
    case "ArrayExpression":
      return inner.elements.forEach((each, i) => each && want(context, each, type.kind === "tuple" ? (type.of[i] ?? unknown) : elementOf(type)));
    case "ObjectExpression":
      if (type.kind !== "object") return;
      for (const each of inner.properties) {
        if (each.type === "SpreadElement") continue;
        const key = keyName(each.key, each.computed);
        want(context, each.type === "ObjectMethod" ? each : each.value, (key === undefined ? undefined : type.fields.get(key)) ?? type.rest ?? unknown);
      }
  }
}

/** Says of a method of a plain object what an interface that names it says. */
export function wantAsInterface(context: Context, node: Node, name: string): void {
  const inner = bare(node);
  const signature = context.interfaceMethods.get(name);
  if (!signature || !isFunction(inner) || context.wantedOf.has(inner)) return;
  const types = signature.parameters.map((each) => ("typeAnnotation" in each ? annotated(each.typeAnnotation, context) : unknown));
  context.wantedOf.set(inner, { types, names: [], options: -1, rest: signature.parameters.some((each) => each.type === "RestElement") });
}
