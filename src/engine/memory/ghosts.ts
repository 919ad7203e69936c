/**
 * Going through a stretch of a program without computing anything: operations check their arguments, give tensors of the right
 * shape and record their graph as ever, but no kernel runs. What the program reads meanwhile somebody else has to know
 * (reading.ts). Random draws are made all the same, so that every generator is where it would be.
 *
 * At the end of the stretch what was to be computed in it is missing. Whoever has the values puts them in their place
 * (`regained`); of the rest it is known when somebody asks for it, and whether anybody still can.
 */
import { kernels } from "./linear.ts";
import { emptyNursery } from "./nursery.ts";
import { stretch } from "./reading.ts";
import { banish, bringBack } from "./residents.ts";
import { Kind, Place, Storage } from "./storage.ts";
import { collectGarbage, hasCollector } from "./survey.ts";

type Kernel = (...args: number[]) => number;

/** Of how much memory a kernel needs, and draws. */
const exact: readonly string[] = ["sgemmWorkBytes", "conv2dWorkBytes", "bernoulli"];
/** Kernels that look for what is out of range say by −1 that nothing is. */
const nothing: Kernel = () => -1;

/** What was made in the stretch; so many more are remembered before it is looked which of them are still there. */
const mostUnseen = 100_000;
let made: WeakRef<Storage>[] = [];
let looked = 0;

let present: Record<string, Kernel> | null = null;

/** Whether it can be known at the end what is still needed. */
export const canHaveGhosts = hasCollector;

/** From here on nothing is computed. */
export function beginGhosts(): void {
  const table = kernels as unknown as Record<string, Kernel>;
  present = { ...table };
  for (const [name, kernel] of Object.entries(table)) if (typeof kernel === "function" && !exact.includes(name)) table[name] = nothing;
  stretch.isGhostly = true;
  stretch.made = remember;
}

/** From here on all is computed as ever. */
export function endGhosts(): void {
  Object.assign(kernels, present);
  present = null;
  stretch.isGhostly = false;
  stretch.made = null;
  emptyNursery();
  for (const storage of remembered()) if (storage.place !== Place.Scratch) banish(storage);
}

/** The storage is about to get the values that it would have. */
export function regained(storage: Storage): void {
  if (storage.missing) bringBack(storage);
}

/**
 * Whether the program can still reach what has no values. What only the engine and its optimizers keep doesn't count: the
 * gradient of a parameter that is trained no more, the state of an optimizer that gave way to another.
 */
export function areMissing(): boolean {
  made = alive();
  return remembered().some(({ missing, kind, escaped }) => missing && (escaped || (kind !== Kind.Gradient && kind !== Kind.OptimizerState)));
}

function remember(storage: object): void {
  made.push(new WeakRef(storage as Storage));
  if (made.length - looked < mostUnseen) return;
  made = alive();
  looked = made.length;
}

function alive(): WeakRef<Storage>[] {
  collectGarbage();
  return made.filter((reference) => reference.deref() !== undefined);
}

function remembered(): Storage[] {
  return made.map((reference) => reference.deref()).filter((storage) => storage !== undefined);
}
