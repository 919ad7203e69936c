import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { isFinal } from "../../src/run/standing.ts";
import type { Store } from "../store.ts";
import { CommandButton } from "./header.tsx";
import { Icon } from "./icon.tsx";
import { ProblemList } from "./problems.tsx";

/** Nothing was run yet. */
export function Welcome({ store }: { store: Store }) {
  return (
    <main class="welcome" data-testid="welcome">
      <Icon name="layers" class="welcome-icon" />
      <p>Train or inspect a model to see inside it.</p>
      <div class="buttons">
        <CommandButton look={{ command: "train", icon: "play", label: "Train" }} post={store.post} primary />
        <CommandButton look={{ command: "inspect", icon: "search", label: "Inspect" }} post={store.post} />
      </div>
      <p class="muted">Training runs the file as it is. An inspection stops before the first optimizer step.</p>
    </main>
  );
}

/** A run without a model: it has only begun, or it came to nothing. */
export function NoModel({ store, run }: { store: Store; run: RunSnapshot }) {
  if (!isFinal(run.state)) {
    return (
      <main class="welcome">
        <p class="muted">Waiting for the first model…</p>
      </main>
    );
  }
  return (
    <main class="welcome">
      {run.problems.length > 0 ? (
        <div class="welcome-problems">
          <ProblemList store={store} problems={run.problems} />
        </div>
      ) : (
        <p>This run built no model.</p>
      )}
    </main>
  );
}
