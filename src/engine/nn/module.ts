/**
 * The base of every network and layer: a callable object that finds its parameters, buffers and submodules by walking
 * over its own properties in the order in which they were assigned.
 */
import { noGrad } from "../autograd/gradMode.ts";
import { noDevice, type DeviceLike } from "../device.ts";
import type { DTypeName } from "../dtype.ts";
import { ArgumentError, KindlingError } from "../errors.ts";
import { instrument } from "../instrument.ts";
import { tenure } from "../memory/residents.ts";
import { Kind } from "../memory/storage.ts";
import { sameShape, shapeText } from "../shape.ts";
import { Tensor, type HookHandle } from "../tensor.ts";
import { addHook, callWithHooks, type BackwardHook, type BackwardPreHook, type ForwardHook, type ForwardPreHook, type ModuleHooks } from "./hooks.ts";
import { describeModule, moduleDetails } from "./debugView.ts";
import { found, type Found } from "./found.ts";
import { typeAsked } from "../ops/conversion.ts";
import { Members, typeNameOf, type MemberKind } from "./members.ts";
import { Parameter } from "./parameter.ts";
import { walk } from "./walk.ts";

/**
 * A module of whatever signature.
 * @api nn.AnyModule
 */
export type AnyModule = Module<any, any>; // oxlint-disable-line no-explicit-any

/**
 * A module of which nothing is known, not even what it holds: it may be called with anything, and its layers and parameters may be read.
 * @api nn.SomeModule
 */
export type SomeModule = AnyModule & { readonly [name: string]: any }; // oxlint-disable-line no-explicit-any

/**
 * What `loadStateDict` takes: a `Map` or a plain object of tensors by name.
 * @api nn.StateDict
 */
export type StateDict = ReadonlyMap<string, unknown> | Readonly<Record<string, unknown>>;

/**
 * What `loadStateDict` found.
 * @api nn.IncompatibleKeys
 */
export interface IncompatibleKeys {
  readonly missingKeys: string[];
  readonly unexpectedKeys: string[];
}

/** What loading found, as a plain object that prints as PyTorch prints it. */
function loadedKeys(missingKeys: string[], unexpectedKeys: string[]): IncompatibleKeys {
  const list = (keys: readonly string[]): string => `[${keys.map((key) => `'${key}'`).join(", ")}]`;
  const text =
    missingKeys.length + unexpectedKeys.length === 0
      ? "<All keys matched successfully>"
      : `_IncompatibleKeys(missing_keys=${list(missingKeys)}, unexpected_keys=${list(unexpectedKeys)})`;
  return Object.defineProperty({ missingKeys, unexpectedKeys }, "toString", { value: () => text });
}

const members = new WeakMap<object, Members>();

/**
 * What `new` gives is a function, so that a module can be called, with the class's prototype, so that it is a module,
 * behind a proxy that looks at what is assigned.
 */
class Callable {
  constructor() {
    const self = (...args: unknown[]): unknown => callModule(module, own, args);
    // These two belong to every function; a module's user may want the names.
    delete (self as { length?: number }).length;
    delete (self as { name?: string }).name;
    Object.setPrototypeOf(self, new.target.prototype);
    const own = new Members(self, (value) => value instanceof Module);
    const module = new Proxy(self, own) as unknown as Module;
    members.set(module, own);
    return module as never;
  }
}

/** Runs a module's hooks and `forward`. What it reads of the module it reads past the proxy. */
function callModule(module: Module, own: Members, args: unknown[]): unknown {
  const watcher = instrument();
  const forward = own.properties.forward as (...inputs: unknown[]) => unknown;
  try {
    watcher?.forwardStarts?.(module, args);
    const computed =
      own.hooks === null
        ? forward.apply(module, args)
        : callWithHooks(module, own.hooks as ModuleHooks<AnyModule>, (...inputs) => forward.apply(module, inputs), args);
    const output = watcher?.instead?.(module, computed) ?? computed;
    watcher?.forward?.(module, args, output);
    return output;
  } catch (error) {
    if (error instanceof KindlingError) nameModule(error, module);
    watcher?.forwardFailed?.(module, error);
    throw error;
  }
}

/** Those that see a module's inputs, in their order; the list itself. */
export function forwardPreHooksOf(module: object): ForwardPreHook<AnyModule, never>[] {
  return (members.get(module)?.hooks as ModuleHooks<AnyModule> | null | undefined)?.forwardPre ?? [];
}

/** Calling a module runs its hooks and `forward`: the constructor sees to it. */
export interface Module<Args extends unknown[] = [input: Tensor], Out = Tensor> {
  (...args: Args): Out;
}

/** Base class of all networks; `publicModule.ts` has what users read of it. */
export class Module<Args extends unknown[] = [input: Tensor], Out = Tensor> extends Callable {
  // oxlint-disable-line no-unsafe-declaration-merging
  /**
   * PyTorch's names of this class's parameters, buffers and submodules where they are not the property's own name:
   * `runningMean` is `running_mean` in a state dict.
   */
  static readonly stateNames: Readonly<Record<string, string>> = {};
  /** PyTorch's version of what this class keeps in a state dict. */
  static readonly stateVersion: number = 1;

  /** Whether dropout drops and batch normalisation takes the batch's statistics; see `train()` and `eval()`. */
  training: boolean;
  readonly #members = members.get(this)!;

  /** @throws ArgumentError (TypeError) for arguments: they are the subclass's own */
  constructor() {
    super();
    if (arguments.length > 0)
      throw new ArgumentError(
        `nn.Module takes no arguments but ${arguments.length} ${arguments.length === 1 ? "was" : "were"} given: write super() in ${new.target.name}`,
        "TypeError",
      );
    this.training = true;
    instrument()?.moduleConstructed?.(this);
  }

  /** What the module computes. Call the module itself, not this: hooks run only then. */
  forward(..._args: Args): Out {
    throw new KindlingError(`Module [${this.#typeName()}] is missing the required "forward" function`);
  }

  /** What stands between the parentheses when the module is printed. */
  extraRepr(): string {
    return "";
  }

  /**
   * A module of the same class with the same buffers' names and hooks and nothing else in it, for `deepcopy`. The class's
   * own constructor doesn't run.
   * @internal
   */
  blank(): AnyModule {
    const copy = Reflect.construct(Module, [], this.constructor) as Module;
    for (const [name, kind] of this.#members.kinds) copy.#members.become(name, kind, { persistent: !this.#members.nonPersistent.has(name) });
    const { hooks } = this.#members;
    if (hooks)
      copy.#members.hooks = {
        forwardPre: [...hooks.forwardPre],
        forward: [...hooks.forward],
        backwardPre: [...hooks.backwardPre],
        backward: [...hooks.backward],
      };
    return copy;
  }

  /**
   * Lets a property hold another value for a while, whatever it is registered as; gives back the one before.
   * @internal
   */
  substitute(property: string, value: unknown): unknown {
    const own = this.#members.properties;
    const before = own[property];
    own[property] = value;
    return before;
  }

  // --- finding ------------------------------------------------------------------------------------------------------

  /**
   * All parameters, each once, this module's own first: a list that is an iterator as well.
   * @param recurse whether the submodules' are included
   */
  parameters(recurse = true): Found<Parameter> {
    return found(this.namedParameters("", recurse).map(([, parameter]) => parameter));
  }

  /**
   * `[name, parameter]`; names are paths such as `layer1.weight`.
   * @param prefix put before every name, with a dot between
   * @param recurse whether the submodules' are included
   * @param removeDuplicate whether what has several names comes under the first only
   */
  namedParameters(prefix = "", recurse = true, removeDuplicate = true): Found<[name: string, parameter: Parameter]> {
    return this.#collected(prefix, recurse, removeDuplicate, (module) => module.#ownParameters());
  }

  /** All registered buffers, each once. */
  buffers(recurse = true): Found<Tensor> {
    return found(this.namedBuffers("", recurse).map(([, buffer]) => buffer));
  }

  /** `[name, buffer]`, as `namedParameters`. */
  namedBuffers(prefix = "", recurse = true, removeDuplicate = true): Found<[name: string, buffer: Tensor]> {
    return this.#collected(prefix, recurse, removeDuplicate, (module) => module.#ownBuffers());
  }

  /** The direct submodules, each once. */
  children(): Found<SomeModule> {
    return found(this.namedChildren().map(([, child]) => child));
  }

  /** `[name, submodule]` of the direct ones, each once. */
  namedChildren(): Found<[name: string, child: SomeModule]> {
    const seen = new Set<Module>();
    return found(this.registeredModules().filter(([, child]) => !seen.has(child) && seen.add(child)));
  }

  /** This module and all below it, depth first, each once. */
  modules(): Found<SomeModule> {
    return found(this.namedModules().map(([, module]) => module));
  }

  /**
   * `[path, module]`; the path of this module itself is empty.
   * @param memo modules that were seen already and don't come again
   * @param prefix put before every path, with a dot between
   * @param removeDuplicate whether what has several paths comes under the first only
   */
  namedModules(memo: Set<AnyModule> | null = null, prefix = "", removeDuplicate = true): Found<[path: string, module: SomeModule]> {
    const seen: Set<unknown> = memo ?? new Set();
    const all: [string, Module][] = [];
    // Not by recursion: modules may be nested deeply.
    const ahead: [string, Module][] = [[prefix, this as unknown as Module]];
    for (let next = ahead.pop(); next !== undefined; next = ahead.pop()) {
      const [path, module] = next;
      if (removeDuplicate && seen.has(module)) continue;
      seen.add(module);
      all.push(next);
      for (const [name, child] of module.registeredModules().toReversed()) ahead.push([join(path, name), child]);
    }
    return found(all);
  }

  /** The submodule at a path such as `blocks.0.block`; the empty path is this module. */
  getSubmodule(target: string): SomeModule {
    let module = this as unknown as Module;
    for (const name of target === "" ? [] : target.split(".")) {
      const child = module.registeredModules().find(([childName]) => childName === name)?.[1];
      if (child === undefined) throw new ArgumentError(`${module.#typeName()} has no submodule \`${name}\``, "AttributeError");
      module = child;
    }
    return module;
  }

  /** The parameter at a path such as `layer1.weight`. */
  getParameter(target: string): Parameter {
    const { owner, name } = this.#ownerOf(target);
    const parameter = owner.#ownParameters().find(([key]) => key === name)?.[1];
    if (parameter === undefined) throw new ArgumentError(`${owner.#typeName()} has no parameter \`${name}\``, "AttributeError");
    return parameter;
  }

  /** The buffer at a path such as `bn1.running_mean`. */
  getBuffer(target: string): Tensor {
    const { owner, name } = this.#ownerOf(target);
    const buffer = owner.#ownBuffers().find(([key]) => key === name)?.[1];
    if (buffer === undefined) throw new ArgumentError(`${owner.#typeName()} has no buffer \`${name}\``, "AttributeError");
    return buffer;
  }

  // --- registering --------------------------------------------------------------------------------------------------

  /**
   * Makes `this[name]` a tensor that belongs to the module without being trained.
   * @param persistent whether it is part of the state dict
   */
  registerBuffer(name: string, tensor: Tensor | null, persistent = true): void {
    this.#checkName(name, "buffer");
    this.#members.become(name, "buffer", { persistent });
    this.#own()[name] = tensor;
    if (tensor !== null) tenure(tensor.storage, Kind.Buffer);
  }

  /** The same as assigning a property; `null` keeps a place for a parameter that may come later. */
  registerParameter(name: string, param: Parameter | null): void {
    this.#checkName(name, "parameter");
    if (param !== null && !(param instanceof Parameter)) {
      throw new ArgumentError(`cannot assign '${typeNameOf(param)}' object to parameter '${name}' (torch.nn.Parameter or None required)`, "TypeError");
    }
    this.#members.become(name, "parameter");
    this.#own()[name] = param;
  }

  /** The same as assigning a property; `null` keeps a place for a module that may come later. */
  addModule(name: string, module: AnyModule | null): void {
    if (module !== null && !(module instanceof Module)) throw new ArgumentError(`${typeNameOf(module)} is not a Module subclass`, "TypeError");
    this.#checkName(name, "module");
    this.#members.become(name, "module");
    this.#own()[name] = module;
  }

  /** The same as `addModule`. */
  registerModule(name: string, module: AnyModule | null): void {
    this.addModule(name, module);
  }

  // --- changing all at once -----------------------------------------------------------------------------------------

  /** Training mode for this module and all below it. */
  train(mode = true): this {
    for (const module of this.modules()) module.training = mode;
    return this;
  }

  /** The opposite of `train()`: dropout passes everything, batch normalisation uses its running statistics. */
  eval(): this {
    return this.train(false);
  }

  /** Calls `fn` with every submodule, children before their parents, and with this module last. */
  apply(fn: (module: Module) => void): this {
    walk(this as unknown as Module, (module) => module.namedChildren(), "", { up: fn, within: refuseWithin });
    return this;
  }

  /** Freezes (`false`) or unfreezes all parameters. */
  requiresGrad_(requiresGrad = true): this {
    for (const parameter of this.parameters()) parameter.requiresGrad = requiresGrad;
    return this;
  }

  /** Forgets all gradients, or sets them to zero. */
  zeroGrad(setToNone = true): void {
    clearGradients(this.parameters(), setToNone);
  }

  /** Everything is on the processor in float32 already: takes what says so, and does nothing. */
  to(device: DeviceLike | null, dtype?: DTypeName | null): this;
  to(dtype: DTypeName | null): this;
  to(tensor: Tensor): this;
  to(target: DeviceLike | Tensor | null, dtype: DTypeName | null = null): this {
    const asked = typeAsked(target, dtype);
    if ((asked ?? "float32") !== "float32") throw new KindlingError(`a module's parameters are float32 on the processor here; can't convert to '${asked}'`);
    return this;
  }

  /** @throws KindlingError always: there is one device, the processor */
  cuda(): never {
    throw noDevice("cuda");
  }

  cpu(): this {
    return this;
  }

  float(): this {
    return this;
  }

  // --- state --------------------------------------------------------------------------------------------------------

  /**
   * Parameters and persistent buffers by name, in PyTorch's order and with PyTorch's names. They share the module's memory.
   * @param options.destination the `Map` that they are put into; a new one unless it is given
   * @param options.prefix put before every name
   * @param options.keepVars give the parameters themselves, not detached
   */
  stateDict({ destination = null, prefix = "", keepVars = false }: { destination?: Map<string, Tensor> | null; prefix?: string; keepVars?: boolean } = {}): Map<
    string,
    Tensor
  > {
    const state = destination ?? new Map<string, Tensor>();
    const versions = new Map<string, { version: number }>();
    walk(this as unknown as Module, (module) => module.registeredModules(), prefix, {
      down(module, _name, path) {
        versions.set(path.slice(0, -1), { version: (module.constructor as typeof Module).stateVersion });
        for (const [name, tensor] of module.#ownState()) state.set(path + name, keepVars ? tensor : tensor.detach());
      },
      within: refuseWithin,
    });
    return Object.defineProperty(state, "_metadata", { value: versions, configurable: true });
  }

  /**
   * Adds to a state dict what the version that wrote it didn't keep.
   * @param path of this module in it, with a dot at the end
   * @param version of this class when it was written; `null` where it isn't known
   */
  protected upgradeState(_state: Map<string, unknown>, _path: string, _version: number | null): void {}

  /**
   * Copies values into parameters and buffers.
   * @param strict throw where keys are missing or left over
   * @param assign put the given tensors in place of the module's own instead of copying their values
   * @returns the keys that were missing and those that nobody wanted
   */
  loadStateDict(stateDict: StateDict, strict = true, assign = false): IncompatibleKeys {
    const given = new Map<string, unknown>(stateDict instanceof Map ? stateDict : Object.entries(stateDict));
    const versions = (stateDict as { _metadata?: ReadonlyMap<string, { readonly version?: number }> })._metadata;
    for (const [path, module] of this.namedModules()) module.upgradeState(given, path === "" ? "" : `${path}.`, versions?.get(path)?.version ?? null);
    const own = this.stateDict({ keepVars: true });
    const missingKeys = [...own.keys()].filter((key) => !given.has(key));
    const unexpectedKeys = [...given.keys()].filter((key) => !own.has(key));
    const problems: string[] = [];
    if (strict && missingKeys.length > 0) problems.push(`Missing key(s) in state_dict: ${quoted(missingKeys)}. `);
    if (strict && unexpectedKeys.length > 0) problems.push(`Unexpected key(s) in state_dict: ${quoted(unexpectedKeys)}. `);
    noGrad(() => {
      for (const [key, tensor] of own) {
        const problem = given.has(key) ? checkState(key, tensor, given.get(key)) : null;
        if (problem !== null) problems.push(problem);
        else if (given.has(key)) this.#load(key, tensor, given.get(key) as Tensor, assign);
      }
    });
    if (problems.length > 0) {
      throw new KindlingError(`Error(s) in loading state_dict for ${this.#typeName()}:\n\t${problems.join("\n\t")}`);
    }
    return loadedKeys(missingKeys, unexpectedKeys);
  }

  /** Gives an entry of the state its new value. */
  #load(key: string, before: Tensor, value: Tensor, assign: boolean): void {
    if (!assign) {
      before.copy_(before.shape.length === 0 ? value.reshape([]) : value);
      return;
    }
    const { owner, name } = this.#ownerOf(key);
    const { stateNames } = owner.constructor as typeof Module;
    const property = Object.keys(stateNames).find((each) => stateNames[each] === name) ?? name;
    owner.#own()[property] = before instanceof Parameter ? new Parameter(value, before.requiresGrad) : value;
  }

  // --- hooks --------------------------------------------------------------------------------------------------------

  /**
   * `hook(module, inputs)` before each call; may return other inputs (a list, or one value).
   * @param options.prepend run it before those that are there already
   */
  registerForwardPreHook(hook: ForwardPreHook<this, Args>, { prepend = false }: { prepend?: boolean } = {}): HookHandle {
    return addHook(this.#hookLists().forwardPre, hook, prepend);
  }

  /**
   * `hook(module, inputs, output)` after each call; may return another output.
   * @param options.prepend run it before those that are there already
   */
  registerForwardHook(hook: ForwardHook<this, Args, Out>, { prepend = false }: { prepend?: boolean } = {}): HookHandle {
    return addHook(this.#hookLists().forward, hook, prepend);
  }

  /** `hook(module, gradOutputs)` when the gradients with respect to the outputs are known; may return others. */
  registerFullBackwardPreHook(hook: BackwardPreHook<this>, prepend = false): HookHandle {
    return addHook(this.#hookLists().backwardPre, hook, prepend);
  }

  /**
   * `hook(module, gradInputs, gradOutputs)` when the gradients with respect to the inputs are known; may return others
   * for the inputs. An entry is `null` where an input takes no gradient.
   */
  registerFullBackwardHook(hook: BackwardHook<this>, prepend = false): HookHandle {
    return addHook(this.#hookLists().backward, hook, prepend);
  }

  // --- printing -----------------------------------------------------------------------------------------------------

  /** As PyTorch prints it; of a module within itself only the class. @throws KindlingError where the text would be too long */
  override toString(): string {
    const text = new IndentedText();
    walk(this as unknown as Module, (module) => module.registeredModules(), "", {
      down(module, name, _path, depth) {
        const before = depth === 0 ? "" : `(${name}): `;
        const ownText = depth > 0 && module.toString !== Module.prototype.toString ? module.toString() : module.#leafText();
        text.add(before + (ownText ?? `${module.#typeName()}(`), depth);
        if (ownText !== null) return false;
        const extra = module.extraRepr();
        if (extra !== "") text.add(extra, depth + 1);
        return true;
      },
      up: (_, depth) => text.add(")", depth),
      within: (module, name, _path, depth) => text.add(`(${name}): ${module.#typeName()}(...)`, depth),
    });
    return text.toString();
  }

  /** The text of a module that fits into a line; `null` for one that doesn't. */
  #leafText(): string | null {
    const extra = this.extraRepr();
    return extra.includes("\n") || this.registeredModules().length > 0 ? null : `${this.#typeName()}(${extra})`;
  }

  /** What `console.log` shows in Node. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** What a debugger shows in its line. By this name VS Code's finds it, to which a module is a function. @internal */
  debugDescription(): string {
    return describeModule(this);
  }

  [Symbol.for("debug.description")](): string {
    return describeModule(this);
  }

  /** What a debugger shows of it where it is opened. */
  [Symbol.for("debug.properties")](): object {
    return moduleDetails(this);
  }

  // --- inside -------------------------------------------------------------------------------------------------------

  #typeName(): string {
    return this.constructor.name;
  }

  #own(): Record<string, unknown> {
    return this as unknown as Record<string, unknown>;
  }

  #hookLists(): ModuleHooks {
    return (this.#members.hooks ??= { forwardPre: [], forward: [], backwardPre: [], backward: [] });
  }

  /** Own properties that `wanted` accepts, under the names that PyTorch gives them. */
  #ownEntries<T>(wanted: (value: unknown, property: string) => boolean): [string, T][] {
    const { stateNames } = this.constructor as typeof Module;
    const own = this.#members.properties;
    const entries: [string, T][] = [];
    for (const property of Object.keys(own)) {
      const value = own[property];
      if (value !== null && value !== undefined && wanted(value, property)) entries.push([stateNames[property] ?? property, value as T]);
    }
    return entries;
  }

  #ownParameters(): [string, Parameter][] {
    return this.#ownEntries((value) => value instanceof Parameter);
  }

  #ownBuffers(): [string, Tensor][] {
    return this.#ownEntries((_, property) => this.#members.kinds.get(property) === "buffer");
  }

  /** The modules that are properties of this one, in order; one that has two names comes twice. */
  protected registeredModules(): [name: string, module: Module][] {
    return this.#ownEntries((value) => value instanceof Module);
  }

  /** The same without names. */
  protected ownModules(): Module[] {
    const own = this.#members.properties;
    const modules: Module[] = [];
    for (const property of Object.keys(own)) {
      const value = own[property];
      if (value instanceof Module) modules.push(value as unknown as Module);
    }
    return modules;
  }

  #ownState(): [string, Tensor][] {
    const { kinds, nonPersistent } = this.#members;
    const persistent = this.#ownEntries<Tensor>((_, property) => kinds.get(property) === "buffer" && !nonPersistent.has(property));
    return [...this.#ownParameters(), ...persistent];
  }

  #collected<T>(prefix: string, recurse: boolean, removeDuplicate: boolean, ownOf: (module: Module) => [string, T][]): Found<[string, T]> {
    const self: [string, Module][] = [[prefix, this as unknown as Module]];
    const seen = new Set<T>();
    const all: [string, T][] = [];
    for (const [path, module] of recurse ? this.namedModules(null, prefix, removeDuplicate) : self) {
      for (const [name, member] of ownOf(module)) {
        if (removeDuplicate && seen.has(member)) continue;
        seen.add(member);
        all.push([join(path, name), member]);
      }
    }
    return found(all);
  }

  #ownerOf(path: string): { owner: Module; name: string } {
    const dot = path.lastIndexOf(".");
    return { owner: this.getSubmodule(path.slice(0, Math.max(0, dot))), name: path.slice(dot + 1) };
  }

  #checkName(name: string, kind: MemberKind): void {
    if (name === "") throw new ArgumentError(`${kind} name can't be empty string ""`, "KeyError");
    if (name.includes(".")) throw new ArgumentError(`${kind} name can't contain "."`, "KeyError");
    const known = this.#members.kinds.get(name);
    const isTaken = known === undefined ? (this.#own()[name] ?? null) !== null : known !== kind;
    if (isTaken) throw new ArgumentError(`attribute '${name}' already exists`, "KeyError");
  }
}

/** Forgets gradients or sets them to zero. */
export function clearGradients(parameters: readonly Tensor[], setToNone: boolean): void {
  if (setToNone) for (const parameter of parameters) parameter.clearGrad();
  else noGrad(() => parameters.forEach((parameter) => parameter.gradSlot?.detach_().zero_()));
}

function join(path: string, name: string): string {
  return path === "" ? name : `${path}.${name}`;
}

function quoted(keys: readonly string[]): string {
  return keys.map((key) => `"${key}"`).join(", ");
}

/** A text of lines with two spaces before each for every depth. */
class IndentedText {
  readonly #lines: string[] = [];
  #length = 0;

  add(text: string, depth: number): void {
    for (const line of text.split("\n")) {
      this.#length += 2 * depth + line.length + 1;
      if (this.#length > LONGEST_TEXT) throw new KindlingError("the modules are nested too deeply to be printed; print a part of them");
      this.#lines.push(" ".repeat(2 * depth) + line);
    }
  }

  toString(): string {
    return this.#lines.join("\n");
  }
}

/** JavaScript's longest string. */
const LONGEST_TEXT = 2 ** 29 - 24;

function refuseWithin(module: Module, _name: string, path: string): never {
  throw new KindlingError(
    `maximum recursion depth exceeded: ${path.slice(0, -1)} is the ${module.constructor.name} that holds it, so there is no end to its modules; keep what isn't part of the module in a plain list or behind a function`,
  );
}

/** What is wrong with an entry of a state dict, if anything. */
function checkState(key: string, target: Tensor, given: unknown): string | null {
  if (!(given instanceof Tensor)) {
    const type = given === null ? "null" : typeof given;
    return `While copying the parameter named "${key}", expected torch.Tensor or Tensor-like object from checkpoint but received ${type}`;
  }
  // PyTorch before 0.4 had no scalars: they were vectors of one element.
  if (target.shape.length === 0 && given.shape.length === 1 && given.shape[0] === 1) return null;
  if (sameShape(given.shape, target.shape)) return null;
  return (
    `size mismatch for ${key}: copying a param with shape torch.Size(${shapeText(given.shape)}) from checkpoint, ` +
    `the shape in current model is torch.Size(${shapeText(target.shape)}).`
  );
}

/** What an error said before modules were named in it, and the innermost module that it came through. */
const failures = new WeakMap<KindlingError, { message: string; innermost: Module }>();

/** Says in the error where it happened, seen from `module`; each enclosing module says it anew, from further out. */
function nameModule(error: KindlingError, module: Module): void {
  const failure = failures.get(error) ?? { message: error.message, innermost: module };
  failures.set(error, failure);
  const { message, innermost } = failure;
  const type = innermost.constructor.name;
  const path = innermost === module ? undefined : module.namedModules().find(([, each]) => each === innermost)?.[0];
  const place = path === undefined ? type : `${path} (${type})`;
  error.modulePath = innermost === module ? [place] : [place, module.constructor.name];
  // The engine may write the trace only when it is first asked for: ask before the message changes.
  const { message: before, stack } = error;
  error.message = `${message}${message.endsWith(".") ? " In" : " in"} ${error.modulePath.join(" of ")}`;
  if (stack !== undefined) error.stack = stack.replace(before, () => error.message);
}
