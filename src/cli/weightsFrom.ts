/** What `--weights-from` means. */
import { readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { checkpointsOf } from "../keep/checkpoints.ts";
import { findRun, listRuns, type KeptRun } from "../keep/keptRuns.ts";
import { names, runsFolder } from "../keep/layout.ts";
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
  const weights = lastCheckpoint(run);
  if (weights === undefined) throw new UsageError(`of the run ${printable(run.id)} no weights are kept, only what it measured`);
  return { file: weights, origin: run.label.name ?? run.id, declined };
}

/**
 * What a kept run came to, or had after so many steps; or a file.
 * @param word a file, or a kept run of the project that `file` belongs to
 */
export function weightsToExport(word: string, file: string, step: number | undefined): WeightsRequest {
  const path = resolve(word);
  if (statSync(path, { throwIfNoEntry: false })?.isFile()) {
    if (step !== undefined) throw new UsageError(`\`--step\` is a step of a kept run; ${printable(word)} is a file`);
    return { file: path, origin: basename(path), declined: [] };
  }
  const run = findRun(listRuns(runsFolder(file)), word);
  if (!run) throw new UsageError(`there is neither a file nor a kept run ${printable(word)}; \`kindling runs\` lists the runs`);
  const all = checkpointsOf(run);
  const checkpoint = all.findLast((one) => step === undefined || one.step <= step);
  if (!checkpoint) {
    const first = all[0] ? `; the first are of step ${all[0].step}` : ", only what it measured";
    throw new UsageError(`of the run ${printable(run.id)} no weights are kept${step === undefined ? "" : ` up to step ${step}`}${first}`);
  }
  return { file: checkpoint.path, origin: run.label.name ?? run.id, declined: [] };
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
