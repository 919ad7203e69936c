/**
 * The seam through which a run can be watched and steered from outside the engine.
 * The engine never knows who watches; with no instrument set each call site costs one comparison.
 */
import type { DataLoader } from "./data/dataLoader.ts";
import type { AnyModule } from "./nn/module.ts";
import type { Optimizer } from "./optim/optimizer.ts";
import type { Tensor } from "./tensor.ts";

/** Callbacks are synchronous. Those marked "may block or throw" are where a run is paused, stopped or ended. */
export interface Instrument {
  /** At the end of `nn.Module`'s own constructor: the subclass has assigned nothing yet. */
  moduleConstructed?(module: AnyModule): void;
  /** After a module was called, with what its hooks made of the output. Nested calls report inside out. */
  forward?(module: AnyModule, inputs: readonly unknown[], output: unknown): void;
  /** A module call threw; called innermost first, once per enclosing module. */
  forwardFailed?(module: AnyModule, error: unknown): void;
  /** At the end of `optim.Optimizer`'s constructor. */
  optimizerConstructed?(optimizer: Optimizer): void;
  beforeBackward?(loss: Tensor): void;
  afterBackward?(loss: Tensor): void;
  /** Before parameters change. May block or throw. */
  beforeStep?(optimizer: Optimizer): void;
  afterStep?(optimizer: Optimizer): void;
  /** An iteration over a loader begins. May block or throw. */
  epochStart?(loader: DataLoader): void;
  /** Before batch `index` is handed out. May block or throw. */
  batch?(loader: DataLoader, index: number): void;
  /** The loader ran out of batches (not called when the loop is left early). */
  epochEnd?(loader: DataLoader): void;
  /** `log({ … })` */
  log?(values: Readonly<Record<string, unknown>>): void;
}

let current: Instrument | null = null;

/** The instrument in use, or `null`. */
export function instrument(): Instrument | null {
  return current;
}

/** Sets (or with `null` removes) the one instrument. */
export function setInstrument(next: Instrument | null): void {
  current = next;
}

/** Puts named values on the run's charts at the current step; outside a run it does nothing. */
export function log(values: Readonly<Record<string, unknown>>): void {
  current?.log?.(values);
}
