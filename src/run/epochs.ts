/** Where a run's epochs began, within bounds. */
import type { MetricPoint } from "../protocol/index.ts";
import { isTrainingLoss } from "./curveNames.ts";
import { thinEvenly } from "./thinning.ts";

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
  return all.length > limit ? thinEvenly(all.slice(-mostAtOnce), limit / 2) : all;
}

const mostAtOnce = 5_000;
