/** What `--weights-from` means. */
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { findRun, listRuns, type KeptRun } from "../keep/keptRuns.ts";
import { names, runsFolder } from "../keep/layout.ts";
import type { WeightsRequest } from "../protocol/index.ts";
import { UsageError } from "./commandLine.ts";
import { printable } from "./problemText.ts";

/**
 * @param word a file, or a kept run of the project that `file` belongs to
 * @param declined paths of what begins anew
 * @param prefix of the names of what is taken over
 */
export function weightsToBeginWith(word: string, file: string, declined: readonly string[], prefix?: string): WeightsRequest {
  const path = resolve(word);
  const what = { declined, ...(prefix !== undefined && { prefix }) };
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) return { file: path, origin: basename(path), ...what };
  const run = findRun(listRuns(runsFolder(file)), word);
  if (!run) throw new UsageError(`there is neither a file nor a kept run ${printable(word)}; \`kindling runs\` lists the runs`);
  const weights = lastCheckpoint(run);
  if (weights === undefined) throw new UsageError(`of the run ${printable(run.id)} no weights are kept, only what it measured`);
  return { file: weights, origin: run.label.name ?? run.id, ...what };
}

/** Checkpoints are named by their steps. */
function lastCheckpoint({ folder }: KeptRun): string | undefined {
  const checkpoints = join(folder, names.checkpoints);
  const steps = filesIn(checkpoints).flatMap((name) => /^(\d+)\.safetensors$/.exec(name)?.[1] ?? []);
  const last = steps.sort((a, b) => Number(a) - Number(b)).at(-1);
  return last === undefined ? undefined : join(checkpoints, `${last}.safetensors`);
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
