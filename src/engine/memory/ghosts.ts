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
import { freeHollow } from "./residents.ts";
import type { Storage } from "./storage.ts";
import { collectGarbage, hasCollector } from "./survey.ts";

type Kernel = (...args: number[]) => number;

/** Of how much memory a kernel needs, and what goes past draws. */
const exact: readonly string[] = ["sgemmWorkBytes", "conv2dWorkBytes", "skipDraws"];
/** Kernels that look for what is out of range say by −1 that nothing is. */
const nothing: Kernel = () => -1;

let present: Record<string, Kernel> | null = null;
/** Of each stretch, what all storages hold on to whose values are missing: it is there as long as one of them is. */
const stretches: WeakRef<object>[] = [];

/** Whether it can be known afterwards what is still needed. */
export const canHaveGhosts = hasCollector;

/** From here on nothing is computed. */
export function beginGhosts(): void {
  const table = kernels as unknown as Record<string, Kernel>;
  present = { ...table };
  for (const [name, kernel] of Object.entries(table)) if (typeof kernel === "function" && !exact.includes(name)) table[name] = nothing;
  table["bernoulli"] = (words, position, _, n) => kernels.skipDraws(words!, position!, 2 * n!);
  stretch.hollow = {};
  stretches.push(new WeakRef(stretch.hollow));
}

/** From here on all is computed as ever. */
export function endGhosts(): void {
  Object.assign(kernels, present);
  present = null;
  stretch.hollow = null;
  emptyNursery();
  freeHollow();
}

/** The storage is about to get the values that it would have. */
export function regained(storage: Storage): void {
  storage.hollow = null;
}

/** Whether somebody can still reach what has no values. */
export function areMissing(): boolean {
  collectGarbage();
  return stretches.some((reference) => reference.deref() !== undefined);
}
