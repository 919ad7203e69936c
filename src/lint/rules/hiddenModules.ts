/** Layers or parameters in a plain array, Map, Set or object: the module doesn't find them there. */
import type { Problem } from "../../protocol/index.ts";
import { contentOf, isPlain, type Content } from "../collections.ts";
import { registeringFix } from "../registeringFix.ts";
import type { Field, Program } from "../program.ts";
import { finding } from "../rule.ts";
import { memberName, type ClassNode, type Node } from "../tree.ts";

/** A class that does one of these finds a way of its own to make its layers known. */
const registersItself =
  /\bthis\s*\[|\b(?:parameters|namedParameters|modules|children)\s*\([^()]*\)\s*[:{]|\.(?:addModule|registerModule|registerParameter)\b|\bObject\.assign\(\s*this\b/;

const names = { array: "array", set: "Set", map: "Map", object: "object" } as const;

export function* hiddenModules(program: Program): Generator<Problem> {
  for (const owner of program.classes) {
    if (!program.isModule(owner) || registersItself.test(program.textOf(owner))) continue;
    for (const field of program.fieldsOf(owner)) {
      const found = hiddenIn(program, field, owner);
      if (found) yield problem(program, field, found);
    }
  }
}

function problem(program: Program, field: Field, { at, content }: { readonly at: Node; readonly content: Content }): Problem {
  const what = content.of === "modules" ? "Layers" : "Parameters";
  const container = containerFor(content);
  return finding(program, "hidden-modules", markOf(at), {
    message: `${what} in a plain ${names[content.kind]} are hidden from the module: no optimizer trains them, and stateDict() leaves them out. Keep them in an \`nn.${container}\`.`,
    fix: registeringFix(program, field, content, container),
  });
}

function containerFor({ kind, of }: Content): string {
  return (of === "modules" ? "Module" : "Parameter") + (kind === "array" || kind === "set" ? "List" : "Dict");
}

/** `this.layers` of `this.layers = […]`, `layers` of `layers = […]`. */
function markOf(at: Node): Node {
  if (at.type === "AssignmentExpression") return at.left;
  return at.type === "ClassProperty" || at.type === "ClassPrivateProperty" ? at.key : at;
}

function hiddenIn(program: Program, field: Field, owner: ClassNode): { readonly at: Node; readonly content: Content } | undefined {
  if (field.uses.some((use) => isHandedToKindling(program, use))) return undefined;
  for (const { at, value } of field.values) {
    const content = contentOf(program, value, owner);
    if (content) return { at, content };
  }
  const [first] = field.values;
  if (field.values.length !== 1 || !first) return undefined;
  const content = isPlain(program, first.value, field.uses, owner);
  return content && { at: first.at, content };
}

/** `new nn.Sequential(...this.layers)`: what is in it is known there. */
function isHandedToKindling(program: Program, use: Node): boolean {
  const outer = program.parentOf(use);
  const call = outer?.type === "SpreadElement" ? program.parentOf(outer) : outer;
  if (call?.type !== "NewExpression" || memberName(use) === undefined) return false;
  return /^nn\.[A-Z]/.test(program.apiOf(call.callee) ?? "");
}
