/** Which numbers can't be negative, as far as the program's text tells: of those JavaScript's remainder is Python's, too. */
import { bare, boundNames, childrenOf, declaredIn, isFunction, keyName, walk, type FunctionNode, type Node } from "./syntax.ts";

/** What a name may stand for; `undefined` for a value of which nothing is known. */
type Sources = (Node | undefined)[];

type Call = Extract<Node, { type: "CallExpression" | "OptionalCallExpression" | "NewExpression" }>;

/** Callbacks, and the place of the count that they are given. */
const counts: Readonly<Record<string, number>> = { LambdaLR: 0, reduce: 2, reduceRight: 2 };
const countsSecond = /^(map|filter|forEach|flatMap|some|every|find|findIndex|findLast|findLastIndex|from)$/;

/** What PyTorch calls, or Kindling: the program's text has no such call. */
const calledFromOutside = /^(forward|backward|call|get)$/;

const neverNegative =
  /^(abs|sqrt|exp|hypot|random|cosh|acos|now|charCodeAt|codePointAt|numel|dim|size|getTime|getFullYear|getMonth|getDate|getDay|getHours|getMinutes|getSeconds)$/;
const keepsSign = /^(floor|ceil|round|trunc|cbrt|sign|fround|log1p|sinh|tanh|asinh|atan|Number)$/;

export class Signs {
  /** By `name@place` for variables, `.name` for members, `name()` for what a function returns. */
  readonly #sources = new Map<string, Sources>();
  /** What the program's functions are called with, by their names. */
  readonly #calls = new Map<string, Call[]>();
  /** Functions that are handed on: who calls them isn't known. */
  readonly #handedOn = new Set<string>();
  /** Remainders of which only is asked whether there is one. */
  readonly #eitherSign = new WeakSet<Node>();
  /** What a loop says of its variable where its end keeps that from being negative. */
  readonly #passed = new WeakSet<Node>();
  /** Methods that a loader calls with the places of samples. */
  readonly #samples = new WeakSet<Node>();
  readonly #source: string;

  /** Variables by the function that they belong to: others may have the name, too. */
  readonly #keys = new WeakMap<Node, string>();

  constructor(program: Node, source: string) {
    this.#source = source;
    this.#resolve(program, [{ names: new Set(declaredIn(program)), at: 0 }]);
    walk(program, (node) => this.#noteUse(node));
    walk(program, (node) => this.#note(node));
  }

  /** Whether Python's `%` gives what JavaScript's does. */
  isSame(node: Node): boolean {
    if (this.#eitherSign.has(node)) return true;
    if (node.type !== "BinaryExpression" && node.type !== "AssignmentExpression") return false;
    return this.#isPositive(node.left) && !isNegative(node.right);
  }

  /** Whether the value can't be negative. */
  isPositive(node: Node): boolean {
    return this.#isPositive(node);
  }

  // What the program says

  /** Finds out whose variable each name is. @param scopes the functions around, innermost first */
  #resolve(node: Node, scopes: readonly { readonly names: ReadonlySet<string>; readonly at: number }[]): void {
    if (node.type === "Identifier") this.#keys.set(node, `${node.name}@${scopes.find(({ names }) => names.has(node.name))?.at ?? ""}`);
    const own = isFunction(node) ? [{ names: new Set([...node.params.flatMap(boundNames), ...declaredIn(node.body)]), at: node.start! }, ...scopes] : scopes;
    for (const child of childrenOf(node)) this.#resolve(child, own);
  }

  #keyOf = (node: Node & { type: "Identifier" }): string => this.#keys.get(node) ?? node.name;

  #add(name: string, source: Node | undefined): void {
    const all = this.#sources.get(name);
    if (all) all.push(source);
    else this.#sources.set(name, [source]);
  }

  #noteUse(node: Node): void {
    if (isCall(node)) {
      const name = calleeName(node);
      if (name !== undefined) this.#calls.set(name, [...(this.#calls.get(name) ?? []), node]);
      for (const each of node.arguments) this.#noteHandedOn(each);
    }
    if (node.type === "VariableDeclarator" && node.init) this.#noteHandedOn(node.init);
    if (node.type === "ObjectProperty" || node.type === "ClassProperty") this.#noteHandedOn(node.value);
    if (node.type === "ArrayExpression") for (const each of node.elements) this.#noteHandedOn(each);
    if (node.type === "AssignmentExpression") this.#noteHandedOn(node.right);
    if (node.type === "ReturnStatement") this.#noteHandedOn(node.argument);
    if (node.type === "ExportNamedDeclaration" && node.declaration?.type === "FunctionDeclaration") this.#noteHandedOn(node.declaration.id);
    this.#noteEitherSign(node);
  }

  #noteHandedOn(node: Node | null | undefined): void {
    const inner = node && bare(node);
    const name = inner ? nameOf(inner) : undefined;
    if (name !== undefined) this.#handedOn.add(name.replace(/^\./, ""));
  }

  /** `x % n === 0`, `!(x % n)`, `x % n ? a : b`, `(x % n + n) % n` */
  #noteEitherSign(node: Node): void {
    const asked = (each: Node): void => {
      const inner = bare(each);
      if (inner.type === "BinaryExpression" && inner.operator === "%") this.#eitherSign.add(inner);
      if (inner.type === "LogicalExpression") [inner.left, inner.right].forEach(asked);
    };
    if (node.type === "IfStatement" || node.type === "ConditionalExpression") asked(node.test);
    if (node.type === "UnaryExpression" && node.operator === "!") asked(node.argument);
    if (node.type !== "BinaryExpression") return;
    const [left, right] = [bare(node.left), bare(node.right)];
    const isZero = (each: Node): boolean => each.type === "NumericLiteral" && each.value === 0;
    if (/^[!=]==?$/.test(node.operator) && (isZero(left) || isZero(right))) [left, right].forEach(asked);
    if (node.operator === "%" && left.type === "BinaryExpression" && left.operator === "+" && this.#text(left.right) === this.#text(right)) {
      const inner = bare(left.left);
      if (inner.type === "BinaryExpression" && inner.operator === "%" && this.#text(inner.right) === this.#text(right)) asked(inner);
    }
  }

  #text = (node: Node): string => this.#source.slice(node.start!, node.end!);

  #note(node: Node): void {
    if (this.#passed.has(node)) return;
    switch (node.type) {
      case "VariableDeclarator":
        if (node.init) this.#noteValue(node.id, node.init);
        if (node.init && isFunction(bare(node.init)) && node.id.type === "Identifier") this.#noteFunction(bare(node.init) as FunctionNode, node.id.name);
        return;
      case "AssignmentExpression":
        return this.#noteAssignment(node.left, node.operator, node.right);
      case "UpdateExpression":
        if (node.operator === "--") this.#noteValue(node.argument, undefined);
        return;
      case "ForStatement":
        return this.#noteCountdown(node);
      case "ForOfStatement":
        return this.#noteTurns(node.left.type === "VariableDeclaration" ? node.left.declarations[0]!.id : node.left, node.right);
      case "ObjectExpression":
        for (const each of node.properties) if (each.type === "ObjectProperty") this.#noteMember(each.key, each.value, each.computed);
        return;
      case "ClassProperty":
      case "ClassPrivateProperty":
        if (node.value) this.#noteMember(node.key, node.value);
        return;
      case "FunctionDeclaration":
        return node.id ? this.#noteFunction(node, node.id.name) : undefined;
      case "ObjectMethod":
      case "ClassMethod":
      case "ClassPrivateMethod":
        if (node.kind === "get") this.#noteReturns(node, (value) => this.#add(`.${keyName(node.key) ?? ""}`, value));
        else if (node.kind !== "constructor") this.#noteFunction(node, keyName(node.key) ?? "");
        return;
      case "ClassDeclaration":
      case "ClassExpression":
        return this.#noteConstructor(node);
      case "CallExpression":
      case "OptionalCallExpression":
      case "NewExpression":
        return this.#noteCallbacks(node);
    }
  }

  #noteMember(key: Node, value: Node, computed = false): void {
    const name = keyName(key, computed);
    if (name === undefined) return;
    this.#add(`.${name}`, value);
    if (isFunction(bare(value))) this.#noteFunction(bare(value) as FunctionNode, name);
  }

  /** What a pattern binds gets a value: entry by entry where both are written out. */
  #noteValue(target: Node, value: Node | undefined): void {
    const [pattern, given] = [bare(target), value && bare(value)];
    if (pattern.type === "Identifier") return this.#add(this.#keyOf(pattern), given);
    if (pattern.type === "MemberExpression") return this.#add(`.${keyName(pattern.property, pattern.computed) ?? ""}`, given);
    if (pattern.type === "AssignmentPattern") return [given, pattern.right].forEach((each) => this.#noteValue(pattern.left, each));
    if (pattern.type === "ArrayPattern") {
      const items = given?.type === "ArrayExpression" && !given.elements.some((each) => each?.type === "SpreadElement") ? given.elements : [];
      return pattern.elements.forEach((each, i) => each && this.#noteValue(each.type === "RestElement" ? each.argument : each, items[i] ?? undefined));
    }
    if (pattern.type !== "ObjectPattern") return;
    for (const each of pattern.properties) {
      // A field by its name, whatever it is taken from.
      if (each.type === "ObjectProperty")
        this.#noteValue(each.value, { type: "MemberExpression", object: each.key, property: each.key, computed: each.computed } as Node);
    }
  }

  #noteAssignment(left: Node, operator: string, right: Node): void {
    if (operator === "%=" || operator === ">>>=") return;
    this.#noteValue(left, /^(\+|\*|\/|\*\*|\?\?|\|\||&&)?=$/.test(operator) ? right : undefined);
  }

  /** `for (let i = n - 1; i >= 0; i--)`: nothing below zero is ever seen. */
  #noteCountdown({ init, test, update }: Extract<Node, { type: "ForStatement" }>): void {
    if (test?.type !== "BinaryExpression" || !/^>=?$/.test(test.operator) || test.left.type !== "Identifier" || test.right.type !== "NumericLiteral") return;
    const { name } = test.left;
    const own = init?.type === "VariableDeclaration" ? init.declarations.find(({ id }) => boundNames(id).includes(name)) : undefined;
    if (!own || !update) return;
    this.#passed.add(own).add(update);
    this.#noteValue(own.id, zero);
  }

  #noteTurns(target: Node, values: Node): void {
    const call = bare(values);
    const name = call.type === "CallExpression" && call.callee.type === "MemberExpression" ? keyName(call.callee.property) : undefined;
    const isOfMap = call.type === "CallExpression" && call.callee.type === "MemberExpression" && this.#isMap(call.callee.object);
    if (name === "keys" && !isOfMap) return this.#noteValue(target, zero);
    if (name === "entries" && !isOfMap && target.type === "ArrayPattern")
      return target.elements.forEach((each, i) => each && this.#noteValue(each, i === 0 ? zero : undefined));
    this.#noteValue(target, undefined);
  }

  #isMap(node: Node): boolean {
    const inner = bare(node);
    const name = inner.type === "Identifier" ? this.#keyOf(inner) : nameOf(inner);
    return (this.#sources.get(name ?? "") ?? []).some((each) => each?.type === "NewExpression" && calleeName(each)?.endsWith("Map") === true);
  }

  // Functions

  #noteFunction(node: FunctionNode, name: string): void {
    this.#noteReturns(node, (value) => this.#add(`${name}()`, value));
    if (this.#samples.has(node)) return node.params.forEach((each) => this.#noteValue(each, zero));
    const isKnown = !this.#handedOn.has(name) && !calledFromOutside.test(name);
    this.#noteParameters(node.params, isKnown ? (this.#calls.get(name) ?? []) : undefined);
  }

  #noteConstructor(node: Extract<Node, { type: "ClassDeclaration" | "ClassExpression" }>): void {
    const base = node.superClass?.type === "MemberExpression" ? keyName(node.superClass.property) : undefined;
    for (const member of node.body.body) {
      if (member.type !== "ClassMethod") continue;
      if (base?.endsWith("Dataset") && keyName(member.key) === "get") this.#samples.add(member);
      if (member.kind !== "constructor") continue;
      this.#noteParameters(member.params, node.id ? [...(this.#calls.get(node.id.name) ?? []), ...(this.#calls.get("super") ?? [])] : undefined);
      for (const each of member.params) if (each.type === "TSParameterProperty") this.#noteField(each.parameter);
    }
  }

  /** A parameter that is a field, too. */
  #noteField(parameter: Node): void {
    const own = parameter.type === "AssignmentPattern" ? parameter.left : parameter;
    if (own.type === "Identifier") this.#add(`.${own.name}`, own);
  }

  /** What the parameters stand for. @param calls `undefined` where others call, too */
  #noteParameters(parameters: readonly Node[], calls: readonly Call[] | undefined): void {
    for (const [i, parameter] of parameters.entries()) {
      const own = parameter.type === "TSParameterProperty" ? parameter.parameter : parameter;
      const target = own.type === "AssignmentPattern" ? own.left : own;
      if (own.type === "AssignmentPattern") this.#noteValue(target, own.right);
      if (own.type === "RestElement" || !calls) this.#noteValue(target, undefined);
      else for (const { arguments: given } of calls) this.#noteArgument(target, given, i);
    }
  }

  #noteArgument(target: Node, given: readonly Node[], i: number): void {
    if (given.slice(0, i + 1).some((each) => each.type === "SpreadElement")) this.#noteValue(target, undefined);
    else if (given[i]) this.#noteValue(target, given[i]);
  }

  #noteCallbacks(node: Call): void {
    const name = calleeName(node) ?? "";
    for (const each of node.arguments) {
      const inner = bare(each);
      if (!isFunction(inner)) continue;
      inner.params.forEach((parameter, i) => this.#noteValue(parameter, (counts[name] ?? (countsSecond.test(name) ? 1 : -1)) === i ? zero : undefined));
    }
  }

  #noteReturns(node: FunctionNode, found: (value: Node | undefined) => void): void {
    if (node.generator) return found(undefined);
    if (node.body.type !== "BlockStatement") return found(node.body);
    walk(node.body, (each) => {
      if (each.type === "ReturnStatement" && each.argument) found(each.argument);
      return !isFunction(each);
    });
  }

  // What follows from it

  readonly #asked = new Set<string>();

  /** What a name stands for is never negative; what is asked for on the way to itself doesn't change that. */
  #isNeverNegative(name: string): boolean {
    if (this.#asked.has(name)) return true;
    const sources = this.#sources.get(name);
    if (!sources) return false;
    this.#asked.add(name);
    try {
      return sources.every((each) => each !== undefined && this.#isPositive(each));
    } finally {
      this.#asked.delete(name);
    }
  }

  #isPositive(node: Node): boolean {
    const inner = bare(node);
    switch (inner.type) {
      case "NumericLiteral":
        return true;
      case "Identifier":
        return inner.name === "Infinity" || this.#isNeverNegative(this.#keyOf(inner));
      case "MemberExpression":
      case "OptionalMemberExpression":
        return this.#isPositiveMember(inner);
      case "BinaryExpression":
        return this.#isPositiveResult(inner.operator, inner.left as Node, inner.right);
      case "LogicalExpression":
        return this.#isPositive(inner.left) && this.#isPositive(inner.right);
      case "ConditionalExpression":
        return this.#isPositive(inner.consequent) && this.#isPositive(inner.alternate);
      case "UnaryExpression":
        return inner.operator === "+" && this.#isPositive(inner.argument);
      case "UpdateExpression":
        return inner.operator === "++" && this.#isPositive(inner.argument);
      case "AssignmentExpression":
        return inner.operator === "=" ? this.#isPositive(inner.right) : this.#isPositive(inner.left as Node);
      case "CallExpression":
      case "OptionalCallExpression":
        return this.#isPositiveCall(inner);
      default:
        return false;
    }
  }

  #isPositiveMember({ object, property, computed }: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>): boolean {
    if (computed) return isShape(object);
    const name = keyName(property) ?? "";
    return /^(length|size|PI|E|MAX_SAFE_INTEGER|MAX_VALUE|EPSILON)$/.test(name) || this.#isNeverNegative(`.${name}`);
  }

  #isPositiveResult(operator: string, left: Node, right: Node): boolean {
    switch (operator) {
      case ">>>":
        return true;
      case "%":
      case "**":
      case ">>":
        return this.#isPositive(left);
      case "&":
        return this.#isPositive(left) || this.#isPositive(right);
      case "+":
      case "*":
      case "/":
      case "|":
      case "^":
        return this.#isPositive(left) && this.#isPositive(right);
      default:
        return false;
    }
  }

  #isPositiveCall(node: Call): boolean {
    const name = calleeName(node) ?? "";
    const given = node.arguments;
    if (neverNegative.test(name)) return true;
    if (name === "at") return node.callee.type === "MemberExpression" && isShape(node.callee.object);
    if (name === "max" && given.length > 1) return given.some((each) => this.#isPositive(each));
    if (name === "min" && given.length > 1) return given.every((each) => this.#isPositive(each));
    if (keepsSign.test(name) && given.length === 1) return this.#isPositive(given[0]!);
    return this.#isNeverNegative(`${name}()`);
  }
}

const zero = { type: "NumericLiteral", value: 0 } as Node & { type: "NumericLiteral" };

const isNegative = (node: Node): boolean => bare(node).type === "UnaryExpression" && (bare(node) as { operator?: string }).operator === "-";

const isShape = (node: Node): boolean => bare(node).type === "MemberExpression" && nameOf(node) === ".shape";

const isCall = (node: Node): node is Call => /^(Optional)?CallExpression$|^NewExpression$/.test(node.type);

const isMember = (node: Node): node is Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }> =>
  node.type === "MemberExpression" || node.type === "OptionalMemberExpression";

function nameOf(node: Node): string | undefined {
  const inner = bare(node);
  if (inner.type === "Identifier") return inner.name;
  return isMember(inner) ? `.${keyName(inner.property, inner.computed) ?? ""}` : undefined;
}

/** `f` of `f(x)`, `a.f(x)` and `new f(x)` */
function calleeName({ callee }: Call): string | undefined {
  const inner = bare(callee as Node);
  return inner.type === "Super" ? "super" : nameOf(inner)?.replace(/^\./, "");
}
