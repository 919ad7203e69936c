/** The one model in the extension: lenses, tree, problems, status bar and panel all read from here. */
import type { RunEvent, RunMode } from "../../protocol/index.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { Emitter } from "../shared/emitter.ts";
import { beginRun, markEdited, reduceFileRuns, relocateFileRuns, runOf, showRun, withProblems, type FileRuns, type RunStart } from "./fileRuns.ts";
import { relocateEvent, renamer, type Rename } from "./relocate.ts";

export interface StoreChange {
  /** Under its name of now. */
  readonly file: string;
  readonly runs: FileRuns;
  readonly change:
    | { readonly type: "began" | "restored" | "removed" | "edited" | "shown" | "filled" }
    | { readonly type: "renamed"; readonly from: string }
    | { readonly type: "event"; readonly runId: string; readonly event: RunEvent };
}

export class RunStore {
  readonly #runs = new Map<string, FileRuns>();
  /** Files renamed since a run began: what its process says still has the old names. */
  readonly #renames = new Map<string, Rename[]>();
  readonly #changed = new Emitter<StoreChange>();
  readonly onDidChange = this.#changed.event;

  get(file: string): FileRuns | undefined {
    return this.#runs.get(file);
  }

  all(): readonly FileRuns[] {
    return [...this.#runs.values()];
  }

  /** Model files whose last run took `file` in (each is also among its own files), the one run last first. */
  using(file: string): readonly FileRuns[] {
    return this.all()
      .filter((runs) => runs.file === file || runs.structure?.files.includes(file))
      .sort((a, b) => Number(b.file === file) - Number(a.file === file) || startOf(b) - startOf(a));
  }

  begin(file: string, start: RunStart): void {
    const before = this.#runs.get(file) ?? { file, problems: [] };
    this.#renames.set(start.runId, []);
    this.#set(beginRun(before, start), { type: "began" });
  }

  apply(runId: string, event: RunEvent): void {
    const before = this.all().find((runs) => runOf(runs, runId));
    if (!before) return;
    const current = (this.#renames.get(runId) ?? []).reduce(relocateEvent, event);
    const after = reduceFileRuns(before, runId, current);
    if (after !== before) this.#set(after, { type: "event", runId, event: current });
  }

  /** Puts back what an earlier window knew; what this window found out itself is newer and stays. */
  restore(runs: FileRuns): void {
    if (!this.#runs.has(runs.file)) this.#set(withProblems(runs), { type: "restored" });
  }

  /** Fingerprints of the texts that the training of that id runs. */
  setSources(runId: string, sources: Readonly<Record<string, string>>): void {
    const runs = this.all().find(({ train }) => train?.runId === runId);
    if (runs) this.#runs.set(runs.file, { ...runs, sources: { ...runs.sources, ...sources } });
  }

  /** What the training of `file` runs is, or is no longer, what is on disk. */
  setEdited(file: string, edited: boolean): void {
    this.#change(file, "edited", (runs) => markEdited(runs, edited));
  }

  /** The training of `file` has more to tell than it had. */
  fillIn(file: string, train: RunSnapshot): void {
    this.#change(file, "filled", (runs) => withProblems({ ...runs, train: { ...train, ...(runs.train?.edited && { edited: true }) } }));
  }

  /** Chooses which of its two runs the panel shows of `file`. */
  show(file: string, mode: RunMode): void {
    this.#change(file, "shown", (runs) => showRun(runs, mode));
  }

  /** A file, or a folder with files in it, has a new name. */
  rename(from: string, to: string): void {
    const rename = renamer(from, to);
    for (const before of this.all()) {
      for (const run of [before.train, before.inspect]) if (run) this.#renames.get(run.runId)?.push(rename);
      const after = relocateFileRuns(before, rename);
      if (after.file !== before.file) {
        this.#runs.delete(before.file);
        this.#set(after, { type: "renamed", from: before.file });
      } else {
        this.#runs.set(after.file, after);
      }
    }
  }

  remove(file: string): void {
    const runs = this.#runs.get(file);
    if (!runs) return;
    this.#runs.delete(file);
    this.#changed.fire({ file, runs: { file, problems: [] }, change: { type: "removed" } });
  }

  #change(file: string, type: "edited" | "shown" | "filled", make: (runs: FileRuns) => FileRuns): void {
    const before = this.#runs.get(file);
    const after = before && make(before);
    if (after && after !== before) this.#set(after, { type });
  }

  #set(runs: FileRuns, change: StoreChange["change"]): void {
    this.#runs.set(runs.file, runs);
    this.#changed.fire({ file: runs.file, runs, change });
  }
}

function startOf(runs: FileRuns): number {
  return Math.max(runs.train?.startedAt ?? 0, runs.inspect?.startedAt ?? 0);
}
