/** `nn.utils.rnn`: sequences of different lengths in one tensor, padded or packed. */
import { ArgumentError, KindlingError } from "../../errors.ts";
import { full, tensor } from "../../ops/creation.ts";
import { indexSelect } from "../../ops/indexing.ts";
import { cat, stack } from "../../ops/join.ts";
import type { Int } from "../../ops/types.ts";
import { Tensor } from "../../tensor.ts";

/**
 * Sequences step by step: the first elements of all, then the second of those that have one, and so on; longest first.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.PackedSequence.html
 * @api nn.utils.rnn.PackedSequence
 */
export class PackedSequence {
  /** [elements of all sequences, …] */
  readonly data: Tensor;
  /** How many sequences have an element at each step. */
  readonly batchSizes: Tensor;
  /** Where each sequence of the packed order was in the user's, and the other way; `null` if they are the same. */
  readonly sortedIndices: Tensor | null;
  readonly unsortedIndices: Tensor | null;

  constructor(data: Tensor, batchSizes: Tensor, sortedIndices: Tensor | null = null, unsortedIndices: Tensor | null = null) {
    this.data = data;
    this.batchSizes = batchSizes;
    this.sortedIndices = sortedIndices;
    this.unsortedIndices = unsortedIndices ?? (sortedIndices === null ? null : invertPermutation(sortedIndices));
  }
}

/**
 * The permutation that undoes another.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.invert_permutation.html
 * @api nn.utils.rnn.invertPermutation
 */
export function invertPermutation(permutation: Tensor): Tensor {
  const places = new Int32Array(permutation.numel());
  permutation.toTypedArray().forEach((place, i) => (places[place] = i));
  return tensor(places);
}

/**
 * Packs padded sequences `[time, batch, …]` of the given lengths.
 * @param batchFirst `[batch, time, …]` instead
 * @param enforceSorted whether the sequences come longest first
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_padded_sequence.html
 * @api nn.utils.rnn.packPaddedSequence
 */
export function packPaddedSequence(input: Tensor, lengths: Tensor | readonly Int[], batchFirst = false, enforceSorted = true): PackedSequence {
  const sizes = lengths instanceof Tensor ? Array.from(lengths.toTypedArray()) : [...lengths];
  const batch = batchFirst ? input : input.transpose(0, 1);
  if (sizes.length !== batch.shape[0]) {
    throw new KindlingError(`Expected \`len(lengths)\` to be equal to batch_size, but got ${sizes.length} (batch_size=${batch.shape[0]})`);
  }
  if (sizes.some((size) => size <= 0))
    throw new KindlingError("Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0");
  const order = sizes.map((_, i) => i);
  if (enforceSorted) {
    if (sizes.some((size, i) => i > 0 && size > sizes[i - 1]!)) {
      throw new KindlingError(
        "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass `enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement if you do not need ONNX exportability.",
      );
    }
  } else {
    order.sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  }
  const sorted = order.map((i) => sizes[i]!);
  const time = batch.shape[1]!;
  const places: number[] = [];
  const batchSizes: number[] = [];
  for (let t = 0; t < (sorted[0] ?? 0); t++) {
    const count = sorted.filter((size) => size > t).length;
    batchSizes.push(count);
    for (let i = 0; i < count; i++) places.push(order[i]! * time + t);
  }
  const flat = batch.reshape(batch.shape[0]! * time, ...batch.shape.slice(2));
  const data = indexSelect(flat, 0, tensor(new Int32Array(places)));
  return new PackedSequence(data, tensor(new Int32Array(batchSizes)), enforceSorted ? null : tensor(new Int32Array(order)));
}

/**
 * The reverse of `packPaddedSequence`: padded sequences and their lengths.
 * @param batchFirst `[batch, time, …]` instead of `[time, batch, …]`
 * @param totalLength at least this many steps
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_packed_sequence.html
 * @api nn.utils.rnn.padPackedSequence
 */
export function padPackedSequence(
  sequence: PackedSequence | Tensor,
  batchFirst = false,
  paddingValue = 0,
  totalLength: Int | null = null,
): [padded: Tensor, lengths: Tensor] {
  if (!(sequence instanceof PackedSequence)) throw new ArgumentError("padPackedSequence expects a PackedSequence", "TypeError");
  const sizes = Array.from(sequence.batchSizes.toTypedArray());
  const count = sizes[0] ?? 0;
  if (totalLength !== null && totalLength < sizes.length) {
    throw new ArgumentError(
      `Expected total_length to be at least the length of the longest sequence in input, but got total_length=${totalLength} and max sequence length being ${sizes.length}`,
    );
  }
  const time = totalLength ?? sizes.length;
  const { data } = sequence;
  const padding = full([1, ...data.shape.slice(1)], paddingValue, { dtype: data.dtype });
  const extended = cat([data, padding], 0);
  const places = new Int32Array(time * count).fill(data.shape[0]!);
  let next = 0;
  sizes.forEach((size, t) => {
    for (let i = 0; i < size; i++) places[t * count + i] = next++;
  });
  const unsorted = sequence.unsortedIndices === null ? null : Array.from(sequence.unsortedIndices.toTypedArray());
  const ordered = unsorted === null ? places : places.map((_, i) => places[Math.floor(i / count) * count + unsorted[i % count]!]!);
  const padded = indexSelect(extended, 0, tensor(ordered)).reshape(time, count, ...data.shape.slice(1));
  const lengths = Array.from({ length: count }, (_, i) => sizes.filter((size) => size > (unsorted?.[i] ?? i)).length);
  return [batchFirst ? padded.transpose(0, 1) : padded, tensor(new Int32Array(lengths))];
}

/**
 * Sequences `[time, …]` of different lengths in one tensor `[time, batch, …]`.
 * @param batchFirst `[batch, time, …]` instead
 * @param paddingValue what the shorter ones are filled up with
 * @param paddingSide before or behind them
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pad_sequence.html
 * @api nn.utils.rnn.padSequence
 */
export function padSequence(sequences: readonly Tensor[], batchFirst = false, paddingValue = 0, paddingSide: "left" | "right" = "right"): Tensor {
  const longest = sequences.reduce((most, sequence) => Math.max(most, sequence.shape[0]!), 0);
  const padded = sequences.map((sequence) => {
    const rest = longest - sequence.shape[0]!;
    if (rest === 0) return sequence;
    const padding = full([rest, ...sequence.shape.slice(1)], paddingValue, { dtype: sequence.dtype });
    return cat(paddingSide === "right" ? [sequence, padding] : [padding, sequence], 0);
  });
  return stack(padded, batchFirst ? 0 : 1);
}

/**
 * The reverse of `padSequence`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpad_sequence.html
 * @api nn.utils.rnn.unpadSequence
 */
export function unpadSequence(paddedSequences: Tensor, lengths: Tensor | readonly Int[], batchFirst = false): Tensor[] {
  const batch = batchFirst ? paddedSequences : paddedSequences.transpose(0, 1);
  const sizes = lengths instanceof Tensor ? Array.from(lengths.toTypedArray()) : lengths;
  return sizes.map((size, i) => batch.select(0, i).narrow(0, 0, size));
}

/**
 * Packs a list of sequences `[time, …]`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.pack_sequence.html
 * @api nn.utils.rnn.packSequence
 */
export function packSequence(sequences: readonly Tensor[], enforceSorted = true): PackedSequence {
  return packPaddedSequence(
    padSequence(sequences),
    sequences.map((sequence) => sequence.shape[0]!),
    false,
    enforceSorted,
  );
}

/**
 * The reverse of `packSequence`.
 * @see https://pytorch.org/docs/stable/generated/torch.nn.utils.rnn.unpack_sequence.html
 * @api nn.utils.rnn.unpackSequence
 */
export function unpackSequence(packedSequences: PackedSequence): Tensor[] {
  const [padded, lengths] = padPackedSequence(packedSequences, true);
  return unpadSequence(padded, lengths, true);
}
