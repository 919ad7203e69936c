/** Expressions. */
import { listed, materialized, iterable } from "./sequences.ts";
import { isDtype, propertyType, pythonPath, dtypeName, noTwinOf } from "./api.ts";
import { call, construction } from "./calls.ts";
import { type Context } from "./context.ts";
import { template, numberText } from "./formats.ts";
import { functionValue } from "./functions.ts";
import { homeValue } from "./homecoming.ts";
import { idiom } from "./idioms.ts";
import { access, atom, attributeName, binds, code, comparison, infix, memberName, pythonName, quoted, receiver, snake, within, type Code } from "./python.ts";
import { compiled, isMatch, matchProperty } from "./regularExpressions.ts";
import { asDictionary, globalConstant } from "./standard.ts";
import { bare, keyName, startLine, type Node } from "./syntax.ts";
import { want, wantAsInterface } from "./wanted.ts";
import {
  annotated,
  boolean,
  either,
  elementOf,
  elementType,
  float,
  functionOf,
  isModuleLike,
  orAnother,
  list,
  none,
  noParameters,
  number,
  parsed,
  isGroup,
  paramGroup,
  string,
  tensor,
  tuple,
  unknown,
  whole,
  type ClassInfo,
  type Type,
  isLate,
  memberOf,
} from "./types.ts";

export function expression(context: Context, node: Node): Code {
  const made = idiom(context, node) ?? plainExpression(context, node);
  return context.additions?.applied(context, node, made) ?? made;
}

function plainExpression(context: Context, node: Node): Code {
  switch (node.type) {
    case "NumericLiteral":
      return numberLiteral(node.extra?.["raw"] as string, node.value);
    case "BigIntLiteral":
      return atom(node.value, whole);
    case "StringLiteral":
      return atom(quoted(node.value), string);
    case "BooleanLiteral":
      return atom(node.value ? "True" : "False", boolean);
    case "NullLiteral":
      return atom("None", none);
    case "TemplateLiteral":
      return template(context, node);
    case "Identifier":
      return identifier(context, node);
    case "ThisExpression":
      if (!context.scope.find("this")) return context.refuse(node, "this outside of a class");
      return atom(context.scope.find("this")?.python ?? "self", context.scope.find("this")?.type() ?? unknown);
    case "ParenthesizedExpression":
    case "TSNonNullExpression":
    case "TSInstantiationExpression":
      return expression(context, node.expression);
    case "AwaitExpression":
      return expression(context, node.argument);
    case "TSAsExpression":
    case "TSSatisfiesExpression":
    case "TSTypeAssertion":
      return asserted(context, node);
    case "ArrayExpression":
      return arrayLiteral(context, node);
    case "ObjectExpression":
      return objectLiteral(context, node);
    case "MemberExpression":
      return member(context, node);
    case "OptionalMemberExpression":
      return optionalMember(context, node);
    case "OptionalCallExpression":
      return optionalCall(context, node);
    case "CallExpression":
      return call(context, node);
    case "NewExpression":
      return construction(context, node);
    case "BinaryExpression":
      return binary(context, node);
    case "LogicalExpression":
      return logical(context, node);
    case "UnaryExpression":
      return unary(context, node);
    case "ConditionalExpression":
      return conditional(context, node);
    case "AssignmentExpression":
      return assignmentValue(context, node);
    case "UpdateExpression":
      return updateValue(context, node);
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return functionValue(context, node);
    case "SequenceExpression":
      return {
        ...access(`(${node.expressions.map((each) => expression(context, each).text).join(", ")})[-1]`),
        type: context.dry(() => expression(context, node.expressions.at(-1)!).type),
      };
    case "YieldExpression": {
      const given = node.argument ? expression(context, node.argument) : undefined;
      return code(`yield${node.delegate ? " from" : ""}${given ? ` ${given.text}` : ""}`, binds.lambda);
    }
    case "RegExpLiteral":
      return compiled(context, node);
    case "MetaProperty":
      return isNewTarget(node) && context.scope.find("this")
        ? access("type(self)", context.scope.find("this")!.type())
        : context.refuse(node, context.source.slice(node.start!, node.end!));
    case "ClassExpression":
      return context.refuse(node, "a class inside an expression", "give it a name with `class Name …`");
    default:
      return context.refuse(node, context.source.slice(node.start!, node.end!).split("\n")[0]!.slice(0, 60));
  }
}

/** As written, but for what Python would take for a float: `1e3` is 1000. */
function numberLiteral(raw: string, value: number): Code {
  if (/^\d[\d_]*e\+?\d+$/i.test(raw)) return atom(BigInt(value).toString(), whole);
  const isWhole = /^(0[xob][\da-f_]+|\d[\d_]*)$/i.test(raw);
  return atom(raw.replace(/n$/, ""), isWhole ? whole : float);
}

function identifier(context: Context, node: Extract<Node, { type: "Identifier" }>): Code {
  const binding = context.scope.find(node.name);
  if (!binding)
    return (
      homeValue(context, node.name) ?? globalConstant(context, node.name) ?? (node.name === "undefined" ? atom("None", none) : context.refuse(node, node.name))
    );
  const type = binding.type();
  if (type.kind !== "api") return atom(binding.python, type);
  return apiName(context, node, type.path);
}

/** Something of Kindling's by its name, not called. */
export function apiName(context: Context, node: Node, path: string): Code {
  const refused = noTwinOf(path);
  if (refused !== undefined) return { ...context.refuse(node, path, refused), type: { kind: "api", path } };
  if (isDtype(path)) {
    context.use("import torch");
    return access(dtypeName(path), { kind: "api", path });
  }
  return access(pythonPath(context, path), { kind: "api", path });
}

function asserted(context: Context, node: Extract<Node, { type: "TSAsExpression" | "TSSatisfiesExpression" | "TSTypeAssertion" }>): Code {
  const stated = annotated(node.typeAnnotation, context);
  want(context, node.expression, stated);
  const made = expression(context, node.expression);
  // An error stays one, whatever it is said to have.
  if (stated.kind === "object" && made.type.kind === "instance" && made.type.path === "Error") return made;
  if (stated.kind === "unknown" || stated.kind === made.type.kind)
    return stated.kind === "list" && made.type.kind === "list" && made.type.of.kind === "unknown" ? { ...made, type: stated } : made;
  return { ...made, type: stated };
}

// Lists and dictionaries

function arrayLiteral(context: Context, node: Extract<Node, { type: "ArrayExpression" }>): Code {
  const items = node.elements.map((element) => {
    if (!element) return { text: "None", type: none, node };
    if (element.type !== "SpreadElement") {
      const made = materialized(expression(context, element));
      return { text: within(made, binds.conditional), type: made.type, node: element };
    }
    const made = iterable(context, element.argument);
    return { text: `*${within(made, binds.bitOr)}`, type: elementOf(made.type), node: element, spread: true, alone: made };
  });
  const [only] = items;
  if (items.length === 1 && only && "alone" in only && only.alone) return spreadAlone(only.alone);
  const hasSpread = items.some((item) => "spread" in item);
  const types = items.map(({ type }) => type);
  const type = hasSpread || new Set(types.map(({ kind }) => kind)).size <= 1 ? list(types.length > 0 ? types.reduce(either) : unknown) : tuple(...types);
  return atom(listed("[", "]", items, startLine(node)), hasSpread || type.kind === "list" ? type : type);
}

/** `[...values]` */
function spreadAlone(made: Code): Code {
  if (made.text.startsWith("[") && made.text.endsWith("]") && made.type.kind === "list" && made.tight === binds.atom) return made;
  return access(`list(${made.text})`, list(elementOf(made.type)));
}

function objectLiteral(context: Context, node: Extract<Node, { type: "ObjectExpression" }>): Code {
  if (isGroup(node.properties.map((each) => (each.type === "ObjectProperty" ? (keyName(each.key, each.computed) ?? "") : ""))))
    return apiDictionary(context, node);
  const fields = new Map<string, Type>();
  let rest: Type | undefined;
  const items = node.properties.map((property) => {
    if (property.type === "SpreadElement") {
      const made = asDictionary(context, spreadFields(context, property.argument));
      if (made.type.kind === "object") made.type.fields.forEach((type, name) => fields.set(name, type));
      return { text: `**${within(made, binds.bitOr)}`, node: property };
    }
    const key = keyName(property.key, property.computed);
    if (property.type === "ObjectMethod" && property.kind !== "method")
      return { text: `${quoted(key ?? "")}: ${context.refuse(property, `a ${property.kind}ter of a plain object`, "make it a class").text}`, node: property };
    if (key !== undefined) wantAsInterface(context, property.type === "ObjectMethod" ? property : property.value, key);
    const made = property.type === "ObjectMethod" ? functionValue(context, property, [], undefined, key) : materialized(expression(context, property.value));
    if (key === undefined) rest = made.type;
    else fields.set(key, made.type);
    return { text: `${key === undefined ? computedKey(context, property.key) : quoted(key)}: ${within(made, binds.conditional)}`, node: property };
  });
  return atom(listed("{", "}", items, startLine(node)), { kind: "object", fields, ...(rest && { rest }) });
}

/** What is spread into an object: of nothing, nothing. */
function spreadFields(context: Context, node: Node): Code {
  const inner = bare(node);
  const made = inner.type === "MemberExpression" ? perhaps(context, inner) : expression(context, node);
  const mayBeMissing =
    (inner.type === "LogicalExpression" && inner.operator === "&&") ||
    inner.type === "OptionalMemberExpression" ||
    (inner.type === "MemberExpression" && isMissable(context, inner));
  return mayBeMissing ? { ...code(`${within(made, binds.or + 1)} or {}`, binds.or, made.type) } : expression(context, node);
}

/** Whether a dictionary may not have the entry. */
function isMissable(context: Context, { object, property, computed }: Extract<Node, { type: "MemberExpression" }>): boolean {
  const { type } = context.dry(() => expression(context, object));
  const name = keyName(property, computed);
  return type.kind === "object" && (name === undefined || type.optional?.has(name) === true || (type.rest !== undefined && !type.fields.has(name)));
}

/** `[key]` of a plain object, whose keys are texts. */
const computedKey = (context: Context, node: Node): string => fieldKey(expression(context, node));

const fieldKey = ({ text, type }: Code): string => (type.kind === "number" ? `str(${text})` : text);

/** What is between the brackets, or the name behind the point. */
const keyOfMember = (context: Context, { computed, property }: Extract<Node, { type: "MemberExpression" | "OptionalMemberExpression" }>): string =>
  computed ? computedKey(context, property) : quoted(keyName(property) ?? "");

/** A dictionary whose names are Kindling's: a group of parameters. */
export function apiDictionary(context: Context, node: Extract<Node, { type: "ObjectExpression" }>): Code {
  const items = node.properties.map((property) => {
    if (property.type !== "ObjectProperty")
      return {
        text: property.type === "SpreadElement" ? `**${expression(context, property.argument).text}` : context.refuse(property, "a method here").text,
        node: property,
      };
    const key = keyName(property.key, property.computed) ?? "";
    return { text: `${quoted(snake(key))}: ${within(expression(context, property.value), binds.conditional)}`, node: property };
  });
  return atom(listed("{", "}", items, startLine(node)), paramGroup);
}

// Members

function member(context: Context, node: Extract<Node, { type: "MemberExpression" }>): Code {
  const { object, property } = node;
  if (!node.computed && property.type === "Identifier") {
    const global = bare(object);
    if (global.type === "Identifier" && !context.scope.find(global.name)) {
      const constant = globalConstant(context, `${global.name}.${property.name}`);
      if (constant) return constant;
    }
    if (isFileName(node)) return access("__file__", string);
    if (isNewTarget(object) && property.name === "name") return access(`${expression(context, object).text}.__name__`, string);
    if (object.type === "MemberExpression" && property.name === "name" && keyName(object.property) === "constructor")
      return access(`type(${expression(context, object.object).text}).__name__`, string);
    if (property.name === "constructor" && object.type !== "Super")
      return access(`type(${expression(context, object).text})`, classOf(expression(context, object).type));
  }
  if (node.computed && object.type === "Identifier" && object.name === "Math" && !context.scope.find("Math"))
    return access(`${context.help("math_function")}(${expression(context, property).text})`, functionOf(number, { ...noParameters, rest: true }));
  if (object.type === "Super") return access(`super().${attributeName(keyName(property) ?? "")}`);
  if (object.type === "MetaProperty") return metaMember(context, node);
  const made = expression(context, object);
  if (node.computed && isEnvironment(made) && !context.certain.has(node))
    return access(`${made.text}.get(${expression(context, property).text})`, either(string, none));
  return node.computed ? indexed(context, made, property) : propertyOf(context, node, made, keyName(property) ?? "");
}

const classOf = (type: Type): Type => (type.kind === "object of" ? { kind: "class", of: type.of } : unknown);

/** `import.meta.filename` */
const isFileName = (node: Extract<Node, { type: "MemberExpression" }>): boolean => node.object.type === "MetaProperty" && keyName(node.property) === "filename";

/** `new.target`, the class of what is being made */
const isNewTarget = (node: Node): boolean => node.type === "MetaProperty" && node.meta.name === "new";

function metaMember(context: Context, node: Extract<Node, { type: "MemberExpression" }>): Code {
  context.use("from pathlib import Path");
  return keyName(node.property) === "dirname" ? access("Path(__file__).parent", string) : access("__file__", string);
}

/** `made[property]` */
function indexed(context: Context, made: Code, property: Node): Code {
  const at = wholeExpression(context, property);
  // A number's name among those of an enumeration.
  if (isEnumeration(made.type) && at.type.kind !== "string") return access(`${context.help("name_of")}(${made.text}, ${at.text})`, string);
  const type =
    made.type.kind === "tuple" && property.type === "NumericLiteral"
      ? (made.type.of[property.value] ?? unknown)
      : made.type.kind === "object"
        ? (made.type.rest ?? (property.type === "StringLiteral" ? made.type.fields.get(property.value) : someField(made.type)) ?? unknown)
        : elementOf(made.type);
  const key = made.type.kind === "object" ? fieldKey(at) : at.text;
  return access(`${receiver(materialized(made))}[${key}]`, type);
}

const isEnumeration = (type: Type): boolean => type.kind === "module" && type.path === "enum";

/** One of the fields, where only the run tells which: classes of Kindling's stay some of its classes. */
function someField({ fields }: Type & { kind: "object" }): Type | undefined {
  const [first, ...others] = fields.values();
  return first && others.reduce(either, orAnother(first));
}

const hasField = (type: Type & { kind: "object" | "object of" }, name: string): boolean =>
  type.kind === "object" ? type.fields.has(name) : type.of.fields.has(name) && !type.of.getters.has(name);

/** `made.name` */
export function propertyOf(context: Context, node: Node, made: Code, name: string): Code {
  const { type } = made;
  const isField = (type.kind === "object" || type.kind === "object of") && hasField(type, name);
  if (name === "length" && !isField) return access(`len(${materialized(made).text})`, whole);
  switch (type.kind) {
    case "api": {
      const path = [type.path, name].filter(Boolean).join(".");
      return apiName(context, node, path);
    }
    case "module":
      return access(`${made.text}.${pythonName(name)}`, type.members?.get(name) ?? unknown);
    case "map":
    case "set":
      if (name === "size") return access(`len(${made.text})`, whole);
      break;
    case "object": {
      if (name === "params" && type === paramGroup) return access(`${receiver(made)}["params"]`, list(tensor));
      if (isEnvironment(made) && !context.certain.has(node)) return access(`${made.text}.get(${quoted(name)})`, either(string, none));
      const key = type === paramGroup ? snake(name) : name;
      const field = type.fields.get(name) ?? type.rest ?? unknown;
      return type.optional?.has(name) && !context.certain.has(node)
        ? access(`${receiver(made)}.get(${quoted(key)})`, either(field, none))
        : access(`${receiver(made)}[${quoted(key)}]`, field);
    }
    case "object of": {
      const own = memberOf(type.of, name);
      if (!own && isOfError(type.of) && /^(message|cause)$/.test(name)) return errorProperty(context, made, name);
      if (own) return access(`${receiver(made)}.${memberName(type.of, name)}`, name === "paramGroups" ? propertyType("", name) : own);
      return access(`${receiver(made)}.${isDeclared(context, type.of, name) ? attributeName(name) : snake(name)}`, propertyType("nn.Module", name));
    }
    case "class": {
      const own = type.of.statics.get(name) ?? unknown;
      const text = `${made.text}.${attributeName(name)}`;
      return type.of.staticGetters.has(name) && own.kind === "function" ? access(`${text}()`, own.returns) : access(text, own);
    }
    case "tensor":
      return tensorProperty(made, name);
    case "function":
      if (name !== "name") return access(`${receiver(made)}.${attributeName(name)}`);
      break;
    case "instance":
      if (type === parsed) return access(`${receiver(made)}[${quoted(name)}]`, parsed);
      if (isMatch(type)) return matchProperty(made, name) ?? context.refuse(node, `match.${name}`);
      if (type.path === "Error") return errorProperty(context, made, name);
      if (type.path.startsWith("nn.") && context.classMembers.has(name) && name !== snake(name))
        return access(`${receiver(made)}.${attributeName(name)}`, propertyType(type.path, name));
      return access(`${receiver(made)}.${snake(name)}`, propertyType(type.path, name));
    default:
      return unknownProperty(context, made, name);
  }
  return unknownProperty(context, made, name);
}

/** What isn't set there is missing, as it is in JavaScript. */
const isEnvironment = ({ text }: Code): boolean => text === "os.environ";

const isOfError = ({ base }: ClassInfo): boolean => (base.kind === "class" ? isOfError(base.of) : base.kind === "instance" && base.path === "Error");

function errorProperty(context: Context, made: Code, name: string): Code {
  switch (name) {
    case "message":
      return access(`str(${made.text})`, string);
    case "name":
      return access(`${context.help("error_name")}(${made.text})`, string);
    case "cause":
      return access(`${receiver(made)}.__cause__`, made.type);
    default:
      return access(`getattr(${made.text}, ${quoted(attributeName(name))}, None)`);
  }
}

function tensorProperty(made: Code, name: string): Code {
  const type: Type =
    name === "shape"
      ? list(whole)
      : name === "requiresGrad" || name === "isLeaf"
        ? boolean
        : name === "dtype"
          ? elementType
          : name === "device" || name === "gradFn"
            ? unknown
            : name === "ndim"
              ? whole
              : made.type;
  return access(`${receiver(made)}.${snake(name)}`, type);
}

/** Of a value about which nothing is known the name has to tell: a field of the program's own objects, or PyTorch's attribute. */
function unknownProperty(context: Context, made: Code, name: string): Code {
  const isField =
    context.objectFields.has(name) &&
    !context.classMembers.has(name) &&
    !/^(shape|grad|data|weight|bias|training|values|indices|dtype|device|requiresGrad)$/.test(name);
  if (isField) return access(`${receiver(made)}[${quoted(name)}]`);
  if (name === "message") return access(`str(${made.text})`, string);
  if (name === "size") return access(`len(${made.text})`, whole);
  const type =
    name === "shape"
      ? list(whole)
      : name === "training" || name === "requiresGrad"
        ? boolean
        : name === "grad" || name === "weight" || name === "bias" || name === "data"
          ? tensor
          : unknown;
  return access(`${receiver(made)}.${context.classMembers.has(name) ? attributeName(name) : snake(name)}`, type);
}

const isDeclared = (context: Context, info: ClassInfo, name: string): boolean =>
  memberOf(info, name) !== undefined ||
  info.getters.has(name) ||
  (context.classMembers.has(name) && snake(name) !== name && !/^(requiresGrad|inFeatures|outFeatures|trainingMode)$/.test(name));

function optionalMember(context: Context, node: Extract<Node, { type: "OptionalMemberExpression" }>): Code {
  const made = node.optional ? perhaps(context, node.object) : expression(context, node.object);
  const isDictionary = made.type.kind === "object" && made.type !== paramGroup;
  const inner = (value: Code): Code =>
    isDictionary
      ? access(`${receiver(value)}.get(${keyOfMember(context, node)})`, propertyOf(context, node, value, keyName(node.property) ?? "").type)
      : node.computed
        ? indexed(context, value, node.property)
        : propertyOf(context, node, value, keyName(node.property) ?? "");
  return node.optional ? unlessNone(context, made, inner) : inner(made);
}

function optionalCall(context: Context, node: Extract<Node, { type: "OptionalCallExpression" }>): Code {
  const { callee } = node;
  const plain = { ...node, type: "CallExpression" as const, optional: null };
  if (callee.type === "OptionalMemberExpression" && callee.optional) {
    const made = expression(context, callee.object);
    return unlessNone(context, made, (value) => {
      context.scope.bindings.set("optional receiver", { python: value.text, owner: context.definition, loop: undefined, isSet: true, type: () => value.type });
      const object: Node = { ...callee.object, type: "Identifier", name: "optional receiver" } as Node;
      return call(context, { ...plain, callee: { ...callee, type: "MemberExpression", object, optional: null } } as never);
    });
  }
  const asked = node.optional ? callOfInterface(context, callee, node.arguments) : undefined;
  if (asked) return asked;
  if (node.optional) return unlessNone(context, expression(context, callee), () => call(context, plain as never));
  return call(context, { ...plain, callee: callee.type === "OptionalMemberExpression" ? { ...callee, type: "MemberExpression" } : callee } as never);
}

const argumentText = (context: Context, node: Node): string => {
  const made = materialized(expression(context, node));
  return made.tight === binds.lambda ? `(${made.text})` : made.text;
};

/** A call of a method that an interface names, of an object of which no more is known: it may have none. */
function callOfInterface(context: Context, callee: Node, given: readonly Node[]): Code | undefined {
  if (callee.type !== "MemberExpression" || callee.computed) return undefined;
  const name = keyName(callee.property) ?? "";
  const made = expression(context, callee.object);
  if (made.type.kind !== "unknown" || !context.interfaceMethods.has(name)) return undefined;
  const texts = given.map((each) =>
    each.type === "SpreadElement" ? `*${within(iterable(context, each.argument), binds.bitOr)}` : argumentText(context, each),
  );
  return access(`${context.help("call_if_there")}(${[made.text, quoted(attributeName(name)), ...texts].join(", ")})`);
}

/** What `use` makes of the value, or `None` where it is `None`. */
function unlessNone(context: Context, made: Code, use: (value: Code) => Code): Code {
  if (/^[\w.]+$/.test(made.text)) {
    const used = use(made);
    return code(`${within(used, binds.or)} if ${made.text} is not None else None`, binds.conditional, used.type);
  }
  const name = context.fresh("value");
  const used = use(atom(name, made.type));
  return code(`${within(used, binds.or)} if (${name} := ${made.text}) is not None else None`, binds.conditional, used.type);
}

// Operators

const arithmetic: Readonly<Record<string, number>> = { "+": binds.sum, "-": binds.sum, "*": binds.product };
const comparisons: Readonly<Record<string, string>> = { "===": "==", "!==": "!=", "==": "==", "!=": "!=", "<": "<", ">": ">", "<=": "<=", ">=": ">=" };

/** `key in of` */
function membership(key: Code, of: Code): Code {
  return of.type.kind === "object of" ? access(`hasattr(${of.text}, ${key.text})`, boolean) : comparison(key, "in", of, boolean);
}

function binary(context: Context, node: Extract<Node, { type: "BinaryExpression" }>): Code {
  const { operator } = node;
  if (operator === "instanceof") return instanceTest(context, node);
  if (operator === "in") return membership(expression(context, node.left), expression(context, node.right));
  if (/^(===|!==|==|!=)$/.test(operator)) return equality(context, node);
  const [left, right] = [expression(context, node.left), expression(context, node.right)];
  if (operator in comparisons) return comparison(left, comparisons[operator]!, right, boolean);
  return calculated(context, node, operator, left, right);
}

/** `left operator right` of numbers and strings. */
export function calculated(context: Context, node: Node, operator: string, left: Code, right: Code): Code {
  const type = numeric(left, right);
  switch (operator) {
    case "+":
      if (left.type.kind === "string" || right.type.kind === "string") return infix(asText(left), "+", asText(right), binds.sum, string);
      return infix(left, "+", right, binds.sum, type);
    case "-":
      return infix(left, operator, right, binds.sum, type);
    case "*":
      return product(left, right, type);
    case "/":
      return infix(left, "/", right, binds.product, float);
    case "%":
      return remainder(context, node, left, right, type);
    case "**":
      return code(`${within(left, binds.access)} ** ${within(right, binds.sign)}`, binds.power, type);
    default:
      return bitwise(context, node, operator, left, right);
  }
}

/** Numbers that get too large to be whole ones in JavaScript are rounded there. */
function product(left: Code, right: Code, type: Type): Code {
  const made = infix(left, "*", right, binds.product, type);
  const isLarge = [left, right].some(({ text }) => /^(\d+|0x[\da-f]+)$/i.test(text) && Number(text) >= 2 ** 21);
  return isLarge && !(type.kind === "number" && type.whole === false) ? access(`float(${made.text})`, float) : made;
}

const numeric = (left: Code, right: Code): Type =>
  left.type.kind === "number" && right.type.kind === "number"
    ? left.type.whole === right.type.whole
      ? left.type
      : left.type.whole === false || right.type.whole === false
        ? float
        : number
    : number;

/** A number where text is asked for. */
function asText(made: Code): Code {
  return made.type.kind === "string" ? made : numberText(made);
}

/** JavaScript's remainder has the sign of the left side, Python's that of the right: the same unless the left can be negative. */
function remainder(context: Context, node: Node, left: Code, right: Code, type: Type): Code {
  // `(i - 1 + n) % n` adds what keeps it from being negative.
  const isKept = left.text.endsWith(` + ${right.text}`) || left.text.startsWith(`${right.text} + `);
  if (isKept || context.signs?.isSame(node)) return infix(left, "%", right, binds.product, type);
  if (type.kind === "number" && type.whole === undefined) return access(`${context.help("remainder")}(${left.text}, ${right.text})`, number);
  context.use("import math");
  const made = access(`math.fmod(${left.text}, ${right.text})`, float);
  return type.kind === "number" && type.whole ? access(`int(${made.text})`, whole) : made;
}

function bitwise(context: Context, node: Node, operator: string, left: Code, right: Code): Code {
  const [a, b] = [left, right].map((each) =>
    /^(int32|imul)\(/.test(each.text) || /^\d+$/.test(each.text) ? each : access(`${context.help("int32")}(${each.text})`, whole),
  );
  if (!a || !b) return context.refuse(node, operator);
  if (operator === "|" && b.text === "0") return a;
  const tight = { "&": binds.bitAnd, "|": binds.bitOr, "^": binds.bitXor, "<<": binds.shift, ">>": binds.shift }[operator];
  if (operator === "<<") return access(`int32(${within(a, binds.shift)} << (${b.text} & 31))`, whole);
  if (operator === ">>") return code(`${within(a, binds.shift)} >> (${b.text} & 31)`, binds.shift, whole);
  if (operator === ">>>") return shiftedUnsigned(context, left, b);
  if (tight === undefined) return context.refuse(node, operator);
  const big = [a, b].some(({ text }) => /^\d+$/.test(text) && Number(text) >= 2 ** 31);
  return big ? access(`int32(${infix(a, operator, b, tight, whole).text})`, whole) : infix(a, operator, b, tight, whole);
}

/** `x >>> places`: without places it is the number without its sign. */
function shiftedUnsigned(context: Context, { text }: Code, places: Code): Code {
  const made = access(`${context.help("uint32")}(${text})`, whole);
  if (places.text === "0") return made;
  const factor = /^\d+$/.test(places.text) ? String(2 ** (Number(places.text) & 31)) : `2 ** (${places.text} & 31)`;
  return infix(made, "//", code(factor, /^\d/.test(factor) && !factor.includes(" ") ? binds.atom : binds.power), binds.product, whole);
}

function instanceTest(context: Context, node: Extract<Node, { type: "BinaryExpression" }>): Code {
  const type = bare(node.right);
  const names: Readonly<Record<string, string>> = {
    Map: "dict",
    Set: "set",
    Array: "(list, tuple)",
    Error: "Exception",
    RangeError: "ValueError",
    TypeError: "TypeError",
  };
  const name = type.type === "Identifier" && !context.scope.find(type.name) ? names[type.name] : undefined;
  return access(`isinstance(${expression(context, node.left).text}, ${name ?? expression(context, node.right).text})`, boolean);
}

const typeNames: Readonly<Record<string, string>> = { number: "(int, float)", string: "str", boolean: "bool", function: "" };

function equality(context: Context, node: Extract<Node, { type: "BinaryExpression" }>): Code {
  const isNot = node.operator.startsWith("!");
  const sides = [bare(node.left), bare(node.right)];
  const typeTest = sides.find((side) => side.type === "UnaryExpression" && side.operator === "typeof");
  const literal = sides.find((side) => side.type === "StringLiteral");
  if (typeTest?.type === "UnaryExpression" && literal?.type === "StringLiteral") {
    const of = expression(context, typeTest.argument);
    if (literal.value === "undefined") return comparison(of, isNot ? "is not" : "is", atom("None"), boolean);
    if (literal.value === "function") return isNot ? code(`not callable(${of.text})`, binds.not, boolean) : access(`callable(${of.text})`, boolean);
    const test = access(`isinstance(${of.text}, ${typeNames[literal.value] ?? "object"})`, boolean);
    return isNot ? code(`not ${test.text}`, binds.not, boolean) : test;
  }
  const mayBeNone = sides.some((side) => side.type === "NullLiteral" || (side.type === "Identifier" && side.name === "undefined"));
  const side = mayBeNone ? perhaps : expression;
  const [left, right] = [side(context, node.left), side(context, node.right)];
  const isSame =
    left.type.kind === "none" ||
    right.type.kind === "none" ||
    isModuleLike(left.type) ||
    isModuleLike(right.type) ||
    left.type.kind === "tensor" ||
    right.type.kind === "tensor";
  return comparison(left, isSame ? (isNot ? "is not" : "is") : isNot ? "!=" : "==", right, boolean);
}

/** What decides an `if`: what JavaScript takes for true and Python doesn't, or the other way, is asked for by name. */
export function condition(context: Context, node: Node): Code {
  const inner = bare(node);
  if (inner.type === "LogicalExpression" && inner.operator !== "??") {
    const left = condition(context, inner.left);
    const right = context.inBranch(() => condition(context, inner.right));
    return inner.operator === "&&" ? infix(left, "and", right, binds.and, boolean) : infix(left, "or", right, binds.or, boolean);
  }
  if (inner.type === "UnaryExpression" && inner.operator === "!") return negated(condition(context, inner.argument));
  return truth(perhaps(context, node));
}

/** Tensors, lists and objects are true in JavaScript whatever is in them. */
function truth(made: Code): Code {
  if (["tensor", "list", "tuple", "map", "set", "object", "instance", "object of"].includes(made.type.kind))
    return comparison(made, "is not", atom("None"), boolean);
  return made;
}

export function negated(made: Code): Code {
  const opposite = / is (not )?None$/.exec(made.text);
  if (opposite && made.tight === binds.comparison && !/ (and|or) /.test(made.text))
    return code(made.text.replace(/ is (not )?None$/, opposite[1] ? " is None" : " is not None"), binds.comparison, boolean);
  return code(`not ${within(made, binds.not)}`, binds.not, boolean);
}

/** An expression that may find nothing: what isn't in a dictionary is `None`, as JavaScript's `undefined`. */
export function perhaps(context: Context, node: Node): Code {
  const inner = bare(node);
  if (inner.type === "MemberExpression" && inner.object.type !== "Super") {
    const object = bare(inner.object);
    if (object.type !== "Identifier" || context.scope.find(object.name)) {
      const made = expression(context, object);
      const key = keyOfMember(context, inner);
      if (made.type.kind === "object" && made.type !== paramGroup) return access(`${receiver(made)}.get(${key})`, expression(context, inner).type);
      const name = keyName(inner.property, inner.computed);
      const isMissable = made.type.kind === "object of" ? isLate(made.type.of, name) : made.type.kind === "tensor" && name?.startsWith("_");
      if (isMissable) return access(`getattr(${made.text}, ${key}, None)`, expression(context, inner).type);
    }
  }
  return expression(context, node);
}

/** `list[i] ?? other`: what is beyond the list's ends is the other. */
export function withinList(context: Context, left: Node, right: Node | undefined): Code | undefined {
  const inner = bare(left);
  if (inner.type !== "MemberExpression" || !inner.computed) return undefined;
  const made = expression(context, inner.object);
  if (made.type.kind !== "list") return undefined;
  const at = wholeExpression(context, inner.property);
  const item = expression(context, inner);
  const other = right ? context.inBranch(() => expression(context, right)) : atom("None", none);
  return code(
    `${within(item, binds.or)} if 0 <= ${within(at, binds.comparison + 1)} < len(${made.text}) else ${within(other, binds.conditional)}`,
    binds.conditional,
    either(item.type, other.type),
  );
}

function logical(context: Context, node: Extract<Node, { type: "LogicalExpression" }>): Code {
  const inList = node.operator === "??" ? withinList(context, node.left, node.right) : undefined;
  if (inList) return inList;
  const left = perhaps(context, node.left);
  const right = context.inBranch(() => expression(context, node.right));
  const type = either(left.type, right.type);
  const got = /^(.*)\.get\(((?:tuple|str)?\([^()]*\)|[^()]*)\)$/.exec(left.text);
  if (node.operator === "??") {
    if (got && right.tight > binds.lambda && isCheap(right.text)) return access(`${got[1]}.get(${got[2]}, ${right.text})`, type);
    return chosen(context, left, right, type);
  }
  const isAlwaysTrue = ["tensor", "list", "tuple", "map", "set", "object", "instance", "object of"].includes(left.type.kind);
  if (node.operator === "||") return isAlwaysTrue ? chosen(context, left, right, type) : infix(left, "or", right, binds.or, type);
  if (!isAlwaysTrue) return infix(left, "and", right, binds.and, right.type.kind === "boolean" ? boolean : type);
  return code(`${within(right, binds.or)} if ${within(left, binds.bitOr)} is not None else None`, binds.conditional, right.type);
}

const isCheap = (text: string): boolean => /^(-?[\d.e-]+|"[^"]*"|\[\]|\{\}|[\w.]+)$/.test(text);

/** The left side unless it is `None`. */
function chosen(context: Context, left: Code, right: Code, type: Type): Code {
  if (/^[\w.]+$/.test(left.text)) return code(`${left.text} if ${left.text} is not None else ${within(right, binds.conditional)}`, binds.conditional, type);
  const name = context.fresh("value");
  return code(`${name} if (${name} := ${left.text}) is not None else ${within(right, binds.conditional)}`, binds.conditional, type);
}

function unary(context: Context, node: Extract<Node, { type: "UnaryExpression" }>): Code {
  if (node.operator === "!") return negated(condition(context, node.argument));
  const made = expression(context, node.argument);
  switch (node.operator) {
    case "-":
      return code(`-${within(made, binds.sign)}`, binds.sign, made.type);
    case "+":
      return made.type.kind === "number" ? made : access(made.type.kind === "boolean" ? `int(${made.text})` : `float(${made.text})`, number);
    case "~":
      return code(`~${context.help("int32")}(${made.text})`, binds.sign, whole);
    case "void":
      return made;
    default:
      return context.refuse(node, `${node.operator} …`);
  }
}

function conditional(context: Context, node: Extract<Node, { type: "ConditionalExpression" }>): Code {
  const test = condition(context, node.test);
  const [yes, no] = [node.consequent, node.alternate].map((each) => context.inBranch(() => materialized(expression(context, each)))) as [Code, Code];
  return code(`${within(yes, binds.or)} if ${within(test, binds.or)} else ${within(no, binds.conditional)}`, binds.conditional, either(yes.type, no.type));
}

// Assignments inside expressions

function assignmentValue(context: Context, node: Extract<Node, { type: "AssignmentExpression" }>): Code {
  if (node.operator === "??=" && node.left.type === "MemberExpression" && node.left.computed) {
    const [made, value] = [expression(context, node.left.object), expression(context, node.right)];
    const key = made.type.kind === "object" ? keyOfMember(context, node.left) : expression(context, node.left.property).text;
    return access(`${receiver(made)}.setdefault(${key}, ${value.text})`, value.type);
  }
  const right =
    node.operator === "="
      ? expression(context, node.right)
      : calculated(context, node, node.operator.slice(0, -1), expression(context, node.left), expression(context, node.right));
  if (node.left.type === "MemberExpression") return memberAssignment(context, node, right);
  if (node.left.type !== "Identifier") return context.refuse(node, "an assignment inside an expression", "give it a line of its own");
  context.assignsAll(node.left);
  const binding = context.scope.find(node.left.name);
  return code(`(${binding?.python ?? node.left.name} := ${right.text})`, binds.atom, right.type);
}

/** `a = object.field = value`: the value has a name, which the field gets first. */
function memberAssignment(context: Context, node: Extract<Node, { type: "AssignmentExpression" }>, right: Code): Code {
  const place = expression(context, node.left);
  const isPlain = /^[\w.]+$|^-?[\d.]+$/.test(right.text);
  const name = isPlain ? right.text : context.fresh("value");
  context.change(node, ...(isPlain ? [] : [`${name} = ${right.text}`]), `${place.text} = ${name}`);
  return atom(name, right.type);
}

function updateValue(context: Context, node: Extract<Node, { type: "UpdateExpression" }>): Code {
  if (node.argument.type !== "Identifier") return memberUpdate(context, node);
  context.assignsAll(node.argument);
  const name = context.scope.find(node.argument.name)?.python ?? node.argument.name;
  const [sign, back] = node.operator === "++" ? ["+", "-"] : ["-", "+"];
  const after = atom(`(${name} := ${name} ${sign} 1)`, number);
  return node.prefix ? after : code(`${after.text} ${back} 1`, binds.sum, number);
}

/** `object.count++`: what it was, or is then, is kept first. */
function memberUpdate(context: Context, node: Extract<Node, { type: "UpdateExpression" }>): Code {
  const made = expression(context, node.argument);
  const step = `${made.text} ${node.operator[0]}= 1`;
  if (node.prefix) {
    context.change(node, step);
    return made;
  }
  const name = context.fresh(/\w+$/.exec(made.text)?.[0] ?? "value");
  context.change(node, `${name} = ${made.text}`, step);
  return atom(name, number);
}

/** An expression where only a whole number can stand: a division that comes out is written as Python's whole one. */
export function wholeExpression(context: Context, node: Node): Code {
  const inner = bare(node);
  if (inner.type === "BinaryExpression") {
    if (inner.operator === "/") return infix(wholeExpression(context, inner.left), "//", wholeExpression(context, inner.right), binds.product, whole);
    if (/^[-+*]$/.test(inner.operator) && context.dry(() => expression(context, inner).type.kind) === "number")
      return infix(wholeExpression(context, inner.left), inner.operator, wholeExpression(context, inner.right), arithmetic[inner.operator]!, whole);
  }
  return expression(context, node);
}

/** The value that a variable or property of this name gets. */
export function valueFor(context: Context, name: string | undefined, node: Node): Code {
  return name !== undefined && context.wholeNames.has(name) ? wholeExpression(context, node) : expression(context, node);
}
