/** What a loss says of a model's outputs: which class each sample got, and which it should have. */
import type { ComputedLoss } from "../../engine/instrument.ts";
import type { Tensor } from "../../engine/tensor.ts";
import type { Meaning, Outcome, Piece } from "../../protocol/index.ts";
import { floatsOf } from "./pieces.ts";

/** What is kept of a loss; it holds no graph. */
export type KnownLoss = Pick<ComputedLoss, "name" | "target" | "each">;

/** Predictions and labels of every position that a loss compares: one for each sample, or several. */
export interface Compared {
  readonly meaning: Meaning;
  /** Number of classes; of values for each sample. */
  readonly width: number;
  readonly labels: Float32Array;
  readonly predictions: Float32Array;
  /** Positions whose label counts for nothing. */
  isIgnored(position: number): boolean;
  /** The probability of each class, of yes, or the values. */
  scores(position: number): Float32Array;
}

/** Losses of scores, one for each class: how a class's score becomes its probability. */
const ofClasses: Readonly<Record<string, (scores: Float32Array) => Float32Array>> = {
  crossEntropy: softmax,
  nllLoss: (scores) => scores.map(Math.exp),
  multiMarginLoss: (scores) => scores,
};

/** Losses of yes and no: how a value becomes the probability of yes. */
const ofYesAndNo: Readonly<Record<string, (value: number) => number>> = {
  binaryCrossEntropy: (value) => value,
  binaryCrossEntropyWithLogits: sigmoid,
  softMarginLoss: sigmoid,
};

/** @param input what the loss was, or would be, given for these targets */
export function compare(name: string, input: Tensor, target: Tensor): Compared {
  const probabilities = ofClasses[name];
  if (probabilities && input.dim() > 0) return compareClasses(input, target, probabilities);
  const probability = ofYesAndNo[name];
  return probability ? compareYesAndNo(input, target, probability) : compareValues(input, target);
}

function compareClasses(input: Tensor, target: Tensor, probabilities: (scores: Float32Array) => Float32Array): Compared {
  const dimension = input.dim() === 1 ? 0 : 1;
  const width = input.shape[dimension]!;
  const inner = input.shape.slice(dimension + 1).reduce((product, size) => product * size, 1);
  const values = floatsOf(input);
  const labels = floatsOf(target);
  const areShares = target.dtype === "float32" && target.numel() === input.numel();
  const positions = width === 0 ? 0 : values.length / width;
  const begin = (position: number): number => Math.floor(position / inner) * width * inner + (position % inner);
  return {
    meaning: "classes",
    width,
    labels: areShares ? largest(labels, positions, width, inner) : labels,
    predictions: largest(values, positions, width, inner),
    isIgnored: (position) => !areShares && !(labels[position]! >= 0 && labels[position]! < width),
    scores: (position) => probabilities(Float32Array.from({ length: width }, (_, k) => values[begin(position) + k * inner]!)),
  };
}

/** Of each position the class with the largest value; the first of equal ones, as PyTorch's `argmax`, and of NaN. */
function largest(values: Float32Array, positions: number, width: number, inner: number): Float32Array {
  const found = new Float32Array(positions);
  for (let position = 0; position < positions; position++) {
    const start = Math.floor(position / inner) * width * inner + (position % inner);
    let best = 0;
    let most = values[start]!;
    for (let k = 1; k < width && !Number.isNaN(most); k++) {
      const value = values[start + k * inner]!;
      if (value > most || Number.isNaN(value)) {
        best = k;
        most = value;
      }
    }
    found[position] = best;
  }
  return found;
}

function compareYesAndNo(input: Tensor, target: Tensor, probability: (value: number) => number): Compared {
  const values = floatsOf(input).map(probability);
  return {
    meaning: "binary",
    width: 2,
    labels: floatsOf(target).map((label) => Number(label > 0.5)),
    predictions: values.map((value) => Number(value > 0.5)),
    isIgnored: () => false,
    scores: (position) => values.subarray(position, position + 1),
  };
}

function compareValues(input: Tensor, target: Tensor): Compared {
  const values = floatsOf(input);
  return {
    meaning: "values",
    width: 1,
    labels: floatsOf(target),
    predictions: values,
    isIgnored: () => false,
    scores: (position) => values.subarray(position, position + 1),
  };
}

export function softmax(scores: Float32Array): Float32Array {
  const high = scores.reduce((most, score) => Math.max(most, score), -Infinity);
  const powers = scores.map((score) => Math.exp(score - high));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}

export function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}

/** Of one sample at most so many labels and predictions are shown, and scores. */
const mostPositions = 64;
const mostScores = 64;

/**
 * What came out for a batch.
 * @param samples in the batch
 * @param shown how many of them are told one by one
 * @param chosen whose scores are told
 */
export function outcomeOf({ name, each }: KnownLoss, input: Tensor, target: Tensor, samples: number, shown: number, chosen: number): Outcome {
  const compared = compare(name, input, target);
  const { meaning, width, labels, predictions } = compared;
  const positions = Math.max(1, Math.floor(labels.length / samples));
  const losses = lossesOf(each(input, target), samples);
  const last = (chosen + 1) * positions - 1;
  const scores = meaning === "values" ? predictions.subarray(chosen * positions, (chosen + 1) * positions) : compared.scores(last);
  return {
    meaning,
    width: meaning === "values" ? positions : width,
    loss: name,
    labels: rows(labels, shown, positions),
    predictions: rows(predictions, shown, positions),
    losses: losses.slice(0, shown),
    meanLoss: losses.reduce((sum, loss) => sum + loss, 0) / Math.max(1, losses.length),
    scores: scores.slice(0, mostScores),
    ...(meaning === "values" ? {} : { accuracy: accuracy(compared) }),
  };
}

function rows(values: Float32Array, count: number, positions: number): Piece {
  const width = Math.min(positions, mostPositions);
  return { shape: [count, width], values: Float32Array.from({ length: count * width }, (_, i) => values[Math.floor(i / width) * positions + (i % width)]!) };
}

/** Of the positions that count, the share that is right. */
function accuracy({ labels, predictions, isIgnored }: Compared): number {
  let count = 0;
  let right = 0;
  for (let i = 0; i < labels.length; i++) {
    if (isIgnored(i)) continue;
    count++;
    if (labels[i] === predictions[i]) right++;
  }
  return right / count;
}

/** Of each sample the mean of its losses. @param each unreduced */
export function lossesOf(each: Tensor, samples: number): Float32Array {
  const values = floatsOf(each);
  const positions = Math.max(1, Math.floor(values.length / samples));
  return Float32Array.from({ length: Math.min(samples, values.length) }, (_, i) => {
    let sum = 0;
    for (let k = 0; k < positions; k++) sum += values[i * positions + k]!;
    return sum / positions;
  });
}
