/** Modules that hold modules: in a row, in a list, by name. */
import { ArgumentError, IndexError } from "../errors.ts";
import type { Int } from "../ops/types.ts";
import type { Tensor } from "../tensor.ts";
import { Holder } from "./holder.ts";
import { Module, type AnyModule, type SomeModule } from "./module.ts";

/** A position from the end (negative) or the start. */
function wrapIndex(index: number, length: number): number {
  const wrapped = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || wrapped < 0 || wrapped >= length) throw new IndexError(`index ${index} is out of range`);
  return wrapped;
}

/** JavaScript's `Array(3).map(…)` calls nothing, as none of the three places holds anything. */
const emptyPlace = "ModuleList: a place of the list is empty. Array(n).map(…) makes nothing; Array.from({ length: n }, () => …) does";

export type ModulesByName<M extends AnyModule = AnyModule> = Readonly<Record<string, M>> | ReadonlyMap<string, M>;

function entriesOf<M extends AnyModule>(modules: ModulesByName<M>): Iterable<readonly [string, M]> {
  return modules instanceof Map ? (modules.entries() as Iterable<readonly [string, M]>) : Object.entries(modules as Readonly<Record<string, M>>);
}

/**
 * Calls its modules one after the other, each with what the one before returned.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.Sequential.html
 * @api nn.Sequential
 */
export class Sequential extends Module {
  /** A module that was given by name; of its kind nothing is known. */
  // oxlint-disable-next-line no-explicit-any
  [name: string]: any;
  [index: number]: SomeModule;

  /** @param arg modules by name, in order */
  constructor(arg: ModulesByName);
  constructor(...args: readonly AnyModule[]);
  constructor(...args: readonly AnyModule[] | readonly [ModulesByName]) {
    super();
    const [first] = args;
    const named =
      args.length === 1 && typeof first === "object" && first !== null
        ? (first as ModulesByName)
        : Object.fromEntries(Object.entries(args as readonly AnyModule[]));
    for (const [name, module] of entriesOf(named)) this.addModule(name, asModule(module, "Sequential"));
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** The module at a position; a negative one counts from the end. */
  at(index: Int): SomeModule {
    const modules = this.registeredModules();
    return modules[wrapIndex(index, modules.length)]![1];
  }

  /** A new Sequential of some of the modules. */
  slice(start?: Int, end?: Int): Sequential {
    return new Sequential(Object.fromEntries(this.registeredModules().slice(start, end)));
  }

  /** Adds a module at the end. */
  append(module: AnyModule): this {
    this.addModule(String(this.length), asModule(module, "Sequential"));
    return this;
  }

  *[Symbol.iterator](): IterableIterator<Module> {
    yield* this.ownModules();
  }

  override forward(input: Tensor): Tensor {
    let value = input;
    for (const module of this.ownModules()) value = module(value);
    return value;
  }
}

/**
 * A list of modules, which it registers but does not call.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ModuleList.html
 * @api nn.ModuleList
 */
export class ModuleList<M extends AnyModule = SomeModule> extends Holder {
  [index: number]: M;

  constructor(modules: Iterable<M> | null = null) {
    super();
    if (modules !== null) this.extend(modules);
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** The module at a position; a negative one counts from the end. */
  at(index: Int): M {
    const modules = [...this];
    return modules[wrapIndex(index, modules.length)]!;
  }

  /** Puts another module at a position. */
  set(index: Int, module: M): void {
    this[wrapIndex(index, this.length)] = asModule(module, "ModuleList");
  }

  /** A new list of some of the modules. */
  slice(start?: Int, end?: Int): ModuleList<M> {
    return new ModuleList([...this].slice(start, end));
  }

  /** Adds a module at the end. */
  append(module: M): this {
    this[this.length] = asModule(module, "ModuleList");
    return this;
  }

  /** Adds modules at the end. */
  extend(modules: Iterable<M>): this {
    for (const module of modules) {
      if (module === undefined) throw new ArgumentError(emptyPlace, "TypeError");
      this.append(module);
    }
    return this;
  }

  /** Puts a module before the one at `index`. */
  insert(index: Int, module: M): void {
    const modules: M[] = [...this];
    modules.splice(index, 0, asModule(module, "ModuleList"));
    modules.forEach((each, i) => (this[i] = each));
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of this.registeredModules()) yield module as AnyModule as M;
  }
}

/**
 * Modules by name, which it registers but does not call. Iterates over the names.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ModuleDict.html
 * @api nn.ModuleDict
 */
export class ModuleDict<M extends AnyModule = SomeModule> extends Holder {
  /** A module, by its name. */
  // oxlint-disable-next-line no-explicit-any
  [name: string]: any;

  constructor(modules: ModulesByName<M> | Iterable<readonly [string, M]> | null = null) {
    super();
    if (modules !== null) this.update(modules);
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** @throws ArgumentError (KeyError) if there is no such name */
  get(key: string): M {
    const found = this.registeredModules().find(([name]) => name === key);
    if (found === undefined) throw new ArgumentError(`'${key}'`, "KeyError");
    return found[1] as AnyModule as M;
  }

  /** Puts a module under a name. */
  set(key: string, module: M): this {
    this.addModule(key, asModule(module, "ModuleDict"));
    return this;
  }

  /** Whether there is a module of this name. */
  has(key: string): boolean {
    return this.keys().includes(key);
  }

  /** Takes a module out and returns it. */
  pop(key: string): M {
    const module = this.get(key);
    delete (this as Record<string, unknown>)[key];
    return module;
  }

  /** Puts modules under their names. */
  update(modules: ModulesByName<M> | Iterable<readonly [string, M]>): this {
    if (modules instanceof ModuleDict) return this.update(modules.entries());
    const entries = Symbol.iterator in modules ? (modules as Iterable<readonly [string, M]>) : entriesOf(modules);
    for (const entry of entries) {
      if (!Array.isArray(entry) || entry.length !== 2)
        throw new ArgumentError('ModuleDict: a list holds pairs of a name and a module, as in [["conv", conv]]; or give { conv }', "TypeError");
      this.set(...(entry as [string, M]));
    }
    return this;
  }

  keys(): string[] {
    return this.registeredModules().map(([name]) => name);
  }

  values(): M[] {
    return this.entries().map(([, module]) => module);
  }

  /** `[name, module]` of each. */
  entries(): [name: string, module: M][] {
    return this.registeredModules() as unknown as [string, M][];
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.keys().values();
  }
}

function asModule<M extends AnyModule>(value: M, container: string): M {
  if (value instanceof Module) return value;
  throw new ArgumentError(`${container}: ${value === null ? "null" : typeof value} is not a Module subclass`, "TypeError");
}
