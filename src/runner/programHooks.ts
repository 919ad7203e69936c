/**
 * What the code that is put into the user's program calls (`insertHooks.ts`); the program finds it as
 * `globalThis[Symbol.for("kindling.program")]`. `declared` is called once a class exists, `loop` at the start of each turn of a
 * loop over epochs, `turn` at that of a loop that trains, and `left` when that loop is over; `called` after a `backward()` or a
 * `log()` that stands in the user's text; in an inspection `value` with what an expression gave.
 */
export interface ProgramHooks {
  /** The program is read; nothing of it has run. */
  begun(): void;
  declared<T>(constructor: T, index: number): T;
  /** The counter now, what it began with, and the first value that it will not reach; which loop. */
  loop(counter: number, first: number, bound: number, loop: number): void;
  /** Which loop, whether it may be left early, and where it counts, which turn (from 0) of how many. */
  turn(loop: number, mayBreak: boolean, index?: number, count?: number): void;
  left(loop: number): void;
  /** Which call. */
  called(call: number): void;
  /** @returns the value itself */
  value<T>(value: T, place: number): T;
  /** Tells at once all that is known of the models; called from outside when the program hangs. */
  report(): void;
}

export const programHooksKey = "kindling.program";

/** What the program calls its hooks: the bundle's first line gives them that name, before the program can change `Symbol`. */
export const programHooksName = "__kindlingProgram";
