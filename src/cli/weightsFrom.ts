/** What `--weights-from` means. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { checkpointsOf } from "../keep/checkpoints.ts";
import { findRun, listRuns } from "../keep/keptRuns.ts";
import { runsFolder } from "../keep/layout.ts";
import type { WeightsRequest } from "../protocol/index.ts";
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

/** @param word a file, or a kept run of the project that `file` belongs to */
export function weightsRequest(word: string, file: string, { step, declined = [], prefix }: Wish = {}): WeightsRequest {
  const path = resolve(word);
  const what = { declined, ...(prefix !== undefined && { prefix }) };
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    if (step !== undefined) throw new UsageError(`\`--step\` is a step of a kept run; ${printable(word)} is a file`);
    return { file: path, origin: basename(path), ...what };
  }
  const run = findRun(listRuns(runsFolder(file)), word);
  if (!run) throw new UsageError(`there is neither a file nor a kept run ${printable(word)}; \`kindling runs\` lists the runs`);
  const all = checkpointsOf(run);
  const checkpoint = all.findLast((one) => step === undefined || one.step <= step);
  if (checkpoint) return { file: checkpoint.path, origin: run.label.name ?? run.id, ...what };
  const rest = all[0] ? ` up to step ${step}; the first are of step ${all[0].step}` : ", only what it measured";
  throw new UsageError(`of the run ${printable(run.id)} no weights are kept${rest}`);
}
