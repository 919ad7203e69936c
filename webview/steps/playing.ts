/** Going through the measured steps by itself: which comes next, and when. */
import type { StepStatistics } from "../../src/protocol/index.ts";

/** First and last step of the stretch that is played again and again. */
export type Stretch = readonly [first: number, last: number];

/** Milliseconds for one step; where motion is to be reduced, for those who look at one picture after the other. */
export const framePace = 100;
export const calmPace = 1_000;

/** The step after the one at `index`, within the stretch; behind its last comes its first. `null` if there is none. */
export function nextPlayed(samples: readonly StepStatistics[], index: number, stretch: Stretch | null): number | null {
  const played = stretch ? samples.filter(({ step }) => step >= stretch[0] && step <= stretch[1]) : samples;
  const shown = samples[index]?.step ?? -Infinity;
  const next = played.find(({ step }) => step > shown) ?? played[0];
  return next?.step ?? null;
}

/** The stretch with another end: the other stays, or moves along where it would be passed. */
export function withEnd(stretch: Stretch | null, end: "first" | "last", step: number, samples: readonly StepStatistics[]): Stretch {
  const [first, last] = stretch ?? [samples[0]?.step ?? step, samples.at(-1)?.step ?? step];
  return end === "first" ? [step, Math.max(step, last)] : [Math.min(step, first), step];
}

/**
 * Calls `advance` at a steady pace until it is ended; that it ends by itself where the page goes out of sight is told to `ended`.
 * @returns ends it
 */
export function play(advance: () => void, ended: () => void): () => void {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const timer = setInterval(advance, calm ? calmPace : framePace);
  const hide = () => document.hidden && ended();
  document.addEventListener("visibilitychange", hide);
  return () => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", hide);
  };
}
