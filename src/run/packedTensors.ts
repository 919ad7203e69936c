/**
 * What was measured of many tensors as two blocks of numbers. A sampled step of a large model is millions of numbers: as
 * blocks they pass from process to process without a look at each.
 */
import type { Histogram, TensorStatistics } from "../protocol/index.ts";
import { Malformed } from "./codec.ts";

/**
 * One tensor after the other. Of each, `numbers` has count, mean, std, min, max, fraction of zeros, number of non-finite
 * values, the percentiles, each histogram's low, high, below and above, and the number of infinite values where there are
 * any; `wholes` has which histograms there are, whether percentiles are exact and whether values are infinite, the number of dimensions, their sizes, and of each histogram the number of bins and the counts.
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
const isExact = 1;
const hasFull = 2;
const hasInfinite = 4;
const allBits = isExact | hasFull | hasInfinite;

const mostDimensions = 64;
const mostBins = 1024;

export class TensorPacker {
  readonly #numbers = new Block<Float64Array>(new Float64Array(64));
  readonly #wholes = new Block<Uint32Array>(new Uint32Array(256));
  #count = 0;

  /** @returns the tensor's place among those that were added */
  add(tensor: TensorStatistics): number {
    if (tensor instanceof UnpackedTensor) {
      this.#numbers.append(tensor.packedNumbers);
      this.#wholes.append(tensor.packedWholes);
    } else {
      this.#addMeasured(tensor);
    }
    return this.#count++;
  }

  packed(): PackedTensors {
    return { count: this.#count, numbers: this.#numbers.values, wholes: this.#wholes.values };
  }

  #addMeasured({
    shape,
    count,
    mean,
    std,
    min,
    max,
    zeroFraction,
    nonFinite,
    infinite,
    percentiles: { values, exact },
    histogram,
    fullHistogram,
  }: TensorStatistics): void {
    this.#numbers.append([count, mean, std, min, max, zeroFraction, nonFinite]);
    for (let i = 0; i < percentiles; i++) this.#numbers.push(values[i]!);
    this.#wholes.push((exact ? isExact : 0) | (fullHistogram ? hasFull : 0) | (infinite ? hasInfinite : 0));
    this.#wholes.push(shape.length);
    this.#wholes.append(shape);
    this.#addHistogram(histogram);
    if (fullHistogram) this.#addHistogram(fullHistogram);
    if (infinite) this.#numbers.push(infinite);
  }

  #addHistogram({ low, high, below, above, counts }: Histogram): void {
    this.#numbers.append([low, high, below, above]);
    this.#wholes.push(counts.length);
    this.#wholes.append(counts);
  }
}

/** A typed array that grows. */
class Block<T extends Float64Array | Uint32Array> {
  #values: T;
  #length = 0;

  constructor(room: T) {
    this.#values = room;
  }

  push(value: number): void {
    if (this.#length === this.#values.length) this.#grow(1);
    this.#values[this.#length++] = value;
  }

  append(more: ArrayLike<number>): void {
    if (this.#length + more.length > this.#values.length) this.#grow(more.length);
    this.#values.set(more, this.#length);
    this.#length += more.length;
  }

  get values(): T {
    return this.#values.slice(0, this.#length) as T;
  }

  #grow(more: number): void {
    const grown = new (this.#values.constructor as new (length: number) => T)(2 * (this.#length + more));
    grown.set(this.#values);
    this.#values = grown;
  }
}

/** Where each tensor's numbers begin. */
interface Places {
  readonly numbers: Uint32Array;
  readonly wholes: Uint32Array;
}

function histogramsOf(bits: number): number {
  return bits & hasFull ? 2 : 1;
}

/** How many there are of a tensor in `numbers`. */
function numbersOf(bits: number): number {
  return moments + percentiles + histogramsOf(bits) * ofHistogram + (bits & hasInfinite ? 1 : 0);
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
    if (!(bits <= allBits) || !(dimensions <= mostDimensions)) throw new Malformed("not a packed tensor");
    const histograms = histogramsOf(bits);
    whole += 2 + dimensions;
    for (let i = 0; i < histograms; i++) {
      const bins = wholes[whole]!;
      if (!(bins > 0 && bins <= mostBins)) throw new Malformed("not a packed histogram");
      whole += 1 + bins;
    }
    for (const at of [number, number + moments - 1]) {
      if (!(Number.isSafeInteger(numbers[at]) && numbers[at]! >= 0)) throw new Malformed("not a number of values");
    }
    number += numbersOf(bits);
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

  /** All that is packed of it. */
  get packedNumbers(): Float64Array {
    return this.#packed.numbers.subarray(this.#number, this.#number + numbersOf(this.#bits));
  }

  get packedWholes(): Uint32Array {
    const { wholes } = this.#packed;
    let end = this.#afterShape;
    for (let histograms = histogramsOf(this.#bits); histograms > 0; histograms--) end += 1 + wholes[end]!;
    return wholes.subarray(this.#whole, end);
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

  get infinite(): number | undefined {
    return this.#bits & hasInfinite ? this.#packed.numbers[this.#number + numbersOf(this.#bits) - 1] : undefined;
  }

  get percentiles(): TensorStatistics["percentiles"] {
    const at = this.#number + moments;
    return { values: this.#packed.numbers.subarray(at, at + percentiles), exact: (this.#bits & isExact) !== 0 };
  }

  get histogram(): Histogram {
    return this.#histogramAt(0, this.#afterShape);
  }

  get fullHistogram(): Histogram | undefined {
    const { wholes } = this.#packed;
    if (!(this.#bits & hasFull)) return undefined;
    return this.#histogramAt(1, this.#afterShape + 1 + wholes[this.#afterShape]!);
  }

  get #bits(): number {
    return this.#packed.wholes[this.#whole]!;
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
