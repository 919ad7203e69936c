/** Python's text → our tree, by way of Lezer's grammar; comments go to the statements and entries that they stand at. */
import type { SyntaxNode } from "@lezer/common";
import { parser } from "@lezer/python";
import type { Argument, Block, Clause, Comments, Expression, FormatPart, Handler, ImportedName, Parameter, Statement } from "./syntax.ts";

/** The statements of a program, and its first docstring. */
export interface Program {
  readonly doc?: string;
  readonly body: Block;
}

export function parse(source: string): Program {
  return new Reader(source).program();
}

type Plain<T> = T extends unknown ? Omit<T, "from" | "to" | "comments" | "blankBefore"> : never;

class Reader {
  readonly #source: string;

  constructor(source: string) {
    this.#source = source;
  }

  program(): Program {
    const { doc, body } = this.#documented(this.#block(parser.parse(this.#source).topNode));
    return doc === undefined ? { body } : { doc, body };
  }

  #text(node: { from: number; to: number }): string {
    return this.#source.slice(node.from, node.to);
  }

  /** A block whose first statement may be its docstring. */
  #documented(block: Block): { doc?: string; body: Block } {
    const [first, ...rest] = block.statements;
    if (first?.kind !== "expression" || first.value.kind !== "string" || first.comments.before.length > 0) return { body: block };
    return { doc: first.value.value, body: { statements: rest, tail: block.tail } };
  }

  /** The statements of a `Body` or of the whole script. */
  #block(node: SyntaxNode): Block {
    const statements: Statement[] = [];
    let before: string[] = [];
    let last: SyntaxNode | undefined;
    for (const child of children(node)) {
      if (child.name === "Comment") {
        const comment = this.#comment(child);
        const previous = statements.at(-1);
        if (previous && !this.#standsAlone(child)) previous.comments.after = comment;
        else before.push(comment);
        continue;
      }
      if (child.name === ":") continue;
      for (const part of child.name === "StatementGroup" ? children(child).filter(({ name }) => name !== ";") : [child]) {
        const statement = this.#statement(part, before);
        if (!statement) continue;
        statements.push(statement);
        before = [];
        last = part;
      }
    }
    return { statements, tail: [...(last ? [] : []), ...before] };
  }

  #comment(node: SyntaxNode): string {
    return this.#text(node)
      .replace(/^#+!?:? ?/, "")
      .trimEnd();
  }

  /** Whether nothing but space stands before it in its line. */
  #standsAlone(node: SyntaxNode): boolean {
    const lineStart = this.#source.lastIndexOf("\n", node.from - 1) + 1;
    return this.#source.slice(lineStart, node.from).trim() === "";
  }

  #blankBefore(from: number): boolean {
    const lines = this.#source.slice(0, from).split("\n");
    lines.pop();
    while (lines.length > 0 && lines.at(-1)!.trim().startsWith("#")) lines.pop();
    return lines.length > 0 && lines.at(-1)!.trim() === "";
  }

  #statement(node: SyntaxNode, before: readonly string[]): Statement | undefined {
    const comments: Comments = { before: [...before] };
    const place = { from: node.from, to: node.to, comments, blankBefore: this.#blankBefore(node.from) };
    const broken = errorIn(node);
    if (broken && !compound.has(node.name)) return { ...place, kind: "unreadable", reason: "This is no Python that can be read" };
    try {
      const inside = this.#statementInside(node, comments);
      return inside && ({ ...place, ...inside } as Statement);
    } catch (error) {
      if (!(error instanceof Unknown)) throw error;
      return { ...place, kind: "unreadable", reason: error.message };
    }
  }

  #statementInside(node: SyntaxNode, comments: Comments): Plain<Statement> | undefined {
    const parts = significant(node);
    switch (node.name) {
      case "ExpressionStatement":
        return { kind: "expression", value: this.#tupleOf(parts) };
      case "AssignStatement":
        return this.#assignment(parts);
      case "UpdateStatement": {
        const at = parts.findIndex(({ name }) => name === "UpdateOp");
        return {
          kind: "update",
          target: this.#tupleOf(parts.slice(0, at)),
          operator: this.#text(parts[at]!).slice(0, -1),
          value: this.#tupleOf(parts.slice(at + 1)),
        };
      }
      case "DeleteStatement":
        return {
          kind: "delete",
          targets: parts
            .slice(1)
            .filter(notComma)
            .map((part) => this.expression(part)),
        };
      case "PassStatement":
        return { kind: "pass" };
      case "BreakStatement":
        return { kind: "break" };
      case "ContinueStatement":
        return { kind: "continue" };
      case "ReturnStatement":
        return parts.length > 1 ? { kind: "return", value: this.#tupleOf(parts.slice(1)) } : { kind: "return" };
      case "YieldStatement":
        return { kind: "expression", value: this.#yielded(node) };
      case "RaiseStatement":
        return {
          kind: "raise",
          ...(parts[1] && { value: this.expression(parts[1]) }),
          ...(parts[3] && { cause: this.expression(parts[3]) }),
        };
      case "AssertStatement": {
        const [test, message] = parts.slice(1).filter(notComma);
        return message ? { kind: "assert", test: this.expression(test!), message: this.expression(message) } : { kind: "assert", test: this.expression(test!) };
      }
      case "ImportStatement":
        return this.#imported(parts);
      case "ScopeStatement":
        return {
          kind: parts[0]!.name as "global" | "nonlocal",
          names: parts
            .slice(1)
            .filter(notComma)
            .map((part) => this.#text(part)),
        };
      case "IfStatement":
        return this.#conditional(node, comments);
      case "WhileStatement": {
        const [body, otherwise] = this.#bodies(node);
        return { kind: "while", test: this.#named(parts.slice(1, parts.findIndex(isBody))), body: body!, ...optional({ otherwise }) };
      }
      case "ForStatement": {
        const [body, otherwise] = this.#bodies(node);
        const within = parts.findIndex(({ name }) => name === "in");
        if (parts[0]!.name === "async") throw new Unknown("`async for` has no twin here");
        return {
          kind: "for",
          target: this.#tupleOf(parts.slice(1, within)),
          iterable: this.#tupleOf(parts.slice(within + 1, parts.findIndex(isBody))),
          body: body!,
          ...optional({ otherwise }),
        };
      }
      case "TryStatement":
        return this.#attempt(node);
      case "WithStatement":
        return this.#context(parts, this.#bodies(node)[0]!);
      case "FunctionDefinition":
        return this.#definition(node, []);
      case "ClassDefinition":
        return this.#classDefinition(node, []);
      case "DecoratedStatement": {
        const decorators = parts.filter(({ name }) => name === "Decorator").map((part) => this.#decorator(part));
        const inner = parts.at(-1)!;
        return inner.name === "ClassDefinition" ? this.#classDefinition(inner, decorators) : this.#definition(inner, decorators);
      }
      case "PrintStatement":
        throw new Unknown("`print` without parentheses is Python 2");
      case "MatchStatement":
        return this.#matched(node);
      case "⚠":
        throw new Unknown("This is no Python that can be read");
      default:
        return undefined;
    }
  }

  #assignment(parts: readonly SyntaxNode[]): Plain<Statement> {
    const annotation = parts.find(({ name }) => name === "TypeDef");
    const groups: SyntaxNode[][] = [[]];
    for (const part of parts) {
      if (part.name === "TypeDef") continue;
      if (part.name === "AssignOp") groups.push([]);
      else groups.at(-1)!.push(part);
    }
    const expressions = groups.map((group) => this.#tupleOf(group));
    const value = groups.length > 1 ? expressions.pop() : undefined;
    return { kind: "assign", targets: expressions, ...optional({ value, annotation: annotation && this.#typeDefinition(annotation) }) };
  }

  #typeDefinition(node: SyntaxNode): Expression {
    return this.expression(significant(node).at(-1)!);
  }

  #imported(parts: readonly SyntaxNode[]): Plain<Statement> {
    const text = this.#source
      .slice(parts[0]!.from, parts.at(-1)!.to)
      .replaceAll(/#.*/g, "")
      .replaceAll(/[()\\\n]/g, " ");
    const from = /^from\s+(\S+)\s+import\s+(.*)$/s.exec(text);
    const names = (from ? from[2]! : text.replace(/^import\s+/, ""))
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== "")
      .map((name): ImportedName => {
        const [original, alias] = name.split(/\s+as\s+/);
        return alias ? { name: original!, alias } : { name: original! };
      });
    return from ? { kind: "import", module: from[1]!, names } : { kind: "import", names };
  }

  #conditional(node: SyntaxNode, comments: Comments): Plain<Statement> {
    const branches: { test: Expression; body: Block; comments: string[] }[] = [];
    let otherwise: Block | undefined;
    let test: SyntaxNode[] = [];
    let pending: string[] = [];
    for (const child of children(node)) {
      if (child.name === "Comment") {
        if (branches.length === 0) comments.after ??= this.#comment(child);
        else pending.push(this.#comment(child));
      } else if (child.name === "Body") {
        if (test.length > 0) {
          branches.push({ test: this.#named(test), body: this.#block(child), comments: pending });
        } else {
          const block = this.#block(child);
          otherwise = { statements: block.statements, tail: block.tail };
          if (block.statements[0]) block.statements[0].comments.before.unshift(...pending);
        }
        test = [];
        pending = [];
      } else if (!["if", "elif", "else"].includes(child.name)) {
        test.push(child);
      }
    }
    return { kind: "if", branches, ...optional({ otherwise }) };
  }

  #bodies(node: SyntaxNode): Block[] {
    return children(node)
      .filter(isBody)
      .map((body) => this.#block(body));
  }

  #attempt(node: SyntaxNode): Plain<Statement> {
    const handlers: Handler[] = [];
    let body: Block | undefined;
    let otherwise: Block | undefined;
    let last: Block | undefined;
    let keyword = "";
    let head: SyntaxNode[] = [];
    for (const part of significant(node)) {
      if (["try", "except", "else", "finally"].includes(part.name)) {
        keyword = part.name;
        head = [];
      } else if (part.name !== "Body") {
        head.push(part);
      } else if (keyword === "try") {
        body = this.#block(part);
      } else if (keyword === "else") {
        otherwise = this.#block(part);
      } else if (keyword === "finally") {
        last = this.#block(part);
      } else {
        const as = head.findIndex(({ name }) => name === "as");
        const test = head[0] && this.expression(head[0]);
        const name = as < 0 ? undefined : this.#text(head[as + 1]!);
        handlers.push({ body: this.#block(part), ...optional({ test, name }) });
      }
    }
    return { kind: "try", body: body!, handlers, ...optional({ otherwise, finally: last }) };
  }

  #context(parts: readonly SyntaxNode[], body: Block): Plain<Statement> {
    if (parts[0]!.name === "async") throw new Unknown("`async with` has no twin here");
    const items: { value: Expression; name?: string }[] = [];
    const head = parts.slice(1, parts.findIndex(isBody));
    for (let at = 0; at < head.length; at++) {
      const part = head[at]!;
      if (part.name === ",") continue;
      if (part.name === "as") items[items.length - 1] = { ...items.at(-1)!, name: this.#text(head[++at]!) };
      else items.push({ value: this.expression(part) });
    }
    return { kind: "with", items, body };
  }

  /** `dict.fromkeys(names, 0)` is `{key: 0 for key in names}`. */
  #fromKeys(node: SyntaxNode, callee: Expression, given: Argument[]): Plain<Expression> {
    const call = { kind: "call", callee, arguments: given } as const;
    if (callee.kind !== "attribute" || callee.name !== "fromkeys" || callee.object.kind !== "name" || callee.object.name !== "dict") return call;
    const place = { from: node.from, to: node.to };
    const [keys, value = { value: { kind: "constant", value: "None", ...place } as Expression }] = given;
    // One list for all stays one.
    if (!keys || !/^(constant|number|string|name)$/.test(value.value.kind)) return call;
    const key: Expression = { kind: "name", name: "key", ...place };
    return { kind: "comprehension", of: "dict", key, value: value.value, clauses: [{ target: { ...key }, iterable: keys.value, conditions: [] }] };
  }

  #decorator(node: SyntaxNode): Expression {
    const [, ...parts] = significant(node);
    let expression: Expression | undefined;
    for (const part of parts) {
      if (part.name === "VariableName") {
        const name = this.#text(part);
        expression = expression
          ? { kind: "attribute", object: expression, name, from: node.from, to: part.to }
          : { kind: "name", name, from: part.from, to: part.to };
      } else if (part.name === "ArgList") {
        expression = { kind: "call", callee: expression!, arguments: this.#arguments(part), from: node.from, to: part.to };
      }
    }
    return expression!;
  }

  #definition(node: SyntaxNode, decorators: readonly Expression[]): Plain<Statement> {
    const parts = significant(node);
    if (parts[0]!.name === "async") throw new Unknown("`async def` has no twin here");
    const returns = parts.find(({ name }) => name === "TypeDef");
    const { doc, body } = this.#documented(this.#bodies(node)[0] ?? { statements: [], tail: [] });
    return {
      kind: "function",
      name: this.#text(parts.find(({ name }) => name === "VariableName")!),
      parameters: this.#parameters(parts.find(({ name }) => name === "ParamList")!),
      decorators,
      body,
      ...optional({ returns: returns && this.#typeDefinition(returns), doc }),
    };
  }

  /** `match name:` whose cases are values, or names for any: an `if` with an `elif` for each. */
  #matched(node: SyntaxNode): Plain<Statement> {
    const [, subject, body] = significant(node);
    if (!/^(VariableName|MemberExpression)$/.test(subject!.name)) throw new Unknown("`match` has a twin here for a name: give the value one first");
    const branches: { test: Expression; body: Block; comments: string[] }[] = [];
    let otherwise: Block | undefined;
    for (const clause of children(body!).filter(({ name }) => name === "MatchClause")) {
      const parts = significant(clause);
      const guard = parts.find(({ name }) => name === "Guard");
      const { test, name } = this.#pattern(parts[1]!, subject!);
      const asked = guard && this.expression(significant(guard)[1]!);
      if (name && asked) throw new Unknown("A case that names what it takes and asks for more has no twin here: write it as `if`");
      const inner = this.#block(parts.at(-1)!);
      const place = { from: clause.from, to: clause.to };
      const named: Statement[] = name
        ? [{ kind: "assign", targets: [name], value: this.expression(subject!), comments: { before: [] }, blankBefore: false, ...place }]
        : [];
      const block: Block = { statements: [...named, ...inner.statements], tail: inner.tail };
      const both: Expression | undefined = test && asked ? { kind: "logical", operator: "and", left: test, right: asked, ...place } : (test ?? asked);
      if (both) branches.push({ test: both, body: block, comments: [] });
      else otherwise ??= block;
    }
    if (branches.length === 0) throw new Unknown("A `match` that tells nothing apart has no twin here");
    return { kind: "if", branches, ...optional({ otherwise }) };
  }

  /** What a case asks of the subject, and the name that it gives it; nothing where it takes anything. */
  #pattern(pattern: SyntaxNode, subject: SyntaxNode): { test?: Expression; name?: Expression } {
    const place = { from: pattern.from, to: pattern.to };
    const parts = significant(pattern);
    const compared = (right: Expression, operator: string) => ({
      test: { kind: "compare", operators: [operator], operands: [this.expression(subject), right], ...place } as Expression,
    });
    switch (pattern.name) {
      case "CapturePattern": {
        const text = this.#text(pattern);
        return text === "_" ? {} : { name: { kind: "name", name: text, ...place } };
      }
      case "LiteralPattern": {
        const value = this.expression(parts.at(-1)!);
        const signed: Expression = parts.length > 1 ? { kind: "unary", operator: "-", operand: value, ...place } : value;
        return compared(signed, value.kind === "constant" ? "is" : "==");
      }
      case "AttributePattern": {
        const [first, ...rest] = this.#text(pattern).split(".");
        const object: Expression = { kind: "name", name: first!, ...place };
        return compared(
          rest.reduce<Expression>((of, name) => ({ kind: "attribute", object: of, name, ...place }), object),
          "==",
        );
      }
      case "OrPattern": {
        const tests = parts.filter(({ name }) => name !== "LogicOp").map((one) => this.#pattern(one, subject).test);
        if (tests.some((test) => !test)) throw new Unknown("Such a case has no twin here: write it as `if`");
        return { test: (tests as Expression[]).reduce((left, right) => ({ kind: "logical", operator: "or", left, right, ...place })) };
      }
      default:
        throw new Unknown("Such a case of `match` has no twin here: write it as `if`");
    }
  }

  #classDefinition(node: SyntaxNode, decorators: readonly Expression[]): Plain<Statement> {
    const parts = significant(node);
    const bases = parts.find(({ name }) => name === "ArgList");
    const { doc, body } = this.#documented(this.#bodies(node)[0] ?? { statements: [], tail: [] });
    return {
      kind: "class",
      name: this.#text(parts.find(({ name }) => name === "VariableName")!),
      bases: bases ? this.#arguments(bases) : [],
      decorators,
      body,
      ...optional({ doc }),
    };
  }

  #parameters(node: SyntaxNode): Parameter[] {
    const found: Parameter[] = [];
    let star: "*" | "**" | undefined;
    let byName = false;
    const parts = significant(node);
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (part.name === "*" || part.name === "**") {
        star = part.name;
        if (parts[at + 1]?.name !== "VariableName") star = undefined;
        if (part.name === "*") byName = true;
      } else if (part.name === "VariableName") {
        let annotation: Expression | undefined;
        let value: Expression | undefined;
        if (parts[at + 1]?.name === "TypeDef") annotation = this.#typeDefinition(parts[++at]!);
        if (parts[at + 1]?.name === "AssignOp") value = this.expression(parts[(at += 2)]!);
        found.push({ name: this.#text(part), byName: byName && star !== "*", ...optional({ annotation, default: value, star }) });
        star = undefined;
      }
    }
    return found;
  }

  /** One expression, or a tuple where commas stand between several. */
  #tupleOf(parts: readonly SyntaxNode[]): Expression {
    const entries = this.#entries(parts);
    if (entries.length === 1 && !parts.some(({ name }) => name === ",")) return entries[0]!;
    return { kind: "tuple", entries, from: parts[0]!.from, to: parts.at(-1)!.to };
  }

  /** Expressions with commas between them; `*x` is one. */
  #entries(parts: readonly SyntaxNode[]): Expression[] {
    const found: Expression[] = [];
    let before: string[] = [];
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (part.name === ",") continue;
      if (part.name === "Comment") {
        const last = found.at(-1);
        if (last && !this.#standsAlone(part)) last.comments = { before: last.comments?.before ?? [], after: this.#comment(part) };
        else before.push(this.#comment(part));
        continue;
      }
      let expression: Expression;
      if (part.name === "*") {
        const value = this.expression(parts[++at]!);
        expression = { kind: "starred", value, from: part.from, to: value.to };
      } else if (parts[at + 1]?.name === "AssignOp" && this.#text(parts[at + 1]!) === ":=") {
        expression = this.#named(parts.slice(at, at + 3));
        at += 2;
      } else {
        expression = this.expression(part);
      }
      if (before.length > 0) expression.comments = { before };
      before = [];
      found.push(expression);
    }
    const last = found.at(-1);
    if (last && before.length > 0) last.comments = { before: last.comments?.before ?? [], after: [last.comments?.after, ...before].filter(Boolean).join("; ") };
    return found;
  }

  #named(parts: readonly SyntaxNode[]): Expression {
    if (parts.length < 3) return this.expression(parts[0]!);
    return { kind: "walrus", target: this.expression(parts[0]!), value: this.expression(parts[2]!), from: parts[0]!.from, to: parts[2]!.to };
  }

  expression(node: SyntaxNode): Expression {
    return { ...this.#expressionInside(node), from: node.from, to: node.to } as Expression;
  }

  #expressionInside(node: SyntaxNode): Omit<Expression, "from" | "to"> | Plain<Expression> {
    const parts = significant(node);
    switch (node.name) {
      case "VariableName":
        return { kind: "name", name: this.#text(node) };
      case "Number": {
        const text = this.#text(node).replaceAll("_", "");
        if (/[jJ]$/.test(text)) throw new Unknown("Complex numbers have no twin here");
        return { kind: "number", text };
      }
      case "Boolean":
      case "None":
      case "Ellipsis":
      case "...":
        return { kind: "constant", value: this.#text(node) as "True" };
      case "String":
        return { kind: "string", value: this.#string(this.#text(node)) };
      case "FormatString":
        return { kind: "format", parts: this.#formatParts(node) };
      case "ContinuedString":
        return this.#continued(parts);
      case "ParenthesizedExpression": {
        const inner = parts.slice(1, -1);
        if (inner[0]?.name === "YieldExpression") return this.#yielded(inner[0]);
        return this.#named(inner);
      }
      case "NamedExpression":
        return this.#named(parts);
      case "YieldExpression":
        return this.#yielded(node);
      case "TupleExpression":
      case "ArrayExpression":
      case "SetExpression": {
        const kind = node.name === "TupleExpression" ? "tuple" : node.name === "ArrayExpression" ? "list" : "set";
        return { kind, entries: this.#entries(children(node).slice(1, -1)) };
      }
      case "DictionaryExpression":
        return { kind: "dict", entries: this.#dictEntries(node) };
      case "ArrayComprehensionExpression":
      case "SetComprehensionExpression":
      case "ComprehensionExpression":
      case "DictionaryComprehensionExpression":
        return this.#comprehension(parts.slice(1, -1), node.name);
      case "CallExpression":
        return this.#fromKeys(node, this.expression(parts[0]!), this.#arguments(parts[1]!));
      case "MemberExpression":
        if (parts[1]!.name === ".") return { kind: "attribute", object: this.expression(parts[0]!), name: this.#text(parts.at(-1)!) };
        return { kind: "index", object: this.expression(parts[0]!), subscripts: this.#subscripts(parts.slice(2, -1)) };
      case "UnaryExpression":
        if (parts[0]!.name === "not") return this.#negation(parts[1]!);
        return { kind: "unary", operator: this.#text(parts[0]!), operand: this.expression(parts[1]!) };
      case "BinaryExpression":
        return this.#binary(parts);
      case "ConditionalExpression":
        return { kind: "conditional", whenTrue: this.expression(parts[0]!), test: this.expression(parts[2]!), otherwise: this.expression(parts[4]!) };
      case "LambdaExpression":
        return { kind: "lambda", parameters: this.#parameters(parts[1]!), body: this.expression(parts.at(-1)!) };
      case "AwaitExpression":
        throw new Unknown("`await` has no twin here");
      default:
        throw new Unknown(`\`${this.#text(node).split("\n")[0]}\` can't be read`);
    }
  }

  /** `not a and b` is `(not a) and b`; the grammar takes it the other way round. */
  #negation(node: SyntaxNode): Plain<Expression> {
    const parts = significant(node);
    const operator = parts[1]?.name;
    if (node.name !== "BinaryExpression" || (operator !== "and" && operator !== "or"))
      return { kind: "unary", operator: "not", operand: this.expression(node) };
    const left = { ...this.#negation(parts[0]!), from: parts[0]!.from, to: parts[0]!.to } as Expression;
    return { kind: "logical", operator, left, right: this.expression(parts[2]!) };
  }

  #binary(parts: readonly SyntaxNode[]): Plain<Expression> {
    const left = this.expression(parts[0]!);
    const right = this.expression(parts.at(-1)!);
    const operator = parts
      .slice(1, -1)
      .map((part) => this.#text(part))
      .join(" ");
    if (operator === "and" || operator === "or") return { kind: "logical", operator, left, right };
    if (!/^(<|>|<=|>=|==|!=|<>|in|not in|is|is not)$/.test(operator)) return { kind: "binary", operator, left, right };
    // Lezer nests `a < b < c`; parentheses around it would be a node of their own.
    if (left.kind === "compare" && parts[0]!.name === "BinaryExpression") {
      return { kind: "compare", operators: [...left.operators, operator], operands: [...left.operands, right] };
    }
    return { kind: "compare", operators: [operator], operands: [left, right] };
  }

  #yielded(node: SyntaxNode): Plain<Expression> & { kind: "yield" } & { from: number; to: number } {
    const parts = significant(node).slice(1);
    const all = parts[0]?.name === "from";
    const rest = all ? parts.slice(1) : parts;
    return { kind: "yield", all, from: node.from, to: node.to, ...(rest.length > 0 ? { value: this.#tupleOf(rest) } : {}) };
  }

  #dictEntries(node: SyntaxNode): { key?: Expression; value: Expression }[] {
    const found: { key?: Expression; value: Expression }[] = [];
    const parts = children(node).slice(1, -1);
    let before: string[] = [];
    for (let at = 0; at < parts.length; at++) {
      const part = parts[at]!;
      if (part.name === ",") continue;
      if (part.name === "Comment") {
        const last = found.at(-1)?.value;
        if (last && !this.#standsAlone(part)) last.comments = { before: last.comments?.before ?? [], after: this.#comment(part) };
        else before.push(this.#comment(part));
        continue;
      }
      if (part.name === "**") {
        found.push({ value: this.expression(parts[++at]!) });
      } else {
        const key = this.expression(part);
        while (parts[at + 1] && parts[at + 1]!.name !== ":") at++;
        found.push({ key, value: this.expression(parts[(at += 2)]!) });
      }
      if (before.length > 0) found.at(-1)!.value.comments = { before };
      before = [];
    }
    return found;
  }

  #comprehension(parts: readonly SyntaxNode[], name: string): Plain<Expression> {
    const start = parts.findIndex((part) => part.name === "for" || part.name === "async");
    const head = parts.slice(0, start);
    const clauses = this.#clauses(parts.slice(start));
    const of = name.startsWith("Array") ? "list" : name.startsWith("Set") ? "set" : name.startsWith("Dict") ? "dict" : "generator";
    if (of === "dict") return { kind: "comprehension", of, key: this.expression(head[0]!), value: this.expression(head.at(-1)!), clauses };
    return { kind: "comprehension", of, value: this.#named(head), clauses };
  }

  #clauses(parts: readonly SyntaxNode[]): Clause[] {
    const clauses: { target: Expression; iterable: Expression; conditions: Expression[] }[] = [];
    for (let at = 0; at < parts.length;) {
      if (parts[at]!.name === "for") {
        const within = parts.findIndex((part, index) => index > at && part.name === "in");
        clauses.push({ target: this.#tupleOf(parts.slice(at + 1, within)), iterable: this.expression(parts[within + 1]!), conditions: [] });
        at = within + 2;
      } else if (parts[at]!.name === "if") {
        clauses.at(-1)!.conditions.push(this.expression(parts[at + 1]!));
        at += 2;
      } else {
        throw new Unknown("`async for` has no twin here");
      }
    }
    return clauses;
  }

  #arguments(node: SyntaxNode): Argument[] {
    const groups: SyntaxNode[][] = [[]];
    const parts = children(node).slice(1, -1);
    const depthless = parts.filter(({ name }) => name !== "Comment");
    const generator = depthless.findIndex(({ name }) => name === "for");
    if (generator >= 0) {
      const value = {
        ...this.#comprehension(
          depthless.filter(({ name }, at) => name !== "," || at < generator),
          "Generator",
        ),
        from: node.from,
        to: node.to,
      } as Expression;
      return [{ value }];
    }
    let before: string[] = [];
    const found: Argument[] = [];
    const finish = () => {
      const group = groups.pop()!;
      groups.push([]);
      if (group.length === 0) return;
      const argument = this.#argument(group);
      if (before.length > 0) argument.value.comments = { before };
      before = [];
      found.push(argument);
    };
    for (const part of parts) {
      if (part.name === "Comment") {
        finish();
        const last = found.at(-1)?.value;
        if (last && !this.#standsAlone(part)) last.comments = { before: last.comments?.before ?? [], after: this.#comment(part) };
        else before.push(this.#comment(part));
      } else if (part.name === ",") {
        finish();
      } else {
        groups.at(-1)!.push(part);
      }
    }
    finish();
    return found;
  }

  #argument(group: readonly SyntaxNode[]): Argument {
    if (group[0]!.name === "*" || group[0]!.name === "**") return { value: this.expression(group[1]!), star: group[0]!.name };
    if (group[1]?.name !== "AssignOp") return { value: this.expression(group[0]!) };
    if (this.#text(group[1]) === ":=") return { value: this.#named(group) };
    return { value: this.expression(group[2]!), name: this.#text(group[0]!) };
  }

  #subscripts(parts: readonly SyntaxNode[]): Expression[] {
    const groups: SyntaxNode[][] = [[]];
    for (const part of parts) {
      if (part.name === ",") groups.push([]);
      else groups.at(-1)!.push(part);
    }
    return groups
      .filter((group) => group.length > 0)
      .map((group) => {
        if (!group.some(({ name }) => name === ":")) return group[0]!.name === "*" ? this.#entries(group)[0]! : this.#named(group);
        const bounds: (Expression | undefined)[] = [undefined, undefined, undefined];
        let at = 0;
        for (const part of group) {
          if (part.name === ":") at++;
          else bounds[at] = this.expression(part);
        }
        const [start, stop, step] = bounds;
        return { kind: "slice", from: group[0]!.from, to: group.at(-1)!.to, ...optional({ start, stop, step }) } as Expression;
      });
  }

  #continued(parts: readonly SyntaxNode[]): Plain<Expression> {
    if (parts.every(({ name }) => name === "String")) return { kind: "string", value: parts.map((part) => this.#string(this.#text(part))).join("") };
    return { kind: "format", parts: parts.flatMap((part) => (part.name === "String" ? [this.#string(this.#text(part))] : this.#formatParts(part))) };
  }

  #formatParts(node: SyntaxNode): (string | FormatPart)[] {
    const [, prefix, quote] = /^([a-zA-Z]*)("""|'''|"|')/.exec(this.#text(node))!;
    const raw = /r/i.test(prefix!);
    const found: (string | FormatPart)[] = [];
    let at = node.from + prefix!.length + quote!.length;
    const end = node.to - quote!.length;
    const literal = (to: number) => {
      const text = this.#source.slice(at, to).replaceAll("{{", "{").replaceAll("}}", "}");
      if (text !== "") found.push(raw ? text : unescape(text));
    };
    for (const child of children(node).filter(({ name }) => name === "FormatReplacement")) {
      literal(child.from);
      found.push(...this.#replacement(child));
      at = child.to;
    }
    literal(end);
    return found;
  }

  /** `{value!r:spec}`; `{value=}` has its own text before it. */
  #replacement(node: SyntaxNode): (string | FormatPart)[] {
    const parts = significant(node).filter(({ name }) => name !== "{" && name !== "}");
    const of = (name: string) => parts.find((part) => part.name === name);
    const conversion = of("FormatConversion");
    const spec = of("FormatSpec");
    const self = of("FormatSelfDoc");
    const values = parts.filter((part) => part !== conversion && part !== spec && part !== self);
    const value = this.#tupleOf(values);
    const part: FormatPart = {
      value,
      conversion: conversion ? this.#text(conversion).slice(1) : self && !spec ? "r" : "",
      spec: spec ? this.#specParts(spec) : [],
    };
    return self ? [this.#source.slice(node.from + 1, (conversion ?? spec)?.from ?? node.to - 1), part] : [part];
  }

  #specParts(node: SyntaxNode): (string | FormatPart)[] {
    const found: (string | FormatPart)[] = [];
    let at = node.from + 1;
    for (const child of children(node).filter(({ name }) => name === "FormatReplacement")) {
      if (child.from > at) found.push(this.#source.slice(at, child.from));
      found.push(...this.#replacement(child));
      at = child.to;
    }
    if (at < node.to) found.push(this.#source.slice(at, node.to));
    return found;
  }

  #string(text: string): string {
    const [, prefix, quote] = /^([a-zA-Z]*)("""|'''|"|')/.exec(text)!;
    const inside = text.slice(prefix!.length + quote!.length, -quote!.length);
    return /r/i.test(prefix!) ? inside : unescape(inside);
  }
}

/** What the grammar reads and the translation has no way to say. */
class Unknown extends Error {}

const compound = new Set([
  "IfStatement",
  "WhileStatement",
  "ForStatement",
  "TryStatement",
  "WithStatement",
  "FunctionDefinition",
  "ClassDefinition",
  "DecoratedStatement",
]);

const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", "0": "\0", "\n": "", a: "\u0007", b: "\b", f: "\f", v: "\v" };

function unescape(text: string): string {
  return text.replaceAll(/\\(x[\da-fA-F]{2}|u[\da-fA-F]{4}|U[\da-fA-F]{8}|[\s\S])/g, (whole, code: string) => {
    if (code.length > 1) return String.fromCodePoint(Number.parseInt(code.slice(1), 16));
    return escapes[code] ?? (/["'\\]/.test(code) ? code : whole);
  });
}

function children(node: SyntaxNode): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) found.push(child);
  return found;
}

function significant(node: SyntaxNode): SyntaxNode[] {
  return children(node).filter(({ name }) => name !== "Comment");
}

function isBody({ name }: SyntaxNode): boolean {
  return name === "Body";
}

function notComma({ name }: SyntaxNode): boolean {
  return name !== ",";
}

function errorIn(node: SyntaxNode): boolean {
  let found = false;
  node.cursor().iterate(({ type }) => {
    found ||= type.isError;
  });
  return found;
}

/** Without the entries that are undefined. */
function optional<T extends object>(values: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
