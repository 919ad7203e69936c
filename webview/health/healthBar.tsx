/** Whether the run learns, and if not where and why: one sentence on the panel's top, and what to try behind it. */
import { useSignal } from "@preact/signals";
import type { HealthState } from "../../src/run/health/health.ts";
import { lossesAreMedians } from "../../src/run/health/lossTrend.ts";
import { formatCount } from "../../src/run/numbers.ts";
import type { Finding } from "../../src/run/health/rules.ts";
import { Icon } from "../frame/icon.tsx";
import { ModuleLinks } from "../frame/moduleLinks.tsx";
import type { Store } from "../store.ts";
import { Words } from "./words.tsx";

/** Told apart by shape before colour. */
export const looks: Readonly<Record<HealthState, { readonly icon: string; readonly label: string }>> = {
  unknown: { icon: "circle-outline", label: "Nothing to say yet" },
  well: { icon: "pass", label: "Learns" },
  warning: { icon: "warning", label: "Warning" },
  error: { icon: "error", label: "Trouble" },
};

export function HealthBar({ store }: { store: Store }) {
  const open = useSignal(false);
  const { state, sentence: told, findings } = store.shownHealth.value;
  const { step } = store.choices.value;
  // The line keeps its place while the slider moves.
  if (store.health.value.sentence === "") return null;
  const sentence = step === null ? told : `Until step ${formatCount(step)}: ${told || "nothing to say yet."}`;
  const { icon, label } = looks[state];
  const [worst, ...others] = findings;
  return (
    <section class={`health ${state}`} aria-label="Health of the run" data-testid="health" data-state={state}>
      <div class="health-line">
        <Icon name={icon} label={label} />
        {worst ? (
          <span role="status">
            <button
              type="button"
              class="health-sentence"
              title={`${plain(sentence)}\nShow the module`}
              onClick={() => showPlace(store, worst)}
              data-testid="health-sentence"
            >
              <Words text={sentence} />
            </button>
          </span>
        ) : (
          <span class="health-sentence" title={state === "well" ? `${plain(sentence)}\n${lossesAreMedians}` : plain(sentence)} data-testid="health-sentence">
            <Words text={sentence} />
          </span>
        )}
        {worst && (
          <button type="button" class="link health-more" aria-expanded={open.value} onClick={() => (open.value = !open.value)} data-testid="health-more">
            {others.length === 0 ? "What to try" : `What to try, ${others.length} more`}
            <Icon name={open.value ? "chevron-up" : "chevron-down"} />
          </button>
        )}
      </div>
      {open.value && worst && (
        <ul class="health-list" data-testid="health-list">
          {findings.map((finding) => (
            <li key={`${finding.model} ${finding.rule} ${finding.module}`}>
              <FindingRow store={store} finding={finding} isFirst={finding === worst} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function FindingRow({ store, finding, isFirst }: { store: Store; finding: Finding; isFirst: boolean }) {
  const { icon, label } = looks[finding.severity];
  const module = store.run.value?.models.find(({ id }) => id === finding.model)?.modules[finding.module];
  return (
    <div class={`health-finding ${finding.severity}`} data-testid="health-finding" data-rule={finding.rule}>
      {/* The first stands above already. */}
      {!isFirst && (
        <p>
          <Icon name={icon} label={label} />
          <button type="button" class="health-sentence" title="Show the module" onClick={() => showPlace(store, finding)}>
            <Words text={finding.what} />
          </button>
        </p>
      )}
      <p class="health-advice">
        <Words text={finding.advice} />
        {module && <ModuleLinks store={store} module={module} />}
      </p>
    </div>
  );
}

function showPlace(store: Store, { model, module }: Finding): void {
  store.dispatch({ type: "select", model, module });
}

const plain = (text: string): string => text.replaceAll("`", "");
