/** What counts in many cells tell: percentiles, and the range in which nearly all values lie. */

/** How many of the values other than zero lie in each of the cells of equal width over [low, high], and outside. */
export interface Distribution {
  readonly low: number;
  readonly high: number;
  readonly counts: Int32Array;
  readonly below: number;
  readonly above: number;
}

/** Values, and what of their order is known. */
export interface Ordered {
  /** How many of them aren't zero. */
  readonly others: number;
  /** NumPy's `percentile` of those that aren't zero, for a share from 0 to 1. */
  percentileOfOthers(share: number): number;
  /** A range within [from, to] that holds all of them that lie there. */
  extent(from: number, to: number): readonly [number, number];
}

/** All the values. */
export class Sorted implements Ordered {
  readonly #values: Float64Array;
  readonly #repeats: number;
  readonly #zeros: number;
  readonly #negative: number;

  /** @param values ascending, each of which is there `repeats` times */
  constructor(values: Float64Array, repeats: number, zeros: number) {
    [this.#values, this.#repeats, this.#zeros] = [values, repeats, zeros];
    this.#negative = zeros > 0 ? values.indexOf(0) : values.length;
  }

  get others(): number {
    return this.#values.length - this.#zeros;
  }

  percentile(share: number): number {
    return interpolated(share, this.#values.length * this.#repeats, (rank) => this.#values[Math.floor(rank / this.#repeats)]!);
  }

  percentileOfOthers(share: number): number {
    return interpolated(share, this.others, (rank) => this.#values[rank < this.#negative ? rank : rank + this.#zeros]!);
  }

  extent(from: number, to: number): readonly [number, number] {
    let [first, last] = [0, this.#values.length - 1];
    while (first < last && !isWithin(this.#values[first]!, from, to)) first++;
    while (last > first && !isWithin(this.#values[last]!, from, to)) last--;
    return [this.#values[first]!, this.#values[last]!];
  }
}

function isWithin(value: number, from: number, to: number): boolean {
  return value !== 0 && value >= from && value <= to;
}

/** As NumPy does it between the two values next to a rank. */
function interpolated(share: number, count: number, at: (rank: number) => number): number {
  const rank = share * (count - 1);
  const [a, b] = [at(Math.floor(rank)), at(Math.ceil(rank))];
  return between(a, b, rank - Math.floor(rank));
}

/** Where the last `Spread` sums up its cells: to make such a block for each tensor takes longer than to fill it. */
let sums = new Float64Array(512);

/** Counted values, as if each cell's were spread evenly over it; valid until the next is made. */
export class Spread implements Ordered {
  readonly #cells: Distribution;
  readonly #min: number;
  readonly #max: number;
  readonly #zeros: number;
  /** Number of values below each cell, and below the end of the last; zeros are left out. Longer than needed. */
  readonly #below: Float64Array;

  /** @param min smallest of all values, zeros too; @param max largest */
  constructor(cells: Distribution, min: number, max: number, zeros: number) {
    [this.#cells, this.#min, this.#max, this.#zeros] = [cells, min, max, zeros];
    const { counts, below } = cells;
    if (counts.length >= sums.length) sums = new Float64Array(2 * counts.length);
    this.#below = sums;
    let sum = (sums[0] = below);
    for (let cell = 0; cell < counts.length; cell++) sums[cell + 1] = sum += counts[cell]!;
  }

  get others(): number {
    return this.#below[this.#cells.counts.length]! + this.#cells.above;
  }

  percentile(share: number): number {
    const place = placeOf(share, this.others + this.#zeros);
    const negative = this.#zeros > 0 ? this.#countBelow(0) : Infinity;
    if (place <= negative) return this.#valueAt(place);
    return place <= negative + this.#zeros ? 0 : this.#valueAt(place - this.#zeros);
  }

  percentileOfOthers(share: number): number {
    return this.#valueAt(placeOf(share, this.others));
  }

  extent(from: number, to: number): readonly [number, number] {
    const { low, high, counts } = this.#cells;
    const width = (high - low) / counts.length;
    let [first, last] = [Math.floor((from - low) / width), Math.ceil((to - low) / width)];
    while (first < last && !counts[first]) first++;
    while (last > first && !counts[last - 1]) last--;
    // A cell more on either side, because edges are rounded.
    return [Math.max(from, low + (first - 1) * width), Math.min(to, low + (last + 1) * width)];
  }

  #valueAt(place: number): number {
    const { low, high, counts, below, above } = this.#cells;
    if (place < below) return between(this.#min, low, place / below);
    const inside = this.#below[counts.length]!;
    if (place > inside) return between(high, this.#max, Math.min(1, (place - inside) / above));
    // The last cell that begins below the place, which therefore isn't empty.
    let [cell, end] = [0, counts.length];
    while (end - cell > 1) {
      const middle = (cell + end) >> 1;
      if (this.#below[middle]! < place) cell = middle;
      else end = middle;
    }
    return between(low, high, (cell + (place - this.#below[cell]!) / counts[cell]!) / counts.length);
  }

  #countBelow(value: number): number {
    const { low, high, counts, below, above } = this.#cells;
    if (value < low) return value > this.#min ? (below * (value - this.#min)) / (low - this.#min) : 0;
    if (value >= high) return this.others - (value < this.#max ? (above * (this.#max - value)) / (this.#max - high) : 0);
    const at = ((value - low) / (high - low)) * counts.length;
    const cell = Math.min(counts.length - 1, Math.floor(at));
    return this.#below[cell]! + (at - cell) * counts[cell]!;
  }
}

/** NumPy's ranks count from 0, and each value stands in the middle of its own place. */
function placeOf(share: number, count: number): number {
  return share * (count - 1) + 0.5;
}

function between(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** Of fewer values none is an outlier. */
const enough = 10;
/** An axis is cut only where that makes it shorter by a third. */
const worthCutting = 2 / 3;
/** It is never cut to less than this share of the values' size. */
const narrowest = 1e-5;

/**
 * A part of [low, high] on which all but the smallest and the largest hundredth of the values (at least one) take half of
 * it or more; all of it where no outlier stretches it. Zeros don't count.
 * @param min smallest value of all; on an end that isn't the smallest or largest there is no room left empty
 */
export function coreRange(values: Ordered, low: number, high: number, min: number, max: number): readonly [number, number] {
  if (values.others < enough) return [low, high];
  const outside = Math.max(0.01, 1 / (values.others - 1));
  const [first, last] = [values.percentileOfOthers(outside), values.percentileOfOthers(1 - outside)];
  const margin = Math.max((last - first) / 2, narrowest * Math.max(Math.abs(first), Math.abs(last)));
  const [from, to] = [Math.max(low, first - margin), Math.min(high, last + margin)];
  const [least, most] = values.extent(from, to);
  // In single precision, in which the values are.
  const [start, end] = [from > min ? Math.fround(least) : low, to < max ? Math.fround(most) : high];
  return end > start && end - start < worthCutting * (high - low) ? [start, end] : [low, high];
}
