/** Parts of a tensor that something is written into. */
import type { Shape } from "../engine/shape.ts";
import type { Tensor } from "../engine/tensor.ts";

/** Along one dimension of the whole: which of its places belong to the part. */
export interface Places {
  readonly start: number;
  readonly step: number;
  readonly length: number;
  /** Whether the part has no such dimension: one place was picked. */
  readonly picked: boolean;
}

/** Where a view lies in a dense tensor, dimension by dimension; `undefined` where it goes across dimensions. */
export function placesOf(
  whole: Pick<Tensor, "shape" | "strides" | "offset" | "dense">,
  view: Pick<Tensor, "shape" | "strides" | "offset">,
): readonly Places[] | undefined {
  if (!whole.dense) return undefined;
  let rest = view.offset - whole.offset;
  const starts = whole.strides.map((stride) => {
    const start = stride === 0 ? 0 : Math.floor(rest / stride);
    rest -= start * stride;
    return start;
  });
  return matched(whole.shape, whole.strides, starts, view.shape, view.strides);
}

/** The dimensions of the part are those of the whole, in their order, with some of them left out. */
function matched(shape: Shape, strides: readonly number[], starts: readonly number[], part: Shape, steps: readonly number[]): Places[] | undefined {
  if (shape.length === 0) return part.length === 0 ? [] : undefined;
  const [[size, ...sizes], [stride, ...others], [start, ...more]] = [shape, strides, starts] as unknown as [
    [number, ...number[]],
    [number, ...number[]],
    [number, ...number[]],
  ];
  if (part.length > 0) {
    const length = part[0]!;
    const step = length === 1 ? 1 : steps[0]! / stride;
    if (Number.isInteger(step) && step > 0 && start + (length - 1) * step < size) {
      const rest = matched(sizes, others, more, part.slice(1), steps.slice(1));
      if (rest) return [{ start, step, length, picked: false }, ...rest];
    }
  }
  if (part.length >= shape.length) return undefined;
  const rest = matched(sizes, others, more, part, steps);
  return rest && [{ start, step: 1, length: 1, picked: true }, ...rest];
}

/** A diagonal of two dimensions of the whole, as the last dimension of the part. */
export interface Diagonal {
  readonly dims: readonly [number, number];
  /** Above (positive) or below the main one. */
  readonly offset: number;
}

/** Which diagonal of a dense tensor a view is, if it is all of one. */
export function diagonalOf(
  whole: Pick<Tensor, "shape" | "strides" | "offset" | "dense">,
  view: Pick<Tensor, "shape" | "strides" | "offset">,
): Diagonal | undefined {
  const { shape, strides, dense } = whole;
  if (!dense || view.shape.length !== shape.length - 1) return undefined;
  for (let b = 1; b < shape.length; b++) {
    for (let a = 0; a < b; a++) {
      const others = shape.map((_, i) => i).filter((i) => i !== a && i !== b);
      const isRest = others.every((dim, i) => view.shape[i] === shape[dim] && view.strides[i] === strides[dim]);
      const start = view.offset - whole.offset;
      const offset = start < strides[a]! ? start / strides[b]! : -start / strides[a]!;
      const length = offset >= 0 ? Math.min(shape[a]!, shape[b]! - offset) : Math.min(shape[a]! + offset, shape[b]!);
      if (isRest && Number.isInteger(offset) && view.shape.at(-1) === length && view.strides.at(-1) === strides[a]! + strides[b]!)
        return { dims: [a, b], offset };
    }
  }
  return undefined;
}
