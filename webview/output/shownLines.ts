/** Which of the printed lines are shown, and which belong to the step that is looked at. Pure. */
import type { PrintedLine } from "../../src/protocol/index.ts";

/** Lines that have all the words, in any order, whatever their case; all for an empty search. */
export function matching(lines: readonly PrintedLine[], search: string): readonly PrintedLine[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return lines;
  return lines.filter(({ text }) => {
    const lower = text.toLowerCase();
    return words.every((word) => lower.includes(word));
  });
}

/** The newest step up to `step` at which something was printed; `undefined` if nothing was by then. */
export function printedStep(lines: readonly PrintedLine[], step: number): number | undefined {
  return lines.findLast((line) => line.step <= step)?.step;
}

export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Rows beyond those in sight, so that scrolling finds them there. */
const margin = 8;

/** The rows of a long list that are worth drawing. */
export function windowOf(count: number, rowHeight: number, scrolled: number, height: number): Window {
  const from = Math.max(0, Math.min(count, Math.floor(scrolled / rowHeight)) - margin);
  return { from, to: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + margin) };
}
