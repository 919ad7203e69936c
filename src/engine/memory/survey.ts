/**
 * Asks the garbage collector which storages are still reachable, so that those that aren't needn't be moved.
 *
 * JavaScript tells nobody within a synchronous loop what has died: finalizers wait for the event loop, and weak references
 * hold what they refer to until the present job ends. A host that can end that protection and run a collection at once
 * says so with `useCollector`; elsewhere nothing is asked, and everything moves.
 */

/** Runs a full collection after which weak references to what is unreachable are empty, though the job goes on. */
export type Collector = () => void;

let collector: Collector | null = null;

export function useCollector(collect: Collector | null): void {
  collector = collect;
}

/** Storages smaller than this cost less to move than to ask about. */
const LARGE = 16 << 10;
/** Less than this in all is moved without asking. */
const WORTH_ASKING = 8 << 20;
/** What moving costs: allocating fresh memory on the JavaScript heap and copying; bytes in a millisecond, measured. */
const MOVED_PER_MILLISECOND = 3 << 20;
/** Turnovers to wait at most before asking again. */
const LONGEST_PAUSE = 64;

export class Survey<T extends { readonly bytes: number }> {
  /** Turnovers for which nothing is asked, because asking cost more than it saved; doubles each time. */
  #pause = 0;
  #waiting = 0;

  isWorthwhile(storages: readonly T[]): boolean {
    if (collector === null) return false;
    if (this.#waiting > 0) {
      this.#waiting--;
      return false;
    }
    let bytes = 0;
    for (const storage of storages) if (storage.bytes >= LARGE) bytes += storage.bytes;
    return bytes >= WORTH_ASKING;
  }

  /** Those that somebody can still reach, in their order; small ones are taken for alive. Empties `storages`. */
  survivors(storages: T[]): T[] {
    const begin = performance.now();
    let bytes = 0;
    const entries: (T | WeakRef<T>)[] = [];
    for (const storage of storages) {
      entries.push(storage.bytes >= LARGE ? new WeakRef(storage) : storage);
      bytes += storage.bytes;
    }
    storages.length = 0;
    collector!();
    const alive: T[] = [];
    for (const entry of entries) {
      const storage = entry instanceof WeakRef ? entry.deref() : entry;
      if (storage === undefined) continue;
      alive.push(storage);
      bytes -= storage.bytes;
    }
    this.#learn(performance.now() - begin, bytes / MOVED_PER_MILLISECOND);
    return alive;
  }

  #learn(spent: number, saved: number): void {
    if (spent < saved) this.#pause = 0;
    else this.#pause = Math.min(LONGEST_PAUSE, Math.max(1, this.#pause * 2));
    this.#waiting = this.#pause;
  }
}
