/** How far each loader is, by the order in which the program made them. None is held: a loader holds all its data. */
import type { DataLoader } from "../../engine/data/dataLoader.ts";

export interface LoaderPosition {
  /** How many were made before it. */
  readonly loader: number;
  /** The batch that was asked for last, from 0; `null` where the pass came to its end. */
  readonly batch: number | null;
}

/** As many are known, those that began a pass last. */
const most = 50;

export class LoaderPositions {
  readonly #numbers = new WeakMap<DataLoader, number>();
  readonly #positions = new Map<number, number | null>();
  #count = 0;

  constructed(loader: DataLoader): void {
    this.#numbers.set(loader, this.#count++);
  }

  /** @param batch `null` at the end of a pass */
  at(loader: DataLoader, batch: number | null): void {
    const number = this.#numbers.get(loader);
    if (number === undefined) return;
    this.#positions.set(number, batch);
    if (this.#positions.size > most) this.#positions.delete(this.#positions.keys().next().value!);
  }

  get all(): readonly LoaderPosition[] {
    return [...this.#positions].map(([loader, batch]) => ({ loader, batch }));
  }
}
