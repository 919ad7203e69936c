/** The files that a kept run's program read: of each a fingerprint of what was in it. */
import { join } from "node:path";
import type { KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";
import { linesOf } from "./lines.ts";

const begin = `{"what":"file `;

/** By their paths, as they were when they were read first; files that could not be read are left out. */
export function dataFilesOf({ folder }: KeptRun): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const json of linesOf(join(folder, names.world), (line) => line.startsWith(begin))) {
    const { what, answers } = json as { readonly what: string; readonly answers?: readonly { readonly of?: string }[] };
    const path = what.slice("file ".length);
    const print = answers?.[0]?.of;
    if (print !== undefined && !found.has(path)) found.set(path, print);
  }
  return found;
}
