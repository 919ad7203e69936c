/** What a subject measured, as text: a table for the terminal, and blocks between markers in docs/performance.md. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";

export interface Row {
  readonly what: string;
  /** With its unit. */
  readonly measured: string;
  /** What it is held against: a bar, or somebody else's number. */
  readonly against?: string;
  /** How the two compare. */
  readonly verdict?: string;
}

export interface Report {
  readonly subject: string;
  /** How the numbers came about: one or two sentences. */
  readonly method: string;
  readonly rows: readonly Row[];
  readonly date: string;
  /** Mean share of the machine that other programs took between the rounds, 0 to 1. */
  readonly disturbance: number;
}

const header = ["What", "Measured", "Against", "Verdict"] as const;

/** A Markdown table whose columns also line up where it is not rendered. */
export function table(rows: readonly Row[]): string {
  const cells = [[...header], ...rows.map(({ what, measured, against = "", verdict = "" }) => [what, measured, against, verdict])];
  const widths = header.map((_, column) => Math.max(3, ...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(" | ")} |`;
  return [line(cells[0]!), line(widths.map((width) => "-".repeat(width))), ...cells.slice(1).map(line)].join("\n");
}

/** "met" or "missed" for a number that must not be above (or below) the bar. */
export function held(value: number, bar: { readonly atMost: number } | { readonly atLeast: number }): string {
  return ("atMost" in bar ? value <= bar.atMost : value >= bar.atLeast) ? "met" : "**missed**";
}

/** Replaces the blocks of these names; text outside of them stays as it is. */
export function writeBlocks(file: string, blocks: ReadonlyMap<string, string>): void {
  let text = existsSync(file) ? readFileSync(file, "utf8") : "";
  for (const [name, content] of blocks) {
    const [begin, end] = [`<!-- bench:${name} -->`, `<!-- /bench:${name} -->`];
    const [from, to] = [text.indexOf(begin), text.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}: add the lines ${begin} and ${end}`);
    text = `${text.slice(0, from)}${begin}\n${content}\n${text.slice(to)}`;
  }
  writeFileSync(file, text);
}

export function block(report: Report): string {
  const disturbance = `${Math.round(report.disturbance * 100)} % of the machine`;
  return `${report.method}\n\n${table(report.rows)}\n\n*${report.date}; between the rounds other programs took ${disturbance}.*`;
}
