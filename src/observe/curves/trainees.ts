/** What is trained by itself, and so has lines of its own on the charts. */
import type { Optimizer } from "../../engine/optim/optimizer.ts";
import type { Tensor } from "../../engine/tensor.ts";

export interface Trainee {
  /** The model that it is, or the part of one; where none is known, what trains it. */
  readonly name: string;
}

export class Trainees {
  readonly #nameOf: (parameters: ReadonlySet<Tensor>) => string | undefined;
  readonly #ofParameter = new WeakMap<Tensor, Trainee>();
  readonly #ofOptimizer = new WeakMap<Optimizer, Trainee>();
  /** Tensors of no model that the program updates itself. */
  readonly #byHand: Trainee = { name: "by hand" };

  /** @param nameOf what models, as far as they are known, call these parameters together */
  constructor(nameOf: (parameters: ReadonlySet<Tensor>) => string | undefined) {
    this.#nameOf = nameOf;
  }

  /** Whom the optimizer trains, once that was asked before. */
  known(optimizer: Optimizer): Trainee | undefined {
    return this.#ofOptimizer.get(optimizer);
  }

  /** An optimizer that goes on with parameters of another goes on with its trainee. */
  ofOptimizer(optimizer: Optimizer): Trainee {
    let trainee = this.#ofOptimizer.get(optimizer);
    if (!trainee) {
      const parameters = optimizer.paramGroups.flatMap(({ params }) => params);
      trainee = this.#ofParameters(parameters) ?? this.#make(parameters, optimizer.constructor.name);
      this.#ofOptimizer.set(optimizer, trainee);
    }
    return trainee;
  }

  /** @param leaves that the program updates by hand; those of one model are one trainee, and so are all that are of none */
  ofLeaves(leaves: readonly Tensor[], modelOf: (leaf: Tensor) => readonly Tensor[] | undefined): Trainee {
    const known = this.#ofParameters(leaves);
    if (known) return known;
    for (const leaf of leaves) {
      const model = modelOf(leaf);
      if (model) return this.#ofParameters(model) ?? this.#make(model, this.#byHand.name);
    }
    return this.#byHand;
  }

  #ofParameters(parameters: readonly Tensor[]): Trainee | undefined {
    for (const parameter of parameters) {
      const known = this.#ofParameter.get(parameter);
      if (known) return known;
    }
    return undefined;
  }

  #make(parameters: readonly Tensor[], otherwise: string): Trainee {
    const trainee = { name: this.#nameOf(new Set(parameters)) ?? otherwise };
    for (const parameter of parameters) this.#ofParameter.set(parameter, trainee);
    return trainee;
  }
}
