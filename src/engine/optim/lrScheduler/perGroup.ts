import { ArgumentError } from "../../errors.ts";
import type { AnyOptimizer } from "./base.ts";

/**
 * One value for all groups, or a list with one for each.
 * @api optim.lrScheduler.PerGroup
 */
export type PerGroup = number | readonly number[];

/** A list with a value for each group. @throws ArgumentError where a list has another length; `what` says of what */
export function perGroup(optimizer: AnyOptimizer, value: PerGroup, what: string): number[] {
  const count = optimizer.paramGroups.length;
  if (typeof value === "number") return new Array<number>(count).fill(value);
  if (value.length !== count) throw new ArgumentError(`expected ${count} values for ${what}, got ${value.length}`);
  return [...value];
}
