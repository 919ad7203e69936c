/** A line search for steps that fulfil the strong Wolfe conditions. Nocedal & Wright, Numerical Optimization, chapter 3. */
import type { Tensor } from "../tensor.ts";

export interface Evaluation {
  readonly loss: number;
  readonly gradient: Tensor;
}

interface Point extends Evaluation {
  readonly t: number;
  /** The loss's slope along the direction. */
  readonly slope: number;
}

export interface Found extends Evaluation {
  readonly t: number;
  readonly evaluations: number;
}

const SUFFICIENT = 1e-4;
const CURVATURE = 0.9;
const TOLERANCE = 1e-9;
const MOST = 25;

/** The least point of the cubic through two points and their slopes, kept within bounds. */
function cubicLeast(a: Point, b: Point, low = Math.min(a.t, b.t), high = Math.max(a.t, b.t)): number {
  const d1 = a.slope + b.slope - (3 * (a.loss - b.loss)) / (a.t - b.t);
  const square = d1 * d1 - a.slope * b.slope;
  if (square < 0) return (low + high) / 2;
  const d2 = Math.sqrt(square);
  const least =
    a.t <= b.t
      ? b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
      : a.t - (a.t - b.t) * ((a.slope + d2 - d1) / (a.slope - b.slope + 2 * d2));
  return Math.min(Math.max(least, low), high);
}

/** Finds a step `t` along `direction`, from the loss, gradient and slope at 0. */
export function strongWolfe(evaluate: (t: number) => Evaluation, first: number, direction: Tensor, loss: number, gradient: Tensor, slope: number): Found {
  const largest = direction.abs().max().item();
  let evaluations = 0;
  const at = (t: number): Point => {
    const evaluated = evaluate(t);
    evaluations++;
    return { t, ...evaluated, slope: evaluated.gradient.mul(direction).sum().item() };
  };
  const start: Point = { t: 0, loss, gradient, slope };
  const enough = (point: Point): boolean => point.loss <= loss + SUFFICIENT * point.t * slope;
  const flat = (point: Point): boolean => Math.abs(point.slope) <= -CURVATURE * slope;

  // First a bracket that holds such a step …
  let previous = start;
  let current = at(first);
  let found: [Point, Point] | null = null;
  let iterations = 0;
  for (; iterations < MOST; iterations++) {
    if (!enough(current) || (iterations > 1 && current.loss >= previous.loss)) {
      found = [previous, current];
      break;
    }
    if (flat(current)) return { ...current, evaluations };
    if (current.slope >= 0) {
      found = [previous, current];
      break;
    }
    const next = cubicLeast(previous, current, current.t + 0.01 * (current.t - previous.t), current.t * 10);
    previous = current;
    current = at(next);
  }
  let bracket: [Point, Point] = found ?? [start, current];

  // … then smaller and smaller ones.
  let slow = false;
  for (; iterations < MOST; iterations++) {
    const [left, right] = bracket;
    if (Math.abs(right.t - left.t) * largest < TOLERANCE) break;
    let [low, high] = left.loss <= right.loss ? [left, right] : [right, left];
    const [least, most] = [Math.min(left.t, right.t), Math.max(left.t, right.t)];
    let t = cubicLeast(left, right);
    const margin = 0.1 * (most - least);
    if (Math.min(most - t, t - least) < margin) {
      if (slow || t >= most || t <= least) {
        t = Math.abs(t - most) < Math.abs(t - least) ? most - margin : least + margin;
        slow = false;
      } else {
        slow = true;
      }
    } else {
      slow = false;
    }
    const point = at(t);
    if (!enough(point) || point.loss >= low.loss) {
      high = point;
    } else {
      if (flat(point)) {
        low = point;
        bracket = [low, high];
        break;
      }
      if (point.slope * (high.t - low.t) >= 0) high = low;
      low = point;
    }
    // The order of the two ends is kept, since the interpolation depends on it.
    bracket = left.loss <= right.loss ? [low, high] : [high, low];
  }
  const [left, right] = bracket;
  const best = left.loss <= right.loss ? left : right;
  return { t: best.t, loss: best.loss, gradient: best.gradient, evaluations };
}
