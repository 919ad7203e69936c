/** Which kept run a panel shows. */
import { listRuns, type KeptRun } from "../../keep/keptRuns.ts";
import { runsFolder } from "../../keep/layout.ts";

/** A run that a panel shows. */
export interface ShownRun {
  readonly file: string;
  readonly runId: string;
  readonly startedAt: number;
}

/** A step of it. */
export interface ShownStep extends ShownRun {
  readonly step: number;
}

/** Milliseconds between when a window began a run and when its process wrote that down. */
const startup = 60_000;

/** What the store calls by a name of its own, or a panel of a kept run by the run's. */
export function keptOf({ file, runId, startedAt }: ShownRun): KeptRun | undefined {
  return shownAmong(listRuns(runsFolder(file)), { file, runId, startedAt });
}

/** @param runs of the project */
export function shownAmong(runs: readonly KeptRun[], { file, runId, startedAt }: ShownRun): KeptRun | undefined {
  const own = runs.filter(({ info }) => info.file === file);
  const late = ({ info }: KeptRun): number => Math.abs(info.startedAt - startedAt);
  return own.find(({ id }) => id === runId) ?? own.filter((run) => late(run) < startup).sort((a, b) => late(a) - late(b))[0];
}
