/** Statements. */
import { iterable, listed, takenApart } from "./sequences.ts";
import { classDeclaration, classInfo } from "./classes.ts";
import type { Context } from "./context.ts";
import { calculated, condition, expression, negated, perhaps, propertyOf, valueFor, wholeExpression, withinList } from "./expressions.ts";
import { define, functionType, isCallback } from "./functions.ts";
import { pythonPath } from "./api.ts";
import { jumpStatement, labelled, loopStatement } from "./labels.ts";
import { importDeclaration, exportedFrom } from "./imports.ts";
import { assignPattern, declarePattern, isLoopPattern, isUnpackable, patternAssignments, patternText } from "./patterns.ts";
import { access, action, atom, binds, code, infix, pythonName, receiver, within, type Code } from "./python.ts";
import { bare, boundNames, contains, endLine, isAssignedIn, isFunction, keyName, mentions, startLine, walk, type Node } from "./syntax.ts";
import { want } from "./wanted.ts";
import { fitted } from "./typedArrays.ts";
import { annotated, either, elementOf, list, none, number, orAnother, string, tensor, tuple, unknown, whole, type Type, memberOf } from "./types.ts";

type Block = Extract<Node, { type: "BlockStatement" }>;

/** The statements of a block. @param opensScope whether its names are its own, as those of a function's body aren't */
export function block(context: Context, node: Block, opensScope = true): void {
  const run = (): void => {
    for (const directive of node.body) void directive;
    statements(context, node.body, node.start! + 1);
    context.commentsBefore(node.end!);
  };
  if (opensScope) context.inScope(run);
  else run();
}

/** What stands where JavaScript takes a block or a single statement. */
function body(context: Context, node: Node): void {
  context.indented(() => {
    if (node.type === "BlockStatement") block(context, node);
    else context.inScope(() => statements(context, [node], node.start!));
  });
}

/** @param only which of them are written; by default all */
export function statements(context: Context, nodes: readonly Node[], begin: number, only: (node: Node) => boolean = () => true): void {
  for (const node of nodes) predeclare(context, node);
  let end = begin;
  let isFirst = true;
  for (const [i, node] of nodes.entries()) {
    if (!only(node) && node.type !== "ImportDeclaration") {
      context.leaveOut(node);
      end = node.end!;
      continue;
    }
    const using = node.type === "VariableDeclaration" && /using/.test(node.kind) ? contextOf(context, node) : undefined;
    if (!isFirst && isApart(context, end, node)) context.line("");
    isFirst = false;
    if (using) {
      context.statement(node, () => `with ${using}:`);
      context.indented(() => statements(context, nodes.slice(i + 1), node.end!));
      return;
    }
    statement(context, node);
    end = node.end!;
  }
}

/** Whether an empty line stands before the node, or before the comment on it. */
function isApart(context: Context, end: number, node: Node): boolean {
  return /\n\s*\n/.test(context.source.slice(end, node.start!).replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, "#"));
}

/** Makes known what a block declares, since functions may speak of what comes later. */
export function predeclare(context: Context, node: Node): void {
  switch (node.type) {
    case "FunctionDeclaration":
      if (node.id)
        context.declare(
          node.id.name,
          context.later(() => functionType(context, node)),
        );
      return;
    case "ClassDeclaration":
      if (node.id) {
        const { name } = node.id;
        context.declare(
          name,
          context.later(() => ({ kind: "class", of: classInfo(context, node, name) })),
        );
      }
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations) {
        if (id.type === "Identifier") {
          context.announce(
            id.name,
            context.later(() => variableType(context, id, init ?? undefined, node.kind === "const")),
          );
        } else {
          for (const name of boundNames(id))
            context.announce(
              name,
              context.later(() => partOfPattern(context, id, init ?? undefined, name)),
            );
        }
      }
      return;
    case "TSEnumDeclaration":
      context.declare(node.id.name, { kind: "module", path: "enum", members: enumMembers(node) });
      return;
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration":
      if (node.declaration) predeclare(context, node.declaration);
      return;
    case "ImportDeclaration":
      importDeclaration(context, node);
  }
}

function variableType(context: Context, id: Extract<Node, { type: "Identifier" }>, init: Node | undefined, isConstant: boolean): Type {
  const stated = id.typeAnnotation ? annotated(id.typeAnnotation, context) : unknown;
  if (stated.kind !== "unknown") return stated;
  if (!init) return unknown;
  const inner = bare(init);
  const type = isCallback(inner) ? functionType(context, inner) : context.dry(() => expression(context, init).type);
  return isConstant ? type : widened(type);
}

/** A variable that may get another value tells less. */
function widened(type: Type): Type {
  if (type.kind === "number") return number;
  return type.kind === "tensor" ? tensor : type.kind === "none" ? unknown : orAnother(type);
}

function partOfPattern(context: Context, pattern: Node, init: Node | undefined, name: string): Type {
  if (!init) return unknown;
  const type = context.dry(() => expression(context, init).type);
  if (type.kind === "api" && pattern.type === "ObjectPattern") {
    const property = pattern.properties.find((each) => each.type === "ObjectProperty" && boundNames(each.value).includes(name));
    return property?.type === "ObjectProperty" ? { kind: "api", path: [type.path, keyName(property.key) ?? ""].filter(Boolean).join(".") } : unknown;
  }
  return context.dry(() =>
    context.inScope(() => {
      declarePattern(context, pattern, type);
      return context.scope.bindings.get(name)?.type() ?? unknown;
    }),
  );
}

export function statement(context: Context, node: Node): void {
  switch (node.type) {
    case "ImportDeclaration":
    case "TSInterfaceDeclaration":
    case "TSTypeAliasDeclaration":
    case "TSDeclareFunction":
    case "EmptyStatement":
      return node.type === "ImportDeclaration" ? context.commentsBefore(node.start!) : skip(context, node);
    case "ExportNamedDeclaration":
      return exportNamed(context, node);
    case "ExportDefaultDeclaration":
      if (node.declaration.type === "FunctionDeclaration" || node.declaration.type === "ClassDeclaration") return statement(context, node.declaration);
      return context.statement(node, () => `default = ${expression(context, node.declaration).text}`);
    case "ExportAllDeclaration":
      return context.statement(node, () => exportedFrom(context, node.source.value, "*"));
    case "VariableDeclaration":
      return variables(context, node);
    case "FunctionDeclaration":
      return functionStatement(context, context.scope.find(node.id?.name ?? "")?.python ?? node.id?.name ?? "default", node, node);
    case "ClassDeclaration":
      return classDeclaration(context, node);
    case "ExpressionStatement":
      return underCondition(context, node, () => expressionStatement(context, node, node.expression));
    case "ReturnStatement":
      if (!node.argument) return context.statement(node, () => "return");
      return returned(context, node.argument, node);
    case "IfStatement":
      return ifStatement(context, node, "if");
    case "BlockStatement":
      return block(context, node);
    case "ForOfStatement":
      return loopStatement(context, node, () => forOf(context, node));
    case "ForInStatement":
      return loopStatement(context, node, () => forIn(context, node));
    case "ForStatement":
      return loopStatement(context, node, () => forStatement(context, node));
    case "WhileStatement":
      return loopStatement(context, node, () => whileStatement(context, node));
    case "DoWhileStatement":
      return loopStatement(context, node, () => doWhile(context, node));
    case "BreakStatement":
    case "ContinueStatement":
      return jumpStatement(context, node);
    case "ThrowStatement":
      return context.statement(node, () => {
        const { error, options } = thrown(context, node.argument);
        return `raise ${raised(expression(context, error))}${causeOf(context, options)}`;
      });
    case "TryStatement":
      return tryStatement(context, node);
    case "SwitchStatement":
      return switchStatement(context, node);
    case "TSEnumDeclaration":
      return enumeration(context, node);
    case "LabeledStatement":
      return labelled(context, node, (loop) => statement(context, loop));
    default:
      return context.statement(node, () => context.refuse(node, context.source.slice(node.start!, node.end!).split("\n")[0]!.slice(0, 60)).text);
  }
}

/** What is of TypeScript only leaves nothing behind, its comment neither. */
function skip(context: Context, node: Node): void {
  const outer = context.captured(() => context.commentsBefore(node.end!));
  const own = outer.filter(({ source }) => source < startLine(node) - 1 && !/^\s*\/\*\*/.test(context.source.split("\n")[source - 1] ?? ""));
  context.out.push(...own.filter(({ source }) => source < startLine(node) - 5));
}

/** `new Error(text, options)`, or `Object.assign(error, options)`. */
function thrown(context: Context, node: Node): { readonly error: Node; readonly options: Node | undefined } {
  if (node.type === "NewExpression") return { error: node, options: node.arguments.at(-1) };
  const isAssigned =
    node.type === "CallExpression" && node.arguments.length === 2 && context.source.slice(node.callee.start!, node.callee.end!) === "Object.assign";
  return isAssigned ? { error: node.arguments[0] as Node, options: node.arguments[1] } : { error: node, options: undefined };
}

/** @param options `{ cause: error }` */
function causeOf(context: Context, options: Node | undefined): string {
  const [only, ...more] = options?.type === "ObjectExpression" ? options.properties : [];
  return only?.type === "ObjectProperty" && more.length === 0 && keyName(only.key) === "cause" ? ` from ${expression(context, only.value).text}` : "";
}

const raised = (made: Code): string => (made.type.kind === "string" ? `RuntimeError(${made.text})` : made.text);

// Expressions as statements

function underCondition(context: Context, node: Node, write: () => void): void {
  const condition = context.additions?.conditionOf(node);
  if (!condition) return write();
  context.commentsBefore(node.start!);
  context.line(condition.head, startLine(node));
  context.indented(write);
  context.line(condition.behind, startLine(node));
}

function expressionStatement(context: Context, node: Node, value: Node): void {
  const inner = bare(value);
  if (inner.type === "CallExpression") {
    if (contextCall(context, inner)) return insideContext(context, inner, node, (made) => made.text);
    if (loopOfForEach(context, inner, node)) return;
  }
  if (inner.type === "LogicalExpression" && inner.operator !== "??") {
    context.statement(
      { ...node, end: inner.left.end } as Node,
      () => `if ${(inner.operator === "&&" ? condition(context, inner.left) : negated(condition(context, inner.left))).text}:`,
    );
    return context.indented(() => expressionStatement(context, { ...inner.right }, inner.right));
  }
  if (inner.type === "ConditionalExpression") {
    context.statement({ ...node, end: inner.test.end } as Node, () => `if ${condition(context, inner.test).text}:`);
    context.indented(() => expressionStatement(context, inner.consequent, inner.consequent));
    context.line("else:", startLine(inner.alternate));
    return context.indented(() => expressionStatement(context, inner.alternate, inner.alternate));
  }
  if (inner.type === "SequenceExpression") return inner.expressions.forEach((each) => expressionStatement(context, each, each));
  if (inner.type === "AssignmentExpression") return assignment(context, node, inner);
  context.statement(node, () => unlessAbsent(inner, effect(context, inner).text));
  if (inner.type === "CallExpression" && inner.callee.type === "Super") context.takeAfterSuper()?.();
}

/** `onEpoch?.(1)` on a line of its own is an `if`. */
function unlessAbsent(inner: Node, text: string): string {
  const parts = inner.type === "OptionalCallExpression" ? /^(.*) if (.+ is not None) else None$/s.exec(text) : null;
  return parts ? `if ${parts[2]}:\n    ${parts[1]}` : text;
}

/** An expression for what it does. */
function effect(context: Context, inner: Node): Code {
  if (inner.type === "UpdateExpression") {
    context.assignsAll(inner.argument);
    const old = expression(context, inner.argument);
    const step = code(`${old.text} ${inner.operator[0]} 1`, binds.sum, old.type);
    const next = asKept(context, inner.argument, step);
    if (next.text !== step.text) return action(`${old.text} = ${next.text}`);
    return action(`${expression(context, inner.argument).text} ${inner.operator[0]}= 1`);
  }
  if (inner.type === "UnaryExpression" && inner.operator === "delete") return deletion(context, inner.argument);
  if (inner.type === "UnaryExpression" && inner.operator === "void") return effect(context, bare(inner.argument));
  return expression(context, inner);
}

/** What isn't there may be deleted as well. */
function deletion(context: Context, node: Node): Code {
  const { text } = expression(context, node);
  const object = node.type === "MemberExpression" ? context.dry(() => expression(context, node.object)) : undefined;
  const key = object?.type.kind === "object" && text.startsWith(`${object.text}[`) ? text.slice(object.text.length + 1, -1) : undefined;
  return action(key === undefined ? `del ${text}` : `${object!.text}.pop(${key}, None)`);
}

function assignment(context: Context, node: Node, inner: Extract<Node, { type: "AssignmentExpression" }>): void {
  const { left, right, operator } = inner;
  const value = bare(right);
  context.assignsAll(left);
  if (operator === "=" && value.type === "CallExpression" && contextCall(context, value)) {
    return insideContext(context, value, node, (made) => `${target(context, left)} = ${made.text}`);
  }
  if (operator === "??=" || operator === "||=" || operator === "&&=") {
    const test =
      operator === "??="
        ? code(`${within(perhaps(context, left), binds.comparison + 1)} is None`, binds.comparison)
        : operator === "||="
          ? negated(condition(context, left))
          : condition(context, left);
    context.statement({ ...node, end: left.end } as Node, () => `if ${test.text}:`);
    return context.indented(() => context.statement(node, () => `${target(context, left)} = ${expression(context, right).text}`));
  }
  context.statement(node, () => {
    if (operator !== "=") return compound(context, inner);
    if (isCallback(value) && left.type === "MemberExpression") return `${target(context, left)} = ${expression(context, right).text}`;
    if (left.type === "ObjectPattern" || (left.type === "ArrayPattern" && !isUnpackable(left)))
      return takenInLines(context, left, expression(context, right), node);
    if (left.type === "ArrayPattern")
      return `${patternText(
        context,
        left,
        context.dry(() => expression(context, right).type),
      )} = ${unpacked(context, right)}`;
    const isLength = left.type === "MemberExpression" && keyName(left.property) === "length" && right.type === "NumericLiteral" && right.value === 0;
    if (isLength) return `${receiver(expression(context, left.object))}.clear()`;
    const made = valueFor(
      context,
      left.type === "Identifier" ? left.name : left.type === "MemberExpression" ? keyName(left.property, left.computed) : undefined,
      right,
    );
    return assigned(context, target(context, left), kept(asKept(context, left, made)));
  });
}

/** What is asked for by a name that only the run tells gets its value by that name. */
function assigned(context: Context, to: string, value: string): string {
  const [, how, place] = /^(getattr|member_of)\((.*)\)$/s.exec(to) ?? [];
  if (how === undefined) return `${to} = ${value}`;
  if (how === "member_of") context.help("set_member");
  return `${how === "getattr" ? "setattr" : "set_member"}(${place}, ${value})`;
}

/** What is kept under a name can be gone through more than once. */
const kept = (made: Code): string => (made.type.kind === "list" && made.type.once === true ? `list(${made.text})` : made.text);

/** `[a, b]` on the right of an unpacking: `a, b`. */
function unpacked(context: Context, node: Node): string {
  const inner = bare(node);
  if (inner.type === "ArrayExpression" && inner.elements.length > 1 && inner.elements.every((element) => element && element.type !== "SpreadElement"))
    return inner.elements.map((element) => within(expression(context, element!), binds.conditional)).join(", ");
  return iterable(context, node).text;
}

function target(context: Context, left: Node): string {
  if (left.type === "MemberExpression" && !left.computed) {
    const object = expression(context, left.object);
    return propertyOf(context, left, object, keyName(left.property) ?? "").text;
  }
  return expression(context, left).text;
}

const operators = new Set(["+", "-", "*", "/", "**"]);

function compound(context: Context, node: Extract<Node, { type: "AssignmentExpression" }>): string {
  const { left, right, operator } = node;
  const sign = operator.slice(0, -1);
  const [old, value] = [expression(context, left), expression(context, right)];
  const isText = sign === "+" && (old.type.kind === "string") !== (value.type.kind === "string");
  const result = (): Code => calculated(context, node, sign, old, value);
  const isFitted = context.dry(() => asKept(context, left, result()).text !== result().text);
  if (operators.has(sign) && !isText && !isFitted && !/^(getattr|member_of)\(/.test(old.text)) return `${old.text} ${sign}= ${value.text}`;
  return assigned(context, old.text, asKept(context, left, result()).text);
}

/** What an entry of a typed array becomes. */
function asKept(context: Context, left: Node, made: Code): Code {
  const place = bare(left);
  return place.type === "MemberExpression" && place.computed
    ? fitted(
        context,
        context.dry(() => expression(context, place.object).type),
        made,
      )
    : made;
}

// Variables

function variables(context: Context, node: Extract<Node, { type: "VariableDeclaration" }>): void {
  if (node.declare) return;
  for (const declarator of node.declarations) variable(context, node.declarations.length === 1 ? node : declarator, declarator, node.kind === "const");
}

function variable(context: Context, node: Node, { id, init }: Extract<Node, { type: "VariableDeclarator" }>, isConstant: boolean): void {
  const value = init ? bare(init) : undefined;
  if (id.type === "Identifier" && value && isCallback(value)) {
    const { python } = context.declare(
      id.name,
      context.later(() => functionType(context, value)),
    );
    const stated = id.typeAnnotation ? annotated(id.typeAnnotation, context) : unknown;
    return functionStatement(context, python, value, node, {
      types: stated.kind === "function" ? stated.parameters.types : [],
      isPassing: context.loop !== undefined && isOnlyCalled(context.loop, id),
    });
  }
  if (value?.type === "ClassExpression" && id.type === "Identifier") return classDeclaration(context, { ...value, type: "ClassDeclaration", id } as never);
  if (value?.type === "CallExpression" && contextCall(context, value)) {
    return insideContext(context, value, node, (made) => {
      declarePattern(context, id, isConstant ? made.type : widened(made.type));
      return isUnpackable(id) ? `${patternText(context, id, made.type)} = ${kept(made)}` : takenInLines(context, id, made, node);
    });
  }
  // Another name for something of Kindling's is Kindling's.
  if (init && isConstant && isRenaming(context, id, init)) return context.commentsBefore(node.start!);
  context.statement(node, () => {
    if (!init || id.type === "VoidPattern") return `${patternText(context, id, unknown)} = None`;
    if (id.type === "Identifier") {
      const stated = id.typeAnnotation ? annotated(id.typeAnnotation, context) : unknown;
      want(context, init, stated);
      const made = valueFor(context, id.name, init);
      if (made.isStatement) return made.text;
      const type = stated.kind === "unknown" ? (isConstant ? made.type : widened(made.type)) : isConstant ? more(stated, made.type) : stated;
      const known = type.kind === "list" && type.once === true ? { kind: "list" as const, of: type.of } : type;
      const { python } = context.declare(id.name, known);
      return `${python} = ${kept(made)}`;
    }
    const made = expression(context, init);
    declarePattern(context, id, made.type);
    if (isUnpackable(id)) return `${patternText(context, id, made.type)} = ${unpacked(context, init)}`;
    return takenInLines(context, id, made, node);
  });
}

/** Takes a value apart in as many lines as it needs, of which it gives the last. */
function takenInLines(context: Context, pattern: Node, made: Code, node: Node): string {
  const lines = patternAssignments(context, pattern, made);
  context.before.push(...lines.slice(0, -1).map((text) => ({ text: "    ".repeat(context.indentation) + text, source: startLine(node) })));
  return lines.at(-1) ?? "pass";
}

/** `const F = nn.functional`, `const { Categorical } = distributions` */
function isRenaming(context: Context, id: Node, init: Node): boolean {
  const { type } = context.dry(() => expression(context, init));
  if (type.kind !== "api") return false;
  if (id.type === "Identifier") context.declare(id.name, type);
  else if (id.type === "ObjectPattern" && id.properties.every((property) => property.type === "ObjectProperty" && property.value.type === "Identifier")) {
    for (const property of id.properties) {
      if (property.type === "ObjectProperty" && property.value.type === "Identifier")
        context.declare(property.value.name, { kind: "api", path: [type.path, keyName(property.key) ?? ""].filter(Boolean).join(".") });
    }
  } else return false;
  return true;
}

/** What the annotation says, and more where the value tells more. */
const more = (stated: Type, made: Type): Type => (stated.kind === made.kind && (stated.kind === "number" || stated.kind === "tensor") ? made : stated);

function functionStatement(context: Context, name: string, node: Parameters<typeof define>[2], from: Node, options: Parameters<typeof define>[3] = {}): void {
  const doc = context.docComment(outermost(context, from));
  context.commentsBefore(from.start!);
  context.apart();
  context.out.push(...context.captured(() => withoutBefore(context, () => define(context, name, node, { ...options, doc }))));
  context.commentBehind(from);
}

/** Whether the node speaks of the function only to call it. */
function isOnlyCalled(node: Node, id: Extract<Node, { type: "Identifier" }>): boolean {
  let [mentioned, called] = [0, 0];
  walk(node, (each) => {
    if (each.type === "Identifier" && each.name === id.name && each.start !== id.start) mentioned++;
    if (each.type === "CallExpression" && each.callee.type === "Identifier" && each.callee.name === id.name) called++;
  });
  return mentioned === called;
}

function withoutBefore(context: Context, run: () => void): void {
  const outer = context.before;
  context.before = [];
  run();
  context.before = outer;
}

/** A declaration with its `export`. */
function outermost(context: Context, node: Node): Node {
  const before = /(export\s+(default\s+)?)$/.exec(context.source.slice(0, node.start!));
  return before ? ({ ...node, start: node.start! - before[0].length } as Node) : node;
}

// noGrad and its like

const contexts: Readonly<Record<string, string>> = { noGrad: "noGrad", enableGrad: "enableGrad", inferenceMode: "inferenceMode", "autograd.noGrad": "noGrad" };

/** What a call of `noGrad(() => …)` names; nothing for other calls. */
function contextCall(context: Context, node: Node): string | undefined {
  if (node.type !== "CallExpression") return undefined;
  const type = context.dry(() => expression(context, node.callee).type);
  const path = type.kind === "api" ? type.path : "";
  if (path === "setGradEnabled" && node.arguments.length === 2 && isFunction(bare(node.arguments[1]!)))
    return `${pythonPath(context, path)}(${expression(context, node.arguments[0]!).text})`;
  const name = contexts[path];
  const [only] = node.arguments;
  return name && only && isFunction(bare(only)) ? `${pythonPath(context, name)}()` : undefined;
}

/** `using _ = noGrad()` */
function contextOf(context: Context, node: Extract<Node, { type: "VariableDeclaration" }>): string | undefined {
  const init = node.declarations[0]?.init;
  if (init?.type !== "CallExpression" && init?.type !== "NewExpression") return undefined;
  const made = expression(context, init);
  if (init.type === "CallExpression" && context.dry(() => expression(context, init.callee).type).kind === "api") return made.text;
  const [name = ""] = boundNames(node.declarations[0]!.id);
  return `${made.text} as ${context.declare(name, made.type).python}`;
}

/** A `with` statement; `use` says what becomes of the callback's value. */
function insideContext(context: Context, call: Extract<Node, { type: "CallExpression" }>, node: Node, use: (made: Code) => string): void {
  const callback = bare(call.arguments.at(-1)!);
  if (!isFunction(callback)) return;
  context.statement({ ...node, end: callback.start } as Node, () => `with ${contextCall(context, call)}:`);
  context.indented(() => {
    if (callback.body.type !== "BlockStatement") {
      const { body: value } = callback;
      const inner = bare(value);
      if (inner.type === "CallExpression" && contextCall(context, inner)) return insideContext(context, inner, value, use);
      return context.statement(value, () => use(expression(context, value)));
    }
    const { body: own } = callback;
    const last = own.body.at(-1);
    const returns = returnsOf(own);
    if (returns === 0 || (node.type === "ReturnStatement" && use === returnText)) return block(context, own);
    if (returns === 1 && last?.type === "ReturnStatement" && last.argument) {
      // What the block names stays its own, what it gives is used where it stands.
      const { scope } = context;
      return context.inScope(() => {
        statements(context, own.body.slice(0, -1), own.start! + 1);
        context.statement(last, () => {
          const made = expression(context, last.argument!);
          return context.inScopeOf(scope, () => use(made));
        });
      });
    }
    const name = context.fresh("result_of_block");
    define(context, name, callback);
    context.line(use(access(`${name}()`)), endLine(own));
  });
}

const returnsOf = (node: Node): number => {
  let count = 0;
  contains(node, (each) => ((count += each.type === "ReturnStatement" ? 1 : 0), false), false);
  return count;
};

const returnText = (made: Code): string => `return ${made.text}`;

/** `return value`; also what the body of an arrow function is. */
export function returned(context: Context, value: Node, node: Node): void {
  const inner = bare(value);
  if (inner.type === "CallExpression" && contextCall(context, inner)) {
    return insideContext(context, inner, { ...node, type: "ReturnStatement" } as Node, returnText);
  }
  if (inner.type === "AssignmentExpression" || inner.type === "UpdateExpression") return returnedChange(context, inner, node);
  context.statement(node, () => {
    want(context, value, context.definition.wanted);
    const made =
      (context.definition.mayGiveNone && value.type !== "TSNonNullExpression" ? withinList(context, value, undefined) : undefined) ??
      expression(context, value);
    context.definition.returns.push(made.type);
    if (made.isStatement) return made.text;
    const isTuple =
      (inner.type === "ArrayExpression" && inner.elements.length > 1 && made.type.kind === "tuple") ||
      (inner.type === "ArrayExpression" && inner.elements.length > 1 && isTupleWanted(made.type) && !made.text.includes("\n"));
    if (isTuple && inner.type === "ArrayExpression" && inner.elements.every((element) => element && element.type !== "SpreadElement")) {
      context.definition.returns[context.definition.returns.length - 1] = {
        kind: "tuple",
        of: inner.elements.map((element) => context.dry(() => expression(context, element!).type)),
      };
      return `return ${inner.elements.map((element) => within(expression(context, element!), binds.conditional)).join(", ")}`;
    }
    return `return ${kept(made)}`;
  });
}

/** `() => (total += 1)`: the change, then what it gives. */
function returnedChange(context: Context, inner: Extract<Node, { type: "AssignmentExpression" | "UpdateExpression" }>, node: Node): void {
  if (inner.type === "AssignmentExpression") assignment(context, node, inner);
  else context.statement(node, () => effect(context, inner).text);
  const changed = inner.type === "AssignmentExpression" ? inner.left : inner.argument;
  if (changed.type !== "Identifier" && changed.type !== "MemberExpression") return;
  const made = expression(context, changed);
  context.definition.returns.push(made.type);
  const before = inner.type === "UpdateExpression" && !inner.prefix ? (inner.operator === "++" ? " - 1" : " + 1") : "";
  context.line(`return ${made.text}${before}`, startLine(node));
}

/** Several tensors that are given back together are a tuple in Python. */
const isTupleWanted = (type: Type): boolean => type.kind === "list" && (type.of.kind === "tensor" || type.of.kind === "unknown");

// Conditions and loops

function ifStatement(context: Context, node: Extract<Node, { type: "IfStatement" }>, word: "if" | "elif"): void {
  context.statement({ ...node, end: node.test.end } as Node, () => `${word} ${condition(context, node.test).text}:`);
  body(context, node.consequent);
  const { alternate } = node;
  if (!alternate) return;
  if (alternate.type === "IfStatement") {
    const needsBefore = context.captured(() => context.statement(alternate.test, () => condition(context, alternate.test).text)).length > 1;
    if (!needsBefore) return ifStatement(context, alternate, "elif");
  }
  context.line("else:", endLine(node.consequent));
  body(context, alternate);
}

function loopBody(context: Context, node: Node, inner: Node, beforeContinue?: () => void): void {
  const { loops } = context.definition;
  loops.push({ node, beforeContinue });
  context.inLoop(node, () => body(context, inner));
  loops.pop();
}

/** A condition that takes statements of its own is asked for at each turn. */
function whileStatement(context: Context, node: Extract<Node, { type: "WhileStatement" }>): void {
  const head = { ...node, end: node.test.end } as Node;
  const isPlain = context.dry(() => (condition(context, node.test), context.before.length === 0));
  if (isPlain) {
    context.statement(head, () => `while ${condition(context, node.test).text}:`);
    return loopBody(context, node, node.body);
  }
  context.statement({ ...node, end: node.start! + 1 } as Node, () => "while True:");
  context.indented(() => {
    context.statement(node.test, () => `if ${negated(condition(context, node.test)).text}:`);
    context.indented(() => context.line("break", startLine(node.test)));
  });
  loopBody(context, node, node.body);
}

function forOf(context: Context, node: Extract<Node, { type: "ForOfStatement" }>): void {
  context.inScope(() => {
    const { left, right } = node;
    const pattern = left.type === "VariableDeclaration" ? left.declarations[0]!.id : left;
    let takeApart: (() => void) | undefined;
    context.statement({ ...node, end: right.end } as Node, () => {
      const made = rows(context, bare(right)) ?? takenApart(context, iterable(context, right), pattern);
      const of = elementOf(made.type);
      return context.inLoop(node, () => {
        if (left.type === "VariableDeclaration") declarePattern(context, pattern, of);
        else context.assignsAll(pattern);
        if (isLoopPattern(pattern)) return `for ${patternText(context, pattern, of)} in ${loopSource(made)}:`;
        const name = context.fresh("item");
        takeApart = () => assignPattern(context, pattern, access(name, of), node);
        return `for ${name} in ${loopSource(made)}:`;
      });
    });
    const { loops } = context.definition;
    loops.push({ node, beforeContinue: undefined });
    context.inLoop(node, () =>
      context.indented(() => {
        takeApart?.();
        if (node.body.type === "BlockStatement") block(context, node.body);
        else context.inScope(() => statements(context, [node.body], node.body.start!));
      }),
    );
    loops.pop();
  });
}

/** `[["a", 1], ["b", 2]] as const`: what belongs together is a tuple each. */
function rows(context: Context, node: Node): Code | undefined {
  const all = node.type === "ArrayExpression" ? node.elements.map((row) => row && bare(row)) : [];
  const width = all[0]?.type === "ArrayExpression" ? Math.max(2, all[0].elements.length) : 0;
  const isRow = (row: Node | null): row is Extract<Node, { type: "ArrayExpression" }> =>
    row?.type === "ArrayExpression" && row.elements.length === width && row.elements.every((each) => each && each.type !== "SpreadElement");
  if (all.length === 0 || !all.every(isRow)) return undefined;
  const items = all.map((row) => {
    const entries = row.elements.map((each) => expression(context, each!));
    return { text: `(${entries.map((each) => within(each, binds.conditional)).join(", ")})`, node: row, types: entries.map(({ type }) => type) };
  });
  const columns = items[0]!.types.map((_, at) => items.map(({ types }) => types[at]!).reduce(either));
  return atom(listed("[", "]", items, startLine(node)), list(tuple(...columns)));
}

/** A list that is written out is a tuple in Python's loops as well as a list. */
const loopSource = (made: Code): string => (made.tight === binds.lambda ? `(${made.text})` : made.text);

function forIn(context: Context, node: Extract<Node, { type: "ForInStatement" }>): void {
  context.inScope(() => {
    const pattern = node.left.type === "VariableDeclaration" ? node.left.declarations[0]!.id : node.left;
    context.statement({ ...node, end: node.right.end } as Node, () => {
      const made = expression(context, node.right);
      declarePattern(context, pattern, { kind: "string" });
      // Python doesn't go through a dictionary that loses entries.
      const loses = contains(node.body, (each) => each.type === "UnaryExpression" && each.operator === "delete");
      const keys = made.type.kind === "list" ? `map(str, range(len(${made.text})))` : loses ? `list(${made.text})` : made.text;
      return `for ${patternText(context, pattern, unknown)} in ${keys}:`;
    });
    loopBody(context, node, node.body);
  });
}

/** A loop that counts is `range`; any other is `while`. */
function forStatement(context: Context, node: Extract<Node, { type: "ForStatement" }>): void {
  context.inScope(() => {
    const counting = countingLoop(context, node);
    if (counting) {
      context.statement({ ...node, end: node.body.start } as Node, () => context.inLoop(node, counting));
      return loopBody(context, node, node.body);
    }
    const { init, test, update } = node;
    if (init?.type === "VariableDeclaration") {
      predeclare(context, init);
      for (const declarator of init.declarations) variable(context, declarator, declarator, false);
    } else if (init) expressionStatement(context, init, init);
    context.statement({ ...node, end: (test ?? node).end } as Node, () => `while ${test ? condition(context, test).text : "True"}:`);
    const step = (): void => {
      if (update) expressionStatement(context, update, update);
    };
    const { loops } = context.definition;
    loops.push({ node, beforeContinue: step });
    context.indented(() => {
      context.inLoop(node, () => {
        if (node.body.type === "BlockStatement") block(context, node.body);
        else context.inScope(() => statements(context, [node.body], node.body.start!));
      });
      step();
    });
    loops.pop();
  });
}

/** The head of `for i in range(…)`, once it is sure that the loop only counts. */
function countingLoop(context: Context, node: Extract<Node, { type: "ForStatement" }>): (() => string) | undefined {
  const { init, test, update, body: inner } = node;
  if (init?.type !== "VariableDeclaration" || init.declarations.length !== 1 || test?.type !== "BinaryExpression" || !update) return undefined;
  const { id, init: start } = init.declarations[0]!;
  if (id.type !== "Identifier" || !start || test.left.type !== "Identifier" || test.left.name !== id.name) return undefined;
  const step = stepOf(update, id.name);
  if (!step || isAssignedIn(inner, id.name) || mentions(test.right, id.name) || changes(context, test.right, inner)) return undefined;
  const isDown = step.sign === "-";
  if (!(isDown ? [">", ">="] : ["<", "<="]).includes(test.operator)) return undefined;
  return () => {
    const first = wholeExpression(context, start);
    const end = endOfRange(context, test.right, test.operator, isDown);
    const by = step.by ? wholeExpression(context, step.by).text : "1";
    const { python } = context.declare(id.name, whole);
    const stepText = isDown ? `-${by}` : by;
    const parts = first.text === "0" && stepText === "1" ? [end] : stepText === "1" ? [first.text, end] : [first.text, end, stepText];
    const counted = `range(${parts.join(", ")})`;
    return `for ${python} in ${context.additions?.around(node, counted) ?? counted}:`;
  };
}

function endOfRange(context: Context, node: Node, operator: string, isDown: boolean): string {
  const made = expression(context, node);
  const isWhole = made.type.kind !== "number" || made.type.whole !== false;
  if (!isWhole) context.use("import math");
  const end = isWhole ? made : access(`math.${isDown ? "floor" : "ceil"}(${made.text})`, whole);
  if (!operator.endsWith("=")) return end.text;
  const exact = isWhole ? made : access(`math.${isDown ? "ceil" : "floor"}(${made.text})`, whole);
  if (/^\d+$/.test(exact.text)) return String(Number(exact.text) + (isDown ? -1 : 1));
  const less = / - 1$/.exec(exact.text);
  if (less && !isDown) return exact.text.slice(0, less.index);
  return infix(exact, isDown ? "-" : "+", atom("1"), binds.sum, whole).text;
}

function stepOf(update: Node, name: string): { readonly sign: "+" | "-"; readonly by: Node | undefined } | undefined {
  if (update.type === "UpdateExpression" && update.argument.type === "Identifier" && update.argument.name === name)
    return { sign: update.operator === "++" ? "+" : "-", by: undefined };
  if (update.type === "AssignmentExpression" && update.left.type === "Identifier" && update.left.name === name && /^[+-]=$/.test(update.operator)) {
    return mentions(update.right, name) ? undefined : { sign: update.operator[0] as "+" | "-", by: update.right };
  }
  return undefined;
}

/** Whether the loop changes what its end depends on. */
function changes(context: Context, end: Node, inner: Node): boolean {
  let found = false;
  contains(end, (node) => {
    if (node.type === "Identifier" && isAssignedIn(inner, node.name)) found = true;
    if (
      node.type === "CallExpression" &&
      !/^(size|dim|numel)$/.test(keyName(node.callee.type === "MemberExpression" ? node.callee.property : node.callee) ?? "") &&
      !/^(Math)\./.test(context.source.slice(node.start!, node.end!))
    )
      found ||= false;
    if (node.type === "MemberExpression" && keyName(node.property) === "length") {
      const of = context.source.slice(node.object.start!, node.object.end!);
      found ||= contains(
        inner,
        (each) =>
          each.type === "CallExpression" &&
          each.callee.type === "MemberExpression" &&
          /^(push|pop|shift|unshift|splice)$/.test(keyName(each.callee.property) ?? "") &&
          context.source.slice(each.callee.object.start!, each.callee.object.end!) === of,
      );
    }
    return false;
  });
  return found;
}

function doWhile(context: Context, node: Extract<Node, { type: "DoWhileStatement" }>): void {
  context.statement({ ...node, end: node.start! + 2 } as Node, () => "while True:");
  const leave = (): void => {
    context.statement({ ...node, start: node.test.start, loc: node.test.loc } as Node, () => `if ${negated(condition(context, node.test)).text}:`);
    context.indented(() => context.line("break", startLine(node.test)));
  };
  const { loops } = context.definition;
  loops.push({ node, beforeContinue: leave });
  context.indented(() => {
    context.inLoop(node, () => {
      if (node.body.type === "BlockStatement") block(context, node.body);
      else statements(context, [node.body], node.body.start!);
    });
    leave();
  });
  loops.pop();
}

/** `values.forEach((value) => { … })` is a loop. */
function loopOfForEach(context: Context, call: Extract<Node, { type: "CallExpression" }>, node: Node): boolean {
  if (call.callee.type !== "MemberExpression" || keyName(call.callee.property) !== "forEach") return false;
  const callback = bare(call.arguments[0]!);
  if (!isFunction(callback) || (callback.body.type !== "BlockStatement" && callback.body.type.startsWith("TS"))) return false;
  if (callback.body.type === "BlockStatement" && returnsOf(callback.body) > 0) return false;
  const { object } = call.callee;
  const type = context.dry(() => expression(context, object).type);
  const [item, index] = callback.params;
  if (type.kind === "object of" && memberOf(type.of, "forEach")) return false;
  let takeApart: (() => void) | undefined;
  context.inScope(() => {
    context.statement({ ...node, end: callback.body.start } as Node, () => {
      const made = iterable(context, object);
      return context.inLoop(callback, () => {
        const isMap = type.kind === "map";
        const of = isMap ? type.value : elementOf(made.type);
        const keyType = isMap ? type.key : whole;
        if (item) declarePattern(context, item, of);
        if (index) declarePattern(context, index, keyType);
        const isPlain = !item || isLoopPattern(item);
        const name = isPlain ? (item ? patternText(context, item, of) : "_") : context.fresh("item");
        if (!isPlain) takeApart = () => assignPattern(context, item, access(name, of), item);
        if (!index && !isMap) return `for ${name} in ${loopSource(made)}:`;
        const key = index ? patternText(context, index, keyType) : "_";
        return `for ${key}, ${item?.type === "ArrayPattern" ? `(${name})` : name} in ${isMap ? made.text : `enumerate(${made.text})`}:`;
      });
    });
    context.definition.loops.push({ node: callback, beforeContinue: undefined });
    context.inLoop(callback, () =>
      context.indented(() => {
        takeApart?.();
        if (callback.body.type === "BlockStatement") block(context, callback.body);
        else expressionStatement(context, callback.body, callback.body);
      }),
    );
    context.definition.loops.pop();
  });
  context.commentsBefore(node.end!);
  return true;
}

// Failures, switches, enumerations

function tryStatement(context: Context, node: Extract<Node, { type: "TryStatement" }>): void {
  context.statement({ ...node, end: node.block.start } as Node, () => "try:");
  body(context, node.block);
  const { handler, finalizer } = node;
  if (handler) {
    context.inScope(() => {
      const { param } = handler;
      const error: Type = { kind: "instance", path: "Error" };
      if (param) declarePattern(context, param, error);
      const isNamed = param?.type === "Identifier";
      const name = param && (isNamed ? patternText(context, param, none) : context.fresh("error"));
      context.line(`except Exception${name ? ` as ${name}` : ""}:`, startLine(handler));
      if (param && name && !isNamed) context.indented(() => assignPattern(context, param, access(name, error), param));
      body(context, handler.body);
    });
  }
  if (finalizer) {
    context.line("finally:", startLine(finalizer));
    body(context, finalizer);
  }
}

/** An `if` chain. What falls through from one case with statements to the next has no twin. */
function switchStatement(context: Context, node: Extract<Node, { type: "SwitchStatement" }>): void {
  context.inScope(() => {
    let subject = atom("", unknown);
    context.statement({ ...node, end: node.discriminant.end } as Node, () => {
      const made = expression(context, node.discriminant);
      if (/^[\w.]+$/.test(made.text)) {
        subject = made;
        return undefined;
      }
      subject = atom(context.fresh("subject"), made.type);
      return `${subject.text} = ${made.text}`;
    });
    for (const each of node.cases) for (const inner of each.consequent) predeclare(context, inner);
    if (node.cases.at(-1)?.consequent.length === 0) node = { ...node, cases: node.cases.slice(0, -1) };
    let labels: string[] = [];
    let isFirst = true;
    for (const [i, each] of node.cases.entries()) {
      if (each.test)
        labels.push(subject.text === "True" ? within(condition(context, each.test), binds.or) : within(expression(context, each.test), binds.comparison + 1));
      const isLast = i === node.cases.length - 1;
      if (each.consequent.length === 0 && !isLast) {
        if (!each.test) labels.push("…");
        continue;
      }
      const isDefault = !each.test || labels.includes("…");
      const test =
        subject.text === "True" ? labels.join(" or ") : labels.length === 1 ? `${subject.text} == ${labels[0]}` : `${subject.text} in (${labels.join(", ")})`;
      if (isDefault && !isLast) context.refuse(each, "default before other cases", "put it last");
      if (isDefault && isFirst) context.line("if True:", startLine(each));
      else context.line(isDefault ? "else:" : `${isFirst ? "if" : "elif"} ${test}:`, startLine(each));
      isFirst = false;
      labels = [];
      caseBody(context, each, isLast);
    }
  });
}

function caseBody(context: Context, each: Extract<Node, { type: "SwitchCase" }>, isLast: boolean): void {
  const only = each.consequent[0];
  const own = each.consequent.length === 1 && only?.type === "BlockStatement" ? only.body : each.consequent;
  const last = own.at(-1);
  const isClosed = last && /^(Break|Return|Continue|Throw)Statement$/.test(last.type);
  if (!isClosed && !isLast && !(last && endsAnyway(last))) context.refuse(each, "a case that falls through to the next", "end it with break");
  const inner = last?.type === "BreakStatement" ? own.slice(0, -1) : own;
  if (inner.some((node) => contains(node, (part) => part.type === "BreakStatement", false) && !/^(For|While|Do|Switch)/.test(node.type)))
    context.refuse(each, "break amid a case", "write the cases as if and else");
  context.indented(() => context.inScope(() => statements(context, inner, each.start!)));
}

const endsAnyway = (node: Node): boolean =>
  node.type === "IfStatement" &&
  Boolean(node.alternate) &&
  [node.consequent, node.alternate!].every((part) => contains(part, (each) => /^(Return|Throw)Statement$/.test(each.type), false));

/** A member's type: the number that counts it, or its text. */
const enumMembers = (node: Extract<Node, { type: "TSEnumDeclaration" }>): Map<string, Type> =>
  new Map(
    membersOf(node).map(
      ({ id, initializer }) => [id.type === "Identifier" ? id.name : id.value, initializer?.type === "StringLiteral" ? string : whole] as const,
    ),
  );

const membersOf = (node: Extract<Node, { type: "TSEnumDeclaration" }>): typeof node.members => ("body" in node && node.body ? node.body.members : node.members);

function enumeration(context: Context, node: Extract<Node, { type: "TSEnumDeclaration" }>): void {
  const members = membersOf(node);
  context.statement({ ...node, end: node.id.end } as Node, () => `class ${pythonName(node.id.name)}:`);
  context.indented(() => {
    let next = 0;
    for (const member of members) {
      const name = member.id.type === "Identifier" ? member.id.name : member.id.value;
      const given = member.initializer ? expression(context, member.initializer) : atom(String(next), whole);
      if (/^\d+$/.test(given.text)) next = Number(given.text) + 1;
      context.statement(member, () => `${pythonName(name)} = ${given.text}`);
    }
  });
}

function exportNamed(context: Context, node: Extract<Node, { type: "ExportNamedDeclaration" }>): void {
  if (node.exportKind === "type") return;
  if (node.declaration) return statement(context, node.declaration);
  for (const each of node.specifiers) {
    if (each.type !== "ExportSpecifier" || each.exportKind === "type") continue;
    const name = each.exported.type === "Identifier" ? each.exported.name : each.exported.value;
    if (node.source)
      context.statement(node, () =>
        exportedFrom(context, node.source!.value, each.local.name === name ? pythonName(name) : `${pythonName(each.local.name)} as ${pythonName(name)}`),
      );
    else if (name !== each.local.name) context.statement(node, () => `${pythonName(name)} = ${expression(context, each.local).text}`);
  }
}
