/** Chooses the measured step that everything shows: a slider over the run whose ticks are the measured steps. */
import type { StepStatistics } from "../../src/protocol/index.ts";
import { formatCount, plural } from "../../src/run/numbers.ts";
import { sampleAfterKey, sampleIndex } from "../shownSample.ts";

interface Props {
  samples: readonly StepStatistics[];
  /** Of the sample that is shown; -1 if there is none. */
  index: number;
  onChoose: (step: number) => void;
}

export function StepSlider({ samples, index, onChoose }: Props) {
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
    if (!next) return;
    event.preventDefault();
    onChoose(next.step);
  };
  return (
    <span class="step-slider">
      <svg class="step-ticks" viewBox={`${first} 0 ${Math.max(1, last - first)} 1`} preserveAspectRatio="none" aria-hidden="true">
        <path d={samples.map(({ step }) => `M${step} 0V1`).join("")} />
      </svg>
      <input
        type="range"
        min={first}
        max={last}
        step={1}
        value={sample?.step ?? 0}
        disabled={samples.length < 2}
        aria-label="Measured step"
        aria-valuetext={sample ? `step ${formatCount(sample.step)}, ${index + 1} of ${samples.length} measured` : "no step"}
        title={plural(samples.length, "measured step")}
        data-testid="step-slider"
        onInput={slide}
        onKeyDown={press}
      />
    </span>
  );
}
