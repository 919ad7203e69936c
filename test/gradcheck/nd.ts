/** A small float64 array for naive twins: slow, obvious, and sharing nothing with the engine. */
export class Nd {
  readonly shape: readonly number[];
  readonly data: Float64Array;

  constructor(shape: readonly number[], data: ArrayLike<number>) {
    this.shape = shape;
    this.data = Float64Array.from(data);
  }

  /** Each element from its indices. */
  static build(shape: readonly number[], value: (...index: number[]) => number): Nd {
    const data: number[] = [];
    forEachIndex(shape, (index) => data.push(value(...index)));
    return new Nd(shape, data);
  }

  static scalar(value: number): Nd {
    return new Nd([], [value]);
  }

  at(...index: readonly number[]): number {
    let position = 0;
    for (let i = 0; i < this.shape.length; i++) position = position * this.shape[i]! + index[i]!;
    return this.data[position]!;
  }

  map(compute: (value: number) => number): Nd {
    return new Nd(this.shape, Array.from(this.data, compute));
  }

  /** Element by element, shapes broadcast. */
  zip(other: Nd, compute: (a: number, b: number) => number): Nd {
    const shape = broadcast(this.shape, other.shape);
    return Nd.build(shape, (...index) => compute(this.#broadcastAt(index), other.#broadcastAt(index)));
  }

  /** Folds the elements along `dims` (all without them) by a function of the list of them. */
  reduce(compute: (values: number[]) => number, dims: readonly number[] = this.shape.map((_, i) => i), keepdim = false): Nd {
    const kept = this.shape.map((size, i) => (dims.includes(i) ? 1 : size));
    const groups = new Map<string, number[]>();
    forEachIndex(kept, (index) => groups.set(index.join(), []));
    forEachIndex(this.shape, (index) => groups.get(index.map((at, i) => (dims.includes(i) ? 0 : at)).join())!.push(this.at(...index)));
    const shape = keepdim ? kept : this.shape.filter((_, i) => !dims.includes(i));
    return new Nd(shape, [...groups.values()].map(compute));
  }

  #broadcastAt(index: readonly number[]): number {
    const own = index.slice(index.length - this.shape.length);
    return this.at(...own.map((at, i) => (this.shape[i] === 1 ? 0 : at)));
  }
}

/** All indices of a shape in row-major order. */
export function forEachIndex(shape: readonly number[], visit: (index: number[]) => void): void {
  const count = shape.reduce((a, b) => a * b, 1);
  for (let n = 0; n < count; n++) {
    const index = new Array<number>(shape.length);
    let rest = n;
    for (let i = shape.length - 1; i >= 0; i--) {
      index[i] = rest % shape[i]!;
      rest = Math.floor(rest / shape[i]!);
    }
    visit(index);
  }
}

export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [x, y] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return x === 1 ? y : x;
  });
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
