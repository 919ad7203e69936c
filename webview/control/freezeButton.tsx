/** Freezes a module with all that is below it, or a parameter, from the next step on. */
import { isSteerable } from "../../src/run/interventions.ts";
import type { TrainableStatus } from "../../src/run/modules.ts";
import { IconButton } from "../frame/icon.tsx";
import type { Store } from "../store.ts";

interface FreezeProps {
  readonly store: Store;
  readonly model: number;
  readonly path: string;
  /** As people see it. */
  readonly name: string;
  readonly status: TrainableStatus;
}

/** Nothing where nothing could learn. Without a training it says so. */
export function FreezeButton({ store, model, path, name, status }: FreezeProps) {
  const run = store.run.value;
  if (!run || status === "none") return null;
  const frozen = status !== "frozen";
  const disabled = !isSteerable(run);
  const label = `${frozen ? "Freeze" : "Unfreeze"} ${name}`;
  return (
    <IconButton
      icon={frozen ? "lock" : "unlock"}
      label={disabled ? `${label}: only while it trains` : label}
      disabled={disabled}
      onClick={() => store.post({ type: "steer", steering: { type: "change", change: { kind: "freeze", model, path, frozen } } })}
      testId={frozen ? "freeze" : "unfreeze"}
    />
  );
}

/** Freezes all of the model but this. */
export function FreezeOthersButton({ store, model, path, name }: Omit<FreezeProps, "status">) {
  const run = store.run.value;
  if (!run || path === "") return null;
  const disabled = !isSteerable(run);
  return (
    <IconButton
      icon="layers-active"
      label={`Freeze all but ${name}${disabled ? ": only while it trains" : ""}`}
      disabled={disabled}
      onClick={() => store.post({ type: "steer", steering: { type: "change", change: { kind: "freezeOthers", model, path } } })}
      testId="freeze-others"
    />
  );
}
