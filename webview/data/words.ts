/** What the Data tab says of classes, predictions and states. Pure. */
import type { Ablation, Batch, Look, LookFailure, Meaning, ModelInfo, Outcome, Tally } from "../../src/protocol/index.ts";
import { formatCount, formatNumber, formatPercent, plural } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";

/** A label or a prediction: a class's number, yes or no, or a value. */
export function answerText(meaning: Meaning, value: number | undefined): string {
  if (value === undefined) return "–";
  if (meaning === "binary") return value > 0.5 ? "yes" : "no";
  return meaning === "classes" ? formatCount(value) : formatNumber(value, 3);
}

/** What is said of one sample of a batch. */
export interface Verdict {
  readonly label: string;
  readonly prediction: string;
  /** In a few characters. */
  readonly short: string;
  /** `undefined` where nothing is right or wrong: values. */
  readonly isRight: boolean | undefined;
  readonly loss: number;
}

export function verdictOf({ meaning, labels, predictions, losses }: Outcome, sample: number): Verdict | undefined {
  const [count, positions] = labels.shape as [number, number];
  if (sample >= count) return undefined;
  const part = (values: Float32Array): Float32Array => values.subarray(sample * positions, (sample + 1) * positions);
  const [own, said] = [part(labels.values), part(predictions.values)];
  const right = own.reduce((sum, label, i) => sum + Number(label === said[i]), 0);
  const text = (values: Float32Array): string =>
    [...values.slice(0, mostTold)].map((value) => answerText(meaning, value)).join(" ") + (values.length > mostTold ? " …" : "");
  const isRight = meaning === "values" ? undefined : right === own.length;
  const several = isRight === undefined ? text(said.subarray(0, 2)) : `${right}/${own.length}`;
  const one = isRight === false ? `${text(own)} ≠ ${text(said)}` : text(said);
  return { label: text(own), prediction: text(said), short: own.length > 1 ? several : one, isRight, loss: losses[sample]! };
}

const mostTold = 8;

/** Why there is no batch yet, or no more; what to do. */
export function emptyText(run: RunSnapshot, failure: LookFailure | undefined): string {
  if (failure) return failure.message;
  if (run.mode === "inspect") return "An inspection ends before its first step. Train the model to follow samples through it.";
  if (run.state === "starting") return "Waiting for the first batch…";
  if (run.state === "running" || run.state === "paused") return "Waiting for the next batch…";
  if (run.state === "failed") return "The run failed before a batch could be looked at.";
  return "No batch of this run was kept. Train again with this tab open.";
}

export function batchText({ step, epoch, count, shape, kind }: Batch): string {
  return `Batch of step ${formatCount(step)}, epoch ${formatCount(epoch + 1)}: ${plural(count, kindNames[kind][0], kindNames[kind][1])}, input [${shape.join(", ")}]`;
}

const kindNames = { images: ["image", "images"], points: ["point", "points"], sequences: ["sequence", "sequences"], rows: ["row", "rows"] } as const;

/** When the model was looked at, and how often it will be. */
export function paceText({ step, cost, interval }: Look, run: RunSnapshot, follow: boolean): string {
  const at = `The model before step ${formatCount(step)}`;
  if (run.state === "paused") return `${at}, paused`;
  if (run.state !== "running") return `${at}, the last one that was looked at. The run has ended: train again to look further.`;
  if (!follow || interval === undefined) return at;
  if (interval > tooLong) return `${at}. A look takes ${formatNumber(cost, 2)} ms, too long to follow live: press Look Again`;
  return `${at}, followed every ${formatNumber(interval / 1_000, 2)} s`;
}

/** Milliseconds; whoever waits longer for the next look isn't following. */
const tooLong = 20_000;

export function ablationText({ module, part, index }: Ablation, model: ModelInfo): string {
  const { path, type } = model.modules[module] ?? { path: "", type: "" };
  const unit = part === "head" ? "head" : /^(Conv|BatchNorm|MaxPool|AvgPool)/.test(type) ? "channel" : "unit";
  return `${unit} ${formatCount(index)} of ${path || type}`;
}

/** `loss 0.21 → 1.84` */
export function changeText(name: string, before: number, after: number): string {
  return `${name} ${formatNumber(before)} → ${formatNumber(after)}`;
}

export function tallyText({ pass, epoch, count, right, isPartial, meaning }: Tally, run: RunSnapshot): string {
  const what = pass === "training" ? "Training" : "Evaluation";
  const share = meaning === "values" ? "" : `, ${formatPercent(right / count)} right`;
  const ofAll = run.progress?.epochs === undefined ? "" : ` of ${formatCount(run.progress.epochs)}`;
  return `${what}, epoch ${formatCount(epoch + 1)}${ofAll}: ${plural(count, "label")}${isPartial ? " of some batches" : ""}${share}`;
}
