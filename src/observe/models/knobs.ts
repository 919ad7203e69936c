/** What can be turned in a program that runs: one value each, read and written where the engine reads it. */
import type { AnyModule } from "../../engine/nn/module.ts";
import { MultiheadAttention } from "../../engine/nn/attention.ts";
import { RandomZeros } from "../../engine/nn/dropout.ts";
import { RecurrentBase } from "../../engine/nn/recurrent.ts";
import type { OptionValue } from "../../protocol/index.ts";

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
