/** The gradient flow as shapes, for the page and for files alike. Pure. */
import { formatTicks } from "../charts/ticks.ts";
import { decades, type FlowPoint } from "./flow.ts";

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
}

const mostMarks = 80;
const mostTicks = 7;

export function flowShapes(points: readonly FlowPoint[], { left, right, top, bottom }: Frame): FlowShapes {
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
  };
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
