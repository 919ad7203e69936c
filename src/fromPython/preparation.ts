/** What is put into other words before anything is translated: the main program's `if`, and the command line's options. */
import { withOneBase } from "./oneBase.ts";
import { decoratorName } from "./syntaxQueries.ts";
import type { Block, Call, Expression, Statement } from "./syntax.ts";

/** What of it can't be said otherwise, and where. */
export interface Note {
  readonly from: number;
  readonly message: string;
}

export function prepare(body: Block, notes: Note[] = []): Block {
  const statements = withOneBase(withoutSignatures(body.statements).flatMap(unwrapped).map(asClass).map(withSingleFields).map(withAliases), notes);
  return withoutParser({ statements, tail: body.tail }, { calls: [...callsIn(statements)], function: undefined, notes });
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

/** `__rmul__ = __mul__` in a class: the method once more, under its other name. */
function withAliases(statement: Statement): Statement {
  if (statement.kind !== "class") return statement;
  const methods = new Map(statement.body.statements.flatMap((one) => (one.kind === "function" ? [[one.name, one] as const] : [])));
  const statements = statement.body.statements.map((one): Statement => {
    const [target] = one.kind === "assign" ? one.targets : [];
    const method = one.kind === "assign" && one.value?.kind === "name" ? methods.get(one.value.name) : undefined;
    return method && target?.kind === "name" ? { ...structuredClone(method), name: target.name } : one;
  });
  return { ...statement, body: { ...statement.body, statements } };
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

/** Where a parser stands. */
interface Around {
  /** All of the program. */
  readonly calls: readonly Call[];
  /** The function that it stands in. */
  readonly function: (Statement & { kind: "function" }) | undefined;
  readonly notes: Note[];
}

/** `argparse`: the options' defaults become an object. */
function withoutParser(body: Block, around: Around): Block {
  const options: Options = [];
  return { ...body, statements: body.statements.flatMap((statement) => replaced(statement, options, around)) };
}

/** Every call in whatever holds expressions. */
function* callsIn(of: unknown): Generator<Call> {
  if (typeof of !== "object" || of === null) return;
  if ((of as { readonly kind?: unknown }).kind === "call") yield of as Call;
  for (const part of Object.values(of)) yield* callsIn(part);
}

interface Option {
  readonly name: string;
  value: Expression;
  readonly help: string | undefined;
  /** How it is written on the command line: `--lr`, `-l`, or without a dash by its place alone. */
  readonly flags: readonly string[];
  /** `type=int`, and what stands for it where it is only named: `store_true`. */
  readonly type: string | undefined;
  readonly stored: Expression | undefined;
  readonly many: boolean;
}

type Options = Option[];

function replaced(statement: Statement, options: Options, around: Around): Statement[] {
  if (statement.kind === "function") return [{ ...statement, body: withoutParser(statement.body, { ...around, function: statement }) }];
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
  return [parses && gives ? { ...statement, value: parsed(statement, given(call, options, around)) } : statement];
}

function optionOf(call: Call): Option | undefined {
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
  const constant = (value: "True" | "False"): Expression => ({ kind: "constant", value, ...place });
  const help = named("help");
  const type = named("type");
  return {
    name,
    value: named("default") ?? fallback,
    help: help?.kind === "string" ? help.value : undefined,
    flags,
    type: type?.kind === "name" ? type.name : undefined,
    stored: stored === "store_true" ? constant("True") : stored === "store_false" ? constant("False") : stored === "store_const" ? named("const") : undefined,
    many: named("nargs") !== undefined,
  };
}

/** The command line that the program says itself, `parse_args(["--lr", "0.1"])`, put into the options. */
function given(call: Call, options: Options, around: Around): Options {
  const { notes } = around;
  const line = lineOf(call.arguments[0]?.value, around);
  if (!line || (line.kind === "constant" && line.value === "None")) return options;
  const texts = textsOf(line);
  if (texts.includes(undefined)) {
    notes.push({ from: call.from, message: "What `parse_args` is given is known only when it runs: the options have their defaults here" });
    return options;
  }
  const words = texts.flatMap((text) => (/^--\w[\w-]*=/.test(text!) ? [text!.slice(0, text!.indexOf("=")), text!.slice(text!.indexOf("=") + 1)] : [text!]));
  const set = new Map<Option, Expression>();
  const places = options.filter(({ flags }) => !flags.some((flag) => flag.startsWith("-")));
  const isFlag = (word: string | undefined) => word !== undefined && options.some(({ flags }) => flags.includes(word) && word.startsWith("-"));
  for (let at = 0; at < words.length;) {
    const option = isFlag(words[at]) ? options.find(({ flags }) => flags.includes(words[at]!)) : words[at]!.startsWith("--") ? undefined : places.shift();
    if (!option) {
      notes.push({ from: call.from, message: `No option is called \`${words[at]}\`` });
      return options;
    }
    if (isFlag(words[at])) at++;
    const values: Expression[] = [];
    while (!option.stored && at < words.length && !isFlag(words[at]) && (option.many || values.length === 0))
      values.push(valueOf(words[at++]!, option.type, line));
    set.set(option, option.stored ?? (option.many ? { kind: "list", entries: values, from: line.from, to: line.to } : values[0]!));
  }
  return options.map((option) => ({ ...option, value: set.get(option) ?? option.value }));
}

/** What the line is that a function hands on, `def parse(argv=None): return parser.parse_args(argv)`, where the program says it; nothing where it says none. */
function lineOf(value: Expression | undefined, { calls, function: own }: Around): Expression | undefined {
  const at = value?.kind === "name" ? own?.parameters.findIndex(({ name }) => name === value.name) : undefined;
  if (value?.kind !== "name" || at === undefined || at < 0) return value;
  const ofOwn = calls.filter(({ callee }) => callee.kind === "name" && callee.name === own!.name);
  const handed = ofOwn.flatMap(({ arguments: all }) => all.find(({ name }, i) => (name === undefined ? i === at : name === value.name))?.value ?? []);
  const [first] = handed;
  if (ofOwn.length === 1 && first && first.kind !== "name") return first;
  const isSaid = calls.some(({ arguments: all }) => all.some((one) => textsOf(one.value).some((text) => text?.startsWith("-"))));
  return isSaid || handed.some((one) => one.kind !== "name") ? value : undefined;
}

/** Of a list its texts, without what isn't known. */
const textsOf = (line: Expression): (string | undefined)[] =>
  line.kind === "list" ? line.entries.map((entry) => (entry.kind === "string" ? entry.value : undefined)) : [undefined];

/** What a word of the command line stands for. */
function valueOf(word: string, type: string | undefined, { from, to }: Expression): Expression {
  const place = { from, to };
  if (type === undefined || type === "str") return { kind: "string", value: word, ...place };
  if (type === "int" || type === "float") {
    const number: Expression = { kind: "number", text: word.replace(/^-/, ""), ...place };
    return word.startsWith("-") ? { kind: "unary", operator: "-", operand: number, ...place } : number;
  }
  return { kind: "call", callee: { kind: "name", name: type, ...place }, arguments: [{ value: { kind: "string", value: word, ...place } }], ...place };
}

function parsed({ from, to }: Statement, options: Options): Expression {
  const place = { from, to };
  const entries = options.map(({ name, value, help }) => ({
    key: { kind: "string", value: name, ...place } as Expression,
    value: help ? { ...value, comments: { before: [help] } } : value,
  }));
  return { kind: "dict", entries, namespace: true, ...place };
}
