/** Destructuring: `const [a, b] = …`, `for (const { x } of …)`, `[a, b] = [b, a]`. */
import { expression, propertyOf } from "./grammar.ts";
import type { Context } from "./context.ts";
import { access, attributeName, binds, quoted, receiver, within, type Code } from "./python.ts";
import { keyName, startLine, type Node } from "./syntax.ts";
import { annotated, elementOf, list, unknown, type Type } from "./types.ts";

/** Binds what a pattern names, with the types that the value gives them. */
export function declarePattern(context: Context, pattern: Node, type: Type): void {
  switch (pattern.type) {
    case "Identifier": {
      const stated = pattern.typeAnnotation ? annotated(pattern.typeAnnotation, context) : unknown;
      context.declare(pattern.name, stated.kind === "unknown" ? type : stated);
      return;
    }
    case "AssignmentPattern":
      return declarePattern(context, pattern.left, type.kind === "unknown" ? context.dry(() => expression(context, pattern.right).type) : type);
    case "RestElement":
      return declarePattern(context, pattern.argument, type);
    case "ArrayPattern":
      return pattern.elements.forEach(
        (element, i) => element && declarePattern(context, element, element.type === "RestElement" ? list(elementOf(type)) : partOf(type, i)),
      );
    case "ObjectPattern":
      return pattern.properties.forEach((property) => {
        if (property.type === "RestElement") declarePattern(context, property.argument, othersOf(type, pattern));
        else declarePattern(context, property.value, fieldOf(type, keyName(property.key, property.computed) ?? ""));
      });
  }
}

/** What is left of an object: a dictionary of its other fields. */
function othersOf(type: Type, { properties }: Extract<Node, { type: "ObjectPattern" }>): Type {
  const taken = new Set(properties.map((each) => (each.type === "ObjectProperty" ? keyName(each.key, each.computed) : undefined)));
  const { fields, rest = unknown } = type.kind === "object" ? type : { fields: new Map<string, Type>() };
  return { kind: "object", fields: new Map([...fields].filter(([name]) => !taken.has(name))), rest };
}

const partOf = (type: Type, i: number): Type => (type.kind === "tuple" ? (type.of[i] ?? unknown) : elementOf(type));

function fieldOf(type: Type, name: string): Type {
  if (type.kind === "object") return type.fields.get(name) ?? type.rest ?? unknown;
  if (type.kind === "tuple" && (name === "values" || name === "indices")) return type.of[name === "values" ? 0 : 1] ?? unknown;
  if (type.kind === "object of") return type.of.fields.get(name) ?? unknown;
  return unknown;
}

/** The pattern as Python's own unpacking has it: `a, (b, c), *rest`. Objects have none; `undefined` then. */
export function patternText(context: Context, pattern: Node, type: Type): string {
  switch (pattern.type) {
    case "Identifier":
      return context.scope.find(pattern.name)?.python ?? attributeName(pattern.name);
    case "AssignmentPattern":
      return patternText(context, pattern.left, type);
    case "RestElement":
      return `*${patternText(context, pattern.argument, type)}`;
    case "ArrayPattern":
      return listPattern(context, pattern, type);
    case "MemberExpression":
      return expression(context, pattern).text;
    default:
      return context.refuse(pattern, "this pattern", "take it apart in a line of its own").text;
  }
}

function listPattern(context: Context, pattern: Extract<Node, { type: "ArrayPattern" }>, type: Type): string {
  const parts = pattern.elements.map((element, i) => {
    if (!element) return "_";
    const text = patternText(context, element, partOf(type, i));
    const isNested = element.type === "ArrayPattern" || (element.type === "AssignmentPattern" && element.left.type === "ArrayPattern");
    return isNested ? `(${text})` : text;
  });
  const length = type.kind === "tuple" ? type.of.length : undefined;
  const hasRest = pattern.elements.at(-1)?.type === "RestElement";
  if (!hasRest) {
    if (length !== undefined) while (parts.length < length) parts.push("_");
    // What stands behind the only one that is named, or behind those that are left out, is left there.
    else if (parts.length === 1 || pattern.elements.includes(null)) parts.push("*_");
  }
  return parts.length === 1 ? `${parts[0]},` : parts.join(", ");
}

/** Binds what a pattern names as parts of `whole`, for places where nothing can be assigned: `item["loss"]`. */
export function declareParts(context: Context, pattern: Node, whole: Code): void {
  switch (pattern.type) {
    case "AssignmentPattern":
      return declareParts(context, pattern.left, whole);
    case "ArrayPattern":
      return pattern.elements.forEach(
        (element, i) =>
          element &&
          declareParts(context, element, element.type === "RestElement" ? access(`${whole.text}[${i}:]`, whole.type) : elementOr(context, whole, i, element)),
      );
    case "RestElement":
      return declareParts(context, pattern.argument, whole);
    case "ObjectPattern":
      return pattern.properties.forEach((property) => {
        if (property.type !== "ObjectProperty") return;
        const key = keyName(property.key, property.computed) ?? "";
        const { value } = property;
        const given = fieldValue(context, property, whole, key);
        if (value.type === "AssignmentPattern") declareParts(context, value.left, fieldOr(context, whole, key, given, value.right));
        else declareParts(context, value, given);
      });
    case "Identifier":
      context.scope.bindings.set(pattern.name, { python: whole.text, owner: context.definition, loop: undefined, isSet: true, type: () => whole.type });
  }
}

/** An entry of a list, or what stands for it where the list ends before it. */
function elementOr(context: Context, whole: Code, i: number, element: Node): Code {
  const entry = access(`${whole.text}[${i}]`, partOf(whole.type, i));
  if (element.type !== "AssignmentPattern" || (whole.type.kind === "tuple" && i < whole.type.of.length)) return entry;
  return access(`(${entry.text} if len(${whole.text}) > ${i} else ${within(expression(context, element.right), binds.conditional)})`, entry.type);
}

/** Whether Python's loops can unpack it. */
export const isLoopPattern = (pattern: Node): boolean =>
  isUnpackable(pattern) ||
  (pattern.type === "ArrayPattern" &&
    pattern.elements.every((element) => !element || isLoopPattern(element.type === "AssignmentPattern" ? element.left : element))) ||
  pattern.type === "RestElement";

/** Whether Python can unpack it in one go. */
export const isUnpackable = (pattern: Node): boolean =>
  pattern.type === "ArrayPattern"
    ? pattern.elements.every(
        (element) =>
          !element ||
          (element.type !== "AssignmentPattern" &&
            (element.type === "Identifier" || element.type === "RestElement" || element.type === "MemberExpression" || isUnpackable(element))),
      )
    : pattern.type === "Identifier" || pattern.type === "MemberExpression";

/** Writes the assignments that take a value apart. */
export function assignPattern(context: Context, pattern: Node, value: Code, from: Node): void {
  for (const text of patternAssignments(context, pattern, value)) context.line(text, startLine(from));
}

/** The same as texts. */
export function patternAssignments(context: Context, pattern: Node, value: Code): string[] {
  if (pattern.type === "AssignmentPattern") return [`${patternText(context, pattern.left, value.type)} = ${withDefault(context, value, pattern.right).text}`];
  if (pattern.type === "ObjectPattern") return objectAssignments(context, pattern, value);
  if (pattern.type === "ArrayPattern" && !isUnpackable(pattern)) {
    const [simple, before] = simpleName(context, value);
    return [...before, ...pattern.elements.flatMap((element, i) => (element ? elementAssignment(context, element, simple, i) : []))];
  }
  return [`${patternText(context, pattern, value.type)} = ${value.text}`];
}

function elementAssignment(context: Context, element: Node, value: Code, i: number): string[] {
  if (element.type === "RestElement") return patternAssignments(context, element.argument, access(`${value.text}[${i}:]`, value.type));
  const type = value.type.kind === "tuple" ? (value.type.of[i] ?? unknown) : elementOf(value.type);
  if (element.type === "AssignmentPattern") {
    const isThere = value.type.kind === "tuple" && i < value.type.of.length;
    if (isThere) return patternAssignments(context, element.left, access(`${value.text}[${i}]`, type));
    return patternAssignments(
      context,
      element.left,
      access(`(${value.text}[${i}] if len(${value.text}) > ${i} else ${within(expression(context, element.right), binds.conditional)})`, type),
    );
  }
  return patternAssignments(context, element, access(`${value.text}[${i}]`, type));
}

function objectAssignments(context: Context, pattern: Extract<Node, { type: "ObjectPattern" }>, value: Code): string[] {
  const [simple, before] = simpleName(context, value);
  const names: string[] = [];
  const values: string[] = [];
  const rest: string[] = [];
  const taken: string[] = [];
  for (const property of pattern.properties) {
    if (property.type === "RestElement") {
      rest.push(
        `${patternText(context, property.argument, unknown)} = {key: value for key, value in ${simple.text}.items() if key not in (${taken.map(quoted).join(", ")},)}`,
      );
      continue;
    }
    const key = keyName(property.key, property.computed) ?? "";
    taken.push(key);
    const target = property.value;
    const given = fieldValue(context, property, simple, key);
    if (target.type === "Identifier") {
      names.push(patternText(context, target, given.type));
      values.push(given.text);
    } else if (target.type === "AssignmentPattern") {
      const made = fieldOr(context, simple, key, given, target.right);
      if (target.left.type === "Identifier") {
        names.push(patternText(context, target.left, given.type));
        values.push(within(made, binds.conditional));
      } else rest.push(...patternAssignments(context, target.left, made));
    } else rest.push(...patternAssignments(context, target, given));
  }
  return [...before, ...(names.length > 0 ? [`${names.join(", ")} = ${values.join(", ")}`] : []), ...rest];
}

function fieldValue(context: Context, node: Node, value: Code, key: string): Code {
  // PyTorch's pairs of values and indices have both names.
  if (value.type.kind === "tuple") return access(`${value.text}.${key}`, fieldOf(value.type, key));
  return propertyOf(context, node, value, key);
}

/** A field, or what stands for it where there is none. */
const fieldOr = (context: Context, value: Code, key: string, given: Code, fallback: Node): Code =>
  value.type.kind === "object"
    ? access(`${receiver(value)}.get(${quoted(key)}, ${expression(context, fallback).text})`, given.type)
    : withDefault(context, given, fallback);

function withDefault(context: Context, value: Code, fallback: Node): Code {
  return {
    ...value,
    text: `${value.text} if ${value.text} is not None else ${within(expression(context, fallback), binds.conditional)}`,
    tight: binds.conditional,
  };
}

/** A name for a value that is asked for more than once, and what has to be written first. */
function simpleName(context: Context, value: Code): [Code, string[]] {
  if (/^[\w.]+$/.test(value.text)) return [value, []];
  const name = context.fresh("parts");
  return [access(name, value.type), [`${name} = ${value.text}`]];
}
