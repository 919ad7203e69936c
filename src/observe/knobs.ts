/** What can be turned in a program that runs: one value each, read and written where the engine reads it. */
import type { AnyModule } from "../engine/nn/module.ts";
import { MultiheadAttention } from "../engine/nn/attention.ts";
import { RandomZeros } from "../engine/nn/dropout.ts";
import { RecurrentBase } from "../engine/nn/recurrent.ts";
import type { Parameter } from "../engine/nn/parameter.ts";
import type { OptionValue } from "../protocol/index.ts";

export interface Knob {
  read(): OptionValue;
  write(value: OptionValue): void;
}

/** An option of a parameter group. */
export function optionKnob(group: object, name: string): Knob {
  const own = group as Record<string, OptionValue>;
  return {
    read: () => copied(own[name]!),
    write: (value) => (own[name] = copied(value)),
  };
}

/** The program may write into a list of its own. */
function copied(value: OptionValue): OptionValue {
  return typeof value === "object" ? [...value] : value;
}

/** The probability of a dropout; `undefined` where the module is none and has none. */
export function dropoutKnob(module: AnyModule): Knob | undefined {
  const name = dropoutName(module);
  if (name === undefined || typeof (module as unknown as Record<string, unknown>)[name] !== "number") return undefined;
  return optionKnob(module, name);
}

function dropoutName(module: AnyModule): string | undefined {
  if (module instanceof RandomZeros) return "p";
  // A single recurrent layer has nothing between its layers.
  const hasOwn = module instanceof MultiheadAttention || (module instanceof RecurrentBase && module.numLayers > 1);
  return hasOwn ? "dropout" : undefined;
}

/**
 * The parameters that are frozen from outside. The program doesn't know of it and may turn its parameters on again, or give
 * them gradients of its own: `keep` sees to it that no optimizer gets to change them.
 */
export class FrozenParameters {
  readonly #held = new Set<Parameter>();

  get isEmpty(): boolean {
    return this.#held.size === 0;
  }

  /** Whether the parameter is frozen. Without a gradient an optimizer passes it over: no momentum, no decay, no state moves it. */
  knob(parameter: Parameter): Knob {
    return {
      read: () => !parameter.requiresGrad,
      write: (frozen) => {
        if (frozen) this.#held.add(parameter);
        else this.#held.delete(parameter);
        parameter.requiresGrad = !frozen;
        if (frozen) parameter.clearGrad();
      },
    };
  }

  /** To be called before an optimizer steps. */
  keep(): void {
    for (const parameter of this.#held) {
      parameter.requiresGrad = false;
      if (parameter.gradSlot !== null) parameter.clearGrad();
    }
  }
}
