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
