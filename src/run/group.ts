/** Runs that are begun together: the same with several seeds, or with several values of constants. Pure. */
import type { GivenConstant, RunRequest } from "../protocol/index.ts";

export interface Variations {
  readonly seeds: readonly number[];
  /** Of each constant the values that it takes. */
  readonly constants: readonly (readonly GivenConstant[])[];
}

/** 1, 2, 3 …: two groups of as many have the same, so that they can be held against each other seed by seed. */
export const seedsOf = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

/** A request for each combination: all seeds of the first values, then of the next. */
export function requestsOf(base: RunRequest, group: string, { seeds, constants }: Variations): RunRequest[] {
  const grid = constants.reduce<readonly (readonly GivenConstant[])[]>((all, values) => all.flatMap((own) => values.map((value) => [...own, value])), [[]]);
  return grid.flatMap((given) =>
    (seeds.length > 0 ? seeds : [undefined]).map((seed): RunRequest => ({
      ...base,
      ...(base.keep && { keep: { ...base.keep, group } }),
      ...(seed !== undefined && { seed }),
      ...(given.length > 0 && { given }),
    })),
  );
}

/** `seeds-mf3k2a1`, `sweep-mf3k2a1`. @param at ms since the epoch */
export function groupName({ constants }: Variations, at: number): string {
  return `${constants.length > 0 ? "sweep" : "seeds"}-${at.toString(36).slice(-7)}`;
}

/** What a run of a group was given, in words: `lr 0.1`, `seed 3`. */
export function givenTexts({ given = {}, seed }: { readonly given?: Readonly<Record<string, string>>; readonly seed?: number }): string[] {
  return [...Object.entries(given).map(([name, value]) => `${name} ${value}`), ...(seed === undefined ? [] : [`seed ${seed}`])];
}
