/** A value that can be changed: Enter applies what was typed, Escape restores. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import type { OptionValue } from "../../src/protocol/index.ts";
import { readOption, writeOption } from "../../src/run/interventions.ts";

interface FieldProps {
  readonly label: string;
  readonly value: OptionValue;
  readonly disabled: boolean;
  readonly apply: (value: OptionValue) => void;
  /** Whether a value that can be read makes sense. */
  readonly accept?: (value: OptionValue) => boolean;
  readonly testId?: string;
}

export function Field(props: FieldProps) {
  return typeof props.value === "boolean" ? <Checkbox {...props} /> : <NumberField {...props} />;
}

function Checkbox({ label, value, disabled, apply, testId }: FieldProps) {
  return (
    <label class="option">
      <span class="option-name">{label}</span>
      <input type="checkbox" checked={value === true} disabled={disabled} onChange={(event) => apply(event.currentTarget.checked)} data-testid={testId} />
    </label>
  );
}

function NumberField({ label, value, disabled, apply, accept = () => true, testId }: FieldProps) {
  /** What is typed; `null` shows the run's own value, which may change. */
  const draft = useSignal<string | null>(null);
  const id = useId();
  const typed = draft.value === null ? value : readOption(draft.value, value);
  const isValid = typed !== undefined && accept(typed);
  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape" && draft.value !== null) draft.value = null;
    else if (event.key === "Enter" && isValid) {
      if (draft.value !== null) apply(typed);
      draft.value = null;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="option">
      <label class="option-name" for={id}>
        {label}
      </label>
      <input
        id={id}
        class="field"
        value={draft.value ?? writeOption(value)}
        disabled={disabled}
        spellcheck={false}
        autocomplete="off"
        aria-invalid={!isValid}
        aria-describedby={isValid ? undefined : `${id}-refused`}
        title="Enter applies, Escape restores"
        onInput={(event) => (draft.value = event.currentTarget.value)}
        onBlur={() => (draft.value = null)}
        onKeyDown={press}
        data-testid={testId}
      />
      {!isValid && (
        <span id={`${id}-refused`} class="refused" role="status">
          {typed === undefined ? "This isn't a value of this kind." : `${label} can't be ${draft.value!.trim()}.`}
        </span>
      )}
    </div>
  );
}
