/** A name that holds another kind of thing further on gets a second name there: TypeScript's variables have one type. */
import { collectBindings, targetNames } from "./declarations.ts";
import { blocksOf, type Block, type Expression, type FunctionStatement, type Lambda, type Name, type Statement } from "./syntax.ts";
import { isNumber, isSequence, present, unknown, type Type } from "./types.ts";

/**
 * `for i, t in steps:` … `t = torch.full((8,), t)`: from there on it is `t2`, if nothing outside of the block speaks of it.
 * @param body with types
 * @param taken names that are in use
 * @returns whether something was renamed, so that the types have to be found anew
 */
export function renameChanged(body: Block, taken: ReadonlySet<string>): boolean {
  const used = new Set(taken);
  let changed = false;
  const inFunction = (whole: Block): void => {
    const own = new Set<string>();
    collectBindings(whole, own);
    const inBlock = (block: Block): void => {
      for (const [at, statement] of block.statements.entries()) {
        const rest = statement.kind === "for" ? statement.body.statements : block.statements.slice(at + 1);
        for (const name of boundNames(statement)) if (own.has(name.name) && rename(name, rest, whole, used)) changed = true;
        for (const inner of blocksOf(statement)) (statement.kind === "function" || statement.kind === "class" ? inFunction : inBlock)(inner);
      }
    };
    inBlock(whole);
  };
  inFunction(body);
  return changed;
}

/** The names that a statement gives values that no annotation can be put beside, and tensors. */
function boundNames(statement: Statement): Name[] {
  if (statement.kind !== "for" && statement.kind !== "assign") return [];
  const targets = statement.kind === "for" ? [statement.target] : statement.targets;
  const entries = targets.flatMap((target) => (target.kind === "tuple" || target.kind === "list" ? target.entries : [target]));
  const names = entries.filter((entry) => entry.kind === "name");
  const plain = statement.kind === "assign" && statement.targets.every(({ kind }) => kind === "name");
  return plain ? names.filter(({ type }) => type?.kind === "tensor" && !type.mixed) : names;
}

/** @param rest the statements behind, to the end of the block */
function rename(bound: Name, rest: readonly Statement[], whole: Block, used: Set<string>): boolean {
  const { name } = bound;
  const at = rest.findIndex((statement) => assigns(statement, name));
  const again = rest[at];
  if (again?.kind !== "assign" || again.targets.length !== 1 || again.targets[0]!.kind !== "name" || !again.value) return false;
  const [before, after] = [kindOf(bound.type), kindOf(again.value.type)];
  if (before === undefined || after === undefined || before === after) return false;
  // Spoken of elsewhere, it may be this one or that one.
  if (namesIn(whole, name).length > namesIn(rest, name).length + 1) return false;
  let other = `${name}2`;
  for (let number = 3; used.has(other); number++) other = `${name}${number}`;
  used.add(other);
  for (const one of [again.targets[0]!, ...namesIn(rest.slice(at + 1), name)]) Object.assign(one, { name: other });
  return true;
}

function assigns(statement: Statement, name: string): boolean {
  const names = new Set<string>();
  collectBindings({ statements: [statement], tail: [] }, names);
  return names.has(name);
}

/** What two values have in common that one variable may hold. */
function kindOf(type: Type = unknown): string | undefined {
  const { kind } = present(type);
  if (isNumber(present(type))) return kind === "bool" ? kind : "number";
  if (isSequence(present(type))) return "list";
  return ["tensor", "string", "dict"].includes(kind) ? kind : undefined;
}

/** The places that speak of a variable, functions inside included where they mean the same. */
function namesIn(node: unknown, name: string): Name[] {
  if (Array.isArray(node)) return node.flatMap((one) => namesIn(one, name));
  if (typeof node !== "object" || node === null) return [];
  const { kind } = node as Statement | Expression | { kind?: undefined };
  if (kind === "name") return (node as Name).name === name ? [node as Name] : [];
  if (kind === "comprehension" && (node as Expression & { kind: "comprehension" }).clauses.some(({ target }) => targetNames(target).includes(name))) return [];
  if ((kind === "function" || kind === "lambda") && isLocal(node as FunctionStatement | Lambda, name)) return [];
  // The names in a class itself are its own.
  if (kind === "class") return (node as Statement & { kind: "class" }).body.statements.flatMap((one) => (one.kind === "function" ? namesIn(one, name) : []));
  return Object.entries(node).flatMap(([key, value]) => (key === "type" || key === "comments" ? [] : namesIn(value, name)));
}

function isLocal(node: FunctionStatement | Lambda, name: string): boolean {
  const names = new Set(node.parameters.map((parameter) => parameter.name));
  if (node.kind === "function") collectBindings(node.body, names);
  return names.has(name);
}
