/** What stands behind the lines of a file while it trains, and after that as long as its text stays. Pure. */
import type { LineNews, SourcePosition } from "../../protocol/index.ts";
import { formatCount, formatNumber } from "../../run/numbers.ts";
import type { RunSnapshot } from "../../run/snapshot.ts";
import { isFinal } from "../../run/standing.ts";
import type { FileRuns } from "../runs/fileRuns.ts";

export interface LiveText {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

export interface LiveTexts {
  readonly texts: readonly LiveText[];
  /** They are not those of a training that goes on with this text. */
  readonly isPast: boolean;
}

/** What the text of a file is to the one that a run has read. */
export interface Texts {
  isEdited(file: string, since: number): boolean;
  now(position: SourcePosition, since: number): SourcePosition | undefined;
}

/** @param runs of the model files that take `file` in */
export function liveTexts(file: string, runs: readonly FileRuns[], texts: Texts): LiveTexts {
  const run = newestWith(file, runs);
  if (!run) return { texts: [], isPast: false };
  const isEdited = texts.isEdited(file, run.startedAt);
  const isOver = isFinal(run.state);
  if (isOver && (isEdited || run.edited)) return { texts: [], isPast: true };
  return { texts: byLine(linesOf(run, file), (position) => texts.now(position, run.startedAt)), isPast: isOver || isEdited || (run.edited ?? false) };
}

/** The training that tells something of the file: one that goes on, else the last. */
function newestWith(file: string, runs: readonly FileRuns[]): RunSnapshot | undefined {
  const trained = runs.flatMap(({ train }) => (train && linesOf(train, file).length > 0 ? [train] : []));
  const rank = (run: RunSnapshot): number => run.startedAt + (isFinal(run.state) ? 0 : Number.MAX_SAFE_INTEGER / 2);
  return trained.reduce<RunSnapshot | undefined>((best, run) => (best && rank(best) >= rank(run) ? best : run), undefined);
}

function linesOf({ lines = [] }: RunSnapshot, file: string): readonly LineNews[] {
  return lines.filter(({ position }) => position.file === file);
}

function byLine(lines: readonly LineNews[], now: (position: SourcePosition) => SourcePosition | undefined): readonly LiveText[] {
  const placed = lines.flatMap((news) => {
    const position = now(news.position);
    return position ? [{ news, position }] : [];
  });
  placed.sort((a, b) => a.position.line - b.position.line || a.position.column - b.position.column);
  const found = new Map<number, string[]>();
  for (const { news, position } of placed) found.set(position.line, [...(found.get(position.line) ?? []), ...partsOf(news)]);
  return [...found].map(([line, parts]) => ({ line, text: parts.join(gap).trimEnd().replaceAll(" ", noBreak) }));
}

const gap = "  ";
/** VS Code shortens a row of plain spaces to one. */
const noBreak = "\u00a0";

function partsOf(news: LineNews): readonly string[] {
  switch (news.kind) {
    case "loss":
      return [named("loss", news.value)];
    case "logged":
      return news.values.map(({ name, value }) => named(name, value));
    case "epoch":
      return [turn("epoch", news)];
    case "turn":
      return [turn("iteration", news)];
  }
}

/** So many characters hold any number as `formatNumber` writes it. */
const numberWidth = 9;

/** What stands behind it keeps its place, whatever the number. */
function named(name: string, value: number): string {
  return `${name} ${formatNumber(value).padEnd(numberWidth)}`;
}

/** `epoch  3 of 20` */
function turn(word: string, { index, count }: { readonly index: number; readonly count?: number }): string {
  if (count === undefined) return `${word} ${formatCount(index + 1)}`;
  const most = formatCount(count);
  return `${word} ${formatCount(index + 1).padStart(most.length)} of ${most}`;
}
