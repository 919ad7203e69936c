/** What a page is sent of the events of a moment: all that it can show. A small network makes twenty thousand steps a second. */
import type { MetricPoint, RunEvent } from "../../protocol/index.ts";
import { thinEpochs, type EpochStart } from "../../run/epochs.ts";
import { thin } from "../../run/thinning.ts";

/** Points of one series, of which a page is some thousand pixels wide. */
const mostPoints = 200;

/** What may come a moment later than it happened; all else answers what somebody did, or says what went wrong. */
const unhurried: ReadonlySet<RunEvent["type"]> = new Set([
  "metrics",
  "progress",
  "lines",
  "statistics",
  "work",
  "changes",
  "passCounts",
  "followed",
  "printed",
  "note",
]);

export function isUrgent(event: RunEvent): boolean {
  return !unhurried.has(event.type);
}

interface Batch {
  /** In order, but series and progress that no other event comes between are told once. */
  readonly events: readonly RunEvent[];
  /** Whether points were left out. */
  readonly isThinned: boolean;
}

export function batched(events: readonly RunEvent[]): Batch {
  const kept: RunEvent[] = [];
  let isThinned = false;
  let points: MetricPoint[] = [];
  let progress: RunEvent | undefined;
  const close = (): void => {
    if (points.length > 0) {
      const shown = shownPoints(points);
      isThinned ||= shown.length < points.length;
      kept.push({ type: "metrics", points: shown });
    }
    if (progress) kept.push(progress);
    [points, progress] = [[], undefined];
  };
  for (const event of events) {
    if (event.type === "metrics") for (const point of event.points) points.push(point);
    else if (event.type === "progress") progress = event;
    else {
      close();
      kept.push(event);
    }
  }
  close();
  return { events: kept, isThinned };
}

/** Each series' peaks, dips and holes, its last point, and where epochs begin. */
function shownPoints(points: readonly MetricPoint[]): readonly MetricPoint[] {
  if (points.length <= mostPoints) return points;
  const byName = new Map<string, MetricPoint[]>();
  for (const point of points) {
    const own = byName.get(point.name);
    if (own) own.push(point);
    else byName.set(point.name, [point]);
  }
  return [...byName.values()].flatMap((own) => (own.length <= mostPoints ? own : thinned(own)));
}

function thinned(points: readonly MetricPoint[]): MetricPoint[] {
  const steps = points.map(({ step }) => step);
  const kept = new Set(
    thin(
      steps,
      points.map(({ value }) => value),
      0,
      points.length,
      mostPoints,
    ),
  );
  for (const { at } of thinEpochs(epochStarts(points), mostPoints)) kept.add(at);
  return points.filter((_, i) => kept.has(i));
}

function epochStarts(points: readonly MetricPoint[]): readonly (EpochStart & { readonly at: number })[] {
  return points.flatMap(({ step, epoch }, at) => (epoch === points[at - 1]?.epoch ? [] : [{ step, epoch, at }]));
}
