/** Python's statements in TypeScript, line by line. */
import { errorName } from "./builtins.ts";
import { argumentsOf, ownArguments } from "./calls.ts";
import { writeClass } from "./classes.ts";
import { comment, commentLine, docComment } from "./comments.ts";
import { level, NoTwin, primary, type Context } from "./context.ts";
import { Declarations, targetNames } from "./declarations.ts";
import { fileTest, neverRaised } from "./exceptions.ts";
import { isFile } from "./files.ts";
import { isNone, Expressions, mayBeNegative } from "./expressions.ts";
import { constantIndex, decoratorName, leaves, presenceAsked } from "./syntaxQueries.ts";
import type { Knowledge } from "./inference.ts";
import { tellsItself } from "./annotations.ts";
import { layOut, listed, memberText, type Doc } from "./layout.ts";
import { camelCase } from "./names.ts";
import type {
  Assign,
  Block,
  Call,
  Expression,
  For,
  FunctionStatement,
  Handler,
  If,
  Index,
  Raise,
  Sequence,
  Slice,
  Statement,
  Try,
  Update,
  With,
} from "./syntax.ts";
import { blocksOf, expressionsOf, mentionsName, takesAnything } from "./syntax.ts";
import {
  any,
  entryOf,
  findMethod,
  isMap,
  isNumber,
  nothingAround,
  present,
  typeText,
  unknown,
  variableText,
  type ClassInfo,
  type FunctionInfo,
  type Scope,
  type Type,
} from "./types.ts";
import { strOf } from "./text.ts";
import { negated, tensorOperators } from "./words.ts";

export class Statements {
  readonly context: Context;
  readonly to: Expressions;
  readonly knowledge: Knowledge;
  readonly declarations = new Declarations();
  /** Whether top-level definitions are for other files. */
  exports = false;
  #scope: Scope;
  /** Loops whose `break` has to say that it happened, innermost last. */
  readonly #broken: (string | undefined)[] = [];
  #caught: string | undefined;
  /** Whether the function at hand gives a value on some of its ways, and `None` on others. */
  #givesNull = false;
  #guards = 0;
  readonly #redefined = new Map<FunctionStatement, "first" | "again" | "variable">();

  constructor(context: Context, knowledge: Knowledge) {
    this.context = context;
    this.knowledge = knowledge;
    this.to = new Expressions(context);
    this.#scope = knowledge.scope;
  }

  /** Lines of a block, each with its margin. @param head nothing stands before it */
  block(block: Block, margin: number, head = true): string[] {
    const lines: string[] = [];
    this.#noteRedefined(block);
    for (const [at, statement] of block.statements.entries()) {
      const own = this.#statement(statement, margin, block.statements.slice(at + 1));
      if (own.length === 0) continue;
      if (statement.blankBefore && (lines.length > 0 || !head)) lines.push("");
      lines.push(...own);
    }
    lines.push(...block.tail.map((text) => commentLine(text, margin)));
    return lines;
  }

  /** A function that is written anew further on, or whose name something else gets, is a variable: whoever calls it calls what it is then. */
  #noteRedefined(block: Block): void {
    const functions = block.statements.filter((statement) => statement.kind === "function");
    for (const one of functions) {
      const [first, ...others] = functions.filter(({ name }) => name === one.name);
      if (others.length > 0) this.#redefined.set(one, one === first ? "first" : "again");
      else if (assigns(block, one.name)) this.#redefined.set(one, "variable");
    }
  }

  #statement(statement: Statement, margin: number, rest: readonly Statement[]): string[] {
    const { before, after } = statement.comments;
    const comments = before.map((text) => commentLine(text, margin));
    let lines: string[];
    try {
      lines = [...this.#hoisted(statement, margin), ...this.#inside(statement, margin, rest)];
    } catch (error) {
      if (!(error instanceof NoTwin)) throw error;
      this.context.report(error.from, error.message);
      lines = this.untranslated(statement, margin, error.message);
    }
    if (after && lines.length > 0) {
      const at = blocksOf(statement).length > 0 ? lines.findIndex((text) => text.endsWith("{")) : lines.length - 1;
      if (at >= 0) lines[at] += ` ${comment(after)}`;
    }
    return [...comments, ...lines];
  }

  /** The Python as it was, as a comment. */
  untranslated(statement: Statement, margin: number, reason: string): string[] {
    const start = this.context.source.lastIndexOf("\n", statement.from - 1) + 1;
    const indentation = statement.from - start;
    const source = this.context.source.slice(statement.from, statement.to).trimEnd().split("\n");
    return [
      commentLine(`Python: ${reason}`, margin),
      ...source.map((text, at) => commentLine(`  ${at === 0 ? text : text.slice(Math.min(indentation, text.length - text.trimStart().length))}`, margin)),
    ];
  }

  #hoisted(statement: Statement, margin: number): string[] {
    const names = this.declarations.before.get(statement) ?? [];
    return names.map((name) => `${" ".repeat(margin)}let ${this.context.own(name)}!: ${this.#variableType(name)};`);
  }

  /** All that a variable ever holds. */
  #variable(name: string): Type {
    return this.#scopeOf(name)?.names.get(name) ?? unknown;
  }

  #scopeOf(name: string): Scope | undefined {
    let scope: Scope | undefined = this.#scope;
    while (scope && !scope.names.has(name)) scope = scope.parent;
    return scope;
  }

  /** A variable's type as TypeScript writes it. */
  #variableType(name: string): string {
    const scope = this.#scopeOf(name);
    return scope ? this.to.imported(variableText(scope, name)) : "any";
  }

  #line(doc: Doc, margin: number): string[] {
    return (" ".repeat(margin) + layOut([doc, ";"], margin)).split("\n");
  }

  #inside(statement: Statement, margin: number, rest: readonly Statement[]): string[] {
    const { to } = this;
    const pad = " ".repeat(margin);
    switch (statement.kind) {
      case "expression":
        return this.#expressionStatement(statement.value, margin);
      case "assign":
        return this.#assign(statement, margin);
      case "update":
        return this.#update(statement, margin);
      case "pass":
        return [];
      case "continue":
        return [`${pad}continue;`];
      case "break": {
        const flag = this.#broken.at(-1);
        return flag ? [`${pad}${flag} = true;`, `${pad}break;`] : [`${pad}break;`];
      }
      case "return":
        return this.#line(statement.value ? ["return ", to.doc(statement.value)] : this.#givesNull ? "return null" : "return", margin);
      case "delete":
        return statement.targets.flatMap((target) => this.#deletion(target, margin));
      case "raise":
        return this.#raise(statement, margin);
      case "assert": {
        const message = statement.message ? strOf(to, statement.message).doc : '"AssertionError"';
        const test = negated(to.truth(statement.test)).doc;
        return this.#line(["if (", test, ") throw new Error(", message, ")"], margin);
      }
      case "import":
      case "global":
      case "nonlocal":
        return [];
      case "if":
        return this.#conditional(statement, margin);
      case "while": {
        const flag = statement.otherwise ? this.#flag() : undefined;
        const head = ["while (", statement.test.kind === "number" ? "true" : to.truth(statement.test).doc, ") "];
        return this.#loop(head, statement.body, flag, statement.otherwise, margin);
      }
      case "for":
        return this.#forLoop(statement, margin);
      case "try":
        return this.#attempt(statement, margin);
      case "with":
        return this.#context_(statement, margin, rest);
      case "function":
        return this.#definition(statement, margin);
      case "class":
        return writeClass(this, this.knowledge.classes.get(statement)!, margin);
      case "unreadable":
        this.context.report(statement.from, statement.reason);
        return this.untranslated(statement, margin, statement.reason);
    }
  }

  #expressionStatement(value: Expression, margin: number): string[] {
    if (value.kind === "string")
      return value.value
        .trim()
        .split("\n")
        .map((text) => commentLine(text.trim(), margin));
    if (value.kind === "constant") return [];
    if (value.kind === "call" && this.#isNothing(value)) return [];
    if (value.kind === "comprehension" && value.of === "list") {
      return this.#line(this.to.doc(value), margin);
    }
    return this.#line(this.to.doc(value), margin);
  }

  /** Calls that set what Kindling doesn't have to be told. */
  #isNothing(call: Call): boolean {
    const path = this.context.pathOf(call.callee);
    if (
      path &&
      /^(torch\.cuda\.(manual_seed(_all)?|empty_cache|synchronize)|torch\.(set_default_device|use_deterministic_algorithms)|warnings\.(filterwarnings|simplefilter)|torch\.set_float32_matmul_precision|gc\.collect)$/.test(
        path,
      )
    )
      return true;
    return call.callee.kind === "attribute" && /^(set_description|set_postfix|set_description_str|set_postfix_str)$/.test(call.callee.name);
  }

  // ---- assignments

  #assign(statement: Assign, margin: number): string[] {
    const { targets, value } = statement;
    const declared = this.declarations.at.get(statement);
    if (!value) return this.#bareAnnotation(statement, margin);
    // Names of types alone.
    if (this.#isTypeAlias(value)) return [];
    if (targets.length === 1) return this.#assignTo(targets[0]!, value, declared, margin);
    // `a = b = value`: the value is made once.
    const name = targets.find((target) => target.kind === "name");
    const first = name ?? targets[0]!;
    const rest = targets.filter((target) => target !== first);
    return [
      ...this.#assignTo(first, value, declared, margin),
      ...rest.flatMap((target) => this.#assignTo(target, { ...first, type: this.to.typeOf(value) } as Expression, declared, margin)),
    ];
  }

  #isTypeAlias(value: Expression): boolean {
    if (value.kind === "call") return /^typing\.(TypeVar|NewType|ParamSpec)$/.test(this.context.pathOf(value.callee) ?? "");
    return /^(typing|collections\.abc)\./.test(this.context.pathOf(value.kind === "index" ? value.object : value) ?? "");
  }

  #bareAnnotation(statement: Assign, margin: number): string[] {
    const [target] = statement.targets;
    // What is declared before it for all its uses is declared once.
    if (target!.kind !== "name" || this.declarations.before.get(statement)?.includes(target!.name)) return [];
    return [`${" ".repeat(margin)}let ${this.context.own(target!.name)}: ${this.#variableType(target!.name)};`];
  }

  #assignTo(target: Expression, value: Expression, declared: ReadonlyMap<string, string> | undefined, margin: number): string[] {
    const { to } = this;
    switch (target.kind) {
      case "name": {
        const keyword = declared?.get(target.name);
        const type = this.#variable(target.name);
        const made = this.#coerced(value, type);
        // What is gone through once is over then.
        const code: Doc = value.kind === "comprehension" && value.of === "generator" ? [made, ".values()"] : made;
        const annotation = keyword ? this.#annotationOf(value, target.name, keyword) : "";
        return this.#line([keyword ? `${keyword} ` : "", this.context.own(target.name), annotation, " = ", code], margin);
      }
      case "tuple":
      case "list":
        return this.#takeApart(target, value, declared, margin);
      case "index":
        return this.#put(target, to.expression(value).doc, margin);
      case "attribute": {
        const field = this.#fieldType(target);
        return this.#line([to.target(target).doc, " = ", field ? this.#coerced(value, field) : to.operand(value, level.assignment)], margin);
      }
      default:
        throw new NoTwin("This can't be assigned to", target.from);
    }
  }

  /** All that an object's field ever holds. */
  #fieldType(target: Expression): Type | undefined {
    const object = target.kind === "attribute" ? present(this.to.typeOf(target.object)) : undefined;
    return target.kind === "attribute" && object?.kind === "instance" ? object.of.fields.get(target.name) : undefined;
  }

  /** A number for a variable that is to hold tensors is one from the start. */
  #coerced(value: Expression, type: Type): Doc {
    const own = this.to.typeOf(value);
    if (type.kind === "tensor" && isNumber(own)) {
      return [this.context.api("tensor"), "(", this.to.doc(value), own.kind === "int" ? ', { dtype: "int64" })' : ")"];
    }
    return this.to.operand(value, level.assignment);
  }

  #annotationOf(value: Expression, name: string, keyword: string): string {
    const own = this.to.typeOf(value);
    const type = this.#variable(name);
    const text = this.#variableType(name);
    if (value.kind === "constant" && value.value === "None" && keyword === "let") return `: ${type.kind === "none" ? "any" : text}`;
    if (type.kind !== "unknown" && !tellsItself(value)) return `: ${text}`;
    if (keyword === "const" || (type.kind === "tensor" && isNumber(own))) return "";
    const narrow = typeText(own);
    return narrow === "any" || narrow === typeText(type) ? "" : `: ${text}`;
  }

  #takeApart(target: Sequence, value: Expression, declared: ReadonlyMap<string, string> | undefined, margin: number): string[] {
    const star = target.entries.findIndex(({ kind }) => kind === "starred");
    if (star >= 0 && star < target.entries.length - 1) return this.#takeFromBothEnds(target, star, value, declared, margin);
    const names = targetNames(target);
    const here = names.filter((name) => declared?.has(name));
    const lines: string[] = [];
    const all = here.length === names.length && here.length > 0 && target.entries.every(isPattern);
    if (!all) for (const name of new Set(here)) lines.push(`${" ".repeat(margin)}let ${this.context.own(name)}: ${this.#variableType(name)};`);
    const keyword = all ? (here.some((name) => declared!.get(name) === "let") ? "let " : "const ") : "";
    let code: Doc;
    let annotation = "";
    if ((value.kind === "tuple" || value.kind === "list") && value.entries.length === target.entries.length) {
      const types = target.entries.map((entry) => (entry.kind === "name" ? this.#variable(entry.name) : (this.#fieldType(entry) ?? any)));
      const entries = value.entries.map((entry, at) => this.#coerced(entry, types[at]!));
      code = ["[", entries.flatMap((entry, at) => [at > 0 ? ", " : "", entry]), "]"];
      const wider = keyword === "let " && value.entries.some((entry, at) => types[at]!.kind === "any" && this.to.typeOf(entry).kind !== "any");
      const vague = wider || value.entries.some((entry) => entry.kind === "constant" || !tellsItself(entry));
      const texts = target.entries.map((entry) => (entry.kind === "name" ? this.#variableType(entry.name) : "any"));
      if (all && vague) annotation = `: [${texts.join(", ")}]`;
    } else {
      const type = present(this.to.typeOf(value));
      code = type.kind === "dict" ? this.to.spread(value) : this.to.operand(value, level.assignment);
      if (type.kind === "object" && type.of === "nn.IncompatibleKeys") code = ["Object.values(", code, ")"];
      const texts = target.entries.map((entry) => (entry.kind === "name" ? this.#variableType(entry.name) : "any"));
      const becomesMore = target.entries.some(({ kind }, at) => kind === "name" && this.to.typeName(entryOf(type, at)) !== texts[at]);
      if (all && keyword === "let " && type.kind === "tuple" && becomesMore) annotation = `: [${texts.join(", ")}]`;
    }
    // How many dimensions a tensor has is said by no type.
    const isCounted = present(this.to.typeOf(value)).kind === "size";
    lines.push(...this.#line([keyword, this.to.pattern(target, "", isCounted), annotation, " = ", code], margin));
    return lines;
  }

  /** `first, *middle, last = values`: TypeScript takes what is left at the end alone, so the last ones are taken from it. */
  #takeFromBothEnds(target: Sequence, star: number, value: Expression, declared: ReadonlyMap<string, string> | undefined, margin: number): string[] {
    const left = target.entries[star]!;
    const rest = left.kind === "starred" ? left.value : left;
    const last = target.entries.slice(star + 1);
    const keyword = declared && targetNames(target).every((name) => declared.has(name)) ? "const " : "";
    const head = { ...target, entries: target.entries.slice(0, star + 1) };
    return [
      ...this.#line([keyword, this.to.pattern(head), " = [...", this.to.spread(value), "]"], margin),
      ...this.#line([keyword, this.to.pattern({ ...target, entries: last }), " = ", this.to.receiver(rest), `.splice(-${last.length})`], margin),
    ];
  }

  /** `object[…] = value`. */
  #put({ object, subscripts }: Index, value: Doc, margin: number): string[] {
    const { to } = this;
    const type = present(to.typeOf(object));
    const [first] = subscripts;
    const receiver = to.receiver(object);
    switch (type.kind) {
      case "tensor": {
        const put = value === "true" ? "1" : value === "false" ? "0" : value;
        const places = subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one]));
        const only =
          places.length === 1 && places[0]!.kind !== "slice"
            ? to.place(places[0]!)
            : ["[", places.flatMap((one, at) => [at > 0 ? ", " : "", to.place(one)]), "]"];
        return this.#line([receiver, ".setAt(", only, ", ", put, ")"], margin);
      }
      case "list":
      case "tuple": {
        if (first!.kind === "slice") {
          return this.#line([receiver, ".splice(", this.#spliced(object, first), ", ...", value, ")"], margin);
        }
        const constant = constantIndex(first!);
        const at: Doc = constant !== undefined && constant < 0 ? [receiver, `.length - ${-constant}`] : to.doc(first!);
        if (constant === undefined && mayBeNegative(first!))
          return this.#line([this.context.helper("setItem"), listed("(", [to.doc(object), to.doc(first!), value], ")")], margin);
        return this.#line([receiver, "[", at, "] = ", value], margin);
      }
      case "dict":
        if (isMap(type))
          return this.#line(
            [
              receiver,
              ".set(",
              subscripts.length === 1
                ? to.doc(to.valueAmong(first!, type.key))
                : ["[", subscripts.flatMap((one, at) => [at > 0 ? ", " : "", to.doc(one)]), "]"],
              ", ",
              value,
              ")",
            ],
            margin,
          );
        return this.#line(
          [receiver, first!.kind === "string" ? memberText(first!.value) : ["[", to.doc(to.valueAmong(first!, type.key)), "]"], " = ", value],
          margin,
        );
      case "object":
        if (type.of === "ParamGroup" && first!.kind === "string") return this.#line([receiver, memberText(camelCase(first!.value)), " = ", value], margin);
        if (/^nn\.(ModuleList|ModuleDict|ParameterDict)$/.test(type.of)) return this.#line([receiver, ".set(", to.doc(first!), ", ", value, ")"], margin);
        return this.#line([receiver, "[", to.doc(first!), "] = ", value], margin);
      case "instance":
        if (findMethod(type.of, "__setitem__")) return this.#line([receiver, ".set(", to.subscript(subscripts), ", ", value, ")"], margin);
        return this.#line([receiver, "[", to.doc(first!), "] = ", value], margin);
      default:
        if (subscripts.length > 1 || first!.kind === "slice") {
          return this.#line([receiver, ".setAt([", subscripts.flatMap((one, at) => [at > 0 ? ", " : "", to.place(one)]), "], ", value, ")"], margin);
        }
        return this.#line([this.context.helper("setItem"), listed("(", [to.doc(object), to.doc(first!), value], ")")], margin);
    }
  }

  /** Where a slice begins, and how many entries are in it. */
  #spliced(object: Expression, { start, stop, step, from }: Slice): Doc {
    if (step && constantIndex(step) !== 1) throw new NoTwin("A slice with a step can't be changed here: go through its places", from);
    const begin: Doc = start ? this.to.doc(start) : "0";
    if (!stop) return [begin, ", Infinity"];
    const isFromEnd = mayBeNegative(stop) || (start !== undefined && mayBeNegative(start));
    const count: Doc = isFromEnd ? [this.to.receiver(object), ".slice(", begin, ", ", this.to.doc(stop), ").length"] : [this.to.doc(stop), " - ", begin];
    return [begin, ", ", count];
  }

  /** Whether what is read there can't be assigned to in TypeScript: it is what a call gives. */
  #isPutByCall({ object, subscripts: [place] }: Index): boolean {
    const type = present(this.to.typeOf(object));
    if (type.kind === "list") return place!.kind !== "slice" && mayBeNegative(place!);
    if (type.kind === "instance") return findMethod(type.of, "__setitem__") !== undefined;
    return /^(tensor|any|unknown)$/.test(type.kind) || (type.kind === "dict" && isMap(type));
  }

  #update(statement: Update, margin: number): string[] {
    const { to } = this;
    const { target, operator, value } = statement;
    const type = present(to.typeOf(target));
    if (target.kind === "index" && to.missing(target) && !/^(list|tensor)$/.test(type.kind))
      return this.#put(target, to.binary(operator, target, value).doc, margin);
    if (target.kind === "index" && this.#isPutByCall(target)) return this.#put(target, to.binary(operator, target, value).doc, margin);
    if (type.kind === "list" && operator === "+" && value.kind === "list") {
      return this.#line(
        [
          to.receiver(target),
          ".push(",
          value.entries.flatMap((entry, at) => [at > 0 ? ", " : "", to.operand(to.valueAmong(entry, type.of), level.assignment)]),
          ")",
        ],
        margin,
      );
    }
    // TypeScript takes the tuples that a comprehension makes for lists.
    if (type.kind === "list" && operator === "+" && value.kind === "comprehension" && type.of.kind === "tuple")
      return this.#line([to.receiver(target), ".push(...(", to.spread(value), ` as ${to.typeName(type)}))`], margin);
    if (type.kind === "list" && operator === "+") return this.#line([to.receiver(target), ".push(...", to.spreadAmong(value, type.of), ")"], margin);
    if (type.kind === "tensor") {
      const variable = target.kind === "name" ? this.#variable(target.name) : type;
      const method = tensorOperators[operator];
      if (variable.kind === "tensor" && !variable.mixed && method && operator !== "@")
        return this.#line([to.receiver(target), `.${method}_(`, to.doc(value), ")"], margin);
      return this.#line([to.doc(target), " = ", to.binary(operator, target, value).doc], margin);
    }
    const own = present(to.typeOf(value));
    const plain = (isNumber(type) && isNumber(own)) || (type.kind === "string" && own.kind === "string");
    if (plain && operator !== "//" && operator !== "@" && !(operator === "%" && (mayBeNegative(target) || mayBeNegative(value)))) {
      const added = own.kind === "bool" && type.kind !== "bool" ? to.sure(value, level.plus) : to.operand(value, level.assignment);
      return this.#line([to.doc(target), ` ${operator}= `, added], margin);
    }
    return this.#line([to.doc(target), " = ", to.binary(operator, target, value).doc], margin);
  }

  #deletion(target: Expression, margin: number): string[] {
    if (target.kind !== "index") return [];
    const [first] = target.subscripts;
    if (first?.kind === "slice") {
      const taken = first.stop || first.step ? this.#spliced(target.object, first) : first.start ? this.to.doc(first.start) : "0";
      return this.#line([this.to.receiver(target.object), ".splice(", taken, ")"], margin);
    }
    const type = present(this.to.typeOf(target.object));
    const receiver = this.to.receiver(target.object);
    const key = this.to.doc(target.subscripts[0]!);
    const asked = this.to.missing(target) ? this.#line(this.to.doc(target), margin) : [];
    if (type.kind === "list") return [...asked, ...this.#line([receiver, ".splice(", key, ", 1)"], margin)];
    if (type.kind === "dict" && isMap(type)) return [...asked, ...this.#line([receiver, ".delete(", key, ")"], margin)];
    return [...asked, ...this.#line(["delete ", this.to.entry(target).doc], margin)];
  }

  #raise({ value, cause }: Raise, margin: number): string[] {
    if (!value) return this.#line(["throw ", this.#caught ?? "error"], margin);
    const path = this.context.pathOf(value);
    if (value.kind === "call" && this.context.pathOf(value.callee) === "builtins.SystemExit")
      return this.#line(["process.exit(", value.arguments[0] ? this.to.doc(value.arguments[0].value) : "", ")"], margin);
    const error = path?.startsWith("builtins.") ? ["new ", errorName(this.context, path.slice("builtins.".length)), "()"] : this.to.doc(value);
    if (!cause || isNone(cause)) return this.#line(["throw ", error], margin);
    return this.#line(["throw Object.assign(", error, ", { cause: ", this.to.doc(cause), " })"], margin);
  }

  // ---- control

  #conditional({ branches, otherwise }: If, margin: number): string[] {
    const pad = " ".repeat(margin);
    const lines: string[] = [];
    for (const [at, { test, body, comments }] of branches.entries()) {
      const head = layOut([at === 0 ? "if (" : `} else if (`, this.to.truth(test).doc, ") {"], margin);
      lines.push(...`${pad}${head}`.split("\n"), ...comments.map((text) => commentLine(text, margin + 2)), ...this.block(body, margin + 2));
    }
    if (otherwise && otherwise.statements.length + otherwise.tail.length > 0) {
      const inner = this.block(otherwise, margin + 2);
      if (inner.length > 0) lines.push(`${pad}} else {`, ...inner);
    }
    lines.push(`${pad}}`);
    return lines;
  }

  #flag(): string {
    let name = "stopped";
    for (let at = 2; this.context.taken.has(name) || this.#broken.includes(name); at++) name = `stopped${at}`;
    return name;
  }

  #loop(head: Doc, body: Block, flag: string | undefined, otherwise: Block | undefined, margin: number): string[] {
    const pad = " ".repeat(margin);
    this.#broken.push(flag);
    const inner = this.block(body, margin + 2);
    this.#broken.pop();
    const lines = [...`${pad}${layOut([head, "{"], margin)}`.split("\n"), ...inner, `${pad}}`];
    if (!flag || !otherwise) return lines;
    return [`${pad}let ${flag} = false;`, ...lines, `${pad}if (!${flag}) {`, ...this.block(otherwise, margin + 2), `${pad}}`];
  }

  #forLoop(statement: For, margin: number): string[] {
    const flag = statement.otherwise ? this.#flag() : undefined;
    const { target } = statement;
    if (target.kind === "attribute" || target.kind === "index") return this.#loopInto(target, statement, flag, margin);
    const names = targetNames(target);
    const declared = names.filter((name) => this.declarations.at.get(statement)?.has(name));
    // Where some of the names live on behind the loop, the others are declared in front of it.
    const before =
      declared.length < names.length ? declared.map((name) => `${" ".repeat(margin)}let ${this.context.own(name)}: ${this.#variableType(name)};`) : [];
    return [...before, ...this.#loop(this.#loopHead(statement), statement.body, flag, statement.otherwise, margin)];
  }

  /** `for self.epoch in range(3):` */
  #loopInto(target: Expression, statement: For, flag: string | undefined, margin: number): string[] {
    const place = { from: target.from, to: target.to };
    const value: Expression = { kind: "name", name: "value", ...place, type: this.to.typeOf(target) };
    const first: Assign = { kind: "assign", targets: [target], value, comments: { before: [] }, blankBefore: false, ...place };
    const body = { ...statement.body, statements: [first, ...statement.body.statements] };
    return this.#loop(["for (const value of ", this.to.spread(statement.iterable), ") "], body, flag, statement.otherwise, margin);
  }

  #loopHead(statement: For): Doc {
    const { to } = this;
    const { target, iterable } = statement;
    const declared = this.declarations.at.get(statement);
    const names = targetNames(target);
    const counting = this.#counting(statement, declared);
    if (counting) return counting;
    const keyword = names.every((name) => declared?.has(name)) ? (names.some((name) => declared?.get(name) === "let") ? "let " : "const ") : "";
    const unused = names.length === 1 && target.kind === "name" && names[0] === "_" && !keyword;
    return ["for (", unused ? "" : keyword, to.pattern(target), " of ", this.#iterated(iterable, target), ") "];
  }

  /** What a loop goes through. */
  #iterated(iterable: Expression, target: Expression): Doc {
    const { to } = this;
    if (iterable.kind === "call" && iterable.arguments.length === 1) {
      const path = this.context.pathOf(iterable.callee);
      const [only] = iterable.arguments;
      const type = present(to.typeOf(only!.value));
      if (path === "builtins.enumerate" && (type.kind === "list" || type.kind === "tuple")) return [to.array(only!.value), ".entries()"];
      if (path === "builtins.list" && !only!.star && type.kind !== "list") return to.spread(only!.value);
    }
    // Else TypeScript takes each entry for a list of one type.
    const mixed =
      (iterable.kind === "list" || iterable.kind === "tuple") &&
      target.kind === "tuple" &&
      iterable.entries.every(({ kind }) => kind === "tuple" || kind === "list");
    return mixed ? [to.spread(iterable), " as const"] : to.spread(iterable);
  }

  /** `for i in range(…)` with the number counted up or down. */
  #counting(statement: For, declared: ReadonlyMap<string, string> | undefined): Doc | undefined {
    const { target, iterable, body } = statement;
    if (target.kind !== "name" || iterable.kind !== "call" || this.context.pathOf(iterable.callee) !== "builtins.range") return undefined;
    const keyword = declared?.get(target.name);
    // A variable that is assigned in the loop, or looked at behind it, has to be what Python makes of it.
    if (!keyword || assigns(body, target.name)) return undefined;
    const values = iterable.arguments.map(({ value }) => value);
    if (iterable.arguments.some(({ star }) => star)) return undefined;
    const [start, stop, step] = values.length === 1 ? [undefined, values[0]!, undefined] : values;
    const name = this.context.own(target.name);
    const by = step ? constantIndex(step) : 1;
    if (by === undefined && !step) return undefined;
    if (by === undefined && step && step.kind !== "name" && step.kind !== "attribute") return undefined;
    const down = by !== undefined && by < 0;
    const next: Doc = by === 1 ? `${name}++` : by === -1 ? `${name}--` : down ? `${name} -= ${-by}` : [`${name} += `, this.to.doc(step!)];
    return [
      "for (let ",
      name,
      " = ",
      start ? this.to.doc(start) : "0",
      `; ${name} ${down ? ">" : "<"} `,
      this.to.operand(stop!, level.relation + 1),
      "; ",
      next,
      ") ",
    ];
  }

  #attempt(statement: Try, margin: number): string[] {
    const pad = " ".repeat(margin);
    const lines = [`${pad}try {`, ...this.block(statement.body, margin + 2), ...(statement.otherwise ? this.block(statement.otherwise, margin + 2) : [])];
    if (statement.handlers.length > 0) {
      const name = statement.handlers.find((handler) => handler.name)?.name;
      const caught = name ? this.context.own(name) : "error";
      const outer = this.#caught;
      this.#caught = caught;
      const { lines: handlers, isAsked } = this.#handlers(statement, caught, margin + 2);
      const needsName = isAsked || name !== undefined || statement.handlers.some(({ body }) => raisesAgain(body));
      lines.push(`${pad}} catch ${needsName ? `(${caught}) ` : ""}{`, ...handlers);
      this.#caught = outer;
    }
    if (statement.finally) lines.push(`${pad}} finally {`, ...this.block(statement.finally, margin + 2));
    return [...lines, `${pad}}`];
  }

  #ownError(test: Expression | undefined): boolean {
    if (test === undefined) return false;
    if (test.kind === "tuple") return test.entries.some((entry) => this.#ownError(entry));
    return this.to.typeOf(test).kind === "class" || this.context.errors.has(this.context.pathOf(test)?.slice("builtins.".length) ?? "");
  }

  /** What is done about an error, and whether that is asked anything first. */
  #handlers({ handlers }: Try, caught: string, margin: number): { readonly lines: readonly string[]; readonly isAsked: boolean } {
    const pad = " ".repeat(margin);
    const [comments, lines]: [string[], string[]] = [[], []];
    let others: Handler | undefined;
    for (const handler of handlers) {
      const test = this.#testOf(handler.test, caught);
      if (test === null) comments.push(...this.#leftOut(handler, margin));
      else if (test !== undefined) lines.push(`${pad}${lines.length > 0 ? "} else " : ""}if (${test}) {`, ...this.block(handler.body, margin + 2));
      else if (others?.test && handler.test)
        this.context.report(
          handler.test.from,
          `Errors that don't come from the program itself can't be told apart here: \`except ${this.#written(others.test)}\` above takes them all`,
        );
      else others ??= handler;
    }
    const isChoice = lines.length > 0;
    const inner = isChoice ? margin + 2 : margin;
    const rest = others ? this.block(others.body, inner) : [`${" ".repeat(inner)}throw ${caught};`];
    const all = isChoice ? [...lines, `${pad}} else {`, ...rest, `${pad}}`] : rest;
    return { lines: [...comments, ...all], isAsked: isChoice || !others };
  }

  /** What an error is asked for before it is a handler's: `undefined` where nothing can be asked, `null` where none ever comes. */
  #testOf(kind: Expression | undefined, caught: string): string | null | undefined {
    if (kind === undefined) return undefined;
    if (kind.kind === "tuple") {
      const tests = kind.entries.map((entry) => this.#testOf(entry, caught));
      if (tests.includes(undefined)) return undefined;
      const asked = tests.filter((test) => test !== null);
      return asked.length > 0 ? asked.join(" || ") : null;
    }
    if (this.#ownError(kind)) return `${caught} instanceof ${layOut(this.to.doc(kind))}`;
    const name = this.context.pathOf(kind)?.slice("builtins.".length) ?? "";
    const instead = neverRaised[name];
    if (instead) this.context.report(kind.from, `Nothing raises \`${name}\` here: ${instead}`);
    return name in neverRaised ? null : fileTest(name, caught);
  }

  #written({ from, to }: Expression): string {
    return this.context.source.slice(from, to);
  }

  /** A handler that has nothing to do, as a comment. */
  #leftOut({ test, body: { statements } }: Handler, margin: number): string[] {
    const source = this.context.source.slice(statements[0]!.from, statements.at(-1)!.to).split("\n");
    return [`Python: except ${this.#written(test!)}:`, ...source.map((text) => `  ${text.trim()}`)].map((text) => commentLine(text, margin));
  }

  /** `with …:`. */
  #context_(statement: With, margin: number, rest: readonly Statement[]): string[] {
    const [item, ...further] = statement.items;
    if (!item) return this.block(statement.body, margin);
    const inner: With = { ...statement, items: further };
    const body = (at: number) => this.#context_(inner, at, rest);
    const path = item.value.kind === "call" ? this.context.pathOf(item.value.callee) : undefined;
    const api = item.value.kind === "call" ? this.context.apiPathOf(item.value.callee) : undefined;
    const pad = " ".repeat(margin);
    if (path && /autocast$|\.profile$|record_function$|catch_warnings$|\.tqdm$|stream$/.test(path)) return body(margin);
    if (api && item.value.kind === "call") {
      const call: Doc = [this.context.api(api), argumentsOf(this.to, item.value)];
      const guarded = /^(noGrad|enableGrad|inferenceMode)$/.test(api);
      if (guarded && !jumps(statement.body)) return [`${pad}${layOut(this.context.api(api))}(() => {`, ...body(margin + 2), `${pad}});`];
      const using = (at: number) => `${" ".repeat(at)}using ${this.guardName()} = ${layOut(call, at)};`;
      if (rest.length === 0 && margin > 0) return [using(margin), ...body(margin)];
      const guard = using(margin + 2);
      return [`${pad}{`, guard, ...body(margin + 2), `${pad}}`];
    }
    if (present(this.to.typeOf(item.value)) === nothingAround) return body(margin);
    if (path === "contextlib.suppress" && item.value.kind === "call") return this.#suppressing(item.value, inner, margin);
    const entering = this.#entering(item.value);
    if (entering) {
      const guard = this.guardName();
      const given = item.name === undefined ? "" : `const ${this.context.own(item.name)} = `;
      const name = given || entering.enters ? [`${given}${guard}${entering.value};`] : [];
      const lines = (at: number) => [`using ${guard} = ${layOut(entering.doc, at)};`, ...name].map((text) => " ".repeat(at) + text);
      return [`${pad}{`, ...lines(margin + 2), ...body(margin + 2), `${pad}}`];
    }
    this.context.report(item.value.from, "This `with` has no twin here: what stands in it is run as it is");
    return [
      commentLine(`Python: with ${this.context.source.slice(item.value.from, item.value.to).split("\n")[0]}${item.name ? ` as ${item.name}` : ""}:`, margin),
      ...body(margin),
    ];
  }

  /** `with suppress(KeyError):` goes on behind the block where that is raised in it. */
  #suppressing(call: Call, inner: With, margin: number): string[] {
    const place = { from: call.from, to: call.to };
    const entries = call.arguments.map(({ value }) => value);
    const test: Expression = entries.length === 1 ? entries[0]! : { kind: "tuple", entries, ...place };
    const body: Block = inner.items.length > 0 ? { statements: [inner], tail: [] } : inner.body;
    return this.#attempt(
      { kind: "try", body, handlers: [{ test, body: { statements: [], tail: [] } }], comments: { before: [] }, blankBefore: false, ...place },
      margin,
    );
  }

  /** What a `with` of the program's own begins with, and where the value stands that it gives. */
  #entering(value: Expression): { doc: Doc; value: string; enters?: boolean } | undefined {
    const type = this.to.typeOf(value);
    if (type.kind === "python" && type.path === "tempfile.TemporaryDirectory()")
      return { doc: primary(this.context.helper("temporaryFolder"), "()").doc, value: ".value" };
    if (isFile(type)) return { doc: this.to.doc(value), value: "" };
    if (type.kind === "iterator") return { doc: [this.context.helper("entered"), "(", this.to.doc(value), ")"], value: ".value" };
    return type.kind === "instance" && findMethod(type.of, "__exit__")
      ? { doc: this.to.doc(value), value: ".enter()", enters: findMethod(type.of, "__enter__") !== undefined }
      : undefined;
  }

  /** A name for what lasts to the end of its block. */
  guardName(): string {
    this.#guards++;
    return this.context.taken.has("_") ? `guard${this.#guards > 1 ? this.#guards : ""}` : this.#guards > 1 ? `_${this.#guards}` : "_";
  }

  // ---- functions

  #definition(statement: FunctionStatement, margin: number): string[] {
    const info = this.knowledge.functions.get(statement)!;
    const pad = " ".repeat(margin);
    const name = this.context.own(statement.name);
    const doc = statement.doc === undefined ? [] : docComment(statement.doc, margin);
    const asked = info.class ? undefined : presenceAsked(statement.parameters, statement.body);
    const returns = asked ? "" : this.returnType(info, mentionsName(statement.body, statement.name));
    const wrappers = statement.decorators.filter((decorator) => !this.checkDecorator(decorator)).map((decorator) => this.to.operand(decorator, level.primary));
    const inner = this.functionBody(info, statement, margin + 2);
    const usesThis = this.to.self !== undefined && mentionsName(statement.body, this.to.self);
    const redefined =
      !usesThis &&
      this.declarations.at.get(statement)?.get(statement.name) === undefined &&
      this.declarations.before.size > 0 &&
      [...this.declarations.before.values()].some((names) => names.includes(statement.name));
    const parameters = asked
      ? presenceGuard(this.context.own(statement.parameters[0]!.name), asked.holds)
      : layOut(["(", this.to.parameters(info, statement.parameters), ")"], margin);
    const exported = this.exports && margin === 0 ? "export " : "";
    if (wrappers.length > 0) {
      // As a method it keeps its name, whatever is around it.
      const head = layOut(["const ", name, " = ", wrappers.flatMap((wrapper) => [wrapper, "("])], margin);
      const foot = `${pad}}}.${name}${")".repeat(wrappers.length)};`;
      return [...doc, `${pad}${exported}${head}{ ${info.generator ? "*" : ""}${name}${parameters}${returns} {`, ...inner, foot];
    }
    const turn = wrappers.length === 0 && !info.generator ? this.#redefined.get(statement) : undefined;
    if (turn) {
      const head = turn === "again" ? name : `let ${name}: ${turn === "first" ? "(...values: any[]) => any" : "any"}`;
      return [...doc, `${pad}${head} = ${parameters}${returns} => {`, ...inner, `${pad}};`];
    }
    if (usesThis || redefined) {
      const star = info.generator ? "function* " : "";
      return [...doc, `${pad}${redefined ? "" : "const "}${name} = ${star}${parameters}${returns}${info.generator ? " {" : " => {"}`, ...inner, `${pad}};`];
    }
    return [...doc, `${pad}${exported}function${info.generator ? "*" : ""} ${name}${parameters}${returns} {`, ...inner, `${pad}}`];
  }

  /** Whether the decorator asks for nothing here; what it does is asked for otherwise if it is the program's own. */
  checkDecorator(decorator: Expression): boolean {
    const name = decoratorName(decorator);
    if (
      /^(no_grad|inference_mode|enable_grad|property|staticmethod|classmethod|dataclass|abstractmethod|cached_property|overload|override|script|compile|lru_cache|wraps|torch|final|once_differentiable|script_method|export|ignore|unused|custom_fwd|custom_bwd|autocast|contextmanager|total_ordering|runtime_checkable)$/.test(
        name,
      ) ||
      name.endsWith(".setter")
    )
      return true;
    if (this.#isOwn(decorator)) return false;
    this.context.report(decorator.from, `The decorator \`@${name}\` has no twin here: the function stays as it is`);
    return true;
  }

  #isOwn(decorator: Expression): boolean {
    return decorator.kind === "call"
      ? this.#isOwn(decorator.callee)
      : this.to.typeOf(decorator).kind === "function" || this.to.typeOf(decorator).kind === "class";
  }

  /** `: Tensor`, where it can be said, and where TypeScript wants it said: of what a function that calls itself gives. */
  returnType(info: FunctionInfo, callsItself = false): string {
    const type = info.returns;
    if (info.generator) return type.kind === "iterator" && type.of.kind !== "unknown" ? `: IterableIterator<${this.to.typeName(type.of)}>` : "";
    if (type.kind === "none") return ": void";
    const text = this.to.typeName(type);
    return text === "any" && !callsItself ? "" : `: ${text}`;
  }

  /** The lines of a function's body. */
  functionBody(info: FunctionInfo, statement: FunctionStatement, margin: number, body: Block = statement.body): string[] {
    const outer = { scope: this.#scope, self: this.to.self, asked: this.to.asked, leftOut: this.to.leftOut, givesNull: this.#givesNull };
    const own = statement.parameters.slice(info.bound ? 1 : 0);
    if (takesAnything(own)) this.to.leftOut = own[1]!.name;
    this.#scope = info.scope;
    if (info.bound) this.to.self = statement.parameters[0]?.name;
    this.to.asked = statement.name === "__getitem__" ? statement.parameters[1]?.name : undefined;
    this.declarations.place(body, new Set(statement.parameters.map(({ name }) => name)));
    this.#broken.push(undefined);
    const guard = statement.decorators
      .map((decorator) => (decorator.kind === "call" ? this.context.apiPathOf(decorator.callee) : this.context.apiPathOf(decorator)))
      .find((api) => api && /^(noGrad|inferenceMode|enableGrad)$/.test(api));
    const lines = guard ? [`${" ".repeat(margin)}using ${this.guardName()} = ${this.context.api(guard)}();`] : [];
    this.#givesNull = !info.generator && info.returns.kind === "nullable";
    lines.push(...this.block(body, margin));
    if (this.#givesNull && !leaves(body)) lines.push(`${" ".repeat(margin)}return null;`);
    this.#broken.pop();
    this.#givesNull = outer.givesNull;
    this.#scope = outer.scope;
    this.to.self = outer.self;
    this.to.asked = outer.asked;
    this.to.leftOut = outer.leftOut;
    return lines;
  }

  /** The call `super(…)` that a constructor begins with. */
  superCall(call: Call, of: ClassInfo): Doc {
    const base = of.bases.find((one) => one.kind === "class");
    const info = base?.kind === "class" ? findMethod(base.of, "__init__") : undefined;
    const named =
      this.context.pathOf((call.callee as { object: Expression }).object) !== undefined ||
      call.callee.kind !== "attribute" ||
      call.callee.object.kind !== "call";
    const given = named ? { ...call, arguments: call.arguments.slice(1) } : call;
    if (!base && of.root === "nn.Module") return "super()";
    const [params, options] = given.arguments;
    // The names of the groups' options are the API's.
    if (!base && of.root === "optim.Optimizer" && options && !options.star)
      return ["super", listed("(", [this.to.argument(params!.value), [this.context.helper("camelKeys"), "(", this.to.doc(options.value), ")"]], ")")];
    return ["super", ownArguments(this.to, given, info)];
  }
}

/** Whether a block is left by `return`, `break`, `continue` or `yield`: what a function around it can't do. */
function jumps(block: Block, inLoop = false): boolean {
  return block.statements.some((statement) => {
    if (statement.kind === "return") return true;
    if ((statement.kind === "break" || statement.kind === "continue") && !inLoop) return true;
    if (expressionsOf(statement).some((expression) => expression.kind === "yield")) return true;
    if (statement.kind === "function" || statement.kind === "class") return false;
    const loop = inLoop || statement.kind === "for" || statement.kind === "while";
    return blocksOf(statement).some((inner) => jumps(inner, loop));
  });
}

function assigns(block: Block, name: string): boolean {
  return block.statements.some((statement) => {
    if (statement.kind === "assign" && statement.targets.some((target) => targetNames(target).includes(name))) return true;
    if (statement.kind === "update" && targetNames(statement.target).includes(name)) return true;
    if (statement.kind === "for" && targetNames(statement.target).includes(name)) return true;
    return statement.kind !== "function" && statement.kind !== "class" && blocksOf(statement).some((inner) => assigns(inner, name));
  });
}

function raisesAgain(block: Block): boolean {
  return block.statements.some((statement) => (statement.kind === "raise" && !statement.value) || blocksOf(statement).some(raisesAgain));
}

function isPattern(expression: Expression): boolean {
  if (expression.kind === "name") return true;
  if (expression.kind === "starred") return isPattern(expression.value);
  return (expression.kind === "tuple" || expression.kind === "list") && expression.entries.every(isPattern);
}

/** How TypeScript knows behind `if (exists(value))` that the value is there. */
function presenceGuard(name: string, holds: boolean): string {
  return holds ? `<T>(${name}: T | null): ${name} is T` : `(${name}: unknown): ${name} is null`;
}
