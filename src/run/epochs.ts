/** Where a run's epochs began, within bounds. */
import type { MetricPoint } from "../protocol/index.ts";
import { isTrainingLoss } from "./curveNames.ts";

export interface EpochStart {
  /** The first step of the epoch. */
  readonly step: number;
  /** From 0. Begins anew where another model is trained. */
  readonly epoch: number;
}

/** @returns `starts` itself where no epoch began */
export function addEpochs(starts: readonly EpochStart[], points: readonly MetricPoint[], limit: number): readonly EpochStart[] {
  let last = starts.at(-1);
  const added: EpochStart[] = [];
  for (const { name, step, epoch } of points) {
    if (epoch === last?.epoch || !isTrainingLoss(name)) continue;
    last = { step, epoch };
    added.push(last);
  }
  if (added.length === 0) return starts;
  const all = [...starts, ...added];
  // Room for as many again, so that this work is done once in many events.
  return all.length > limit ? thinEpochs(all, limit / 2) : all;
}

/**
 * Where there are more than `limit` (at least 2): every second, fifth, tenth … as people count them, from 1, so that what
 * stays has round numbers and doesn't change as more come. The first and the last always stay.
 * @returns `starts` itself where they are few enough
 */
export function thinEpochs<T extends EpochStart>(starts: readonly T[], limit: number): readonly T[] {
  if (starts.length <= limit) return starts;
  const end = starts.length - 1;
  const most = starts.reduce((largest, { epoch }) => Math.max(largest, epoch), 0);
  for (let place = 1; roundStride(place) <= most + 1; place++) {
    const kept = starts.filter(({ epoch }, i) => i === 0 || i === end || isEvery(roundStride(place), epoch));
    if (kept.length <= limit) return kept;
  }
  // Very many trainings of few epochs each.
  const every = Math.ceil(starts.length / Math.max(1, limit - 1));
  return starts.filter((_, i) => i % every === 0 || i === end);
}

/** 1, 2, 5, 10, 20, 50 … for 0, 1, 2 … */
export function roundStride(place: number): number {
  return [1, 2, 5][place % 3]! * 10 ** Math.floor(place / 3);
}

/** @param epoch from 0 */
export function isEvery(stride: number, epoch: number): boolean {
  return (epoch + 1) % stride === 0;
}
