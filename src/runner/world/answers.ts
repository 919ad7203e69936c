/**
 * What the world answers a program: the clock, chance, what is in files. It is written down while the program runs, and given
 * again in the same order when the run is repeated.
 */
import type { WorldAnswers } from "../../keep/worldAnswers.ts";

/** So many are told together at the most. */
const mostWaiting = 4096;

export class Answers {
  readonly #past = new Map<string, readonly unknown[]>();
  readonly #given = new Map<string, number>();
  readonly #tell: (answers: readonly WorldAnswers[]) => void;
  #waiting: { what: string; answers: unknown[] }[] = [];
  #count = 0;

  /** @param tell hears every answer, repeated or new */
  constructor(past: readonly WorldAnswers[], tell: (answers: readonly WorldAnswers[]) => void) {
    this.#tell = tell;
    const all = new Map<string, unknown[]>();
    for (const { what, answers } of past) {
      const own = all.get(what);
      if (own) for (const answer of answers) own.push(answer);
      else all.set(what, [...answers]);
    }
    this.#past = all;
  }

  /** The answer of then, or where there is none (any more) of now. @param now gives what JSON can hold */
  ask<T>(what: string, now: () => T): T {
    const answer = this.take<T>(what) ?? now();
    this.add(what, answer);
    return answer;
  }

  /** The next answer of then; `undefined` where there is none. */
  take<T>(what: string): T | undefined {
    const given = this.#given.get(what) ?? 0;
    const answer = this.#past.get(what)?.[given];
    if (answer !== undefined) this.#given.set(what, given + 1);
    return answer as T | undefined;
  }

  /** The last answer of then that was given. */
  last<T>(what: string): T | undefined {
    return this.#past.get(what)?.[(this.#given.get(what) ?? 0) - 1] as T | undefined;
  }

  add(what: string, answer: unknown): void {
    const newest = this.#waiting.at(-1);
    if (newest?.what === what) newest.answers.push(answer);
    else this.#waiting.push({ what, answers: [answer] });
    if (++this.#count >= mostWaiting) this.flush();
  }

  flush(): void {
    if (this.#count === 0) return;
    this.#tell(this.#waiting);
    this.#waiting = [];
    this.#count = 0;
  }

  /** From now on all is asked anew. */
  forget(): void {
    this.#past.clear();
  }
}
