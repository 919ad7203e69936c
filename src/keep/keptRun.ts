/** What is written of a run beside its series and events, and how. The format is described in docs/runs.md. */
import type { BranchPoint, GivenConstant, Progress, RunState } from "../protocol/index.ts";
import { checked, dictionary, flag, list, number, oneOf, optional, record, text, whole, type Codec } from "../run/codec.ts";
import { keptProgress, runState } from "../run/records.ts";

export const format = 1;

/** What began. Written once, before the program runs. */
export interface RunInfo {
  readonly format: number;
  readonly id: string;
  /** Absolute path. */
  readonly file: string;
  readonly arguments: readonly string[];
  /** ms since the epoch */
  readonly startedAt: number;
  readonly kindling: string;
  /** Versions of what ran the program: Kindling's own engine in Node, or PyTorch in Python. */
  readonly node?: string;
  readonly python?: string;
  readonly torch?: string;
  readonly platform: string;
  /** As asked for; 0: all cores but one. */
  readonly threads: number;
  /** Of the process that runs it, on `host`. */
  readonly process: number;
  readonly host: string;
  /** Working directory of the program. */
  readonly directory?: string;
  /** `Math.random` began with it. */
  readonly randomSeed?: number;
  /** The run that it was until it went its own way. */
  readonly parent?: Parent;
  /** Which it is of the processes that train one model together. */
  readonly rank?: Rank;
  /** Of the runs that were begun together. */
  readonly group?: string;
  /** What took the place of its own seed. */
  readonly seed?: number;
  /** What took the place of values of its constants, by name, as it would stand in the file. */
  readonly given?: Readonly<Record<string, string>>;
  /** By the same names where that is, and what stands there in the file. */
  readonly givenAt?: Readonly<Record<string, GivenPlace>>;
}

export type GivenPlace = Pick<GivenConstant, "start" | "was">;

export interface Parent extends BranchPoint {
  /** It is another program, which began with the weights of then and counts its own steps from 0; else all steps by then are the same. */
  readonly otherCode?: true;
}

export interface Rank {
  /** From 0. */
  readonly number: number;
  readonly of: number;
  /** The same for all that train together. */
  readonly job: string;
}

export interface SeriesSummary {
  readonly last: number;
  readonly least: number;
  readonly largest: number;
  /** A few values from its beginning to now, evenly spread. */
  readonly outline: readonly number[];
}

/** How far it is. Written anew every now and then. */
export interface RunSummary {
  readonly state: RunState;
  readonly endedAt?: number;
  /** Milliseconds, by a clock that nobody sets: the one that `endedAt` comes from may have been meanwhile. */
  readonly took?: number;
  readonly exitCode?: number;
  /** Build of the engine's kernels. */
  readonly kernels?: string;
  readonly steps: number;
  readonly epochs: number;
  readonly series: Readonly<Record<string, SeriesSummary>>;
  readonly progress?: Progress;
  /** From this step on it could not be written, as on a full disk. */
  readonly keptUpTo?: number;
}

/** What a person says of it. */
export interface RunLabel {
  readonly name?: string;
  readonly note?: string;
  /** It stays, however little room there is. */
  readonly pinned?: boolean;
}

/** The program's own files: where each was, and what it is called in `code`. */
export type CodeFiles = readonly { readonly path: string; readonly name: string }[];

/** The repository that the file is in. */
export interface GitState {
  readonly commit: string;
  readonly branch?: string;
  /** Whether files differ from the commit; the difference is in `diff.patch`, unless it is too long. */
  readonly isDirty: boolean;
}

/** `Kindling 0.3.0, Node 22.1.0`; of a run that was watched, `PyTorch 2.1.0, Python 3.11.2`. */
export function versionsText({ kindling, node, python, torch }: RunInfo): string {
  return torch === undefined ? `Kindling ${kindling}${node === undefined ? "" : `, Node ${node}`}` : `PyTorch ${torch}, Python ${python ?? "unknown"}`;
}

export const runInfo: Codec<RunInfo> = checked(
  record<RunInfo>({
    format: whole,
    id: text,
    file: text,
    arguments: list(text),
    startedAt: number,
    kindling: text,
    node: optional(text),
    python: optional(text),
    torch: optional(text),
    platform: text,
    threads: whole,
    process: whole,
    host: text,
    directory: optional(text),
    randomSeed: optional(whole),
    parent: optional(record<Parent>({ run: text, step: whole, otherCode: optional(oneOf<true>(true)) })),
    rank: optional(record<Rank>({ number: whole, of: whole, job: text })),
    group: optional(text),
    seed: optional(whole),
    given: optional(dictionary(text)),
    givenAt: optional(dictionary(record<GivenPlace>({ start: whole, was: text }))),
  }),
  "a run of another format",
  (info) => info.format === format,
);

export const seriesSummary = record<SeriesSummary>({ last: number, least: number, largest: number, outline: list(number) });

export const runSummary = record<RunSummary>({
  state: runState,
  endedAt: optional(number),
  took: optional(number),
  exitCode: optional(number),
  kernels: optional(text),
  steps: whole,
  epochs: whole,
  series: dictionary(seriesSummary),
  progress: optional(keptProgress),
  keptUpTo: optional(whole),
});

export const runLabel = record<RunLabel>({ name: optional(text), note: optional(text), pinned: optional(flag) });
export const codeFiles = list(record<CodeFiles[number]>({ path: text, name: text }));
export const gitState = record<GitState>({ commit: text, branch: optional(text), isDirty: flag });
