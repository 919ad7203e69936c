/** Modules that hold modules: in a row, in a list, by name. */
import { ArgumentError, IndexError } from "../errors.ts";
import type { Tensor } from "../tensor.ts";
import { Module, type AnyModule } from "./module.ts";

/** A position from the end (negative) or the start. */
function wrapIndex(index: number, length: number): number {
  const wrapped = index < 0 ? index + length : index;
  if (!Number.isInteger(index) || wrapped < 0 || wrapped >= length) throw new IndexError(`index ${index} is out of range`);
  return wrapped;
}

/** Calls its modules one after the other, each with what the one before returned. */
export class Sequential extends Module {
  [index: number]: Module;

  constructor(...modules: AnyModule[]);
  /** @param modules by name, in order */
  constructor(modules: Readonly<Record<string, AnyModule>>);
  constructor(...modules: AnyModule[] | [Readonly<Record<string, AnyModule>>]) {
    super();
    const [first] = modules;
    const named = modules.length === 1 && typeof first === "object" ? first : (modules as AnyModule[]);
    for (const [name, module] of Object.entries(named)) this.addModule(name, asModule(module, "Sequential"));
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** The module at a position; a negative one counts from the end. */
  at(index: number): Module {
    const modules = this.registeredModules();
    return modules[wrapIndex(index, modules.length)]![1];
  }

  /** A new Sequential of some of the modules. */
  slice(start?: number, end?: number): Sequential {
    return new Sequential(Object.fromEntries(this.registeredModules().slice(start, end)));
  }

  append(module: AnyModule): this {
    this.addModule(String(this.length), asModule(module, "Sequential"));
    return this;
  }

  *[Symbol.iterator](): IterableIterator<Module> {
    yield* this.ownModules();
  }

  override forward(x: Tensor): Tensor {
    let value = x;
    for (const module of this.ownModules()) value = module(value);
    return value;
  }
}

/** A list of modules, which it registers but does not call. */
export class ModuleList<M extends AnyModule = Module> extends Module<never[], never> {
  [index: number]: M;

  constructor(modules: Iterable<M> = []) {
    super();
    this.extend(modules);
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** The module at a position; a negative one counts from the end. */
  at(index: number): M {
    const modules = [...this];
    return modules[wrapIndex(index, modules.length)]!;
  }

  /** Puts another module at a position. */
  set(index: number, module: M): void {
    this[wrapIndex(index, this.length)] = asModule(module, "ModuleList");
  }

  /** A new list of some of the modules. */
  slice(start?: number, end?: number): ModuleList<M> {
    return new ModuleList([...this].slice(start, end));
  }

  append(module: M): this {
    this[this.length] = asModule(module, "ModuleList");
    return this;
  }

  extend(modules: Iterable<M>): this {
    for (const module of modules) this.append(module);
    return this;
  }

  /** Puts a module before the one at `index`. */
  insert(index: number, module: M): void {
    const modules: M[] = [...this];
    modules.splice(index, 0, asModule(module, "ModuleList"));
    modules.forEach((each, i) => (this[i] = each));
  }

  *[Symbol.iterator](): IterableIterator<M> {
    for (const [, module] of this.registeredModules()) yield module as AnyModule as M;
  }
}

/** Modules by name, which it registers but does not call. Iterates over the names. */
export class ModuleDict<M extends AnyModule = Module> extends Module<never[], never> {
  constructor(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]> = {}) {
    super();
    this.update(modules);
  }

  override get length(): number {
    return this.registeredModules().length;
  }

  /** @throws ArgumentError (KeyError) if there is no such name */
  get(name: string): M {
    const found = this.registeredModules().find(([key]) => key === name);
    if (found === undefined) throw new ArgumentError(`'${name}'`, "KeyError");
    return found[1] as AnyModule as M;
  }

  set(name: string, module: M): this {
    this.addModule(name, asModule(module, "ModuleDict"));
    return this;
  }

  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** Takes a module out and returns it. */
  pop(name: string): M {
    const module = this.get(name);
    delete (this as Record<string, unknown>)[name];
    return module;
  }

  update(modules: Readonly<Record<string, M>> | Iterable<readonly [string, M]>): this {
    const entries = Symbol.iterator in modules ? modules : Object.entries(modules);
    for (const [name, module] of entries as Iterable<readonly [string, M]>) this.set(name, module);
    return this;
  }

  keys(): string[] {
    return this.registeredModules().map(([name]) => name);
  }

  values(): M[] {
    return this.entries().map(([, module]) => module);
  }

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
