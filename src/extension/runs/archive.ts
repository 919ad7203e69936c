/** What a window knew of its runs, on disk, so that the next window shows it again. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { writeWhole } from "../../keep/wholeFile.ts";
import { dictionary, list, Malformed, number, optional, record, text, whole } from "../../run/codec.ts";
import { classes, models, problems, runMode, storedSnapshot } from "../../run/records.ts";
import { memoryBounds, shrink, type Bounds, type RunSnapshot } from "../../run/snapshot.ts";
import { isFinal } from "../../run/standing.ts";
import type { FileRuns, Structure } from "./fileRuns.ts";

/** Of the form of the files; others are not read. */
const version = 3;

const versioned = record<{ readonly version: number }>({ version: whole });

const fileRuns = record<{ readonly runs: FileRuns }>({
  runs: record<FileRuns>({
    file: text,
    train: optional(storedSnapshot),
    inspect: optional(storedSnapshot),
    shown: optional(runMode),
    structure: optional(record<Structure>({ models, classes, files: list(text), at: number })),
    problems,
    sources: optional(dictionary(text)),
  }),
});

const underWay = list(text);

/** How much of a run is written, so that it is written and read without being felt. */
const diskBounds: Bounds = {
  ...memoryBounds,
  points: 5_000,
  allPoints: 25_000,
  tensors: 3_000,
  steps: 60,
  passNodes: 4_000,
  notes: 200,
  epochs: 300,
  printed: { lines: 1_000, characters: 100_000 },
};

export class Archive {
  readonly #folder: string;
  /** Hears why something that is kept can't be shown. */
  readonly #remark: (text: string) => void;
  /** Files kept; the least recently written go first. */
  readonly #capacity: number;

  constructor(folder: string, remark: (text: string) => void, capacity = 20) {
    this.#folder = folder;
    this.#remark = remark;
    this.#capacity = capacity;
  }

  /** @returns undefined where nothing, or nothing that can be read, is kept of the file */
  async load(file: string): Promise<FileRuns | undefined> {
    const kept = await readIfThere(this.#path(file));
    if (kept === undefined) return undefined;
    try {
      const json: unknown = JSON.parse(kept);
      const written = versioned.decode(json).version;
      if (written === version) return interrupted(readRuns(json, file));
      this.#remark(`What was kept of the last runs of ${file} is of another version of Kindling and is not shown.`);
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof SyntaxError)) throw error;
      this.#remark(`What was kept of the last runs of ${file} is damaged and is not shown: ${error.message}`);
    }
    return undefined;
  }

  /** At once, because a window that closes waits for nothing. */
  save(runs: FileRuns): void {
    const kept: FileRuns = {
      ...runs,
      ...(runs.train && { train: shrink(runs.train, diskBounds) }),
      ...(runs.inspect && { inspect: shrink(runs.inspect, diskBounds) }),
      problems: [],
    };
    mkdirSync(this.#folder, { recursive: true });
    writeWhole(this.#path(runs.file), { version, ...(fileRuns.encode({ runs: kept }) as object) });
    this.#prune();
  }

  /** Notes which files are in training, for the window after this one. */
  setUnderWay(files: readonly string[]): void {
    mkdirSync(this.#folder, { recursive: true });
    writeFileSync(this.#underWay, JSON.stringify(underWay.encode(files)));
  }

  /** What was in training when the window before this one went away; it is told once. */
  async takeInterrupted(): Promise<readonly FileRuns[]> {
    const kept = await readIfThere(this.#underWay);
    rmSync(this.#underWay, { force: true });
    if (kept === undefined) return [];
    try {
      const all = await Promise.all(underWay.decode(JSON.parse(kept)).map((file) => this.load(file)));
      return all.filter((runs) => runs !== undefined);
    } catch (error) {
      if (!(error instanceof Malformed || error instanceof SyntaxError)) throw error;
      this.#remark(`Which files were in training when the last window closed can't be read: ${error.message}`);
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

function readRuns(json: unknown, file: string): FileRuns {
  const { runs } = fileRuns.decode(json);
  if (runs.file !== file) throw new Malformed(`of another file, ${runs.file}`);
  return runs;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch {
    return undefined;
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
