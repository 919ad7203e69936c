/** The loops that the training is in, outermost first, and how far each of them is. */

export interface Turn {
  /** The loop's. */
  readonly id: number;
  /** Modules that have been constructed so far. */
  readonly constructed: number;
  /** Which turn (from 0) of how many. */
  readonly index: number | undefined;
  readonly count: number | undefined;
  /** Whether the loop may be left before that. */
  readonly mayBreak: boolean;
}

/** A loop is its last turn, with the number of modules that had been constructed when it began. */
interface Loop extends Turn {
  readonly index: number;
  /** Whether a loop in the present turn is over. */
  readonly isInnerOver: boolean;
}

export class TrainingLoops {
  readonly #loops: Loop[] = [];
  /** The batch that a loader handed out, until a loop takes it for its turn. */
  #batch: { readonly index: number; readonly count: number | undefined } | undefined;

  /** A loader hands out a batch. */
  batch(loader: { readonly length: number }, index: number): void {
    this.#batch = { index, count: lengthOf(loader) };
  }

  /** There are no more batches. */
  batchesEnd(): void {
    this.#batch = undefined;
  }

  /** A turn of a loop begins. `index` counts from 0; where the loop doesn't say, it goes by the loader's batches. */
  turn(now: Turn): void {
    const at = this.#loops.findIndex(({ id }) => id === now.id);
    const known = this.#loops[at];
    const { index, count } =
      now.index === undefined ? (this.#batch ?? { index: (known?.index ?? -1) + 1, count: undefined }) : { index: now.index, count: now.count };
    this.#batch = undefined;
    // A loop that begins again is another one: what was constructed before it is trained by all of it.
    const constructed = known && index > known.index ? known.constructed : now.constructed;
    this.#loops.splice(at < 0 ? this.#loops.length : at, Infinity, { ...now, constructed, index, count: whole(count), isInnerOver: false });
  }

  /** Whether no other loop that trains is around it. */
  isOutermost(id: number): boolean {
    return this.#loops[0]?.id === id;
  }

  /** A loop is over. */
  left(id: number): void {
    const at = this.#loops.findIndex((loop) => loop.id === id);
    if (at < 0) return;
    this.#loops.length = at;
    const outer = this.#loops.pop();
    if (outer) this.#loops.push({ ...outer, isInnerOver: true });
  }

  /** Whether the loop that is under way has come to its last turn, and the loop in it is over: most likely that was its training. */
  get isEnding(): boolean {
    const loop = this.#loops.at(-1);
    return loop !== undefined && loop.isInnerOver && loop.index + 1 === loop.count;
  }

  /**
   * How many turns there will be after the present one, in all loops together; `undefined` where that can't be told for sure.
   * @param since only loops that began after this module (by the order of construction): the others train others, too
   */
  remaining(since: number): number | undefined {
    const progress = this.#progress(since);
    return progress && !progress.mayBreak ? progress.count - 1 - progress.index : undefined;
  }

  /** Whether this is the last turn, in any case. */
  isLastTurn(since: number): boolean {
    const progress = this.#progress(since);
    return progress !== undefined && progress.index === progress.count - 1;
  }

  /** The share that is done when the present turn is over. */
  get share(): number | undefined {
    const progress = this.#progress(-1);
    return progress && (progress.index + 1) / progress.count;
  }

  #progress(since: number): { readonly index: number; readonly count: number; readonly mayBreak: boolean } | undefined {
    const loops = this.#loops.filter(({ constructed }) => constructed > since);
    if (loops.length === 0) return undefined;
    let [index, count] = [0, 1];
    for (const loop of loops) {
      if (loop.count === undefined) return undefined;
      index = index * loop.count + loop.index;
      count *= loop.count;
    }
    return { index, count, mayBreak: loops.some(({ mayBreak }) => mayBreak) };
  }
}

function whole(count: number | undefined): number | undefined {
  return count !== undefined && Number.isSafeInteger(count) && count > 0 ? count : undefined;
}

/** Number of batches; streams may not know it. */
export function lengthOf(loader: { readonly length: number }): number | undefined {
  try {
    return loader.length;
  } catch {
    return undefined;
  }
}
