/** A run's curves by name, within bounds. */
import type { MetricPoint } from "../protocol/index.ts";
import { Series } from "./series.ts";
import { nameLength, shorten } from "./text.ts";

export type Curves = ReadonlyMap<string, Series>;

export interface CurveBounds {
  /** Points of one curve. */
  readonly points: number;
  /** Points of all curves together. */
  readonly allPoints: number;
  /** Curves; points of further ones are dropped. */
  readonly series: number;
}

/** Points of one batch that are looked at, spread over it where there are more. */
const mostAtOnce = 20_000;

/** @returns `curves` itself where none of `points` is kept; a curve that got none of them stays the same object */
export function addPoints(curves: Curves, points: readonly MetricPoint[], bounds: CurveBounds): Curves {
  const added = new Map<string, MetricPoint[]>();
  let room = bounds.series - curves.size;
  const stride = Math.max(1, Math.ceil(points.length / mostAtOnce));
  for (let index = (points.length - 1) % stride; index < points.length; index += stride) {
    const point = points[index];
    if (!point) continue;
    const name = shorten(point.name, nameLength);
    const own = added.get(name);
    if (own) own.push(point);
    else if (curves.has(name) || room-- > 0) added.set(name, [point]);
  }
  if (added.size === 0) return curves;
  const all = new Map(curves);
  for (const [name, own] of added) all.set(name, (all.get(name) ?? Series.empty).append(own));
  return boundCurves(all, bounds);
}

/** The curve `from` goes by the name `to`; it stays where it is among the others. */
export function renameCurve(curves: Curves, from: string, to: string): Curves {
  if (!curves.has(from) || curves.has(to)) return curves;
  return new Map([...curves].map(([name, series]) => [name === from ? shorten(to, nameLength) : name, series]));
}

/** The same curves within bounds: each keeps its shape, its first and its last point. */
export function boundCurves(curves: Curves, { points, allPoints }: CurveBounds): Curves {
  let total = 0;
  for (const { length } of curves.values()) total += length;
  const limit = Math.min(points, total > allPoints ? Math.floor(allPoints / curves.size) : Infinity);
  if ([...curves.values()].every(({ length }) => length <= limit)) return curves;
  // Room for as many again, so that this work is done once in many events.
  return new Map([...curves].map(([name, series]) => [name, series.length > limit ? series.thinned(Math.ceil(limit / 2)) : series]));
}
