/** One number that stands for all dimensions, or a list with one for each. */
import { KindlingError } from "../../errors.ts";

/**
 * One number for each of `rank` dimensions.
 * @param name of the argument, for the error
 * @throws KindlingError where a list has another length (one element stands for all)
 */
export function sizesOf(value: number | readonly number[], rank: number, name: string): number[] {
  if (typeof value === "number") return new Array<number>(rank).fill(value);
  if (value.length === 1) return new Array<number>(rank).fill(value[0]!);
  if (value.length === rank) return [...value];
  throw new KindlingError(`expected ${name} to be a single value or a list of ${rank} values, one for each dimension, but got ${name}=[${value.join(", ")}]`);
}
