/** Where the steps of runs lie on an axis that they share. Pure. */
import type { ComparedRun, StepTime } from "../../src/run/comparison.ts";
import type { EpochStart } from "../../src/run/epochs.ts";
import { formatCount, formatNumber } from "../../src/run/numbers.ts";
import { indexAt, Series } from "../../src/run/series.ts";
import type { Across } from "../curves/curveStore.ts";

export const alignments = ["steps", "epochs", "seconds"] as const;
export type Alignment = (typeof alignments)[number];

/** Parts of an epoch or of a second, so that places are whole. */
const parts = 1_000;

export const acrosses: Readonly<Record<Alignment, Across>> = {
  steps: { name: "steps", title: "Step", per: 1, text: (place) => `step ${formatCount(place)}` },
  epochs: { name: "epochs", title: "Epochs", per: parts, text: (place) => `after ${formatNumber(place / parts)} epochs` },
  seconds: { name: "seconds", title: "Seconds", per: parts, text: (place) => `after ${formatNumber(place / parts)} s` },
};

/** The same curve over what the runs are aligned by. */
export function aligned(series: Series, run: ComparedRun, by: Alignment): Series {
  const { stepsBefore = 0 } = run;
  if (by === "steps") return stepsBefore === 0 ? series : series.shifted(stepsBefore);
  const place = by === "epochs" ? placesOfEpochs(run) : placesOfTime(run);
  let last = 0;
  // Epochs that begin anew with another model go on where those before ended.
  return Series.of([...series].map(({ step, epoch, value }) => ({ step: (last = Math.max(last, Math.round(place(step)))), epoch, value })));
}

type Place = (step: number) => number;

function placesOfEpochs({ run }: ComparedRun): Place {
  const { epochs } = run;
  const steps = newestStep(run.curves) + 1;
  const [last, before] = [epochs.at(-1), epochs.at(-2)];
  if (!last) return (step) => (parts * step) / steps;
  const length = before && last.epoch > before.epoch ? (last.step - before.step) / (last.epoch - before.epoch) : steps - last.step;
  const end: EpochStart = { step: last.step + Math.max(1, length), epoch: last.epoch + 1 };
  return between([...epochs, end].map(({ step, epoch }) => [step, epoch * parts]));
}

function placesOfTime({ clock, run }: ComparedRun): Place {
  const { progress } = run;
  const end: StepTime[] = progress && progress.step > (clock.at(-1)?.step ?? 0) ? [progress] : [];
  return between([[0, 0], ...[...clock, ...end].map(({ step, elapsed }) => [step, elapsed] as const)]);
}

function newestStep(curves: ComparedRun["run"]["curves"]): number {
  return Math.max(0, ...[...curves.values()].map(({ last }) => last?.step ?? 0));
}

/** On straight lines from point to point, and beyond the last at the pace of the last. */
function between(points: readonly (readonly [step: number, place: number])[]): Place {
  const steps = points.map(([step]) => step);
  if (points.length < 2) return (step) => step;
  return (step) => {
    const at = Math.min(points.length - 2, Math.max(0, indexAt(steps, step)));
    const [[from, low], [to, high]] = [points[at]!, points[at + 1]!];
    return to > from ? low + ((step - from) / (to - from)) * (high - low) : high;
  };
}
