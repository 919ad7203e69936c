/** What all optimizers share: parameter groups, state, and the frame of a step. */
import { enableGrad, noGrad } from "../autograd/gradMode.ts";
import { ArgumentError } from "../errors.ts";
import { absent } from "../forms/absent.ts";
import { isPlainObject, valueInWords } from "../forms/kinds.ts";
import { misspelledName } from "../forms/nearest.ts";
import { instrument } from "../instrument.ts";
import { clearGradients } from "../nn/module.ts";
import { boolean, sizes } from "../nn/printing.ts";
import { tensor } from "../ops/creation.ts";
import { optimizerState } from "../ops/optimizers.ts";
import { sameShape } from "../shape.ts";
import { Tensor } from "../tensor.ts";
import { camelCase, snakeCase } from "./stateNames.ts";

/**
 * Options that every optimizer has.
 * @api optim.OptimizerOptions
 */
export interface OptimizerOptions {
  /** Learning rate. */
  lr: number;
}

/**
 * Parameters that are trained with the same options. The options may be changed at any time.
 * @api optim.ParamGroup
 */
export type ParamGroup<Options extends OptimizerOptions = OptimizerOptions> = Options & {
  params: Tensor[];
  /** The learning rate that a scheduler started from. */
  initialLr?: number;
};

/**
 * A group as users give it: what it doesn't say is taken from the optimizer's own options.
 * @api optim.ParamGroupInput
 */
export type ParamGroupInput<Options extends OptimizerOptions> = Partial<Options> & { params: Iterable<Tensor> | Tensor };

/**
 * What an optimizer trains: tensors, or groups of them.
 * @api optim.OptimizerParameters
 */
export type OptimizerParameters<Options extends OptimizerOptions> = Iterable<Tensor> | Iterable<ParamGroupInput<Options>>;

/**
 * An optimizer's state with PyTorch's names; parameters are numbered through all groups.
 * @api optim.OptimizerStateDict
 */
export interface OptimizerStateDict {
  state: Map<number, Record<string, unknown>>;
  param_groups: Record<string, unknown>[];
}

/**
 * What an optimizer remembers of one parameter.
 * @api optim.ParameterState
 */
export type ParameterState = Record<string, Tensor | number | null>;

/**
 * Base class of optimizers. One of your own says in `update` how a parameter is changed by its gradient.
 * @see https://pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
 * @api optim.Optimizer
 * @base
 */
export abstract class Optimizer<Options extends OptimizerOptions = OptimizerOptions> {
  paramGroups: ParamGroup<Options>[] = [];
  readonly defaults: Options;
  readonly state = new Map<Tensor, ParameterState>();

  /**
   * @param params tensors, or groups `{ params, lr, … }` with options of their own
   * @param defaults the options of groups that don't say otherwise
   */
  constructor(params: OptimizerParameters<Options>, defaults: Options) {
    this.defaults = defaults;
    this.checkOptions(defaults);
    const list = listed<Tensor | ParamGroupInput<Options>>(params, "params argument given to the optimizer should be an iterable of Tensors or dicts, but got");
    if (list.length === 0) throw new ArgumentError("optimizer got an empty parameter list");
    if (isPlainObject(list[0])) for (const group of list) this.addParamGroup(group as ParamGroupInput<Options>);
    else this.addParamGroup({ params: list } as unknown as ParamGroupInput<Options>);
    instrument()?.optimizerConstructed?.(this as unknown as Optimizer);
  }

  /**
   * Lets further parameters be trained, with options of their own.
   * @param paramGroup `{ params, lr, … }`; names that are no options, nor near one, are your own and stay in the group
   */
  addParamGroup(paramGroup: ParamGroupInput<Options>): void {
    if (!isPlainObject(paramGroup)) throw new ArgumentError(`param_group must be a dict, but got ${valueInWords(paramGroup)}`, "TypeError");
    if (paramGroup.params === undefined) throw new ArgumentError("a parameter group needs params: { params: layer.parameters(), … }", "KeyError");
    const params =
      paramGroup.params instanceof Tensor
        ? [paramGroup.params]
        : listed<Tensor>(paramGroup.params, "params of a group should be an iterable of Tensors, but got");
    const known = new Set(this.paramGroups.flatMap((group) => group.params));
    for (const parameter of params) {
      if (!(parameter instanceof Tensor)) {
        throw new ArgumentError(`optimizer can only optimize Tensors, but one of the params is ${typeName(parameter)}`, "TypeError");
      }
      if (!parameter.isLeaf) throw new ArgumentError("can't optimize a non-leaf Tensor");
      if (known.has(parameter)) throw new ArgumentError("some parameters appear in more than one parameter group");
    }
    const own = Object.fromEntries(Object.entries(paramGroup).filter(([, value]) => value !== undefined));
    checkNames(own, this.defaults);
    const group = { ...this.defaults, ...own, params: [...new Set(params)] } as ParamGroup<Options>;
    this.checkOptions(group);
    this.paramGroups.push(group);
  }

  /**
   * Forgets the gradients of all parameters.
   * @param setToNone `false` sets them to zero instead
   */
  zeroGrad(setToNone = true): void {
    for (const { params } of this.paramGroups) clearGradients(params, setToNone);
  }

  /**
   * Changes the parameters by their gradients.
   * @param closure computes the loss and its gradients first
   * @returns what the closure returned
   */
  step<T>(closure: () => T): T;
  step(closure?: null): undefined;
  step<T>(closure?: (() => T) | null): T | undefined {
    const loss = closure ? enableGrad(closure) : undefined;
    const observer = instrument();
    observer?.beforeStep?.(this as unknown as Optimizer);
    noGrad(() => {
      for (const group of this.paramGroups) {
        checkRate(group.lr);
        this.updateGroup(group);
      }
    });
    observer?.afterStep?.(this as unknown as Optimizer);
    return loss;
  }

  /** State and options with PyTorch's names, ready to be saved. */
  stateDict(): OptimizerStateDict {
    const numbers = new Map(this.#parameters().map((parameter, i) => [parameter, i]));
    const state = new Map<number, Record<string, unknown>>();
    for (const [parameter, number] of numbers) {
      const own = this.state.get(parameter);
      if (own !== undefined) state.set(number, exportState(own));
    }
    const paramGroups = this.paramGroups.map((group) => ({
      ...renamed(optionsOf(group), snakeCase),
      params: group.params.map((parameter) => numbers.get(parameter)!),
    }));
    return { state, param_groups: paramGroups };
  }

  /**
   * Takes up a state of `stateDict()`, or one that PyTorch wrote.
   * @throws ArgumentError where its groups aren't those of this optimizer
   */
  loadStateDict(stateDict: OptimizerStateDict): void {
    const groups = stateDict.param_groups;
    if (!Array.isArray(groups)) throw new ArgumentError("loaded state dict has no param_groups: give what an optimizer's stateDict() gave", "KeyError");
    if (groups.length !== this.paramGroups.length) {
      throw new ArgumentError("loaded state dict has a different number of parameter groups");
    }
    const sizes = groups.map((group) => (group.params as number[]).length);
    if (sizes.some((size, i) => size !== this.paramGroups[i]!.params.length)) {
      throw new ArgumentError("loaded state dict contains a parameter group that doesn't match the size of optimizer's group");
    }
    const parameters = this.#parameters();
    const numbers = groups.flatMap((group) => group.params as number[]);
    this.state.clear();
    numbers.forEach((number, i) => {
      const own = stateOf(stateDict, number);
      if (own !== undefined) this.state.set(parameters[i]!, importState(own, parameters[i]!));
    });
    groups.forEach((group, i) => Object.assign(this.paramGroups[i]!, renamed(optionsOf(group), camelCase)));
  }

  /** As PyTorch prints it. */
  toString(): string {
    const groups = this.paramGroups.map((group, i) => {
      const lines = Object.entries(renamed(optionsOf(group), snakeCase)).sort(([a], [b]) => (a < b ? -1 : 1));
      return `Parameter Group ${i}\n${lines.map(([name, value]) => `    ${name}: ${pythonText(value)}\n`).join("")}`;
    });
    return `${this.constructor.name} (\n${groups.join("\n")})`;
  }

  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }

  /** What a debugger shows in its line: see `ops/debugView.ts`. */
  [Symbol.for("debug.description")](): string {
    const { paramGroups } = this;
    let count = 0;
    for (let i = 0; i < paramGroups.length; i++) count += paramGroups[i]!.params.length;
    const groups = paramGroups.length === 1 ? "" : ` in ${paramGroups.length} groups`;
    return `${this.constructor.name} lr ${paramGroups[0]!.lr}, ${count} parameters${groups}`;
  }

  /** Changes those parameters of a group that have a gradient: by default one after the other. Runs without grad mode. */
  protected updateGroup(group: ParamGroup<Options>): void {
    for (const parameter of group.params) if (parameter.gradSlot !== null) this.update!(parameter, parameter.gradSlot, group);
  }

  /** Changes one parameter by its gradient. Every optimizer has this or its own `updateGroup`. */
  protected update?(parameter: Tensor, gradient: Tensor, group: ParamGroup<Options>): void;

  /** What is remembered of a parameter; before its first step that is what `start` makes. */
  protected remembered<State extends ParameterState>(
    parameter: Tensor,
    group: ParamGroup<Options>,
    start: (parameter: Tensor, options: Options) => State,
  ): State {
    const known = this.state.get(parameter) as State | undefined;
    if (known) return known;
    const state = start(parameter, group);
    this.state.set(parameter, state);
    return state;
  }

  /** Throws where an option is out of range. */
  protected checkOptions(options: Options): void {
    if (!(options.lr >= 0)) throw new ArgumentError(`Invalid learning rate: ${options.lr}`);
  }

  #parameters(): Tensor[] {
    return this.paramGroups.flatMap((group) => group.params);
  }
}

/** @throws ArgumentError with `refusal` and what it is, where it is no list or the like */
function listed<Item>(values: Iterable<unknown>, refusal: string): Item[] {
  const isModule = typeof (values as { parameters?: unknown } | null)?.parameters === "function";
  if (!isModule && !(values instanceof Tensor) && typeof (values as Iterable<unknown> | null)?.[Symbol.iterator] === "function") return [...values] as Item[];
  throw new ArgumentError(`${refusal} ${typeName(values)}${isModule ? "; give its parameters(), as in model.parameters()" : ""}`, "TypeError");
}

function typeName(value: unknown): string {
  if (value instanceof Tensor) return "torch.FloatTensor";
  return Object(value) === value ? ((value as object).constructor?.name ?? typeof value) : typeof value;
}

/** What a group may hold beside the options: schedulers keep their own marks there. */
export const groupMarks: ReadonlySet<string> = new Set(["params", "initialLr", "swaLr", "maxMomentum", "baseMomentum"]);

/** Options of PyTorch's that change how it computes, not what. */
const WITHOUT_MEANING: ReadonlySet<string> = new Set(["foreach", "fused", "capturable", "differentiable"]);

/** @throws ArgumentError for a name that was probably meant to be an option, and for an option's value of another kind than its default */
function checkNames(group: Readonly<Record<string, unknown>>, defaults: object): void {
  for (const [name, value] of Object.entries(group)) {
    if (groupMarks.has(name)) continue;
    if (name in defaults) checkKind(name, value, (defaults as Readonly<Record<string, unknown>>)[name]);
    else if (WITHOUT_MEANING.has(name)) throw new ArgumentError(`a parameter group has no option '${name}' here. ${absent[name]!}`, "TypeError");
    else {
      const meant = misspelledName(name, Object.keys(defaults));
      if (meant !== null) throw new ArgumentError(`a parameter group has no option '${name}'; did you mean '${meant}'?`, "TypeError");
    }
  }
}

function checkKind(name: string, value: unknown, standard: unknown): void {
  const expected = Array.isArray(standard)
    ? `a list of ${standard.length} numbers`
    : { number: "a number", boolean: "true or false" }[typeof standard as string];
  const fits = Array.isArray(standard)
    ? Array.isArray(value) && value.length === standard.length && value.every((each) => typeof each === "number")
    : typeof value === typeof standard;
  if (expected !== undefined && !fits) throw new ArgumentError(`a parameter group's '${name}' must be ${expected}, not ${valueInWords(value)}`, "TypeError");
}

/** A group without its parameters. */
function optionsOf(group: object): object {
  return Object.fromEntries(Object.entries(group).filter(([name]) => name !== "params"));
}

/** What a state dict says of a parameter. An empty one comes from a file as a plain object: nothing tells that its keys would be numbers. */
export function stateOf({ state }: OptimizerStateDict, number: number): Record<string, unknown> | undefined {
  return state instanceof Map ? state.get(number) : (state as Record<number, Record<string, unknown>>)[number];
}

export function renamed(options: object, rename: (name: string) => string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, value]) => [rename(name), value]));
}

/** A rate that was assigned to its group since. */
function checkRate(lr: unknown): void {
  if (typeof lr !== "number" || Number.isNaN(lr)) throw new ArgumentError(`paramGroups[i].lr must be a number, not ${valueInWords(lr)}`, "TypeError");
}

/** PyTorch keeps the step count, and other single numbers, in tensors. */
function exportState(state: ParameterState): Record<string, unknown> {
  const named = renamed(state, snakeCase);
  return Object.fromEntries(Object.entries(named).map(([name, value]) => [name, typeof value === "number" ? tensor(value) : value]));
}

/** State that is one number whatever the parameter's shape. */
const SINGLE_NUMBERS: ReadonlySet<string> = new Set(["step", "mu_product", "eta", "mu"]);

function importState(state: Record<string, unknown>, parameter: Tensor): ParameterState {
  const own: ParameterState = {};
  for (const [name, value] of Object.entries(state)) {
    if (SINGLE_NUMBERS.has(name)) own[camelCase(name)] = value instanceof Tensor ? value.item() : Number(value);
    else own[camelCase(name)] = value instanceof Tensor ? ownCopy(name, value, parameter) : (value as number | null);
  }
  return own;
}

function ownCopy(name: string, value: Tensor, parameter: Tensor): Tensor {
  if (!sameShape(value.shape, parameter.shape)) {
    throw new ArgumentError(`loaded state dict's ${name} has shape [${value.shape.join(", ")}], but its parameter has shape [${parameter.shape.join(", ")}]`);
  }
  return optimizerState(parameter).copy_(value.detach());
}

function pythonText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "boolean" ? boolean(value) : sizes((value ?? null) as number | number[] | null);
}
