/** What is measured and how often, with what that costs. */
import { useId } from "preact/hooks";
import type { WatchSettings } from "../../src/protocol/index.ts";
import { isSteerable } from "../../src/run/interventions.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import type { Store } from "../store.ts";

/** The budget's slider goes up to this share of the time. */
const mostBudget = 0.2;

export function Watched({ store, run }: { store: Store; run: RunSnapshot }) {
  const id = useId();
  const { watch } = run;
  const share = run.progress?.watchShare;
  const model = store.model.value;
  const module = store.module.value;
  if (!watch) return <p class="hint">It is shown here what is watched once the run has begun.</p>;
  const disabled = !isSteerable(run);
  const change = (changes: Partial<WatchSettings>) => store.post({ type: "steer", steering: { type: "watch", watch: { ...watch, ...changes } } });
  const choose = (what: WatchSettings["what"]) =>
    change({ what, modules: what === "chosen" && model && module ? [{ model: model.id, path: module.path }] : [] });
  const chosen = watch.what === "chosen" ? watch.modules[0]?.path : module?.path;
  const percent = Math.round(watch.budget * 1000) / 10;
  return (
    <fieldset class="options watched" disabled={disabled}>
      <div class="option">
        <label class="option-name" for={`${id}-what`}>
          Watch
        </label>
        <select
          id={`${id}-what`}
          class="select"
          value={watch.what}
          onChange={(event) => choose(event.currentTarget.value as WatchSettings["what"])}
          data-testid="watch-what"
        >
          <option value="all">all modules</option>
          <option value="chosen">{`only ${chosen || "the whole model"} and what is below it`}</option>
          <option value="off">nothing but the curves</option>
        </select>
      </div>
      <div class="option">
        <label class="option-name" for={`${id}-budget`}>
          At most
        </label>
        <input
          id={`${id}-budget`}
          type="range"
          min={0}
          max={mostBudget * 100}
          step={0.5}
          value={percent}
          disabled={disabled || watch.everyStep || watch.what === "off"}
          aria-valuetext={`${percent} % of the time`}
          onChange={(event) => change({ budget: Number(event.currentTarget.value) / 100 })}
          data-testid="watch-budget"
        />
        <span>{percent} % of the time</span>
      </div>
      <label class="option">
        <span class="option-name">Every step</span>
        <input
          type="checkbox"
          checked={watch.everyStep}
          disabled={disabled || watch.what === "off"}
          onChange={(event) => change({ everyStep: event.currentTarget.checked })}
          data-testid="watch-every"
        />
      </label>
      {share !== undefined && (
        <p class="muted" data-testid="watch-share" data-share={share}>
          Watching has taken {(share * 100).toFixed(1)} % of the time so far.
          {share > watch.budget && " The first steps are measured in any case."}
        </p>
      )}
    </fieldset>
  );
}
