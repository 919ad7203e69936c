/** Says that nothing is measured, where measured things are shown, with what switches it on. */
import { useComputed } from "@preact/signals";
import { isSteerable } from "../../src/run/interventions.ts";
import type { Store } from "../store.ts";

export function MeasuringOff({ store }: { store: Store }) {
  const watch = useComputed(() => store.run.value?.watch).value;
  const canChange = useComputed(() => store.run.value !== null && isSteerable(store.run.value)).value;
  if (watch?.what !== "off") return null;
  const switchOn = () => store.post({ type: "steer", steering: { type: "watch", watch: { ...watch, what: "all" } } });
  return (
    <p class="measuring-off" data-testid="measuring-off">
      <span>{canChange ? "Measuring is off." : "Measuring was off at the end of this run."}</span>
      {canChange && (
        <button type="button" class="link needs-editor" title="Measure all modules from the next step on" onClick={switchOn} data-testid="measure-on">
          Switch it on
        </button>
      )}
    </p>
  );
}
