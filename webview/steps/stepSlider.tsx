/** Chooses the measured step that everything shows: a slider over the run whose ticks are the measured steps. */
import type { Intervention, StepStatistics } from "../../src/protocol/index.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { sampleAfterKey, sampleIndex } from "../shownSample.ts";
import type { Stretch } from "./playing.ts";

interface Props {
  samples: readonly StepStatistics[];
  /** Of the sample that is shown; -1 if there is none. */
  index: number;
  stretch: Stretch | null;
  interventions: readonly Intervention[];
  onChoose: (step: number) => void;
  onStretch: (end: "first" | "last" | null) => void;
  onPlay: () => void;
}

export function StepSlider({ samples, index, stretch, interventions, onChoose, onStretch, onPlay }: Props) {
  const sample = samples[index];
  const first = samples[0]?.step ?? 0;
  const last = samples.at(-1)?.step ?? 0;

  const slide = (event: Event & { currentTarget: HTMLInputElement }) => {
    const nearest = samples[sampleIndex(samples, Number(event.currentTarget.value))];
    if (!nearest) return;
    // Between two ticks the thumb goes to the nearer one, also when that is where it was.
    event.currentTarget.value = String(nearest.step);
    onChoose(nearest.step);
  };
  const press = (event: KeyboardEvent & { currentTarget: HTMLInputElement }) => {
    const next = samples[sampleAfterKey(event.key, index, samples.length) ?? -1];
    if (next) onChoose(next.step);
    else if (event.key === "[") onStretch("first");
    else if (event.key === "]") onStretch("last");
    else if (event.key === "Escape") onStretch(null);
    else if (event.key === " ") onPlay();
    else return;
    event.preventDefault();
  };
  return (
    <span class="step-slider">
      <svg class="step-ticks" viewBox={`${first} 0 ${Math.max(1, last - first)} 1`} preserveAspectRatio="none" aria-hidden="true">
        {stretch && <rect class="stretch" x={stretch[0]} width={Math.max(0, stretch[1] - stretch[0])} y={0} height={1} data-testid="stretch" />}
        <path d={samples.map(({ step }) => `M${step} 0V1`).join("")} />
        {interventions.map(({ id, step, target }) => (
          <line key={id} class="intervention" x1={step} x2={step} y1={-2} y2={1} data-testid="slider-intervention">
            <title>{`${target} was changed before step ${formatCount(step)}`}</title>
          </line>
        ))}
      </svg>
      <input
        type="range"
        min={first}
        max={last}
        step={1}
        value={sample?.step ?? 0}
        disabled={samples.length < 2}
        aria-label="Measured step"
        aria-valuetext={
          sample ? `step ${formatCount(sample.step)}, epoch ${formatCount(sample.epoch + 1)}, ${index + 1} of ${samples.length} measured` : "no step"
        }
        title={`${plural(samples.length, "measured step")}. Arrow keys go from one to the next, space plays them, [ and ] set where playing begins and ends.`}
        data-testid="step-slider"
        onInput={slide}
        onKeyDown={press}
      />
    </span>
  );
}
