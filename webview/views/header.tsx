import type { FromPanel, RunState } from "../../src/protocol/index.ts";
import { fileName, formatCount, formatDuration, formatNumber, formatRate } from "../format.ts";
import { hasStepped, lossTrouble, standing } from "../standing.ts";
import { isOver, type RunView } from "../state.ts";
import type { Store } from "../store.ts";
import { Icon } from "./icon.tsx";

const stateLooks: Readonly<Record<RunState, Look>> = {
  starting: { icon: "loading", label: "Starting", spin: true },
  // Nothing that turns: without a graphics card, as in a container, it would take a tenth of a core from the training.
  running: { icon: "circle-filled", label: "Running" },
  paused: { icon: "debug-pause", label: "Paused" },
  stopping: { icon: "loading", label: "Stopping", spin: true },
  finished: { icon: "pass", label: "Finished" },
  stopped: { icon: "circle-slash", label: "Stopped" },
  failed: { icon: "error", label: "Failed" },
  interrupted: { icon: "debug-disconnect", label: "Ended when the window closed" },
};

interface Look {
  readonly icon: string;
  readonly label: string;
  readonly spin?: boolean;
  /** The end that people hope for; only that is green. */
  readonly good?: boolean;
}

function lookOf(run: RunView): Look {
  const look = stateLooks[run.state];
  if (run.state === "interrupted") {
    const step = standing(run)?.step;
    return step === undefined ? look : { ...look, label: `${look.label}, step ${formatCount(step)}` };
  }
  if (run.state !== "finished") return look;
  if (run.mode === "train" && !hasStepped(run)) return { icon: "info", label: "Ran without a training step" };
  return lossTrouble(run) ? { ...look, icon: "warning" } : { ...look, good: true };
}

export function Header({ store }: { store: Store }) {
  const run = store.run.value;
  if (!run) return null;
  return (
    <header class="header">
      <div class="header-file" title={run.file}>
        <span class="file-name">{fileName(run.file)}</span>
        {run.mode === "inspect" && <span class="muted"> · inspection</span>}
      </div>
      <StateLabel run={run} />
      <Notices run={run} post={store.post} />
      {(standing(run) || !isOver(run.state)) && <Numbers run={run} />}
      <Buttons state={run.state} post={store.post} />
      <ProgressLine run={run} />
    </header>
  );
}

function StateLabel({ run }: { run: RunView }) {
  const { icon, label, spin, good } = lookOf(run);
  return (
    <div
      class={`run-state ${run.state}${good ? " good" : ""}`}
      role="status"
      data-testid="run-state"
      data-state={run.state}
      title={run.remembered ? `${label}; shown from before the window was reloaded` : label}
    >
      <Icon name={icon} spin={spin ?? false} />
      <span class="run-label">{label}</span>
    </div>
  );
}

/** What else must be known of the run: its loss is no number, or its text is not the file's any more. */
function Notices({ run, post }: { run: RunView; post: (message: FromPanel) => void }) {
  const trouble = lossTrouble(run);
  const edited = run.edited && run.mode === "train";
  if (!trouble && !edited) return null;
  return (
    <div class="notices">
      {trouble && (
        <span class="notice trouble" role="status" title={trouble} data-testid="loss-trouble">
          <Icon name="warning" />
          <span>{trouble}</span>
        </span>
      )}
      {edited && (
        <span class="notice" data-testid="edited">
          <span title="The file's text is another than the one that this run began with">Edited since it started</span>
          {" · "}
          <button type="button" class="link" onClick={() => post({ type: "command", command: "train" })} data-testid="command-restart">
            Restart
          </button>
        </span>
      )}
    </div>
  );
}

function Numbers({ run }: { run: RunView }) {
  const { progress } = run;
  const now = standing(run);
  const remaining = isOver(run.state) ? undefined : progress?.remainingSeconds;
  const epochs = progress?.epochs;
  const epoch = now ? `${formatCount(now.epoch + 1)}${epochs === undefined ? "" : ` / ${formatCount(epochs)}`}` : "–";
  return (
    <dl class="numbers">
      <Figure name="epoch" label="Epoch" value={epoch} />
      <Figure name="step" label="Step" value={now ? formatCount(now.step) : "–"} testId="step-value" raw={now?.step} />
      <Figure name="loss" label="Loss" value={formatNumber(now?.loss)} testId="loss-value" raw={now?.loss} />
      <Figure name="rate" label="Steps/s" value={progress ? formatRate(progress.stepsPerSecond) : "–"} />
      {isOver(run.state) ? (
        <Figure name="time" label="Took" value={formatDuration(progress ? progress.elapsed / 1000 : undefined)} />
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

type Command = Extract<FromPanel, { type: "command" }>["command"];

export interface ButtonLook {
  readonly command: Command;
  readonly icon: string;
  readonly label: string;
}

/** Two places that keep their size, so that nothing moves under the pointer and the focus stays where it was. */
function buttonsFor(state: RunState): readonly [ButtonLook, ButtonLook] {
  const stop: ButtonLook = { command: "stop", icon: "debug-stop", label: "Stop" };
  if (isOver(state)) {
    return [
      { command: "train", icon: "play", label: "Train" },
      { command: "inspect", icon: "search", label: "Inspect" },
    ];
  }
  if (state === "paused") return [{ command: "resume", icon: "debug-continue", label: "Resume" }, stop];
  return [{ command: "pause", icon: "debug-pause", label: "Pause" }, stop];
}

function Buttons({ state, post }: { state: RunState; post: (message: FromPanel) => void }) {
  const [first, second] = buttonsFor(state);
  const pausable = state !== "starting" && state !== "stopping";
  return (
    <div class="buttons">
      <CommandButton look={first} post={post} primary={isOver(state)} disabled={!pausable} />
      <CommandButton look={second} post={post} disabled={state === "stopping"} />
    </div>
  );
}

export function CommandButton(props: {
  look: ButtonLook;
  post: (message: FromPanel) => void;
  primary?: boolean;
  disabled?: boolean;
}) {
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

/** How far the run is, as a share of its epochs; nothing where that can't be told. */
export function progressShare(run: Pick<RunView, "progress" | "state">): number | null {
  const { progress } = run;
  if (run.state === "finished") return 1;
  if (!progress || progress.epochs === undefined || progress.epochs === 0) return null;
  const within = progress.batches ? ((progress.batch ?? -1) + 1) / progress.batches : 0;
  return Math.min(1, (progress.epoch + within) / progress.epochs);
}

function ProgressLine({ run }: { run: RunView }) {
  const share = progressShare(run);
  if (isOver(run.state)) return <div class="progress-line" />;
  return (
    <div
      class={`progress-line ${share === null ? "unknown" : ""} ${run.state === "paused" ? "paused" : ""}`}
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuemin={0}
      aria-valuemax={100}
      {...(share !== null && { "aria-valuenow": Math.round(share * 100) })}
    >
      <div class="progress-bar" style={share === null ? {} : { transform: `scaleX(${share})` }} />
    </div>
  );
}
