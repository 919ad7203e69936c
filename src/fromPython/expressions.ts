/** Python's expressions in TypeScript. */
import { apiMembers } from "./apiNames.ts";
import { builtinCall, calling } from "./builtins.ts";
import { apiCall, argumentsOf, fieldArguments, isLeftOut, ownArguments } from "./calls.ts";
import { level, NoTwin, primary, within, type Code, type Context } from "./context.ts";
import { isUnused, targetNames } from "./declarations.ts";
import { comparisonMethods, mirroredMethod, operatorMethods } from "./operatorMethods.ts";
import { constantIndex } from "./syntaxQueries.ts";
import { givenFields } from "./fields.ts";
import { group, indent, keyText, layOut, line, listed, memberText, quoted, type Doc } from "./layout.ts";
import { libraryCall, libraryValue } from "./libraries.ts";
import { logger, loggerMethod } from "./logging.ts";
import { containerMethod, tensorMethod } from "./methods.ts";
import { argumentName, camelCase, kindlingPath, memberName } from "./names.ts";
import { isPath, pathAttribute, pathBinary, pathMethod } from "./paths.ts";
import { groupAt, patternMethod } from "./regularExpressions.ts";
import { takesAnything, takesList } from "./syntax.ts";
import type {
  Attribute,
  Binary,
  Call,
  Clause,
  Compare,
  Comprehension,
  Dictionary,
  Expression,
  Index,
  Lambda,
  Name,
  Parameter,
  Slice,
  Walrus,
} from "./syntax.ts";
import { formatText, percentText, strOf } from "./text.ts";
import { arrowBody, methodName, negated, tensorOperators } from "./words.ts";
import {
  any,
  counted,
  countsAsValue,
  findMethod,
  isBelow,
  isMap,
  isModule,
  isNumber,
  isPlain,
  isCollection,
  isSequence,
  isTupleLike,
  itemOf,
  lineage,
  listOf,
  present,
  takersOf,
  takesAttributes,
  typeText,
  unknown,
  variableText,
  type ClassInfo,
  type DictType,
  type FunctionInfo,
  type Type,
} from "./types.ts";

const arithmetic: Readonly<Record<string, readonly [symbol: string, level: number]>> = {
  "+": ["+", level.plus],
  "-": ["-", level.plus],
  "*": ["*", level.times],
  "/": ["/", level.times],
  "%": ["%", level.times],
  "**": ["**", level.power],
  "&": ["&", level.bitAnd],
  "|": ["|", level.bitOr],
  "^": ["^", level.bitXor],
  "<<": ["<<", level.shift],
  ">>": [">>", level.shift],
};

const mirrored: Readonly<Record<string, string>> = { "==": "==", "!=": "!=", "<": ">", "<=": ">=", ">": "<", ">=": "<=" };

/** What every class of JavaScript has of its own, so that a program's class can't: its objects do. */
const ofEveryClass: ReadonlySet<string> = new Set(["name", "length", "prototype", "arguments", "caller"]);

const unknownPlaces = "What this is isn't known here, and so not where it takes what is given by name: give it by position";

/** Whether it is an object of a class of the API, which takes names as they are. */
function isOfTheApi(type: Type): boolean {
  return type.kind === "object" && type.of !== "nn.Module";
}

function isByName({ arguments: given }: Call): boolean {
  return given.some(({ name, star }) => name !== undefined || star === "**");
}

/** The names of what a class of the program takes, in their order; the API's classes take names as they are, of a function nothing is said. */
function parameterNames(maker: Type): string | undefined {
  if (maker.kind !== "class") return maker.kind;
  const parameters = constructorOf(maker.of)?.node.parameters.slice(1) ?? [];
  return parameters.some(({ star }) => star === "*") ? undefined : parameters.map(({ name, star = "" }) => star + name).join();
}

export class Expressions {
  readonly context: Context;
  /** The `**options` of the function at hand that has none here. */
  leftOut: string | undefined;
  /** What `self` is called in the method at hand, and `cls`. */
  self: string | undefined;
  /** The place that the `__getitem__` at hand is asked for: it may be counted from the end. */
  asked: string | undefined;
  /** How a lambda's or comprehension's own function is written. */
  constructor(context: Context) {
    this.context = context;
  }

  typeOf(expression: Expression): Type {
    return expression.type ?? unknown;
  }

  doc(expression: Expression): Doc {
    return this.expression(expression).doc;
  }

  /** As an operand that binds so tightly. */
  operand(expression: Expression, least: number): Doc {
    return within(this.expression(expression), least);
  }

  expression(expression: Expression): Code {
    switch (expression.kind) {
      case "name":
        return this.#name(expression);
      case "number":
        return primary(numberText(expression.text));
      case "string":
        return primary(quoted(expression.value));
      case "format":
        return formatText(this, expression.parts);
      case "constant":
        return primary({ True: "true", False: "false", None: "null", "...": "undefined" }[expression.value]);
      case "binary":
        return this.binary(expression.operator, expression.left, expression.right, itemOf(this.typeOf(expression)));
      case "unary":
        return this.#unary(expression.operator, expression.operand);
      case "logical":
        return this.#logical(expression.operator, expression.left, expression.right);
      case "compare":
        return this.#compare(expression);
      case "conditional":
        return {
          doc: group([
            within(this.truth(expression.test), level.or),
            indent([line, "? ", this.operand(expression.whenTrue, level.assignment), line, ": ", this.operand(expression.otherwise, level.assignment)]),
          ]),
          level: level.conditional,
        };
      case "lambda":
        return this.lambda(expression);
      case "attribute":
        return this.#method(expression);
      case "index":
        return this.#index(expression);
      case "slice":
        throw new NoTwin("A slice stands only between brackets", expression.from);
      case "call":
        return this.#call(expression);
      case "list":
      case "tuple":
        return primary(this.#entries("[", expression.entries, "]", expression.kind === "list" ? itemOf(this.typeOf(expression)) : unknown));
      case "set":
        return primary(`new ${this.collection(this.typeOf(expression), true)}(`, this.#entries("[", expression.entries, "]"), ")");
      case "dict":
        return this.dictionary(expression);
      case "comprehension":
        return this.#comprehension(expression);
      case "starred":
        return primary("...", this.spread(expression.value));
      case "walrus":
        if (isStep(expression) && isNumber(this.typeOf(expression.target)))
          return { doc: [expression.value.operator.repeat(2), this.doc(expression.target)], level: level.unary };
        return { doc: [this.doc(expression.target), " = ", this.doc(expression.value)], level: level.assignment };
      case "yield":
        return {
          doc: [expression.all ? "yield* " : "yield", ...(expression.value ? [expression.all ? "" : " ", this.doc(expression.value)] : [])],
          level: level.assignment,
        };
    }
  }

  #name(expression: Expression & { kind: "name" }): Code {
    const { name } = expression;
    if (name === this.self) return primary("this");
    const path = this.context.pathOf(expression);
    if (path === undefined) return primary(this.context.own(name));
    return this.#pathValue(path, expression);
  }

  /** What an import names, as a value. */
  #pathValue(path: string, expression: Expression): Code {
    const alias = this.context.aliases.get(path);
    if (alias) return primary(alias);
    const api = kindlingPath(path);
    if (api !== undefined && api !== "") {
      if (path.startsWith("torch.nn.functional.")) {
        const space = this.context.aliases.get("torch.nn.functional");
        if (space) return primary(`${space}.${camelCase(path.slice("torch.nn.functional.".length))}`);
      }
      if (/\.(Long|Int)Tensor$/.test(path)) return primary(this.context.api("int64"));
      if (/\.(Float|Double)Tensor$/.test(path)) return primary(this.context.api("float32"));
      return primary(this.context.api(api));
    }
    return libraryValue(this, path, expression);
  }

  /** `Path(__file__).parent` */
  #isOwnFolder(expression: Expression): boolean {
    if (expression.kind !== "attribute" || expression.name !== "parent" || expression.object.kind !== "call") return false;
    const { callee, arguments: given } = expression.object;
    const [file] = given;
    return this.context.pathOf(callee) === "pathlib.Path" && given.length === 1 && file!.value.kind === "name" && file!.value.name === "__file__";
  }

  #entries(open: string, entries: readonly Expression[], close: string, item: Type = unknown): Doc {
    return listed(
      open,
      entries.map((entry) => this.commented(entry, this.operand(this.valueAmong(entry, item), level.assignment))),
      close,
      { broken: entries.some(({ comments }) => comments !== undefined) },
    );
  }

  /** With the comments that stood at an entry. */
  commented(entry: Expression, doc: Doc): Doc {
    const { comments } = entry;
    if (!comments) return doc;
    const before = comments.before.flatMap((text): Doc[] => [`// ${text}`, line]);
    return [...before, doc, comments.after ? ` /* ${comments.after} */` : ""];
  }

  // ---- operators

  /** What an enumeration's value counts as where it is computed with: its number or text. */
  value(expression: Expression): Expression {
    const type = present(this.typeOf(expression));
    if (!countsAsValue(type)) return expression;
    return { kind: "attribute", object: expression, name: "value", from: expression.from, to: expression.to, type: counted(type) };
  }

  /** An entry of a list, or a key: an enumeration's value counts as its number among numbers, as its text among texts. */
  valueAmong(entry: Expression, item: Type): Expression {
    return isPlain(present(item)) ? this.value(entry) : entry;
  }

  /** @param item what it holds, if it is a list */
  binary(operator: string, first: Expression, second: Expression, item: Type = unknown): Code {
    // `(i := i + 1) - 1` is what i was before.
    if (
      first.kind === "walrus" &&
      isStep(first) &&
      isNumber(this.typeOf(first.target)) &&
      isOne(second) &&
      operator === (first.value.operator === "+" ? "-" : "+")
    )
      return { doc: [this.doc(first.target), first.value.operator.repeat(2)], level: level.unary };
    const [left, right] = [this.value(first), this.value(second)];
    if (operator === "/" && right.kind === "string" && this.#isOwnFolder(left)) return primary(`new URL(${quoted(`./${right.value}`)}, import.meta.url)`);
    const leftType = present(this.typeOf(left));
    const rightType = present(this.typeOf(right));
    if (operator === "/" && (isPath(leftType) || isPath(rightType))) return pathBinary(this, left, right);
    if (leftType.kind === "string" && operator === "%" && left.kind === "string") {
      return percentText(this, left.value, entriesOf(right));
    }
    // A text that is put together when it runs is filled then.
    if (operator === "%" && (leftType.kind === "string" || left.kind === "format"))
      return primary(
        this.context.helper("percent"),
        "(",
        this.doc(left),
        ", ",
        entriesOf(right).flatMap((one, at): Doc[] => [at > 0 ? ", " : "", this.doc(one)]),
        ")",
      );
    if (leftType.kind === "tensor" || rightType.kind === "tensor") return this.#tensorBinary(operator, left, right);
    if (leftType.kind === "string" && operator === "*") return primary(this.operand(left, level.primary), ".repeat(", this.doc(right), ")");
    if (rightType.kind === "string" && operator === "*") return this.binary(operator, right, left);
    if (isSequence(leftType) || isSequence(rightType)) {
      if (operator === "+") return primary(listed("[", [...this.#joined(left, item), ...this.#joined(right, item)], "]"));
      if (operator === "*") return isSequence(leftType) ? this.#repeated(left, right, item) : this.#repeated(right, left, item);
    }
    if (leftType.kind === "set" && rightType.kind === "set") return this.sets(operator, left, this.operand(right, level.primary));
    if (leftType.kind === "dict" && rightType.kind === "dict") return this.#dictionaries(operator, left, right, leftType);
    if (rightType.kind === "instance" && !(leftType.kind === "instance" && findMethod(leftType.of, operatorMethods[operator] ?? ""))) {
      if (findMethod(rightType.of, mirroredMethod(operator)) && leftType.kind !== "any" && leftType.kind !== "unknown")
        return primary(this.receiver(right), `.${methodName(mirroredMethod(operator))}(`, this.doc(left), ")");
    }
    if (leftType.kind === "instance" && tensorOperators[operator]) {
      return primary(this.receiver(left), `.${tensorOperators[operator]}(`, this.doc(right), ")");
    }
    const plain = (type: Type) => isNumber(type) || type.kind === "string";
    if (!(plain(leftType) && plain(rightType)) && !(plain(leftType) && rightType.kind === "unknown" && leftType.kind !== "string" && false)) {
      if (tensorOperators[operator] && !["&", "|", "^", "<<", ">>"].includes(operator)) {
        return primary(this.context.helper("calculate"), "(", this.doc(left), `, "${tensorOperators[operator]}", `, this.doc(right), ")");
      }
    }
    if (operator === "//") return primary("Math.floor(", this.sure(left, level.times), " / ", this.sure(right, level.power), ")");
    if (operator === "%" && (mayBeNegative(left) || mayBeNegative(right)))
      return primary(this.context.helper("mod"), "(", this.sure(left, level.assignment), ", ", this.sure(right, level.assignment), ")");
    const [symbol, binding] = arithmetic[operator]!;
    if (operator === "**") return { doc: [this.sure(left, level.primary), " ** ", this.sure(right, level.power)], level: level.power };
    return { doc: [this.sure(left, binding), ` ${symbol} `, this.sure(right, binding + 1)], level: binding };
  }

  #tensorBinary(operator: string, left: Expression, right: Expression): Code {
    const method = tensorOperators[operator]!;
    if (present(this.typeOf(left)).kind === "tensor") return primary(this.receiver(left), `.${method}(`, this.sure(right, level.assignment), ")");
    if (["+", "*", "&", "|", "^"].includes(operator) && isNumber(present(this.typeOf(left)))) {
      return primary(this.operand(right, level.primary), `.${method}(`, this.doc(left), ")");
    }
    if (!isNumber(present(this.typeOf(left)))) {
      return primary(this.context.helper("calculate"), "(", this.doc(left), `, "${method}", `, this.doc(right), ")");
    }
    return primary(this.context.api(method), "(", this.doc(left), ", ", this.doc(right), ")");
  }

  /** The entries of a list that is joined to another. */
  #joined(side: Expression, item: Type): Doc[] {
    if (side.kind === "list" || side.kind === "tuple") return side.entries.map((entry) => this.operand(this.valueAmong(entry, item), level.assignment));
    return [["...", this.spreadAmong(side, item)]];
  }

  /** What is joined to a list: an enumeration's values count as their numbers among numbers. */
  spreadAmong(side: Expression, item: Type): Doc {
    const counts = isPlain(present(item)) && countsAsValue(present(itemOf(this.typeOf(side))));
    return counts ? [this.array(side), ".map((one) => one.value)"] : this.spread(side);
  }

  #repeated(list: Expression, count: Expression, item: Type): Code {
    if ((list.kind === "list" || list.kind === "tuple") && list.entries.length === 1) {
      const [entry] = list.entries;
      // What is filled in later is something else.
      if (entry!.kind === "constant" && entry!.value === "None") return primary("new Array<any>(", this.doc(count), ").fill(null)");
      const one = this.valueAmong(entry!, item);
      return primary("Array.from({ length: ", this.doc(count), " }, () => ", arrowBody(this.expression(one)), ")");
    }
    return primary("Array.from({ length: ", this.doc(count), " }, () => ", this.doc(list), ").flat()");
  }

  /** `left | right` of dictionaries, `+` and `-` of counts. */
  #dictionaries(operator: string, left: Expression, right: Expression, type: DictType): Code {
    if (type.made === "Counter" && (operator === "+" || operator === "-"))
      return primary(this.context.helper("summed"), "(", this.doc(left), ", ", this.doc(right), operator === "-" ? ", -1" : "", ")");
    if (operator !== "|" || type.made === "Counter") throw new NoTwin(`\`${operator}\` of such dictionaries has no twin here`, left.from);
    if (isMap(type)) return primary(`new ${this.collection(type)}(`, "[...", this.doc(left), ", ...", this.doc(right), "])");
    return primary("{ ...", this.doc(left), ", ...", this.doc(right), " }");
  }

  /** `left | right`, `&`, `-` or `^` of sets. */
  sets(operator: string, left: Expression, right: Doc): Code {
    const made = `new ${this.collection(this.typeOf(left))}(`;
    const set = this.operand(left, level.primary);
    const both = ["[...", this.doc(left), ", ...", right, "]"];
    if (operator === "|") return primary(made, both, ")");
    if (operator === "^") return primary(made, both, ".filter((entry) => ", set, ".has(entry) !== ", right, ".has(entry)))");
    return primary(made, "[...", this.doc(left), `].filter((entry) => ${operator === "-" ? "!" : ""}`, right, ".has(entry)))");
  }

  #unary(operator: string, operand: Expression): Code {
    if (operator === "not") return negated(this.truth(operand));
    const type = present(this.typeOf(operand));
    if (type.kind === "tensor") {
      if (operator === "+") return this.expression(operand);
      return primary(this.operand(operand, level.primary), operator === "-" ? ".neg()" : type.elements === "bool" ? ".logicalNot()" : ".bitwiseNot()");
    }
    if (operator === "-" && type.kind === "instance") return primary(this.receiver(operand), ".neg()");
    if (operator === "-" && !isNumber(type)) return primary(this.context.helper("calculate"), "(", this.doc(operand), ', "mul", -1)');
    return { doc: [operator, this.operand(operand, level.unary)], level: level.unary };
  }

  #logical(operator: "and" | "or", left: Expression, right: Expression): Code {
    const boolean = [left, right].every(
      (side) => this.typeOf(side).kind === "bool" || side.kind === "compare" || (side.kind === "unary" && side.operator === "not"),
    );
    const asTest = boolean || this.#asTest.has(left);
    if (!asTest && this.#mayBeEmpty(left)) {
      if (operator === "and" && isPlace(left))
        return { doc: [within(this.truth(left), level.or), " ? ", this.operand(right, level.assignment), " : ", this.doc(left)], level: level.conditional };
      if (operator === "or" && !isEmpty(right))
        return primary(this.context.helper("either"), "(", this.doc(left), ", () => ", arrowBody(this.expression(right)), ")");
    }
    if (operator === "or" && !asTest && ["list", "dict", "tuple", "set", "tensor", "object", "instance"].includes(present(this.typeOf(left)).kind)) {
      return { doc: [this.operand(left, level.primary), " ?? ", this.operand(right, level.primary)], level: level.conditional };
    }
    const binding = operator === "and" ? level.and : level.or;
    const side = (expression: Expression, least: number) => {
      const code = asTest ? this.truth(expression) : this.expression(expression);
      // `&&` within `||` needs no parentheses; `??` beside either does.
      return within(code, least);
    };
    return { doc: group([side(left, binding), operator === "and" ? " &&" : " ||", indent([line, side(right, binding)])]), level: binding };
  }

  /** Whether it may be a list, a dictionary or a set, which is false to Python where it is empty. */
  #mayBeEmpty(expression: Expression): boolean {
    return ["list", "dict", "tuple", "set"].includes(present(this.typeOf(expression)).kind);
  }

  /** Expressions that stand where only their truth counts. */
  readonly #asTest = new Set<Expression>();

  /** The expression where only its truth counts: in an `if`, behind a `not`. */
  truth(expression: Expression): Code {
    if (expression.kind === "logical") {
      this.#asTest.add(expression.left);
      return this.expression(expression);
    }
    if (expression.kind === "compare" && this.typeOf(expression).kind === "bool" && !this.#isLoose(expression)) return this.expression(expression);
    const type = this.typeOf(expression);
    if (expression.kind === "compare" && type.kind === "bool") return primary(this.context.helper("truth"), "(", this.doc(expression), ")");
    switch (type.kind) {
      case "tensor":
        return primary(this.operand(expression, level.primary), ".item()");
      case "list":
      case "size":
      case "tuple":
        return { doc: [this.operand(expression, level.primary), ".length > 0"], level: level.relation };
      case "dict":
        return {
          doc: isMap(type) ? [this.operand(expression, level.primary), ".size > 0"] : ["Object.keys(", this.doc(expression), ").length > 0"],
          level: level.relation,
        };
      case "set":
        return { doc: [this.operand(expression, level.primary), ".size > 0"], level: level.relation };
      case "nullable":
        if (isSequence(type.of)) return primary(this.operand(expression, level.primary), "?.length");
        if (type.of.kind === "tensor" && !type.of.mixed && expression.kind === "name") return primary(this.operand(expression, level.primary), "?.item()");
        if (["dict", "tensor"].includes(type.of.kind) || (type.of.kind === "instance" && findMethod(type.of.of, "__len__")))
          return primary(this.context.helper("truth"), "(", this.doc(expression), ")");
        return this.expression(expression);
      case "instance":
        if (findMethod(type.of, "__len__") && !type.of.root) return { doc: [this.operand(expression, level.primary), ".length > 0"], level: level.relation };
        return this.expression(expression);
      case "any":
      case "unknown":
        return expression.kind === "call" || (expression.kind === "name" && type.kind === "unknown") || expression.kind === "attribute"
          ? this.expression(expression)
          : primary(this.context.helper("truth"), "(", this.doc(expression), ")");
      default:
        return this.expression(expression);
    }
  }

  /** Whether only the run tells if it compares tensors. */
  #isLoose({ operators, operands }: Compare): boolean {
    const [left, right] = operands.map((operand) => present(this.typeOf(operand)).kind);
    const isVague = (kind: string | undefined) => kind === "any" || kind === "unknown";
    const tells = (kind: string | undefined) => kind === "string" || kind === "none";
    return !/^(is|in|not)/.test(operators[0]!) && (isVague(left) || isVague(right)) && !tells(left) && !tells(right);
  }

  #compare({ operators, operands }: Compare): Code {
    const parts = operators.map((operator, at) => this.#comparison(operator, operands[at]!, operands[at + 1]!));
    if (parts.length === 1) return parts[0]!;
    return { doc: parts.flatMap((part, at) => [at > 0 ? " && " : "", within(part, level.and)]), level: level.and };
  }

  #comparison(operator: string, first: Expression, second: Expression): Code {
    const alike = [first, second].every((side) => countsAsValue(present(this.typeOf(side)))) && /^[!=]=$/.test(operator);
    const [left, right] = operator.startsWith("is") || alike ? [first, second] : [this.value(first), this.value(second)];
    if (operator === "in" || operator === "not in") {
      const inside = this.#membership(left, right);
      return operator === "in" ? inside : negated(inside);
    }
    const equality = (symbol: string): Code => ({
      doc: [this.operand(left, level.relation), ` ${symbol} `, this.operand(right, level.relation)],
      level: level.equality,
    });
    const identity = (symbol: string): Code => ({
      doc: [within(this.target(left), level.relation), ` ${symbol} `, this.operand(right, level.relation)],
      level: level.equality,
    });
    if (operator === "is") return identity("===");
    if (operator === "is not") return identity("!==");
    const leftType = present(this.typeOf(left));
    const rightType = present(this.typeOf(right));
    if (leftType.kind === "tensor" && rightType.kind !== "none")
      return primary(this.operand(left, level.primary), `.${tensorOperators[operator]}(`, this.doc(right), ")");
    if (rightType.kind === "tensor" && leftType.kind !== "none")
      return primary(this.operand(right, level.primary), `.${tensorOperators[mirrored[operator]!]}(`, this.doc(left), ")");
    const compared = leftType.kind === "instance" ? findMethod(leftType.of, comparisonMethods[operator] ?? "") : undefined;
    if (compared) {
      const asked = primary(this.receiver(left), `.${methodName(compared.name)}(`, this.argument(right), ")");
      return operator === "!=" ? negated(asked) : asked;
    }
    const equal = operator === "==" || operator === "!=";
    if (equal && isByFields(leftType) && isByFields(rightType)) {
      const fields = (side: Expression): Doc => ["{ ...", this.operand(side, level.assignment), " }"];
      const same = primary(this.context.helper("equals"), "(", fields(left), ", ", fields(right), ")");
      return operator === "==" ? same : negated(same);
    }
    if (equal && (isCollection(leftType) || isCollection(rightType))) {
      const same = primary(this.context.helper("equals"), "(", this.doc(left), ", ", this.doc(right), ")");
      return operator === "==" ? same : negated(same);
    }
    const simple = (type: Type) => isNumber(type) || ["string", "none", "python", "object", "instance", "class"].includes(type.kind);
    if (equal && (simple(leftType) || simple(rightType))) {
      // A tensor is never told from a number by a text or `None`.
      if (!isNumber(leftType) && !isNumber(rightType)) return equality(operator === "==" ? "===" : "!==");
      if (simple(leftType) && simple(rightType)) return equality(operator === "==" ? "===" : "!==");
    }
    if ((isNumber(leftType) || leftType.kind === "string") && (isNumber(rightType) || rightType.kind === "string")) {
      return { doc: [this.sure(left, level.relation + 1), ` ${operator} `, this.sure(right, level.relation + 1)], level: level.relation };
    }
    return primary(this.context.helper("compare"), "(", this.doc(left), `, "${tensorOperators[operator]}", `, this.doc(right), ")");
  }

  #membership(left: Expression, right: Expression): Code {
    const type = present(this.typeOf(right));
    switch (type.kind) {
      case "dict":
        return isMap(type)
          ? primary(this.operand(right, level.primary), ".has(", this.doc(this.valueAmong(left, type.key)), ")")
          : { doc: [this.operand(this.valueAmong(left, type.key), level.relation), " in ", this.operand(right, level.relation)], level: level.relation };
      case "set":
        return primary(this.operand(right, level.primary), ".has(", this.doc(left), ")");
      case "tensor":
        return primary("Boolean(", this.operand(right, level.primary), ".eq(", this.doc(left), ").any().item())");
      case "instance":
        if (!findMethod(type.of, "__contains__")) return primary("[...", this.spread(right), "].includes(", this.doc(left), ")");
        return primary(this.operand(right, level.primary), `.${methodName("__contains__")}(`, this.doc(left), ")");
      case "object":
        if (type.of === "nn.ModuleDict") return primary(this.operand(right, level.primary), ".has(", this.doc(left), ")");
        return primary("[...", this.spread(right), "].includes(", this.doc(left), ")");
      default:
        if (isCollection(present(this.typeOf(left))))
          return primary(this.operand(right, level.primary), ".some((entry) => ", this.context.helper("equals"), "(entry, ", this.doc(left), "))");
        if (type.kind === "any" && type.loaded) return primary(this.context.helper("contains"), "(", this.doc(right), ", ", this.doc(left), ")");
        return primary(this.operand(right, level.primary), ".includes(", this.doc(left), ")");
    }
  }

  // ---- functions

  /** @param inCall TypeScript takes the types of the parameters from what is called */
  lambda(expression: Lambda, { inCall = false } = {}): Code {
    const body = this.lambdaBody(expression);
    const type = this.typeOf(expression);
    const list =
      inCall || type.kind !== "function" ? expression.parameters.map((parameter) => this.#untyped(parameter)) : this.#typed(type.of, expression.parameters);
    return { doc: ["(", commas(list), ") => ", arrowBody(body)], level: level.assignment };
  }

  /** A type of elements; Python's own types name some. */
  dtype(value: Expression): Doc {
    const path = this.context.pathOf(value) ?? "";
    const own = { "builtins.bool": "bool", "builtins.int": "int64", "builtins.float": "float32", "torch.long": "int64", "torch.float": "float32" }[path];
    const name = own ?? /^torch\.(float32|float16|bfloat16|int32|int64|uint8|bool)$/.exec(path)?.[1];
    return name ? quoted(name) : this.argument(value);
  }

  /** A value that is passed in a call. */
  argument(value: Expression): Doc {
    return value.kind === "lambda" ? this.lambda(value, { inCall: true }).doc : this.operand(value, level.assignment);
  }

  /** A value that is passed in a call and has to be there. */
  needed(value: Expression): Doc {
    return this.#isMaybeNone(value) ? this.receiver(value) : this.commented(value, this.argument(value));
  }

  /** A type as TypeScript writes it, with its import. */
  typeName(type: Type): string {
    return this.imported(typeText(type));
  }

  /** A type's text, with the imports of what it names. */
  imported(type: string): string {
    return type.replaceAll(/\b(Tensor|torch\.Generator|(?:nn|optim|data|distributions|autograd)(?:\.\w+)+)/g, (name) =>
      this.context.typeName(name.replace(/^torch\./, "")),
    );
  }

  /** Parameters with types and defaults. */
  parameters(info: FunctionInfo, parameters: readonly Parameter[]): Doc {
    return commas(this.#typed(info, parameters.slice(info.bound ? 1 : 0)));
  }

  #typed(info: FunctionInfo, parameters: readonly Parameter[]): Doc[] {
    const list = [...parameters];
    // `name=name` keeps what a loop's variable is now, which each turn has for itself here.
    while (isCapture(list.at(-1))) list.pop();
    const anything = takesAnything(list);
    const asList = takesList(list);
    return list
      .filter(({ star }) => !(anything && star === "**"))
      .map((parameter): Doc => {
        const type = info.parameters.get(parameter.name) ?? unknown;
        const name = this.context.own(parameter.name);
        if (parameter.star === "*") return `${asList ? "" : "..."}${name}: ${this.typeName(type.kind === "list" ? type : any).replace(/^any$/, "any[]")}`;
        if (parameter.star === "**") return `${name}: Record<string, any> = {}`;
        // What is given another value in the function may be that as well.
        const held = info.scope.names.get(parameter.name);
        const text =
          held && (held.kind === "any" || typeText(held) !== typeText(type)) ? this.imported(variableText(info.scope, parameter.name)) : this.typeName(type);
        if (!parameter.default) return `${name}: ${text}`;
        const usual = info.class ? ofClass(parameter.default, info.class) : parameter.default;
        const own = this.typeOf(parameter.default);
        if (isKept(parameter, info)) return [name, `: ${text} = ((${this.context.own(info.name)} as any).${name} ??= `, this.doc(usual), ")"];
        const obvious = typeText(own) === text && text !== "null" && !["list", "tuple", "dict"].includes(parameter.default.kind) && text !== "any";
        return [name, obvious ? "" : `: ${text === "null" ? "any" : text}`, " = ", this.operand(usual, level.assignment)];
      });
  }

  #untyped(parameter: Parameter): Doc {
    const name = `${parameter.star === "*" ? "..." : ""}${this.context.own(parameter.name)}`;
    return parameter.default ? [name, " = ", this.doc(parameter.default)] : name;
  }

  /** What gives nothing in Python, as `append` does, gives nothing here. */
  lambdaBody({ body }: Lambda): Code {
    const code = this.expression(body);
    return body.kind === "call" && this.typeOf(body).kind === "none" ? { doc: ["void ", within(code, level.unary)], level: level.unary } : code;
  }

  // ---- attributes

  /** A method as a value stays its object's. */
  #method(expression: Attribute): Code {
    // `str.lower` as a function.
    if (this.context.pathOf(expression.object) === "builtins.str") return { doc: calling(this, expression, ["value"]), level: level.assignment };
    const code = this.#attribute(expression);
    const type = this.typeOf(expression);
    const owner = present(this.typeOf(expression.object));
    if (type.kind === "function" && owner.kind === "class" && owner.of.root === "autograd.Function" && expression.name === "apply") {
      const taken = type.of.node.parameters.slice(1);
      const given = taken.map(({ name }) => this.context.own(name));
      return { doc: ["(", commas(this.#typed(type.of, taken)), ") => ", code.doc, `(${given.join(", ")})`], level: level.assignment };
    }
    // What a dictionary or a list has at a place, as a function.
    if (owner.kind === "dict" && /^(get|__getitem__)$/.test(expression.name)) return this.#getter(expression.object, owner);
    if ((owner.kind === "any" || owner.kind === "unknown") && /^(get|__getitem__)$/.test(expression.name) && !this.ownMembers.has(expression.name))
      return { doc: ["(key: any) => ", this.context.helper("getItem"), "(", this.doc(expression.object), ", key)"], level: level.assignment };
    if (isSequence(owner) && expression.name === "__getitem__")
      return { doc: ["(at: number) => ", this.receiver(expression.object), ".at(at)!"], level: level.assignment };
    return type.kind === "function" && type.of.bound === "self" ? primary(code.doc, ".bind(", this.doc(expression.object), ")") : code;
  }

  /** Whether the class says nothing of such a member: another one has it, or `setattr` gives it while the program runs. Python asks the object. */
  #isUndeclared(of: ClassInfo, name: string): boolean {
    if (of.isEnum || of.isTuple || defines(of, name)) return false;
    return (
      !apiMembers.has(memberName(name)) ||
      lineage(of).every(({ bases }) => bases.every((base) => base.kind === "class" || (base.kind === "python" && /^(abc|typing)\./.test(base.path))))
    );
  }

  #getter(object: Expression, type: DictType): Code {
    const receiver = this.receiver(object);
    return { doc: [`(key: ${this.typeName(type.key)}) => `, receiver, isMap(type) ? ".get(key)!" : "[key]!"], level: level.assignment };
  }

  #attribute(expression: Attribute): Code {
    const path = this.context.pathOf(expression);
    if (path !== undefined) return this.#pathValue(path, expression);
    const { object, name } = expression;
    if (object.kind === "call" && this.context.pathOf(object.callee) === "builtins.super") return primary(`super.${memberName(name)}`);
    if (name === "__name__" && object.kind === "attribute" && object.name === "__class__")
      return primary(this.operand(object.object, level.primary), ".constructor.name");
    if (name === "__name__" && object.kind === "call" && this.context.pathOf(object.callee) === "builtins.type") {
      const [of] = object.arguments;
      const isError = this.typeOf(of!.value).kind === "error";
      return primary(isError ? ["(", this.doc(of!.value), " as Error)"] : this.operand(of!.value, level.primary), ".constructor.name");
    }
    if (name === "__name__") return primary(this.operand(object, level.primary), ".name");
    if (name === "__class__") return primary(this.operand(object, level.primary), ".constructor");
    if (name === "__cause__") return primary("((", this.operand(object, level.primary), ".cause ?? null) as any)");
    if (name === "__dict__") return this.expression(object);
    const owner = present(this.typeOf(object));
    if (isPath(owner)) return pathAttribute(this, expression);
    if ((owner.kind === "class" || owner.kind === "instance") && owner.of.isTuple && name === "_fields")
      return primary(listed("[", givenFields(owner.of).map(quoted), "]"));
    if (owner.kind === "error" && name === "args" && this.context.errors.has("KeyError"))
      return primary(this.context.helper("argsOf"), "(", this.doc(object), ")");
    if (owner.kind === "error" && name === "args") return primary("[", strOf(this, object).doc, "]");
    if (owner.kind === "instance" && this.isStatic(owner.of, name))
      return primary("(", this.receiver(object), `.constructor as typeof ${owner.of.name})${memberText(this.context.own(name))}`);
    if (owner.kind === "class" && !owner.of.isEnum && ofEveryClass.has(name) && lineage(owner.of).some((one) => one.statics.has(name)))
      throw new NoTwin(`A class's own \`${name}\` is something else in JavaScript: ask an object for it, or call it otherwise`, expression.from);
    if (owner.kind === "class" && !owner.of.isEnum && lineage(owner.of).some((one) => one.statics.has(name)) && !this.isStatic(owner.of, name))
      throw new NoTwin(`\`${name}\` is each object's own here, for objects set it: ask an object, or call what the class has otherwise`, expression.from);
    const method = owner.kind === "instance" ? findMethod(owner.of, name) : undefined;
    if (owner.kind === "instance" && method && method.bound !== "self") return primary(owner.of.name, memberText(methodName(name)));
    // Python would stumble over a missing gradient, too; where one is asked for, the `!` goes.
    const gradient = name === "grad" && present(this.typeOf(object)).kind === "tensor" ? "!" : "";
    if (owner.kind === "instance" && this.#isUndeclared(owner.of, name)) return primary("(", this.doc(object), " as any)", memberText(methodName(name)));
    if (takesAttributes(owner) && this.attached.has(name)) return primary("(", this.doc(object), " as any)", memberText(name));
    return primary(this.receiver(object), this.member(this.typeOf(object), name), gradient);
  }

  /** The attribute as something that may be `null`, or that is assigned to. */
  target(expression: Expression): Code {
    // TypeScript knows of no cause of its older errors.
    if (expression.kind === "attribute" && expression.name === "__cause__") return primary("(", this.doc(expression.object), " as any).cause");
    const code = this.expression(expression);
    return Array.isArray(code.doc) && code.doc.at(-1) === "!" ? { ...code, doc: code.doc.slice(0, -1) } : code;
  }

  /** What stands before a dot. */
  receiver(object: Expression): Doc {
    const code = this.certain(object);
    return object.kind === "number" ? ["(", code.doc, ")"] : within(code, level.primary);
  }

  /** A value that has to be there: what may be `None` to TypeScript isn't, or Python would stumble, too. */
  certain(expression: Expression): Code {
    const code = this.expression(expression);
    return this.#isMaybeNone(expression) ? primary(within(code, level.primary), "!") : code;
  }

  /** As an operand that has to be there. */
  sure(expression: Expression, least: number): Doc {
    // Python counts with truth values.
    if (this.typeOf(expression).kind === "bool" && least > level.equality) return ["Number(", this.doc(expression), ")"];
    return within(this.certain(expression), least);
  }

  #isMaybeNone(expression: Expression): boolean {
    return this.typeOf(expression).kind === "nullable" && expression.kind !== "conditional" && expression.kind !== "logical";
  }

  /** `.name`, as the object calls it. */
  member(objectType: Type, name: string): string {
    const type = present(objectType);
    if (type.kind === "instance" || type.kind === "class") {
      if (defines(type.of, name)) return memberText(methodName(name));
      return memberText(memberName(name));
    }
    if (type.kind === "dict") return memberText(name);
    const isVague = type.kind === "unknown" || type.kind === "any" || (type.kind === "object" && type.of === "nn.Module");
    if (isVague && this.ownMembers.has(name)) return memberText(methodName(name));
    return memberText(memberName(name));
  }

  /** Names that classes of the program give to their own members. */
  readonly ownMembers = new Set<string>();
  /** The methods that classes of the program have, by name. */
  readonly ownMethods = new Map<string, FunctionInfo[]>();
  attached: ReadonlyMap<string, Type> = new Map();
  /** Names of what each object of some class has for itself. */
  readonly ownFields = new Set<string>();

  /** Whether the name stands in the class alone: what objects give a value of their own is theirs, be it in another class that is used alike. */
  isStatic(of: ClassInfo, name: string): boolean {
    if (ofEveryClass.has(name)) return false;
    return lineage(of).some((one) => one.statics.has(name)) && !this.ownFields.has(name);
  }

  // ---- indexing

  /** What is raised where there is no such entry, if the program asks for that by name. */
  missing({ object, subscripts: [place] }: Index): "KeyError" | "IndexError" | undefined {
    const type = present(this.typeOf(object));
    const { errors } = this.context;
    const isKnown = type.kind === "dict" && place!.kind === "string" && !type.open && type.fields?.has(place!.value);
    if (type.kind === "dict") return errors.has("KeyError") && !isKnown ? "KeyError" : undefined;
    return errors.has("IndexError") && (type.kind === "list" || type.kind === "string") && place!.kind !== "slice" ? "IndexError" : undefined;
  }

  #index(expression: Index): Code {
    const missing = this.missing(expression);
    if (!missing) return this.entry(expression);
    const at = this.value(expression.subscripts[0]!);
    const place =
      missing === "KeyError"
        ? this.subscript(expression.subscripts)
        : present(this.typeOf(at)).kind === "tensor"
          ? [this.operand(at, level.primary), ".item()"]
          : this.doc(at);
    return primary(this.context.helper(missing === "KeyError" ? "lookup" : "entry"), "(", this.doc(expression.object), ", ", place, ")");
  }

  /** `values[place]`, where nobody asks whether there is such an entry. */
  entry(expression: Index): Code {
    const { object, subscripts } = expression;
    const type = present(this.typeOf(object));
    const [first] = subscripts;
    if (this.context.pathOf(object) === "numpy.mgrid") return this.#grid(subscripts);
    switch (type.kind) {
      case "tensor":
        return this.tensorIndex(object, subscripts);
      case "list":
      case "tuple":
      case "size":
      case "string":
        return this.#sequenceIndex(object, first!);
      case "pair":
        return primary(this.receiver(object), "[", this.doc(first!), "]");
      case "dict":
        if (isMap(type))
          return primary(
            this.receiver(object),
            ".get(",
            this.subscript(subscripts, type.key),
            ")",
            type.value.kind === "any" || type.value.kind === "unknown" ? "" : "!",
          );
        if (first!.kind === "string") return primary(this.receiver(object), memberText(first.value));
        // Of one that stands there TypeScript asks for a name that it has.
        return primary(this.receiver(object), "[", this.doc(this.valueAmong(first!, type.key)), "]", object.kind === "dict" ? "!" : "");
      case "object":
        if (type.of === "re.Match") return primary(groupAt(this, this.receiver(object), first!));
        return this.#objectIndex(type.of, object, first!);
      case "class":
        if (type.of.isEnum) return this.#member(type.of, "name", first!);
        throw new NoTwin("A class has no entries here", expression.from);
      case "instance":
        if (first!.kind === "slice" && findMethod(type.of, "__getitem__") && !type.of.root)
          throw new NoTwin(`A slice of a \`${type.of.name}\` has no twin here: its \`__getitem__\` takes one place`, expression.from);
        if (first!.kind === "slice" || (!findMethod(type.of, "__getitem__") && isModule(type))) return this.#objectIndex("nn.Sequential", object, first!);
        return primary(this.receiver(object), type.of.root?.startsWith("data.") ? ".get(" : `.${methodName("__getitem__")}(`, this.subscript(subscripts), ")");
      default:
        if (subscripts.length > 1 || first!.kind === "slice") return this.#looseIndex(object, subscripts);
        if (first!.kind === "string") return primary(this.receiver(object), memberText(first.value));
        return primary(this.context.helper("getItem"), "(", this.doc(object), ", ", this.doc(first!), ")");
    }
  }

  /** `np.mgrid[:h, :w]` */
  #grid(subscripts: readonly Expression[]): Code {
    const places = subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one]));
    const axes = places.map((place): Doc => {
      if (place.kind !== "slice" || !place.stop) throw new NoTwin("`numpy.mgrid` is asked for slices here", place.from);
      const bounds = [place.start ? this.doc(place.start) : "0", this.doc(place.stop), ...(place.step ? [this.doc(place.step)] : [])];
      return [this.context.api("arange"), listed("(", bounds, ")")];
    });
    return primary(this.context.api("meshgrid"), listed("(", [...axes, '{ indexing: "ij" }'], ")"));
  }

  /** Of something unknown: several places are a tensor's; one slice is a list's as well. */
  #looseIndex(object: Expression, subscripts: readonly Expression[]): Code {
    const [first] = subscripts;
    const isAny = present(this.typeOf(object)).kind === "any";
    if (isAny && subscripts.length === 1 && first!.kind === "slice" && !first.step)
      return primary(this.context.helper("part"), "(", this.doc(object), first.start || first.stop ? [", ", this.#bounds(first)] : "", ")");
    if (subscripts.length === 1 && first!.kind === "slice" && !first.step) return primary(this.receiver(object), ".slice(", this.#bounds(first), ")");
    return this.tensorIndex(object, subscripts);
  }

  /** The value of an enumeration that has such a name, or stands for such a value. */
  #member(of: ClassInfo, field: "name" | "value", wanted: Expression): Code {
    return primary(`[...${this.context.own(of.name)}].find((one) => one.${field} === `, this.operand(this.value(wanted), level.equality + 1), ")!");
  }

  subscript(subscripts: readonly Expression[], key: Type = unknown): Doc {
    if (subscripts.length === 1) return this.doc(this.valueAmong(subscripts[0]!, key));
    return ["[", subscripts.flatMap((one, at) => [at > 0 ? ", " : "", this.doc(one)]), "]"];
  }

  #sequenceIndex(object: Expression, place: Expression): Code {
    if (place.kind === "slice") return this.#sequenceSlice(object, place);
    const at = this.value(place);
    const constant = constantIndex(at);
    // `torch.where(mask)[0]`
    if (object.kind === "call" && constant === 0 && /\.(where|nonzero)$/.test(this.context.pathOf(object.callee) ?? ""))
      return primary(this.receiver(object), "[0]!");
    if (constant !== undefined && constant < 0) return primary(this.receiver(object), `.at(${constant})!`);
    if (mayBeNegative(at) || (at.kind === "name" && at.name === this.asked)) return primary(this.receiver(object), ".at(", this.doc(at), ")!");
    const index = present(this.typeOf(at)).kind === "tensor" ? [this.operand(at, level.primary), ".item()"] : this.doc(at);
    return primary(this.receiver(object), "[", index, "]");
  }

  #sequenceSlice(object: Expression, { start, stop, step }: Slice): Code {
    const string = present(this.typeOf(object)).kind === "string";
    if (step && !(constantIndex(step) === 1)) {
      if (constantIndex(step) === -1 && !start && !stop && !string) return primary("[...", this.spread(object), "].reverse()");
      const picked = this.#steps(string ? ["[...", this.doc(object), "]"] : this.doc(object), { start, stop, step });
      return string ? primary(picked.doc, '.join("")') : picked;
    }
    return primary(this.receiver(object), ".slice(", this.#bounds({ ...(start ? { start } : {}), ...(stop ? { stop } : {}) }), ")");
  }

  /** `values[start:stop:step]` */
  #steps(entries: Doc, { start, stop, step }: { start?: Expression | undefined; stop?: Expression | undefined; step?: Expression | undefined }): Code {
    const bounds = [start, stop, step].map((one) => (one ? this.doc(one) : "null"));
    return primary(this.context.helper("every"), listed("(", [entries, ...bounds], ")"));
  }

  #bounds({ start, stop }: { start?: Expression; stop?: Expression }): Doc {
    if (!stop) return start ? this.#bound(start) : "";
    return [start ? this.#bound(start) : "0", ", ", this.#bound(stop)];
  }

  #objectIndex(of: string, object: Expression, at: Expression): Code {
    if (of === "OptimizerState") return primary(this.context.helper("remembered"), listed("(", [this.doc(object), this.doc(at)], ")"));
    if (of === "ParamGroup" && at.kind === "string") return primary(this.receiver(object), memberText(camelCase(at.value)));
    const type = present(this.typeOf(object));
    const field = type.kind === "object" && at.kind === "string" ? type.fields?.get(at.value) : undefined;
    if (field && this.typeName(field) !== this.typeName(itemOf(type.kind === "object" && type.item ? listOf(type.item) : type)))
      return primary("(", this.receiver(object), ".get(", this.doc(at), `) as ${this.typeName(field)})`);
    if (of === "nn.ModuleDict" || of === "nn.ParameterDict") return primary(this.receiver(object), ".get(", this.doc(at), ")");
    if (of.startsWith("data.")) return primary(this.receiver(object), ".get(", this.doc(at), ")");
    if (at.kind === "slice" && at.step) return this.#steps(["[...", this.spread(object), "]"], at);
    if (at.kind === "slice") return primary(this.receiver(object), ".slice(", this.#bounds(at), ")");
    if (of === "nn.ParameterList") return primary(this.receiver(object), "[", this.doc(at), "]");
    if (of.startsWith("nn.")) return primary(this.receiver(object), ".at(", this.doc(at), ")");
    return primary(this.context.helper("getItem"), "(", this.doc(object), ", ", this.doc(at), ")");
  }

  /** `x[…]` of a tensor; `None` among the places becomes an `unsqueeze`. */
  tensorIndex(object: Expression, subscripts: readonly Expression[]): Code {
    const given = subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one]));
    // NumPy goes backwards, too.
    const reversed = given.flatMap((one, at) => (isBackwards(one) ? [placeFromEnd(given, at)] : []));
    const flat = given.map((one): Expression => (isBackwards(one) ? { kind: "slice", from: one.from, to: one.to } : one));
    const places = flat.filter((one) => !isNone(one));
    while (places.length > 0 && (isWhole(places.at(-1)!) || (places.length === 1 && isDots(places[0]!)))) places.pop();
    let code = this.receiver(object);
    if (reversed.length > 0) code = [code, ".flip(", listed("[", reversed.map(String), "]"), ")"];
    if (places.length > 0) code = [code, ".at(", places.flatMap((one, at) => [at > 0 ? ", " : "", this.place(one)]), ")"];
    const dots = flat.findIndex(isDots);
    const added: number[] = [];
    for (const [at, one] of flat.entries()) {
      if (!isNone(one)) continue;
      // Places of which each is a list of places have one dimension together.
      const kept = (range: readonly Expression[]) =>
        range.filter((other) => isNone(other) || !(this.#picks(other) || this.#lists(other))).length + Number(range.some((other) => this.#lists(other)));
      if (dots >= 0 && at > dots) added.push(-1 - kept(flat.slice(at + 1)));
      else added.push(kept(flat.slice(0, at)));
    }
    for (const dim of [...added.filter((one) => one >= 0), ...added.filter((one) => one < 0).reverse()]) code = [code, `.unsqueeze(${dim})`];
    return primary(code);
  }

  /** Whether the place leaves no dimension: a number. */
  #picks(place: Expression): boolean {
    return isNumber(this.typeOf(place));
  }

  /** Whether the place lists places. */
  #lists(place: Expression): boolean {
    const type = present(this.typeOf(place));
    return type.kind === "tensor" || isSequence(type);
  }

  /** A slice's bound: a number. */
  #bound(bound: Expression): Doc {
    return present(this.typeOf(bound)).kind === "tensor" ? [this.operand(bound, level.primary), ".item()"] : this.doc(bound);
  }

  /** One place of `at` or `setAt`. */
  place(given: Expression): Doc {
    const place = this.value(given);
    if (place.kind === "slice") {
      if (isWhole(place)) return "null";
      const bounds = [
        place.start ? this.#bound(place.start) : "null",
        place.stop ? this.#bound(place.stop) : "null",
        ...(place.step ? [this.#bound(place.step)] : []),
      ];
      if (!place.stop && !place.step) bounds.pop();
      return ["[", bounds.flatMap((bound, at) => [at > 0 ? ", " : "", bound]), "]"];
    }
    if (place.kind === "constant" && place.value === "...") return '"..."';
    const type = present(this.typeOf(place));
    if (isSequence(type)) return [this.context.api("tensor"), "(", this.doc(place), itemOf(type).kind === "bool" ? ")" : ', { dtype: "int64" })'];
    if (type.kind === "iterator") return [this.context.api("tensor"), "(", this.array(place), ', { dtype: "int64" })'];
    return this.doc(place);
  }

  // ---- calls

  #call(expression: Call): Code {
    const { callee } = expression;
    const path = this.context.pathOf(callee);
    if (path !== undefined) {
      if (path.startsWith("builtins.")) return builtinCall(this, path.slice("builtins.".length), expression);
      const api = kindlingPath(path);
      if (api !== undefined && !path.startsWith("copy.")) return apiCall(this, api, path, expression);
      return libraryCall(this, path, expression);
    }
    if (callee.kind === "attribute") {
      const ofClass = this.#ofBuiltin(callee, expression);
      if (ofClass) return ofClass;
      const special = this.#methodCall(callee, expression);
      if (special) return special;
    }
    // `getattr(nn, name)(…)`: a class by its name.
    const space =
      callee.kind === "call" && this.context.pathOf(callee.callee) === "builtins.getattr" ? this.context.apiPathOf(callee.arguments[0]!.value) : undefined;
    if (space === "nn" || space === "optim" || space === "optim.lrScheduler")
      return primary("new ", this.operand(callee, level.primary), argumentsOf(this, expression));
    const type = present(this.typeOf(callee));
    switch (type.kind) {
      case "class":
        if (type.of.isEnum) return this.#member(type.of, "value", expression.arguments[0]!.value);
        if (type.of.dataclass && !constructorOf(type.of))
          return primary("new ", this.operand(callee, level.primary), fieldArguments(this, expression, givenFields(type.of)));
        return primary("new ", this.operand(callee, level.primary), ownArguments(this, expression, constructorOf(type.of)));
      case "function":
        return primary(this.#calleeDoc(callee), ownArguments(this, expression, type.of));
      case "instance": {
        const method = findMethod(type.of, "forward");
        if (method || isModule(type)) return primary(this.receiver(callee), ownArguments(this, expression, method));
        return primary(this.receiver(callee), ".call", ownArguments(this, expression, findMethod(type.of, "__call__")));
      }
      case "constructor":
        return this.#making(takersOf(type.of, expression.arguments), expression);
      case "python": {
        const api = kindlingPath(type.path);
        // A variable that holds a class of the API.
        if (api && /(^|\.)[A-Z]\w*$/.test(api)) return this.#making([type], expression);
        return primary(this.#calleeDoc(callee), argumentsOf(this, expression));
      }
      default:
        // It may be a function, or an object of a class that can be called.
        if (this.ownMembers.has("__call__") && (type.kind === "any" || type.kind === "unknown") && callee.kind === "name")
          return primary(
            this.context.helper("invoke"),
            argumentsOf(this, { ...expression, arguments: [{ value: callee }, ...expression.arguments] }, { rename: false }),
          );
        {
          const method = callee.kind === "attribute" && this.#methodByName(callee);
          if (method) return primary(this.#calleeDoc(callee), ownArguments(this, expression, method));
        }
        if (expression.arguments.some((one) => one.star === "**" && !isLeftOut(this, one)) && !isOfTheApi(type))
          throw new NoTwin(unknownPlaces, expression.from);
        return primary(this.#calleeDoc(callee), argumentsOf(this, expression, { needsFirst: isModule(type) || isLoading(callee), typed: true }));
    }
  }

  /** A call of one of several classes, or of a function that makes something as a class does. */
  #making(of: readonly Type[], { callee, ...rest }: Call): Code {
    const call = { ...rest, callee };
    const own = of[0]?.kind === "class" && of.every(({ kind }) => kind === "class") ? constructorOf(of[0].of) : undefined;
    if (isByName(call) && of.some((one) => parameterNames(one) !== parameterNames(of[0]!))) return this.#makingByName(of, call);
    if (isByName(call) && of.every((one) => one.kind === "python" && kindlingPath(one.path) === "nn.Module")) throw new NoTwin(unknownPlaces, call.from);
    if (of.some(({ kind }) => kind === "function"))
      return primary(this.context.helper("make"), argumentsOf(this, { ...call, arguments: [{ value: callee }, ...call.arguments] }));
    const given = own ? ownArguments(this, call, own) : argumentsOf(this, call);
    const code = this.#calleeDoc(callee);
    return primary("new ", layOut(code).includes("(") ? ["(", code, ")"] : code, given);
  }

  /** What is given by name goes where the class that the run brings takes it. */
  #makingByName(of: readonly Type[], call: Call): Code {
    const entries = of.flatMap((one): Doc[] => {
      if (one.kind === "python") return [];
      const names = parameterNames(one)?.split(",");
      if (one.kind !== "class" || !names || !this.context.taken.has(one.of.name))
        throw new NoTwin("What this may be takes what is given by name in different places: give it by position", call.from);
      return [listed("[", [this.context.own(one.of.name), listed("[", names.map(quoted), "]")], "]")];
    });
    const positional = call.arguments.filter(({ name, star }) => name === undefined && star !== "**");
    const values = positional.map(({ value, star }): Doc => (star ? ["...", this.spread(value)] : this.argument(value)));
    const named = call.arguments
      .filter(({ name, star }) => name !== undefined || star === "**")
      .map(({ name, value }): Doc => (name === undefined ? ["...", this.operand(value, level.primary)] : [name, ": ", this.argument(value)]));
    const places: Doc = ["new Map<any, string[]>(", listed("[", entries, "]"), ")"];
    return primary(
      this.context.helper("makeByName"),
      listed("(", [this.doc(call.callee), listed("[", values, "]"), listed("{", named, "}", { spaced: true }), places], ")"),
    );
  }

  /** The method of that name, where one class of the program alone has one: of what the object is nothing else is known. */
  #methodByName({ object, name }: Attribute): FunctionInfo | undefined {
    const { kind } = present(this.typeOf(object));
    const found = this.ownMethods.get(name) ?? [];
    return /^(any|unknown|instance)$/.test(kind) && found.every((one) => takesAlike(one, found[0]!)) ? found[0] : undefined;
  }

  #calleeDoc(callee: Expression): Doc {
    if (callee.kind === "attribute") return [within(this.#attribute(callee), level.primary), this.#isMaybeNone(callee) ? "!" : ""];
    return callee.kind === "call" && this.context.apiPathOf(callee.callee) ? this.operand(callee, level.primary) : this.receiver(callee);
  }

  /** `dict.fromkeys(names)`, `str.lower(text)` */
  #ofBuiltin({ object, name, from, to }: Attribute, call: Call): Code | undefined {
    const path = this.context.pathOf(object);
    const [first, second] = call.arguments.map(({ value }) => value);
    if (path === "builtins.dict" && name === "fromkeys") {
      const pairs: Doc = [this.array(first!), ".map((key) => [key, ", second ? this.operand(second, level.assignment) : "null", "])"];
      const type = this.typeOf(call);
      const isKeyed = type.kind === "dict" && isMap(type);
      // A list that each key has would be one and the same in Python, too.
      if (second && isCollection(present(this.typeOf(second))))
        throw new NoTwin("All keys of `fromkeys` would have one list: make a dictionary with `for`", from);
      const said = isKeyed ? `<${this.typeName(type.key)}, ${this.typeName(type.value)}>` : "";
      return isKeyed ? primary(`new ${this.collection(type)}${said}(`, pairs, " as any)") : primary("Object.fromEntries(", pairs, ")");
    }
    if (path !== "builtins.str" || !first) return undefined;
    const callee: Expression = { kind: "attribute", object: { ...first, type: { kind: "string" } }, name, from, to };
    return this.#call({ ...call, callee, arguments: call.arguments.slice(1) });
  }

  #methodCall(callee: Attribute, call: Call): Code | undefined {
    const { object, name } = callee;
    if (object.kind === "call" && this.context.pathOf(object.callee) === "builtins.super") {
      const member = name === "__getitem__" ? "get" : name === "__len__" ? "length" : methodName(this.ownMembers.has(name) ? name : memberName(name));
      return member === "length" ? primary("super.length") : primary(`super.${member}`, argumentsOf(this, call));
    }
    const type = present(this.typeOf(object));
    if (type.kind === "tensor") return tensorMethod(this, callee, call);
    if (["list", "tuple", "set", "dict", "string", "size", "iterator", "any", "unknown", "int", "float", "number", "bool"].includes(type.kind))
      return containerMethod(this, type, callee, call);
    if (type.kind === "instance" || type.kind === "class") {
      const method = findMethod(type.of, name);
      if (type.kind === "class" && name === "__init__") return undefined;
      if (type.of.isTuple && /^_(asdict|replace|make)$/.test(name)) return this.#tupleMethod(type.of, name, object, call);
      const receiver = method && method.bound !== "self" && type.kind === "instance" ? type.of.name : this.receiver(object);
      if (method) return primary(receiver, memberText(methodName(name)), ownArguments(this, call, method));
    }
    if (type.kind === "instance" && type.of.root === "nn.ModuleDict" && name === "items") return primary(this.receiver(object), ".entries()");
    if (isPath(type)) return pathMethod(this, callee, call);
    if (type.kind === "object") {
      if (type.of.startsWith("re.")) return patternMethod(this, callee, call);
      if (type.of === logger) return loggerMethod(this, object, name, call);
      if (type.of === "nn.ModuleDict" && name === "items") return primary(this.receiver(object), ".entries()");
      if (type.of === "argparse" || type.of === "args") throw new NoTwin("The command line's options are set where the program reads them", call.from);
    }
    if (/^(float|double|half|bfloat16)$/.test(name) && call.arguments.length === 0 && isModule(type)) {
      if (name !== "float") this.context.report(call.from, `\`${name}()\` has no twin here: the parameters are float32`);
      return this.expression(object);
    }
    if (name === "cuda" && call.arguments.length === 0 && isModule(type)) throw new NoTwin("There is one device, the processor", call.from);
    return undefined;
  }

  /** What every named tuple has. */
  #tupleMethod(of: ClassInfo, name: string, object: Expression, call: Call): Code {
    if (name === "_asdict") return primary("{ ...", this.operand(object, level.assignment), " }");
    if (name === "_replace")
      return primary(this.context.helper("replaced"), argumentsOf(this, { ...call, arguments: [{ value: object }, ...call.arguments] }, { rename: false }));
    const values = call.arguments.map((argument) => ({ ...argument, star: "*" as const }));
    return primary("new ", this.context.own(of.name), fieldArguments(this, { ...call, arguments: values }, givenFields(of)));
  }

  // ---- collections

  /** The class of a dictionary or a set whose keys are any values. */
  collection(type: Type, holdsSome = false): string {
    const isSet = type.kind === "set";
    const key = type.kind === "dict" ? type.key : itemOf(type);
    if (!isTupleLike(key)) return isSet ? "Set" : "Map";
    // What stands there as a list is a tuple to TypeScript only where that is said.
    const types = type.kind === "dict" ? [type.key, type.value] : [key];
    const said = holdsSome && types.every((one) => one.kind !== "unknown") ? `<${types.map((one) => this.typeName(one)).join(", ")}>` : "";
    return this.context.helper(isSet ? "KeySet" : "KeyMap") + said;
  }

  dictionary(expression: Dictionary): Code {
    const type = this.typeOf(expression);
    if (type.kind === "dict" && isMap(type)) {
      if (expression.entries.length === 0) return primary(`new ${this.collection(type)}()`);
      const entries = expression.entries.map(({ key, value }): Doc =>
        key ? ["[", this.doc(this.valueAmong(key, type.key)), ", ", this.doc(value), "]"] : ["...", this.doc(value)],
      );
      return primary(`new ${this.collection(type, true)}(`, listed("[", entries, "]"), ")");
    }
    // A group of an optimizer's parameters says its options as the API does.
    const isGroup = expression.entries.some(({ key }) => key?.kind === "string" && key.value === "params");
    const entries = expression.entries.map(({ key, value }): Doc => {
      if (!key) return ["...", this.operand(value, level.primary)];
      const name: Doc =
        key.kind === "string" ? keyText(isGroup ? argumentName(key.value) : key.value) : key.kind === "number" ? key.text : ["[", this.doc(key), "]"];
      const code = this.operand(value, level.assignment);
      return this.commented(value, name === code ? name : [name, ": ", code]);
    });
    return primary(listed("{", entries, "}", { spaced: true, broken: expression.entries.some(({ value }) => value.comments !== undefined) }));
  }

  /** The values as an array: `[...values]`, where they aren't one. */
  array(expression: Expression): Doc {
    const type = present(this.typeOf(expression));
    if (type.kind === "list" || type.kind === "tuple" || type.kind === "size") return this.operand(expression, level.primary);
    if (expression.kind === "comprehension" && expression.of !== "dict" && expression.of !== "set") return this.doc(expression);
    if (this.#isFound(expression)) return this.operand(expression, level.primary);
    if (type.kind === "dict" && !isMap(type)) return ["Object.keys(", this.doc(expression), ")"];
    if (type.kind === "dict") return ["[...", this.operand(expression, level.primary), ".keys()]"];
    const code = this.spread(expression);
    return this.isArray(expression) ? code : ["[...", code, "]"];
  }

  /** Whether it is what `parameters()` and its like give: a list that is an iterator as well. */
  #isFound(expression: Expression): boolean {
    return (
      expression.kind === "call" && expression.callee.kind === "attribute" && /^(named_)?(parameters|buffers|children|modules)$/.test(expression.callee.name)
    );
  }

  /** Whether the translation is an array where Python has an iterator. */
  isArray(expression: Expression): boolean {
    if (expression.kind !== "call") return false;
    const path = this.context.pathOf(expression.callee);
    if (path && /^builtins\.(range|map|filter|sorted|list|reversed)$/.test(path)) return true;
    if (expression.callee.kind !== "attribute" || !/^(items|keys|values)$/.test(expression.callee.name)) return false;
    const type = present(this.typeOf(expression.callee.object));
    return (type.kind === "dict" && !isMap(type)) || type.kind === "object";
  }

  /** What is counted, or counts themselves. */
  spreadOfCounts(expression: Expression): Doc {
    const type = present(this.typeOf(expression));
    return type.kind === "dict" && isMap(type) ? this.doc(expression) : this.spread(expression);
  }

  /** What stands behind `...` or in a `for … of`. */
  spread(expression: Expression): Doc {
    const type = present(this.typeOf(expression));
    if (type.kind === "object" && /^data\.(Subset|TensorDataset|ConcatDataset)$/.test(type.of))
      return [this.context.helper("samples"), "(", this.doc(expression), ")"];
    // Some module that is gone through is a list of them.
    if (type.kind === "object" && type.of === "nn.Module" && expression.kind !== "call") return ["(", this.doc(expression), " as any)"];
    if (type.kind === "instance" && type.of.root === "data.Dataset" && !findMethod(type.of, "__iter__") && findMethod(type.of, "__getitem__"))
      return [this.context.helper("samples"), "(", this.doc(expression), ")"];
    if (type.kind === "dict" && !isMap(type)) return ["Object.keys(", this.doc(expression), ")"];
    if (type.kind === "dict") return [this.operand(expression, level.primary), ".keys()"];
    if (type.kind === "any" && type.loaded && !this.isArray(expression)) return [this.context.helper("list"), "(", this.doc(expression), ")"];
    if (expression.kind === "call" && expression.callee.kind === "attribute" && expression.callee.name === "items") {
      const owner = present(this.typeOf(expression.callee.object));
      if (owner.kind === "dict" && isMap(owner)) return this.receiver(expression.callee.object);
    }
    return this.operand(expression, level.assignment);
  }

  #comprehension(expression: Comprehension): Code {
    const { clauses, key, value } = expression;
    const result: Code = key ? primary("[", this.doc(key), ", ", this.doc(value), "]") : this.expression(value);
    let doc = this.#clause(clauses, 0, result, isSame(clauses, key ? undefined : value));
    if (expression.of === "dict") {
      const type = this.typeOf(expression);
      doc = type.kind === "dict" && isMap(type) ? [`new ${this.collection(type)}(`, doc, ")"] : ["Object.fromEntries(", doc, ")"];
    }
    if (expression.of === "set") doc = [`new ${this.collection(this.typeOf(expression))}(`, doc, ")"];
    return primary(doc);
  }

  #clause(clauses: readonly Clause[], at: number, result: Code, same: boolean): Doc {
    const clause = clauses[at]!;
    const last = at === clauses.length - 1;
    const target = this.pattern(clause.target, result.doc);
    const inner: Code = last ? result : primary(this.#clause(clauses, at + 1, result, same));
    const method = last ? ".map(" : ".flatMap(";
    const range = last && clause.conditions.length === 0 ? this.#rangeLength(clause.iterable) : undefined;
    if (range) {
      const names = targetNames(clause.target);
      const unused = !names.some((name) => mentionsName(result.doc, this.context.own(name)));
      return listed(
        "Array.from(",
        [
          ["{ length: ", range, " }"],
          [unused ? "()" : ["(_, ", target, ")"], " => ", arrowBody(inner)],
        ],
        ")",
      );
    }
    const counted = last && clause.conditions.length === 0 ? this.#counted(clause, inner) : undefined;
    if (counted) return counted;
    let doc: Doc = this.array(clause.iterable);
    for (const condition of clause.conditions) {
      const asked = this.truth(condition);
      doc = [doc, ".filter((", this.pattern(clause.target, asked.doc), ") => ", arrowBody(asked), ")"];
    }
    if (last && same) return doc;
    return group([doc, method, "(", target, ") => ", arrowBody(inner), ")"]);
  }

  /** `f(i, x) for i, x in enumerate(xs)`: an array says its places itself. */
  #counted({ iterable, target }: Clause, inner: Code): Doc | undefined {
    if (target.kind !== "tuple" || target.entries.length !== 2 || iterable.kind !== "call" || iterable.arguments.length !== 1) return undefined;
    if (this.context.pathOf(iterable.callee) !== "builtins.enumerate" || target.entries.some((entry) => entry.kind === "starred")) return undefined;
    const [place, entry] = target.entries as [Expression, Expression];
    return group([
      this.array(iterable.arguments[0]!.value),
      ".map((",
      this.pattern(entry, inner.doc),
      ", ",
      this.pattern(place),
      ") => ",
      arrowBody(inner),
      ")",
    ]);
  }

  /** The n of `range(n)`. */
  #rangeLength(expression: Expression): Doc | undefined {
    if (expression.kind !== "call" || this.context.pathOf(expression.callee) !== "builtins.range" || expression.arguments.length !== 1) return undefined;
    return this.doc(expression.arguments[0]!.value);
  }

  /**
   * What a loop, a comprehension or an assignment takes apart.
   * @param reader what may speak of it, `_` included
   * @param isCounted whether there are as many as it names, those that nobody wants included
   */
  pattern(target: Expression, reader: Doc = "", isCounted = false): Doc {
    if (target.kind !== "tuple" && target.kind !== "list") return target.kind === "starred" ? ["...", this.pattern(target.value, reader)] : this.doc(target);
    const isLeftOut = (entry: Expression): boolean => isUnused(entry) && !mentionsName(reader, "_");
    const entries = [...target.entries];
    while (!isCounted && entries.length > 1 && isLeftOut(entries.at(-1)!)) entries.pop();
    // A comma at the end alone counts for nothing.
    const end = isLeftOut(entries.at(-1)!) && entries.length > 1 ? "," : "";
    return ["[", entries.flatMap((entry, at) => [at > 0 ? ", " : "", isLeftOut(entry) ? "" : this.pattern(entry, reader)]), end, "]"];
  }
}

/** A value in a class's body, where the class's own names stand without it. */
export function ofClass<T>(value: T, of: ClassInfo): T {
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((one: unknown) => ofClass(one, of)) as T;
  const { kind, name, from, to } = value as unknown as { kind?: string; name: string; from: number; to: number };
  if (kind === "name" && of.statics.has(name))
    return { ...value, kind: "attribute", object: { kind: "name", name: of.name, from, to, type: { kind: "class", of } } };
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, key === "type" ? one : ofClass(one as unknown, of)])) as T;
}

function isCapture(parameter: Parameter | undefined): boolean {
  return parameter?.default?.kind === "name" && parameter.default.name === parameter.name;
}

/** The values that a text's `%` puts in: those of a tuple, one by one. */
function entriesOf(value: Expression): readonly Expression[] {
  if (value.kind === "tuple") return value.entries;
  if (value.type?.kind !== "tuple") return [value];
  const place = { from: value.from, to: value.to };
  return value.type.entries.map((type, at): Expression => ({
    kind: "index",
    object: value,
    subscripts: [{ kind: "number", text: String(at), ...place }],
    ...place,
    type,
  }));
}

/** `load_state_dict` takes what has to be there. */
function isLoading(callee: Expression): boolean {
  return callee.kind === "attribute" && callee.name === "load_state_dict";
}

function commas(docs: readonly Doc[]): Doc {
  return docs.flatMap((doc, at) => (at > 0 ? [", ", doc] : [doc]));
}

/** Whether `[x for x in xs if …]` only filters. */
function isSame(clauses: readonly Clause[], value: Expression | undefined): boolean {
  const last = clauses.at(-1)!;
  return value?.kind === "name" && last.target.kind === "name" && last.target.name === value.name;
}

function mentionsName(doc: Doc, name: string): boolean {
  if (typeof doc === "string") return new RegExp(`(?<![\\w$.])${name}(?![\\w$])`).test(doc);
  if (Array.isArray(doc)) return doc.some((one) => mentionsName(one as Doc, name));
  if ("indent" in doc) return mentionsName(doc.indent, name);
  return "group" in doc ? mentionsName(doc.group, name) : false;
}

const isOne = (expression: Expression): boolean => expression.kind === "number" && expression.text === "1";

/** `i := i + 1` */
function isStep(expression: Walrus): expression is Walrus & { readonly target: Name; readonly value: Binary } {
  const { target, value } = expression;
  return (
    target.kind === "name" &&
    value.kind === "binary" &&
    (value.operator === "+" || value.operator === "-") &&
    value.left.kind === "name" &&
    value.left.name === target.name &&
    isOne(value.right)
  );
}

/** Whether both methods take the same, by place and by name. */
function takesAlike(a: FunctionInfo, b: FunctionInfo): boolean {
  const names = ({ node, bound }: FunctionInfo) => node.parameters.slice(bound ? 1 : 0).map(({ name, star = "" }) => star + name);
  return names(a).join() === names(b).join();
}

/** Whether a function changes a list or a dictionary that it takes where none is given: Python keeps it from call to call. */
function isKept({ name, default: usual }: Parameter, { node, body, class: of }: FunctionInfo): boolean {
  if (node.kind !== "function" || of || !usual || !("statements" in body) || !isEmptied(usual)) return false;
  return changes(body, name);
}

function isEmptied(value: Expression): boolean {
  return value.kind === "list" || value.kind === "dict" || value.kind === "set";
}

const changing = /^(append|extend|insert|add|update|setdefault|pop|remove|clear)$/;

/** Whether a block changes what a name holds. */
function changes(node: unknown, name: string): boolean {
  if (node === null || typeof node !== "object") return false;
  const { kind, callee, targets, target } = node as { kind?: string; callee?: Expression; targets?: readonly Expression[]; target?: Expression };
  const isOf = (one: Expression | undefined): boolean => one?.kind === "index" && one.object.kind === "name" && one.object.name === name;
  if (kind === "call" && callee?.kind === "attribute" && callee.object.kind === "name" && callee.object.name === name && changing.test(callee.name))
    return true;
  if ((kind === "assign" && targets?.some(isOf)) || (kind === "update" && isOf(target))) return true;
  return Object.entries(node).some(([key, value]) => key !== "type" && key !== "comments" && changes(value, name));
}

/** Whether Python takes two of a class for equal where their fields are: those of a dataclass. */
function isByFields(type: Type): boolean {
  return type.kind === "instance" && type.of.dataclass && !findMethod(type.of, "__eq__");
}

/** `name`, `object.name`: what may be asked twice. */
function isPlace(expression: Expression): boolean {
  return expression.kind === "name" || (expression.kind === "attribute" && isPlace(expression.object));
}

/** `[]`, `{}`, `()`: as good as another that is empty. */
function isEmpty(expression: Expression): boolean {
  if (expression.kind === "call")
    return expression.arguments.length === 0 && expression.callee.kind === "name" && /^(list|dict|tuple|set)$/.test(expression.callee.name);
  return (expression.kind === "list" || expression.kind === "dict" || expression.kind === "tuple") && expression.entries.length === 0;
}

/** `::-1` */
function isBackwards(place: Expression): boolean {
  return place.kind === "slice" && !place.start && !place.stop && place.step !== undefined && constantIndex(place.step) === -1;
}

/** Which dimension a place is for: counted from the end behind `...`. */
function placeFromEnd(places: readonly Expression[], at: number): number {
  const isPlaced = (one: Expression): boolean => !isNone(one);
  if (places.slice(0, at).some(isDots)) return -places.slice(at).filter(isPlaced).length;
  return places.slice(0, at).filter(isPlaced).length;
}

function isDots(expression: Expression): boolean {
  return expression.kind === "constant" && expression.value === "...";
}

export function isNone(expression: Expression): boolean {
  return expression.kind === "constant" && expression.value === "None";
}

function isWhole(expression: Expression): boolean {
  return expression.kind === "slice" && !expression.start && !expression.stop && !expression.step;
}

/** Whether a number may well be below zero: one is taken from another. */
export function mayBeNegative(expression: Expression): boolean {
  if (isBelow(present(expression.type ?? unknown))) return true;
  if (expression.kind === "unary") return expression.operator === "-";
  return (
    expression.kind === "binary" &&
    (expression.operator === "-" ||
      ((expression.operator === "+" || expression.operator === "*") && (mayBeNegative(expression.left) || mayBeNegative(expression.right))))
  );
}

function numberText(text: string): string {
  const trimmed = text.replace(/^0+(?=\d)/, "").replace(/\.(?=$|[eE])/, "");
  return trimmed.startsWith(".") ? `0${trimmed}` : trimmed;
}

function constructorOf(of: ClassInfo) {
  return findMethod(of, "__init__");
}

function defines(of: ClassInfo, name: string): boolean {
  return lineage(of).some((one) => one.fields.has(name) || one.methods.has(name) || one.statics.has(name));
}

/** Whether the name stands in the class itself and no object has it. */
