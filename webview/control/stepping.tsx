/** Leading a run on: batch by batch, module by module, to a step or an epoch; and where it stands. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { Destination } from "../../src/protocol/index.ts";
import { isSteerable, placeText } from "../../src/run/interventions.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { isFinal } from "../../src/run/standing.ts";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";

/** For the bar on top; nothing once the run is over. */
export function StepButtons({ store, run }: { store: Store; run: RunSnapshot }) {
  if (isFinal(run.state) || run.mode !== "train" || run.onlyWatched) return null;
  const advance = (to: Destination) => store.post({ type: "steer", steering: { type: "advance", to } });
  const disabled = !isSteerable(run);
  return (
    <div class="step-buttons" role="group" aria-label="Step">
      <IconButton icon="debug-step-over" label="Step one batch (F10)" disabled={disabled} onClick={() => advance({ kind: "batch" })} testId="step-batch" />
      <IconButton icon="debug-step-into" label="Step one module (F11)" disabled={disabled} onClick={() => advance({ kind: "module" })} testId="step-module" />
      <IconButton
        icon="debug-step-out"
        label="Step out of the module (Shift+F11)"
        disabled={disabled || !run.place?.module}
        onClick={() => advance({ kind: "out" })}
        testId="step-out"
      />
      <IconButton
        icon="pulse"
        label="Measure the next step"
        disabled={disabled}
        onClick={() => store.post({ type: "steer", steering: { type: "measure" } })}
        testId="measure-now"
      />
    </div>
  );
}

/** Where a paused run stands, with a way to the line. */
export function PlaceLine({ store, run }: { store: Store; run: RunSnapshot }) {
  const { place } = run;
  if (!place) return null;
  const position = place.module?.position;
  return (
    <p class="place" role="status" data-testid="place" data-step={place.step} data-module={place.module?.path}>
      <Icon name="debug-pause" /> Paused {placeText(place)}
      {position && (
        <>
          {" · "}
          <button type="button" class="link" onClick={() => store.post({ type: "reveal", position })}>
            line {position.line}
          </button>
        </>
      )}
      {place.waiting > 0 && <span class="muted"> · {place.waiting === 1 ? "1 change waits" : `${place.waiting} changes wait`} for the end of the step</span>}
    </p>
  );
}

export function RunTo({ store, run }: { store: Store; run: RunSnapshot }) {
  const kind = useSignal<"step" | "epoch">("step");
  const typed = useSignal("");
  const id = useId();
  // Steps count from 0, epochs from 1, as they are shown everywhere.
  const first = kind.value === "step" ? 0 : 1;
  const number = Number(typed.value);
  const isNumber = typed.value.trim() !== "" && Number.isSafeInteger(number) && number >= first;
  const isOver = isNumber && number < (kind.value === "step" ? stepToCome(run) : epochUnderWay(run));
  const isValid = isNumber && !isOver;
  const disabled = !isSteerable(run);
  const go = (event: Event) => {
    event.preventDefault();
    if (!isValid || disabled) return;
    const to: Destination = kind.value === "step" ? { kind: "step", step: number } : { kind: "epoch", epoch: number - 1 };
    store.post({ type: "steer", steering: { type: "advance", to } });
  };
  return (
    <form class="run-to" onSubmit={go}>
      <label for={id}>Run to</label>
      <select
        class="select"
        aria-label="What to run to"
        value={kind.value}
        disabled={disabled}
        onChange={(event) => (kind.value = event.currentTarget.value as "step" | "epoch")}
        data-testid="run-to-kind"
      >
        <option value="step">step</option>
        <option value="epoch">epoch</option>
      </select>
      <input
        id={id}
        class="field"
        inputMode="numeric"
        value={typed.value}
        disabled={disabled}
        aria-invalid={typed.value !== "" && !isValid}
        onInput={(event) => (typed.value = event.currentTarget.value)}
        data-testid="run-to-number"
      />
      <button type="submit" class="button small" disabled={disabled || !isValid} data-testid="run-to-go">
        Go
      </button>
      <span class="muted" role="status" data-testid="run-to-hint">
        {isOver ? `That ${kind.value} is over.` : "It pauses before it."}
      </span>
    </form>
  );
}

/** The first step that can still be paused before, from 0. */
function stepToCome({ place, progress }: RunSnapshot): number {
  if (place) return place.module ? place.step + 1 : place.step;
  return progress?.step ?? 0;
}

/** From 1. */
function epochUnderWay({ place, progress }: RunSnapshot): number {
  return (place?.epoch ?? progress?.epoch ?? 0) + 1;
}
