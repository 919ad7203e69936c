/** What can be done to a run while it goes on. */
import { isSteerable } from "../../src/run/interventions.ts";
import { isFinal } from "../../src/run/standing.ts";
import type { Store } from "../store.ts";
import { Interventions } from "./interventions.tsx";
import { Dropouts, Optimizers } from "./optimizer.tsx";
import { PlaceLine, RunTo } from "./stepping.tsx";
import { Watched } from "./watched.tsx";

export function ControlPane({ store }: { store: Store }) {
  const run = store.run.value;
  const model = store.model.value;
  if (!run) return null;
  return (
    <div class="control-pane" data-testid="control-pane">
      {!isSteerable(run) && (
        <p class="hint" data-testid="not-steerable">
          {isFinal(run.state) ? "The run is over. While one trains, it can be changed here." : "The run can be changed here as soon as it trains."}
        </p>
      )}
      <PlaceLine store={store} run={run} />
      <section class="control-section" aria-labelledby="control-options">
        <h2 id="control-options">Optimizer</h2>
        <Optimizers store={store} run={run} />
        {model && <Dropouts store={store} run={run} model={model} />}
      </section>
      <section class="control-section" aria-labelledby="control-changes">
        <h2 id="control-changes">Changes</h2>
        <Interventions store={store} run={run} />
      </section>
      <section class="control-section" aria-labelledby="control-way">
        <h2 id="control-way">Go on</h2>
        <RunTo store={store} run={run} />
      </section>
      <section class="control-section" aria-labelledby="control-watch">
        <h2 id="control-watch">Watching</h2>
        <Watched store={store} run={run} />
      </section>
    </div>
  );
}
