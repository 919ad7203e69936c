/** What the runs view says of a run. Pure. */
import { basename } from "node:path";
import { stateText, tookText } from "../../keep/comparison.ts";
import { versionsText, type SeriesSummary } from "../../keep/keptRun.ts";
import type { KeptRun } from "../../keep/keptRuns.ts";
import type { RunState } from "../../protocol/index.ts";
import { namesOf } from "../../run/comparison.ts";
import { isTrainingLoss } from "../../run/curveNames.ts";
import { givenTexts } from "../../run/group.ts";
import { isFinal } from "../../run/standing.ts";
import { formatCount, formatNumber, plural } from "../../run/numbers.ts";

export interface KeptRunRow {
  readonly label: string;
  readonly description: string;
  /** Markdown. */
  readonly tooltip: string;
  readonly icon: string;
  readonly colour?: string;
  readonly context: string;
}

const looks: Readonly<Record<RunState, { readonly icon: string; readonly colour?: string }>> = {
  starting: { icon: "circle-filled" },
  running: { icon: "circle-filled", colour: "charts.blue" },
  paused: { icon: "debug-pause" },
  stopping: { icon: "circle-filled" },
  finished: { icon: "check" },
  stopped: { icon: "circle-slash" },
  failed: { icon: "error", colour: "list.errorForeground" },
  interrupted: { icon: "debug-disconnect" },
};

/** @param now ms since the epoch: a run of today is called by its time */
export function keptRunRow(run: KeptRun, now: number): KeptRunRow {
  const { state, label, info, summary } = run;
  const stands = stateText(run);
  const main = mainSeries(summary.series);
  const when = timeText(info.startedAt, now);
  const given = givenTexts(info).join(" · ");
  const own = label.name ?? (given || when);
  const parts = [
    ...(own === when ? [] : [when]),
    ...(label.name === undefined || given === "" ? [] : [given]),
    ...rankTexts(info),
    ...(stands === "finished" ? [] : [stands]),
    plural(summary.steps, "step"),
    ...(info.parent ? [`branched at ${formatCount(info.parent.step)}`] : []),
    ...(main ? [`${main.name} ${formatNumber(main.last)}`, sparkline(main.outline)] : []),
    ...(label.note === undefined ? [] : [label.note]),
  ];
  const pin = label.pinned ? ".pinned" : "";
  const open = isFinal(state) && state !== "finished" ? ".open" : "";
  return {
    label: own,
    description: parts.join(" · "),
    tooltip: markdown(run),
    ...(label.pinned ? { ...looks[state], icon: "pinned" } : looks[state]),
    context: `run${pin}${open}${state === "running" || state === "paused" ? ".live" : ""}`,
  };
}

/** Of runs that were begun together. @param runs newest first, at least one */
export function groupRow(runs: readonly KeptRun[], now: number): KeptRunRow {
  const given = namesOf(runs.map(({ info }) => info.given ?? {})).map(
    (name) => `${name} ${distinct(runs.map(({ info }) => info.given?.[name] ?? "–")).join(", ")}`,
  );
  const seeds = distinct(runs.flatMap(({ info }) => info.seed ?? [])).length;
  const going = runs.filter(({ state }) => !isFinal(state)).length;
  const broken = runs.filter(({ state }) => state !== "finished" && isFinal(state)).length;
  const name = runs.map(({ summary }) => mainSeries(summary.series)?.name).find((one) => one !== undefined);
  const ends = runs.flatMap(({ summary }) => (name === undefined ? [] : (summary.series[name]?.last ?? []))).filter(Number.isFinite);
  const parts = [
    timeText(Math.min(...runs.map(({ info }) => info.startedAt)), now),
    ...(going > 0 ? [`${going} of ${plural(runs.length, "run")} running`] : [plural(runs.length, "run")]),
    ...(broken > 0 ? [`${broken} not finished`] : []),
    ...(ends.length > 0 ? [`${name} ${formatNumber(Math.min(...ends))} … ${formatNumber(Math.max(...ends))}`] : []),
  ];
  const label = [...given, ...(seeds > 0 ? [plural(seeds, "seed")] : [])].join(" · ");
  const description = parts.join(" · ");
  return { label, description, tooltip: `**${label}**, ${runs[0]!.info.group!}\n\n${description}`, icon: "layers", context: "group" };
}

const distinct = <T>(all: readonly T[]): T[] => [...new Set(all)].reverse();

/** A run as a table, for a note or a pull request. */
export function markdown(run: KeptRun): string {
  const { info, summary, label } = run;
  const title = `**${label.name ?? basename(info.file)}**, ${new Date(info.startedAt).toLocaleString()}`;
  const facts = `${stateText(run)} after ${tookText(run)}, ${plural(summary.steps, "step")}, ${plural(summary.epochs, "epoch")}; ${versionsText(info)}`;
  const rows = Object.entries(summary.series).map(
    ([name, { last, least, largest }]) => `| ${name.replaceAll("|", "\\|")} | ${formatNumber(last)} | ${formatNumber(least)} | ${formatNumber(largest)} |`,
  );
  const table = rows.length === 0 ? [] : ["", "| series | last | least | largest |", "| --- | ---: | ---: | ---: |", ...rows];
  return [title, "", facts, ...(label.note === undefined ? [] : ["", label.note]), ...table, ""].join("\n");
}

/** The loss, or of a run without one the first of its series. */
export function mainSeries(series: Readonly<Record<string, SeriesSummary>>): (SeriesSummary & { readonly name: string }) | undefined {
  const names = Object.keys(series);
  const name = names.find(isTrainingLoss) ?? names[0];
  return name === undefined ? undefined : { name, ...series[name]! };
}

const bars = "▁▂▃▄▅▆▇█";
/** Characters of a curve in a row. */
const width = 12;

/** A curve in a few characters; where it is no number, nothing stands. */
export function sparkline(values: readonly number[]): string {
  const picked = values.length <= width ? values : Array.from({ length: width }, (_, i) => values[Math.round((i * (values.length - 1)) / (width - 1))]!);
  const finite = picked.filter(Number.isFinite);
  const [least, largest] = [Math.min(...finite), Math.max(...finite)];
  const bar = (value: number): string => bars[Math.round(((value - least) / (largest - least || 1)) * (bars.length - 1))]!;
  return picked.map((value) => (Number.isFinite(value) ? bar(value) : " ")).join("");
}

/** What a run is called, wherever it stands beside others. */
export function titleOf({ info, label }: KeptRun): string {
  return [basename(info.file, ".model.ts"), shortTitle({ info, label }), ...rankTexts(info), ...givenTexts(info)].join(", ");
}

/** Among those of the same file. */
export function shortTitle({ info, label }: Pick<KeptRun, "info" | "label">): string {
  return label.name ?? timeText(info.startedAt, Date.now());
}

/** Which it is of those that train together: `rank 1 of 4`. */
function rankTexts({ rank }: KeptRun["info"]): string[] {
  return rank ? [`rank ${rank.number} of ${rank.of}`] : [];
}

/** The same of several, so that each is told from the others. */
export function distinctTitles(runs: readonly KeptRun[]): string[] {
  const titles = runs.map(titleOf);
  return titles.map((title, place) => (titles.indexOf(title) === titles.lastIndexOf(title) ? title : `${title} (${runs[place]!.id.split("-").at(-1)})`));
}

export function timeText(at: number, now: number): string {
  const [then, today] = [new Date(at), new Date(now)];
  const time = then.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  return then.toDateString() === today.toDateString() ? time : `${then.toLocaleDateString([], { month: "short", day: "numeric" })}, ${time}`;
}
