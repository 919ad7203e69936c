/**
 * What was measured of many tensors as two blocks of numbers. A sampled step of a large model is millions of numbers: as
 * blocks they pass from process to process without a look at each.
 */
import type { Histogram, TensorStatistics } from "../protocol/index.ts";
import { Malformed } from "./codec.ts";

/**
 * One tensor after the other. Of each, `numbers` has count, mean, std, min, max, fraction of zeros, number of non-finite
 * values, the percentiles, and each histogram's low, high, below and above; `wholes` has which histograms there are and
 * whether percentiles are exact, the number of dimensions, their sizes, and of each histogram the number of bins and the counts.
 */
export interface PackedTensors {
  /** Number of tensors. */
  readonly count: number;
  readonly numbers: Float64Array;
  readonly wholes: Uint32Array;
}

const moments = 7;
const percentiles = 7;
const ofHistogram = 4;
/** Bits that say what there is. */
const exact = 1;
const hasFull = 2;

const mostDimensions = 64;
const mostBins = 1024;
const largestWhole = 0xffff_ffff;

export class TensorPacker {
  readonly #numbers: number[] = [];
  readonly #wholes: number[] = [];
  #count = 0;

  /** @returns the tensor's place among those that were added */
  add({ shape, count, mean, std, min, max, zeroFraction, nonFinite, percentiles: quantiles, histogram, fullHistogram }: TensorStatistics): number {
    this.#numbers.push(count, mean, std, min, max, zeroFraction, nonFinite);
    for (let i = 0; i < percentiles; i++) this.#numbers.push(quantiles.values[i]!);
    this.#wholes.push((quantiles.exact ? exact : 0) | (fullHistogram ? hasFull : 0), shape.length);
    for (const size of shape) this.#wholes.push(size);
    this.#addHistogram(histogram);
    if (fullHistogram) this.#addHistogram(fullHistogram);
    return this.#count++;
  }

  #addHistogram({ low, high, below, above, counts }: Histogram): void {
    this.#numbers.push(low, high, below, above);
    this.#wholes.push(counts.length);
    for (let bin = 0; bin < counts.length; bin++) this.#wholes.push(Math.min(largestWhole, counts[bin]!));
  }

  packed(): PackedTensors {
    return { count: this.#count, numbers: Float64Array.from(this.#numbers), wholes: Uint32Array.from(this.#wholes) };
  }
}

/** Where each tensor's numbers begin. */
interface Places {
  readonly numbers: Uint32Array;
  readonly wholes: Uint32Array;
}

/** Looked through once; what isn't asked for is never made into objects. */
export class UnpackedTensors {
  readonly #packed: PackedTensors;
  readonly #places: Places;

  static readonly none = new UnpackedTensors({ count: 0, numbers: new Float64Array(), wholes: new Uint32Array() });

  /** @throws Malformed */
  constructor(packed: PackedTensors) {
    this.#packed = packed;
    this.#places = placesOf(packed);
  }

  /** @throws Malformed */
  at(index: number): TensorStatistics {
    const { numbers, wholes } = this.#places;
    if (index >= numbers.length) throw new Malformed("no such tensor");
    return new UnpackedTensor(this.#packed, numbers[index]!, wholes[index]!);
  }
}

/** Reads every length that is written, so that nothing that is asked for later can lie outside. */
function placesOf({ count, numbers, wholes }: PackedTensors): Places {
  // Each tensor takes more than these, so that a made-up count reserves nothing.
  if (count > wholes.length) throw new Malformed("fewer tensors than there should be");
  const places = { numbers: new Uint32Array(count), wholes: new Uint32Array(count) };
  let [number, whole] = [0, 0];
  for (let tensor = 0; tensor < count; tensor++) {
    places.numbers[tensor] = number;
    places.wholes[tensor] = whole;
    const [bits, dimensions] = [wholes[whole]!, wholes[whole + 1]!];
    if (!(bits <= (exact | hasFull)) || !(dimensions <= mostDimensions)) throw new Malformed("not a packed tensor");
    const histograms = bits & hasFull ? 2 : 1;
    whole += 2 + dimensions;
    for (let i = 0; i < histograms; i++) {
      const bins = wholes[whole]!;
      if (!(bins > 0 && bins <= mostBins)) throw new Malformed("not a packed histogram");
      whole += 1 + bins;
    }
    for (const at of [number, number + moments - 1]) {
      if (!(Number.isSafeInteger(numbers[at]) && numbers[at]! >= 0)) throw new Malformed("not a number of values");
    }
    number += moments + percentiles + histograms * ofHistogram;
  }
  if (number !== numbers.length || whole !== wholes.length) throw new Malformed("packed tensors of another length");
  return places;
}

class UnpackedTensor implements TensorStatistics {
  readonly #packed: PackedTensors;
  readonly #number: number;
  readonly #whole: number;

  constructor(packed: PackedTensors, number: number, whole: number) {
    [this.#packed, this.#number, this.#whole] = [packed, number, whole];
  }

  get shape(): readonly number[] {
    const { wholes } = this.#packed;
    return Array.from(wholes.subarray(this.#whole + 2, this.#afterShape));
  }

  get count(): number {
    return this.#packed.numbers[this.#number]!;
  }

  get mean(): number {
    return this.#packed.numbers[this.#number + 1]!;
  }

  get std(): number {
    return this.#packed.numbers[this.#number + 2]!;
  }

  get min(): number {
    return this.#packed.numbers[this.#number + 3]!;
  }

  get max(): number {
    return this.#packed.numbers[this.#number + 4]!;
  }

  get zeroFraction(): number {
    return this.#packed.numbers[this.#number + 5]!;
  }

  get nonFinite(): number {
    return this.#packed.numbers[this.#number + 6]!;
  }

  get percentiles(): TensorStatistics["percentiles"] {
    const at = this.#number + moments;
    return { values: this.#packed.numbers.subarray(at, at + percentiles), exact: (this.#packed.wholes[this.#whole]! & exact) !== 0 };
  }

  get histogram(): Histogram {
    return this.#histogramAt(0, this.#afterShape);
  }

  get fullHistogram(): Histogram | undefined {
    const { wholes } = this.#packed;
    if (!(wholes[this.#whole]! & hasFull)) return undefined;
    return this.#histogramAt(1, this.#afterShape + 1 + wholes[this.#afterShape]!);
  }

  get #afterShape(): number {
    return this.#whole + 2 + this.#packed.wholes[this.#whole + 1]!;
  }

  #histogramAt(index: number, whole: number): Histogram {
    const { numbers, wholes } = this.#packed;
    const at = this.#number + moments + percentiles + index * ofHistogram;
    return {
      low: numbers[at]!,
      high: numbers[at + 1]!,
      below: numbers[at + 2]!,
      above: numbers[at + 3]!,
      counts: wholes.subarray(whole + 1, whole + 1 + wholes[whole]!),
    };
  }
}
