/** The checkpoints that are kept of a run. */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { CheckpointEvent } from "./checkpointKeeper.ts";
import type { KeptRun } from "./keptRuns.ts";
import { checkpointFile, endFile, names } from "./layout.ts";
import { linesOf } from "./lines.ts";

export interface KeptCheckpoint {
  /** Steps that the run had taken; of what it came to, all. */
  readonly step: number;
  /** Whether it is what the run came to: its weights are the last, and nothing goes on from there. */
  readonly isEnd: boolean;
  readonly path: string;
  readonly bytes: number;
  /** Of all parameters and buffers, see `hashOf`. */
  readonly hash: string;
}

/** Of which moment of a run weights are, in words. @param step without, what it came to */
export function trainedText(run: string, step: number | undefined): string {
  return `the run ${run}, ${step === undefined ? "as it ended" : `after ${step} steps`}`;
}

/** In the order of their steps. */
export function checkpointsOf({ folder }: Pick<KeptRun, "folder">): readonly KeptCheckpoint[] {
  const own = join(folder, names.checkpoints);
  const present = new Set(namesIn(own));
  return checkpointEvents({ folder }).flatMap(({ step, isEnd = false, hash }) => {
    const name = isEnd ? endFile : checkpointFile(step);
    const path = join(own, name);
    const size = present.has(name) ? statSync(path, { throwIfNoEntry: false })?.size : undefined;
    return size === undefined ? [] : [{ step, isEnd, path, bytes: size, hash }];
  });
}

/** All that were taken, whether they are still there or gave way to others. */
export function checkpointEvents({ folder }: Pick<KeptRun, "folder">): readonly CheckpointEvent[] {
  const events: CheckpointEvent[] = [];
  for (const json of linesOf(join(folder, names.events))) {
    if ((json as { readonly type?: unknown }).type === "checkpoint") events.push(json as CheckpointEvent);
  }
  return events;
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
