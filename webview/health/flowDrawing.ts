/** The gradient flow as shapes, for the page and for files alike. Pure. */
import { formatTicks } from "../charts/ticks.ts";
import { brokenWord, decades, type FlowPoint } from "./flow.ts";

/** The plot's edges, pixels. */
export interface Frame {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export const strengths = ["output", "weights"] as const;
export type Strength = (typeof strengths)[number];
export const strengthNames: Readonly<Record<Strength, string>> = { output: "∂loss/∂output", weights: "gradient of the weights" };

export interface FlowShapes {
  readonly ticks: readonly { readonly value: number; readonly y: number; readonly label: string }[];
  /** Where a module is. */
  readonly x: (index: number) => number;
  /** Paths around the strengths that count as vanished, and as exploded. */
  readonly vanishing: string;
  readonly exploding: string;
  readonly lines: Readonly<Record<Strength, string>>;
  /** Where each number is; none where there are so many that they would touch. */
  readonly marks: Readonly<Record<Strength, readonly (readonly [x: number, y: number])[]>>;
  /** Above the plot: what is no finite number has no place on its axis. */
  readonly broken: readonly BrokenStretch[];
}

/** Modules one after the other whose gradient is not a number, or infinite. */
export interface BrokenStretch {
  /** A cross for each that is not a number, a triangle for each that is infinite, and a line through them. */
  readonly path: string;
  /** `∂loss/∂output: not a number`; absent where there is no room for it beside the marks. */
  readonly label?: { readonly text: string; readonly x: number; readonly y: number; readonly anchor: "start" | "end" };
}

/** Pixels of a row of marks, and of a character beside them. */
const [rowHeight, characterWidth] = [14, 6];

/** Pixels that the marks above the plot need: a row for each strength that has any. */
export function brokenHeight(points: readonly FlowPoint[]): number {
  return rowHeight * brokenRows(points).length;
}

function brokenRows(points: readonly FlowPoint[]): readonly Strength[] {
  return strengths.filter((strength) => points.some((point) => brokenWord(point[strength]) !== undefined));
}

const mostMarks = 80;
const mostTicks = 7;

export function flowShapes(points: readonly FlowPoint[], frame: Frame): FlowShapes {
  const { left, right, top, bottom } = frame;
  const [lowest, highest] = decades(points);
  const x = (index: number): number => (points.length < 2 ? (left + right) / 2 : left + (index / (points.length - 1)) * (right - left));
  const y = (value: number): number => {
    const logarithm = value > 0 ? Math.min(highest, Math.max(lowest, Math.log10(value))) : lowest;
    return bottom - ((logarithm - lowest) / (highest - lowest)) * (bottom - top);
  };
  /** Passes over what isn't known, or no number. */
  const places = (of: (point: FlowPoint) => number | undefined): (readonly [number, number])[] =>
    points.flatMap((point, i) => (Number.isFinite(of(point)) ? [[x(i), y(of(point)!)] as const] : []));
  const band = (of: (point: FlowPoint) => number | undefined, border: number): string => {
    const known = places(of);
    if (known.length === 0) return "";
    return `${pathOf([[left, border], [left, known[0]![1]], ...known, [right, known.at(-1)![1]], [right, border]])}Z`;
  };
  const placed = { output: places(({ output }) => output), weights: places(({ weights }) => weights) };
  return {
    ticks: ticksOf(points, lowest, highest).map((tick) => ({ ...tick, y: y(tick.value) })),
    x,
    vanishing: band(({ low }) => low, bottom),
    exploding: band(({ high }) => high, top),
    lines: { output: pathOf(placed.output), weights: pathOf(placed.weights) },
    marks: points.length > mostMarks ? { output: [], weights: [] } : placed,
    broken: brokenRows(points).flatMap((strength, row, rows) => brokenStretches(points, strength, x, top - rowHeight * (rows.length - row - 0.5), frame)),
  };
}

interface Stretch {
  readonly word: string;
  readonly first: number;
  last: number;
}

function brokenStretches(points: readonly FlowPoint[], strength: Strength, x: (index: number) => number, y: number, frame: Frame): BrokenStretch[] {
  const stretches: Stretch[] = [];
  points.forEach((point, i) => {
    const word = brokenWord(point[strength]);
    const last = stretches.at(-1);
    if (word !== undefined && last?.word === word && last.last === i - 1) last.last = i;
    else if (word !== undefined) stretches.push({ word, first: i, last: i });
  });
  // Where marks and words have come to so far.
  let taken = frame.left;
  return stretches.map(({ word, first, last }, i) => {
    const [from, to] = [x(first), x(last)];
    const text = `${strengthNames[strength]}: ${word}`;
    const room = characterWidth * text.length + 2 * beside;
    const next = stretches[i + 1] ? x(stretches[i + 1]!.first) : frame.right;
    const isBefore = from - taken >= room;
    const isBehind = !isBefore && next - to >= room;
    taken = isBehind ? to + room : to;
    const marked = points.length > mostMarks ? [first, last] : Array.from({ length: last - first + 1 }, (_, k) => first + k);
    const path = `M${from.toFixed(1)} ${y}H${to.toFixed(1)}${marked.map((at) => brokenMark(word, x(at), y)).join("")}`;
    if (isBefore) return { path, label: { text, x: from - beside, y: y + 4, anchor: "end" } };
    return isBehind ? { path, label: { text, x: to + beside, y: y + 4, anchor: "start" } } : { path };
  });
}

/** From a mark to its words, pixels. */
const beside = 8;

/** A cross, or a triangle that points out of the plot. */
export function brokenMark(word: string, x: number, y: number): string {
  const [px, py] = [x.toFixed(1), y.toFixed(1)];
  return word === "infinite" ? `M${px} ${py}m0 -4l4 7h-8z` : `M${px} ${py}m-3.5 -3.5l7 7m0 -7l-7 7`;
}

/** Powers of ten. */
function ticksOf(points: readonly FlowPoint[], lowest: number, highest: number): { value: number; label: string }[] {
  const stride = Math.ceil((highest - lowest) / mostTicks);
  const values = Array.from({ length: Math.floor((highest - lowest) / stride) + 1 }, (_, i) => 10 ** (lowest + i * stride));
  const labels = formatTicks(values);
  // Nothing has no place on this axis: it lies on the bottom.
  if (points.some(({ output, weights }) => output === 0 || weights === 0)) labels[0] = "0";
  return values.map((value, i) => ({ value, label: labels[i]! }));
}

function pathOf(places: readonly (readonly [x: number, y: number])[]): string {
  return places.map(([x, y], i) => `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`).join("");
}
