/** What differs between kept runs. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { health } from "../run/health/health.ts";
import { optionText } from "../run/interventions.ts";
import { formatCount, formatDuration, plural } from "../run/numbers.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { codeOf, firstOptimizers, gitOf, readRun, type KeptRun } from "./keptRuns.ts";
import { names } from "./layout.ts";

export interface Comparison {
  readonly runs: readonly { readonly kept: KeptRun; /** In a sentence. */ readonly health: string }[];
  /** What is not the same in all: of each run, in their order. */
  readonly differences: Readonly<Record<string, readonly (string | null)[]>>;
  /** Where each series ended. */
  readonly last: Readonly<Record<string, readonly (number | null)[]>>;
}

export function compareRuns(all: readonly KeptRun[]): Comparison {
  const runs = all.map((kept) => ({ kept, run: readRun(kept) }));
  const settings = runs.map(({ kept, run }) => settingsOf(kept, run));
  const differing = namesOf(settings).filter((name) => new Set(settings.map((own) => own[name])).size > 1);
  return {
    runs: runs.map(({ kept, run }) => ({ kept, health: health(run).sentence })),
    differences: Object.fromEntries(differing.map((name) => [name, settings.map((own) => own[name] ?? null)])),
    last: Object.fromEntries(
      namesOf(all.map(({ summary }) => summary.series)).map((name) => [name, all.map(({ summary }) => summary.series[name]?.last ?? null)]),
    ),
  };
}

const namesOf = (all: readonly object[]): string[] => [...new Set(all.flatMap((own) => Object.keys(own)))];

/** How long it went on, or has so far. */
export function tookText({ info, summary }: KeptRun): string {
  const end = summary.endedAt ?? info.startedAt + (summary.progress?.elapsed ?? 0);
  const seconds = (end - info.startedAt) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

/** What may differ from one run to another and make a difference. */
function settingsOf(kept: KeptRun, run: RunSnapshot): Readonly<Record<string, string>> {
  const { info } = kept;
  const optimizers = firstOptimizers(kept);
  const options = optimizers.flatMap(({ type, groups }, i) =>
    groups.flatMap(({ name, options: own }) =>
      Object.entries(own).map(
        ([option, value]) =>
          [[optimizers.length > 1 ? `${type} ${i + 1}` : type, ...(groups.length > 1 ? [name] : []), option].join(" "), optionText(value)] as const,
      ),
    ),
  );
  const parameters = run.models.map(({ name, modules }) => [`parameters of ${name}`, formatCount(modules[0]?.counts.total ?? 0)] as const);
  const code = codeOf(kept).map(({ path, name }) => [`code of ${basename(path)}`, fingerprint(join(kept.folder, names.code, name))] as const);
  const commit = gitOf(kept);
  return {
    file: basename(info.file),
    arguments: info.arguments.join(" "),
    kindling: info.kindling,
    node: info.node,
    threads: String(info.threads),
    ...(commit && { commit: `${commit.commit.slice(0, 12)}${commit.isDirty ? ", changed" : ""}` }),
    ...Object.fromEntries([...options, ...parameters, ...code]),
    interventions: String(run.interventions.length),
    steps: String(kept.summary.steps),
    took: tookText(kept),
    state: kept.state,
  };
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
