/** Where the lines of a family's tree lie: a row for each run, from where it parts to where it is. Pure. */
import type { FamilyRun } from "../../src/run/family.ts";

export interface Lane {
  readonly run: FamilyRun;
  /** Shares of the tree's width. */
  readonly from: number;
  readonly to: number;
  /** How many rows above it the run stands that it parts from; 0 of the first. */
  readonly up: number;
}

/** The least that a line is long: one that has only begun is seen, too. */
const least = 0.02;

export function lanesOf(runs: readonly FamilyRun[]): readonly Lane[] {
  const rows = new Map(runs.map(({ id }, row) => [id, row]));
  const length = Math.max(1, ...runs.map(({ to }) => to));
  return runs.map((run, row) => {
    const from = Math.min(1 - least, run.from / length);
    const parent = run.parent === undefined ? undefined : rows.get(run.parent);
    return { run, from, to: Math.max(from + least, run.to / length), up: parent === undefined ? 0 : row - parent };
  });
}

/** From one run to another with the arrow keys; `undefined` if the key means nothing there. */
export function rowAfterKey(key: string, row: number, count: number): number | undefined {
  if (key === "ArrowDown") return Math.min(count - 1, row + 1);
  if (key === "ArrowUp") return Math.max(0, row - 1);
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
