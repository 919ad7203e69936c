/** Turns a plain collection of layers into the container that the module looks into, and what uses it along with it. */
import type * as t from "@babel/types";
import type { Fix, TextEdit } from "../protocol/index.ts";
import type { Content } from "./collections.ts";
import type { Field, Program } from "./program.ts";
import { inserting, replacing } from "./rule.ts";
import { isIn, memberName, objectOf, type Node } from "./tree.ts";

/** Arrays have these, `nn.ModuleList` has not; a copy of it as an array does. */
const arrayMethods: ReadonlySet<string> = new Set(
  "concat entries every filter find findIndex findLast flatMap forEach includes indexOf join keys map reduce reduceRight some toReversed values".split(" "),
);
/** The same in both. */
const listMembers: ReadonlySet<string> = new Set(["length", "at", "slice"]);
const mapMembers: ReadonlySet<string> = new Set(["get", "set", "has", "entries", "values", "keys"]);
/** Names that a container has itself. */
const takenKeys =
  /^(?:length|get|set|has|pop|update|keys|values|entries|forward|train|eval|training|parameters|buffers|children|modules|apply|to|float|half|type)$/;

/** Thrown where a use is met that can't be rewritten for certain. */
class Uncertain extends Error {}

export function registeringFix(program: Program, field: Field, content: Content, container: string): Fix | undefined {
  const written = program.written(`nn.${container}`);
  if (written === undefined || field.name.startsWith("#") || isUsedOutside(program, field)) return undefined;
  try {
    const edits = [
      ...typeEdits(program, field, written, content),
      ...field.values.flatMap(({ value }) => valueEdits(program, value, written, content)),
      ...field.uses.flatMap((use) => useEdits(program, field, use, content)),
    ];
    return { title: `Make it \`${written}\``, edits };
  } catch (error) {
    if (error instanceof Uncertain) return undefined;
    throw error;
  }
}

/** What others do with the field can't be told from here. */
function isUsedOutside(program: Program, { name, uses, owner }: Field): boolean {
  const own = new Set(uses);
  const isOther = ({ callee }: { readonly callee: Node }): boolean => {
    const object = objectOf(callee);
    return object !== undefined && memberName(object) === name && !own.has(object) && memberName(callee) !== "at" && memberName(callee) !== "slice";
  };
  return program.calls.some((call) => !isIn(call, owner) && isOther(call));
}

function typeEdits(program: Program, { declaration }: Field, written: string, content: Content): TextEdit[] {
  const annotation = declaration?.typeAnnotation;
  if (annotation?.type !== "TSTypeAnnotation") return [];
  const element = content.of === "modules" ? elementType(annotation.typeAnnotation) : undefined;
  return [replacing(program, annotation.typeAnnotation, element ? `${written}<${program.textOf(element)}>` : written)];
}

function elementType(type: Node): Node | undefined {
  if (type.type === "TSTypeOperator") return type.typeAnnotation && elementType(type.typeAnnotation);
  if (type.type === "TSArrayType") return type.elementType;
  if (type.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return undefined;
  const [first, second] = typeArguments(type);
  switch (type.typeName.name) {
    case "Array":
    case "ReadonlyArray":
    case "Set":
      return first;
    case "Map":
    case "ReadonlyMap":
      if (first?.type !== "TSStringKeyword") throw new Uncertain();
      return second;
    case "Record":
      return second;
    default:
      return undefined;
  }
}

function typeArguments(node: t.TSTypeReference | t.NewExpression): readonly Node[] {
  const given = node.typeParameters;
  return given && "params" in given ? given.params : [];
}

function valueEdits(program: Program, value: Node, written: string, { kind }: Content): TextEdit[] {
  if (value.type === "NewExpression" && (kind === "map" || kind === "set")) {
    const [key] = typeArguments(value);
    if (kind === "map" && key && key.type !== "TSStringKeyword") throw new Uncertain();
    const [argument] = value.arguments;
    return [replacing(program, value, `new ${written}(${argument ? program.textOf(argument) : ""})`)];
  }
  if (value.type === "ObjectExpression") checkKeys(value);
  const isEmpty = (value.type === "ArrayExpression" && value.elements.length === 0) || (value.type === "ObjectExpression" && value.properties.length === 0);
  if (isEmpty) return [replacing(program, value, `new ${written}()`)];
  if (kind === "map" || kind === "set" || isNested(value)) throw new Uncertain();
  return [inserting(program, value.start!, `new ${written}(`), inserting(program, value.end!, ")")];
}

function isNested(value: Node): boolean {
  const isCollection = (node: Node | null): boolean => node?.type === "ArrayExpression" || node?.type === "ObjectExpression";
  if (value.type === "ArrayExpression") return value.elements.some(isCollection);
  return value.type === "ObjectExpression" && value.properties.some((property) => property.type === "ObjectProperty" && isCollection(property.value));
}

function checkKeys({ properties }: t.ObjectExpression): void {
  for (const property of properties) {
    if (property.type !== "ObjectProperty") throw new Uncertain();
    const name = property.key.type === "Identifier" ? property.key.name : property.key.type === "StringLiteral" ? property.key.value : undefined;
    if (!property.computed && (name === undefined || takenKeys.test(name) || name.includes("."))) throw new Uncertain();
  }
}

function useEdits(program: Program, field: Field, use: Node, content: Content): TextEdit[] {
  const outer = program.parentOf(use);
  if (field.values.some(({ at }) => at === outer)) return [];
  if (outer?.type === "TSNonNullExpression") return useEdits(program, field, outer, content);
  if (outer && objectOf(outer) !== undefined && (outer.type === "MemberExpression" || outer.type === "OptionalMemberExpression") && outer.object === use) {
    return content.kind === "array" || content.kind === "set" ? listUse(program, use, outer) : dictUse(program, use, outer, content);
  }
  if (outer?.type === "ForOfStatement" && outer.right === use) return content.kind === "map" ? [inserting(program, use.end!, ".entries()")] : [];
  if (outer?.type === "ForInStatement" && outer.right === use && content.kind === "object") return [between(program, outer.left, use, " of ")];
  if (outer?.type === "SpreadElement" && content.kind !== "object" && content.kind !== "map") return [];
  if (outer?.type === "CallExpression" && content.kind === "object") return globalUse(program, use, outer);
  throw new Uncertain();
}

type Member = t.MemberExpression | t.OptionalMemberExpression;

function listUse(program: Program, use: Node, member: Member): TextEdit[] {
  const outer = program.parentOf(member);
  const isCall = outer?.type === "CallExpression" && outer.callee === member;
  const name = memberName(member);
  if (member.computed) {
    if (outer?.type === "AssignmentExpression" && outer.left === member) throw new Uncertain();
    return [];
  }
  if (isCall && (name === "push" || name === "add")) return appending(program, member, outer.arguments);
  if (name === "size") return [replacing(program, member.property, "length")];
  if (name !== undefined && listMembers.has(name))
    return isSliceUsedAsArray(program, outer) ? [inserting(program, use.start!, "[..."), inserting(program, use.end!, "]")] : [];
  if (isCall && name !== undefined && arrayMethods.has(name)) return [inserting(program, use.start!, "[..."), inserting(program, use.end!, "]")];
  throw new Uncertain();
}

/** `this.layers.slice(1).map(…)` */
function isSliceUsedAsArray(program: Program, call: Node | undefined): boolean {
  const member = call?.type === "CallExpression" ? program.parentOf(call) : undefined;
  const name = member && objectOf(member) === call ? memberName(member) : undefined;
  return name !== undefined && arrayMethods.has(name);
}

function appending(program: Program, member: Member, items: readonly Node[]): TextEdit[] {
  const [first] = items;
  const last = items.at(-1);
  if (!first || !last) throw new Uncertain();
  if (items.length === 1 && first.type !== "SpreadElement") return [replacing(program, member.property, "append")];
  return [replacing(program, member.property, "extend"), inserting(program, first.start!, "["), inserting(program, last.end!, "]")];
}

function dictUse(program: Program, use: Node, member: Member, { kind }: Content): TextEdit[] {
  const outer = program.parentOf(member);
  const name = memberName(member);
  if (kind === "map") {
    if (name === "size") return [replacing(program, member.property, "length")];
    if (name === "delete") return [replacing(program, member.property, "pop")];
    if (name === undefined || !mapMembers.has(name)) throw new Uncertain();
    const [key] = outer?.type === "CallExpression" ? outer.arguments : [];
    if (key?.type === "NumericLiteral") throw new Uncertain();
    return [];
  }
  if (outer?.type === "AssignmentExpression" && outer.left === member) return setting(program, use, member, outer);
  if (outer?.type === "UnaryExpression" || (!member.computed && (name === undefined || takenKeys.test(name)))) throw new Uncertain();
  return [];
}

/** `this.heads[name] = x` → `this.heads.set(name, x)` */
function setting(program: Program, use: Node, { property, computed }: Member, { operator, right }: t.AssignmentExpression): TextEdit[] {
  if (operator !== "=") throw new Uncertain();
  const key = computed ? program.textOf(property) : JSON.stringify(program.textOf(property));
  return [between(program, use, right, `.set(${key}, `), inserting(program, right.end!, ")")];
}

/** `Object.entries(this.heads)` → `this.heads.entries()` */
function globalUse(program: Program, use: Node, call: t.CallExpression): TextEdit[] {
  const name = memberName(call.callee);
  const object = objectOf(call.callee);
  const isOfObject = object?.type === "Identifier" && object.name === "Object" && (name === "entries" || name === "values" || name === "keys");
  if (!isOfObject || call.arguments.length !== 1) throw new Uncertain();
  return [replacing(program, call, `${program.textOf(use)}.${name}()`)];
}

/** Replaces what stands between two nodes. */
function between(program: Program, left: Node, right: Node, text: string): TextEdit {
  const { line, column } = program.position(right.start!);
  return { position: program.position(left.end!), end: { line, column }, text };
}
