/** `kindling runs`, `kindling show` and `kindling compare`: what is kept of trainings. */
import { statSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { additionsOf, additionText } from "../keep/additions.ts";
import { chosenCheckpoint, readRunWord, type ChosenCheckpoint } from "../keep/chosenCheckpoint.ts";
import { callOf, compareRuns, stateText, tookText, type Comparison } from "../keep/comparison.ts";
import { comparisonFacts, detailsOf, factsOf } from "../keep/facts.ts";
import { versionsText } from "../keep/keptRun.ts";
import { runsFolder } from "../keep/layout.ts";
import { findRun, findRuns, gitOf, listRuns, unreadRuns, whyNoRun, type KeptRun } from "../keep/keptRuns.ts";
import { readRun } from "../keep/readRun.ts";
import { health, isToldFrom } from "../run/health/health.ts";
import { givenTexts } from "../run/group.ts";
import { formatCount, formatNumber, plural } from "../run/numbers.ts";
import { originText, weightsSentence } from "../run/weightRows.ts";
import { misspelledName } from "../engine/forms/nearest.ts";
import { columnsOf, padded } from "./columns.ts";
import { whichRuns } from "./commandLine.ts";
import { UsageError } from "./usageError.ts";
import { modelTable } from "./modelTable.ts";
import { printable, problemText, type Paint } from "./problemText.ts";

/** Of so many series a line of the list says where they ended; `show` says it of all. */
const mostListed = 8;

/** A run, and the checkpoint of it that is meant. */
export interface TrainedBy extends ChosenCheckpoint {
  readonly kept: KeptRun;
}

/** @param where a folder of the project, or a model file: then only its runs */
export function printRuns(where: string, json: boolean, paint: Paint): number {
  const path = resolve(where);
  const found = statSync(path, { throwIfNoEntry: false });
  if (!found) throw new UsageError(`there is no folder or file ${printable(where)}`);
  const isFile = found.isFile();
  const folder = runsFolder(isFile ? path : join(path, "any"));
  for (const { id, why } of unreadRuns(folder)) process.stderr.write(`kindling: ${id} is not listed: ${why}\n`);
  const runs = listRuns(folder).filter(({ info }) => !isFile || info.file === path);
  if (json) return printJson(runs.map(factsOf));
  if (runs.length === 0) process.stderr.write("No training is kept here yet. `kindling train FILE.model.ts` keeps one.\n");
  else process.stdout.write(tableText(["run", "name", "file", "state", "took", "steps", "last values"], runs.map(rowOf), paint));
  return 0;
}

export function printRun(word: string, json: boolean, paint: Paint): number {
  const kept = theRun(word, projectRuns());
  const { run } = readRun(kept, isToldFrom);
  if (json) return printJson({ ...factsOf(kept), ...detailsOf(kept, run) });
  const git = gitOf(kept);
  const { label, info, summary } = kept;
  const lines: readonly (readonly [string, string])[] = [
    ["run", label.name === undefined ? kept.id : `${kept.id}, “${label.name}”`],
    ["file", shortPath(info.file)],
    ["state", `${stateText(kept)}, ${plural(summary.steps, "step")}, ${plural(summary.epochs, "epoch")}, ${tookText(kept)}`],
    ["began", new Date(info.startedAt).toLocaleString()],
    ["with", `${versionsText(info)}${summary.kernels === undefined ? "" : `, ${summary.kernels} kernels`}`],
    ...(git
      ? [["commit", `${git.commit.slice(0, 12)}${git.branch === undefined ? "" : ` (${git.branch})`}${git.isDirty ? ", changed since" : ""}`] as const]
      : []),
    ...(run.weights ? [["weights", `of ${originText(run.weights)}: ${weightsSentence(run.weights.matches)}`] as const] : []),
    ["health", health(run).sentence.replaceAll("`", "") || "nothing to say"],
    ...(info.parent
      ? [
          [
            "branch of",
            `${info.parent.run}, from step ${formatCount(info.parent.step)} on${info.parent.otherCode ? ", in other code with its weights" : ""}`,
          ] as const,
        ]
      : []),
    ...additionsOf(kept.folder).map(({ addition }) => ["added later", `${additionText(addition)} (${new Date(addition.at).toLocaleString()})`] as const),
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
  const all = projectRuns();
  const meant = words.flatMap((word) => theRuns(word, all));
  const compared = [...new Set(meant)];
  if (compared.length < 2) throw new UsageError(meant.length < 2 ? whichRuns : `all of these are one run, \`${compared[0]!.id}\`; ${whichRuns}`);
  const comparison = compareRuns(compared);
  if (json) return printJson(comparisonFacts(comparison));
  process.stdout.write(comparisonText(comparison, paint));
  return 0;
}

/** A column for each run, or a row where that is narrower: many are beneath each other. */
function comparisonText({ differences, last, runs, sentences }: Comparison, paint: Paint): string {
  const headings = ["", ...runs.map(({ kept }) => (kept.info.group === undefined ? (kept.label.name ?? kept.id) : callOf(kept)))];
  const rows = [
    ...Object.entries(differences).map(([name, own]) => [name, ...own.map((value) => value ?? "–")]),
    ...Object.entries(last).map(([name, own]) => [`last ${name}`, ...own.map((value) => formatNumber(value ?? undefined))]),
  ];
  const [header = [], ...turned] = headings.map((heading, i) => [heading, ...rows.map((row) => row[i]!)]);
  const [besides, beneath] = [tableText(headings, rows, paint), tableText(header, turned, paint)];
  const health = tableText(
    ["", "health"],
    runs.map((run, i) => [headings[i + 1]!, run.health.replaceAll("`", "") || "–"]),
    paint,
  );
  return [widthOf(beneath) < widthOf(besides) ? beneath : besides, health, ...(sentences.length > 0 ? [`${sentences.join("\n")}\n`] : [])].join("\n");
}

const widthOf = (table: string): number => Math.max(...table.split("\n").map(columnsOf));

/** Of the project of this folder, newest first. */
export const projectRuns = (): readonly KeptRun[] => listRuns(runsFolder(join(process.cwd(), "any")));

/** @throws UsageError where no run, or more than one, is meant */
export function theRun(word: string, all: readonly KeptRun[] = projectRuns()): KeptRun {
  const found = findRun(all, word);
  if (found) return found;
  if (all.length === 0) throw new UsageError(`there is no run \`${word}\` here: no training is kept yet`);
  const [run, moment] = word.split("@");
  if (moment !== undefined && findRun(all, run!))
    throw new UsageError(`\`${run}\` is a run, but \`@${moment}\` is none of its moments here; where weights are taken \`@best\` is, and \`@best:SERIES\``);
  throw new UsageError(`${whyNoRun(all, word)}; ${meantText(all, word)}\`kindling runs\` lists them`);
}

/** The name, or the end of the id, that was probably meant. */
function meantText(all: readonly KeptRun[], word: string): string {
  const names = all.flatMap(({ id, label, info }) => [label.name, info.group, id.slice(id.lastIndexOf("-") + 1)]);
  const meant = misspelledName(
    word,
    ["latest", ...names].filter((name) => name !== undefined),
  );
  return meant === null ? "" : `did you mean \`${meant}\`? `;
}

/** A run as it is named where its weights are meant, `RUN` or `RUN@best`, and which of its checkpoints that is. @throws UsageError, NoCheckpoint */
export function trainedBy(word: string, step: number | undefined, all: readonly KeptRun[] = projectRuns()): TrainedBy {
  // A name may look like that.
  const { run, best } = findRun(all, word) ? { run: word } : readRunWord(word);
  if (best !== undefined && step !== undefined) throw new UsageError(`\`${word}\` and \`--step\` say two different moments; leave one away`);
  const kept = theRun(run, all);
  return { kept, ...chosenCheckpoint(kept, { step, best }) };
}

function theRuns(word: string, all: readonly KeptRun[]): KeptRun[] {
  const found = findRuns(all, word);
  return found.length > 0 ? found : [theRun(word, all)];
}

function rowOf(kept: KeptRun): string[] {
  const { id, info, summary, label } = kept;
  const series = Object.entries(summary.series);
  const last = series.slice(0, mostListed).map(([name, own]) => `${name} ${formatNumber(own.last)}`);
  if (series.length > mostListed) last.push(`${formatCount(series.length - mostListed)} more`);
  return [
    id,
    label.name ?? [info.group ?? "", ...givenTexts(info)].filter(Boolean).join(", "),
    shortPath(info.file),
    stateText(kept),
    tookText(kept),
    formatCount(summary.steps),
    last.join(", "),
  ];
}

function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith("..") ? path : short;
}

export function tableText(headings: readonly string[], cells: readonly (readonly string[])[], paint: Paint): string {
  const rows = cells.map((row) => row.map(oneLine));
  const widths = headings.map((heading, i) => rows.reduce((most, row) => Math.max(most, columnsOf(row[i]!)), columnsOf(heading)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => padded(cell, widths[i]!))
      .join("  ")
      .trimEnd();
  return `${[paint("dim", line(headings)), ...rows.map(line)].join("\n")}\n`;
}

/** A name may hold anything, and a row is a line. */
function oneLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ");
}

function printJson(value: unknown): number {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
  return 0;
}
