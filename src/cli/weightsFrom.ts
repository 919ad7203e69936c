/** What `--weights-from` means. */
import { statSync } from "node:fs";
import { basename, resolve } from "node:path";
import { checkpointsOf } from "../keep/checkpoints.ts";
import { findRun, listRuns } from "../keep/keptRuns.ts";
import { runsFolder } from "../keep/layout.ts";
import type { WeightsRequest } from "../protocol/index.ts";
import { UsageError } from "./commandLine.ts";
import { printable } from "./problemText.ts";

/**
 * @param word a file, or a kept run of the project that `file` belongs to
 * @param declined paths of what begins anew
 */
export function weightsToBeginWith(word: string, file: string, declined: readonly string[]): WeightsRequest {
  const path = resolve(word);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return { file: path, origin: basename(path), declined };
  const run = findRun(listRuns(runsFolder(file)), word);
  if (!run) throw new UsageError(`there is neither a file nor a kept run ${printable(word)}; \`kindling runs\` lists the runs`);
  const weights = checkpointsOf(run).at(-1);
  if (weights === undefined) throw new UsageError(`of the run ${printable(run.id)} no weights are kept, only what it measured`);
  return { file: weights.path, origin: run.label.name ?? run.id, declined };
}
