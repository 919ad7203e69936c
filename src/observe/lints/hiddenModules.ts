/** Layers and parameters that a module keeps where it doesn't look for them: in an array, a Map, a Set or an object. */
import { Module } from "../../engine/nn/module.ts";
import { Parameter } from "../../engine/nn/parameter.ts";
import { RandomZeros } from "../../engine/nn/dropout.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { SourcePosition } from "../../protocol/index.ts";
import type { Lint, LintContext } from "./lint.ts";

/** How deep containers lie in one another, and how much of one is looked at. */
const deepest = 4;
const mostLookedAt = 1_000;

/** What one property of a module hides. */
interface Hidden {
  readonly owner: Module;
  readonly property: string;
  readonly kind: "array" | "Map" | "Set" | "object";
  readonly modules: readonly Module[];
  readonly parameters: readonly Parameter[];
}

export class HiddenModules implements Lint {
  readonly #context: LintContext;
  #isDone = false;

  constructor(context: LintContext) {
    this.#context = context;
  }

  beforeStep(): void {
    this.#look();
  }

  /** Of a program that only builds models. */
  finish(): void {
    this.#look();
  }

  #look(): void {
    if (this.#isDone) return;
    this.#isDone = true;
    const { registry, optimizers } = this.#context;
    const registered = new Set<unknown>();
    for (const root of [...registry.standalone, ...registry.latest]) {
      for (const part of root.modules()) if (part !== root) registered.add(part);
      for (const parameter of root.parameters()) registered.add(parameter);
    }
    const trained = new Set<Tensor>(optimizers.holders().keys());
    for (const owner of registry.latest) for (const hidden of hiddenIn(owner, registered)) if (this.#isMissed(hidden, trained)) this.#tell(hidden);
  }

  #tell(hidden: Hidden): void {
    const { owner, property, kind, modules, parameters } = hidden;
    const position = this.#placeOf(hidden);
    if (!position) return;
    const what = modules.length > 0 ? counted(modules.length, "layer") : counted(parameters.length, "parameter");
    const them = modules.length + parameters.length === 1 ? "it" : "them";
    const message =
      `\`${owner.constructor.name}\` doesn't know of the ${what} in \`this.${property}\`: a ${kind === "array" || kind === "object" ? `plain ${kind}` : kind} hides ${them}, ` +
      `so that \`parameters()\`, \`train()\`, \`eval()\` and \`stateDict()\` leave ${them} out. Use \`${container(hidden)}\`.`;
    this.#context.tell("hidden-modules", { message, position });
  }

  /**
   * Whether anything is lost: to keep a frozen teacher or another model out of the parameters, or what an optimizer holds all the
   * same, may be meant.
   */
  #isMissed({ modules, parameters }: Hidden, trained: ReadonlySet<Tensor>): boolean {
    if (modules.some((module) => this.#context.registry.variableOf(module) !== undefined)) return false;
    const all = [...parameters, ...modules.flatMap((module) => [...module.parameters()])];
    if (all.length === 0) return modules.some((module) => module.modules().some((part) => part instanceof RandomZeros));
    return all.some((parameter) => parameter.requiresGrad) && !all.some((parameter) => trained.has(parameter));
  }

  /** Where its class says what the property holds, else where the first of what is hidden was made, or the module that hides it. */
  #placeOf({ owner, property, modules }: Hidden): SourcePosition | undefined {
    const { registry, source } = this.#context;
    return source.fieldAt(owner.constructor, property) ?? (modules[0] && registry.constructedAt(modules[0])) ?? registry.constructedAt(owner);
  }
}

function hiddenIn(owner: Module, registered: ReadonlySet<unknown>): Hidden[] {
  return Object.keys(owner).flatMap((property): Hidden[] => {
    const value: unknown = Object.getOwnPropertyDescriptor(owner, property)?.value;
    const kind = kindOf(value);
    if (!kind) return [];
    const found = [...contentsOf(value, 0)].filter((one) => !registered.has(one));
    const modules = found.filter((one) => one instanceof Module) as Module[];
    const parameters = found.filter((one) => one instanceof Parameter);
    return found.length > 0 ? [{ owner, property, kind, modules, parameters }] : [];
  });
}

function kindOf(value: unknown): Hidden["kind"] | undefined {
  if (Array.isArray(value)) return "array";
  if (value instanceof Map) return "Map";
  if (value instanceof Set) return "Set";
  const isPlain = typeof value === "object" && value !== null && [Object.prototype, null].includes(Object.getPrototypeOf(value) as null);
  return isPlain ? "object" : undefined;
}

/** Modules and parameters somewhere in there. */
function* contentsOf(value: unknown, depth: number): Generator<unknown> {
  if (value instanceof Module || value instanceof Parameter) yield value;
  else if (depth < deepest && kindOf(value)) for (const one of elementsOf(value as object).slice(0, mostLookedAt)) yield* contentsOf(one, depth + 1);
}

/** What getters would give isn't asked for: they are the program's own code. */
function elementsOf(value: object): unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map || value instanceof Set) return [...value.values()];
  return Object.values(Object.getOwnPropertyDescriptors(value)).map((property) => property.value as unknown);
}

function container({ kind, modules }: Hidden): string {
  const isNamed = kind === "Map" || kind === "object";
  if (modules.length > 0) return isNamed ? "nn.ModuleDict" : "nn.ModuleList";
  return isNamed ? "nn.ParameterDict" : "nn.ParameterList";
}

const counted = (count: number, noun: string): string => (count === 1 ? noun : `${count} ${noun}s`);
