/** Where runs are kept: a folder for each, in `.kindling/runs` of the project that the file belongs to. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** Files of one run's folder. Lines are only ever added to those that end in `.jsonl`. */
export const names = {
  /** What began: file, arguments, versions. */
  run: "run.json",
  /** How far it is, and how it ended. */
  summary: "summary.json",
  /** What a person calls it, and whether it stays. */
  label: "label.json",
  /** One line for each value of each series. */
  series: "series.jsonl",
  /** When each of some steps was, milliseconds since the run began. */
  clock: "clock.jsonl",
  /** Everything else that the run told, in its order. */
  events: "events.jsonl",
  /** What the clock, chance and files answered the program, for it to be run again. */
  world: "world.jsonl",
  /** What the program read from tensors, so that not all has to be computed again. */
  readings: "readings.jsonl",
  /** The program's own files as they were, under `code`, and the repository they were in. */
  code: "code",
  files: "files.json",
  /** What the run can be taken up from: a file for each step that is kept, and one for the end. */
  checkpoints: "checkpoints",
  /** The weights from elsewhere that it began with, where it did, and they themselves where no other place holds them. */
  weights: "weights.json",
  firstWeights: "weights.safetensors",
  git: "git.json",
  diff: "diff.patch",
  /** What it was filled in with when it was over: a folder each time, `1`, `2` …, with what that was in `addition`. */
  added: "added",
  addition: "addition.json",
} as const;

/** In the folder of checkpoints: the one after so many steps, and what the run came to. */
export const checkpointFile = (step: number): string => `${step}.safetensors`;
export const endFile = "end.safetensors";

/** What makes a folder the root of a project. */
const rootMarks = [".git", "package.json"];

/** @returns the folder of all runs of the project that `file` belongs to; without a project, of its own folder */
export function runsFolder(file: string): string {
  const own = dirname(file);
  return join(projectOf(own) ?? own, ".kindling", "runs");
}

function projectOf(folder: string): string | undefined {
  if (rootMarks.some((mark) => existsSync(join(folder, mark)))) return folder;
  const parent = dirname(folder);
  return parent === folder ? undefined : projectOf(parent);
}

/** Sorts by time: `20261127-215530-digits-4f2a`. @param at ms since the epoch @param salt a few letters that no other run has */
export function runId(at: number, stem: string, salt: string): string {
  const [day, time] = new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "").split("T");
  return `${day}-${time}-${stem.replaceAll(/[^\w.-]+/g, "_").slice(0, 40)}-${salt}`;
}

export function isRunId(text: string): boolean {
  return /^\d{8}-\d{6}-[\w.-]+-[0-9a-z]+$/.test(text);
}
