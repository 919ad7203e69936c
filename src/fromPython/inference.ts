/**
 * Finds out what each expression's value is, as far as operators, indexing and printing need to know it. The program is
 * walked again and again, with what calls pass to functions and what functions give back, until nothing new is learned.
 */
import { collectBindings } from "./declarations.ts";
import { givenFields } from "./fields.ts";
import { file, fileResult } from "./files.ts";
import { onlyTensors, telling, tensorNames } from "./guesses.ts";
import { logger } from "./logging.ts";
import { apiMembers } from "./apiNames.ts";
import { kindlingPath, memberName } from "./names.ts";
import { castArray, castResult, isTensorArgument, numpyResult } from "./numpyTypes.ts";
import { comparisonMethods, mirroredMethod, operatorMethods } from "./operatorMethods.ts";
import { pythonCall } from "./pythonCalls.ts";
import type { Walk } from "./walk.ts";
import { isPath, path as pathClass, pathResult } from "./paths.ts";
import { patternMethodResult } from "./patternTypes.ts";
import { layerResult, memberResults, tensorProperties, tensorResult } from "./returns.ts";
import { blocksOf } from "./syntax.ts";
import type { Argument, Block, Call, ClassStatement, Comprehension, Expression, FunctionStatement, Lambda, Parameter, Statement } from "./syntax.ts";
import {
  alternatives,
  constantIndex,
  decoratorName,
  hasReturn,
  isCalled,
  isNoneTest,
  isShared,
  isWrittenAsNumber,
  leaves,
  pathOf,
  presenceAsked,
  withoutSubscript,
  yields,
} from "./syntaxQueries.ts";
import { describe } from "./typeText.ts";
import {
  any,
  bool,
  bools,
  counted,
  entryOf,
  fieldsOf,
  findMethod,
  float,
  floats,
  functionsOf,
  int,
  ints,
  isBelow,
  isMap,
  isModule,
  isNumber,
  isSequence,
  isTupleLike,
  itemOf,
  join,
  likeNumpy,
  lineage,
  listOf,
  newScope,
  none,
  number,
  present,
  signed,
  size,
  someModule,
  string,
  takersOf,
  takesAttributes,
  tensor,
  tupleOf,
  unknown,
  usualNumpy,
  type ClassInfo,
  type DictType,
  type FunctionInfo,
  type ListType,
  type Scope,
  type SetType,
  type Type,
  ordered,
} from "./types.ts";

/** What was found out, beside the types on the expressions themselves. */
export interface Knowledge {
  readonly scope: Scope;
  readonly functions: ReadonlyMap<FunctionStatement | Lambda, FunctionInfo>;
  readonly classes: ReadonlyMap<ClassStatement, ClassInfo>;
  /** What the program hangs on functions, tensors and layers: names that these don't have of themselves. */
  readonly attached: ReadonlyMap<string, Type>;
}

/** What another file of the program defines, by name. */
export type Modules = (module: string) => ReadonlyMap<string, Type> | undefined;

/** More rounds than any program needs; types only ever grow. */
const mostRounds = 12;

export function infer(body: Block, modules: Modules = () => undefined): Knowledge {
  const inference = new Inference(modules);
  const scope: Scope = newScope();
  inference.settle(body, scope);
  inference.trustMethods();
  inference.settle(body, scope);
  // What nobody passes is taken for what its name and its place say.
  inference.guess();
  inference.settle(body, scope);
  return { scope, functions: inference.functions, classes: inference.classes, attached: inference.attached };
}

/** What schedules of the program's own come from. */
/** What an optimizer remembers of its parameters. */
const optimizerState = { kind: "object", of: "OptimizerState" } as const;
export const schedule = "optim.lrScheduler.LRScheduler";

/** Methods of lists and sets that give nothing. */
const changesList = /^(add|append|appendleft|clear|discard|extend|extendleft|insert|remove|reverse|rotate|sort|update|(\w+_)update)$/;
/** What `forward` and `backward` of one call share. */
const functionContext: Type = { kind: "object", of: "autograd.FunctionCtx" };

class Inference {
  readonly functions = new Map<FunctionStatement | Lambda, FunctionInfo>();
  readonly classes = new Map<ClassStatement, ClassInfo>();
  readonly attached = new Map<string, Type>();
  readonly #containers = new Map<Expression, Type>();
  readonly #walk: Walk = {
    partials: new Map(),
    items: (type) => this.#items(type),
    invoke: (...call) => this.#invoke(...call),
    call: (...call) => pythonCall(this.#walk, ...call),
    container: (...made) => this.#container(...made),
    append: (...appended) => this.#append(...appended),
    dictionary: (...made) => this.#dictionary(...made),
  };
  readonly #decoratedInfos = new Map<FunctionInfo, FunctionInfo>();
  readonly #modules: Modules;
  #changed = false;
  #trustsMethods = false;
  #scope!: Scope;
  #current = new Map<string, Type>();
  #inside: FunctionInfo | undefined;
  #insideClass: ClassInfo | undefined;

  constructor(modules: Modules) {
    this.#modules = modules;
  }

  settle(body: Block, scope: Scope): void {
    for (let round = 0; round < mostRounds; round++) {
      this.#changed = false;
      for (const one of [scope, ...Array.from(this.functions.values(), (info) => info.scope)]) {
        one.kinds.clear();
        one.blurred.clear();
      }
      this.#scope = scope;
      this.#current = new Map();
      this.#inside = undefined;
      this.#block(body);
      for (const info of this.functions.values()) this.#body(info);
      for (const info of this.classes.values()) this.#inherit(info);
      if (!this.#changed) return;
    }
  }

  /** From here on, what is still unknown and has a method that only tensors have is one: earlier, its type may only not be known yet. */
  trustMethods(): void {
    this.#trustsMethods = true;
  }

  /** What is called by a base's name is called of a class that says it anew, too. */
  #inherit(info: ClassInfo): void {
    for (const [name, method] of info.methods) {
      if (name === "__init__") continue;
      for (const base of lineage(info).slice(1)) {
        const first = base.methods.get(name);
        if (!first || first.property !== method.property || first.bound !== method.bound) continue;
        const [own, theirs] = [method, first].map(({ node }) => node.parameters.slice(1));
        for (const [at, parameter] of own!.entries()) {
          const other = theirs![at];
          if (other && !other.star && !parameter.star) this.#tell(method, parameter, first.parameters.get(other.name) ?? unknown);
        }
        if (method.returns.kind !== "unknown" && method.returns.kind !== "none") this.#grow(first, method.returns);
      }
    }
  }

  /** Gives parameters that no call says anything about the type that their name says, or their place. */
  guess(): void {
    for (const info of this.functions.values()) {
      const own = info.node.parameters;
      for (const [at, parameter] of own.entries()) {
        const before = info.parameters.get(parameter.name) ?? unknown;
        if (present(before).kind !== "unknown" && before.kind !== "none") continue;
        if (at === 0 && info.bound) continue;
        // `act = act or nn.ReLU` says itself what is called.
        if (before.kind === "none" && "statements" in info.body && isGivenAnew(info.body, parameter.name)) continue;
        const guessed = this.#guessOf(info, parameter);
        if (guessed) info.parameters.set(parameter.name, join(before, guessed));
      }
    }
  }

  #guessOf(info: FunctionInfo, parameter: Parameter): Type | undefined {
    if (parameter.star === "*") return { ...listOf(any), tuple: true };
    if (parameter.star === "**") return { kind: "dict", key: string, value: any };
    if (info.class?.root === "autograd.Function") return parameter.name === "ctx" ? functionContext : floats;
    if (info.class?.root?.startsWith("data.")) return info.name === "__getitem__" ? int : undefined;
    if ("statements" in info.body && isCalled(info.body, parameter.name)) return any;
    const inForward = info.class?.root?.startsWith("nn.") && info.name !== "__init__";
    if (inForward && info.name === "forward") return floats;
    // A number may have a tensor's name: `def percent(x): return f"{x:.1%}"`.
    if ("statements" in info.body && isWrittenAsNumber(info.body, parameter.name)) return any;
    if (tensorNames.test(parameter.name) && info.name !== "__init__") return tensor;
    return telling.find(([names]) => names.test(parameter.name))?.[1]();
  }

  // ---- statements

  #block(block: Block): void {
    for (const statement of block.statements) this.#statement(statement);
  }

  #statement(statement: Statement): void {
    switch (statement.kind) {
      case "expression":
        this.#of(statement.value);
        break;
      case "assign": {
        const annotated = statement.annotation && this.#annotation(statement.annotation);
        const value = statement.value ? this.#of(statement.value) : unknown;
        const type = annotated && annotated.kind !== "any" && value.kind !== "class" ? join(annotated, value) : value;
        for (const target of statement.targets) this.#assign(target, type, statement.value);
        break;
      }
      case "update": {
        const before = this.#of(statement.target);
        const value = this.#of(statement.value);
        const after =
          isSequence(before) && statement.operator === "+"
            ? join(before, value)
            : likeNumpy(this.#arithmetic(statement.operator, before, value), present(before), present(value));
        this.#assign(statement.target, after);
        break;
      }
      case "return": {
        const type = statement.value ? this.#of(statement.value) : none;
        if (this.#inside) this.#grow(this.#inside, type);
        break;
      }
      case "raise":
        if (statement.value) this.#of(statement.value);
        if (statement.cause) this.#of(statement.cause);
        break;
      case "delete":
      case "assert":
        for (const part of statement.kind === "delete" ? statement.targets : [statement.test]) this.#of(part);
        if (statement.kind === "assert") {
          if (statement.message) this.#of(statement.message);
          this.#narrow(statement.test, true);
        }
        break;
      case "import":
        this.#imported(statement.module, statement.names);
        break;
      case "global":
      case "nonlocal":
        for (const name of statement.names) this.#scope.outer.add(name);
        break;
      case "if":
        this.#conditional(statement.branches, statement.otherwise);
        break;
      case "while":
        this.#loop(() => {
          this.#of(statement.test);
          this.#narrow(statement.test, true);
          this.#block(statement.body);
        });
        if (statement.otherwise) this.#block(statement.otherwise);
        break;
      case "for": {
        this.#loop(() => {
          this.#assign(statement.target, this.#items(this.#of(statement.iterable)));
          this.#block(statement.body);
        });
        if (statement.otherwise) this.#block(statement.otherwise);
        break;
      }
      case "try":
        this.#loop(() => this.#block(statement.body));
        for (const handler of statement.handlers) {
          for (const test of handler.test?.kind === "tuple" ? handler.test.entries : handler.test ? [handler.test] : []) this.#of(test);
          if (handler.name) this.#bind(handler.name, { kind: "error" });
          this.#loop(() => this.#block(handler.body));
        }
        if (statement.otherwise) this.#block(statement.otherwise);
        if (statement.finally) this.#block(statement.finally);
        break;
      case "with":
        for (const item of statement.items) {
          const type = this.#of(item.value);
          if (item.name) this.#bind(item.name, this.#entered(type));
        }
        this.#block(statement.body);
        this.#blur(statement.body);
        break;
      case "function":
        this.#definition(statement);
        break;
      case "class":
        this.#classDefinition(statement);
        break;
      default:
        break;
    }
  }

  /** What a `with` gives a name to. */
  #entered(type: Type): Type {
    if (isPython(type, "tempfile.TemporaryDirectory()")) return string;
    if (type.kind === "iterator") return type.of;
    const method = type.kind === "instance" ? findMethod(type.of, "__enter__") : undefined;
    return method ? this.#invoke(method, []) : type;
  }

  #conditional(branches: readonly { test: Expression; body: Block }[], otherwise: Block | undefined): void {
    const ends: Map<string, Type>[] = [];
    for (const { test, body } of branches) {
      this.#of(test);
      const start = new Map(this.#current);
      this.#narrow(test, true);
      this.#block(body);
      if (!leaves(body)) ends.push(this.#current);
      this.#current = start;
      this.#narrow(test, false);
    }
    if (otherwise) this.#block(otherwise);
    if (!otherwise || !leaves(otherwise)) ends.push(this.#current);
    this.#current = ends.length > 0 ? ends.reduce(merge) : this.#current;
  }

  /** What a test says of names and fields where it holds, or where it doesn't, as far as TypeScript sees it as well. */
  #narrow(test: Expression, holds: boolean): void {
    if (test.kind === "unary" && test.operator === "not") this.#narrow(test.operand, !holds);
    else if (test.kind === "logical" && (test.operator === "and") === holds) {
      this.#narrow(test.left, holds);
      this.#narrow(test.right, holds);
    } else if (isNoneTest(test) && /^(is not|!=)$/.test(test.operators[0]!) === holds) this.#isPresent(test.operands[0]!);
    else if (holds && (test.kind === "name" || test.kind === "attribute")) this.#isPresent(test);
    else if (holds && test.kind === "call" && test.callee.kind === "name" && test.callee.name === "isinstance") this.#isOneOf(test);
    else if (
      test.kind === "call" &&
      test.arguments.length === 1 &&
      test.callee.type?.kind === "function" &&
      presenceAsked(test.callee.type.of.node.parameters, test.callee.type.of.body)?.holds === holds
    )
      this.#isPresent(test.arguments[0]!.value);
  }

  #isPresent(expression: Expression): void {
    const key = pathOf(expression);
    if (key !== undefined && expression.type?.kind === "nullable") this.#current.set(key, present(expression.type));
    // As far as it is known it is never there.
    if (key !== undefined && expression.type?.kind === "none") this.#current.set(key, unknown);
  }

  /** `isinstance(value, Class)` */
  #isOneOf({ arguments: [value, of] }: Call): void {
    const key = value && pathOf(value.value);
    if (key === undefined || !of || present(value!.value.type ?? unknown).kind === "tensor") return;
    const type = this.#annotation(of.value);
    if (type.kind === "tensor" || type.kind === "instance" || (type.kind === "object" && type.of !== "nn.Module")) this.#current.set(key, type);
  }

  #loop(body: () => void): void {
    const start = new Map(this.#current);
    body();
    this.#current = merge(start, this.#current);
    body();
    this.#current = merge(start, this.#current);
  }

  /** What a function around a block assigns, TypeScript doesn't know behind it. */
  #blur(body: Block): void {
    const names = new Set<string>();
    collectBindings(body, names);
    for (const name of names) this.#scope.blurred.add(name);
  }

  #imported(module: string | undefined, names: readonly { name: string; alias?: string }[]): void {
    for (const { name, alias } of names) {
      if (module === undefined) {
        if (alias) this.#bind(alias, { kind: "python", path: name });
        else this.#bind(name.split(".")[0]!, { kind: "python", path: name.split(".")[0]! });
        continue;
      }
      const own = this.#modules(module);
      if (name === "*") {
        for (const [key, type] of own ?? []) if (!key.startsWith("_")) this.#bind(key, type);
      } else {
        this.#bind(alias ?? name, own ? (own.get(name) ?? any) : { kind: "python", path: `${module}.${name}` });
      }
    }
  }

  #definition(statement: FunctionStatement): void {
    for (const parameter of statement.parameters) if (parameter.default) this.#of(parameter.default);
    for (const decorator of statement.decorators) this.#of(decorator);
    const info = this.#functionOf(statement, statement.name, statement.body);
    const sets = statement.decorators.some((decorator) => decoratorName(decorator).endsWith(".setter"));
    if (this.#insideClass) this.#insideClass.methods.set(sets ? setterOf(statement.name) : statement.name, info);
    else this.#bind(statement.name, { kind: "function", of: this.#decorated(statement, info) });
  }

  /** What a function gives that a decorator of the program's own is put around: what that gives in its place, unless it hands on what the function itself gives. */
  #decorated(statement: FunctionStatement, info: FunctionInfo): FunctionInfo {
    for (const { type } of statement.decorators) {
      const inner = type?.kind === "function" && type.of.returns.kind === "function" ? type.of.returns.of : undefined;
      const given = type?.kind === "function" ? type.of.node.parameters[0]?.name : undefined;
      if (!inner || given === undefined || inner === info || !("statements" in inner.body) || handsOn(inner.body, given)) continue;
      const known = this.#decoratedInfos.get(info);
      if (known) return known;
      const made: FunctionInfo = {
        ...info,
        get returns() {
          return inner.returns.kind === "unknown" ? any : inner.returns;
        },
      };
      this.#decoratedInfos.set(info, made);
      return made;
    }
    return info;
  }

  /** A decorator of the program's own is given the class that it stands on. */
  #decorate(decorators: readonly Expression[], decorated: Type): void {
    for (const { type } of decorators) if (type?.kind === "function" && !type.of.generator) this.#invoke(type.of, [decorated]);
  }

  #functionOf(node: FunctionStatement | Lambda, name: string, body: Block | Expression): FunctionInfo {
    const existing = this.functions.get(node);
    if (existing) return existing;
    const decorators = node.kind === "function" ? node.decorators.map(decoratorName) : [];
    const isMethod = this.#insideClass !== undefined && node.kind === "function";
    const bound = !isMethod || decorators.includes("staticmethod") ? undefined : decorators.includes("classmethod") ? "class" : "self";
    const info: FunctionInfo = {
      node,
      name,
      body,
      bound,
      scope: newScope(this.#scope),
      parameters: new Map(),
      returns: unknown,
      generator: node.kind === "function" && yields(node.body),
      property: decorators.some((decorator) => decorator === "property" || decorator === "cached_property" || decorator.endsWith(".setter")),
      ...(isMethod ? { class: this.#insideClass! } : {}),
    };
    this.functions.set(node, info);
    this.#changed = true;
    for (const [at, parameter] of node.parameters.entries()) {
      let type: Type = unknown;
      if (parameter.annotation) type = this.#annotation(parameter.annotation);
      // What says nothing is found out; `Any` says that nothing is to be.
      if (type.kind === "any" && decoratorName(parameter.annotation!) !== "Any") type = unknown;
      if (parameter.default) type = join(type, parameter.default.type ?? unknown);
      if (parameter.star === "*") type = { ...listOf(unknown), tuple: true };
      if (parameter.star === "**") type = { kind: "dict", key: string, value: unknown };
      if (at === 0 && bound) type = { kind: bound === "self" ? "instance" : "class", of: info.class! };
      info.parameters.set(parameter.name, type);
    }
    return info;
  }

  #classDefinition(statement: ClassStatement): void {
    const existing = this.classes.get(statement);
    const bases = statement.bases.filter(({ name }) => !name).map(({ value }) => this.#of(withoutSubscript(value)));
    for (const decorator of statement.decorators) this.#of(decorator);
    const decorators = statement.decorators.map(decoratorName);
    const isEnum = bases.some((base) => base.kind === "python" && /^enum\.\w*Enum$/.test(base.path));
    const isTuple = bases.some((base) => base.kind === "python" && /(^|\.)NamedTuple$/.test(base.path));
    const info: ClassInfo = existing ?? {
      node: statement,
      name: statement.name,
      bases: [],
      root: undefined,
      fields: new Map(),
      methods: new Map(),
      statics: new Map(),
      dataclass: isTuple || decorators.includes("dataclass"),
      isTuple,
      isEnum,
    };
    info.bases = bases;
    info.root = rootOf(bases);
    if (!existing) {
      this.classes.set(statement, info);
      this.#changed = true;
    }
    this.#bind(statement.name, { kind: "class", of: info });
    this.#decorate(statement.decorators, { kind: "class", of: info });
    const outerClass = this.#insideClass;
    this.#insideClass = info;
    for (const inner of statement.body.statements) {
      if (inner.kind === "assign" && inner.targets[0]!.kind === "name") {
        const { name } = inner.targets[0];
        const annotated = inner.annotation ? this.#annotation(inner.annotation) : unknown;
        const value = inner.value ? this.#of(inner.value) : unknown;
        const type = annotated.kind === "any" ? value : join(annotated, value);
        if (isEnum) {
          info.statics.set(name, { kind: "instance", of: info });
          info.fields.set("name", string);
          info.fields.set("value", join(info.fields.get("value") ?? unknown, type));
          continue;
        }
        const own = info.dataclass && !isShared(inner) ? info.fields : info.statics;
        own.set(name, join(own.get(name) ?? unknown, isShared(inner) ? value : type));
      } else if (inner.kind === "function" || inner.kind === "class") {
        this.#statement(inner);
      }
    }
    this.#insideClass = outerClass;
  }

  /** The body of a function, with what is known of its parameters. */
  #body(info: FunctionInfo): void {
    const before = { scope: this.#scope, current: this.#current, inside: this.#inside, insideClass: this.#insideClass };
    this.#scope = info.scope;
    this.#current = new Map(info.parameters);
    for (const [name, type] of info.parameters) {
      info.scope.names.set(name, join(info.scope.names.get(name) ?? unknown, type));
      info.scope.kinds.set(name, new Set([type]));
    }
    this.#inside = info;
    this.#insideClass = undefined;
    if ("statements" in info.body) {
      if (info.generator) this.#grow(info, { kind: "iterator", of: unknown });
      this.#block(info.body);
      if (!leaves(info.body) && !isLeftToOthers(info) && !info.generator && info.returns.kind !== "unknown" && info.returns.kind !== "none")
        this.#grow(info, none);
      if (info.returns.kind === "unknown" && !info.generator && !hasReturn(info.body) && !isLeftToOthers(info)) this.#grow(info, none);
    } else {
      this.#grow(info, this.#of(info.body));
    }
    Object.assign(this, before);
  }

  #grow(info: FunctionInfo, type: Type): void {
    if (info.generator && type.kind === "none") return;
    const joined = isOptimizerStep(info) ? any : join(info.returns, type);
    if (describe(joined) !== describe(info.returns)) this.#changed = true;
    info.returns = joined;
  }

  // ---- names

  #lookup(name: string): Type {
    const here = this.#current.get(name);
    for (let scope: Scope | undefined = this.#scope; scope; scope = scope.parent) {
      const type = here && !this.#scope.outer.has(name) ? here : scope.outer.has(name) ? undefined : scope.names.get(name);
      if (!type) continue;
      if (type.kind === "any") scope.blurred.add(name);
      return type;
    }
    return { kind: "python", path: `builtins.${name}` };
  }

  #bind(name: string, type: Type): void {
    let scope: Scope = this.#scope;
    while (scope.outer.has(name) && scope.parent) scope = scope.parent;
    const before = scope.names.get(name);
    const joined = before ? joinVariable(before, type) : type;
    if (!before || describe(before) !== describe(joined)) this.#changed = true;
    scope.names.set(name, joined);
    if (!scope.kinds.has(name)) scope.kinds.set(name, new Set());
    scope.kinds.get(name)!.add(type);
    this.#forget(`${name}.`);
    if (scope === this.#scope) this.#current.set(name, isMixed(joined) && isNumber(type) ? joined : type);
  }

  /** What was said of the fields of something else. */
  #forget(prefix: string): void {
    for (const key of this.#current.keys()) if (key.startsWith(prefix)) this.#current.delete(key);
  }

  #assign(target: Expression, type: Type, value?: Expression): void {
    target.type = type;
    switch (target.kind) {
      case "name":
        this.#bind(target.name, type);
        break;
      case "tuple":
      case "list":
        for (const [at, entry] of target.entries.entries()) {
          if (entry.kind === "starred") this.#assign(entry.value, listOf(this.#items(type)));
          else this.#assign(entry, entryOf(type, at), value?.kind === "tuple" ? value.entries[at] : undefined);
        }
        break;
      case "attribute":
        this.#assignAttribute(this.#of(target.object), target.name, type);
        this.#narrowAssigned(target, type);
        break;
      case "index": {
        const object = present(this.#of(target.object));
        const places = target.subscripts.map((subscript) => this.#of(subscript));
        const setter = object.kind === "instance" ? findMethod(object.of, "__setitem__") : undefined;
        if (setter) this.#invoke(setter, [places.length > 1 ? tupleOf(...places) : places[0]!, type]);
        if (object.kind === "dict") this.#putIn(object, target.subscripts, type);
        else if (object.kind === "list" && target.subscripts[0]!.kind !== "slice") this.#append(object, type);
        break;
      }
      case "starred":
        this.#assign(target.value, type);
        break;
      default:
        break;
    }
  }

  /** A field that may be `None` isn't right after it got a value. */
  #narrowAssigned(target: Expression & { kind: "attribute" }, type: Type): void {
    const key = pathOf(target);
    if (key === undefined) return;
    this.#current.delete(key);
    this.#forget(`${key}.`);
    const field = this.#attribute(target.object.type ?? unknown, target.name);
    if (field.kind === "nullable" && !["none", "nullable", "unknown", "any"].includes(type.kind)) this.#current.set(key, field.of);
  }

  #assignAttribute(object: Type, name: string, type: Type): void {
    const owner = present(object);
    if (owner.kind !== "instance") {
      if (owner.kind === "class") owner.of.statics.set(name, joinVariable(owner.of.statics.get(name) ?? unknown, type));
      else if (takesAttributes(owner) && !apiMembers.has(memberName(name))) this.attached.set(name, joinVariable(this.attached.get(name) ?? unknown, type));
      return;
    }
    const holder = lineage(owner.of).find((one) => one.fields.has(name)) ?? owner.of;
    const setter = findMethod(owner.of, setterOf(name));
    if (setter) this.#invoke(setter, [type]);
    if (findMethod(owner.of, name)?.property) return;
    const before = holder.fields.get(name) ?? unknown;
    const joined = joinVariable(before, type);
    if (describe(before) !== describe(joined)) this.#changed = true;
    holder.fields.set(name, joined);
  }

  #putIn(dict: DictType, subscripts: readonly Expression[], type: Type): void {
    const [key] = subscripts;
    const before = describe(dict);
    dict.key = join(dict.key, subscripts.length > 1 ? tupleOf(...subscripts.map((one) => one.type ?? unknown)) : (key!.type ?? unknown));
    dict.value = join(dict.value, type);
    if (key?.kind !== "string" || !dict.fields?.has(key.value)) dict.open = true;
    if (key?.kind === "string" && dict.fields) dict.fields.set(key.value, join(dict.fields.get(key.value) ?? unknown, type));
    else delete dict.fields;
    if (describe(dict) !== before) this.#changed = true;
  }

  #append(list: ListType | SetType, type: Type): void {
    const joined = joinVariable(list.of, type);
    if (describe(joined) !== describe(list.of)) this.#changed = true;
    list.of = joined;
  }

  #items(type: Type): Type {
    if (type.kind === "instance" && type.of.root === "nn.ModuleList") return someModule;
    return itemOf(type);
  }

  // ---- expressions

  #of(expression: Expression): Type {
    const type = this.#typeOf(expression);
    expression.type = type;
    return type;
  }

  #typeOf(expression: Expression): Type {
    switch (expression.kind) {
      case "name":
        return this.#lookup(expression.name);
      case "number":
        return /^0[xXbBoO]/.test(expression.text) || !/[.eE]/.test(expression.text) ? int : float;
      case "string":
        return string;
      case "format":
        for (const part of expression.parts) this.#formatPart(part);
        return string;
      case "constant":
        return expression.value === "None" ? none : expression.value === "..." ? any : bool;
      case "binary": {
        const [left, right] = [this.#of(expression.left), this.#of(expression.right)];
        return likeNumpy(this.#arithmetic(expression.operator, left, right), present(left), present(right));
      }
      case "unary": {
        const operand = this.#of(expression.operand);
        if (expression.operator === "not") return bool;
        const negated = operand.kind === "instance" && expression.operator === "-" ? findMethod(operand.of, "__neg__") : undefined;
        if (negated) return this.#invoke(negated, []);
        return signed(operand.kind === "bool" ? int : operand, expression.operator === "-");
      }
      case "logical": {
        const left = this.#of(expression.left);
        const before = new Map(this.#current);
        this.#narrow(expression.left, expression.operator === "and");
        const right = this.#of(expression.right);
        this.#current = before;
        return expression.operator === "or" ? join(present(left), right) : join(left.kind === "nullable" ? none : left, right);
      }
      case "compare": {
        const operands = expression.operands.map((operand) => this.#of(operand));
        const contains = operands[1]?.kind === "instance" && expression.operators[0]!.endsWith("in") ? findMethod(operands[1].of, "__contains__") : undefined;
        if (contains) this.#invoke(contains, [operands[0]!]);
        const [left, right] = operands.map(present);
        const compared = left?.kind === "instance" ? findMethod(left.of, comparisonMethods[expression.operators[0]!] ?? "") : undefined;
        if (compared && right) this.#invoke(compared, [right]);
        if (/^(is|in|not)/.test(expression.operators[0]!)) return bool;
        return operands.some((operand) => present(operand).kind === "tensor") ? likeNumpy(bools, ...operands.map(present)) : bool;
      }
      case "conditional":
        return this.#choice(expression);
      case "lambda":
        for (const parameter of expression.parameters) if (parameter.default) this.#of(parameter.default);
        return { kind: "function", of: this.#functionOf(expression, "", expression.body) };
      case "attribute":
        if (expression.name === "__name__") {
          this.#of(expression.object);
          return string;
        }
        return this.#narrowed(expression) ?? this.#attribute(this.#of(expression.object), expression.name);
      case "index":
        return this.#indexed(this.#of(expression.object), expression.subscripts);
      case "slice":
        for (const bound of [expression.start, expression.stop, expression.step]) if (bound) this.#of(bound);
        return { kind: "slice" };
      case "call":
        return this.#call(expression);
      case "list":
      case "set": {
        const of = expression.entries.map((entry) => (entry.kind === "starred" ? this.#items(this.#of(entry.value)) : this.#of(entry))).reduce(join, unknown);
        return this.#container(
          expression,
          () => (expression.kind === "set" ? { kind: "set", of } : listOf(of)),
          (list) => this.#append(list as ListType | SetType, of),
        );
      }
      case "tuple": {
        const entries = expression.entries.map((entry) => this.#of(entry));
        const isOpen = expression.entries.some((entry) => entry.kind === "starred");
        return isOpen ? { ...listOf(entries.reduce(join, unknown)), tuple: true } : tupleOf(...entries);
      }
      case "dict":
        return this.#dictionary(expression.entries, expression);
      case "comprehension":
        return this.#comprehension(expression);
      case "starred":
        return this.#items(this.#of(expression.value));
      case "walrus": {
        const type = this.#of(expression.value);
        this.#assign(expression.target, type);
        return type;
      }
      case "yield": {
        const type = expression.value ? this.#of(expression.value) : none;
        if (this.#inside?.generator) this.#grow(this.#inside, { kind: "iterator", of: expression.all ? this.#items(type) : type });
        return any;
      }
    }
  }

  #choice({ test, whenTrue, otherwise }: Expression & { kind: "conditional" }): Type {
    this.#of(test);
    const before = new Map(this.#current);
    this.#narrow(test, true);
    const first = this.#of(whenTrue);
    this.#current = new Map(before);
    this.#narrow(test, false);
    const second = this.#of(otherwise);
    this.#current = before;
    return join(first, second);
  }

  #formatPart(part: string | { value: Expression; spec: readonly unknown[] }): void {
    if (typeof part === "string") return;
    this.#of(part.value);
    for (const inner of part.spec) this.#formatPart(inner as string);
  }

  /** A list or dictionary stays the same one from round to round, so that what is put into it later is known where it is made. */
  #container(expression: Expression, make: () => Type, add: (container: Type) => void): Type {
    const existing = this.#containers.get(expression);
    if (existing) {
      add(existing);
      return existing;
    }
    const made = make();
    this.#containers.set(expression, made);
    return made;
  }

  #dictionary(entries: readonly { key?: Expression; value: Expression }[], expression: Expression): Type {
    const keys = entries.map(({ key }) => (key ? this.#of(key) : unknown));
    const values = entries.map(({ key, value }) => {
      const type = this.#of(value);
      return key ? type : type.kind === "dict" ? type.value : any;
    });
    const namespace = expression.kind === "dict" && expression.namespace;
    const made: DictType = { kind: "dict", key: keys.reduce(join, unknown), value: values.reduce(join, unknown), ...(namespace && { namespace }) };
    if (entries.every(({ key, value }) => (key ? key.kind === "string" : value.type?.kind === "dict" && !isMap(value.type)))) {
      made.fields = new Map(
        entries.flatMap(({ key, value }, at) => {
          if (key?.kind === "string") return [[key.value, values[at]!] as const];
          return value.type?.kind === "dict" ? [...(value.type.fields ?? [])] : [];
        }),
      );
      if (entries.some(({ key, value }) => !key && value.type?.kind === "dict" && (!value.type.fields || value.type.open))) made.open = true;
    }
    if (entries.some(({ key }) => !key)) made.key = join(made.key, string);
    return this.#container(
      expression,
      () => made,
      (dict) => {
        const before = describe(dict);
        const existing = dict as DictType;
        existing.key = join(existing.key, made.key);
        existing.value = join(existing.value, made.value);
        for (const [name, type] of made.fields ?? []) existing.fields?.set(name, join(existing.fields.get(name) ?? unknown, type));
        if (describe(existing) !== before) this.#changed = true;
      },
    );
  }

  #comprehension(expression: Comprehension): Type {
    const before = this.#current;
    const outer = this.#scope;
    // Within a function, as this is one in TypeScript, what was found out about fields doesn't hold any more.
    this.#current = new Map([...before].filter(([key]) => !key.includes(".")));
    this.#scope = newScope(outer);
    for (const clause of expression.clauses) {
      this.#assign(clause.target, this.#items(this.#of(clause.iterable)));
      for (const condition of clause.conditions) {
        this.#of(condition);
        this.#narrow(condition, true);
      }
    }
    const key = expression.key ? this.#of(expression.key) : unknown;
    const value = this.#of(expression.value);
    this.#current = before;
    this.#scope = outer;
    switch (expression.of) {
      case "list":
        return this.#container(
          expression,
          () => listOf(value),
          (list) => this.#append(list as ListType, value),
        );
      case "set":
        return this.#container(
          expression,
          () => ({ kind: "set", of: value }),
          (set) => this.#append(set as SetType, value),
        );
      case "generator":
        return { kind: "iterator", of: value };
      case "dict":
        return this.#container(
          expression,
          () => ({ kind: "dict", key, value }),
          (dict) => {
            (dict as DictType).key = join((dict as DictType).key, key);
            (dict as DictType).value = join((dict as DictType).value, value);
          },
        );
    }
  }

  #arithmetic(operator: string, leftType: Type, rightType: Type): Type {
    const left = counted(leftType);
    const right = counted(rightType);
    if (operator === "/" && (isPath(left) || isPath(right))) return isPath(left) ? left : right;
    if (left.kind === "string" && operator === "%") return string;
    if (left.kind === "tensor" || right.kind === "tensor") {
      if (["unknown", "any"].includes(left.kind) && operator !== "@") return tensor;
      const elements = [left, right].map((side) =>
        side.kind === "tensor" ? side.elements : side.kind === "float" ? "float" : side.kind === "int" || side.kind === "bool" ? "int" : undefined,
      );
      if (operator === "/" || elements.includes("float")) return floats;
      if (["&", "|", "^"].includes(operator)) return left.kind === "tensor" ? left : right;
      return elements.includes(undefined) ? tensor : ints;
    }
    if (left.kind === "instance") {
      const method = findMethod(left.of, operatorMethods[operator] ?? "");
      if (method) return this.#invoke(method, [right]);
    }
    const mirrored = right.kind === "instance" ? findMethod(right.of, mirroredMethod(operator)) : undefined;
    if (mirrored) return this.#invoke(mirrored, [left]);
    if (left.kind === "string") return operator === "%" || operator === "+" || operator === "*" ? string : any;
    // `[None] * n` holds what will be put into it.
    if (isSequence(left) && operator === "*" && itemOf(left).kind === "none") return listOf(unknown);
    if (isSequence(left) && (operator === "+" || operator === "*")) {
      const tuple = isTupleLike(left) && (operator === "*" || isTupleLike(right));
      if (operator === "+" && left.kind === "list" && isSequence(right)) return { ...listOf(join(left.of, itemOf(right))), ...(tuple && { tuple }) };
      if (left.kind === "tuple" && right.kind === "tuple" && operator === "+") return tupleOf(...left.entries, ...right.entries);
      return { ...listOf(itemOf(left)), ...(tuple && { tuple }) };
    }
    if (isSequence(right) && operator === "*") return listOf(itemOf(right));
    if (isNumber(left) && isNumber(right)) return numbersResult(operator, left, right);
    if (left.kind === "set" || (left.kind === "dict" && right.kind === "dict"))
      return left.kind === "dict" && left.made !== "Counter" ? join(left, right) : left;
    if (left.kind === "python" || right.kind === "python") return left.kind === "python" ? left : right;
    if (left.kind === "unknown" || right.kind === "unknown") return isNumber(left) && left.kind === "float" ? unknown : unknown;
    return any;
  }

  /** What a test or an assignment said of a field, in what follows. */
  #narrowed(expression: Expression & { kind: "attribute" }): Type | undefined {
    const key = pathOf(expression);
    const type = key === undefined ? undefined : this.#current.get(key);
    if (type) this.#of(expression.object);
    return type;
  }

  #attribute(objectType: Type, name: string): Type {
    const object = present(objectType);
    if (takesAttributes(object) && this.attached.has(name)) return this.attached.get(name)!;
    switch (object.kind) {
      case "python": {
        const path = `${object.path}.${name}`;
        if (/^logging\.[A-Z]+$/.test(path)) return int;
        if (/^(math|numpy|np)\.(pi|e|inf|nan|tau)$/.test(path)) return float;
        if (path === "sys.maxsize") return int;
        if (/^string\.[a-z]+(_[a-z]+)?$/.test(path)) return string;
        if (/^(numpy|torch)\.finfo\(\)\.(eps|max|min|tiny)$/.test(path)) return float;
        if (path === "torch.pi" || path === "torch.inf") return float;
        return { kind: "python", path };
      }
      case "tensor": {
        if (name === "grad") return floats;
        // NumPy's shapes are plain tuples.
        if (name === "shape" && object.numpy !== undefined) return { kind: "list", of: int, fixed: true, tuple: true };
        if (name === "dtype" && object.numpy !== undefined) return object.numpy ? { kind: "dtype", of: object.numpy } : any;
        return tensorProperties.get(name) ?? (["data", "T", "mT", "real"].includes(name) ? object : { kind: "python", path: "tensor.method" });
      }
      case "pair":
        return name === "indices" ? ints : tensor;
      case "instance":
      case "class": {
        for (const one of lineage(object.of)) {
          const field = one.fields.get(name) ?? one.statics.get(name);
          if (field) return field;
          const method = one.methods.get(name);
          if (method) return method.property ? method.returns : { kind: "function", of: method, self: object };
        }
        const applied = name === "apply" && object.of.root === "autograd.Function" ? findMethod(object.of, "forward") : undefined;
        if (applied) return { kind: "function", of: applied, self: object };
        if (object.of.root?.startsWith("optim.")) return this.#memberOf(object.of.root, name);
        if (object.of.isTuple && name === "_fields") return { kind: "list", of: string, tuple: true };
        if (name === "training") return bool;
        if (name === "__dict__") return fieldsOf(object);
        if (name === "__class__") return any;
        return unknown;
      }
      case "object":
        return isPath(object) ? pathResult(name) : this.#memberOf(object.of, name);
      case "constructor":
        return object.of
          .filter(({ kind }) => kind === "class")
          .map((one) => this.#attribute(one, name))
          .reduce(join, unknown);
      case "dict":
        return object.fields?.get(name) ?? unknown;
      case "error":
        return name === "args" ? { kind: "list", of: string, tuple: true } : any;
      default:
        if (name === "shape") return size;
        return object.kind === "any" ? any : unknown;
    }
  }

  #memberOf(of: string, name: string): Type {
    if (name === "training") return bool;
    if (of === schedule && name === "base_lrs") return listOf(float);
    if (of === schedule && name === "last_epoch") return int;
    if (name === "param_groups") return listOf({ kind: "object", of: "ParamGroup" });
    if (name === "state" && of.startsWith("optim.")) return optimizerState;
    if (/^(weight|bias)(_|$)|^running_/.test(name) && of.startsWith("nn."))
      return { kind: "tensor", elements: "float", parameter: !name.startsWith("running") };
    if (/^(in|out)_(features|channels)$|^(hidden|input|embedding|num)_/.test(name)) return int;
    if (of.startsWith("nn.Conv") && /^(kernel_size|stride|padding|dilation|output_padding)$/.test(name))
      return { kind: "list", of: int, fixed: true, tuple: true };
    if (of === "data.CsvTable" && name === "columns") return listOf(string);
    if (of.startsWith("data.") && name === "dataset") return { kind: "object", of: "data.Dataset" };
    if (of.startsWith("data.") && name === "batch_size") return int;
    if (of.startsWith("distributions.")) return floats;
    if (of === "autograd.FunctionCtx") return name === "saved_tensors" ? listOf(floats) : name === "needs_input_grad" ? listOf(bool) : any;
    if (of === "args") return any;
    if (/^(missing|unexpected)_keys$/.test(name)) return listOf(string);
    return unknown;
  }

  #indexed(objectType: Type, subscripts: readonly Expression[]): Type {
    const types = subscripts.map((subscript) => this.#of(subscript));
    const object = present(objectType);
    const [first] = subscripts;
    const slice = first?.kind === "slice";
    switch (object.kind) {
      case "tensor":
        return likeNumpy({ kind: "tensor", elements: object.elements }, object);
      case "list":
        return slice ? listOf(object.of) : object.of;
      case "size":
        return slice ? size : int;
      case "string":
        return string;
      case "tuple": {
        if (slice) return listOf(itemOf(object));
        const at = constantIndex(first!);
        return (at === undefined ? undefined : object.entries.at(at)) ?? itemOf(object);
      }
      case "pair":
        return first?.kind === "number" && first.text === "1" ? ints : tensor;
      case "dict":
        if (first?.kind !== "string") object.open = true;
        // A dictionary that makes what it doesn't have gets a key where it is asked.
        if (object.map && object.key.kind === "unknown" && types.length > 0) object.key = types.length > 1 ? tupleOf(...types) : types[0]!;
        return (first?.kind === "string" ? object.fields?.get(first.value) : undefined) ?? object.value;
      case "object":
        if (object.of === "ParamGroup" && first?.kind === "string") {
          if (first.value === "params") return listOf({ kind: "tensor", elements: "float", parameter: true });
          if (first.value === "betas") return tupleOf(float, float);
          return /^(lr|initial_lr|momentum|weight_decay|eps|dampening|alpha|rho|lambd)$/.test(first.value) ? float : any;
        }
        if (object.of === optimizerState.of) return { kind: "dict", key: string, value: any, open: true };
        if (object.of === "re.Match") return string;
        if (slice) return object;
        if (object.of === "nn.ModuleDict" && first?.kind === "string" && object.fields?.has(first.value)) return object.fields.get(first.value)!;
        if (object.of === "nn.ModuleDict") return object.item ?? someModule;
        if (object.of === "nn.ParameterDict") return floats;
        if (object.entries && first) return object.entries.at(constantIndex(first) ?? Infinity) ?? this.#items(object);
        if (object.of === "data.Subset" || object.of === "data.TensorDataset" || object.of === "data.Dataset") return object.item ?? listOf(tensor);
        return this.#items(object);
      case "instance": {
        const method = findMethod(object.of, "__getitem__");
        return method ? this.#invoke(method, [types.length > 1 ? tupleOf(...types) : types[0]!]) : unknown;
      }
      case "class":
        return object.of.isEnum ? { kind: "instance", of: object.of } : unknown;
      case "python":
        return object.path === "numpy.mgrid" ? listOf({ kind: "tensor", elements: "int", numpy: "int64" }) : object;
      default:
        return object.kind === "any" ? object : unknown;
    }
  }

  // ---- calls

  #call(expression: Call): Type {
    const { callee } = expression;
    if (callee.kind === "attribute") {
      const object = this.#of(callee.object);
      const method = this.#methodCall(present(object), callee.name, expression);
      if (method) {
        callee.type = any;
        return method;
      }
    }
    const called = present(this.#of(callee));
    const types = expression.arguments.map((argument) => this.#of(argument.value));
    switch (called.kind) {
      case "function":
        return functionsOf(called)
          .map((one) => this.#invoke(one, types, expression.arguments, called.self))
          .reduce(join);
      case "class":
        return this.#construct(called.of, types, expression.arguments);
      case "instance": {
        const method = findMethod(called.of, "forward") ?? findMethod(called.of, "__call__");
        if (method) return this.#invoke(method, types, expression.arguments, called);
        return called.of.root?.startsWith("nn.") ? floats : unknown;
      }
      case "object":
        if (isModule(called)) {
          this.#flow(called, types);
          return called.item && called.of === "nn.Sequential" ? floats : layerResult(called.of);
        }
        return any;
      case "python":
        return pythonCall(this.#walk, called.path, types, expression);
      case "tensor":
        return called;
      case "constructor":
        return takersOf(called.of, expression.arguments)
          .map((one) => this.#made(one, types, expression))
          .reduce(join);
      default:
        return called.kind === "any" ? any : unknown;
    }
  }

  /** What a class, or a function in its place, makes. */
  #made(maker: Type, types: readonly Type[], expression: Call): Type {
    if (maker.kind === "class") return this.#construct(maker.of, types, expression.arguments);
    if (maker.kind === "function") return this.#invoke(maker.of, types, expression.arguments, maker.self);
    return maker.kind === "python" ? pythonCall(this.#walk, maker.path, types, expression) : someModule;
  }

  /** What a Sequential is given goes to the modules in it. */
  #flow(called: Type, types: readonly Type[]): void {
    if (called.kind !== "object" || called.item?.kind !== "instance") return;
    const forward = findMethod(called.item.of, "forward");
    if (forward && types.length === 1) this.#invoke(forward, types);
  }

  #construct(of: ClassInfo, types: readonly Type[], given: readonly Argument[]): Type {
    const instance: Type = { kind: "instance", of };
    const initializer = findMethod(of, "__init__");
    if (initializer) this.#invoke(initializer, types, given, instance);
    else if (of.dataclass) {
      const names = givenFields(of);
      if (given.some(({ star }) => star === "*")) for (const name of names) of.fields.set(name, any);
      if (given.some(({ star }) => star === "**")) for (const name of names) if ((of.fields.get(name) ?? unknown).kind === "unknown") of.fields.set(name, any);
      for (const [at, type] of types.entries()) {
        if (given[at]?.star) continue;
        const name = given[at]?.name ?? names[at];
        if (name) of.fields.set(name, joinVariable(of.fields.get(name) ?? unknown, type));
      }
    }
    return instance;
  }

  /** Tells a function what it is given, and gives back what it returns. */
  #invoke(info: FunctionInfo, types: readonly Type[], given: readonly Argument[] = [], self?: Type): Type {
    // `apply` of a function of its own hands `forward` its context first.
    const parameters = info.node.parameters.slice(info.bound || (info.class?.root === "autograd.Function" && self) ? 1 : 0);
    let at = 0;
    for (const [index, type] of types.entries()) {
      const argument = given[index];
      if (argument?.star === "*") {
        const item = this.#items(type);
        const entries = type.kind === "tuple" ? type.entries : [];
        const most = type.kind === "tuple" ? entries.length : Infinity;
        for (let entry = 0; entry < most && at < parameters.length && !parameters[at]!.byName; at++, entry++)
          this.#tell(info, parameters[at]!, entries[entry] ?? item);
        continue;
      }
      if (argument?.star === "**") {
        if (type.kind === "dict") {
          for (const parameter of parameters)
            if (!parameter.star) this.#tell(info, parameter, type.fields?.get(parameter.name) ?? (type.fields ? unknown : type.value));
        }
        continue;
      }
      const parameter = argument?.name ? parameters.find(({ name }) => name === argument.name) : parameters[at];
      if (!argument?.name && parameter?.star !== "*") at++;
      if (parameter) this.#tell(info, parameter, type);
    }
    return info.returns;
  }

  #tell(info: FunctionInfo, parameter: Parameter, given: Type): void {
    if (given.kind === "unknown") return;
    const type = isOptimizerStep(info) ? any : given;
    if (type.kind === "function" && parameter.annotation) this.#tellCallable(type, parameter.annotation);
    const before = info.parameters.get(parameter.name) ?? unknown;
    if (parameter.star === "*" && before.kind === "list") {
      const all = join(before.of, type);
      if (describe(all) !== describe(before.of)) this.#changed = true;
      before.of = all;
      return;
    }
    const joined = join(before, type);
    if (describe(joined) === describe(before)) return;
    info.parameters.set(parameter.name, joined);
    this.#changed = true;
  }

  /** `Callable[[Trainer], None]`: what a function that is passed is given. */
  #tellCallable(type: Type & { kind: "function" }, annotation: Expression): void {
    if (annotation.kind !== "index") return;
    const [first, second] = annotation.subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one]));
    if (decoratorName(annotation.object) !== "Callable") return first && this.#tellCallable(type, first);
    if (first?.kind !== "list" || !second) return;
    const types = first.entries.map((entry) => this.#annotation(entry)).map((one) => (one.kind === "any" ? unknown : one));
    this.#invoke(type.of, types);
  }

  /** Calls of methods whose meaning depends on what the object is; undefined where the object says nothing. */
  #methodCall(object: Type, name: string, expression: Call): Type | undefined {
    const argumentTypes = () => expression.arguments.map((argument) => this.#of(argument.value));
    switch (object.kind) {
      case "tensor": {
        const types = argumentTypes();
        for (const type of types) if (type.kind === "function") this.#invoke(type.of, [floats]);
        if (name === "numpy") return { ...object, numpy: object.elements === "float" ? "float32" : usualNumpy(object.elements) };
        if (name === "astype" || (name === "type" && object.numpy !== undefined)) return castArray(expression, object);
        if (name === "to" || name === "type") return castResult(expression, object);
        if (name === "nonzero" && expression.arguments.some((argument) => argument.name === "as_tuple")) return { ...listOf(ints), tuple: true };
        if (name === "item" && object.elements === undefined) return number;
        const more = expression.arguments.filter((argument) => argument.name !== "descending" && !isTensorArgument(argument)).length;
        if ((name === "max" || name === "min") && (object.numpy !== undefined || types[0]?.kind === "tensor")) return object;
        return likeNumpy(tensorResult(name, object, more), object);
      }
      case "list":
      case "tuple":
      case "set":
      case "size":
        return this.#listMethod(object, name, argumentTypes());
      case "int":
      case "float":
      case "number":
        return name === "is_integer" ? bool : undefined;
      case "iterator":
        argumentTypes();
        return name === "__next__" ? object.of : any;
      case "string":
        argumentTypes();
        if (/^r?partition$/.test(name)) return tupleOf(string, string, string);
        if (/^(split|splitlines|rsplit)$/.test(name)) return listOf(string);
        if (/^(startswith|endswith|is[a-z]+)$/.test(name)) return bool;
        if (/^(find|index|count|rfind)$/.test(name)) return int;
        return string;
      case "dict":
        return this.#dictMethod(object, name, argumentTypes(), expression);
      case "object":
      case "instance": {
        const own = object.kind === "instance" ? this.#attribute(object, name) : unknown;
        if (own.kind !== "unknown") return undefined;
        const types = argumentTypes();
        if (object.kind === "instance" && object.of.isTuple && name === "_asdict") return fieldsOf(object);
        if (object.kind === "instance" && object.of.isTuple && name === "_replace") return object;
        if (object.kind === "object" || object.of.root) return this.#apiMethod(object, name, types, expression);
        return undefined;
      }
      case "python":
        if (object.path === "builtins.super") return this.#superCall(name, argumentTypes(), expression.arguments);
        return undefined;
      default: {
        const types = argumentTypes();
        return this.#trustsMethods && onlyTensors.test(name) ? tensorResult(name, tensor, types.length) : undefined;
      }
    }
  }

  #superCall(name: string, types: readonly Type[], given: readonly Argument[]): Type {
    for (const base of this.#inside?.class?.bases ?? []) {
      const method = base.kind === "class" ? findMethod(base.of, name) : undefined;
      if (method) return this.#invoke(method, types, given);
    }
    return name === "__init__" ? none : (memberResults.get(name) ?? floats);
  }

  #listMethod(object: Type, name: string, types: readonly Type[]): Type {
    if (object.kind === "list") {
      if (name === "sort") for (const type of types) if (type.kind === "function") this.#invoke(type.of, ordered(type, this.#items(object)));
      if (name === "append") this.#append(object, types[0] ?? unknown);
      if (name === "insert") this.#append(object, types[1] ?? unknown);
      if (name === "extend") this.#append(object, this.#items(types[0] ?? unknown));
    }
    if (name === "add" && object.kind === "set") this.#append(object, types[0] ?? unknown);
    if (name === "update" && object.kind === "set") this.#append(object, this.#items(types[0] ?? unknown));
    if (name === "pop" || name === "popleft") return itemOf(object);
    if (name === "copy") return object;
    if (name === "index" || name === "count" || name === "numel") return int;
    if (object.kind === "set" && /^(union|intersection|(symmetric_)?difference)$/.test(name)) return object;
    if (/^(issubset|issuperset|isdisjoint)$/.test(name)) return bool;
    return changesList.test(name) ? none : any;
  }

  #dictMethod(object: DictType, name: string, types: readonly Type[], expression: Call): Type {
    switch (name) {
      case "items":
        return { kind: "iterator", of: tupleOf(object.key, object.value) };
      case "keys":
        return { kind: "iterator", of: object.key };
      case "values":
        return { kind: "iterator", of: object.value };
      case "get":
      case "pop":
      case "setdefault":
        if (name === "setdefault") this.#putIn(object, [expression.arguments[0]!.value], types[1] ?? none);
        return types[1] ? join(object.value, types[1]) : name === "get" ? join(object.value, none) : object.value;
      case "update":
      case "subtract":
        this.#updateDict(object, types, expression);
        return none;
      case "total":
        return int;
      case "elements":
        return { kind: "iterator", of: object.key };
      case "copy":
        return object;
      case "most_common":
        return listOf(tupleOf(object.key, int));
      case "popitem":
        return tupleOf(object.key, object.value);
      case "clear":
      case "move_to_end":
        return none;
      default:
        return any;
    }
  }

  #updateDict(object: DictType, [first = unknown]: readonly Type[], { arguments: given }: Call): void {
    if (first.kind === "dict" && given[0]?.name === undefined) {
      const { made } = object;
      join(object, object.made === first.made ? first : { ...first, made });
      return;
    }
    const before = describe(object);
    const item = given[0]?.name === undefined ? this.#items(first) : unknown;
    if (object.made === "Counter") object.key = join(object.key, item);
    else if (item.kind !== "unknown") {
      object.key = join(object.key, entryOf(item, 0));
      object.value = join(object.value, entryOf(item, 1));
      object.open = true;
    }
    for (const { name, value } of given)
      if (name) this.#putIn(object, [{ kind: "string", value: name, from: value.from, to: value.to, type: string }], value.type ?? unknown);
    if (describe(object) !== before) this.#changed = true;
  }

  #apiMethod(object: Type, name: string, types: readonly Type[], expression: Call): Type {
    const of = object.kind === "object" ? object.of : object.kind === "instance" ? (object.of.root ?? "") : "";
    if (of === pathClass) return pathResult(name);
    if (of === file) return fileResult(name);
    if (of === logger) return name === "getEffectiveLevel" ? int : /^(isEnabledFor|hasHandlers)$/.test(name) ? bool : none;
    if (object.kind === "object" && of.startsWith("re.")) return patternMethodResult(this.#walk, object, name, types);
    if (of === "random.Random") return pythonCall(this.#walk, `random.${name}`, types, expression);
    if (of === "data.CsvTable") return name === "strings" ? listOf(string) : floats;
    const hook = types[0]?.kind === "function" ? types[0].of : undefined;
    const own: Type = object.kind === "instance" ? object : { kind: "object", of };
    if (hook) {
      if (name === "register_forward_hook") this.#invoke(hook, [object.kind === "object" ? someModule : own, listOf(floats), layerOutput(object)]);
      else if (name === "register_forward_pre_hook") this.#invoke(hook, [someModule, listOf(floats)]);
      else if (name === "register_full_backward_hook" || name === "register_backward_hook") this.#invoke(hook, [someModule, gradients(), gradients()]);
      else if (name === "apply") this.#invoke(hook, [someModule]);
      else if (name === "step") return this.#invoke(hook, []);
    }
    if (name === "register_buffer" && object.kind === "instance" && expression.arguments[0]?.value.kind === "string") {
      this.#assignAttribute(object, expression.arguments[0].value.value, present(types[1] ?? tensor));
    }
    if (name === "state_dict")
      return {
        kind: "dict",
        key: string,
        value: of.startsWith("nn.") || (object.kind === "instance" && !of.startsWith("optim.")) ? tensor : any,
        map: of.startsWith("nn."),
      };
    if (["train", "eval", "to", "cuda", "cpu", "apply", "float", "double", "requires_grad_", "append", "extend", "half"].includes(name)) {
      if (name === "append" && object.kind === "object" && object.of === "nn.ModuleList") this.#assignItem(expression, types[0] ?? unknown);
      return object;
    }
    if (of === "nn.ModuleDict" || of === "nn.ParameterDict") {
      const item = object.kind === "object" ? (object.item ?? (of === "nn.ModuleDict" ? someModule : floats)) : someModule;
      if (name === "items") return { kind: "iterator", of: tupleOf(string, item) };
      if (name === "keys") return { kind: "iterator", of: string };
      if (name === "values") return { kind: "iterator", of: item };
    }
    if (of === "numpyRandom") return numpyResult(name, types);
    if (of === "HookHandle") return none;
    if (of === "distributions.Categorical" && name === "sample") return ints;
    if (of === "Generator") return name === "manual_seed" ? object : int;
    const known = memberResults.get(name);
    if (known) return known;
    if (name === "parse_args") return { kind: "object", of: "args" };
    return of.startsWith("nn.") && object.kind === "instance" ? unknown : any;
  }

  #assignItem(expression: Call, item: Type): void {
    if (expression.callee.kind !== "attribute") return;
    const { object } = expression.callee;
    const list = object.type;
    if (list?.kind !== "object") return;
    const grown: Type = { kind: "object", of: list.of, item: join(list.item ?? unknown, item) };
    if (describe(grown) !== describe(list)) this.#assign(object, grown);
  }

  /** `Callable[…, nn.Module]`: what makes a module is a class, most of the time. */
  #callable(subscripts: readonly Expression[]): Type {
    const [last] = subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one])).slice(-1);
    const made = last ? this.#annotation(last) : any;
    return isModule(made) ? { kind: "constructor", of: [this.#of(last!)] } : unknown;
  }

  /** The type that a type hint names. */
  #annotation(expression: Expression): Type {
    switch (expression.kind) {
      case "constant":
        return expression.value === "None" ? none : any;
      case "string":
        // A class by its name, before it is there.
        return /^\w+$/.test(expression.value) ? this.#annotation({ kind: "name", name: expression.value, from: expression.from, to: expression.to }) : any;
      case "binary":
        return expression.operator === "|" ? join(this.#annotation(expression.left), this.#annotation(expression.right)) : any;
      case "name":
      case "attribute": {
        const type = this.#of(expression);
        if (type.kind === "class") return { kind: "instance", of: type.of };
        if (type.kind !== "python") return any;
        // What stands for any type says nothing of this one.
        if (type.path === "typing.TypeVar()") return unknown;
        const api = kindlingPath(type.path);
        if (type.path === "pathlib.Path") return { kind: "object", of: pathClass };
        if (type.path === "logging.Logger") return { kind: "object", of: logger };
        if (type.path === "torch.Size") return size;
        if (type.path === "torch.Tensor" || type.path === "numpy.ndarray") return tensor;
        if (type.path === "torch.nn.Parameter") return { kind: "tensor", elements: "float", parameter: true };
        if (api && /^(nn|optim|data)(\.\w+)*\.[A-Z]/.test(api)) return { kind: "object", of: api };
        return (
          (
            {
              "builtins.int": int,
              "builtins.float": float,
              "builtins.str": string,
              "builtins.bool": bool,
              "builtins.list": listOf(unknown),
              "builtins.dict": { kind: "dict", key: unknown, value: unknown },
            } as Record<string, Type>
          )[type.path] ?? any
        );
      }
      case "index": {
        const base = this.#of(expression.object);
        const path = base.kind === "python" ? base.path.replace(/^(typing|builtins|collections\.abc)\./, "").toLowerCase() : "";
        const inner = expression.subscripts.flatMap((one) => (one.kind === "tuple" ? one.entries : [one])).map((one) => this.#annotation(one));
        if (path === "type")
          return expression.subscripts
            .flatMap(alternatives)
            .map((one) => this.#of(one))
            .reduce(join);
        if (path === "callable") return this.#callable(expression.subscripts);
        if (path === "optional") return join(inner[0]!, none);
        if (path === "union") return inner.reduce(join);
        if (path === "list" || path === "sequence") return listOf(inner[0]!);
        if (path === "iterable" || path === "iterator") return { kind: "iterator", of: inner[0]! };
        if (path === "set") return { kind: "set", of: inner[0]! };
        if (path === "dict" || path === "mapping") return { kind: "dict", key: inner[0]!, value: inner[1] ?? any };
        if (path === "tuple")
          return expression.subscripts.some((one) => one.kind === "constant" && one.value === "...")
            ? { ...listOf(inner[0]!), tuple: true }
            : tupleOf(...inner);
        return any;
      }
      default:
        return any;
    }
  }
}

/** What an operator makes of two numbers. */
function numbersResult(operator: string, left: Type, right: Type): Type {
  const [below, divisorBelow] = [left, right].map(isBelow);
  if (operator === "**") return powerOf(left, right);
  const isBelowZero = operator === "-" || (operator === "%" ? divisorBelow! : below! || divisorBelow!);
  if (operator === "/") return signed(float, isBelowZero);
  if (left.kind === "bool" && right.kind === "bool") return ["&", "|", "^"].includes(operator) ? bool : signed(int, isBelowZero);
  return signed(join(left, right), isBelowZero);
}

/** A whole number to the power of one below zero is none. */
function powerOf(left: Type, right: Type): Type {
  if (left.kind !== "int" || right.kind !== "int") return signed(join(left, right), isBelow(left));
  return signed(isBelow(right) ? number : int, isBelow(left));
}

/** A variable that is a number first and a tensor later is a tensor throughout. */
function joinVariable(before: Type, type: Type): Type {
  if ((isNumber(before) && type.kind === "tensor") || (before.kind === "tensor" && isNumber(type))) return { kind: "tensor", mixed: true };
  return join(before, type);
}

function isPython(type: Type, path: string): boolean {
  return type.kind === "python" && type.path === path;
}

function isMixed(type: Type): boolean {
  return type.kind === "tensor";
}

function merge(a: Map<string, Type>, b: Map<string, Type>): Map<string, Type> {
  const merged = new Map(a);
  // What is known of a field on one way only isn't known where both meet.
  for (const key of a.keys()) if (key.includes(".") && !b.has(key)) merged.delete(key);
  for (const [name, type] of b) {
    const before = merged.get(name);
    if (!before && name.includes(".")) continue;
    merged.set(name, before ? joinVariable(before, type) : type);
  }
  return merged;
}

function rootOf(bases: readonly Type[]): string | undefined {
  for (const base of bases) {
    if (base.kind === "class" && base.of.root) return base.of.root;
    if (base.kind === "python") {
      const api = kindlingPath(base.path);
      if (api) return api;
    }
  }
  return undefined;
}

/** Whether a method only says that classes have to say it anew. */
function isLeftToOthers({ class: of, body, node }: FunctionInfo): boolean {
  if (!of || !("statements" in body)) return false;
  const isAbstract = node.kind === "function" && node.decorators.some((decorator) => decoratorName(decorator) === "abstractmethod");
  return body.statements.every(
    ({ kind, ...statement }) =>
      kind === "raise" ||
      (kind === "pass" && isAbstract) ||
      (kind === "expression" && "value" in statement && ["constant", "string"].includes((statement.value as Expression).kind)),
  );
}

/** Whether a block gives a name another value. */
function isGivenAnew(block: Block, name: string): boolean {
  return block.statements.some(
    (one) =>
      (one.kind === "assign" && one.targets.some((target) => target.kind === "name" && target.name === name)) ||
      (one.kind === "if" && blocksOf(one).some((inner) => isGivenAnew(inner, name))),
  );
}

/** Whether a function gives what the one in it gives: `return fn(*args)`, `result = fn(*args) … return result`. */
function handsOn(body: Block, called: string): boolean {
  const isCall = (value: Expression | undefined): boolean => value?.kind === "call" && value.callee.kind === "name" && value.callee.name === called;
  const made = new Set<string>();
  const found: boolean[] = [];
  const visit = (block: Block): void => {
    for (const statement of block.statements) {
      if (statement.kind === "assign" && isCall(statement.value)) for (const target of statement.targets) if (target.kind === "name") made.add(target.name);
      if (statement.kind === "return") found.push(isCall(statement.value) || (statement.value?.kind === "name" && made.has(statement.value.name)));
      if (statement.kind !== "function" && statement.kind !== "class") for (const inner of blocksOf(statement)) visit(inner);
    }
  };
  visit(body);
  return found.every(Boolean);
}

/** An optimizer's step takes a closure of whatever kind, and gives what that gives. */
function isOptimizerStep({ class: of, name }: FunctionInfo): boolean {
  return name === "step" && of?.root === "optim.Optimizer";
}

/** What a property's setter stands under among the methods. */
function setterOf(name: string): string {
  return `${name} =`;
}

/** What a backward hook is shown: a gradient for each input or output, `None` where there is none. */
function gradients(): Type {
  return { kind: "list", of: { kind: "nullable", of: floats }, fixed: true };
}

function layerOutput(object: Type): Type {
  if (object.kind === "object") return layerResult(object.of);
  const forward = object.kind === "instance" ? findMethod(object.of, "forward") : undefined;
  return forward && forward.returns.kind !== "unknown" ? forward.returns : floats;
}
