/** The runs that are kept in a folder: which there are, and what a person says of them. */
import { existsSync, readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";
import type { RunState } from "../protocol/index.ts";
import { record, whole } from "../run/codec.ts";
import { plural } from "../run/numbers.ts";
import { isFinal } from "../run/standing.ts";
import { additionsOf, withAdditions } from "./additions.ts";
import {
  codeFiles,
  format,
  gitState,
  runInfo,
  runLabel,
  runSummary,
  type CodeFiles,
  type GitState,
  type RunInfo,
  type RunLabel,
  type RunSummary,
} from "./keptRun.ts";
import { isProcess } from "./isProcess.ts";
import { isRunId, names } from "./layout.ts";
import { readWhole, writeWhole } from "./wholeFile.ts";

/** A run on another machine that has written nothing for so many milliseconds is over; whoever writes one does so more often. */
const silence = 30_000;
/** And one on this machine, though there is a process of its number: that is another by now, as after a restart. */
const silenceHere = 3_600_000;

export interface KeptRun {
  readonly id: string;
  readonly folder: string;
  readonly info: RunInfo;
  readonly summary: RunSummary;
  readonly label: RunLabel;
  /** `interrupted` where it is over and could not say how it ended. */
  readonly state: RunState;
}

/** Newest first. @param folder of all runs; none where it isn't there */
export function listRuns(folder: string): KeptRun[] {
  return idsIn(folder)
    .flatMap((id) => keptRun(folder, id) ?? [])
    .sort(newestFirst);
}

/** Those that lie there and can't be read, with the reason. */
export function unreadRuns(folder: string): { readonly id: string; readonly why: string }[] {
  return idsIn(folder).flatMap((id) => {
    const path = join(folder, id, names.run);
    // One that begins just now has none yet.
    if (!existsSync(path) || readWhole(path, runInfo)) return [];
    const newer = readWhole(path, record({ format: whole }));
    const isNewer = newer !== undefined && newer.format > format;
    return [{ id, why: isNewer ? "a newer Kindling wrote it; update this one to see it" : `its ${names.run} is damaged` }];
  });
}

function idsIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter(isRunId);
  } catch {
    return [];
  }
}

/** An id tells the second only in which a run began. */
export function newestFirst(a: KeptRun, b: KeptRun): number {
  return b.info.startedAt - a.info.startedAt || (a.id < b.id ? 1 : -1);
}

/** @returns nothing where there is none, or none that can be read */
export function keptRun(folder: string, id: string): KeptRun | undefined {
  const own = join(folder, id);
  const info = readWhole(join(own, names.run), runInfo);
  if (!info) return undefined;
  const told = readWhole(join(own, names.summary), runSummary) ?? { state: "starting", steps: 0, epochs: 0, series: {} };
  const summary = withAdditions(told, additionsOf(own));
  const label = readWhole(join(own, names.label), runLabel) ?? {};
  return { id, folder: own, info, summary, label, state: isFinal(summary.state) || isAlive(info, own) ? summary.state : "interrupted" };
}

/** A run as it is by now. @param folder its own @returns as `keptRun` does */
export function keptRunIn(folder: string): KeptRun | undefined {
  return keptRun(dirname(folder), basename(folder));
}

export function codeOf({ folder }: KeptRun): CodeFiles {
  return readWhole(join(folder, names.files), codeFiles) ?? [];
}

export function gitOf({ folder }: KeptRun): GitState | undefined {
  return readWhole(join(folder, names.git), gitState);
}

export function setLabel({ folder }: KeptRun, label: RunLabel): void {
  writeWhole(join(folder, names.label), runLabel.encode(label));
}

export function removeRun({ folder }: KeptRun): void {
  rmSync(folder, { recursive: true, force: true });
}

/** The run that a person means: its id or the beginning of it, its name, or `latest`. @param runs newest first */
export function findRun(runs: readonly KeptRun[], word: string): KeptRun | undefined {
  if (word === "latest") return runs[0];
  const exact = runs.find(({ id, label }) => id === word || label.name === word);
  if (exact) return exact;
  const [one, another] = withId(runs, word);
  return another ? undefined : one;
}

/** Why `findRun` found none. */
export function whyNoRun(runs: readonly KeptRun[], word: string): string {
  const [one, ...others] = withId(runs, word);
  if (!one) return `there is no run \`${word}\` here`;
  const more = others.length > 1 ? ` and ${plural(others.length - 1, "other")}` : "";
  return `\`${word}\` may be \`${one.id}\`, \`${others[0]!.id}\`${more}; write more of the id`;
}

/** Those whose id begins or ends so. */
function withId(runs: readonly KeptRun[], word: string): readonly KeptRun[] {
  return word === "" ? [] : runs.filter(({ id }) => id.startsWith(word) || id.endsWith(`-${word}`));
}

/** The runs that a person means: one, or all of a group. @param runs newest first @returns oldest first; none where no run is meant */
export function findRuns(runs: readonly KeptRun[], word: string): KeptRun[] {
  const group = runs.filter(({ info }) => info.group === word).reverse();
  const one = group.length > 0 ? undefined : findRun(runs, word);
  return one ? [one] : group;
}

function isAlive({ host, process: pid }: RunInfo, folder: string): boolean {
  const silent = Date.now() - (statSync(join(folder, names.summary), { throwIfNoEntry: false })?.mtimeMs ?? 0);
  return host === hostname() ? silent < silenceHere && isProcess(pid) : silent < silence;
}
