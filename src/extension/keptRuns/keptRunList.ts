/** The kept runs of the folders that are open. A run is read once, and again only while it goes on or when its label changed or something was added to it. */
import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { keptRun, newestFirst, type KeptRun } from "../../keep/keptRuns.ts";
import { isRunId, names } from "../../keep/layout.ts";
import { isFinal } from "../../run/standing.ts";

/** Milliseconds of reading after which others have a turn. */
const patience = 8;

interface Read {
  readonly run: KeptRun;
  readonly changedAt: number;
}

export class KeptRunList {
  readonly #read = new Map<string, Read>();

  /** Newest first. @param folders of all runs of a project each */
  async read(folders: readonly string[]): Promise<KeptRun[]> {
    const runs: KeptRun[] = [];
    const present = new Set<string>();
    let since = performance.now();
    for (const folder of new Set(folders)) {
      for (const id of (await readdir(folder).catch(() => [])).filter(isRunId)) {
        const run = this.#one(folder, id);
        if (!run) continue;
        runs.push(run);
        present.add(run.folder);
        if (performance.now() - since < patience) continue;
        await turn();
        since = performance.now();
      }
    }
    // Others may have asked for other folders.
    for (const path of this.#read.keys()) if (folders.includes(dirname(path)) && !present.has(path)) this.#read.delete(path);
    return runs.sort(newestFirst);
  }

  #one(folder: string, id: string): KeptRun | undefined {
    const path = join(folder, id);
    const changedAt = Math.max(...[names.label, names.added].map((name) => statSync(join(path, name), { throwIfNoEntry: false })?.mtimeMs ?? 0));
    const known = this.#read.get(path);
    if (known && isFinal(known.run.state) && known.changedAt === changedAt) return known.run;
    const run = keptRun(folder, id);
    if (run) this.#read.set(path, { run, changedAt });
    return run;
  }
}
