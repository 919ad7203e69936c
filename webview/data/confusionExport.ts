/** A confusion matrix as a drawing and as a table. Pure. */
import type { Tally } from "../../src/protocol/index.ts";
import { formatCount, formatPercent } from "../../src/run/numbers.ts";
import { csvLine, escapeXml, exportName, type ExportableChart } from "../export/exportable.ts";
import { round, svgText, type Look } from "../export/svgChart.ts";
import { answerText } from "./words.ts";

export interface ConfusionDrawing extends Look {
  readonly run: string;
  /** What was counted, in words. */
  readonly title: string;
  readonly tally: Tally;
  readonly confusion: NonNullable<Tally["confusion"]>;
}

export function exportConfusion(drawing: ConfusionDrawing): ExportableChart {
  const { run, tally } = drawing;
  const name = exportName(run, "confusion", tally.pass, `epoch ${tally.epoch + 1}`);
  return { name, svg: () => confusionSvg(drawing), csv: () => confusionCsv(drawing) };
}

/** One row for each label, one column for each class that the model may say. */
function confusionCsv({ tally: { meaning }, confusion: { classes, counts } }: ConfusionDrawing): string {
  const names = Array.from({ length: classes }, (_, i) => answerText(meaning, i));
  const rows = names.map((name, label) => csvLine([name, ...rowOf(counts, classes, label)]));
  return [csvLine(["label", ...names.map((name) => `said ${name}`)]), ...rows].join("");
}

/** How often each class was said of the samples with a label. */
export function rowOf(counts: readonly number[], classes: number, label: number): readonly number[] {
  return counts.slice(label * classes, (label + 1) * classes);
}

export function sumOf(row: readonly number[]): number {
  return row.reduce((sum, count) => sum + count, 0);
}

const [left, top, rightColumn, margin] = [64, 84, 64, 16];
/** Pixels; the largest number has room in a cell. */
const [smallestCell, characterWidth, cellHeight] = [28, 7, 24];

/** Of a cell that has its whole row, as on the page: its number can be read on it. */
const darkest = 0.6;

function confusionSvg({ title, tally: { meaning }, confusion: { classes, counts }, colour, fontFamily }: ConfusionDrawing): string {
  const cell = Math.max(smallestCell, 10 + characterWidth * counts.reduce((longest, count) => Math.max(longest, formatCount(count).length), 0));
  const [right, bottom] = [left + classes * cell, top + classes * cellHeight];
  const [width, height] = [Math.max(right + rightColumn + margin, 2 * margin + Math.ceil(8 * title.length)), bottom + margin];
  const across = (said: number): number => left + said * cell;
  const middle = (label: number): number => top + label * cellHeight + cellHeight / 2 + 4;
  const all = Array.from({ length: classes }, (_, i) => i);
  const cells = all.flatMap((label) => {
    const row = rowOf(counts, classes, label);
    const sum = sumOf(row);
    return row.map((count, said) => {
      const look = `fill="${colour(said === label ? "--curve-1" : "--curve-2")}" fill-opacity="${round(sum > 0 ? (count / sum) * darkest : 0)}"`;
      return `<rect x="${across(said)}" y="${top + label * cellHeight}" width="${cell}" height="${cellHeight}" ${look}/>`;
    });
  });
  const numbers = counts.flatMap((count, i) =>
    count === 0 ? [] : [svgText(across((i % classes) + 0.5), middle(Math.floor(i / classes)), formatCount(count))],
  );
  const accuracies = all.map((label) => {
    const row = rowOf(counts, classes, label);
    return svgText(right + rightColumn, middle(label), sumOf(row) === 0 ? "–" : formatPercent(row[label]! / sumOf(row)), "end");
  });
  const name = (label: number): string => answerText(meaning, label);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${escapeXml(fontFamily)}" font-size="12" role="img">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="${colour("--background")}"/>`,
    `<text x="16" y="26" font-size="15" font-weight="600" fill="${colour("--foreground")}">${escapeXml(title)}</text>`,
    `<g stroke="${colour("--muted")}" stroke-opacity="0.25">`,
    ...cells,
    "</g>",
    `<g fill="${colour("--foreground")}">`,
    ...numbers,
    ...accuracies,
    "</g>",
    `<g fill="${colour("--muted")}">`,
    svgText((left + right) / 2, top - 26, "said →"),
    svgText(left - 8, top - 8, "label ↓", "end"),
    svgText(right + rightColumn, top - 8, "right", "end"),
    ...all.map((said) => svgText(across(said + 0.5), top - 8, name(said))),
    ...all.map((label) => svgText(left - 8, middle(label), name(label), "end")),
    "</g>",
    "</svg>",
  ].join("\n");
}
