import { useComputed } from "@preact/signals";
import type { RunState } from "../../src/protocol/index.ts";
import { fileName } from "../../src/run/text.ts";
import type { Store } from "../store.ts";
import { CommandButton } from "./header.tsx";
import { Icon } from "./icon.tsx";

/** Nothing was run yet. */
export function Welcome({ store }: { store: Store }) {
  const file = useComputed(() => store.state.value.file).value;
  return (
    <main class="welcome" data-testid="welcome">
      <Icon name="layers" class="welcome-icon" />
      <p>Train or inspect {file === null ? "a model" : <b data-testid="panel-file">{fileName(file)}</b>} to see inside it.</p>
      <div class="buttons">
        <CommandButton look={{ command: "train", icon: "play", label: "Train" }} post={store.post} primary />
        <CommandButton look={{ command: "inspect", icon: "search", label: "Inspect" }} post={store.post} />
      </div>
      <p class="muted">Training runs the file as it is. An inspection stops before the first optimizer step.</p>
    </main>
  );
}

const withoutModel: Readonly<Record<RunState, string>> = {
  starting: "Reading the file.",
  running: "Waiting for the first forward pass, which shows the model.",
  paused: "Paused before the first forward pass.",
  stopping: "Stopping.",
  finished: "This run called no model.",
  stopped: "Stopped before the first forward pass.",
  failed: "Failed before the first forward pass.",
  interrupted: "The window closed before the first forward pass.",
};

/** A run without a model: it has only begun, or it came to nothing. */
export function NoModel({ store }: { store: Store }) {
  const { run, isRemembered } = store.state.value;
  if (!run) return null;
  return (
    <main class="welcome">
      <p class="muted" data-testid="no-model">
        {isRemembered ? `The modules of ${fileName(run.file)} were too many to be kept while the window was loaded anew.` : withoutModel[run.state]}
      </p>
    </main>
  );
}
