/** What `--weights-from` means. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { findRun, listRuns, type KeptRun } from "../keep/keptRuns.ts";
import { runsFolder } from "../keep/layout.ts";
import type { WeightsRequest } from "../protocol/index.ts";
import { trainedBy, type TrainedBy } from "./keptRuns.ts";
import { UsageError } from "./usageError.ts";
import { printable } from "./problemText.ts";

interface Wish {
  /** Those that the run had after so many steps, or the nearest before that are kept; what it came to if that isn't said. */
  readonly step?: number | undefined;
  /** Paths of what begins anew. */
  readonly declined?: readonly string[];
  /** Of the names of what is taken over. */
  readonly prefix?: string | undefined;
}

/** @param word a file, or a kept run of the project that `file` belongs to: `RUN`, `RUN@best` */
export function weightsRequest(word: string, file: string, { step, declined = [], prefix }: Wish = {}): WeightsRequest {
  const path = resolve(word);
  const what = { declined, ...(prefix !== undefined && { prefix }) };
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    if (step !== undefined) throw new UsageError(`\`--step\` is a step of a kept run; ${printable(word)} is a file`);
    return { file: path, origin: basename(path), ...what };
  }
  const { kept, checkpoint, reason } = ofRun(word, step, listRuns(runsFolder(file)));
  if (reason !== undefined) process.stderr.write(`kindling: ${reason}\n`);
  return { file: checkpoint.path, origin: kept.label.name ?? kept.id, ...what };
}

function ofRun(word: string, step: number | undefined, runs: readonly KeptRun[]): TrainedBy {
  if (findRun(runs, word) ?? findRun(runs, word.split("@")[0]!)) return trainedBy(word, step, runs);
  throw new UsageError(`there is neither a file nor a kept run ${printable(word)}; \`kindling runs\` lists the runs`);
}
