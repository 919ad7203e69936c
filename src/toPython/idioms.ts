/** What Python says in a word and TypeScript in several: `setdefault`, `pop`, `next`, `getattr`, `hasattr`, `findall`, `isfile`. */
import type { Context } from "./context.ts";
import { expression } from "./grammar.ts";
import { access, quoted, receiver, type Code } from "./python.ts";
import { bare, keyName, type Node } from "./syntax.ts";
import { boolean, elementOf, list, string, unknown, type Type } from "./types.ts";

/** The word that an expression stands for; `undefined` where it stands for none. */
export function idiom(context: Context, node: Node): Code | undefined {
  switch (node.type) {
    case "SequenceExpression":
      return setDefault(context, node);
    case "CallExpression":
      return popped(context, node) ?? iterator(context, node) ?? foundAll(context, node);
    case "LogicalExpression":
      return kindOfPath(context, node);
    case "BinaryExpression":
      return hasAttribute(context, node);
    case "MemberExpression":
      return nextValue(context, node) ?? stem(context, node) ?? memberByName(context, node);
    default:
      return undefined;
  }
}

interface MethodCall {
  readonly object: Node;
  readonly given: readonly Node[];
}

/** What a call of a method of this name is of, and what it is given. */
function methodCall(node: Node | undefined, name: string): MethodCall | undefined {
  const inner = node && bare(node);
  if (inner?.type !== "CallExpression" || inner.callee.type !== "MemberExpression" || keyName(inner.callee.property, inner.callee.computed) !== name)
    return undefined;
  return { object: inner.callee.object, given: inner.arguments };
}

const same = (context: Context, ...nodes: readonly Node[]): boolean => new Set(nodes.map((node) => context.source.slice(node.start!, node.end!))).size === 1;

/** `(map.has(key) || map.set(key, value), map.get(key)!)` */
function setDefault(context: Context, { expressions: [first, second, ...more] }: Extract<Node, { type: "SequenceExpression" }>): Code | undefined {
  if (more.length > 0 || first?.type !== "LogicalExpression" || first.operator !== "||") return undefined;
  const [has, set, get] = [methodCall(first.left, "has"), methodCall(first.right, "set"), methodCall(second, "get")];
  if (!has || !set || !get || !same(context, has.object, set.object, get.object) || !same(context, has.given[0]!, set.given[0]!, get.given[0]!))
    return undefined;
  const [made, key, value] = [set.object, set.given[0]!, set.given[1]!].map((each) => expression(context, each)) as [Code, Code, Code];
  return access(`${receiver(made)}.setdefault(${key.text}, ${value.text})`, made.type.kind === "map" ? made.type.value : value.type);
}

/** `((value) => (delete record.key, value))(record.key ?? other)`, the same of a map */
function popped(context: Context, node: Extract<Node, { type: "CallExpression" }>): Code | undefined {
  const callee = bare(node.callee);
  const [given] = node.arguments;
  if (callee.type !== "ArrowFunctionExpression" || callee.params.length !== 1 || node.arguments.length !== 1 || !given) return undefined;
  const body = bare(callee.body);
  const [name] = callee.params;
  if (body.type !== "SequenceExpression" || body.expressions.length !== 2 || !same(context, body.expressions[1]!, name as Node)) return undefined;
  const gone = deleted(body.expressions[0]!);
  if (!gone) return undefined;
  const value = bare(given);
  const other = value.type === "LogicalExpression" && value.operator === "??" ? [expression(context, value.right).text] : [];
  const made = expression(context, gone.object);
  return access(
    `${receiver(made)}.pop(${[typeof gone.key === "string" ? quoted(gone.key) : expression(context, gone.key).text, ...other].join(", ")})`,
    valueOf(made.type),
  );
}

const valueOf = (type: Type): Type => (type.kind === "map" ? type.value : type.kind === "object" && type.rest ? type.rest : unknown);

/** Of what is deleted: the dictionary and its key. */
function deleted(node: Node): { readonly object: Node; readonly key: Node | string } | undefined {
  const ofMap = methodCall(node, "delete");
  if (ofMap) return { object: ofMap.object, key: ofMap.given[0]! };
  const inner = node.type === "UnaryExpression" && node.operator === "delete" ? bare(node.argument) : undefined;
  if (inner?.type !== "MemberExpression") return undefined;
  return { object: inner.object, key: inner.computed ? inner.property : (keyName(inner.property) ?? "") };
}

/** `values[Symbol.iterator]()` */
function iterator(context: Context, node: Extract<Node, { type: "CallExpression" }>): Code | undefined {
  const { callee } = node;
  const isIterator =
    callee.type === "MemberExpression" &&
    callee.computed &&
    callee.property.type === "MemberExpression" &&
    callee.property.object.type === "Identifier" &&
    callee.property.object.name === "Symbol" &&
    keyName(callee.property.property) === "iterator";
  if (!isIterator) return undefined;
  const made = expression(context, callee.object);
  return access(`iter(${made.text})`, list(elementOf(made.type)));
}

/** `iterator.next().value` */
function nextValue(context: Context, node: Extract<Node, { type: "MemberExpression" }>): Code | undefined {
  const next = keyName(node.property, node.computed) === "value" ? methodCall(node.object, "next") : undefined;
  if (!next || next.given.length > 0) return undefined;
  const made = expression(context, next.object);
  // What a dictionary gives one after another is no iterator yet.
  const isView = made.type.kind === "list" && made.type.once === true && /\.(?:keys|values|items)\(\)$/.test(made.text);
  return access(`next(${isView ? `iter(${made.text})` : made.text})`, elementOf(made.type));
}

/** `(nn as any)[name]`, `tensor[name]()` */
function memberByName(context: Context, node: Extract<Node, { type: "MemberExpression" }>): Code | undefined {
  const { property } = node;
  if (!node.computed || property.type === "StringLiteral") return undefined;
  if (isCast(node.object)) {
    const [object, key] = context.dry(() => [expression(context, node.object).type.kind, expression(context, property).type.kind]);
    if (object === "unknown" && key !== "number")
      return access(`${context.help("member_of")}(${expression(context, node.object).text}, ${expression(context, property).text})`);
  }
  const made = attributesOf(context, bare(node.object), property);
  if (!made) return undefined;
  const type: Type = made.type.kind === "api" ? { kind: "some api", path: made.type.path } : unknown;
  return access(`getattr(${made.text}, ${expression(context, property).text})`, type);
}

/** `(object as any)`: only the run tells what it has. */
const isCast = (node: Node): boolean => node.type === "TSAsExpression" && node.typeAnnotation.type === "TSAnyKeyword";

/** What has attributes and no entries, where it is asked for one by its name. */
function attributesOf(context: Context, object: Node, property: Node): Code | undefined {
  if (object.type === "Super") return undefined;
  const [{ type }, key] = context.dry(() => [expression(context, object), expression(context, property)] as const);
  const isModule = type.kind === "instance" && /^nn\.(Some)?Module$/.test(type.path);
  const isObject = (type.kind === "object of" || isModule) && key.type.kind !== "number";
  return type.kind === "api" || isObject || (type.kind === "tensor" && key.type.kind === "string") ? expression(context, object) : undefined;
}

/** `"length" in Object(value)` */
function hasAttribute(context: Context, { operator, left, right }: Extract<Node, { type: "BinaryExpression" }>): Code | undefined {
  const [asked, of] = [bare(left), bare(right)];
  if (operator !== "in" || asked.type !== "StringLiteral" || of.type !== "CallExpression") return undefined;
  if (of.callee.type !== "Identifier" || of.callee.name !== "Object" || context.scope.find("Object") || of.arguments.length !== 1) return undefined;
  const name = asked.value === "length" ? "__len__" : asked.value;
  return access(`hasattr(${expression(context, of.arguments[0]!).text}, ${quoted(name)})`, boolean);
}

/** `[...text.matchAll(/…/g)].map((match) => match.at(-1)!)`: of each match its last group, or all of it. */
function foundAll(context: Context, node: Extract<Node, { type: "CallExpression" }>): Code | undefined {
  const mapped = methodCall(node, "map");
  const spread = mapped && bare(mapped.object);
  const [only] = spread?.type === "ArrayExpression" ? spread.elements : [];
  const matches = only?.type === "SpreadElement" ? methodCall(only.argument, "matchAll") : undefined;
  const [pattern, each] = [matches?.given[0], mapped?.given[0]].map((one) => one && bare(one));
  if (!matches || pattern?.type !== "RegExpLiteral" || each?.type !== "ArrowFunctionExpression") return undefined;
  const last = methodCall(each.body, "at");
  if (!last || !same(context, last.object, each.params[0]!) || context.source.slice(last.given[0]!.start!, last.given[0]!.end!) !== "-1") return undefined;
  // With several groups Python gives all of them.
  if ((pattern.pattern.match(/\((?!\?)/g) ?? []).length > 1) return undefined;
  return access(`${receiver(expression(context, pattern))}.findall(${expression(context, matches.object).text})`, list(string));
}

/** What a function of Node's is given, of `name(…)` and `path.name(…)`. */
function nodeCall(context: Context, node: Node, name: string): readonly Node[] | undefined {
  const inner = bare(node);
  if (inner.type !== "CallExpression") return undefined;
  const callee = bare(inner.callee);
  const called = callee.type === "MemberExpression" ? keyName(callee.property, callee.computed) : callee.type === "Identifier" ? callee.name : undefined;
  const owner = callee.type === "MemberExpression" ? bare(callee.object) : callee;
  const type = owner.type === "Identifier" ? context.scope.find(owner.name)?.type() : undefined;
  return called === name && type?.kind === "module" && type.path.startsWith("node:") ? inner.arguments : undefined;
}

/** `parse(path).name`: a file's name without its ending */
function stem(context: Context, node: Extract<Node, { type: "MemberExpression" }>): Code | undefined {
  const [path] = (keyName(node.property, node.computed) === "name" && nodeCall(context, node.object, "parse")) || [];
  if (!path) return undefined;
  context.use("import os");
  return access(`os.path.splitext(os.path.basename(${expression(context, path).text}))[0]`, string);
}

/** `statSync(path, { throwIfNoEntry: false })?.isFile() ?? false` */
function kindOfPath(context: Context, { left, right }: Extract<Node, { type: "LogicalExpression" }>): Code | undefined {
  const asked = bare(left);
  if (right.type !== "BooleanLiteral" || right.value || asked.type !== "OptionalCallExpression" || asked.callee.type !== "OptionalMemberExpression")
    return undefined;
  const test = { isFile: "isfile", isDirectory: "isdir" }[keyName(asked.callee.property) ?? ""];
  const [path] = nodeCall(context, asked.callee.object, "statSync") ?? [];
  if (!test || !path) return undefined;
  context.use("import os");
  return access(`os.path.${test}(${expression(context, path).text})`, boolean);
}
