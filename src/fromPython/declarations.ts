/** Where TypeScript declares the variables that Python just assigns: in the innermost block that sees all their uses. */
import { blocksOf, expressionsOf, partsOf, type Block, type Expression, type FunctionStatement, type Lambda, type Statement } from "./syntax.ts";

export type Keyword = "const" | "let";

export class Declarations {
  /** Statement → the names that it declares as it assigns them (a loop its target), and how. */
  readonly at = new Map<Statement, Map<string, Keyword>>();
  /** Statement → the names that are declared, without a value, before it. */
  readonly before = new Map<Statement, string[]>();

  /** Places the variables of a function or of the whole program. @param given parameters, which are declared already */
  place(body: Block, given: ReadonlySet<string>): void {
    const names = new Set<string>();
    collectBindings(body, names);
    for (const name of names) if (!given.has(name)) this.#placeIn(body, name);
  }

  #placeIn(block: Block, name: string): void {
    const statements = block.statements.filter((statement) => mentions(statement, name));
    const closure = statements.some((statement) => isDefinition(statement) && !binds(statement, name));
    const apart: boolean[] = [];
    for (let at = statements.length - 1; at >= 0; at--) {
      const next = statements[at + 1];
      const kills = next === undefined || apart[at + 1]! || binds(next, name);
      apart[at] = !closure && blocksOf(statements[at]!).length > 0 && !isDefinition(statements[at]!) && selfContained(statements[at]!, name) && kills;
    }
    const shared = statements.filter((_, at) => !apart[at]);
    const first = shared.find((statement) => !(isDefinition(statement) && !binds(statement, name)));
    if (first) {
      const count = shared.reduce((sum, statement) => sum + bindings(statement, name), 0);
      if (binds(first, name) && first.kind !== "for") declare(this.at, first, name, count === 1 ? "const" : "let");
      else this.before.set(first, [...(this.before.get(first) ?? []), name]);
    }
    for (const [at, statement] of statements.entries()) if (apart[at]) this.#placeWithin(statement, name);
  }

  #placeWithin(statement: Statement, name: string): void {
    if (statement.kind === "for" && targetNames(statement.target).includes(name)) {
      declare(this.at, statement, name, bindings(statement, name) === 1 ? "const" : "let");
      return;
    }
    for (const [at, block] of blocksOf(statement).entries()) {
      if (statement.kind === "try" && statement.handlers[at - 1]?.name === name) continue;
      this.#placeIn(block, name);
    }
  }
}

function declare(at: Map<Statement, Map<string, Keyword>>, statement: Statement, name: string, keyword: Keyword): void {
  if (!at.has(statement)) at.set(statement, new Map());
  at.get(statement)!.set(name, keyword);
}

function isDefinition(statement: Statement): boolean {
  return statement.kind === "function" || statement.kind === "class";
}

/** Whether no value from outside the statement reaches a use of the name inside of it. */
function selfContained(statement: Statement, name: string): boolean {
  if (statement.kind === "for") {
    if (reads(statement.iterable, name)) return false;
    if (targetNames(statement.target).includes(name)) return true;
  } else if (expressionsOf(statement).some((expression) => reads(expression, name) || walrusNames(expression).includes(name))) {
    return false;
  }
  return blocksOf(statement).every((block, at) => (statement.kind === "try" && statement.handlers[at - 1]?.name === name) || blockSelfContained(block, name));
}

function blockSelfContained(block: Block, name: string): boolean {
  for (const statement of block.statements) {
    if (!mentions(statement, name)) continue;
    if (binds(statement, name) && statement.kind !== "for") return true;
    if (isDefinition(statement) || blocksOf(statement).length === 0 || !selfContained(statement, name)) return false;
  }
  return true;
}

/** Whether the statement itself gives the name a value, before it reads it. */
function binds(statement: Statement, name: string): boolean {
  switch (statement.kind) {
    case "assign":
      return statement.value !== undefined && statement.targets.some((target) => targetNames(target).includes(name)) && !reads(statement.value, name);
    case "for":
      return targetNames(statement.target).includes(name) && !reads(statement.iterable, name);
    case "with":
      return statement.items.some((item) => item.name === name);
    case "function":
    case "class":
      return statement.name === name;
    case "import":
      return importedNames(statement).includes(name);
    default:
      return false;
  }
}

export function importedNames(statement: Statement): string[] {
  return statement.kind === "import" ? statement.names.map(({ name, alias }) => alias ?? name.split(".")[0]!) : [];
}

/** How many places give the name a value, in the statement and inside of it. */
function bindings(statement: Statement, name: string): number {
  let count = 0;
  if (statement.kind === "assign") count += statement.targets.filter((target) => targetNames(target).includes(name)).length;
  if (statement.kind === "update" && targetNames(statement.target).includes(name)) count += 2;
  if ((statement.kind === "for" || statement.kind === "with" || isDefinition(statement)) && binds(statement, name)) count++;
  if (statement.kind === "import" && importedNames(statement).includes(name)) count++;
  if (statement.kind === "delete" && statement.targets.some((target) => targetNames(target).includes(name))) count++;
  count += expressionsOf(statement)
    .flatMap(walrusNames)
    .filter((one) => one === name).length;
  if (statement.kind === "function" && declaredOuter(statement.body).has(name)) count += 2;
  else if (statement.kind === "function" && localNames(statement).has(name)) return count;
  return blocksOf(statement).reduce((sum, block) => sum + block.statements.reduce((inner, one) => inner + bindings(one, name), 0), count);
}

/** Whether the name stands anywhere in the statement, functions in it included, where they mean the same variable. */
function mentions(statement: Statement, name: string): boolean {
  if (binds(statement, name)) return true;
  if (statement.kind === "assign" && statement.targets.some((target) => targetNames(target).includes(name))) return true;
  if (statement.kind === "update" && targetNames(statement.target).includes(name)) return true;
  if (expressionsOf(statement).some((expression) => reads(expression, name) || walrusNames(expression).includes(name))) return true;
  if (statement.kind === "function" && localNames(statement).has(name) && !declaredOuter(statement.body).has(name)) return false;
  return blocksOf(statement).some((block) => block.statements.some((one) => mentions(one, name)));
}

function reads(expression: Expression, name: string): boolean {
  switch (expression.kind) {
    case "name":
      return expression.name === name;
    case "lambda":
      return !expression.parameters.some((parameter) => parameter.name === name) && partsOf(expression).some((part) => reads(part, name));
    case "comprehension":
      if (reads(expression.clauses[0]!.iterable, name)) return true;
      if (expression.clauses.some(({ target }) => targetNames(target).includes(name))) return false;
      return partsOf(expression).some((part) => reads(part, name));
    default:
      return partsOf(expression).some((part) => reads(part, name));
  }
}

/** `_` among several names: nobody wants it. */
export function isUnused(target: Expression): boolean {
  return target.kind === "name" && target.name === "_";
}

/** The names that an assignment to this target gives a value. */
export function targetNames(target: Expression): string[] {
  if (target.kind === "name") return [target.name];
  if (target.kind === "tuple" || target.kind === "list") return target.entries.flatMap((entry) => (isUnused(entry) ? [] : targetNames(entry)));
  return target.kind === "starred" ? targetNames(target.value) : [];
}

function walrusNames(expression: Expression): string[] {
  const own = expression.kind === "walrus" ? targetNames(expression.target) : [];
  return [...own, ...partsOf(expression).flatMap(walrusNames)];
}

/** The names that a block assigns, functions and classes in it not looked into. */
export function collectBindings(block: Block, names: Set<string>): void {
  const outer = new Set<string>();
  for (const statement of block.statements) {
    for (const expression of expressionsOf(statement)) for (const name of walrusNames(expression)) names.add(name);
    if (statement.kind === "assign") for (const target of statement.targets) for (const name of targetNames(target)) names.add(name);
    if (statement.kind === "update" || statement.kind === "for") for (const name of targetNames(statement.target)) names.add(name);
    if (statement.kind === "with") for (const item of statement.items) if (item.name) names.add(item.name);
    if (statement.kind === "global" || statement.kind === "nonlocal") for (const name of statement.names) outer.add(name);
    if (!isDefinition(statement)) for (const inner of blocksOf(statement)) collectBindings(inner, names);
  }
  for (const name of outer) names.delete(name);
}

function localNames(statement: FunctionStatement | Lambda): Set<string> {
  const names = new Set(statement.parameters.map(({ name }) => name));
  if (statement.kind === "function") collectBindings(statement.body, names);
  return names;
}

function declaredOuter(block: Block): Set<string> {
  return new Set(
    block.statements.flatMap((statement) =>
      statement.kind === "global" || statement.kind === "nonlocal" ? statement.names : blocksOf(statement).flatMap((inner) => [...declaredOuter(inner)]),
    ),
  );
}
