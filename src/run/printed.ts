/** What a run printed, within bounds. */
import type { PrintedLine } from "../protocol/index.ts";
import { shorten, textLength } from "./text.ts";

export interface Printed {
  /** The newest, in the order in which they were printed. */
  readonly lines: readonly PrintedLine[];
  /** How many more there were. */
  readonly dropped: number;
}

export interface PrintedBounds {
  readonly lines: number;
  /** Of all lines together. */
  readonly characters: number;
}

export const nothingPrinted: Printed = { lines: [], dropped: 0 };

/** @param skipped lines that were printed before these and are not told */
export function addPrinted(printed: Printed, lines: readonly PrintedLine[], skipped: number, bounds: PrintedBounds): Printed {
  const all = [...printed.lines];
  for (const [i, line] of lines.entries()) {
    const last = all.at(-1);
    const goesOn = last?.isOpen && last.isError === line.isError && (i > 0 || skipped === 0);
    if (goesOn) all[all.length - 1] = shortened({ ...line, text: last.text + line.text });
    else all.push(shortened(line));
  }
  return boundPrinted({ lines: all, dropped: printed.dropped + skipped }, bounds);
}

/** The newest of the lines. */
export function boundPrinted(printed: Printed, { lines: most, characters }: PrintedBounds): Printed {
  const { lines, dropped } = printed;
  let [first, room] = [lines.length, characters];
  while (first > 0 && lines.length - first < most && room >= lines[first - 1]!.text.length) room -= lines[--first]!.text.length;
  return first === 0 ? printed : { lines: lines.slice(first), dropped: dropped + first };
}

/** As a terminal shows it: what comes after a carriage return is written over what was there. */
function shortened(line: PrintedLine): PrintedLine {
  const isReturned = line.text.endsWith("\r");
  const body = isReturned ? line.text.slice(0, -1) : line.text;
  const shown = body.slice(body.lastIndexOf("\r") + 1);
  return { ...line, text: shorten(shown, textLength) + (isReturned && line.isOpen ? "\r" : "") };
}
