/** The checkpoints that are kept of a run. */
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
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
  /** Bytes that were written. */
  readonly written: number;
  /** Of all parameters and buffers, see `hashOf`. */
  readonly hash: string;
  /** Of the whole file; none of those that were kept before there was any. */
  readonly digest: string | undefined;
}

/** Of which moment of a run weights are, in words. */
export function trainedText(run: string, { isEnd, step }: KeptCheckpoint): string {
  return `the run ${run}, ${isEnd ? "as it ended" : `after ${step} steps`}`;
}

/** In the order of their steps. */
export function checkpointsOf({ folder }: Pick<KeptRun, "folder">): readonly KeptCheckpoint[] {
  const own = join(folder, names.checkpoints);
  const present = new Set(namesIn(own));
  return checkpointEvents({ folder }).flatMap(({ step, isEnd = false, hash, digest, bytes: written }) => {
    const name = isEnd ? endFile : checkpointFile(step);
    const path = join(own, name);
    const size = present.has(name) ? statSync(path, { throwIfNoEntry: false })?.size : undefined;
    return size === undefined ? [] : [{ step, isEnd, path, bytes: size, written, hash, digest }];
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

export interface Held {
  /** What the program calls the models whose parameters are in the file. */
  readonly models: readonly string[];
  /** Whether a loop that trained was over, so that they are not likely to change any more. */
  readonly isLoopEnd: boolean;
}

/** What a checkpoint's file says of itself; nothing where it can't be read. */
export function heldIn(path: string): Held {
  const descriptor = openSync(path, "r");
  try {
    const size = new BigUint64Array(1);
    readSync(descriptor, size, 0, 8, 0);
    const header = Buffer.alloc(Number(size[0]));
    readSync(descriptor, header, 0, header.length, 8);
    const { __metadata__: said } = JSON.parse(header.toString()) as { readonly __metadata__: Readonly<Record<string, string>> };
    const { models, isLoopEnd = false } = JSON.parse(said["kindling"]!) as {
      readonly models: readonly { readonly name: string }[];
      readonly isLoopEnd?: boolean;
    };
    return { models: models.map(({ name }) => name), isLoopEnd };
  } catch {
    return { models: [], isLoopEnd: false };
  } finally {
    closeSync(descriptor);
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
