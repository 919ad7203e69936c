/** What differs between kept runs. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { OptimizerInfo, StepStatistics } from "../protocol/index.ts";
import { betterOf, differing, namesOf, variantsOf, variantTitle, type ComparedRun } from "../run/comparison.ts";
import { differenceText, endOf, type ComparedGroup } from "../run/difference.ts";
import { givenTexts } from "../run/group.ts";
import { health, isToldFrom } from "../run/health/health.ts";
import { optionText } from "../run/interventions.ts";
import { formatCount, formatDuration, plural } from "../run/numbers.ts";
import { memoryBounds, shrink, type RunSnapshot } from "../run/snapshot.ts";
import { stepsBefore } from "./branches.ts";
import { dataFilesOf } from "./dataFiles.ts";
import { codeOf, gitOf, keptRun, type KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";
import { readRun, type ToldRun } from "./readRun.ts";

export interface Comparison {
  /** Whether two groups differ, a sentence for each series. */
  readonly sentences: readonly string[];
  readonly runs: readonly { readonly kept: KeptRun; /** In a sentence. */ readonly health: string }[];
  /** What is not the same in all: of each run, in their order. */
  readonly differences: Readonly<Record<string, readonly (string | null)[]>>;
  /** Where each series ended. */
  readonly last: Readonly<Record<string, readonly (number | null)[]>>;
}

/** What a run is called in a sentence: `seeds-mf3k2a1, lr 0.1, seed 3`. */
export function callOf({ id, label, info }: KeptRun): string {
  return [label.name ?? info.group ?? id, ...givenTexts(info)].join(", ");
}

export function compareRuns(all: readonly KeptRun[]): Comparison {
  // Two groups are told apart by all that they logged.
  const isWanted = groupsIn(all.map((kept) => ({ id: kept.id, variant: variantOf(kept) }))) ? undefined : isToldFrom;
  const told = all.map((kept) => ({ kept, told: readRun(kept, isWanted), title: callOf(kept) }));
  const runs = told.map(({ kept, told: own }) => ({ kept, ...described(kept, own) }));
  return {
    sentences: differenceTexts(told),
    runs: runs.map(({ kept, health: sentence }) => ({ kept, health: sentence })),
    differences: Object.fromEntries(differing(runs).map((name) => [name, runs.map(({ settings }) => settings[name] ?? null)])),
    last: Object.fromEntries(
      namesOf(all.map(({ summary }) => summary.series)).map((name) => [name, all.map(({ summary }) => summary.series[name]?.last ?? null)]),
    ),
  };
}

/** Of one run what is needed to look at it beside others. */
export interface Beside {
  readonly kept: KeptRun;
  readonly told: ToldRun;
  readonly title: string;
}

/** More points of a curve don't show beside those of others. */
const bounds = { ...memoryBounds, points: 4_000, allPoints: 40_000, passNodes: 0, notes: 0, printed: { lines: 0, characters: 0 } };

/** For the page: curves, models, and what was measured at the last step that all have in common. */
export function besideEachOther(all: readonly Beside[]): ComparedRun[] {
  const samples = commonSamples(all.map(({ told }) => told.run));
  return all.map(({ kept, told, title }, place) => ({
    id: kept.id,
    title,
    ...described(kept, told),
    variant: variantOf(kept),
    seed: kept.info.seed ?? null,
    stepsBefore: stepsBefore(kept, (id) => keptRun(dirname(kept.folder), id)),
    // Another program counts its own steps.
    ...(kept.info.parent && !kept.info.parent.otherCode && { branchOf: kept.info.parent }),
    ends: Object.fromEntries(Object.entries(kept.summary.series).map(([name, { last, least, largest }]) => [name, { last, least, largest }])),
    clock: told.clock,
    run: {
      ...shrink({ ...told.run, samples: new Map() }, bounds),
      samples: samples[place]!,
      works: new Map(),
      followed: new Map(),
      problems: [],
      optimizers: [],
    },
  }));
}

/** Of two groups a sentence for each series that they have in common: whether they differ by more than noise. */
export function differenceTexts(runs: readonly Beside[]): string[] {
  const groups = groupsIn(
    runs.map(({ kept, told, title }) => ({ id: kept.id, variant: variantOf(kept), seed: kept.info.seed ?? null, title, curves: told.run.curves })),
  );
  if (!groups) return [];
  const [first, second] = groups;
  // A run that failed may lack what the others of its group have; where all did, nothing is there.
  const hasIt = (own: typeof first, name: string): boolean => own.some(({ curves }) => curves.has(name)) || own.every(({ curves }) => curves.size === 0);
  const all = new Set([...first, ...second].flatMap(({ curves }) => [...curves.keys()]));
  const names = [...all].filter((name) => betterOf(name) !== undefined && hasIt(first, name) && hasIt(second, name));
  const group = (own: typeof first, name: string): ComparedGroup => ({
    title: variantTitle(own[0]!.title),
    values: own.map(({ seed, curves }) => ({ seed, value: curves.has(name) ? endOf(curves.get(name)!) : NaN })),
  });
  return names.map((name) => differenceText(name, group(first, name), group(second, name)));
}

/** The two variants that several runs are of; where there are more or fewer, none. */
function groupsIn<T extends Pick<ComparedRun, "variant" | "id">>(runs: readonly T[]): readonly [T[], T[]] | undefined {
  const [first, second, another] = variantsOf(runs).filter((own) => own.length > 1);
  return first && second && !another ? [first, second] : undefined;
}

/** Of each model the last step that was measured in all runs; where they have none late enough, each run's last before the end of the shortest. */
function commonSamples(runs: readonly RunSnapshot[]): (typeof runs)[number]["samples"][] {
  const models = [...new Set(runs.flatMap(({ samples }) => [...samples.keys()]))];
  const found = models.map((model) => commonOf(runs.map(({ samples }) => (samples.get(model) ?? []).filter(({ afterwards }) => !afterwards))));
  return runs.map((_, place) => new Map(models.flatMap((model, i) => (found[i]![place] ? [[model, [found[i]![place]!]] as const] : []))));
}

function commonOf(samples: readonly (readonly StepStatistics[])[]): (StepStatistics | undefined)[] {
  const measured = samples.filter(({ length }) => length > 0);
  const end = Math.min(...measured.map((own) => own.at(-1)!.step));
  const [first = [], ...others] = measured.map((own) => new Set(own.map(({ step }) => step)));
  const common = Math.max(...[...first].filter((step) => step <= end && others.every((own) => own.has(step))));
  const until = common >= end / 2 ? common : end;
  return samples.map((own) => own.findLast(({ step }) => step <= until));
}

/** What a run shares with those that differ from it in their seed only. */
export function variantOf({ info }: KeptRun): string | null {
  if (info.group === undefined) return null;
  return [info.group, ...Object.entries(info.given ?? {}).map(([name, value]) => `${name}=${value}`)].join(" ");
}

/** How it stands, and how much of it is known where that isn't all. */
export function stateText({ state, summary: { keptUpTo } }: KeptRun): string {
  return keptUpTo === undefined ? state : `${state}, kept up to step ${formatCount(keptUpTo)}`;
}

/** How long it went on, or has so far. */
export function tookText({ info, summary }: KeptRun): string {
  const told = summary.took ?? (summary.endedAt === undefined ? undefined : summary.endedAt - info.startedAt);
  const seconds = Math.max(0, told ?? summary.progress?.elapsed ?? 0) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

function described(kept: KeptRun, told: ToldRun): { readonly settings: Readonly<Record<string, string>>; readonly health: string } {
  return { settings: settingsOf(kept, told), health: health(told.run).sentence };
}

/** What may differ from one run to another and make a difference. */
function settingsOf(kept: KeptRun, { run, firstOptimizers }: ToldRun): Readonly<Record<string, string>> {
  const { info } = kept;
  const parameters = run.models.map(({ name, modules }) => [`parameters of ${name}`, formatCount(modules[0]?.counts.total ?? 0)] as const);
  const code = codeOf(kept).map(({ path, name }) => [`code of ${basename(path)}`, fingerprint(join(kept.folder, names.code, name))] as const);
  const data = [...dataFilesOf(kept)].map(([path, print]) => [`data of ${basename(path)}`, print.slice(0, 8)] as const);
  const commit = gitOf(kept);
  return {
    file: basename(info.file),
    ...info.given,
    ...(info.seed !== undefined && { seed: String(info.seed) }),
    arguments: info.arguments.join(" "),
    ...Object.fromEntries([...optionsOf(firstOptimizers), ...parameters, ...code, ...data]),
    interventions: String(run.interventions.length),
    kindling: info.kindling,
    ...(info.node !== undefined && { node: info.node }),
    ...(info.torch !== undefined && { torch: info.torch, python: info.python ?? "unknown" }),
    ...(info.rank && { rank: `${info.rank.number} of ${info.rank.of}` }),
    threads: String(info.threads),
    ...(commit && { commit: `${commit.commit.slice(0, 12)}${commit.isDirty ? ", changed" : ""}` }),
    steps: formatCount(kept.summary.steps),
    took: tookText(kept),
    state: stateText(kept),
  };
}

function optionsOf(optimizers: readonly OptimizerInfo[]): (readonly [string, string])[] {
  return optimizers.flatMap(({ type, groups }, i) =>
    groups.flatMap(({ name, options }) =>
      Object.entries(options).map(
        ([option, value]) =>
          [[optimizers.length > 1 ? `${type} ${i + 1}` : type, ...(groups.length > 1 ? [name] : []), option].join(" "), optionText(value)] as const,
      ),
    ),
  );
}

function fingerprint(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    const hash = createHash("sha256").update(text).digest("hex").slice(0, 8);
    return `${plural(text.split("\n").length, "line")}, ${hash}`;
  } catch {
    return "not kept";
  }
}
