/** Names the learning rates of a run's optimizers and tells which have changed. */
import type { LineNames } from "./lineNames.ts";
import type { Trainee } from "./trainees.ts";

export interface RatedGroup {
  readonly lr: number;
  /** What the program calls the group, if it does. */
  readonly name?: unknown;
}

interface Rate {
  /** What it is called beside others. */
  readonly own: string;
  readonly value: number;
}

export class LearningRates<Group extends RatedGroup, Rated extends { readonly paramGroups: readonly Group[] }> {
  readonly #names: LineNames;
  readonly #traineeOf: (optimizer: Rated) => Trainee;
  readonly #pathOf: (group: Group) => string | undefined;
  /** For each optimizer what stands for its groups; one that is trained as a whole stands for itself. */
  readonly #keys = new WeakMap<Rated, object[]>();
  readonly #rates = new Map<object, Rate>();

  /**
   * @param traineeOf what an optimizer with one group trains; its rate is called by that
   * @param pathOf what a group without a name is called: the path of its first parameter, where that is known
   */
  constructor(names: LineNames, traineeOf: (optimizer: Rated) => Trainee, pathOf: (group: Group) => string | undefined) {
    this.#names = names;
    this.#traineeOf = traineeOf;
    this.#pathOf = pathOf;
  }

  /** Those that differ from what was told last: each holds until the next. */
  changes(optimizer: Rated): { readonly name: string; readonly value: number }[] {
    const { paramGroups } = optimizer;
    const changed: object[] = [];
    for (let i = 0; i < paramGroups.length; i++) {
      const group = paramGroups[i]!;
      const key = this.#keyOf(optimizer, i);
      const rate = this.#rates.get(key);
      if (rate?.value === group.lr) continue;
      this.#rates.set(key, { own: rate?.own ?? this.#ownName(optimizer, group, i), value: group.lr });
      changed.push(key);
    }
    // The first is called otherwise as soon as there is a second.
    for (const key of changed) this.#nameOf(key);
    return changed.map((key) => ({ name: this.#nameOf(key), value: this.#rates.get(key)!.value }));
  }

  /** All that were told, with their latest values. */
  *latest(): Iterable<[name: string, value: number]> {
    for (const [key, { value }] of this.#rates) yield [this.#nameOf(key), value];
  }

  /** Whether some optimizer has this rate now. */
  isKnown(value: number): boolean {
    return [...this.#rates.values()].some((rate) => rate.value === value);
  }

  #keyOf(optimizer: Rated, index: number): object {
    let keys = this.#keys.get(optimizer);
    if (!keys) {
      keys = optimizer.paramGroups.length === 1 ? [this.#traineeOf(optimizer)] : [];
      this.#keys.set(optimizer, keys);
    }
    return (keys[index] ??= {});
  }

  #nameOf(key: object): string {
    return this.#names.of(key, this.#rates.get(key)!.own);
  }

  #ownName(optimizer: Rated, group: Group, index: number): string {
    if (typeof group.name === "string" && group.name !== "") return group.name;
    return optimizer.paramGroups.length === 1 ? this.#traineeOf(optimizer).name : (this.#pathOf(group) ?? String(index));
  }
}
