/** What is put into other words before anything is translated: the main program's `if`, and the command line's options. */
import { decoratorName } from "./syntaxQueries.ts";
import type { Argument, Block, Call, Expression, Statement } from "./syntax.ts";

export function prepare(body: Block): Block {
  return withoutParser({ statements: withOneBase(withoutSignatures(body.statements).flatMap(unwrapped).map(asClass).map(withSingleFields)), tail: body.tail });
}

/** What only says how a method may be called, or what types fields have, is told by the rest. */
function withoutSignatures(statements: readonly Statement[]): Statement[] {
  return statements.flatMap((one): Statement[] => {
    if (one.kind === "function" && one.decorators.some((decorator) => /^_?overload(_method)?$/.test(decoratorName(decorator)))) return [];
    const [target] = one.kind === "assign" ? one.targets : [];
    if (target?.kind === "attribute" && target.name === "__annotations__") return [];
    return one.kind === "class" ? [{ ...one, body: { ...one.body, statements: withoutSignatures(one.body.statements) } }] : [one];
  });
}

/** A class has one base: `class Net(Mixin, nn.Module)` becomes a Net of a Mixin that is an nn.Module. */
function withOneBase(statements: readonly Statement[]): Statement[] {
  const bases = new Map<string, Argument>();
  const classes = new Map(statements.flatMap((one) => (one.kind === "class" ? [[one.name, one] as const] : [])));
  const isMixin = ({ value }: Argument): boolean => {
    const own = value.kind === "name" ? classes.get(value.name) : undefined;
    return own !== undefined && own.bases.every((base) => isAbstract(base)) && own.decorators.length === 0;
  };
  const first = new Map<string, Argument>();
  for (const { name, bases: given } of classes.values()) {
    const real = given.find((base) => !base.name && !isAbstract(base) && !isMixin(base));
    const mixins = given.filter((base) => !base.name && isMixin(base));
    if (!real || mixins.length === 0) continue;
    const chain = [...mixins, real];
    for (const [at, mixin] of mixins.entries()) if (mixin.value.kind === "name" && !bases.has(mixin.value.name)) bases.set(mixin.value.name, chain[at + 1]!);
    first.set(name, mixins[0]!);
  }
  return statements.map((one) => {
    const base = one.kind === "class" ? (first.get(one.name) ?? bases.get(one.name)) : undefined;
    return base && one.kind === "class" ? { ...one, bases: [base] } : one;
  });
}

/** `object`, `ABC`, `Generic[T]`. */
function isAbstract({ value }: Argument): boolean {
  const named = value.kind === "index" ? value.object : value;
  const name = named.kind === "name" || named.kind === "attribute" ? named.name : "";
  return /^(object|ABC|Generic|Protocol)$/.test(name);
}

/** `Point = namedtuple("Point", ["x", "y"])` is a class with these fields. */
function asClass(statement: Statement): Statement {
  if (statement.kind !== "assign" || statement.value?.kind !== "call" || statement.targets[0]!.kind !== "name") return statement;
  const { callee, arguments: given } = statement.value;
  const name = callee.kind === "attribute" ? callee.name : callee.kind === "name" ? callee.name : "";
  const fields = name === "namedtuple" && given[1] ? fieldNames(given[1].value) : [];
  if (fields.length === 0) return statement;
  const { from, to, blankBefore, comments } = statement;
  const place = { from, to };
  const body = fields.map((field): Statement => ({
    kind: "assign",
    targets: [{ kind: "name", name: field, ...place }],
    comments: { before: [] },
    blankBefore: false,
    ...place,
  }));
  const base: Expression = { kind: "name", name: "NamedTuple", ...place };
  return {
    kind: "class",
    name: statement.targets[0].name,
    bases: [{ value: base }],
    decorators: [],
    body: { statements: body, tail: [] },
    comments,
    blankBefore,
    ...place,
  };
}

/** `PAD, UNK = 0, 1` in a class is a field each. */
function withSingleFields(statement: Statement): Statement {
  if (statement.kind !== "class") return statement;
  const statements = statement.body.statements.flatMap((one): Statement[] => {
    const [target] = one.kind === "assign" ? one.targets : [];
    if (one.kind !== "assign" || target?.kind !== "tuple" || one.value?.kind !== "tuple") return [one];
    const { entries } = one.value;
    return entries.length === target.entries.length ? target.entries.map((name, at) => ({ ...one, targets: [name], value: entries[at]! })) : [one];
  });
  return { ...statement, body: { ...statement.body, statements } };
}

/** `"x y"`, `"x, y"` or a list of names. */
function fieldNames(value: Expression): string[] {
  if (value.kind === "string") return value.value.split(/[\s,]+/).filter(Boolean);
  return value.kind === "list" || value.kind === "tuple" ? value.entries.flatMap((entry) => (entry.kind === "string" ? [entry.value] : [])) : [];
}

/** `if __name__ == "__main__":` is where a program begins; here it just goes on. */
function unwrapped(statement: Statement): Statement[] {
  if (statement.kind !== "if" || statement.branches.length !== 1) return [statement];
  const { test, body } = statement.branches[0]!;
  const isMain = test.kind === "compare" && test.operands.some((operand) => operand.kind === "name" && operand.name === "__name__");
  if (!isMain) return [statement];
  const [first] = body.statements;
  if (first) {
    first.comments.before.unshift(...statement.comments.before);
    first.blankBefore ||= statement.blankBefore;
  }
  return [...body.statements];
}

/** `argparse`: the options' defaults become an object. */
function withoutParser(body: Block): Block {
  const options: { name: string; value: Expression; help: string | undefined }[] = [];
  return { ...body, statements: body.statements.flatMap((statement) => replaced(statement, options)) };
}

type Options = { name: string; value: Expression; help: string | undefined }[];

function replaced(statement: Statement, options: Options): Statement[] {
  if (statement.kind === "function") return [{ ...statement, body: withoutParser(statement.body) }];
  const call = statement.kind === "assign" || statement.kind === "expression" || statement.kind === "return" ? statement.value : undefined;
  if (call?.kind !== "call") return [statement];
  const name = call.callee.kind === "attribute" ? call.callee.name : call.callee.kind === "name" ? call.callee.name : "";
  if (name === "ArgumentParser" || name === "add_argument_group") return [];
  if (name === "add_argument") {
    const option = optionOf(call);
    if (option) options.push(option);
    return [];
  }
  // A program's own function may be called so, too.
  const parses = /^parse(_known)?_args$/.test(name) && call.callee.kind === "attribute";
  const gives = statement.kind === "assign" || statement.kind === "return";
  return [parses && gives ? { ...statement, value: parsed(statement, options) } : statement];
}

function optionOf(call: Call): Options[number] | undefined {
  const named = (name: string) => call.arguments.find((argument) => argument.name === name)?.value;
  const flags = call.arguments.filter((argument) => !argument.name).flatMap(({ value }) => (value.kind === "string" ? [value.value] : []));
  const flag = flags.find((one) => one.startsWith("--")) ?? flags[0];
  if (flag === undefined) return undefined;
  const destination = named("dest");
  const name = destination?.kind === "string" ? destination.value : flag.replace(/^-+/, "").replaceAll("-", "_");
  const action = named("action");
  const stored = action?.kind === "string" ? action.value : undefined;
  const place = { from: call.from, to: call.to };
  const fallback: Expression = { kind: "constant", value: stored === "store_true" ? "False" : stored === "store_false" ? "True" : "None", ...place };
  const help = named("help");
  return { name, value: named("default") ?? fallback, help: help?.kind === "string" ? help.value : undefined };
}

function parsed({ from, to }: Statement, options: Options): Expression {
  const place = { from, to };
  const entries = options.map(({ name, value, help }) => ({
    key: { kind: "string", value: name, ...place } as Expression,
    value: help ? { ...value, comments: { before: [help] } } : value,
  }));
  return { kind: "dict", entries, namespace: true, ...place };
}
