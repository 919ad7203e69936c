/** Givens' rotations, of which the iterations for eigenvalues and singular values are made. */
import type { Matrix } from "./matrix.ts";

export interface Rotation {
  readonly c: number;
  readonly s: number;
  /** What (f, g) becomes: (r, 0). */
  readonly r: number;
}

/** The rotation that takes (f, g) to (r, 0); its cosine isn't negative. */
export function rotationOf(f: number, g: number): Rotation {
  if (g === 0) return { c: 1, s: 0, r: f };
  if (f === 0) return { c: 0, s: Math.sign(g), r: Math.abs(g) };
  const r = signed(Math.hypot(f, g), f);
  return { c: f / r, s: g / r, r };
}

/** Turns two rows: (p, q) becomes (c·p + s·q, c·q − s·p). */
export function rotateRows({ data, cols }: Matrix, p: number, q: number, c: number, s: number): void {
  const [from, to] = [p * cols, q * cols];
  for (let k = 0; k < cols; k++) {
    const [x, y] = [data[from + k]!, data[to + k]!];
    data[from + k] = c * x + s * y;
    data[to + k] = c * y - s * x;
  }
}

/** The size of one number with the sign of another. */
export function signed(size: number, sign: number): number {
  return sign >= 0 ? Math.abs(size) : -Math.abs(size);
}

/** Puts the values, and with them the rows of the matrices, into an order. */
export function sortWithRows(values: Float64Array, matrices: readonly Matrix[], isBefore: (a: number, b: number) => boolean): void {
  for (let i = 0; i < values.length - 1; i++) {
    let best = i;
    for (let j = i + 1; j < values.length; j++) if (isBefore(values[j]!, values[best]!)) best = j;
    if (best === i) continue;
    [values[i], values[best]] = [values[best]!, values[i]!];
    for (const { data, cols } of matrices) {
      const row = data.slice(i * cols, (i + 1) * cols);
      data.copyWithin(i * cols, best * cols, (best + 1) * cols);
      data.set(row, best * cols);
    }
  }
}
