import type { RunState } from "../../src/protocol/index.ts";
import { formatCount, formatDuration, formatNumber, formatRate } from "../../src/run/numbers.ts";
import type { FromPanel, PanelCommand } from "../../src/run/panelMessages.ts";
import type { RunSnapshot } from "../../src/run/snapshot.ts";
import { elapsedSeconds, hasStepped, isFinal, progressShare, standing } from "../../src/run/standing.ts";
import { fileName } from "../../src/run/text.ts";
import type { Store } from "../store.ts";
import { StepButtons } from "../control/stepping.tsx";
import { Icon, IconButton } from "./icon.tsx";

const stateLooks: Readonly<Record<RunState, Look>> = {
  starting: { icon: "loading", label: "Starting", spin: true },
  // Nothing that turns: without a graphics card, as in a container, it would take a tenth of a core from the training.
  running: { icon: "circle-filled", label: "Running" },
  paused: { icon: "debug-pause", label: "Paused" },
  stopping: { icon: "loading", label: "Stopping", spin: true },
  // Over, and no more: whether it went well is said below. VS Code marks a task that is done with the same sign, in no colour.
  finished: { icon: "check", label: "Finished" },
  stopped: { icon: "circle-slash", label: "Stopped" },
  failed: { icon: "error", label: "Failed" },
  interrupted: { icon: "debug-disconnect", label: "Ended when the window closed" },
};

/** States whose step is part of what they say. */
const saysWhere: ReadonlySet<RunState> = new Set(["paused", "stopped", "failed", "interrupted"]);

interface Look {
  readonly icon: string;
  readonly label: string;
  readonly spin?: boolean;
}

function lookOf(run: RunSnapshot): Look {
  if (run.inDebugger) return { icon: "debug-alt", label: "In the debugger" };
  const look = stateLooks[run.state];
  const step = standing(run)?.step;
  if (run.state === "running" && step === undefined) return { ...look, label: "Waiting for the first step" };
  if (saysWhere.has(run.state)) return step === undefined ? look : { ...look, label: `${look.label} after step ${formatCount(step)}` };
  if (run.state === "finished" && run.mode === "train" && !hasStepped(run)) return { icon: "info", label: "Ran without a training step" };
  return look;
}

export function Header({ store }: { store: Store }) {
  const run = store.run.value;
  if (!run) return null;
  return (
    <header class="header">
      <div class="header-file" title={run.file}>
        <span class="file-name" data-testid="panel-file">
          {fileName(run.file)}
        </span>
        {run.mode === "inspect" && <span class="muted"> · inspection</span>}
      </div>
      <StateLabel run={run} isRemembered={store.state.value.isRemembered} />
      {run.edited && run.mode === "train" && <Edited post={store.post} isTraining={!isFinal(run.state)} />}
      {(standing(run) || !isFinal(run.state)) && <Numbers run={run} />}
      <StepButtons store={store} run={run} />
      <Buttons run={run} store={store} />
      <ProgressLine run={run} />
    </header>
  );
}

function StateLabel({ run, isRemembered }: { run: RunSnapshot; isRemembered: boolean }) {
  const { icon, label, spin } = lookOf(run);
  return (
    <div
      class={`run-state ${run.state}`}
      role="status"
      data-testid="run-state"
      data-state={run.state}
      title={isRemembered ? `${label}; shown from before the window was reloaded` : label}
    >
      <Icon name={icon} spin={spin ?? false} />
      <span class="run-label">{label}</span>
    </div>
  );
}

function Edited({ post, isTraining }: { post: (message: FromPanel) => void; isTraining: boolean }) {
  return (
    <span class="notice" data-testid="edited">
      <span title="The file's text is another than the one that this run began with">Edited since it started</span>
      {" · "}
      <button type="button" class="link" onClick={() => post({ type: "command", command: "train" })} data-testid="command-restart">
        Restart
      </button>
      {isTraining && (
        <>
          {" · "}
          <button
            type="button"
            class="link"
            title="Begin the new text with the weights of now; what is kept, new and gone is shown first"
            onClick={() => post({ type: "command", command: "restartWithWeights" })}
            data-testid="command-restart-with-weights"
          >
            Restart with these weights
          </button>
        </>
      )}
    </span>
  );
}

function Numbers({ run }: { run: RunSnapshot }) {
  const { progress } = run;
  const now = standing(run);
  const remaining = isFinal(run.state) ? undefined : progress?.remainingSeconds;
  const epochs = progress?.epochs;
  const epoch = now ? `${formatCount(now.epoch + 1)}${epochs === undefined ? "" : ` / ${formatCount(epochs)}`}` : "–";
  return (
    <dl class="numbers">
      <Figure name="epoch" label="Epoch" value={epoch} />
      <Figure name="step" label="Step" value={now ? formatCount(now.step) : "–"} testId="step-value" raw={now?.step} />
      <Figure
        name="loss"
        label={now?.model === undefined ? "Loss" : `Loss of ${now.model}`}
        value={formatNumber(now?.loss)}
        testId="loss-value"
        raw={now?.loss}
      />
      <Figure name="rate" label="Steps/s" value={progress ? formatRate(progress.stepsPerSecond) : "–"} />
      {isFinal(run.state) ? (
        <Figure name="time" label="Took" value={formatDuration(elapsedSeconds(run))} />
      ) : (
        <Figure name="time" label="ETA" value={formatDuration(remaining)} />
      )}
    </dl>
  );
}

function Figure(props: { name: string; label: string; value: string; testId?: string; raw?: number | undefined }) {
  return (
    <div class={`figure ${props.name}`}>
      <dt>{props.label}</dt>
      <dd data-testid={props.testId} data-value={props.raw}>
        {props.value}
      </dd>
    </div>
  );
}

export interface ButtonLook {
  readonly command: PanelCommand;
  readonly icon: string;
  readonly label: string;
}

/** Two places that keep their size, so that nothing moves under the pointer and the focus stays where it was. */
function buttonsFor(state: RunState): readonly [ButtonLook, ButtonLook] {
  const stop: ButtonLook = { command: "stop", icon: "debug-stop", label: "Stop" };
  if (isFinal(state)) {
    return [
      { command: "train", icon: "play", label: "Train" },
      { command: "inspect", icon: "search", label: "Inspect" },
    ];
  }
  if (state === "paused") return [{ command: "resume", icon: "debug-continue", label: "Resume" }, stop];
  return [{ command: "pause", icon: "debug-pause", label: "Pause" }, stop];
}

function Buttons({ run: { state, onlyWatched }, store: { post, exportPage } }: { run: RunSnapshot; store: Store }) {
  const [first, second] = buttonsFor(state);
  const pausable = state !== "starting" && state !== "stopping";
  return (
    <div class="buttons">
      {!onlyWatched && <CommandButton look={first} post={post} primary={isFinal(state)} disabled={!pausable} />}
      {!onlyWatched && <CommandButton look={second} post={post} disabled={state === "stopping"} />}
      <IconButton icon="export" label="Export this panel as one HTML file" onClick={exportPage} testId="export-panel" />
    </div>
  );
}

export function CommandButton(props: { look: ButtonLook; post: (message: FromPanel) => void; primary?: boolean; disabled?: boolean }) {
  const { look, post, primary, disabled } = props;
  return (
    <button
      type="button"
      class={primary ? "button primary" : "button"}
      disabled={disabled}
      title={look.label}
      aria-label={look.label}
      onClick={() => post({ type: "command", command: look.command })}
      data-testid={`command-${look.command}`}
    >
      <Icon name={look.icon} />
      <span>{look.label}</span>
    </button>
  );
}

function ProgressLine({ run }: { run: RunSnapshot }) {
  const share = progressShare(run.progress);
  if (isFinal(run.state)) return <div class="progress-line" />;
  return (
    <div
      class={`progress-line ${share === undefined ? "unknown" : ""} ${run.state === "paused" || run.inDebugger ? "paused" : ""}`}
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share !== undefined && { "aria-valuenow": Math.round(share * 100) })}
    >
      <div class="progress-bar" style={share === undefined ? {} : { transform: `scaleX(${share})` }} />
    </div>
  );
}
