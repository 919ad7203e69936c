/** What the Layer tab shows of a tensor, as drawings and as tables. Pure. */
import type { Histogram, TensorStatistics } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent, plural } from "../../src/run/numbers.ts";
import { keptText } from "../../src/run/samples.ts";
import { thinEvenly } from "../../src/run/thinning.ts";
import { barHeights, bins, total } from "../charts/bars.ts";
import { fan } from "../charts/fan.ts";
import { columnsAt, stepShare } from "../charts/heatmap.ts";
import { ridges } from "../charts/ridges.ts";
import { csvLine, escapeXml, exportName, type ExportableChart } from "../export/exportable.ts";
import { linearAxis, niceTicks, plot, round, stepAxis, svgChart, type Axis, type Look } from "../export/svgChart.ts";
import type { HistoryView } from "../state.ts";
import { percentileNames } from "./numbers.tsx";
import { shownHistogram, zerosOf, type PastTensor, type TensorFamily } from "./tensors.ts";

export interface TensorDrawing extends Look {
  readonly run: string;
  /** The module's path, and the tensor's name. */
  readonly title: string;
  readonly family: TensorFamily;
  readonly fullRange: boolean;
  /** Of counts. */
  readonly logarithmic: boolean;
}

export interface HistoryDrawing extends TensorDrawing {
  readonly view: HistoryView;
  readonly history: readonly PastTensor[];
  /** How many steps of the model were measured: more than are in `history` where these were thinned out. */
  readonly measured: number;
  /** First and last step. */
  readonly range: readonly [number, number];
  /** Smallest and largest value that are shown. */
  readonly axis: readonly [low: number, high: number];
}

const top = 62;
/** Of more measured steps some are left out of a drawing, never of a table. */
const mostColumns = 200;
const mostRidges = 60;

/** @param step in which it was measured */
export function exportHistogram(drawing: TensorDrawing, tensor: TensorStatistics, step: number): ExportableChart {
  const histogram = shownHistogram(tensor, drawing.fullRange);
  return {
    name: exportName(drawing.run, drawing.title, `step ${step}`),
    svg: () => histogramSvg(drawing, tensor, histogram, step),
    csv: () => histogramCsv(tensor, histogram),
  };
}

/** Each bin, and the values that are in none: as in the table beside it. */
function histogramCsv(tensor: TensorStatistics, histogram: Histogram): string {
  const rows: (string | number)[][] = [
    ...bins(histogram).map(({ low, high, count }) => ["bin", low, high, count]),
    ["exactly zero", 0, 0, zerosOf(tensor)],
    ["below", "", histogram.low, histogram.below],
    ["above", histogram.high, "", histogram.above],
    ["NaN or infinite", "", "", tensor.nonFinite],
  ];
  return [csvLine(["values", "low", "high", "count"]), ...rows.map(csvLine)].join("");
}

function histogramSvg({ logarithmic, family, title, ...look }: TensorDrawing, tensor: TensorStatistics, histogram: Histogram, step: number): string {
  const { low, high, counts } = histogram;
  const x = linearAxis(drawable([low, high]), [plot.left, plot.right], 7);
  const y = countAxis(counts, logarithmic);
  const bar = (plot.right - plot.left) / counts.length;
  const heights = barHeights(counts, logarithmic);
  const tops = heights.map((share, i) => `V${round(plot.bottom - share * (plot.bottom - top))}H${round(plot.left + (i + 1) * bar)}`);
  return svgChart({
    ...look,
    title: `${title}, step ${formatCount(step)}`,
    legend: note(factsOf(tensor, histogram)),
    top,
    x,
    y,
    name: "value",
    content: [`<path d="M${plot.left} ${plot.bottom}${tops.join("")}V${plot.bottom}Z" fill="${look.colour(`--${family}`)}"/>`],
  });
}

function note(text: string): string {
  return `<text x="16" y="46">${escapeXml(text)}</text>`;
}

function factsOf(tensor: TensorStatistics, { counts, below, above }: Histogram): string {
  const zeros = zerosOf(tensor);
  const apart = [
    zeros > 0 && `${formatCount(zeros)} exactly zero (${formatPercent(tensor.zeroFraction)})`,
    below + above > 0 && `${formatCount(below + above)} beyond the axis`,
    tensor.nonFinite > 0 && `${formatCount(tensor.nonFinite)} NaN or infinite`,
  ];
  const facts = [`${plural(total(counts), "value")} in bars`, ...apart, `mean ${formatNumber(tensor.mean)}`, `std ${formatNumber(tensor.std)}`];
  return facts.filter(Boolean).join(" · ");
}

/** Where all values are equal there is still an axis around them. */
function drawable([low, high]: readonly [number, number]): readonly [number, number] {
  return high > low ? [low, high] : [low - 0.5, low + 0.5];
}

function countAxis(counts: ArrayLike<number>, logarithmic: boolean): Axis {
  const largest = Math.max(1, ...Array.from(counts));
  const size = logarithmic ? Math.log1p : (count: number) => count;
  const decades = Array.from({ length: Math.floor(Math.log10(largest)) + 1 }, (_, power) => 10 ** power);
  return {
    ticks: logarithmic ? [0, ...decades] : niceTicks(0, largest, 6).filter(Number.isInteger),
    at: (count) => plot.bottom - (size(count) / size(largest)) * (plot.bottom - top),
  };
}

export function exportHistory(drawing: HistoryDrawing): ExportableChart {
  const { run, title, view } = drawing;
  return {
    name: exportName(run, title, view),
    svg: () => historySvg(drawing),
    csv: () => (view === "percentiles" ? percentilesCsv(drawing) : binsCsv(drawing)),
  };
}

function percentilesCsv({ history }: HistoryDrawing): string {
  const rows = history.map(({ step, epoch, tensor }) => [
    ...[step, epoch + 1, tensor.mean, tensor.std, tensor.min, ...Array.from(tensor.percentiles.values), tensor.max],
    ...[tensor.count, zerosOf(tensor), tensor.nonFinite],
  ]);
  return [csvLine(["step", "epoch", "mean", "std", "min", ...percentileNames, "max", "count", "exactly zero", "NaN or infinite"]), ...rows.map(csvLine)].join(
    "",
  );
}

/** One row for each bin of each measured step. */
function binsCsv({ history, fullRange }: HistoryDrawing): string {
  const rows = history.flatMap(({ step, epoch, tensor }) =>
    bins(shownHistogram(tensor, fullRange)).map(({ low, high, count }) => [step, epoch + 1, low, high, count]),
  );
  return [csvLine(["step", "epoch", "low", "high", "count"]), ...rows.map(csvLine)].join("");
}

function historySvg(drawing: HistoryDrawing): string {
  const { view, title, axis, range, history, measured } = drawing;
  const values = (from: number, to: number): Axis => linearAxis(axis, [from, to], 6);
  const parts = { ...drawing, title: `${title} over the run`, top };
  if (view === "ridgeline") return svgChart({ ...parts, ...ridgeline(drawing), x: values(plot.left, plot.right), name: "value" });
  const shown = view === "heatmap" ? Math.min(mostColumns, history.length) : history.length;
  const facts = `${keptText(shown, measured)}${view === "percentiles" ? ": 1 to 99 %, 5 to 95 %, 25 to 75 %, median; dashed: mean; dotted: mean ± std" : ""}`;
  const content = view === "heatmap" ? heatmap(drawing) : percentiles(drawing);
  const steps = stepAxis(range);
  // Each step has an equal stretch, and its number stands in its middle.
  const x = { ...steps, at: (step: number) => across(stepShare(step, range)) };
  return svgChart({ ...parts, legend: note(facts), x, y: values(plot.bottom, top), name: "step", content });
}

/** From a share of the plot to pixels. */
function across(share: number): number {
  return plot.left + share * (plot.right - plot.left);
}

function upwards(share: number): number {
  return plot.bottom - share * (plot.bottom - top);
}

/** One rectangle for each bin that holds anything; grey where nothing was measured. */
function heatmap({ history, range, axis: [low, high], fullRange, logarithmic, family, colour }: HistoryDrawing): string[] {
  const columns = thinEvenly(history, mostColumns);
  const ink = colour(`--${family}`);
  const size = logarithmic ? Math.log1p : Math.sqrt;
  const y = (value: number) => upwards((Math.min(high, Math.max(low, value)) - low) / (high - low));
  const stretches = stretchesOf(
    columnsAt(
      columns.map(({ step }) => step),
      range,
      plot.right - plot.left,
    ),
  );
  const drawn = stretches.map(({ column, from, to }) => {
    const histogram = shownHistogram(columns[column]!.tensor, fullRange);
    const dark = size(Math.max(1, ...Array.from(histogram.counts)));
    const [left, wide] = [plot.left + from, to - from];
    const cells = bins(histogram).flatMap((bin) => {
      const [head, foot] = [y(bin.high), y(bin.low)];
      if (bin.count === 0 || bin.high < low || bin.low > high) return [];
      const box = `x="${left}" y="${round(head)}" width="${wide}" height="${round(Math.max(0.5, foot - head))}"`;
      return [`<rect ${box} fill-opacity="${round(size(bin.count) / dark)}"/>`];
    });
    const ground = `<rect x="${left}" y="${top}" width="${wide}" height="${plot.bottom - top}" fill="${colour("--background")}"/>`;
    return `${ground}<g fill="${ink}">${cells.join("")}</g>`;
  });
  const unmeasured = `<rect x="${plot.left}" y="${top}" width="${plot.right - plot.left}" height="${plot.bottom - top}" fill="${colour("--muted")}" fill-opacity="0.15"/>`;
  return [unmeasured, ...drawn];
}

interface Stretch {
  readonly column: number;
  readonly from: number;
  to: number;
}

/** From pixels to the stretches that show the same column. */
function stretchesOf(at: Int32Array): readonly Stretch[] {
  const stretches: Stretch[] = [];
  at.forEach((column, pixel) => {
    const last = stretches.at(-1);
    if (last?.column === column && last.to === pixel) last.to++;
    else if (column >= 0) stretches.push({ column, from: pixel, to: pixel + 1 });
  });
  return stretches;
}

function percentiles({ history, range, axis, family, colour }: HistoryDrawing): string[] {
  const { bands, median, mean, deviation } = fan(history, range, axis);
  const [ink, line] = [colour(`--${family}`), colour("--foreground")];
  return [
    ...bands.map((band) => `<path d="${inPlot(band)}" fill="${ink}" fill-opacity="0.25"/>`),
    `<path d="${inPlot(median)}" stroke="${ink}" stroke-width="2" stroke-linecap="round"/>`,
    `<path d="${inPlot(mean)}" stroke="${line}" stroke-dasharray="5 4"/>`,
    ...deviation.map((one) => `<path d="${inPlot(one)}" stroke="${line}" stroke-dasharray="1 4" stroke-linecap="round"/>`),
  ];
}

/** A path of the square of 1 × 1 from the top left, in the drawing's pixels. */
function inPlot(path: string): string {
  return path.replace(
    /([ML])(\S+?) ([-\d.]+)/g,
    (_, pen: string, x: string, y: string) => `${pen}${round(across(Number(x)))} ${round(upwards(1 - Number(y)))}`,
  );
}

function ridgeline({ history, measured, axis, fullRange, logarithmic, family, colour }: HistoryDrawing): { legend: string; y: Axis; content: string[] } {
  const columns = thinEvenly(history, mostRidges).map(({ step, tensor }) => ({ step, histogram: shownHistogram(tensor, fullRange) }));
  const drawn = ridges(columns, { width: plot.right - plot.left, height: plot.bottom - top, axis, logarithmic });
  const ink = colour(`--${family}`);
  const named = drawn.filter((_, i) => i === 0 || i === drawn.length - 1);
  const content = drawn.map(({ points }) => {
    const path = points.map(([x, y], i) => `${i === 0 ? "M" : "L"}${round(plot.left + x)} ${round(top + y)}`).join("");
    // What stands behind is hidden; then the ridge's own tint.
    return `<path d="${path}" fill="${colour("--background")}"/><path d="${path}" fill="${ink}" fill-opacity="0.35" stroke="${ink}"/>`;
  });
  return {
    legend: note(`One histogram for each of ${keptText(drawn.length, measured)}, the newest in front; the numbers beside them are steps`),
    y: { ticks: named.map(({ step }) => step), at: (step) => top + named.find((one) => one.step === step)!.base },
    content,
  };
}
