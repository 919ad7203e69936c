/** What was changed in the run, and a way back for each. */
import type { Intervention } from "../../src/protocol/index.ts";
import { interventionText, isSteerable, isUndone } from "../../src/run/interventions.ts";
import { formatCount } from "../../src/run/numbers.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { Icon } from "../frame/icon.tsx";
import type { Store } from "../store.ts";

/** Rows that are shown, the newest. */
const mostShown = 200;

export function Interventions({ store, run }: { store: Store; run: RunSnapshot }) {
  const { interventions, refusal } = run;
  return (
    <>
      {refusal !== undefined && (
        <p class="refusal" role="alert" data-testid="refusal">
          <Icon name="warning" /> {refusal}
        </p>
      )}
      {interventions.length === 0 ? (
        <p class="hint">Nothing was changed in this run.</p>
      ) : (
        <List store={store} run={run} shown={interventions.slice(-mostShown)} />
      )}
    </>
  );
}

function List({ store, run, shown }: { store: Store; run: RunSnapshot; shown: readonly Intervention[] }) {
  return (
    <table class="table interventions" data-testid="interventions">
      <thead>
        <tr>
          <th scope="col">From step</th>
          <th scope="col">Change</th>
          <th scope="col" />
        </tr>
      </thead>
      <tbody>
        {shown.toReversed().map((one) => {
          const text = interventionText(one);
          const undone = isUndone(one.id, run.interventions);
          return (
            <tr key={one.id} class={undone ? "undone" : undefined} data-testid="intervention" data-id={one.id} data-step={one.step}>
              <td>{formatCount(one.step)}</td>
              <td>
                {text}
                {undone && <span class="muted"> · undone</span>}
                {one.note !== undefined && <span class="note">{one.note}</span>}
              </td>
              <td>
                <button
                  type="button"
                  class="button small"
                  disabled={undone || !isSteerable(run)}
                  aria-label={`Undo: ${text}`}
                  onClick={() => store.post({ type: "steer", steering: { type: "undo", intervention: one.id } })}
                  data-testid="undo"
                >
                  Undo
                </button>
              </td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
