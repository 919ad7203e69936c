/** Which runs are ranks of one training: processes that train one model together, each with a run of its own. Pure. */
import type { KeptRun } from "./keptRuns.ts";

export interface RankedRun {
  /** The lowest rank there is; or a run that trains alone. */
  readonly run: KeptRun;
  /** The others that train with it, by rank. */
  readonly others: readonly KeptRun[];
}

/** @param runs of one file, newest first; so are the answers */
export function byTraining(runs: readonly KeptRun[]): RankedRun[] {
  const trainings: KeptRun[][] = [];
  const open = new Map<string, KeptRun[]>();
  for (const run of runs.toReversed()) {
    const { rank } = run.info;
    const known = rank && open.get(jobOf(rank));
    // Trainings one after the other go by the same name: the second begins with a rank that the first has already.
    if (known && !known.some(({ info }) => info.rank!.number === rank.number)) known.push(run);
    else {
      const training = [run];
      trainings.push(training);
      if (rank) open.set(jobOf(rank), training);
    }
  }
  return trainings.reverse().map((training) => {
    const [run, ...others] = training.sort((a, b) => (a.info.rank?.number ?? 0) - (b.info.rank?.number ?? 0));
    return { run: run!, others };
  });
}

function jobOf({ job, of }: { readonly job: string; readonly of: number }): string {
  return `${of} ${job}`;
}
