/** Which measured step the table and every chart show: chosen, the newest, or one after the other. */
import { useComputed, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { formatCount } from "../../src/run/numbers.ts";
import { keptText } from "../../src/run/samples.ts";
import { IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";
import { MeasuringOff } from "./measuringOff.tsx";
import { nextPlayed, play, withEnd, type Stretch } from "./playing.ts";
import { stepMenu } from "./stepMenu.ts";
import { StepSlider } from "./stepSlider.tsx";

/** The slider where there is more than one step to choose from; below it what one has to know of them. */
export function Steps({ store }: { store: Store }) {
  const run = useComputed(() => store.run.value?.runId).value;
  const kept = useComputed(() => store.samples.value.length).value;
  const measured = store.measuredSteps.value;
  return (
    <>
      {kept > 1 && <StepBar key={run} store={store} />}
      <div class="step-notes">
        {measured > kept && <p data-testid="steps-kept">{`${keptText(kept, measured)} are kept.`}</p>}
        <MeasuringOff store={store} />
      </div>
    </>
  );
}

function StepBar({ store }: { store: Store }) {
  const samples = store.samples.value;
  const index = store.sampleIndex.value;
  const sample = samples[index];
  const isPlaying = useSignal(false);
  const stretch = useSignal<Stretch | null>(null);
  const choose = (step: number | null) => store.dispatch({ type: "chooseStep", step });

  useEffect(() => {
    if (!isPlaying.value) return undefined;
    const advance = () => {
      const next = nextPlayed(store.samples.peek(), store.sampleIndex.peek(), stretch.peek());
      if (next !== null) choose(next);
    };
    return play(advance, () => (isPlaying.value = false));
  }, [isPlaying.value]);

  const setStretch = (end: "first" | "last" | null) => {
    if (sample) stretch.value = end === null ? null : withEnd(stretch.value, end, sample.step, samples);
  };
  // By hand one step is wanted, not the next and the next.
  const chooseByHand = (step: number | null) => {
    isPlaying.value = false;
    choose(step);
  };
  return (
    <div class="toolbar step-bar" role="group" aria-label="Measured steps" data-vscode-context={stepMenu(store, sample?.step)}>
      <IconButton
        icon={isPlaying.value ? "debug-pause" : "play"}
        label={isPlaying.value ? "Stop playing the measured steps" : "Play the measured steps, again and again"}
        pressed={isPlaying.value}
        disabled={samples.length < 2}
        testId="play-steps"
        onClick={() => (isPlaying.value = !isPlaying.value)}
      />
      <span class="step-readout" data-testid="shown-step" data-step={sample?.step}>
        {sample ? `Step ${formatCount(sample.step)}` : "No step"}
        {sample && <span class="muted"> · epoch {formatCount(sample.epoch + 1)}</span>}
      </span>
      <StepSlider
        samples={samples}
        index={index}
        stretch={stretch.value}
        interventions={store.run.value?.interventions ?? []}
        onChoose={chooseByHand}
        onStretch={setStretch}
        onPlay={() => (isPlaying.value = !isPlaying.value)}
      />
      <StretchButtons stretch={stretch.value} onStretch={setStretch} />
      <button
        type="button"
        class="text-toggle"
        aria-pressed={store.choices.value.step === null && !isPlaying.value}
        title="Always show the newest measured step"
        onClick={() => chooseByHand(null)}
        data-testid="newest-step"
      >
        newest
      </button>
    </div>
  );
}

function StretchButtons({ stretch, onStretch }: { stretch: Stretch | null; onStretch: (end: "first" | "last" | null) => void }) {
  return (
    <span class="stretch-buttons">
      <button type="button" class="text-toggle" aria-label="Play from this step" title="Play from this step" onClick={() => onStretch("first")}>
        [
      </button>
      <button type="button" class="text-toggle" aria-label="Play up to this step" title="Play up to this step" onClick={() => onStretch("last")}>
        ]
      </button>
      {stretch && (
        <button
          type="button"
          class="text-toggle"
          aria-label={`Play all steps again, not only those from ${formatCount(stretch[0])} to ${formatCount(stretch[1])}`}
          title="Play all steps again"
          onClick={() => onStretch(null)}
          data-testid="whole-stretch"
        >
          {`${formatCount(stretch[0])}–${formatCount(stretch[1])} ×`}
        </button>
      )}
    </span>
  );
}
