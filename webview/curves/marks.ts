/** What is marked at steps of a chart: where epochs begin, what was changed by hand, and where values ceased to be numbers. */
import uPlot from "uplot";
import type { EpochStart } from "../../src/run/epochs.ts";
import type { Intervention } from "../../src/protocol/index.ts";
import { interventionText } from "../../src/run/interventions.ts";
import { formatCount } from "../../src/run/numbers.ts";
import { colour, font } from "../charts/theme.ts";
import { epochLabel, epochMarks } from "./epochMarks.ts";

/** Something that happened to the run at a step. */
export interface StepMark {
  readonly step: number;
  readonly label: string;
}

/** How high an epoch's label is, CSS pixels. */
const labelSize = 9;
/** CSS pixels. */
const tickLength = 4;
/** Marks closer than this are one, CSS pixels. */
export const markDistance = 12;

/** A thin line at each epoch's first step, with its number at the head; where they are many, at every second, fifth, tenth …, and ticks between. */
export function drawEpochs(plot: uPlot, epochs: readonly EpochStart[]): void {
  const { min, max } = plot.scales["x"]!;
  const { labelled, ticks } = epochMarks(epochs, [min ?? 0, max ?? 0], plot.bbox.width / uPlot.pxRatio);
  for (const { step } of ticks) drawTick(plot, step);
  for (const start of labelled) {
    drawVertical(plot, start.step, colour("--grid"), [3, 3]);
    writeAtHead(plot, start.step, epochLabel(start));
  }
}

export function interventionMarks(interventions: readonly Intervention[]): readonly StepMark[] {
  return interventions.map((intervention) => ({ step: intervention.step, label: interventionText(intervention) }));
}

/** The marks that are meant by who points there: those at the place of the nearest one that is close enough. Pure. */
export function marksAt(marks: readonly StepMark[], x: number, placeOfStep: (step: number) => number): readonly StepMark[] {
  const far = (mark: StepMark) => Math.abs(placeOfStep(mark.step) - x);
  const nearest = marks.reduce<StepMark | undefined>((best, mark) => (best && far(best) <= far(mark) ? best : mark), undefined);
  if (!nearest || far(nearest) > markDistance / 2) return [];
  return marks.filter(({ step }) => Math.abs(placeOfStep(step) - placeOfStep(nearest.step)) < markDistance);
}

/** `step 120: lr 0.01 → 0.001`, a line for each. */
export function marksText(marks: readonly StepMark[]): string {
  return marks.map(({ step, label }) => `step ${formatCount(step)}: ${label}`).join("\n");
}

/** What was changed by hand: a line with a triangle below it. */
export function drawInterventions(plot: uPlot, marks: readonly StepMark[]): void {
  for (const { step } of spread(plot, marks)) {
    drawVertical(plot, step, colour("--foreground"), [1, 2]);
    drawTriangle(plot, step, colour("--foreground"), "foot");
  }
}

/** Where values ceased to be numbers: a line with a flag at its head. */
export function drawHoles(plot: uPlot, steps: readonly number[]): void {
  for (const { step } of spread(
    plot,
    steps.map((one) => ({ step: one })),
  )) {
    drawVertical(plot, step, colour("--error"), [2, 2]);
    drawTriangle(plot, step, colour("--error"), "head");
  }
}

/** What is left of what is drawn before a step that the run shares with another, and hardly more than a hint of it. */
export const shareOfTrunk = 0.4;

/** Makes what is drawn before that step pale, whatever is behind it. */
export function fadeUntil(plot: uPlot, step: number | null): void {
  const { ctx, bbox } = plot;
  const end = step === null ? 0 : Math.min(bbox.width, plot.valToPos(step, "x", true) - bbox.left);
  if (end <= 0) return;
  ctx.save();
  ctx.globalCompositeOperation = "destination-out";
  ctx.globalAlpha = 1 - shareOfTrunk;
  // Whichever: it only takes away.
  ctx.fillStyle = "black";
  ctx.fillRect(bbox.left, bbox.top, end, bbox.height);
  ctx.restore();
}

/** Where there are very many, one here and there is enough. */
function spread<T extends { readonly step: number }>(plot: uPlot, marks: readonly T[]): readonly T[] {
  let previous = -Infinity;
  return marks.filter(({ step }) => {
    const x = plot.valToPos(step, "x", true);
    if (x - previous < markDistance * uPlot.pxRatio) return false;
    previous = x;
    return true;
  });
}

/** Where a step is, in the canvas's pixels; `undefined` out of sight. */
function placeOf(plot: uPlot, step: number): number | undefined {
  const x = Math.round(plot.valToPos(step, "x", true));
  const { left, width } = plot.bbox;
  return x < left || x > left + width ? undefined : x;
}

function drawTick(plot: uPlot, step: number): void {
  drawVertical(plot, step, colour("--muted"), [], tickLength * uPlot.pxRatio);
}

function drawVertical(plot: uPlot, step: number, stroke: string, dash: readonly number[], length = plot.bbox.height): void {
  const x = placeOf(plot, step);
  if (x === undefined) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.lineWidth = uPlot.pxRatio;
  ctx.setLineDash(dash.map((part) => part * uPlot.pxRatio));
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + length);
  ctx.stroke();
  ctx.restore();
}

function drawTriangle(plot: uPlot, step: number, fill: string, at: "head" | "foot"): void {
  const x = placeOf(plot, step);
  if (x === undefined) return;
  const { ctx, bbox } = plot;
  const size = 4 * uPlot.pxRatio;
  const [base, tip] = at === "head" ? [bbox.top, bbox.top + 1.5 * size] : [bbox.top + bbox.height, bbox.top + bbox.height - 1.5 * size];
  ctx.save();
  ctx.fillStyle = fill;
  ctx.beginPath();
  ctx.moveTo(x - size, base);
  ctx.lineTo(x + size, base);
  ctx.lineTo(x, tip);
  ctx.fill();
  ctx.restore();
}

function writeAtHead(plot: uPlot, step: number, text: string): void {
  const x = placeOf(plot, step);
  if (x === undefined) return;
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.font = font().replace(/\d+px/, `${labelSize * uPlot.pxRatio}px`);
  ctx.fillStyle = colour("--muted");
  ctx.textAlign = "left";
  ctx.textBaseline = "top";
  const [left, top, width] = [x + 3 * uPlot.pxRatio, bbox.top + (tickLength + 2) * uPlot.pxRatio, ctx.measureText(text).width];
  if (left + width <= bbox.left + bbox.width) {
    // Below the ticks, and over no line of the grid.
    ctx.clearRect(left, top, width, labelSize * uPlot.pxRatio);
    ctx.fillText(text, left, top);
  }
  ctx.restore();
}
