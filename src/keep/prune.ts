/** Makes room: the oldest runs go, but none that is pinned or under way. */
import { type Dirent, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { isFinal } from "../run/standing.ts";
import { listRuns } from "./keptRuns.ts";

/**
 * @param folder of all runs
 * @param limit bytes that they may take together
 * @param except the id of one that stays in any case
 */
export function prune(folder: string, limit: number, except?: string): void {
  const runs = listRuns(folder).map((run) => ({ ...run, size: sizeOf(run.folder) }));
  let total = runs.reduce((sum, { size }) => sum + size, 0);
  // The newest come first.
  for (const { id, folder: own, state, label, size } of runs.reverse()) {
    if (total <= limit) return;
    if (id === except || label.pinned || !isFinal(state)) continue;
    if (isRemoved(own)) total -= size;
  }
}

/** One that belongs to somebody else stays. */
function isRemoved(folder: string): boolean {
  try {
    rmSync(folder, { recursive: true, force: true });
    return true;
  } catch {
    return false;
  }
}

/** Bytes of all files in a folder, and below it, as far as they may be seen. */
export function sizeOf(folder: string): number {
  let total = 0;
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) total += sizeOf(path);
    else if (entry.isFile()) total += statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  }
  return total;
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
