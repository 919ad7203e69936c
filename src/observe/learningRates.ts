/** Names the learning rates of a run's optimizers and tells which have changed. */

/** What is needed of an optimizer. */
export interface RatedOptimizer {
  readonly paramGroups: readonly { readonly lr: number }[];
}

export class LearningRates {
  readonly #firstSeries = new Map<RatedOptimizer, number>();
  #seriesCount = 0;
  #isSingle = true;
  readonly #last = new Map<string, number>();

  /** Those that differ from what was told last: a line through the points is the rate's course. */
  changes(optimizer: RatedOptimizer): { readonly name: string; readonly value: number }[] {
    const changed: { name: string; value: number }[] = [];
    const first = this.#first(optimizer);
    for (let group = 0; group < optimizer.paramGroups.length; group++) {
      const { lr } = optimizer.paramGroups[group]!;
      const name = this.#isSingle || (first + group === 0 && this.#last.has("lr")) ? "lr" : `lr/${first + group}`;
      if (this.#last.get(name) === lr) continue;
      this.#last.set(name, lr);
      changed.push({ name, value: lr });
    }
    return changed;
  }

  /** All that were told, with their latest values. */
  latest(): Iterable<[name: string, value: number]> {
    return this.#last;
  }

  #first(optimizer: RatedOptimizer): number {
    const known = this.#firstSeries.get(optimizer);
    if (known !== undefined) return known;
    const first = this.#seriesCount;
    this.#firstSeries.set(optimizer, first);
    this.#seriesCount += optimizer.paramGroups.length;
    this.#isSingle = this.#seriesCount === 1;
    return first;
  }
}
