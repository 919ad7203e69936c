/** A chart of curves as a drawing and as a table. Pure. */
import type { EpochStart } from "../../src/run/epochs.ts";
import { formatTicks } from "../charts/ticks.ts";
import { indexAt, type Series } from "../../src/run/series.ts";
import { shorten } from "../../src/run/text.ts";
import { thin } from "../../src/run/thinning.ts";
import { csvLine, escapeXml, exportName, type ExportableChart } from "../export/exportable.ts";
import { niceTicks, plot, round, stepAxis, svgChart, svgText, width, type Axis, type Look } from "../export/svgChart.ts";
import type { Across } from "./curveStore.ts";
import { dashOf } from "./dashes.ts";
import type { Chart, Line } from "./groups.ts";
import { markDistance, shareOfTrunk, type StepMark } from "./marks.ts";
import { epochLabel, epochMarks } from "./epochMarks.ts";
import { Smoothed } from "./smooth.ts";

export interface Drawing extends Look {
  readonly chart: Chart;
  /** First and last step. */
  readonly range: readonly [number, number];
  readonly logarithmic: boolean;
  /** Weight of the smoothed lines; 0 for none. */
  readonly smoothing: number;
  readonly across: Across;
  readonly epochs: readonly EpochStart[];
  /** What was changed by hand, oldest first. */
  readonly interventions: readonly StepMark[];
  /** The step up to which the curves are another run's, too. */
  readonly trunk: number | null;
}

/** Points that a line is drawn with at most. */
const mostPoints = 2_000;
const legendRow = 18;

export function exportCurves(name: string, drawing: Drawing): ExportableChart {
  return { name: exportName(name, drawing.chart.title), svg: () => curveSvg(drawing), csv: () => curveCsv(drawing) };
}

/** One row for each step at which any of the curves has a value; all points that are kept of the run. */
export function curveCsv({ chart: { lines }, across }: Pick<Drawing, "chart" | "across">): string {
  const rows = new Map<number, (string | number)[]>();
  lines.forEach(({ series }, column) => {
    for (const { step, epoch, value } of series) {
      const row = rows.get(step) ?? [step / across.per, epoch + 1, ...lines.map(() => "")];
      row[2 + column] = value;
      rows.set(step, row);
    }
  });
  const sorted = [...rows.values()].sort((a, b) => (a[0] as number) - (b[0] as number));
  return [csvLine([across.title.toLowerCase(), "epoch", ...lines.map(({ name }) => name)]), ...sorted.map(csvLine)].join("");
}

function curveSvg(drawing: Drawing): string {
  const { chart, range, colour } = drawing;
  const legend = legendOf(chart, colour);
  const top = 44 + legendRow * legend.rows;
  const [steps, y] = [stepAxis(range), valueAxis(drawing, top)];
  const { per, title } = drawing.across;
  const x = per === 1 ? steps : { ...steps, labels: formatTicks(steps.ticks.map((place) => place / per)) };
  return svgChart({
    ...drawing,
    title: chart.title,
    legend: legend.svg,
    top,
    x,
    y,
    name: title.toLowerCase(),
    marks: drawnEpochs(drawing, x.at, top),
    over: drawnInterventions(drawing, x.at, top),
    content: paleUntil(
      drawing.trunk === null ? plot.left : x.at(drawing.trunk),
      top,
      chart.lines.flatMap((line) => linePaths(line, drawing, x.at, y.at)),
    ),
  });
}

/** @param x where they are the run's own from */
function paleUntil(x: number, top: number, paths: readonly string[]): readonly string[] {
  if (x <= plot.left) return paths;
  const part = (id: string, from: number, to: number): string =>
    `<clipPath id="${id}"><rect x="${round(from)}" y="${top - 2}" width="${round(Math.max(0, to - from))}" height="${plot.bottom - top + 4}"/></clipPath>`;
  return [
    part("trunk", plot.left, Math.min(x, plot.right)),
    part("own", x, plot.right),
    `<g clip-path="url(#trunk)" opacity="${shareOfTrunk}">`,
    ...paths,
    `</g><g clip-path="url(#own)">`,
    ...paths,
    "</g>",
  ];
}

/** In rows below the title. */
function legendOf({ lines }: Chart, colour: Drawing["colour"]): { readonly svg: string; readonly rows: number } {
  if (lines.length < 2) return { svg: "", rows: 0 };
  let [left, row] = [16, 0];
  const parts = lines.map(({ label, colour: own, place }) => {
    const room = 44 + 7 * label.length;
    if (left + room > width && left > 16) [left, row] = [16, row + 1];
    const line = 44 + legendRow * row;
    const part = `<path d="M${left} ${line - 4}h24" stroke="${colour(own)}" stroke-width="2" stroke-dasharray="${dashOf(place).join(" ")}"/><text x="${left + 30}" y="${line}">${escapeXml(label)}</text>`;
    left += room;
    return part;
  });
  return { svg: parts.join(""), rows: row + 1 };
}

function drawnEpochs({ epochs, range }: Drawing, x: (step: number) => number, top: number): string[] {
  return epochMarks(epochs, range, plot.right - plot.left).labelled.map(
    (start) =>
      `<path d="M${round(x(start.step))} ${top}V${plot.bottom}" stroke="currentColor" stroke-opacity="0.4" stroke-dasharray="3 3"/>${svgText(x(start.step) + 3, top + 9, epochLabel(start), "start")}`,
  );
}

/** So many characters have room along a mark's line. */
const longestWords = 50;

/** At each change a line with a triangle at its foot, and along it what was changed; in whole where one points at it. */
function drawnInterventions({ interventions, range: [first, last], colour }: Drawing, x: (step: number) => number, top: number): string[] {
  const groups: { readonly at: number; readonly labels: string[] }[] = [];
  for (const { step, label } of interventions) {
    if (step < first || step > last) continue;
    const near = groups.at(-1);
    if (near && x(step) - near.at < markDistance) near.labels.push(label);
    else groups.push({ at: round(x(step)), labels: [label] });
  }
  return groups.map(({ at, labels }) => {
    const words = labels.join("; ");
    const side = at - plot.left < markDistance ? at + markDistance : at - 4;
    return [
      `<g fill="${colour("--foreground")}"><title>${escapeXml(words)}</title>`,
      `<path d="M${at} ${top}V${plot.bottom}" stroke="${colour("--foreground")}" stroke-dasharray="1 2"/>`,
      `<path d="M${at - 4} ${plot.bottom}h8l-4 -6z"/>`,
      `<text transform="translate(${round(side)} ${plot.bottom - 10}) rotate(-90)" font-size="11" stroke="${colour("--background")}" stroke-width="3" paint-order="stroke">${escapeXml(shorten(words, longestWords))}</text></g>`,
    ].join("");
  });
}

function valueAxis({ chart, range, logarithmic }: Drawing, top: number): Axis {
  const shown = chart.lines.flatMap(({ series }) => [...valuesWithin(series, range)]).filter((value) => Number.isFinite(value) && (!logarithmic || value > 0));
  const size = logarithmic ? Math.log10 : (value: number) => value;
  let low = size(shown.reduce((a, b) => Math.min(a, b), shown[0] ?? 0));
  let high = size(shown.reduce((a, b) => Math.max(a, b), shown[0] ?? 1));
  if (!(high > low)) [low, high] = [low - 0.5, low + 0.5];
  const pad = 0.04 * (high - low);
  [low, high] = [low - pad, high + pad];
  const ticks = logarithmic ? decadeTicks(low, high) : niceTicks(low, high, 6);
  return { ticks, at: (value) => plot.bottom - ((size(value) - low) / (high - low)) * (plot.bottom - top) };
}

function valuesWithin({ steps, values }: Series, [first, last]: readonly [number, number]): Float64Array {
  return values.subarray(indexAt(steps, first - 1) + 1, indexAt(steps, last) + 1);
}

/** Powers of ten; within less than two of them round numbers. */
function decadeTicks(low: number, high: number): number[] {
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  if (last - first < 1) return niceTicks(10 ** low, 10 ** high, 6).filter((value) => value > 0);
  const stride = Math.ceil((last - first + 1) / 8);
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    .filter((power) => power % stride === 0)
    .map((power) => 10 ** power);
}

/** Raw and pale below the smoothed one, where there is one. */
function linePaths(line: Line, drawing: Drawing, x: (step: number) => number, y: (value: number) => number): string[] {
  const { chart, range, smoothing, logarithmic, colour } = drawing;
  const { series } = line;
  const { steps, values } = series;
  const indices = thin(steps, values, Math.max(0, indexAt(steps, range[0] - 1)), Math.min(series.length, indexAt(steps, range[1]) + 2), mostPoints);
  const isDrawn = (value: number) => Number.isFinite(value) && (!logarithmic || value > 0);
  const path = (of: Float64Array, look: string) => {
    const points = Array.from(indices, (index) => (isDrawn(of[index]!) ? ([x(steps[index]!), y(of[index]!)] as const) : null));
    // A rate holds until the next, and the last one to the end.
    const d = chart.heldUntil === null ? joined(points) : `${stepped(points)}H${round(x(chart.heldUntil))}`;
    return `<path d="${d}" stroke="${colour(line.colour)}" stroke-dasharray="${dashOf(line.place).join(" ")}" ${look}/>`;
  };
  if (!line.smooth || smoothing === 0) return [path(values, 'stroke-width="1.5"')];
  return [path(values, 'stroke-width="1" stroke-opacity="0.35"'), path(new Smoothed(smoothing).of(series), 'stroke-width="1.5"')];
}

type Point = readonly [x: number, y: number] | null;

/** With a gap where there is no number. */
function joined(points: readonly Point[]): string {
  return points.map((point, i) => (point ? `${points[i - 1] ? "L" : "M"}${round(point[0])} ${round(point[1])}` : "")).join("");
}

function stepped(points: readonly Point[]): string {
  return points
    .map((point, i) => (point ? (points[i - 1] ? `H${round(point[0])}V${round(point[1])}` : `M${round(point[0])} ${round(point[1])}`) : ""))
    .join("");
}
