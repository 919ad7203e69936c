/** Names the learning rates of a run's optimizers and tells which have changed. */

export interface RatedGroup {
  readonly lr: number;
  /** What the program calls the group, if it does. */
  readonly name?: unknown;
}

/** What is needed of an optimizer. */
export interface RatedOptimizer {
  readonly paramGroups: readonly RatedGroup[];
}

export class LearningRates {
  readonly #pathOf: (group: RatedGroup) => string | undefined;
  /** For each optimizer the number of its first group among those of all. */
  readonly #firstGroup = new Map<RatedOptimizer, number>();
  #groupCount = 0;
  /** Series by the group's number. */
  readonly #names = new Map<number, string>();
  readonly #last = new Map<string, number>();

  /** @param pathOf what a group without a name is called: the path of its first parameter, where that is known */
  constructor(pathOf: (group: RatedGroup) => string | undefined) {
    this.#pathOf = pathOf;
  }

  /** There is an optimizer: a rate that is not the run's only one needs a name. */
  expect(optimizer: RatedOptimizer): void {
    if (this.#firstGroup.has(optimizer)) return;
    this.#firstGroup.set(optimizer, this.#groupCount);
    this.#groupCount += optimizer.paramGroups.length;
  }

  /** Those that differ from what was told last: each holds until the next. */
  changes(optimizer: RatedOptimizer): { readonly name: string; readonly value: number }[] {
    this.expect(optimizer);
    const first = this.#firstGroup.get(optimizer)!;
    const changed: { name: string; value: number }[] = [];
    for (let i = 0; i < optimizer.paramGroups.length; i++) {
      const group = optimizer.paramGroups[i]!;
      const name = this.#nameOf(group, first + i);
      if (this.#last.get(name) === group.lr) continue;
      this.#last.set(name, group.lr);
      changed.push({ name, value: group.lr });
    }
    return changed;
  }

  /** All that were told, with their latest values. */
  latest(): Iterable<[name: string, value: number]> {
    return this.#last;
  }

  /** A group keeps the name that it was first told under. */
  #nameOf(group: RatedGroup, index: number): string {
    let name = this.#names.get(index);
    if (name === undefined) {
      name = this.#groupCount === 1 ? "lr" : this.#newName(group, index);
      this.#names.set(index, name);
    }
    return name;
  }

  #newName(group: RatedGroup, index: number): string {
    const given = typeof group.name === "string" && group.name !== "" ? group.name : this.#pathOf(group);
    const name = `lr/${given ?? index}`;
    return this.#last.has(name) ? `lr/${index}` : name;
  }
}
