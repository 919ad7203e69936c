/** Which part of a graph is looked at, and how large. Pure. */
import type { Box, Point } from "./layout.ts";

/** The graph's point (0, 0) is shown at (x, y), each of its pixels `scale` large. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Extent {
  readonly width: number;
  readonly height: number;
}

export interface Area extends Point, Extent {}

const smallest = 0.03;
const largest = 2.5;
const margin = 12;

/** All in sight, in the middle, not larger than life. */
export function fitted(graph: Extent, view: Extent): Viewport {
  const scale = Math.max(smallest, Math.min(1, (view.width - 2 * margin) / Math.max(1, graph.width), (view.height - 2 * margin) / Math.max(1, graph.height)));
  return { scale, x: (view.width - graph.width * scale) / 2, y: (view.height - graph.height * scale) / 2 };
}

/** The size at which a text can be read. */
const readable = 0.7;

/** As much as can be read, from the graph's beginning. */
export function opened(graph: Extent, view: Extent): Viewport {
  const whole = fitted(graph, view);
  if (whole.scale >= readable) return whole;
  const scale = readable;
  const along = (size: number, room: number): number => (size * scale + 2 * margin <= room ? (room - size * scale) / 2 : margin);
  return { scale, x: along(graph.width, view.width), y: along(graph.height, view.height) };
}

/** Larger or smaller, with the graph's point under `at` staying where it is. */
export function zoomed({ x, y, scale }: Viewport, factor: number, at: Point): Viewport {
  const next = Math.min(largest, Math.max(smallest, scale * factor));
  const by = next / scale;
  return { scale: next, x: at.x - (at.x - x) * by, y: at.y - (at.y - y) * by };
}

export function panned({ x, y, scale }: Viewport, dx: number, dy: number): Viewport {
  return { scale, x: x + dx, y: y + dy };
}

/** Moved as little as is needed to have a box in sight; one that is larger than the view, its beginning. */
export function showing(viewport: Viewport, { x, y, width, height }: Area, view: Extent): Viewport {
  const { scale } = viewport;
  const move = (begin: number, size: number, room: number): number => {
    const end = begin + Math.min(size, room - 2 * margin);
    if (begin < margin) return margin - begin;
    return end > room - margin ? room - margin - end : 0;
  };
  return panned(viewport, move(viewport.x + x * scale, width * scale, view.width), move(viewport.y + y * scale, height * scale, view.height));
}

/** The part of the graph that is in sight, widened to a coarse grid so that it stays the same while it moves a little. */
export function areaInSight({ x, y, scale }: Viewport, view: Extent): Area {
  const cell = 400 / scale;
  const from = (at: number): number => Math.floor(-at / scale / cell - 0.5) * cell;
  const to = (at: number, room: number): number => Math.ceil((room - at) / scale / cell + 0.5) * cell;
  const [left, top] = [from(x), from(y)];
  return { x: left, y: top, width: to(x, view.width) - left, height: to(y, view.height) - top };
}

export function meets(a: Area, b: Area): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The innermost box at a point of the graph. */
export function boxAt(boxes: readonly Box[], { x, y }: Point): Box | undefined {
  return boxes.findLast((box) => x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height);
}
