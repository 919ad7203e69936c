/** Which runs are branches of which. Pure. */
import { groupBy } from "../run/groupBy.ts";
import type { KeptRun } from "./keptRuns.ts";

export interface RunTree {
  /** Those that are no branch of another that is there. */
  readonly trunks: readonly KeptRun[];
  /** By the id of the run that they part from; in the order in which they are given. */
  readonly branches: ReadonlyMap<string, readonly KeptRun[]>;
}

/** Runs that were begun together, or train together, stay where they are. */
export function treeOf(runs: readonly KeptRun[]): RunTree {
  const present = new Set(runs.map(({ id }) => id));
  const isBranch = ({ info: { parent, group, rank } }: KeptRun): boolean =>
    parent !== undefined && group === undefined && rank === undefined && present.has(parent.run);
  return { trunks: runs.filter((run) => !isBranch(run)), branches: groupBy(runs.filter(isBranch), ({ info }) => info.parent!.run) };
}

/**
 * A run with those that it parts from and all that part from these: each behind the one that it parts from, those that part
 * late before those that part early, so that a drawing of it has no lines that cross.
 */
export function familyOf(run: KeptRun, runs: readonly KeptRun[]): readonly KeptRun[] {
  const { trunks, branches } = treeOf(runs);
  const early = (a: KeptRun, b: KeptRun): number => b.info.parent!.step - a.info.parent!.step || a.info.startedAt - b.info.startedAt;
  const from = (one: KeptRun): KeptRun[] => [one, ...[...(branches.get(one.id) ?? [])].sort(early).flatMap(from)];
  return trunks.map(from).find((family) => family.some(({ id }) => id === run.id)) ?? [run];
}

/** A part of another run: of all of it, where it parts from none in other code. */
export interface Stretch {
  /** None where it is not kept any more. */
  readonly run: KeptRun | undefined;
  /** Steps of it, as it counts them. */
  readonly steps: number;
}

/**
 * What lies before a run's own first step: the runs whose weights it goes on with in other code, the nearest first.
 * @param find the run with that id, where it is kept
 */
export function stretchesBefore(run: KeptRun, find: (id: string) => KeptRun | undefined): readonly Stretch[] {
  const stretches: Stretch[] = [];
  for (let own: KeptRun | undefined = run; own?.info.parent;) {
    const { parent } = own.info;
    own = find(parent.run);
    if (parent.otherCode) stretches.push({ run: own, steps: parent.step });
  }
  return stretches;
}

/** Steps that were taken before a run's own first. */
export function stepsBefore(run: KeptRun, find: (id: string) => KeptRun | undefined): number {
  return stretchesBefore(run, find).reduce((sum, { steps }) => sum + steps, 0);
}
