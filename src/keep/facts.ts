/** What is known of kept runs, as JSON: what the command line prints with `--json`, and what agents are told. */
import { health } from "../run/health/health.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import type { Comparison } from "./comparison.ts";
import { additionsOf } from "./additions.ts";
import { codeOf, gitOf, type KeptRun } from "./keptRuns.ts";

export function factsOf({ id, info, summary, state, label, folder }: KeptRun) {
  const last = Object.fromEntries(Object.entries(summary.series).map(([name, own]) => [name, own.last]));
  return {
    id,
    ...label,
    file: info.file,
    state,
    startedAt: new Date(info.startedAt).toISOString(),
    ...(summary.endedAt !== undefined && { endedAt: new Date(summary.endedAt).toISOString() }),
    ...(info.parent && { parent: info.parent }),
    ...(summary.exitCode !== undefined && { exitCode: summary.exitCode }),
    steps: summary.steps,
    epochs: summary.epochs,
    ...(summary.keptUpTo !== undefined && { keptUpTo: summary.keptUpTo }),
    last: jsonable(last),
    arguments: info.arguments,
    ...(info.group !== undefined && { group: info.group }),
    ...(info.seed !== undefined && { seed: info.seed }),
    ...(info.given && { given: info.given }),
    kindling: info.kindling,
    ...(info.node !== undefined && { node: info.node }),
    ...(info.torch !== undefined && { torch: info.torch, python: info.python }),
    ...(info.rank && { rank: info.rank }),
    folder,
  };
}

export function detailsOf(kept: KeptRun, run: RunSnapshot) {
  const { problems, notes, models, optimizers, interventions } = run;
  const series = jsonable(kept.summary.series);
  const added = additionsOf(kept.folder).map(({ addition }) => ({
    ...addition,
    at: new Date(addition.at).toISOString(),
    series: Object.keys(addition.series),
  }));
  return {
    ...(added.length > 0 && { added }),
    health: health(run).sentence,
    git: gitOf(kept) ?? null,
    code: codeOf(kept),
    series,
    problems,
    notes,
    models,
    optimizers,
    interventions,
  };
}

export function comparisonFacts({ runs, differences, last, sentences }: Comparison) {
  return { runs: runs.map(({ kept, health: sentence }) => ({ ...factsOf(kept), health: sentence })), differences, last: jsonable(last), sentences };
}

/** NaN and infinities, which JSON doesn't have, as their names. */
export function jsonable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, own: unknown) => (typeof own === "number" && !Number.isFinite(own) ? String(own) : own))) as T;
}
