/** The loops that the training is in, outermost first, and how far each of them is. */

interface Loop {
  readonly id: number;
  /** Modules that had been constructed when the loop began. */
  readonly constructed: number;
  readonly index: number;
  readonly count: number | undefined;
}

export class TrainingLoops {
  readonly #loops: Loop[] = [];
  /** The batch that a loader handed out, until a loop takes it for its turn. */
  #batch: { readonly index: number; readonly count: number | undefined } | undefined;

  /** A loader hands out a batch. */
  batch(index: number, count: number | undefined): void {
    this.#batch = { index, count };
  }

  /** There are no more batches. */
  batchesEnd(): void {
    this.#batch = undefined;
  }

  /**
   * A turn of a loop begins.
   * @param index of the turn, from 0, and how many there will be, if the loop counts
   * @param constructed number of modules that were constructed so far
   */
  turn(id: number, index: number | undefined, count: number | undefined, constructed: number): void {
    const at = this.#loops.findIndex((loop) => loop.id === id);
    const known = this.#loops[at];
    const now = index === undefined ? (this.#batch ?? { index: (known?.index ?? -1) + 1, count: undefined }) : { index, count };
    this.#batch = undefined;
    // A loop that begins again is another one: what was constructed before it is trained by all of it.
    const began = known && now.index > known.index ? known.constructed : constructed;
    this.#loops.splice(at < 0 ? this.#loops.length : at, Infinity, { id, constructed: began, index: now.index, count: whole(now.count) });
  }

  /** A loop is over. */
  left(id: number): void {
    const at = this.#loops.findIndex((loop) => loop.id === id);
    if (at >= 0) this.#loops.length = at;
  }

  /**
   * How many turns there will be after the present one, in all loops together; `undefined` where one doesn't say.
   * @param since only loops that began after this module (by the order of construction): the others train others, too
   */
  remaining(since = -1): number | undefined {
    const progress = this.#progress(since);
    return progress && progress.count - 1 - progress.index;
  }

  /** The share that is done when the present turn is over. */
  get share(): number | undefined {
    const progress = this.#progress(-1);
    return progress && (progress.index + 1) / progress.count;
  }

  #progress(since: number): { readonly index: number; readonly count: number } | undefined {
    const loops = this.#loops.filter(({ constructed }) => constructed > since);
    if (loops.length === 0) return undefined;
    let [index, count] = [0, 1];
    for (const loop of loops) {
      if (loop.count === undefined) return undefined;
      index = index * loop.count + loop.index;
      count *= loop.count;
    }
    return { index, count };
  }
}

function whole(count: number | undefined): number | undefined {
  return count !== undefined && Number.isSafeInteger(count) && count > 0 ? count : undefined;
}
