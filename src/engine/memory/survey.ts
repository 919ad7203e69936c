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

export function hasCollector(): boolean {
  return collector !== null;
}

/** Empties the weak references to what nobody can reach, where that can be done at once. */
export function collectGarbage(): void {
  collector?.();
}

/** Less than this in all is moved without asking. */
const WORTH_ASKING = 8 << 20;
/** What moving costs: allocating fresh memory on the JavaScript heap and copying; bytes in a millisecond, measured. */
const MOVED_PER_MILLISECOND = 3 << 20;
/** Turnovers to wait at most before asking again. */
const LONGEST_PAUSE = 64;

/** Storages that live or die together: each knows the group, so that it is reachable as long as one of them is. */
export class Group<T extends { readonly bytes: number; group: Group<T> | null }> {
  readonly members: T[] = [];
  bytes = 0;

  add(member: T): void {
    member.group = this;
    this.members.push(member);
    this.bytes += member.bytes;
  }
}

export class Survey {
  /** How many times in a row asking cost more than it saved. The first collection of all is slow, so one doesn't count. */
  #losses = 0;
  /** Turnovers for which nothing is asked. */
  #waiting = 0;

  isWorthwhile(groups: readonly { readonly bytes: number }[]): boolean {
    if (collector === null) return false;
    if (this.#waiting > 0) {
      this.#waiting--;
      return false;
    }
    return totalOf(groups) >= WORTH_ASKING;
  }

  /** Those groups of which somebody can still reach a member, in their order. Empties `groups`. */
  survivors<G extends { readonly bytes: number }>(groups: G[]): G[] {
    const begin = performance.now();
    const bytes = totalOf(groups);
    const references = groups.map((group) => new WeakRef(group));
    groups.length = 0;
    collector!();
    const alive = references.map((reference) => reference.deref()).filter((group) => group !== undefined);
    this.#learn(performance.now() - begin, (bytes - totalOf(alive)) / MOVED_PER_MILLISECOND);
    return alive;
  }

  #learn(spent: number, saved: number): void {
    this.#losses = spent < saved ? 0 : this.#losses + 1;
    this.#waiting = this.#losses < 2 ? 0 : Math.min(LONGEST_PAUSE, 2 ** (this.#losses - 2));
  }
}

function totalOf(groups: readonly { readonly bytes: number }[]): number {
  return groups.reduce((sum, group) => sum + group.bytes, 0);
}
