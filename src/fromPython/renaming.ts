/** A name that holds another kind of thing further on gets a second name there: TypeScript's variables have one type. */
import { collectBindings, targetNames } from "./declarations.ts";
import { blocksOf, expressionsOf, partsOf, type Block, type Expression, type FunctionStatement, type Lambda, type Name, type Statement } from "./syntax.ts";
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
    for (const name of own) if (separate(name, whole, used)) changed = true;
  };
  inFunction(body);
  return changed;
}

/**
 * A script uses a name for a number in one loop and for a tensor in the next: what is another kind of thing from a statement on
 * that gives it anew gets a second name, if no function speaks of it.
 * @returns whether something was renamed
 */
function separate(name: string, whole: Block, used: Set<string>): boolean {
  if (whole.statements.some((statement) => isSpokenOfInside(statement, name))) return false;
  const lives: Statement[][] = [];
  for (const statement of whole.statements) {
    if (namesIn(statement, name).length === 0) continue;
    const fresh = beginsAnew(statement, name);
    // A loop may not be run at all: what is asked for behind it may be older.
    if (lives.length === 0 || fresh) lives.push([]);
    else if (isLoop(lives.at(-1)![0]!)) return false;
    lives.at(-1)!.push(statement);
  }
  const kinds = lives.map((life) => new Set(bindingsIn(life, name).map(({ type }) => (type?.kind === "tensor" && type.mixed ? undefined : kindOf(type)))));
  if (lives.length < 2 || kinds.some((kind) => kind.size !== 1 || kind.has(undefined))) return false;
  const names = new Map([[[...kinds[0]!][0], name]]);
  for (const [at, life] of lives.entries()) {
    const [kind] = kinds[at]!;
    if (!names.has(kind)) names.set(kind, unusedName(name, used));
    for (const one of namesIn(life, name)) Object.assign(one, { name: names.get(kind) });
  }
  return names.size > 1;
}

function isLoop({ kind }: Statement): boolean {
  return kind === "for" || kind === "while";
}

/** Whether a statement gives the name a value before it, or anything in it, asks for one. */
function beginsAnew(statement: Statement, name: string): boolean {
  const asks = (...parts: unknown[]) => namesIn(parts, name).length > 0;
  const bodyBegins = (block: Block) => {
    const first = block.statements.find((one) => asks(one));
    return first !== undefined && beginsAnew(first, name);
  };
  switch (statement.kind) {
    case "assign":
      return statement.value !== undefined && !asks(statement.value) && statement.targets.some((target) => targetNames(target).includes(name));
    case "for":
      if (asks(statement.iterable) || (statement.otherwise && asks(statement.otherwise))) return false;
      return targetNames(statement.target).includes(name) || bodyBegins(statement.body);
    case "while":
      return !asks(statement.test) && !(statement.otherwise && asks(statement.otherwise)) && bodyBegins(statement.body);
    case "with":
      return !asks(statement.items) && bodyBegins(statement.body);
    default:
      return false;
  }
}

/** Whether a function or a class inside speaks of a variable, which may be any of its values. */
function isSpokenOfInside(statement: Statement, name: string): boolean {
  if (statement.kind === "function" || statement.kind === "class") return namesIn(statement, name).length > 0 || isDeclaredOuter(statement, name);
  return (
    lambdasIn(statement).some((lambda) => namesIn(lambda, name).length > 0) ||
    blocksOf(statement).some((block) => block.statements.some((one) => isSpokenOfInside(one, name)))
  );
}

function isDeclaredOuter(statement: Statement, name: string): boolean {
  return (
    ((statement.kind === "global" || statement.kind === "nonlocal") && statement.names.includes(name)) ||
    blocksOf(statement).some((block) => block.statements.some((one) => isDeclaredOuter(one, name)))
  );
}

function lambdasIn(statement: Statement): Expression[] {
  const found: Expression[] = [];
  const visit = (expression: Expression): void => {
    if (expression.kind === "lambda") found.push(expression);
    else for (const part of partsOf(expression)) visit(part);
  };
  for (const expression of expressionsOf(statement)) visit(expression);
  return found;
}

/** The places that give a variable a value. */
function bindingsIn(statements: readonly Statement[], name: string): Name[] {
  return statements.flatMap((statement): Name[] => {
    const targets = statement.kind === "assign" ? statement.targets : statement.kind === "for" || statement.kind === "update" ? [statement.target] : [];
    const inside = blocksOf(statement).flatMap((block) => bindingsIn(block.statements, name));
    return [...targets.flatMap((target) => (targetNames(target).includes(name) ? namesIn(target, name) : [])), ...inside];
  });
}

function unusedName(name: string, used: Set<string>): string {
  let other = `${name}2`;
  for (let number = 3; used.has(other); number++) other = `${name}${number}`;
  used.add(other);
  return other;
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
  const other = unusedName(name, used);
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
