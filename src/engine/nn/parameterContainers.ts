/** Parameters in a list or by name, registered in that order. */
import { ArgumentError, IndexError } from "../errors.ts";
import { Tensor } from "../tensor.ts";
import { Module } from "./module.ts";
import { Parameter } from "./parameter.ts";

/** Tensors become parameters, as PyTorch does it since 1.12. */
function asParameter(value: unknown): Parameter {
  if (value instanceof Parameter) return value;
  if (value instanceof Tensor) return new Parameter(value.detach());
  throw new ArgumentError(`${typeof value} is neither a Parameter nor a Tensor`, "TypeError");
}

/** PyTorch names the type differently in lists and in dictionaries. */
function line(name: string, parameter: Parameter, type: string): string {
  return `  (${name}): Parameter containing: [${type} of size ${parameter.shape.join("x")}]`;
}

/** A list of parameters. */
export class ParameterList extends Module<never[], never> {
  [index: number]: Parameter;

  constructor(parameters: Iterable<Tensor> = []) {
    super();
    this.extend(parameters);
  }

  override get length(): number {
    return [...this].length;
  }

  /** The parameter at a position; a negative one counts from the end. */
  at(index: number): Parameter {
    const all = [...this];
    const found = all[index < 0 ? index + all.length : index];
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }

  set(index: number, parameter: Tensor): void {
    const place = index < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) throw new IndexError(`index ${index} is out of range`);
    this[place] = asParameter(parameter);
  }

  slice(start?: number, end?: number): ParameterList {
    return new ParameterList([...this].slice(start, end));
  }

  append(parameter: Tensor): this {
    this[this.length] = asParameter(parameter);
    return this;
  }

  extend(parameters: Iterable<Tensor>): this {
    for (const parameter of parameters) this.append(parameter);
    return this;
  }

  *[Symbol.iterator](): IterableIterator<Parameter> {
    for (let i = 0; this[i] instanceof Parameter; i++) yield this[i]!;
  }

  override extraRepr(): string {
    return [...this].map((parameter, i) => line(String(i), parameter, "torch.float32")).join("\n");
  }
}

/** Parameters by name. Iterates over the names. */
export class ParameterDict extends Module<never[], never> {
  constructor(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]> = {}) {
    super();
    this.update(parameters);
  }

  override get length(): number {
    return this.keys().length;
  }

  get(name: string): Parameter {
    const found = (this as unknown as Record<string, unknown>)[name];
    if (!this.has(name)) throw new ArgumentError(`'${name}'`, "KeyError");
    return found as Parameter;
  }

  set(name: string, parameter: Tensor): this {
    (this as unknown as Record<string, unknown>)[name] = asParameter(parameter);
    return this;
  }

  has(name: string): boolean {
    return this.keys().includes(name);
  }

  /** Takes a parameter out and returns it. */
  pop(name: string): Parameter {
    const parameter = this.get(name);
    delete (this as unknown as Record<string, unknown>)[name];
    return parameter;
  }

  clear(): void {
    for (const name of this.keys()) this.pop(name);
  }

  update(parameters: Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]>): this {
    const entries = Symbol.iterator in parameters ? parameters : Object.entries(parameters);
    for (const [name, parameter] of entries as Iterable<readonly [string, Tensor]>) this.set(name, parameter);
    return this;
  }

  keys(): string[] {
    return this.namedParameters({ recurse: false }).map(([name]) => name);
  }

  values(): Parameter[] {
    return this.keys().map((name) => this.get(name));
  }

  entries(): [name: string, parameter: Parameter][] {
    return this.keys().map((name) => [name, this.get(name)]);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.keys().values();
  }

  override extraRepr(): string {
    return this.entries().map(([name, parameter]) => line(name, parameter, "torch.FloatTensor")).join("\n");
  }
}
