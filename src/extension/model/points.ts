/**
 * The points of a run's curves: added to at every step, so that what one batch costs depends on the batch, not on how
 * many curves and points there are.
 */
import type { MetricPoint } from "../../protocol/index.ts";
import { spread } from "./spread.ts";

export interface PointBounds {
  /** Points of one curve. */
  readonly points: number;
  /** Points of all curves together. */
  readonly allPoints: number;
  /** Curves; points of further ones are dropped. */
  readonly series: number;
}

/** Characters that are kept of a curve's name. */
const nameLength = 200;

/** Points of one batch that are looked at, spread over it where there are more. */
const mostAtOnce = 20_000;

/** Which curve each point of a list is of, by number; names are looked up once. */
interface Curves {
  readonly numbers: Map<string, number>;
  /** Points of each curve. */
  readonly sizes: number[];
  /** The curve of each point. */
  readonly owners: number[];
}

/** What is known of a list of points moves on to the list that follows it. */
const curvesOf = new WeakMap<readonly MetricPoint[], Curves>();

/** @returns `points` itself where none of `more` is kept */
export function addPoints(
  points: readonly MetricPoint[],
  more: readonly MetricPoint[],
  bounds: PointBounds,
): readonly MetricPoint[] {
  const curves = curvesOf.get(points) ?? curvesIn(points);
  curvesOf.delete(points);
  const accepted: MetricPoint[] = [];
  const stride = Math.ceil(more.length / mostAtOnce);
  for (let index = (more.length - 1) % stride; index < more.length; index += stride) {
    const point = more[index]!;
    const name = point.name.length > nameLength ? `${point.name.slice(0, nameLength - 1)}…` : point.name;
    if (count(curves, name, bounds.series)) accepted.push(name === point.name ? point : { ...point, name });
  }
  const all = accepted.length === 0 ? points : thin([...points, ...accepted], curves, bounds);
  curvesOf.set(all, curves);
  return all;
}

/** The same curves within bounds, thinned evenly over their steps: each keeps its shape, its first and its last point. */
export function boundPoints(points: readonly MetricPoint[], bounds: PointBounds): readonly MetricPoint[] {
  return thin(points, curvesIn(points), bounds);
}

function curvesIn(points: readonly MetricPoint[]): Curves {
  const curves: Curves = { numbers: new Map(), sizes: [], owners: [] };
  for (const { name } of points) count(curves, name, Infinity);
  return curves;
}

/** Takes note of one more point. @returns false where that would be a curve too many */
function count({ numbers, sizes, owners }: Curves, name: string, most: number): boolean {
  let number = numbers.get(name);
  if (number === undefined) {
    if (numbers.size >= most) return false;
    numbers.set(name, (number = sizes.push(0) - 1));
  }
  sizes[number]!++;
  owners.push(number);
  return true;
}

/** Brings `curves` up to date where points are taken away. */
function thin(points: readonly MetricPoint[], { sizes, owners }: Curves, bounds: PointBounds): readonly MetricPoint[] {
  const share = points.length > bounds.allPoints ? Math.floor(bounds.allPoints / sizes.length) : Infinity;
  const limit = Math.min(bounds.points, share);
  const places = sizes.map((size): number[] | undefined => (size > limit ? [] : undefined));
  if (places.every((own) => own === undefined)) return points;
  for (let index = 0; index < owners.length; index++) places[owners[index]!]?.push(index);
  const isGone = new Uint8Array(points.length);
  places.forEach((own, number) => {
    if (!own) return;
    for (const index of own) isGone[index] = 1;
    // Room for as many again, so that this work is done once in many events.
    const kept = spread(own.length, (at) => points[own[at]!]!.step, Math.ceil(limit / 2));
    for (const at of kept) isGone[own[at]!] = 0;
    sizes[number] = kept.length;
  });
  const left: MetricPoint[] = [];
  for (let index = 0; index < points.length; index++) {
    if (isGone[index] === 1) continue;
    owners[left.length] = owners[index]!;
    left.push(points[index]!);
  }
  owners.length = left.length;
  return left;
}
