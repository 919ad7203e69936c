/** Which epochs are marked at a chart of some width: as many as there is room for their names, at round numbers. Pure. */
import { isEvery, roundStride, type EpochStart } from "../../src/run/epochs.ts";
import { formatCount } from "../../src/run/numbers.ts";

/** Roughly, CSS pixels: a character of a label, and what is left free behind it. */
const [characterWidth, gap] = [5.5, 12];
/** The least room for the tick of an epoch without a label, CSS pixels. */
const tickRoom = 4;

export interface EpochMarks {
  readonly labelled: readonly EpochStart[];
  /** Those between, where there is room. */
  readonly ticks: readonly EpochStart[];
}

/** @param width of the chart, CSS pixels; below 0 where its axes alone don't fit */
export function epochMarks(epochs: readonly EpochStart[], [first, last]: readonly [number, number], width: number): EpochMarks {
  const inSight = epochs.filter(({ step }, i) => i > 0 && step > first && step <= last);
  const room = gap + characterWidth * inSight.reduce((longest, epoch) => Math.max(longest, epochLabel(epoch).length), 0);
  const labelled = everyFew(inSight, Math.max(0, width / room));
  const isLabelled = new Set(labelled);
  return { labelled, ticks: inSight.length * tickRoom > width ? [] : inSight.filter((epoch) => !isLabelled.has(epoch)) };
}

export function epochLabel({ epoch }: EpochStart): string {
  return `epoch ${formatCount(epoch + 1)}`;
}

function everyFew(epochs: readonly EpochStart[], most: number): readonly EpochStart[] {
  let kept = epochs;
  for (let place = 1; kept.length > most; place++) kept = epochs.filter(({ epoch }) => isEvery(roundStride(place), epoch));
  return kept;
}
