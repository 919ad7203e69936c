/**
 * The parameters that are frozen from outside. The program doesn't know of it and may turn its parameters on again, or give
 * them gradients of its own: `keep` sees to it that no optimizer gets to change them.
 */
import type { Parameter } from "../../engine/nn/parameter.ts";
import type { Knob } from "../models/knobs.ts";

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
