/** What a model of two features says all over the plane. */
import { fromTypedArray } from "../../engine/ops/creation.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Boundary } from "../../protocol/index.ts";
import { compare } from "./meaning.ts";
import { floatsOf } from "./pieces.ts";

/** Rows and columns of the grid. */
const resolution = 64;
/** How much more than the points take is shown on each side, as a share. */
const margin = 0.12;

export type Area = Pick<Boundary, "left" | "right" | "bottom" | "top">;

/** The area that all points take, and what it was before: it only grows, so that the picture rests. */
export function areaOf(points: Tensor, before: Area | undefined): Area {
  const values = floatsOf(points);
  const area = { left: Infinity, right: -Infinity, bottom: Infinity, top: -Infinity };
  for (let i = 0; i + 1 < values.length; i += 2) {
    const [x, y] = [values[i]!, values[i + 1]!];
    if (!Number.isFinite(x) || !Number.isFinite(y)) continue;
    area.left = Math.min(area.left, x);
    area.right = Math.max(area.right, x);
    area.bottom = Math.min(area.bottom, y);
    area.top = Math.max(area.top, y);
  }
  if (area.right < area.left) return before ?? { left: -1, right: 1, bottom: -1, top: 1 };
  if (before && contains(before, area)) return before;
  const all = before ? union(before, area) : area;
  const [x, y] = [margin * (all.right - all.left || 1), margin * (all.top - all.bottom || 1)];
  return { left: all.left - x, right: all.right + x, bottom: all.bottom - y, top: all.top + y };
}

function contains(outer: Area, { left, right, bottom, top }: Area): boolean {
  return outer.left <= left && outer.right >= right && outer.bottom <= bottom && outer.top >= top;
}

function union(a: Area, b: Area): Area {
  return { left: Math.min(a.left, b.left), right: Math.max(a.right, b.right), bottom: Math.min(a.bottom, b.bottom), top: Math.max(a.top, b.top) };
}

/** The points of a grid over the area, [rows · columns, 2]: the middles of its cells, from the upper left, row after row. */
export function gridOf({ left, right, bottom, top }: Area): Tensor {
  const at = (low: number, high: number, place: number): number => low + ((place + 0.5) / resolution) * (high - low);
  const points = new Float32Array(2 * resolution * resolution);
  for (let row = 0; row < resolution; row++) {
    for (let column = 0; column < resolution; column++) {
      const place = 2 * (row * resolution + column);
      points[place] = at(left, right, column);
      points[place + 1] = at(top, bottom, row);
    }
  }
  return fromTypedArray(points, [resolution * resolution, 2]);
}

/**
 * @param input what the loss would be given for the points of the grid
 * @returns `undefined` where it has not one answer for each point
 */
export function boundaryOf(area: Area, loss: string, input: Tensor): Boundary | undefined {
  const points = resolution * resolution;
  if (input.shape[0] !== points) return undefined;
  const { meaning, width, predictions, scores } = compare(loss, input, input);
  if (meaning !== "classes" && input.numel() !== points) return undefined;
  const shape = [resolution, resolution];
  if (meaning === "values") return { ...area, meaning, field: { shape, values: predictions.slice() } };
  if (meaning === "binary") return { ...area, meaning, field: { shape, values: Float32Array.from({ length: points }, (_, i) => scores(i)[0]!) } };
  if (width === 0) return undefined;
  const certainty = Float32Array.from({ length: points }, (_, i) => scores(i)[predictions[i]!]!);
  return { ...area, meaning, field: { shape, values: predictions }, certainty: { shape, values: certainty } };
}
