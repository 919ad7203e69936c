/** Options that calls are given by name with a literal: `lr` in `new optim.SGD(parameters, { lr: 0.1 })`. Pure. */
import { childrenOf } from "./children.ts";
import { kindOf, type Literal } from "./literals.ts";
import { bare, parseProgram, type Node } from "./tree.ts";

export interface Option extends Literal {
  /** The shortest that no other option of the file has: `lr`, `SGD.lr`, `SGD.lr:12` with its line, or `SGD.lr:12:48` with its column. */
  readonly name: string;
  /** All that it goes by, the shortest first. */
  readonly names: readonly string[];
  /** What is called: `optim.SGD`. */
  readonly call: string;
  readonly line: number;
}

/** In the order of the text. @param taken names that mean something else already */
export function literalOptions(text: string, taken: readonly string[] = []): Option[] {
  const program = parseProgram(text);
  const found = program ? optionsBelow(program, text) : [];
  const isFree = (name: string): boolean => !taken.includes(name) && optionsNamed(found, name).length === 1;
  return found.map((one) => ({ ...one, name: one.names.find(isFree) ?? one.names.at(-1)! }));
}

/** Those that a person may mean by it. */
export function optionsNamed<O extends Pick<Option, "names">>(options: readonly O[], name: string): readonly O[] {
  return options.filter(({ names }) => names.includes(name));
}

type Found = Omit<Option, "name">;

function optionsBelow(node: Node, text: string): Found[] {
  const own = node.type === "NewExpression" || node.type === "CallExpression" ? optionsOf(node.arguments, nameOf(node.callee), text) : [];
  return [...own, ...childrenOf(node).flatMap((child) => optionsBelow(child, text))].sort((a, b) => a.start - b.start);
}

function optionsOf(given: readonly Node[], call: string, text: string): Found[] {
  const last = given.at(-1);
  const options = last && bare(last);
  if (call === "" || options?.type !== "ObjectExpression") return [];
  return options.properties.flatMap((property): Found[] => {
    if (property.type !== "ObjectProperty" || property.computed || property.shorthand || property.key.type !== "Identifier") return [];
    const value = bare(property.value);
    const kind = kindOf(value);
    if (!kind) return [];
    const { line, column } = value.loc!.start;
    const key = property.key.name;
    const qualified = `${call.split(".").at(-1)!}.${key}`;
    const placed = `${qualified}:${line}`;
    return [{ kind, text: text.slice(value.start!, value.end!), start: value.start!, names: [key, qualified, placed, `${placed}:${column + 1}`], call, line }];
  });
}

/** `optim.SGD`; of what has no name nothing. */
function nameOf(callee: Node): string {
  if (callee.type === "Identifier") return callee.name;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return "";
  const object = nameOf(callee.object);
  return object === "" ? callee.property.name : `${object}.${callee.property.name}`;
}
