/** `kindling runs`, `kindling show` and `kindling compare`: what is kept of trainings. */
import { readFileSync, statSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { names, runsFolder } from "../keep/layout.ts";
import { codeOf, findRun, firstOptimizers, gitOf, listRuns, readRun, type KeptRun } from "../keep/keptRuns.ts";
import { health } from "../run/health/health.ts";
import { formatCount, formatDuration, formatNumber, plural } from "../run/numbers.ts";
import { optionText } from "../run/interventions.ts";
import type { RunSnapshot } from "../run/snapshot.ts";
import { UsageError } from "./commandLine.ts";
import { modelTable } from "./modelTable.ts";
import { problemText, type Paint } from "./problemText.ts";

/** @param where a folder of the project, or a model file: then only its runs */
export function printRuns(where: string, json: boolean, paint: Paint): number {
  const path = resolve(where);
  const isFile = statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
  const runs = listRuns(runsFolder(isFile ? path : join(path, "any"))).filter(({ info }) => !isFile || info.file === path);
  if (json) return printJson(runs.map(factsOf));
  if (runs.length === 0) process.stderr.write("No training is kept here yet. `kindling train FILE.model.ts` keeps one.\n");
  else process.stdout.write(tableText(["run", "name", "file", "state", "took", "steps", "last values"], runs.map(rowOf), paint));
  return 0;
}

export function printRun(word: string, json: boolean, paint: Paint): number {
  const kept = theRun(word);
  const run = readRun(kept);
  if (json) return printJson({ ...factsOf(kept), ...detailsOf(kept, run) });
  const git = gitOf(kept);
  const { label, info, summary } = kept;
  const lines: readonly (readonly [string, string])[] = [
    ["run", label.name === undefined ? kept.id : `${kept.id}, “${label.name}”`],
    ["file", shortPath(info.file)],
    ["state", `${kept.state}, ${plural(summary.steps, "step")}, ${plural(summary.epochs, "epoch")}, ${durationText(kept)}`],
    ["began", new Date(info.startedAt).toLocaleString()],
    ["with", `Kindling ${info.kindling}, Node ${info.node}${summary.kernels === undefined ? "" : `, ${summary.kernels} kernels`}`],
    ...(git
      ? [["commit", `${git.commit.slice(0, 12)}${git.branch === undefined ? "" : ` (${git.branch})`}${git.isDirty ? ", changed since" : ""}`] as const]
      : []),
    ["health", health(run).sentence.replaceAll("`", "") || "nothing to say"],
    ...(label.note === undefined ? [] : [["note", label.note] as const]),
    ["kept in", shortPath(kept.folder)],
  ];
  const width = Math.max(...lines.map(([name]) => name.length));
  process.stdout.write(`${lines.map(([name, text]) => `${paint("dim", name.padEnd(width))}  ${text}`).join("\n")}\n\n`);
  const series = Object.entries(summary.series);
  const rows = series.map(([name, { last, least, largest }]) => [name, formatNumber(last), formatNumber(least), formatNumber(largest)]);
  if (rows.length > 0) process.stdout.write(`${tableText(["series", "last", "least", "largest"], rows, paint)}\n`);
  for (const model of run.models) process.stdout.write(`${modelTable(model, run.works, paint, process.stdout.columns)}\n`);
  for (const problem of run.problems) process.stdout.write(problemText(problem, paint));
  return 0;
}

export function printComparison(words: readonly string[], json: boolean, paint: Paint): number {
  const runs = words.map((word) => ({ kept: theRun(word), run: readRun(theRun(word)) }));
  const series = [...new Set(runs.flatMap(({ kept }) => Object.keys(kept.summary.series)))];
  const settings = runs.map(({ kept, run }) => settingsOf(kept, run));
  const differing = [...new Set(settings.flatMap((own) => Object.keys(own)))].filter((name) => new Set(settings.map((own) => own[name])).size > 1);
  const differences = Object.fromEntries(differing.map((name) => [name, settings.map((own) => own[name] ?? null)]));
  const values = Object.fromEntries(series.map((name) => [name, runs.map(({ kept }) => kept.summary.series[name]?.last ?? null)]));
  if (json) return printJson({ runs: runs.map(({ kept }) => factsOf(kept)), differences, last: jsonable(values) });
  const headings = runs.map(({ kept }) => kept.label.name ?? kept.id);
  const rows = [
    ...Object.entries(differences).map(([name, own]) => [name, ...own.map((value) => value ?? "–")]),
    ...Object.entries(values).map(([name, own]) => [`last ${name}`, ...own.map((value) => formatNumber(value ?? undefined))]),
    ["health", ...runs.map(({ run }) => health(run).sentence.replaceAll("`", ""))],
  ];
  process.stdout.write(tableText(["", ...headings], rows, paint));
  return 0;
}

/** Of the project of this folder. */
function theRun(word: string): KeptRun {
  const found = findRun(listRuns(runsFolder(join(process.cwd(), "any"))), word);
  if (!found) throw new UsageError(`there is no run \`${word}\` here, or more than one; \`kindling runs\` lists them`);
  return found;
}

function factsOf({ id, info, summary, state, label, folder }: KeptRun) {
  const last = Object.fromEntries(Object.entries(summary.series).map(([name, own]) => [name, own.last]));
  return {
    id,
    ...label,
    file: info.file,
    state,
    startedAt: new Date(info.startedAt).toISOString(),
    ...(summary.endedAt !== undefined && { endedAt: new Date(summary.endedAt).toISOString() }),
    ...(summary.exitCode !== undefined && { exitCode: summary.exitCode }),
    steps: summary.steps,
    epochs: summary.epochs,
    last: jsonable(last),
    arguments: info.arguments,
    kindling: info.kindling,
    node: info.node,
    folder,
  };
}

function detailsOf(kept: KeptRun, run: RunSnapshot) {
  const { problems, notes, models, optimizers, interventions } = run;
  const series = jsonable(kept.summary.series);
  return { health: health(run).sentence, git: gitOf(kept) ?? null, code: codeOf(kept), series, problems, notes, models, optimizers, interventions };
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
    file: shortPath(info.file),
    arguments: info.arguments.join(" "),
    kindling: info.kindling,
    node: info.node,
    threads: String(info.threads),
    ...(commit && { commit: `${commit.commit.slice(0, 12)}${commit.isDirty ? ", changed" : ""}` }),
    ...Object.fromEntries([...options, ...parameters, ...code]),
    interventions: String(run.interventions.length),
    steps: String(kept.summary.steps),
    took: durationText(kept),
    state: kept.state,
  };
}

function fingerprint(path: string): string {
  try {
    const text = readFileSync(path, "utf8");
    let hash = 0;
    for (let i = 0; i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) >>> 0;
    return `${plural(text.split("\n").length, "line")}, ${hash.toString(16).padStart(8, "0")}`;
  } catch {
    return "not kept";
  }
}

function rowOf(kept: KeptRun): string[] {
  const { id, info, summary, state, label } = kept;
  const last = Object.entries(summary.series).map(([name, own]) => `${name} ${formatNumber(own.last)}`);
  return [id, label.name ?? "", shortPath(info.file), state, durationText(kept), formatCount(summary.steps), last.join(", ")];
}

function durationText({ info, summary }: KeptRun): string {
  const end = summary.endedAt ?? info.startedAt + (summary.progress?.elapsed ?? 0);
  const seconds = (end - info.startedAt) / 1000;
  return seconds < 60 ? `${seconds.toFixed(1)} s` : formatDuration(seconds);
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

function tableText(headings: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const widths = headings.map((heading, i) => Math.max(heading.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i]!))
      .join("  ")
      .trimEnd();
  return `${[paint("dim", line(headings)), ...rows.map(line)].join("\n")}\n`;
}

/** NaN and infinities, which JSON doesn't have, as their names. */
function jsonable<T>(value: T): T {
  return JSON.parse(JSON.stringify(value, (_, own: unknown) => (typeof own === "number" && !Number.isFinite(own) ? String(own) : own))) as T;
}

function printJson(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return 0;
}
