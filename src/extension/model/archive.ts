/** What a window knew of its runs, on disk, so that the next window shows it again. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { RunSnapshot } from "../../protocol/index.ts";
import type { FileRuns } from "./fileRuns.ts";
import { diskBounds, isFinal, shrink } from "./snapshot.ts";

/** Of the form of the files; others are ignored. */
const version = 1;

export class Archive {
  readonly #folder: string;
  /** Files kept; the least recently written go first. */
  readonly #capacity: number;

  constructor(folder: string, capacity = 20) {
    this.#folder = folder;
    this.#capacity = capacity;
  }

  /** @returns undefined where nothing, or nothing readable, is kept of the file */
  async load(file: string): Promise<FileRuns | undefined> {
    try {
      const { version: written, runs } = JSON.parse(await readFile(this.#path(file), "utf8")) as {
        version: number;
        runs: FileRuns;
      };
      return written === version && runs.file === file ? interrupted(runs) : undefined;
    } catch {
      return undefined;
    }
  }

  /** JSON has no NaN and no infinity: they come back as `null`, which those who show numbers take for "no number". At once, because a window that closes waits for nothing. */
  save(runs: FileRuns): void {
    const kept: FileRuns = {
      ...runs,
      ...(runs.train && { train: shrink(runs.train, diskBounds) }),
      ...(runs.inspect && { inspect: shrink(runs.inspect, diskBounds) }),
      problems: [],
    };
    const path = this.#path(runs.file);
    mkdirSync(this.#folder, { recursive: true });
    // Half a file must never take the place of a whole one.
    writeFileSync(`${path}.new`, JSON.stringify({ version, runs: kept }));
    renameSync(`${path}.new`, path);
    this.#prune();
  }

  /** Notes which files are in training, for the window after this one. */
  setUnderWay(files: readonly string[]): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#underWay, JSON.stringify(files));
  }

  /** What was in training when the window before this one went away; it is told once. */
  async takeInterrupted(): Promise<readonly FileRuns[]> {
    try {
      const files = JSON.parse(await readFile(this.#underWay, "utf8")) as readonly string[];
      rmSync(this.#underWay, { force: true });
      const all = await Promise.all(files.map((file) => this.load(file)));
      return all.filter((runs) => runs !== undefined);
    } catch {
      return [];
    }
  }

  remove(file: string): void {
    rmSync(this.#path(file), { force: true });
  }

  get #underWay(): string {
    return join(this.#folder, "training");
  }

  #path(file: string): string {
    return join(this.#folder, `${createHash("sha256").update(file).digest("hex").slice(0, 32)}.json`);
  }

  #prune(): void {
    const kept = readdirSync(this.#folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => join(this.#folder, name))
      .map((path) => ({ path, at: statSync(path).mtimeMs }))
      .sort((a, b) => b.at - a.at);
    for (const { path } of kept.slice(this.#capacity)) rmSync(path, { force: true });
  }
}

/** A run that was under way when its window went away ended with it. */
export function interrupted(runs: FileRuns, at?: number): FileRuns {
  return {
    ...runs,
    ...(runs.train && { train: interruptedRun(runs.train, at) }),
    ...(runs.inspect && { inspect: interruptedRun(runs.inspect, at) }),
  };
}

/** @param at when it ended, where that is known: else as late as it was heard of */
function interruptedRun(run: RunSnapshot, at?: number): RunSnapshot {
  if (isFinal(run.state)) return run;
  return { ...run, state: "interrupted", endedAt: at ?? run.startedAt + (run.progress?.elapsed ?? 0) };
}
