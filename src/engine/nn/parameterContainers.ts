/** Parameters in a list or by name, registered in that order. */
import { ArgumentError, IndexError } from "../errors.ts";
import type { Int } from "../ops/types.ts";
import { Tensor } from "../tensor.ts";
import { Holder } from "./holder.ts";
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

/**
 * A list of parameters.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ParameterList.html
 * @api nn.ParameterList
 */
export class ParameterList extends Holder {
  [index: number]: Parameter;

  constructor(values: Iterable<Tensor> | null = null) {
    super();
    if (values !== null) this.extend(values);
  }

  override get length(): number {
    return [...this].length;
  }

  /** The parameter at a position; a negative one counts from the end. */
  at(index: Int): Parameter {
    const all = [...this];
    const found = all[index < 0 ? index + all.length : index];
    if (found === undefined) throw new IndexError(`index ${index} is out of range`);
    return found;
  }

  /** Puts another parameter at a position. */
  set(index: Int, parameter: Tensor): void {
    const place = index < 0 ? index + this.length : index;
    if (place < 0 || place >= this.length) throw new IndexError(`index ${index} is out of range`);
    this[place] = asParameter(parameter);
  }

  /** A new list of some of the parameters. */
  slice(start?: Int, end?: Int): ParameterList {
    return new ParameterList([...this].slice(start, end));
  }

  /** Adds a parameter at the end. */
  append(value: Tensor): this {
    this[this.length] = asParameter(value);
    return this;
  }

  /** Adds parameters at the end. */
  extend(values: Iterable<Tensor>): this {
    for (const value of values) this.append(value);
    return this;
  }

  *[Symbol.iterator](): IterableIterator<Parameter> {
    for (let i = 0; this[i] instanceof Parameter; i++) yield this[i]!;
  }

  override extraRepr(): string {
    return [...this].map((parameter, i) => line(String(i), parameter, "torch.float32")).join("\n");
  }
}

/** As an object, a `Map`, a `ParameterDict`'s `entries()`. */
export type ParametersByName = Readonly<Record<string, Tensor>> | Iterable<readonly [string, Tensor]>;

/**
 * Parameters by name. Iterates over the names.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.ParameterDict.html
 * @api nn.ParameterDict
 */
export class ParameterDict extends Holder {
  /** A parameter, by its name. */
  // oxlint-disable-next-line no-explicit-any
  [name: string]: any;

  constructor(parameters: ParametersByName | null = null) {
    super();
    if (parameters !== null) this.update(parameters);
  }

  override get length(): number {
    return this.keys().length;
  }

  /**
   * @param byDefault what to give where there is no such name
   * @throws ArgumentError (KeyError) if there is neither
   */
  get(key: string): Parameter;
  get<T>(key: string, byDefault: T): Parameter | T;
  get(key: string, byDefault?: unknown): unknown {
    if (this.has(key)) return this[key];
    if (byDefault === undefined) throw new ArgumentError(`'${key}'`, "KeyError");
    return byDefault;
  }

  /** Puts a parameter under a name. */
  set(key: string, parameter: Tensor): this {
    this[key] = asParameter(parameter);
    return this;
  }

  /** Whether there is a parameter of this name. */
  has(key: string): boolean {
    return this.keys().includes(key);
  }

  /** Takes a parameter out and returns it. */
  pop(key: string): Parameter {
    const parameter = this.get(key);
    delete this[key];
    return parameter;
  }

  /** Takes all out. */
  clear(): void {
    for (const key of this.keys()) this.pop(key);
  }

  /** Puts parameters under their names. */
  update(parameters: ParametersByName): this {
    if (parameters instanceof ParameterDict) return this.update(parameters.entries());
    const entries = Symbol.iterator in parameters ? parameters : Object.entries(parameters);
    for (const [key, parameter] of entries as Iterable<readonly [string, Tensor]>) this.set(key, parameter);
    return this;
  }

  keys(): string[] {
    return this.namedParameters("", false).map(([name]) => name);
  }

  values(): Parameter[] {
    return this.keys().map((name) => this.get(name));
  }

  /** `[name, parameter]` of each. */
  entries(): [name: string, parameter: Parameter][] {
    return this.keys().map((name) => [name, this.get(name)]);
  }

  [Symbol.iterator](): IterableIterator<string> {
    return this.keys().values();
  }

  override extraRepr(): string {
    return this.entries()
      .map(([name, parameter]) => line(name, parameter, "torch.FloatTensor"))
      .join("\n");
  }
}
