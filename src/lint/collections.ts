/** Whether an expression makes a plain collection of layers or parameters. */
import type * as t from "@babel/types";
import { matters } from "./layers.ts";
import type { Program } from "./program.ts";
import { bare, isFunction, isIn, memberName, objectOf, type Node } from "./tree.ts";

export interface Content {
  readonly kind: "array" | "set" | "map" | "object";
  readonly of: "modules" | "parameters";
}

/** @param owner the class whose layers they would be, or the function that makes them for it: what was made outside of it is somebody else's */
export function contentOf(program: Program, node: Node, owner: Node, depth = 0): Content | undefined {
  const value = bare(node);
  if (depth > 6) return undefined;
  const within = (inner: Node): Content | undefined => contentOf(program, inner, owner, depth + 1);
  const elementOf = (element: Node | null): Content["of"] | undefined => {
    if (!element) return undefined;
    const spread = element.type === "SpreadElement" ? within(element.argument) : undefined;
    return spread?.of ?? madeHere(program, element, owner) ?? within(element)?.of;
  };
  const collected = (kind: Content["kind"], elements: readonly (Node | null)[]): Content | undefined => {
    const of = elements.map(elementOf).find((one) => one !== undefined);
    return of && { kind, of };
  };
  switch (value.type) {
    case "ArrayExpression":
      return collected("array", value.elements);
    case "ObjectExpression":
      return collected(
        "object",
        value.properties.map((property) => (property.type === "ObjectMethod" ? null : property.type === "ObjectProperty" ? property.value : property)),
      );
    case "NewExpression":
      return newCollection(program, value, within, (pairs) => collected("map", pairs));
    case "CallExpression":
      return calledCollection(program, value, within, collected) ?? returnedCollection(program, value, depth);
    case "Identifier":
      return localCollection(program, value, owner, within);
    default:
      return undefined;
  }
}

/** What an element is that was made in this class, and is not one of its fields besides. */
function madeHere(program: Program, element: Node, owner: Node): Content["of"] | undefined {
  const node = bare(element);
  const binding = program.bindingOf(node);
  if (binding && (!isIn(binding.node, owner) || binding.references.some((use) => isKeptElsewhere(program, use)))) return undefined;
  if (memberName(node) !== undefined) return undefined;
  if (program.isParameter(node)) return "parameters";
  const made = program.moduleOf(node);
  return made && matters(program, made) ? "modules" : undefined;
}

/** `this.fc = fc` */
function isKeptElsewhere(program: Program, use: Node): boolean {
  const parent = program.parentOf(use);
  return parent?.type === "AssignmentExpression" && parent.right === use && program.fieldOf(parent.left) !== undefined;
}

function newCollection(
  program: Program,
  { callee, arguments: [argument] }: t.NewExpression,
  within: (node: Node) => Content | undefined,
  ofPairs: (values: readonly Node[]) => Content | undefined,
): Content | undefined {
  if (callee.type !== "Identifier" || program.bindingOf(callee) || !argument) return undefined;
  if (callee.name === "Set") return as("set", within(argument));
  return callee.name === "Map" ? ofPairs(pairValues(program, argument)) : undefined;
}

function calledCollection(
  program: Program,
  call: t.CallExpression,
  within: (node: Node) => Content | undefined,
  collected: (kind: Content["kind"], elements: readonly Node[]) => Content | undefined,
): Content | undefined {
  const object = objectOf(call.callee);
  const [first, second] = call.arguments;
  switch (memberName(call.callee)) {
    case "from":
      return isGlobal(program, object, "Array") && second ? collected("array", resultsOf(program, second)) : undefined;
    case "fromEntries":
      return isGlobal(program, object, "Object") && first ? collected("object", pairValues(program, first)) : undefined;
    case "map":
    case "flatMap":
      return first ? collected("array", resultsOf(program, first)) : undefined;
    case "fill":
      return first ? collected("array", [first]) : undefined;
    case "concat":
      return object && (within(object) ?? collected("array", call.arguments));
    case "filter":
    case "slice":
    case "reverse":
    case "toReversed":
      return object && within(object);
    default:
      return undefined;
  }
}

/** What a function of this file makes, and returns. */
function returnedCollection(program: Program, call: t.CallExpression, depth: number): Content | undefined {
  const own = program.functionOf(call.callee);
  const [result, ...others] = own ? program.resultsOf(own) : [];
  return own && result && others.length === 0 ? contentOf(program, result, own, depth + 1) : undefined;
}

/** A variable of the class that a collection is kept in, or gathered in. */
function localCollection(program: Program, name: t.Identifier, owner: Node, within: (node: Node) => Content | undefined): Content | undefined {
  const binding = program.bindingOf(name);
  const value = binding && program.valueOf(name);
  if (!value || value === name || !isIn(binding.node, owner)) return undefined;
  // What goes into a container of Kindling's from there is known to the module.
  const isHandedOn = binding.references.some((use) => use !== name && isArgumentOfLayer(program, use));
  return isHandedOn ? undefined : (within(value) ?? isPlain(program, value, binding.references, owner));
}

function isArgumentOfLayer(program: Program, use: Node): boolean {
  const outer = program.parentOf(use);
  const call = outer?.type === "SpreadElement" ? program.parentOf(outer) : outer;
  return call?.type === "NewExpression" && program.moduleOf(call) !== undefined;
}

/** What is put into a plain collection where it is used: `layers.push(new nn.Linear(…))`, `heads[name] = …`. */
export function isPlain(program: Program, value: Node, uses: readonly Node[], owner: Node): Content | undefined {
  const kind = plainKind(program, value);
  if (!kind) return undefined;
  for (const use of uses) {
    const added = addedAt(program, use)
      .map((node) => madeHere(program, node, owner))
      .find((of) => of !== undefined);
    if (added) return { kind, of: added };
  }
  return undefined;
}

function plainKind(program: Program, value: Node): Content["kind"] | undefined {
  if (value.type === "ArrayExpression") return "array";
  if (value.type === "ObjectExpression") return "object";
  if (value.type !== "NewExpression") return undefined;
  if (isGlobal(program, value.callee, "Array")) return "array";
  return isGlobal(program, value.callee, "Map") ? "map" : isGlobal(program, value.callee, "Set") ? "set" : undefined;
}

function addedAt(program: Program, use: Node): readonly Node[] {
  const member = program.parentOf(use);
  if (!member || objectOf(member) !== use) return [];
  const outer = program.parentOf(member);
  if (outer?.type === "AssignmentExpression" && outer.left === member) return [outer.right];
  if (outer?.type !== "CallExpression" || outer.callee !== member) return [];
  switch (memberName(member)) {
    case "push":
    case "unshift":
    case "add":
      return outer.arguments;
    case "set":
      return outer.arguments.slice(1, 2);
    default:
      return [];
  }
}

/** What stands second in each pair: `[["a", x], ["b", y]]`, `names.map((name) => [name, x])`. */
function pairValues(program: Program, node: Node): readonly Node[] {
  const pairs = bare(node);
  const secondOf = (pair: Node | null): readonly Node[] => (pair?.type === "ArrayExpression" && pair.elements[1] ? [pair.elements[1]] : []);
  if (pairs.type === "ArrayExpression") return pairs.elements.flatMap(secondOf);
  const maker = pairs.type === "CallExpression" && memberName(pairs.callee) === "map" ? pairs.arguments[0] : undefined;
  return maker ? resultsOf(program, maker).flatMap(secondOf) : [];
}

function resultsOf(program: Program, maker: Node): readonly Node[] {
  const made = isFunction(maker) ? maker : program.functionOf(maker);
  return made ? program.resultsOf(made) : [];
}

function isGlobal(program: Program, node: Node | undefined, name: string): boolean {
  return node?.type === "Identifier" && node.name === name && !program.bindingOf(node);
}

function as(kind: Content["kind"], content: Content | undefined): Content | undefined {
  return content && { ...content, kind };
}
