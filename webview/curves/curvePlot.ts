/** One chart of curves over steps, drawn by uPlot. */
import uPlot from "uplot";
import type { EpochStart } from "../../src/run/epochs.ts";
import { indexAt } from "../../src/run/series.ts";
import { thin } from "../../src/run/thinning.ts";
import { colour, font } from "../charts/theme.ts";
import { formatTicks } from "../charts/ticks.ts";
import type { Across } from "./curveStore.ts";
import { dashOf } from "./dashes.ts";
import type { Line } from "./groups.ts";
import { drawEpochs, drawHoles, drawInterventions, fadeUntil, marksAt, marksText, type StepMark } from "./marks.ts";
import { Smoothed } from "./smooth.ts";

export interface CurveView {
  readonly lines: readonly Line[];
  /** Weight of the smoothed line, or `null` for none. */
  readonly smoothing: number | null;
  readonly logarithmic: boolean;
  readonly across: Across;
  readonly epochs: readonly EpochStart[];
  /** What was changed by hand. */
  readonly interventions: readonly StepMark[];
  /** Up to which step each line's last value holds, if it does so from point to point. */
  readonly heldUntil: number | null;
  /** First and last step shown. */
  readonly range: readonly [number, number];
  /** The step whose histograms are shown, where it isn't the newest. */
  readonly marker: number | null;
  /** The step up to which the curves are another run's, too. */
  readonly trunk: number | null;
  /** Changes with the editor's colours. */
  readonly theme: number;
}

export interface CurveEvents {
  /** The pointer is at this step, or has left. */
  readonly hover: (step: number | null) => void;
  readonly zoom: (range: readonly [number, number] | null) => void;
  /** A click without a drag. */
  readonly choose: (step: number) => void;
}

type Column = (number | null)[];

interface Drawn {
  readonly steps: number[];
  readonly raw: Column;
  readonly smooth: Column | null;
  /** The edges of its band, upper and lower. */
  readonly edges: readonly [Column, Column] | null;
}

/** Between a mark and its label, CSS pixels. */
const labelGap = 6;
/** More points than this don't show on a screen. */
const pointsPerPixel = 3;
const leastAxisWidth = 46;
const axisGap = 4;
/** In the axes' font, CSS pixels. */
const digitWidth = 7;

/** Decades beyond which the lines between powers of ten are noise. */
const mostDividedDecades = 5;

function spansManyDecades(plot: uPlot): boolean {
  const { min, max, distr } = plot.scales["y"]!;
  return distr === 3 && Math.log10(max! / min!) > mostDividedDecades;
}

/** Of a logarithmic axis over many decades only the powers of ten have a line, or what rounding has made of them. */
function quietGrid(plot: uPlot, splits: number[]): (number | null)[] {
  if (!spansManyDecades(plot)) return splits;
  return splits.map((value) => (isDecade(value) ? value : null));
}

/** Whether it is a power of ten, or what rounding has made of one on the way up the axis. */
const isDecade = (value: number): boolean => Math.abs(Math.log10(value) - Math.round(Math.log10(value))) < 0.05;

/** Over many decades what rounding has made of a power of ten is told as that. */
function valueTicks(plot: uPlot, splits: readonly (number | null)[]): string[] {
  if (!spansManyDecades(plot)) return formatTicks(splits);
  return formatTicks(splits.map((value) => (value !== null && isDecade(value) ? 10 ** Math.round(Math.log10(value)) : value)));
}

export class CurvePlot {
  #plot: uPlot | null = null;
  #view: CurveView | null = null;
  #smoothers: Smoothed[] = [];
  /** Steps from which on values were NaN or infinite. */
  #holes: number[] = [];
  #hovered = false;
  readonly #marker = document.createElement("div");
  readonly #label = document.createElement("div");
  readonly #resizing: ResizeObserver;
  readonly #host: HTMLElement;
  readonly #events: CurveEvents;

  constructor(host: HTMLElement, events: CurveEvents) {
    this.#host = host;
    this.#events = events;
    this.#marker.className = "chart-marker";
    this.#label.className = "mark-label";
    this.#label.dataset["testid"] = "mark-label";
    this.#label.role = "status";
    this.#resizing = new ResizeObserver(() => this.#fit());
    this.#resizing.observe(host);
  }

  destroy(): void {
    this.#resizing.disconnect();
    this.#plot?.destroy();
  }

  show(view: CurveView): void {
    const old = this.#view;
    this.#view = view;
    if (!this.#plot || !old || !isSame(old, view)) {
      if (this.#plot && old && hasSameForm(old, view)) this.#plot.setData(this.#data(view), true);
      else this.#build(view);
    }
    this.#placeMarker();
  }

  /** Puts the crosshair at a step that this chart or another is pointed at; `null` takes it away. */
  showCursor(step: number | null): void {
    if (!this.#plot || this.#hovered) return;
    const left = step === null ? -10 : this.#plot.valToPos(step, "x");
    this.#nameMarks(this.#host.matches(":focus-visible") ? left : null);
    this.#plot.setCursor({ left, top: step === null ? -10 : 1 }, false);
  }

  #build(view: CurveView): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    this.#plot?.destroy();
    this.#plot = null;
    if (width === 0 || height === 0) return;
    this.#plot = new uPlot(this.#options(view, width, height), this.#data(view), this.#host);
    this.#plot.over.append(this.#marker, this.#label);
    this.#nameMarks(null);
    this.#listen(this.#plot.over);
  }

  /** Lies over the picture, so that going through the steps draws none anew. */
  #placeMarker(): void {
    const step = this.#view?.marker ?? null;
    const [first, last] = this.#view?.range ?? [0, 0];
    this.#marker.hidden = !this.#plot || step === null || step < first || step > last;
    if (!this.#marker.hidden) this.#marker.style.transform = `translateX(${Math.round(this.#plot!.valToPos(step!, "x"))}px)`;
  }

  /** Says what was changed by hand at a place, on the one chart that a person is at. @param x CSS pixels; `null` for nowhere */
  #nameMarks(x: number | null): void {
    const { valToPos, over } = this.#plot!;
    const placeOfStep = (step: number): number => valToPos(step, "x");
    const marks = x === null ? [] : marksAt(this.#view!.interventions, x, placeOfStep);
    this.#label.textContent = marksText(marks);
    if (marks.length === 0) return;
    const left = placeOfStep(marks[0]!.step);
    const isLeft = left > over.clientWidth / 2;
    this.#label.style.translate = isLeft ? `calc(${left - labelGap}px - 100%)` : `${left + labelGap}px`;
    this.#label.style.maxWidth = `${(isLeft ? left : over.clientWidth - left) - 2 * labelGap}px`;
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#host;
    if (!this.#view || width === 0 || height === 0) return;
    if (!this.#plot) this.#build(this.#view);
    else if (this.#plot.width !== width || this.#plot.height !== height) {
      this.#plot.setSize({ width, height });
      this.#plot.setData(this.#data(this.#view), true);
      this.#placeMarker();
    }
  }

  #listen(over: HTMLElement): void {
    let pressedAt = 0;
    over.addEventListener("mouseenter", () => (this.#hovered = true));
    over.addEventListener("mouseleave", () => {
      this.#hovered = false;
      this.#nameMarks(null);
      this.#events.hover(null);
    });
    over.addEventListener("mousedown", (event) => (pressedAt = event.clientX));
    over.addEventListener("click", (event) => {
      const step = this.#cursorStep();
      if (Math.abs(event.clientX - pressedAt) < 3 && step !== null) this.#events.choose(step);
    });
    over.addEventListener("dblclick", () => this.#events.zoom(null));
  }

  #pointTo(x: number): void {
    this.#nameMarks(x);
    this.#events.hover(this.#cursorStep());
  }

  #cursorStep(): number | null {
    const plot = this.#plot;
    const index = plot?.cursor.idx;
    return plot && index !== null && index !== undefined ? (plot.data[0]![index] as number) : null;
  }

  #options(view: CurveView, width: number, height: number): uPlot.Options {
    const axis = { stroke: colour("--muted"), font: font(), grid: { stroke: colour("--grid"), width: 1 }, ticks: { show: false } };
    return {
      width,
      height,
      padding: [8, () => this.#lastLabelOverhang(), 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: true, y: false, setScale: false, dist: 3 }, points: { size: 6 } },
      scales: {
        x: { time: false, range: () => [...this.#view!.range] as [number, number] },
        y: view.logarithmic ? { distr: 3 } : {},
      },
      axes: [
        { ...axis, size: 22, gap: axisGap, space: 64, incrs: wholeIncrements, values: (_, splits) => this.#placeTicks(splits) },
        { ...axis, grid: { ...axis.grid, filter: quietGrid }, size: axisWidth, gap: axisGap, space: 26, values: valueTicks },
      ],
      series: [{}, ...view.lines.flatMap((line) => seriesOptions(line, view))],
      bands: bandsOf(view),
      hooks: {
        setCursor: [(plot) => this.#hovered && this.#pointTo(plot.cursor.left!)],
        setSelect: [(plot) => this.#zoomTo(plot)],
        drawAxes: [(plot) => drawEpochs(plot, this.#view!.epochs)],
        draw: [(plot) => this.#drawMarks(plot)],
      },
    };
  }

  /** Half of the longest label that may stand at the axis's end. */
  #lastLabelOverhang(): number {
    return Math.max(12, 4 + (digitWidth / 2) * this.#placeTicks([this.#view!.range[1]])[0]!.length);
  }

  #placeTicks(places: readonly number[]): string[] {
    const { per } = this.#view!.across;
    return formatTicks(places.map((place) => place / per));
  }

  #zoomTo(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 3) return;
    const from = Math.floor(plot.posToVal(left, "x"));
    const to = Math.ceil(plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (to > from) this.#events.zoom([from, to]);
  }

  #drawMarks(plot: uPlot): void {
    fadeUntil(plot, this.#view!.trunk);
    drawInterventions(plot, this.#view!.interventions);
    drawHoles(plot, this.#holes);
  }

  #data(view: CurveView): uPlot.AlignedData {
    this.#holes = [];
    const weight = view.smoothing ?? 0;
    if (this.#smoothers.length !== view.lines.length || this.#smoothers[0]?.weight !== weight) {
      this.#smoothers = view.lines.map(() => new Smoothed(weight));
    }
    const tables = view.lines.map((line, i) => this.#drawn(line, view, this.#smoothers[i]!));
    const columns = tables.map(({ steps, raw, smooth, edges }) => [steps, raw, ...(smooth ? [smooth] : []), ...(edges ?? [])]);
    const [only] = columns;
    return (columns.length === 1 ? only : uPlot.join(columns as uPlot.AlignedData[])) as uPlot.AlignedData;
  }

  /** The points of one line that are worth drawing, one beyond each edge included. */
  #drawn({ series, smooth: isSmoothed, band }: Line, view: CurveView, smoother: Smoothed): Drawn {
    const { steps, values } = series;
    const isFinite = (index: number) => index >= 0 && Number.isFinite(values[index]!);
    const from = Math.max(0, indexAt(steps, view.range[0] - 1));
    const to = Math.min(series.length, indexAt(steps, view.range[1]) + 2);
    const indices = thin(steps, values, from, to, Math.max(200, this.#host.clientWidth * pointsPerPixel));
    const visible = (value: number) => (Number.isFinite(value) && (!view.logarithmic || value > 0) ? value : null);
    const smoothed = view.smoothing === null || !isSmoothed ? null : smoother.of(series);
    const edges = band && [band.high, band.low].map((edge) => (smoothed ? new Smoothed(view.smoothing!).of(edge) : edge.values));
    const drawn: Drawn = { steps: [], raw: [], smooth: smoothed && [], edges: edges ? [[], []] : null };
    for (const index of indices) {
      drawn.steps.push(steps[index]!);
      drawn.raw.push(visible(values[index]!));
      drawn.smooth?.push(visible(smoothed![index]!));
      edges?.forEach((edge, i) => drawn.edges![i]!.push(visible(edge[index]!)));
      if (!isFinite(index) && (index === 0 || isFinite(index - 1))) this.#holes.push(steps[index]!);
    }
    const last = series.length - 1;
    if (view.heldUntil !== null && view.heldUntil > steps[last]!) {
      drawn.steps.push(view.heldUntil);
      drawn.raw.push(visible(values[last]!));
    }
    return drawn;
  }
}

/** What the longest label of the axis of values takes; the same for all labels that aren't long, so that charts stand in line. */
function axisWidth({ ctx }: uPlot, labels: readonly string[] | null): number {
  ctx.save();
  ctx.font = font();
  const longest = (labels ?? []).reduce((most, label) => Math.max(most, ctx.measureText(label).width), 0);
  ctx.restore();
  return Math.max(leastAxisWidth, Math.ceil(longest) + 2 * axisGap);
}

/** Whether the one view needs no more than other data to become the other. */
function hasSameForm(a: CurveView, b: CurveView): boolean {
  return (
    a.lines.length === b.lines.length &&
    a.lines.every((line, i) => looksSame(line, b.lines[i]!)) &&
    a.across === b.across &&
    (a.smoothing === null) === (b.smoothing === null) &&
    a.logarithmic === b.logarithmic &&
    (a.heldUntil === null) === (b.heldUntil === null) &&
    a.theme === b.theme
  );
}

/** Whether both views draw the same: a chart whose curve hasn't grown is left as it is while others grow. */
function isSame(a: CurveView, b: CurveView): boolean {
  const {
    lines: before,
    range: [first, last],
    marker: _,
    ...rest
  } = a;
  return (
    before.length === b.lines.length &&
    before.every((line, i) => line.series === b.lines[i]!.series && looksSame(line, b.lines[i]!)) &&
    first === b.range[0] &&
    last === b.range[1] &&
    (Object.keys(rest) as (keyof typeof rest)[]).every((key) => rest[key] === b[key])
  );
}

function looksSame(a: Line, b: Line): boolean {
  return a.smooth === b.smooth && a.colour === b.colour && a.place === b.place && (a.band === undefined) === (b.band === undefined);
}

/** How much a band hides of what is behind it, in hexadecimal. */
const bandAlpha = "38";

/** Between the edges that each line with a band has behind its own columns. */
function bandsOf(view: CurveView): uPlot.Band[] {
  let column = 1;
  return view.lines.flatMap((line) => {
    column += seriesOptions(line, view).length;
    return line.band ? [{ series: [column - 2, column - 1], fill: colour(line.colour) + bandAlpha } satisfies uPlot.Band] : [];
  });
}

function seriesOptions(line: Line, view: CurveView): uPlot.Series[] {
  const edge: uPlot.Series = { stroke: "transparent", width: 0, points: { show: false } };
  return [...lineOptions(line, view), ...(line.band ? [edge, edge] : [])];
}

function lineOptions(line: Line, { smoothing, heldUntil }: CurveView): uPlot.Series[] {
  const stroke = colour(line.colour);
  const dash = [...dashOf(line.place)];
  const strong: uPlot.Series = { stroke, width: 1.5, dash, points: { size: 4, fill: stroke } };
  if (heldUntil !== null) return [{ ...strong, points: { show: false }, paths: uPlot.paths.stepped!({ align: 1 }) }];
  if (smoothing === null || !line.smooth) return [{ ...strong, points: { ...strong.points!, show: hasRoomForPoints } }];
  return [
    { stroke, width: 1, alpha: 0.35, points: { show: false } },
    { ...strong, points: { show: false } },
  ];
}

/** The least room for a point's dot, CSS pixels. */
const pointRoom = 8;

function hasRoomForPoints(plot: uPlot, series: number): boolean {
  let points = 0;
  for (const value of plot.data[series]!) if (value !== null && value !== undefined) points++;
  return points * pointRoom < plot.bbox.width / uPlot.pxRatio;
}

/** Steps are whole: 1, 2, 5, 10, … */
const wholeIncrements = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((digit) => digit * 10 ** power)).flat();
