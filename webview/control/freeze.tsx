/** Freezes parameters and lets them learn again, from the next step on. */
import type { Change, ModuleInfo } from "../../src/protocol/index.ts";
import { isSteerable } from "../../src/run/interventions.ts";
import type { TrainableStatus } from "../../src/run/modules.ts";
import { Icon, IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";

interface FreezeProps {
  readonly store: Store;
  readonly model: number;
  readonly path: string;
  /** As people see it. */
  readonly name: string;
  readonly status: TrainableStatus;
}

/**
 * Of a module with all that is below it: an open lock for what learns, a closed one for what is frozen. Of an inspection it
 * is only the sign; nothing where nothing could learn.
 */
export function FreezeButton({ store, model, path, name, status }: FreezeProps) {
  const run = store.run.value;
  if (!run || status === "none") return null;
  if (run.mode !== "train" || run.onlyWatched) return status === "frozen" ? <Icon name="lock" /> : null;
  const frozen = status !== "frozen";
  return (
    <IconButton
      icon={frozen ? "unlock" : "lock"}
      label={labelled(store, `${frozen ? "Freeze" : "Unfreeze"} ${name}`)}
      disabled={!isSteerable(run)}
      onClick={() => change(store, { kind: "freeze", model, path, frozen })}
      testId={frozen ? "freeze" : "unfreeze"}
    />
  );
}

/** For a module as a whole, for all but it, and for each of its own parameters. */
export function FreezeControls({ store, module, status }: { store: Store; module: ModuleInfo; status: TrainableStatus }) {
  const run = store.run.value;
  const model = store.model.value;
  if (run?.mode !== "train" || run.onlyWatched || !model || status === "none") return null;
  const { path, name, parameters } = module;
  return (
    <span class="freeze-controls" role="group" aria-label="Freeze">
      <FreezeButton store={store} model={model.id} path={path} name={path || name} status={status} />
      {path !== "" && (
        <IconButton
          icon="circuit-board"
          label={labelled(store, `Freeze all but ${path}`)}
          disabled={!isSteerable(run)}
          onClick={() => change(store, { kind: "freezeOthers", model: model.id, path })}
          testId="freeze-others"
        />
      )}
      {parameters.map((parameter) => (
        <button
          key={parameter.name}
          type="button"
          class="text-toggle"
          aria-pressed={!parameter.trainable}
          disabled={!isSteerable(run)}
          title={labelled(store, `${parameter.trainable ? "Freeze" : "Unfreeze"} ${parameter.name}`)}
          aria-label={`${parameter.name} frozen`}
          onClick={() =>
            change(store, { kind: "freeze", model: model.id, path: [path, parameter.name].filter(Boolean).join("."), frozen: parameter.trainable })
          }
          data-testid={`freeze-${parameter.name}`}
        >
          {parameter.name}
          {parameter.trainable ? "" : " frozen"}
        </button>
      ))}
    </span>
  );
}

function change(store: Store, wanted: Change): void {
  store.post({ type: "steer", steering: { type: "change", change: wanted } });
}

/** What a button does, and why it can't where it can't. */
function labelled(store: Store, label: string): string {
  const run = store.run.value;
  return run && isSteerable(run) ? label : `${label}: only while it trains`;
}
