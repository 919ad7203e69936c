import { useComputed } from "@preact/signals";
import type { Problem } from "../../src/protocol/index.ts";
import { plural } from "../../src/run/numbers.ts";
import { fileName } from "../../src/run/text.ts";
import type { Store } from "../store.ts";
import { Icon } from "./icon.tsx";

/** What went wrong, at the foot of the panel; a click leads to the line. */
export function Problems({ store }: { store: Store }) {
  const problems = useComputed(() => store.run.value?.problems ?? []).value;
  const open = useComputed(() => store.choices.value.problemsOpen).value;
  if (problems.length === 0) return null;
  return (
    <section class="problems" aria-label="Problems">
      <button type="button" class="problems-head" aria-expanded={open} onClick={() => store.dispatch({ type: "choose", choices: { problemsOpen: !open } })}>
        <Icon name={open ? "chevron-down" : "chevron-right"} />
        {plural(problems.length, "problem")}
      </button>
      {open && <ProblemList store={store} problems={problems} />}
    </section>
  );
}

export function ProblemList({ store, problems }: { store: Store; problems: readonly Problem[] }) {
  return (
    <ul class="problem-list">
      {problems.map((problem, i) => (
        <li key={i}>
          <ProblemRow store={store} problem={problem} />
        </li>
      ))}
    </ul>
  );
}

function ProblemRow({ store, problem }: { store: Store; problem: Problem }) {
  const { severity, message, module, position } = problem;
  const icon = severity === "information" ? "info" : severity;
  return (
    <button
      type="button"
      class={`problem ${severity}`}
      disabled={!position}
      title={message}
      onClick={() => position && store.post({ type: "reveal", position })}
      data-testid="problem"
      data-code={problem.code}
    >
      <Icon name={icon} label={severity} />
      <span class="problem-message">{message}</span>
      {module && <span class="muted problem-module">{module}</span>}
      {position && <span class="muted problem-place">{`${fileName(position.file)}:${position.line}`}</span>}
    </button>
  );
}
